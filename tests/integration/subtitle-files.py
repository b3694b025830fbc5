#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""habla interpret with subtitles of each kind: no cue is lost, or the exit status says so.

usage: subtitle-files.py HABLA
"""
import subprocess

from command_test import (Skipped, fails, habla, habla_json, has_element, main, make_env,
                          need_element, recording, start, wait_for, want)

USAGE, DATA = 64, 65
ONE, TWO = "Good morning.", "The house is red."
FORMATS = {
    "srt": "1\n00:00:01,000 --> 00:00:05,000\n{one}\n\n2\n00:00:02,000 --> 00:00:03,000\n{two}\n",
    "nonumbers.srt": "00:00:01,000 --> 00:00:05,000\n{one}\n\n00:00:02,000 --> 00:00:03,000\n{two}\n",
    "noblank.srt": "1\n0:0:1,0 --> 0:0:5,0  \n{one}\n2\n0:0:2.0 --> 0:0:3.0\n{two}\n",
    "vtt": "WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:05.000\n<v Ann>{one}\n\n00:02.000 --> 00:03.000\n{two}\n",
    "ass": "[Events]\nDialogue: 0,0:00:01.00,0:00:05.00,D,,0,0,0,,{{\\b1}}{one}\n"
           "Dialogue: 0,0:00:02.00,0:00:03.00,D,,0,0,0,,{two}\n",
    "ttml": '<tt><body><div><p begin="1s" end="5s">{one}</p><p begin="2s" end="3s">{two}</p></div></body></tt>',
}


def need_translator():
    if not has_element("apertiumtranslator"):
        raise Skipped("apertium is not installed")


def captions(objects, language):
    """Returns (begin, end, text) of the captions of language."""
    return [(o["begin"], o["end"], o["text"]) for o in objects
            if o.get("type") == "caption" and o["language"] == language]


def test_formats(folder):
    need_translator()
    for name, text in FORMATS.items():
        (folder / f"a.{name}").write_text(text.format(one=ONE, two=TWO), encoding="utf-8")
        objects = habla_json(folder, "interpret", f"a.{name}")
        want([c[2] for c in captions(objects, "en")] == [ONE, TWO], name, objects)
        want([c[:2] for c in captions(objects, "es")] == [(1.0, 5.0), (2.0, 3.0)], name, objects)
        want(captions(objects, "es")[1][2] == "La casa es roja.", name, objects)


# More than habla needs before it looks, at intervals in which it sleeps.
LOOKS = 10


def count_waits(pid):
    """Returns how many times the main thread has waited for something."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(next(line for line in status if line.startswith("voluntary_ctxt_switches")).split()[1])


def test_pipe(folder):
    """Subtitles and sound on a pipe are told apart, also if the first bytes do not suffice."""
    need_translator()
    for name, text in FORMATS.items():
        process = start(folder, "interpret", "-", stdin=subprocess.PIPE)
        process.stdin.write(text[0])
        process.stdin.flush()
        wait_for(lambda: count_waits(process.pid) >= LOOKS, "habla to look at the first byte")
        output, error = process.communicate(text[1:].format(one=ONE, two=TWO), timeout=60)
        want(process.returncode == 0 and "La casa es roja." in output, name, output, error)
    with subprocess.Popen(["cat", recording(880)], stdout=subprocess.PIPE) as cat:
        output, _ = habla(folder, "interpret", "-", stdin=cat.stdout)
    want("young man" in output.lower(), output)
    fails(folder, "interpret", "-", status=DATA, words=["standard input", "no recording"],
          stdin=subprocess.Popen(["echo", "hello"], stdout=subprocess.PIPE).stdout)


def test_encoding(folder):
    need_translator()
    text = FORMATS["srt"].format(one="“It’s red” – he said…", two=TWO)
    (folder / "a.srt").write_bytes(text.encode("cp1252"))
    output, error = habla(folder, "interpret", "a.srt")
    want("“It’s red” – he said…" in output and "WINDOWS-1252" in error, output, error)
    (folder / "b.srt").write_bytes(text.replace("“", "à").replace("”", "é").replace("…", "ñ")
                                   .replace("’", "'").replace("–", "-").encode("cp850"))
    output, error = habla(folder, "interpret", "b.srt", "--encoding", "IBM850")
    want("àIt's redé - he saidñ" in output and "assumed" not in error, output, error)
    (folder / "c.srt").write_bytes(text.encode("utf-16"))
    output, error = habla(folder, "interpret", "c.srt")
    want("“It’s red” – he said…" in output and "assumed" not in error, output, error)
    fails(folder, "interpret", "a.srt", "--encoding", "UTF-8", status=DATA, words=["a.srt", "UTF-8"])
    fails(folder, "interpret", "a.srt", "--encoding", "none", status=USAGE, words=["none", "iconv -l"])
    fails(folder, "interpret", recording(880), "--encoding", "UTF-8", status=USAGE,
          words=["--encoding", "omit it"])


def test_lost(folder):
    """The other cues are written, and the exit status is not 0."""
    need_translator()
    text = FORMATS["srt"].format(one=ONE, two=TWO) + "\n3\n00:00:xx,000 --> 00:00:09,000\nlost\n"
    (folder / "a.srt").write_text(text, encoding="utf-8")
    _, error = habla(folder, "interpret", "a.srt", "--captions", "out.srt", status=DATA)
    want("a.srt: 1 of 3 cues were lost" in error and "line 10" in error, error)
    want("La casa es roja." in (folder / "out.srt").read_text(encoding="utf-8"), "no captions")


def make_film(folder, muxer, name):
    """A recording with sound, and subtitles in English and Spanish that overlap."""
    tracks = []
    for language, one, two in (("en", ONE, TWO), ("es", "Buenos días.", "La casa es roja.")):
        (folder / f"{language}.srt").write_text(FORMATS["srt"].replace("2\n00:00:02", "2\n00:00:06").replace(
            "00:00:03", "00:00:07").format(one=one, two=two), encoding="utf-8")
        tracks += (f"filesrc location={language}.srt ! subparse ! text/x-raw,format=utf8 ! "
                   f"taginject tags=language-code={language} ! m.").split()
    subprocess.run(["gst-launch-1.0", "-q", *f"{muxer} name=m ! filesink location={name} "
                    "audiotestsrc num-buffers=20 ! opusenc ! m.".split(), *tracks],
                   cwd=folder, env=make_env(folder), check=True, timeout=60)


def test_tracks(folder):
    need_translator()
    need_element("subparse", "taginject", "matroskamux", "mp4mux", "opusenc")
    for muxer, name in (("matroskamux", "a.mkv"), ("mp4mux", "a.mp4")):
        make_film(folder, muxer, name)
        objects = habla_json(folder, "interpret", name, "--subtitle-track", "en")
        want([c[:2] for c in captions(objects, "es")] == [(1.0, 5.0), (6.0, 7.0)], name, objects)
        want([c[2] for c in captions(objects, "en")] == [ONE, TWO], name, objects)
        for track in ("es", "2"):
            objects = habla_json(folder, "interpret", name, "--subtitle-track", track, "-f", "es", "-t", "en")
            want("red" in captions(objects, "en")[1][2], name, track, objects)
        fails(folder, "interpret", name, "--subtitle-track", "3", status=USAGE,
              words=[name, "no subtitle track 3", "1 English, 2 Spanish"])
    fails(folder, "interpret", recording(880), "--subtitle-track", "1", status=DATA, words=["subtitle"])
    fails(folder, "interpret", "en.srt", "--subtitle-track", "1", status=USAGE, words=["name one recording"])


def test_refused(folder):
    (folder / "a.ttml").write_text('<!DOCTYPE tt [<!ENTITY a "b">]><tt><body>&a;</body></tt>', encoding="utf-8")
    fails(folder, "interpret", "a.ttml", status=DATA, words=["a.ttml", "line 1", "entity"])
    (folder / "b.ttml").write_text("<tt><body>\n<p begin='1s'>", encoding="utf-8")
    fails(folder, "interpret", "b.ttml", status=DATA, words=["b.ttml", "line 2"])
    (folder / "c.ass").write_text("hello", encoding="utf-8")
    fails(folder, "interpret", "c.ass", status=DATA, words=["c.ass", "no subtitles"])


if __name__ == "__main__":
    main(globals())
