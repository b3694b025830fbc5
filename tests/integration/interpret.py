#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""habla interpret with real speech and with subtitles: files, output and exit status.

usage: interpret.py HABLA
"""
import array
import json
import os
import pty
import re
import signal
import select
import subprocess
import sys
import threading
import time

from command_test import (SECONDS, SPANISH_SUBTITLES, SUBTITLES, Failed, finish, habla, habla_json,
                          interrupt, main, make_env, need_element, read_cues, recording, start,
                          wait_for, want)


def texts(cues):
    return " ".join(text.replace("\n", " ") for _, _, text in cues).lower()


def test_captions_in_three_languages(folder):
    _, error = habla(folder, "interpret", recording(870), "--to", "es,fr", "--captions", "a.vtt")
    english, spanish, french = (read_cues(folder / f"a.{language}.vtt")
                                for language in ("en", "es", "fr"))
    want("leisure to consider how much" in texts(english), english)
    want("considerar cuánto" in texts(spanish), spanish)
    want("envisager combien" in texts(french), french)
    for translated in (spanish, french):
        want((translated[0][0], translated[-1][1]) == (english[0][0], english[-1][1]),
             "the times differ", english, translated)
    want(english[0][0] < 1000 and 5000 < english[-1][1] < 8000, "wrong times", english)
    want(sorted(p.name for p in folder.glob("*.vtt")) == ["a.en.vtt", "a.es.vtt", "a.fr.vtt"],
         list(folder.iterdir()))
    want(all(f"Written: a.{language}.vtt" in error for language in ("en", "es", "fr")), error)


def test_file_name_of_one_language(folder):
    output, error = habla(folder, "interpret", recording(880), "--captions", "a.srt")
    want("joven" in texts(read_cues(folder / "a.srt")), "no Spanish")
    want("young man" in texts(read_cues(folder / "a.en.srt")), "no English")
    # Without a terminal, habla writes plain lines, and captions only to standard output.
    want("\033" not in output + error and "\r" not in output + error, repr(output + error))
    want(re.search(r"^0:00 +en  .*young man", output, re.M), output)
    want(re.search(r"^0:00 +es  .*joven", output, re.M), output)
    want(re.search(r"^\d+ %  0:0\d of 0:0\d, \d:\d\d left$", error, re.M), error)


def test_json(folder):
    objects = habla_json(folder, "interpret", recording(880), "--captions", "a.vtt")
    want({o["type"] for o in objects} == {"caption", "progress", "file", "end"}, objects)
    want(objects[-1] == {"type": "end", "status": 0}, objects[-1])
    captions = [o for o in objects if o["type"] == "caption"]
    want(any(not c["final"] for c in captions), "no partial hypotheses")
    spanish = [c for c in captions if c["final"] and c["language"] == "es"]
    english = [c for c in captions if c["final"] and c["language"] == "en"]
    want([c["source-text"] for c in spanish] == [c["text"] for c in english], captions)
    want(all(0 <= c["begin"] < c["end"] < 4 for c in spanish), spanish)
    want([(o["path"], o["whole"]) for o in objects if o["type"] == "file"] ==
         [("a.en.vtt", True), ("a.vtt", True)], objects)
    progress = [o["position"] for o in objects if o["type"] == "progress"]
    want(progress == sorted(progress) and progress[-1] > 2, progress)


def test_several_recordings(folder):
    objects = habla_json(folder, "interpret", recording(880), recording(890))
    english = [c for c in objects if c["type"] == "caption" and c["final"]
               and c["language"] == "en"]
    text = " ".join(c["text"] for c in english)
    want("young man" in text and "cold hearted" in text, text)
    want(text.index("young man") < text.index("cold hearted"), text)
    want(english[-1]["end"] > 7, "the times start again", english)


def test_standard_input(folder):
    with recording(880).open("rb") as stream:
        piped = subprocess.Popen(["cat"], stdin=stream, stdout=subprocess.PIPE)
        output, _ = habla(folder, "interpret", "-", stdin=piped.stdout)
        piped.stdout.close()
        piped.wait()
    want("young man" in output, output)
    with recording(880).open("rb") as stream:
        output, _ = habla(folder, "interpret", "-", "--to", "fr", stdin=stream)
    want("jeune" in output, output)


def test_named_pipe(folder):
    os.mkfifo(folder / "pipe")
    process = start(folder, "interpret", "pipe")
    with recording(880).open("rb") as stream:
        subprocess.run(["dd", "of=pipe", "status=none"], stdin=stream, cwd=folder, check=True,
                       timeout=60)
    output, error = finish(process)
    want(process.returncode == 0 and "young man" in output, output, error)


def test_uri(folder):
    output, _ = habla(folder, "interpret", recording(880).as_uri())
    want("young man" in output, output)


def test_custom_pipeline(folder):
    (folder / "mine.launch").write_text(
        "# A pipeline.\n# param from = en | spoken\n# param to = es | wanted\n"
        "# fragment source = fakesrc | where it comes from\n"
        "# param number = 3 | how many\n"
        "${source} ! audioconvert ! audioresample ! pocketsphinxtranscriber partials=false ! "
        "tee name=t t. ! captionsink name=captions-${from}\n"
        "each to: t. ! queue max-size-buffers=${number} ! "
        "apertiumtranslator input-language-code=${from} output-language-code=${to} ! "
        "captionsink name=captions-${to}\n", encoding="utf-8")
    objects = habla_json(folder, "interpret", recording(880), "--pipeline", "mine.launch",
                         "--set", "number=7", "--captions", "a.srt")
    captions = [o for o in objects if o["type"] == "caption"]
    want(captions and all(c["final"] for c in captions), captions)
    want("joven" in texts(read_cues(folder / "a.srt")), captions)


def test_set_fragment(folder):
    objects = habla_json(folder, "interpret", recording(880), "--set",
                         "transcriber=pocketsphinxtranscriber partials=false",
                         "--set", "captions=srtenc ! filesink location=own.srt")
    want(all(o["final"] for o in objects if o["type"] == "caption"), objects)
    want("joven" in (folder / "own.srt").read_text(encoding="utf-8"), "nothing in own.srt")


def test_speed(folder):
    """--speed limits the speed: 3 s of speech take at least 1.5 s at double speed."""
    began = time.monotonic()
    objects = habla_json(folder, "interpret", recording(880), "--speed", "2")
    slow = time.monotonic() - began
    last = max(o["position"] for o in objects if o["type"] == "progress")
    want(slow >= last / 2, f"{last} s of speech at double speed took {slow:.1f} s")
    habla(folder, "interpret", recording(880), "--speed", "100")


def test_subtitles(folder):
    (folder / "a talk.srt").write_text(SUBTITLES, encoding="utf-8")
    habla(folder, "interpret", "a talk.srt", "--captions", "out.srt")
    source, result = read_cues(folder / "a talk.srt"), read_cues(folder / "out.srt")
    want([c[:2] for c in source] == [c[:2] for c in result], result)
    want([re.sub("</?i>", "", c[2]).lower() for c in result] == [text.lower() for text in SPANISH_SUBTITLES], result)
    want(result[1][2].startswith("<i>") and result[1][2].endswith("</i>"), "the style is lost:", result)
    want(not (folder / "out.en.srt").exists(), "the source subtitles were written too")


def test_subtitles_by_sentences(folder):
    """Cues of one sentence are translated together, and the translation gets their times again."""
    (folder / "in.srt").write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nI always thought that he\n\n"
        "2\n00:00:02,100 --> 00:00:04,000\nwould come back to us when the war was over.\n", encoding="utf-8")
    output, _ = habla(folder, "interpret", "in.srt", "--captions", "a.json", "--line-length", "20", "--lines", "1")
    want("I always thought that he would come back to us when" in output, output)
    entries = json.loads((folder / "a.json").read_text(encoding="utf-8"))
    want([(e["begin"], e["end"], e["source"]) for e in entries] ==
         [(1, 2, "I always thought that he"), (2.1, 4, "would come back to us when the war was over.")], entries)
    want(all(e["text"] and e["text"] in output and e["language"] == "es" for e in entries), entries, output)
    # Lines are as long and as many as the options say, also if the text needs more.
    habla(folder, "interpret", "in.srt", "--captions", "a.srt", "--line-length", "14", "--lines", "4")
    lines = [line for cue in (folder / "a.srt").read_text(encoding="utf-8").strip().split("\n\n")
             for line in cue.split("\n")[2:]]
    want(len(lines) > 4 and all(len(line) <= 14 for line in lines), lines)


def test_subtitles_webvtt(folder):
    text = "WEBVTT\n\n" + re.sub(r"^\d+\n", "", SUBTITLES.replace(",", "."), flags=re.M)
    (folder / "in.vtt").write_text(text, encoding="utf-8")
    habla(folder, "interpret", (folder / "in.vtt").as_uri(), "--to", "es,fr", "--captions", "a.vtt")
    want([c[:2] for c in read_cues(folder / "in.vtt")] ==
         [c[:2] for c in read_cues(folder / "a.es.vtt")] ==
         [c[:2] for c in read_cues(folder / "a.fr.vtt")], "the times differ")
    want("maison" in texts(read_cues(folder / "a.fr.vtt")), "no French")


def test_subtitles_on_standard_input(folder):
    line = "1\n00:00:01,000 --> 00:00:02,000\nThe house is red.\n"
    (folder / "in.srt").write_text(line, encoding="utf-8")
    with (folder / "in.srt").open("rb") as stream:
        output, _ = habla(folder, "interpret", "-", stdin=stream)
    want("La casa es roja." in output, output)
    process = start(folder, "interpret", "-", "--pipeline", "subtitles", stdin=subprocess.PIPE)
    output, error = process.communicate(line, timeout=60)
    want(process.returncode == 0 and "La casa es roja." in output, output, error)


def test_glossary(folder):
    (folder / "in.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nThe house of GStreamer.\n",
                                   encoding="utf-8")
    (folder / "terms.txt").write_text("# Terms\nhouse = choza\nGStreamer =\n", encoding="utf-8")
    output, _ = habla(folder, "interpret", "in.srt", "--glossary", "terms.txt")
    want("choza de GStreamer." in output, output)
    (folder / "terms.txt").write_text("house = choza\nroof\n", encoding="utf-8")
    process = start(folder, "interpret", "in.srt", "-g", "terms.txt")
    output, error = finish(process)
    want(process.returncode != 0 and "Line 2 of the glossary terms.txt" in error, output, error)


def test_speech(folder):
    need_element("espeaksynthesizer", "opusdec", "oggdemux")
    habla(folder, "interpret", recording(880), "--to", "es,fr", "--speech", "a.ogg")
    for language in ("es", "fr"):
        samples = decode(folder, f"a.{language}.ogg")
        want(1 <= len(samples) / 16000 <= 20, f"{len(samples) / 16000} s of {language}")
        want(sum(abs(s) > 300 for s in samples) > 8000, f"no speech in {language}")


def decode(folder, name):
    """Returns the samples of a file at 16 kHz."""
    subprocess.run(["gst-launch-1.0", "-q", "filesrc", f"location={name}", "!", "oggdemux", "!",
                    "opusdec", "!", "audioconvert", "!", "audioresample", "!",
                    "audio/x-raw,format=S16LE,rate=16000,channels=1", "!", "filesink",
                    "location=decoded.raw"], cwd=folder, env=make_env(folder), timeout=SECONDS,
                   check=True)
    samples = array.array("h", (folder / "decoded.raw").read_bytes())
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def test_slow_speech_does_not_block_captions(folder):
    """Captions of five utterances arrive although speech is delayed by ten minutes."""
    process = start(folder, "interpret", *[recording(880)] * 5, "--json",
                    "--set", "speech=fakesink sync=true async=false ts-offset=600000000000")
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        for number in range(1, 6):
            read_until(process, f'"language":"es","id":{number},', '"final":true')
        for _ in range(2):
            interrupt(process)
            time.sleep(0.1)
        finish(process)
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()


def test_silence(folder):
    """Says why there is no file of speech."""
    need_element("espeaksynthesizer")
    subprocess.run(["gst-launch-1.0", "-q", "audiotestsrc", "wave=silence", "num-buffers=20",
                    "samplesperbuffer=1600", "!", "audio/x-raw,rate=16000,channels=1", "!", "wavenc",
                    "!", "filesink", f"location={folder}/a.wav"], check=True)
    _, error = habla(folder, "interpret", "a.wav", "--speech", "out.ogg")
    want("No speech was recognized" in error and "out.ogg was not written" in error, error)
    want(not (folder / "out.ogg").exists(), error)


def test_quiet(folder):
    output, error = habla(folder, "interpret", recording(880), "--quiet", "--captions", "a.vtt")
    want(output == "" and error == "", output, error)
    want(read_cues(folder / "a.vtt"), "no captions")


def read_until(process, *words):
    """Reads lines of standard output until one contains all words."""
    for line in process.stdout:
        if all(word in line for word in words):
            return
    raise Failed(f"habla exited without a line with {words}", process.stderr.read())


def test_interrupted(folder):
    """The first interrupt finishes pending text. At 0.2 times the speed, the recording takes 35 s."""
    process = start(folder, "interpret", recording(870), "--speed", "0.2", "--json",
                    "--captions", "a.vtt")
    read_until(process, '"final":false')
    began = time.monotonic()
    interrupt(process)
    output, error = finish(process)
    want(process.returncode == 130, f"exit status {process.returncode}", output, error)
    want(time.monotonic() - began < 25, "habla did not stop")
    want('"final":true' in output, "pending text was lost", output)
    for name in ("a.en.vtt", "a.vtt"):
        cues = read_cues(folder / name)
        want(cues and cues[-1][1] < 7500, cues)
    want(not list(folder.glob("*.partial.*")), list(folder.iterdir()))


def test_interrupted_twice(folder):
    """The second interrupt stops at once, although the pipeline takes 30 s for a buffer."""
    (folder / "slow.launch").write_text(
        "# Slow.\n# param from = en | spoken\n# param to = es | wanted\n"
        "# fragment source = fakesrc | where it comes from\n"
        "${source} ! audioconvert ! audioresample ! metricstap name=heard interval=100 ! "
        "identity sleep-time=30000000 ! fakesink name=${from}-${to}\n", encoding="utf-8")
    process = start(folder, "interpret", recording(870), "--json", "--captions", "a.vtt",
                    "--pipeline", "slow.launch")
    read_until(process, '"progress"')
    interrupt(process)
    read_until(process, '"note"')
    began = time.monotonic()
    interrupt(process)
    output, error = finish(process)
    want(process.returncode == 130, f"exit status {process.returncode}", output, error)
    want(time.monotonic() - began < 10, "habla did not stop at once")
    want(not list(folder.glob("a*")), "empty files were not removed", list(folder.iterdir()))


def test_interrupted_without_input(folder):
    os.mkfifo(folder / "pipe")
    writer = os.open(folder / "pipe", os.O_RDWR)
    process = start(folder, "interpret", "pipe")
    try:
        wait_for(lambda: catches_interrupt(process.pid), "its handler of signals")
        interrupt(process)
        _, error = finish(process)
    finally:
        os.close(writer)
    want(process.returncode == 130, process.returncode, error)


def catches_interrupt(pid):
    """Returns whether the process has a handler for SIGINT."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        caught = next(line for line in status if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) & (1 << (signal.SIGINT - 1)) != 0


def test_silent_source(folder):
    """A decoder may neither send audio nor fail."""
    _, error = habla(folder, "interpret", recording(880), "--set", "source=appsrc", status=65)
    want("no audio could be read from it within" in error, error)


def test_terminal(folder):
    """On a terminal, habla shows a progress bar, the remaining time, and partial hypotheses."""
    parent, child = pty.openpty()
    process = start(folder, "interpret", recording(880), stdout=child, stderr=child)
    os.close(child)
    shown = b""
    deadline = time.monotonic() + 100
    while time.monotonic() < deadline:
        if not select.select([parent], [], [], 1)[0]:
            continue
        try:
            chunk = os.read(parent, 65536)
        except OSError:  # habla has closed the terminal.
            break
        if not chunk:
            break
        shown += chunk
    os.close(parent)
    process.wait(30)
    text = shown.decode("utf-8")
    want(process.returncode == 0, text)
    want(re.search(r"\[#+\.*\]  +\d+ %  0:0\d of 0:0\d, \d:\d\d left", text), "no bar:", repr(text))
    partials = re.findall(r"\033\[2m +en  (.*?)\033", text)
    want(len(set(partials)) >= 3 and len(partials[-1]) > len(partials[0]), partials)
    # A translation can appear before its source, because they come from different threads.
    final = sorted(line.split(maxsplit=1)[1] for line in replay(text))
    want(len(final) == 2 and final[0].startswith("en  he was") and final[1].startswith("es  No fue"),
         "final screen:", final)


def replay(text):
    """Returns the final lines of a terminal, for the control sequences that habla uses."""
    lines, row = [""], 0
    for token in re.findall(r"\033\[[0-9;]*[A-Za-z]|\r|\n|[^\033\r\n]+", text):
        if token == "\r":
            continue
        if token == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif token == "\033[A":
            row -= 1
        elif token == "\033[K":
            lines[row] = ""
        elif not token.startswith("\033"):
            lines[row] += token
    return [line for line in lines if line.strip()]


if __name__ == "__main__":
    main(globals())
