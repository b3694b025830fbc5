#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""scripts/release makes a tarball, an SPDX document and checksums, and refuses what is not ready.

usage: release.py SOURCE

Works in a copy of the sources with a history of its own. TAP on standard output.
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

SOURCE = pathlib.Path(sys.argv[1]).resolve()
ENV = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MESON", "DESTDIR"))} | {
    "LC_ALL": "C.UTF-8", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@habla.example", "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@habla.example", "GIT_CONFIG_GLOBAL": "/dev/null"}
QUICK = ("--no-tests", "--no-packages")


class Failed(Exception):
    pass


def want(condition, *what):
    if not condition:
        raise Failed(repr(what))


def run(*command, cwd, good=True):
    done = subprocess.run(command, cwd=cwd, env=ENV, stdin=subprocess.DEVNULL, encoding="utf-8", timeout=500,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    want((done.returncode == 0) == good, command, done.returncode, done.stdout[-2000:])
    return done.stdout


def copy_sources(folder):
    copy = folder / "habla"
    shutil.copytree(SOURCE, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "_build*", "__pycache__"))
    run("git", "init", "-q", cwd=copy)
    run("git", "add", "-A", cwd=copy)
    run("git", "commit", "-qm", "all", cwd=copy)
    return copy


def test_refusals(copy):
    news = copy / "NEWS"
    lines = news.read_text(encoding="utf-8").splitlines()
    news.write_text("\n".join([*lines[:3], "Unreleased", *lines[4:], "changed", ""]), encoding="utf-8")
    want("uncommitted changes" in run(copy / "scripts/release", *QUICK, cwd=copy, good=False))
    run("git", "commit", "-qam", "unreleased", cwd=copy)
    want("NEWS begins with Unreleased" in run(copy / "scripts/release", *QUICK, cwd=copy, good=False))
    changelog = copy / "packaging/debian/changelog"
    old = changelog.read_text(encoding="utf-8")
    changelog.write_text(re.sub(r"^habla \(.*?\)", "habla (9.9.9-1)", old), encoding="utf-8")
    run("git", "commit", "-qam", "changelog", cwd=copy)
    want("changelog" in run(copy / "scripts/release", "--draft", *QUICK, cwd=copy, good=False))
    changelog.write_text(old, encoding="utf-8")
    run("git", "commit", "-qam", "changelog", cwd=copy)


def make(copy):
    run(copy / "scripts/release", "--draft", *QUICK, cwd=copy)
    results = list((copy / "_build/release").iterdir())
    want(len(results) == 1, results)
    return results[0]


def test_files(copy):
    result = make(copy)
    name = result.name
    want(sorted(p.name for p in result.iterdir()) == ["SHA256SUMS", f"{name}.spdx.json", f"{name}.tar.xz"],
         list(result.iterdir()))
    run("sha256sum", "--strict", "-c", "SHA256SUMS", cwd=result)
    with tarfile.open(result / f"{name}.tar.xz") as tarball:
        names = tarball.getnames()
        revision = tarball.extractfile(f"{name}/data/revision").read().decode()
    tracked = run("git", "ls-files", cwd=copy).split()
    want({f"{name}/{path}" for path in tracked} <= set(names), set(tracked) - {n[len(name) + 1:] for n in names})
    want(revision.strip() == run("git", "rev-parse", "HEAD", cwd=copy).strip(), revision)
    document = json.loads((result / f"{name}.spdx.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256((result / f"{name}.tar.xz").read_bytes()).hexdigest()
    want(document["packages"][0]["checksums"] == [{"algorithm": "SHA256", "checksumValue": digest}])


def test_document(copy):
    """The rules of SPDX 2.3 for the fields that the document has."""
    text = run(copy / "scripts/lib/sbom", cwd=copy)
    want(text == run(copy / "scripts/lib/sbom", cwd=copy), "two documents differ")
    document = json.loads(text)
    want(document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0")
    want(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["creationInfo"]["created"]))
    want(all(re.match(r"(Tool|Organization|Person): ", line) for line in document["creationInfo"]["creators"]))
    want("#" not in document["documentNamespace"] and "://" in document["documentNamespace"])
    packages = {package["SPDXID"]: package for package in document["packages"]}
    want(len(packages) == len(document["packages"]), "an SPDXID occurs twice")
    custom = {license["licenseId"] for license in document.get("hasExtractedLicensingInfos", [])}
    for identifier, package in packages.items():
        want(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", identifier), identifier)
        want({"name", "downloadLocation", "licenseConcluded", "licenseDeclared", "copyrightText"} <= set(package), package)
        want(all(re.fullmatch(r"[0-9a-f]{64}", c["checksumValue"]) for c in package.get("checksums", [])), package)
        want(all(ref["referenceLocator"].startswith("pkg:") for ref in package.get("externalRefs", [])), package)
        for word in re.findall(r"LicenseRef-[\w.-]+", package["licenseDeclared"]):
            want(word in custom, word)
    for relationship in document["relationships"]:
        want(relationship["spdxElementId"] in {*packages, "SPDXRef-DOCUMENT"}, relationship)
        want(relationship["relatedSpdxElement"] in packages, relationship)
    want({r["spdxElementId"] for r in document["relationships"]} == {*packages, "SPDXRef-DOCUMENT"} - {"SPDXRef-habla"})


def test_complete(copy):
    document = json.loads(run(copy / "scripts/lib/sbom", cwd=copy))
    names = {package["name"] for package in document["packages"]}
    hashes = {c["checksumValue"] for p in document["packages"] for c in p.get("checksums", [])}
    want(set(run(copy / "scripts/packages", "run", "build", "models", cwd=copy).split()) <= names)
    installed = [p for p in document["packages"] if p["name"] in ("gcc", "libglib2.0-dev")]
    want(len(installed) == 2 and all("versionInfo" in p for p in installed), installed)
    requirements = (copy / "scripts/requirements.txt").read_text(encoding="utf-8")
    want(set(re.findall(r"sha256:([0-9a-f]{64})", requirements)) <= hashes)
    want(set(re.findall(r"^([\w.-]+)==", requirements, re.MULTILINE)) <= names)
    for model in json.loads((copy / "data/models.json").read_text(encoding="utf-8"))["models"]:
        listed = [p for p in document["packages"]
                  if p["name"] == model["id"] and p["SPDXID"].startswith("SPDXRef-model-")]
        want(len(listed) == len(model["sources"]), model["id"])
        want({p["licenseDeclared"] for p in listed} == {model["license"]}, listed)
        want({source["sha256"] for source in model["sources"] if "sha256" in source} <= hashes, model["id"])


def main():
    if not shutil.which("git") or not shutil.which("apt-cache"):
        print("1..0 # SKIP git or apt is not installed")
        return
    tests = [(name[5:], test) for name, test in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    with tempfile.TemporaryDirectory(prefix="habla-release-") as folder:
        copy = copy_sources(pathlib.Path(folder))
        for number, (name, test) in enumerate(tests, 1):
            problem = ""
            try:
                test(copy)
            except Exception as error:  # Report any failure as TAP.
                problem = f"{type(error).__name__}: {error}"
            print(f"{'not ok' if problem else 'ok'} {number} /scripts/release/{name}", flush=True)
            for line in filter(None, problem.split("\n")):
                print(f"# {line}", flush=True)


if __name__ == "__main__":
    main()
