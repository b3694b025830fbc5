#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Subtitles through a bare gst-launch-1.0 line: translated, at the times they had."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TIMES = re.compile(r"^\d\d:\d\d:\d\d,\d\d\d --> \d\d:\d\d:\d\d,\d\d\d$", re.M)
SUBTITLES = """1
00:00:01,250 --> 00:00:02,500
Good morning

2
00:00:03,000 --> 00:00:04,750
The <i>house</i> is small

3
01:02:03,004 --> 01:02:05,006
I have two books
"""
WORDS = ["Buenos días", "La casa es pequeña", "Tengo dos libros"]


def main():
    print("1..1")
    if not shutil.which("gst-launch-1.0") or subprocess.run(
            ["gst-inspect-1.0", "apertiumtranslator"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=False).returncode:
        print("ok 1 # SKIP gst-launch-1.0 or apertiumtranslator is not there")
        return 0
    with tempfile.TemporaryDirectory(prefix="habla-subtitles-") as name:
        source, target = pathlib.Path(name, "a lesson.srt"), pathlib.Path(name, "out.srt")
        source.write_text(SUBTITLES, encoding="utf-8")
        done = subprocess.run(
            ["gst-launch-1.0", "-q", "filesrc", f'location="{source}"', "!", "subparse", "!",
             "apertiumtranslator", "!", "srtenc", "!", "filesink", f'location="{target}"'],
            capture_output=True, text=True, timeout=60, check=False)
        result = target.read_text(encoding="utf-8") if target.exists() else ""
    good = (done.returncode == 0 and TIMES.findall(result) == TIMES.findall(SUBTITLES) and
            [w for w in WORDS if w.lower() in result.lower()] == WORDS)
    print(f"{'ok' if good else 'not ok'} 1 translated, at the times they had")
    if not good:
        for line in (done.stderr + result).split("\n"):
            print(f"# {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
