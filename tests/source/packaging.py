#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares packaging/debian with the lists of packages and plugins.

usage: packaging.py SOURCE

Prints what is missing, and fails. The lane "packages" builds the packages, but does not run every day.
"""
import pathlib
import re
import subprocess
import sys

# Each build of a Debian package has these.
ESSENTIAL = {"debhelper-compat", "g++", "gcc", "libc6-dev", "ninja-build", "python3"}


def main():
    source = pathlib.Path(sys.argv[1])
    debian = source / "packaging/debian"
    listed = subprocess.run([source / "scripts/packages", "build"], check=True, encoding="utf-8",
                            stdout=subprocess.PIPE).stdout.split()
    control = (debian / "control").read_text(encoding="utf-8")
    field = re.search(r"^Build-Depends:((?:\n .*)+)", control, re.MULTILINE).group(1)
    depends = re.findall(r"^ ([^ ,]+)", field, re.MULTILINE)
    problems = [f"{debian}/control: {package} is only in Build-Depends, or only in scripts/packages"
                for package in sorted((set(listed) ^ set(depends)) - ESSENTIAL)]
    installed = (debian / "gstreamer1.0-habla.install").read_text(encoding="utf-8") + \
        (debian / "habla-neural.install").read_text(encoding="utf-8")
    problems += [f"{debian}/gstreamer1.0-habla.install: the plugin {path.parent.name} is missing"
                 for path in sorted((source / "plugins").glob("*/plugin.c"))
                 if f"libgsthabla{path.parent.name}.so\n" not in installed]
    print("\n".join(problems))
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
