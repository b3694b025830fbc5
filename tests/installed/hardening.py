#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that every program, library and plugin of Habla is hardened.

usage: hardening.py BUILD

Asks meson what it makes in the folder BUILD, except tests, and reads these files with
hardening-check of devscripts. What it cannot see in a file is read from the compiler's options and object files.
TAP on standard output.
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
# By architecture: what ends up in objects of the compiler's control-flow protection.
CONTROL_FLOW = re.compile(r"x86 feature: IBT, SHSTK|AArch64 feature: BTI, PAC")


def output(*command):
    return subprocess.run(command, check=False, capture_output=True, encoding="utf-8",
                          timeout=120).stdout


def predefines_fortify():
    """Whether the compiler checks functions of the C library by itself."""
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
        """Yields (target, its compiler options) of all that goes into them."""
        for target in self.targets:
            for sources in target["target_sources"]:
                if sources.get("language") == "c" and sources["sources"]:
                    yield target["name"], sources["parameters"]

    def objects(self):
        """Yields each object file of these."""
        for target in self.targets:
            for name in target["filename"]:
                yield from pathlib.Path(name + ".p").glob("*.o")


def check_files(build):
    """Position independent, stack protector, read-only relocations, bound at once."""
    if not build.binaries:
        yield "meson makes no program"
    for name in build.binaries:
        # --nofortify: a file that uses none of these functions has none that is protected.
        report = output("hardening-check", "--nofortify", "--nocfprotection", str(name))
        if "Immediate binding" not in report:
            yield f"{name}: hardening-check says nothing of it"
        yield from (f"{name}: {line.strip()}" for line in report.splitlines()[1:]
                    if ": no" in line and "ignored" not in line)


def check_stacks(build):
    """The stack of no file can be executed."""
    for name in build.binaries:
        line = next((line for line in output("readelf", "-lW", str(name)).splitlines()
                     if "GNU_STACK" in line), "")
        if not line or "E" in line.split()[-2]:
            yield f"{name}: its stack can be executed: {line.strip()}"


def check_options(build):
    """What leaves no trace that is certain to be found."""
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
        yield "no file calls any checked function of the C library"


def check_control_flow(build):
    """In the objects: the linker keeps the note only where the C library has it too."""
    if not any(option in CONTROL_FLOW_OPTIONS for _, options in build.commands()
               for option in options):
        print("# this compiler has no control-flow protection")
        return
    objects = list(build.objects())
    if not objects:
        yield "no object files found"
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
