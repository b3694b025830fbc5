#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real speech in gst-launch-1.0 pipelines: subtitles with the right times in both languages, and a
foreign transcriber."""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

RECORDINGS = "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-"
# "He was not an ill disposed young man", 3.0 s, and "He might even have been made amiable
# himself", 3.3 s.
FIRST, SECOND = RECORDINGS + "0880.wav", RECORDINGS + "0930.wav"
READ = "filesrc location={} ! wavparse ! audioconvert ! audioresample"
CUE = re.compile(r"^(\d\d):(\d\d):(\d\d),(\d\d\d) --> (\d\d):(\d\d):(\d\d),(\d\d\d)$")


def launch(line, *options):
    """Runs a launch line. Returns the contents of the file {out} if it exists, else standard output."""
    with tempfile.TemporaryDirectory(prefix="habla-speech-") as folder:
        out = pathlib.Path(folder, "out")
        command = ["gst-launch-1.0", *options] + shlex.split(line.format(out=out))
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        text = out.read_text(encoding="utf-8") if out.exists() else done.stdout
    problems = done.stderr.strip()
    assert done.returncode == 0, problems
    assert "CRITICAL" not in problems and "WARNING" not in problems, problems
    return text


def parse_srt(text):
    """Returns the cues of SubRip subtitles: begin and end in seconds, and text."""
    cues = []
    for block in re.split(r"\n\s*\n", text.strip()):
        number, times, *lines = block.split("\n")
        assert int(number) == len(cues) + 1, text
        match = CUE.match(times)
        assert match, times
        h, m, s, ms, *end = (int(g) for g in match.groups())
        cues.append((h * 3600 + m * 60 + s + ms / 1000,
                     end[0] * 3600 + end[1] * 60 + end[2] + end[3] / 1000, " ".join(lines)))
    return cues


def check_cues(cues, begin, end):
    assert cues, "no cues"
    assert abs(cues[0][0] - begin) < 0.4 and abs(cues[-1][1] - end) < 0.8, cues
    for before, after in zip(cues, cues[1:]):
        assert before[0] < before[1] <= after[0], cues


def test_subtitles():
    cues = parse_srt(launch(
        READ.format(FIRST) + " ! pocketsphinxtranscriber ! srtenc ! filesink location={out}"))
    check_cues(cues, 0.1, 3.0)
    assert "he was not" in cues[0][2] and "young man" in cues[-1][2], cues


def test_two_recordings():
    """Captions of two concatenated recordings have the running time."""
    text = launch(
        f"concat name=all ! pocketsphinxtranscriber partials=false ! captionsink "
        f"{READ.format(FIRST)} ! all. {READ.format(SECOND)} ! all.", "-m")
    captions = [line for line in text.split("\n") if "habla/caption" in line]
    captions = [line.replace("\\ ", " ") for line in captions]
    begins = [int(begin) / 1e9 for begin in re.findall(r"begin=\(guint64\)(\d+)", text)]
    assert len(captions) == len(begins) >= 2 and begins == sorted(begins), text
    assert "he was not" in captions[0] and begins[0] < 0.4, text
    assert "he might" in captions[-1] and 2.9 <= begins[-1] < 3.5, text


def test_translated():
    cues = parse_srt(launch(
        READ.format(FIRST) + " ! pocketsphinxtranscriber language-code=en ! apertiumtranslator "
        "input-language-code=en output-language-code=es ! srtenc ! filesink location={out}"))
    check_cues(cues, 0.1, 3.0)
    assert "hombre joven" in " ".join(cue[2] for cue in cues).lower(), cues


def test_foreign_transcriber():
    """Debian's `pocketsphinx` pushes text/plain without metadata, including partial results."""
    text = launch(
        READ.format(FIRST) + " ! pocketsphinx ! apertiumtranslator input-language-code=en "
        "output-language-code=es ! filesink location={out}")
    assert "hombre joven" in text.lower(), text
    assert "young man" not in text.lower(), text


NEEDS = {
    test_subtitles: ["pocketsphinxtranscriber"],
    test_two_recordings: ["pocketsphinxtranscriber"],
    test_translated: ["pocketsphinxtranscriber", "apertiumtranslator"],
    test_foreign_transcriber: ["pocketsphinx", "apertiumtranslator"],
}


def find_missing(elements):
    for element in elements:
        if subprocess.run(["gst-inspect-1.0", element], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode:
            return element
    return None if pathlib.Path(FIRST).exists() else "pocketsphinx-testdata"


def main():
    print(f"1..{len(NEEDS)}")
    for number, (test, elements) in enumerate(NEEDS.items(), 1):
        name = test.__name__[len("test_"):]
        missing = find_missing(elements)
        if missing:
            print(f"ok {number} {name} # SKIP {missing} is not installed")
            continue
        try:
            test()
            print(f"ok {number} {name}")
        except (AssertionError, ValueError, subprocess.TimeoutExpired) as error:
            print(f"not ok {number} {name}")
            for line in str(error).split("\n"):
                print(f"# {line}")


if __name__ == "__main__":
    sys.exit(main())
