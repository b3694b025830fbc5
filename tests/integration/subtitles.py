#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Subtitles in a gst-launch-1.0 pipeline: translated, with the same times."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from command_test import SPANISH_SUBTITLES, SUBTITLES

TIMES = re.compile(r"^\d\d:\d\d:\d\d,\d\d\d --> \d\d:\d\d:\d\d,\d\d\d$", re.M)


def main():
    print("1..1")
    if not shutil.which("gst-launch-1.0") or subprocess.run(
            ["gst-inspect-1.0", "apertiumtranslator"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=False).returncode:
        print("ok 1 # SKIP gst-launch-1.0 or apertiumtranslator is not installed")
        return 0
    with tempfile.TemporaryDirectory(prefix="habla-subtitles-") as name:
        source, target = pathlib.Path(name, "a talk.srt"), pathlib.Path(name, "out.srt")
        source.write_text(SUBTITLES, encoding="utf-8")
        done = subprocess.run(
            ["gst-launch-1.0", "-q", "filesrc", f'location="{source}"', "!", "subparse", "!",
             "apertiumtranslator", "!", "srtenc", "!", "filesink", f'location="{target}"'],
            capture_output=True, text=True, timeout=60, check=False)
        result = target.read_text(encoding="utf-8") if target.exists() else ""
    good = (done.returncode == 0 and TIMES.findall(result) == TIMES.findall(SUBTITLES) and
            all(text.lower() in result.lower() for text in SPANISH_SUBTITLES))
    print(f"{'ok' if good else 'not ok'} 1 translated, with the same times")
    if not good:
        for line in (done.stderr + result).split("\n"):
            print(f"# {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
