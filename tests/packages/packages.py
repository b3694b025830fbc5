#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds the Debian packages twice, and installs, uses, upgrades and purges them in minimal chroots.

usage: packages.py SOURCE SUITE

Needs mmdebstrap and a mirror of Debian: scripts/packages --install package. HABLA_MIRROR is the mirror, and
HABLA_PACKAGES names a folder with packages that are built already. Writes TAP to standard output.
"""
import os
import pathlib
import shutil
import subprocess
import sys

CHECKS = ["no-gtk", "upgrade", "interpret", "daemon", "service", "remove-keeps-data", "purge"]
HOUR = 3600


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
    for line in output.splitlines()[-60:]:
        print(f"# {line}", flush=True)


report.number = 0


def install(source, suite, packages):
    """Runs in-chroot in a chroot, which mmdebstrap removes afterwards."""
    debs = [deb for deb in sorted(packages.glob("*.deb")) if "-dbgsym" not in deb.name and "-dev_" not in deb.name]
    hooks = ['mkdir -p "$1/packages" "$1/tests/tests"',
             f"copy-in {' '.join(map(str, debs))} /packages",
             f"copy-in {source}/packaging/debian/tests {source}/tests/packages/in-chroot /tests",
             'mv "$1/tests/tests" "$1/tests/debian"',
             'chroot "$1" sh /tests/in-chroot install',
             f'sh {source}/tests/packages/boot "$1" sh /tests/debian/daemon && printf "\\nok service\\n" || '
             '{ [ $? -eq 77 ] && echo skip service; }',
             'chroot "$1" sh /tests/in-chroot purge']
    command = ["mmdebstrap", "--quiet", "--variant=apt", "--format=null",
               '--aptopt=Acquire::Check-Valid-Until "false"']
    command += [f"--customize-hook={hook}" for hook in hooks]
    command += [suite, "/dev/null", os.environ.get("HABLA_MIRROR", "http://deb.debian.org/debian")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", timeout=2 * HOUR, check=False)
    lines = done.stdout.splitlines()
    for line in lines:
        if line.startswith("# "):
            print(line, flush=True)
    for check in CHECKS:
        if f"skip {check}" in lines:
            report(True, f"{check} # SKIP systemd does not start here; it does for root")
        else:
            report(f"ok {check}" in lines, check, "" if f"ok {check}" in lines else done.stdout)
    report(done.returncode == 0, "end", "" if done.returncode == 0 else done.stdout)


def main():
    source, suite = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    if not shutil.which("mmdebstrap") or not shutil.which("lintian"):
        print("1..0 # SKIP mmdebstrap or lintian is not installed")
        return
    print(f"1..{len(CHECKS) + 2}")
    if "HABLA_PACKAGES" in os.environ:
        packages = pathlib.Path(os.environ["HABLA_PACKAGES"])
        report(True, "build # SKIP HABLA_PACKAGES is set")
    else:
        packages = build(source, suite)
    if packages is None:
        print("Bail out! There are no packages")
        sys.exit(1)
    install(source, suite, packages)


if __name__ == "__main__":
    main()
