#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that every program, library and plugin of Habla is hardened.

usage: hardening.py BUILD

Checks the targets of the meson build folder BUILD, except tests, with hardening-check of devscripts. Protections that
leave no trace in a file are checked in the options of the compiler and in object files. Writes TAP to standard output.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

BINARIES = {"executable", "shared library", "shared module"}
OPTIONS = ["-fstack-protector-strong", "-fstack-clash-protection"]
CONTROL_FLOW_OPTIONS = {"-fcf-protection=full", "-mbranch-protection=standard"}
# Notes in object files with control-flow protection, by architecture.
CONTROL_FLOW = re.compile(r"x86 feature: IBT, SHSTK|AArch64 feature: BTI, PAC")


def output(*command):
    return subprocess.run(command, check=False, capture_output=True, encoding="utf-8",
                          timeout=120).stdout


def predefines_fortify():
    """Returns whether the compiler sets _FORTIFY_SOURCE by default."""
    done = subprocess.run(["cc", "-O2", "-dM", "-E", "-"], check=False, capture_output=True,
                          encoding="utf-8", input="", timeout=60)
    return "_FORTIFY_SOURCE" in done.stdout


class Build:
    def __init__(self, folder):
        targets = json.loads(output("meson", "introspect", "--targets", str(folder)))
        self.targets = [t for t in targets if "/tests/" not in t["defined_in"]]
        self.binaries = [pathlib.Path(name) for t in self.targets
                         if t["type"] in BINARIES for name in t["filename"]]

    def commands(self):
        """Yields (name, compiler options) of the C sources of each target."""
        for target in self.targets:
            for sources in target["target_sources"]:
                if sources.get("language") == "c" and sources["sources"]:
                    yield target["name"], sources["parameters"]

    def objects(self):
        """Yields the object files of these targets."""
        for target in self.targets:
            for name in target["filename"]:
                yield from pathlib.Path(name + ".p").glob("*.o")


def check_files(build):
    """Position independent code, stack protector, read-only relocations, immediate binding."""
    if not build.binaries:
        yield "the build has no programs"
    for name in build.binaries:
        # --nofortify: a file that calls none of these functions cannot be checked. Branch protection is that of AArch64,
    # which hardening-check of Debian 13 expects everywhere; check_control_flow() checks it.
        report = output("hardening-check", "--nofortify", "--nocfprotection", str(name))
        if "Immediate binding" not in report:
            yield f"{name}: hardening-check cannot read it"
        yield from (f"{name}: {line.strip()}" for line in report.splitlines()[1:]
                    if ": no" in line and "ignored" not in line and "Branch Protection" not in line)


def check_stacks(build):
    """No file has an executable stack."""
    for name in build.binaries:
        line = next((line for line in output("readelf", "-lW", str(name)).splitlines()
                     if "GNU_STACK" in line), "")
        if not line or "E" in line.split()[-2]:
            yield f"{name}: executable stack: {line.strip()}"


def check_options(build):
    """Protections that cannot be found reliably in files."""
    for name, options in build.commands():
        yield from (f"{name}: compiled without {option}" for option in OPTIONS
                    if option not in options)


def check_fortified(build):
    wanted = re.compile(r"-D_FORTIFY_SOURCE=[23]")
    for name, options in build.commands():
        if not any(wanted.fullmatch(option) for option in options) and not predefines_fortify():
            yield f"{name}: compiled without -D_FORTIFY_SOURCE"
    reports = [output("hardening-check", str(name)) for name in build.binaries]
    if not any("Fortify Source functions: yes" in report for report in reports):
        yield "no file calls a fortified function of the C library"


def check_control_flow(build):
    """Checks object files, because the linker drops the note if the C library lacks it."""
    if not any(option in CONTROL_FLOW_OPTIONS for _, options in build.commands()
               for option in options):
        print("# the compiler does not support control-flow protection")
        return
    objects = list(build.objects())
    if not objects:
        yield "no object files"
    for name in objects:
        if not CONTROL_FLOW.search(output("readelf", "-n", str(name))):
            yield f"{name}: no control-flow protection"


def main():
    checks = [check_files, check_stacks, check_options, check_fortified, check_control_flow]
    missing = next((name for name in ("hardening-check", "readelf", "meson")
                    if shutil.which(name) is None), None)
    if missing:
        print(f"1..0 # SKIP {missing} is not installed")
        return
    build = Build(sys.argv[1])
    print(f"1..{len(checks)}")
    for number, check in enumerate(checks, 1):
        problems = list(check(build))
        name = check.__name__.removeprefix("check_")
        print(f"{'not ok' if problems else 'ok'} {number} /hardening/{name}", flush=True)
        for problem in problems:
            print(f"# {problem}", flush=True)


if __name__ == "__main__":
    main()
