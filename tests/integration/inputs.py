#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""habla interpret with every kind of input: the table of docs/inputs.md.

usage: inputs.py HABLA DATA
       inputs.py --write    writes the table
"""
import array
import pathlib
import random
import subprocess
import sys

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "inputs.md"
if "--write" not in sys.argv:
    from command_test import habla_json, main, make_env, need_element, want

SPEECH = pathlib.Path("/usr/share/pocketsphinx/test/data/goforward.raw")
CUES = [("00:00:01,000", "00:00:02,000", "Good morning"), ("00:00:03,000", "00:00:04,000", "I have two books")]
BOTH = "2 captions"
SRT = "".join(f"{n}\n{b} --> {e}\n{t}\n\n" for n, (b, e, t) in enumerate(CUES, 1))
VTT = "WEBVTT\n\n" + "".join(f"{b} --> {e}\n{t}\n\n" for b, e, t in CUES).replace(",", ".")
ASS = ("[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, "
       "MarginV, Effect, Text\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Good morning\n"
       "Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,I have {\\i1}two{\\i0} books\n")
TTML = ('<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml"><body><div>'
        '<p begin="1s" end="2s">Good morning</p><p begin="00:00:03" dur="1s">I have two books</p></div></body></tt>\n')

# Kind, file, contents, what is expected: a number of captions, or what the error says.
SUBTITLES = [
    ("SubRip", "plain.srt", SRT, BOTH),
    ("SubRip, lines end in CR LF", "crlf.srt", SRT.replace("\n", "\r\n"), BOTH),
    ("SubRip, lines end in CR", "cr.srt", SRT.replace("\n", "\r"), BOTH),
    ("SubRip, UTF-8 with a byte order mark", "bom.srt", "\ufeff" + SRT, BOTH),
    ("SubRip, UTF-16, little endian", "utf16le.srt", ("\ufeff" + SRT).encode("utf-16-le"), BOTH),
    ("SubRip, UTF-16, big endian", "utf16be.srt", ("\ufeff" + SRT).encode("utf-16-be"), BOTH),
    ("SubRip, Windows-1252", "cp1252.srt", SRT.replace("morning", "morning “café”").encode("cp1252"), BOTH),
    ("SubRip without numbers", "nonumbers.srt", SRT.replace("1\n00", "00").replace("2\n00", "00"), BOTH),
    ("SubRip, short times", "shorttimes.srt", SRT.replace("00:00:0", "0:0:"), BOTH),
    ("SubRip, times with points", "points.srt", SRT.replace(",000", ".000"), BOTH),
    ("SubRip, 101 hours", "hours.srt", SRT.replace("00:00:0", "101:00:0"), BOTH),
    ("SubRip without empty lines", "noblank.srt", SRT.replace("\n\n", "\n"), BOTH),
    ("SubRip, empty lines first", "blankfirst.srt", "\n\n\n" + SRT, BOTH),
    ("SubRip, no line feed at the end", "nofeed.srt", SRT.strip(), BOTH),
    ("SubRip, cues not in order", "unordered.srt", "2\n" + SRT.partition("2\n")[2] + SRT.partition("2\n")[0], BOTH),
    ("SubRip, cues overlap", "overlap.srt", SRT.replace("00:00:02,000", "00:00:09,000"), BOTH),
    ("SubRip, markup", "markup.srt", SRT.replace("two", "<i>two</i>"), BOTH),
    ("SubRip, capital extension", "CAPITAL.SRT", SRT, BOTH),
    ("SubRip without an extension", "noextension", SRT, BOTH),
    ("WebVTT", "vtt.vtt", VTT, BOTH),
    ("WebVTT, header with text", "header.vtt", VTT.replace("WEBVTT", "WEBVTT - a talk"), BOTH),
    ("WebVTT, comment and style", "style.vtt",
     VTT.replace("\n\n", "\n\nNOTE a comment\n\nSTYLE\n::cue { color: red }\n\n", 1), BOTH),
    ("WebVTT, settings", "settings.vtt", VTT.replace("02.000", "02.000 align:start line:0"), BOTH),
    ("WebVTT, times without hours", "nohours.vtt", VTT.replace("00:00:", "00:"), BOTH),
    ("WebVTT, identifiers", "identifiers.vtt", VTT.replace("00:00:01.000", "one\n00:00:01.000"), BOTH),
    ("WebVTT, times within a cue", "inline.vtt", VTT.replace("two books", "two <00:00:03.500><c>books</c>"), BOTH),
    ("WebVTT, entities", "entities.vtt", VTT.replace("two", "two &amp; two"), BOTH),
    ("SubStation", "ass.ass", ASS, BOTH),
    ("SubStation, extension of version 4", "ssa.ssa", ASS, BOTH),
    ("TTML", "ttml.ttml", TTML, BOTH),
    ("TTML, another extension", "dfxp.dfxp", TTML, BOTH),
    ("empty file", "empty.srt", "", "exit 65: is empty"),
    ("text that is no subtitles", "text.srt", "Some words.\n" * 30, "exit 65: no "),
    ("bytes that are no subtitles", "bytes.vtt", random.Random(1).randbytes(3000), "exit 65: no "),
    ("missing file", "missing.srt", None, "exit 66: check the name"),
]

SPOKEN = "speech"
RAW = "audio/x-raw"
# Kind, file, elements that make it from 16 kHz mono, what is expected.
RECORDINGS = [
    ("WAV, 16 bits", "s16.wav", "wavenc", SPOKEN),
    ("WAV, 8 bits", "u8.wav", f"{RAW},format=U8 ! wavenc", SPOKEN),
    ("WAV, 24 bits", "s24.wav", f"{RAW},format=S24LE ! wavenc", SPOKEN),
    ("WAV, floating point", "f32.wav", f"{RAW},format=F32LE ! wavenc", SPOKEN),
    ("WAV, µ-law", "mulaw.wav", f"{RAW},rate=8000 ! mulawenc ! wavenc", SPOKEN),
    ("WAV, A-law", "alaw.wav", f"{RAW},rate=8000 ! alawenc ! wavenc", SPOKEN),
    ("WAV, 11,025 Hz", "r11025.wav", f"{RAW},rate=11025 ! wavenc", SPOKEN),
    ("WAV, 22,050 Hz", "r22050.wav", f"{RAW},rate=22050 ! wavenc", SPOKEN),
    ("WAV, 96,000 Hz", "r96000.wav", f"{RAW},rate=96000 ! wavenc", SPOKEN),
    ("WAV, stereo, 44,100 Hz", "stereo.wav", f"{RAW},rate=44100,channels=2 ! wavenc", SPOKEN),
    ("WAV, 5.1 channels", "surround.wav",
     f"{RAW},channels=6,channel-mask=(bitmask)0x3f ! wavenc", SPOKEN),
    ("FLAC", "flac.flac", "flacenc", SPOKEN),
    ("Ogg, Vorbis", "vorbis.ogg", f"{RAW},format=F32LE ! vorbisenc ! oggmux", SPOKEN),
    ("Ogg, Opus", "opus.opus", "opusenc ! oggmux", SPOKEN),
    ("MP3", "mp3.mp3", f"{RAW},rate=44100 ! lamemp3enc", SPOKEN),
    ("Matroska, FLAC", "matroska.mka", "flacenc ! matroskamux", SPOKEN),
    ("WebM, Opus", "web.webm", "opusenc ! webmmux", SPOKEN),
    ("MP4, MP3", "container.mp4", f"{RAW},rate=44100 ! lamemp3enc ! mpegaudioparse ! mp4mux", SPOKEN),
    ("MPEG transport stream, MP3", "transport.ts",
     f"{RAW},rate=44100 ! lamemp3enc ! mpegaudioparse ! mpegtsmux", SPOKEN),
    ("recording with the extension of another type", "other.mp3", "flacenc", SPOKEN),
]
# Kind, file, what is expected; made by make_others().
OTHERS = [
    ("Matroska, pictures and speech", "talk.mkv", SPOKEN),
    ("stereo, the right channel out of phase", "invert.wav", SPOKEN),
    ("silence", "silence.wav", "0 captions"),
    ("WAV, cut short", "cut.wav", "exit 65: cut short"),
    ("pictures without sound", "pictures.webm", "exit 65: no audio"),
    ("picture with the extension of a video", "picture.mp4", "exit 65: "),
    ("damage with the extension of a video", "damage.mp4", "exit 65: "),
    ("playlist with the extension of a recording", "playlist.mp3", "exit 65: "),
]
ROWS = [(row[0], row[1], row[-1]) for row in [*SUBTITLES, *RECORDINGS, *OTHERS]]


def make_table():
    lines = ["| kind | file | expected |", "|---|---|---|"]
    return "\n".join(lines + [f"| {kind} | `{name}` | {expected.strip()} |" for kind, name, expected in ROWS])


def launch(folder, line):
    subprocess.run(["gst-launch-1.0", "-q", *line.split()], cwd=folder, env=make_env(folder), check=True,
                   timeout=100, stdout=subprocess.DEVNULL)


def make_others(folder):
    source = "videotestsrc num-buffers=25 ! video/x-raw,width=64,height=48,framerate=10/1"
    launch(folder, f"{source} ! vp8enc ! tee name=t t. ! queue ! webmmux ! filesink location=pictures.webm t. ! "
                   "queue ! matroskamux name=mux ! filesink location=talk.mkv filesrc location=flac.flac ! "
                   "flacparse ! queue ! mux. videotestsrc num-buffers=1 ! pngenc ! filesink location=picture.mp4 "
                   "audiotestsrc wave=silence num-buffers=60 ! wavenc ! filesink location=silence.wav")
    samples = array.array("h", SPEECH.read_bytes())
    both = array.array("h", [v for sample in samples for v in (sample, max(-32767, min(32767, -sample)))])
    (folder / "invert.raw").write_bytes(both.tobytes())
    launch(folder, "filesrc location=invert.raw ! rawaudioparse format=pcm pcm-format=s16le sample-rate=16000 "
                   "num-channels=2 ! wavenc ! filesink location=invert.wav")
    (folder / "cut.wav").write_bytes((folder / "s16.wav").read_bytes()[:30000])
    (folder / "damage.mp4").write_bytes(random.Random(2).randbytes(3000))
    (folder / "playlist.mp3").write_text("#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n", encoding="utf-8")


def make_inputs(folder):
    for _, name, contents, _ in SUBTITLES:
        if contents is not None:
            (folder / name).write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    branches = " ".join(f"t. ! queue ! audioconvert ! audioresample ! {line} ! filesink location={name}"
                        for _, name, line, _ in RECORDINGS)
    launch(folder, f"filesrc location={SPEECH} ! rawaudioparse format=pcm pcm-format=s16le sample-rate=16000 "
                   f"num-channels=1 ! tee name=t {branches}")
    make_others(folder)


def read_seen(objects):
    """Returns the captions of both languages, and the result, of each input."""
    captions, name = {}, None
    for item in objects:
        if item["type"] == "input":
            name = item["path"]
            captions[name] = {"en": [], "es": []}
        elif item["type"] == "caption" and item["final"]:
            captions[name][item["language"]].append(item["text"])
    return {item["path"]: (captions.get(item["path"]), item) for item in objects if item["type"] == "result"}


def describe(expected, captions, result):
    """What was seen, in the words of expected."""
    if result["result"] == "failed":
        return f"exit {result['status']}: {result.get('message', '')}"
    if expected == SPOKEN:
        heard = " ".join(captions["en"])
        return SPOKEN if "forward" in heard and "meters" in heard else f"heard “{heard}”"
    return f"{sum('morning' not in text and 'books' not in text for text in captions['es'])} captions"


def is_expected(expected, seen):
    status, _, words = expected.partition(": ")
    return seen.startswith(status) and words in seen if expected.startswith("exit") else seen == expected


def test_inputs(folder):
    need_element("lamemp3enc", "mpegtsmux", "vp8enc", "pocketsphinxtranscriber", "apertiumtranslator")
    make_inputs(folder)
    (folder / "out").mkdir()
    names = [name for _, name, _ in ROWS]
    seen = read_seen(habla_json(folder, "interpret", *names, "--captions", "out/{name}.vtt", status=None))
    failures = []
    for kind, name, expected in ROWS:
        got = describe(expected, *seen[name])
        print(f"# {kind} | {name} | {expected} | {got}")
        if not is_expected(expected, got):
            failures.append(f"{kind} | {name} | expected {expected} | seen {got}")
    want(len(ROWS) >= 60 and not failures, *failures)


def test_document(folder):
    want(make_table() in DOCUMENT.read_text(encoding="utf-8"), "run tests/integration/inputs.py --write")


if __name__ == "__main__":
    if "--write" in sys.argv:
        text = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(text[:text.index("| kind ")] + make_table() + "\n", encoding="utf-8")
    else:
        main(globals())
