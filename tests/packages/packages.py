#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds the Debian packages twice, and installs, uses, upgrades and purges them in minimal chroots. Runs
debian/tests with autopkgtest, the commands of docs/installation.md, the instructions of packaging/Containerfile, and
piuparts.

usage: packages.py SOURCE SUITE

Needs the group "package" of scripts/packages and a mirror of Debian: scripts/packages --install package. HABLA_MIRROR is the mirror, and
HABLA_PACKAGES names a folder with packages that are built already. Writes TAP to standard output.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CHECKS = ["download", "no-gtk", "upgrade", "service", "remove-keeps-data", "purge", "document"]
AUTOPKGTESTS = ["interpret", "daemon", "develop", "python", "bindings"]
HOUR = 3600
# systemd and debconf make these and leave them.
FOREIGN_FOLDERS = ["/root/.ssh", "/var/cache/debconf/tmp.ci", "/var/cache/private", "/var/lib/private",
                   "/var/lib/systemd/coredump", "/var/lib/systemd/pstore", "/var/log/private"]


def build(source, suite):
    """Returns the folder with the packages. scripts/package also checks them with lintian."""
    command = [source / "scripts/package", "--twice"]
    neural = source / "_build/neural/sherpa-onnx"
    if neural.is_dir():
        command += ["--neural", neural]
    done = subprocess.run([*command, suite], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", timeout=4 * HOUR, check=False)
    good = done.returncode == 0 and "\nBoth builds are equal\n" in done.stdout
    report(good, "build", done.stdout)
    return source / "_build/packages" / suite if good else None


def report(good, name, output=""):
    report.number += 1
    print(f"{'ok' if good else 'not ok'} {report.number} /packages/{name}", flush=True)
    lines = [line for line in output.splitlines() if not line.startswith("(Reading database")]
    for line in lines[-60:]:
        print(f"# {line}", flush=True)


report.number = 0


def document_commands(source, suite):
    """Returns the commands in the blocks "console packages" of docs/installation.md, for Debian's SUITE."""
    text = (source / "docs/installation.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```console packages\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "".join(re.sub(r"^\$ ", "", block, flags=re.MULTILINE) for block in blocks).replace("bookworm", suite)


def run_chroot(suite, hooks, variant="apt"):
    """Runs HOOKS in a chroot, which mmdebstrap removes afterwards. Returns the process."""
    command = ["mmdebstrap", "--quiet", f"--variant={variant}", "--format=null",
               '--aptopt=Acquire::Check-Valid-Until "false"']
    command += [f"--customize-hook={hook}" for hook in hooks]
    command += [suite, "/dev/null", os.environ.get("HABLA_MIRROR", "http://deb.debian.org/debian")]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", timeout=2 * HOUR, check=False)


def copy_hooks(source, debs, folder):
    shutil.copy(source / "tests/packages/in-chroot", folder)
    shutil.copy(source / "packaging/Containerfile", folder)
    shutil.copytree(source / "packaging/debian/tests", folder / "debian", dirs_exist_ok=True)
    return ['mkdir -p "$1/packages" "$1/tests"', f"copy-in {' '.join(map(str, debs))} /packages",
            f'cp -r {folder}/. "$1/tests"']


def test_tree(source, folder):
    """Makes a tree of sources with debian/tests and the programs that they use. Returns it."""
    tree = folder / "tree"
    shutil.copytree(source / "packaging/debian", tree / "debian")
    for name in ("installed", "introspection"):
        if (source / "tests" / name).is_dir():
            shutil.copytree(source / "tests" / name, tree / "tests" / name)
    return tree


def install(source, suite, packages, folder):
    every = [deb for deb in sorted(packages.glob("*.deb")) if "-dbgsym" not in deb.name]
    debs = [deb for deb in every if "-dev_" not in deb.name]
    inside = folder / "tests"
    inside.mkdir()
    (inside / "commands").write_text(document_commands(source, suite), encoding="utf-8")
    summary = folder / "summary"
    boot = f'sh {source}/tests/packages/boot "$1"'
    skip = "{{ [ $? -eq 77 ] && echo skip {0}; }}"
    hooks = copy_hooks(source, debs, inside) + [
        'chroot "$1" sh /tests/in-chroot install',
        f"autopkgtest -U -B --summary-file={summary} {' '.join(map(str, every))} {test_tree(source, folder)} "
        '-- chroot "$1" || true',
        f'{boot} sh /tests/debian/daemon && printf "\nok service\n" || {skip.format("service")}',
        'chroot "$1" sh /tests/in-chroot purge',
        'chroot "$1" sh /tests/in-chroot prepare',
        f'{boot} sh /tests/in-chroot document && printf "\nok document\n" || {skip.format("document")}']
    done = run_chroot(suite, hooks)
    lines = done.stdout.splitlines()
    for line in lines:
        if line.startswith("# "):
            print(line, flush=True)
    results = summary.read_text(encoding="utf-8") if summary.exists() else ""
    for name in AUTOPKGTESTS:
        good = re.search(rf"^{name} +PASS", results, re.MULTILINE) is not None
        report(good, f"autopkgtest-{name}", "" if good else part_of(done.stdout, f"test {name}: [", "results"))
    for check in CHECKS:
        if f"skip {check}" in lines:
            report(True, f"{check} # SKIP systemd does not start here; it does for root")
        else:
            report(f"ok {check}" in lines, check, "" if f"ok {check}" in lines else done.stdout)
    report(done.returncode == 0, "end", "" if done.returncode == 0 else done.stdout)


def part_of(text, begin, end):
    """Returns TEXT from BEGIN to END, or all of it."""
    start = text.find(begin)
    return text[start:text.find(end, start)] if start >= 0 else text


def container(source, suite, packages, folder):
    """Runs the instructions of the container file in a chroot like its base image."""
    debs = [deb for deb in sorted(packages.glob("*.deb")) if "-dbgsym" not in deb.name]
    inside = folder / "container"
    inside.mkdir()
    done = run_chroot(suite, copy_hooks(source, debs, inside) + ['chroot "$1" sh /tests/in-chroot container'],
                      "minbase")
    good = "ok container" in done.stdout.splitlines()
    report(good, "container", "" if good else done.stdout)


def piuparts(suite, packages, folder):
    """Installs, removes and purges the packages, and looks for what they leave. Needs root."""
    if os.geteuid() != 0:
        report(True, "piuparts # SKIP needs root")
        return
    mirror = os.environ.get("HABLA_MIRROR", "http://deb.debian.org/debian")
    base = folder / "base.tar.gz"
    # apt does not remove systemd again.
    subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "--include=systemd-sysv",
                    '--aptopt=Acquire::Check-Valid-Until "false"', suite, base, mirror], stdin=subprocess.DEVNULL, timeout=HOUR, check=True)
    command = ["piuparts", "--basetgz", base, "--distribution", suite, "--mirror", f"{mirror} main", "--tmpdir", folder,
               "--no-eatmydata", "--no-upgrade-test"]
    for path in FOREIGN_FOLDERS:
        command += ["--ignore-regex", f"^{path}(/.*)?$"]
    debs = [deb for deb in sorted(packages.glob("*.deb")) if "-dbgsym" not in deb.name]
    done = subprocess.run([*command, *debs], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", timeout=2 * HOUR, check=False)
    report(done.returncode == 0, "piuparts", "" if done.returncode == 0 else done.stdout)


def main():
    source, suite = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    missing = [tool for tool in ("autopkgtest", "lintian", "mmdebstrap", "piuparts") if not shutil.which(tool)]
    if missing:
        print(f"1..0 # SKIP not installed: {', '.join(missing)}")
        return
    print(f"1..{len(AUTOPKGTESTS) + len(CHECKS) + 4}")
    if "HABLA_PACKAGES" in os.environ:
        packages = pathlib.Path(os.environ["HABLA_PACKAGES"])
        report(True, "build # SKIP HABLA_PACKAGES is set")
    else:
        packages = build(source, suite)
    if packages is None:
        print("Bail out! There are no packages")
        sys.exit(1)
    with tempfile.TemporaryDirectory(prefix="habla-packages-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        install(source, suite, packages.resolve(), folder)
        container(source, suite, packages.resolve(), folder)
        piuparts(suite, packages.resolve(), folder)


if __name__ == "__main__":
    main()
