#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""habla interpret --output: a copy of the recording with captions and speech as tracks.

usage: copy.py HABLA
"""
import array
import subprocess

from command_test import SUBTITLES, fails, habla, main, need_element, read_cues, recording, want

MASTERS = {0x18538067, 0x1654AE6B, 0xAE}
FIELDS = {0x83: "type", 0x88: "default", 0x22B59C: "language", 0x536E: "name", 0x86: "codec"}


def launch(folder, line):
    subprocess.run(["gst-launch-1.0", "-q", *line.split()], cwd=folder, check=True, timeout=60,
                   stdout=subprocess.DEVNULL)


def read_number(data, at, is_id):
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at:at + length], "big")
    return value if is_id else value & ~(1 << 7 * length), at + length


def read_tracks(path):
    """Returns the fields of each track of a Matroska file."""
    data, tracks = path.read_bytes(), []

    def walk(at, end):
        while at < end:
            name, at = read_number(data, at, True)
            size, at = read_number(data, at, False)
            if name == 0xAE:
                tracks.append({})
            if name in MASTERS:
                walk(at, min(at + size, end))
            elif name in FIELDS:
                tracks[-1][FIELDS[name]] = data[at:at + size].decode("latin-1").rstrip("\0 ") or 0
            at += size
    walk(0, len(data))
    return tracks


def make_talk(folder):
    launch(folder, "videotestsrc num-buffers=30 ! video/x-raw,width=64,height=48,framerate=10/1 ! vp8enc ! "
                   f"webmmux name=mux ! filesink location=talk.webm filesrc location={recording(880)} ! "
                   "wavparse ! audioconvert ! audioresample ! vorbisenc ! mux.")


def extract(folder, name, pad, line="filesink"):
    launch(folder, f"filesrc location={name} ! matroskademux name=demux demux.{pad} ! queue ! {line} location=out")
    return (folder / "out").read_bytes()


def test_matroska(folder):
    need_element("espeaksynthesizer", "matroskamux", "vp8enc")
    make_talk(folder)
    _, error = habla(folder, "interpret", "talk.webm", "--captions", "talk.srt", "--output", "{name}.es.mkv")
    want("Written: talk.es.mkv" in error and "1 done" in error, error)
    want(sorted(p.name for p in folder.glob("talk*")) ==
         ["talk.en.srt", "talk.es.mkv", "talk.srt", "talk.webm"], list(folder.iterdir()))
    tracks = read_tracks(folder / "talk.es.mkv")
    want([(t["codec"], t.get("language", "eng"), t.get("default", 1)) for t in tracks] ==
         [("V_VP8", "eng", 1), ("A_VORBIS", "eng", 1), ("S_TEXT/UTF8", "eng", 0),
          ("S_TEXT/UTF8", "spa", 0), ("A_OPUS", "spa", 0)], tracks)
    want([t["name"] for t in tracks[2:]] == ["Habla"] * 3, tracks)
    # The streams of the recording are the same bytes.
    for pad in ("video_0", "audio_0"):
        want(extract(folder, "talk.es.mkv", pad) == extract(folder, "talk.webm", pad), pad, "differs")
    # The captions have the times of the file, and the speech begins with its caption.
    cues = read_cues(folder / "talk.srt")
    written = extract(folder, "talk.es.mkv", "subtitle_1", "srtenc ! filesink").decode()
    want(all(text in written for _, _, text in cues) and
         f"00:00:{cues[0][0] // 1000:02},{cues[0][0] % 1000:03} -->" in written, written, cues)
    samples = array.array("h", extract(
        folder, "talk.es.mkv", "audio_1",
        "opusdec ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=16000,channels=1 ! filesink"))
    first = next(i for i, sample in enumerate(samples) if abs(sample) > 300) / 16
    want(cues[0][0] - 50 <= first <= cues[0][0] + 500, first, cues)


def test_subtitles_of_the_recording(folder):
    need_element("espeaksynthesizer", "matroskamux", "mp4mux", "lamemp3enc")
    cue = "Tom & Jerry said \"no\"."
    (folder / "own.srt").write_text(f"1\n00:00:01,000 --> 00:00:02,000\n{cue}\n\n", encoding="utf-8")
    launch(folder, f"matroskamux name=mux ! filesink location=talk.mkv filesrc location={recording(880)} ! wavparse ! "
                   "audioconvert ! audioresample ! lamemp3enc ! mpegaudioparse ! mux. "
                   "filesrc location=own.srt ! subparse ! text/x-raw,format=utf8 ! mux.")
    for kind in ("mkv", "mp4"):
        _, error = habla(folder, "interpret", "talk.mkv", "--to", "es,fr", "--output", f"talk.es.{kind}")
        want("left out" not in error and f"Written: talk.es.{kind} (es, fr)" in error, error)
        want(cue.encode() in (folder / f"talk.es.{kind}").read_bytes(), kind, "lacks the subtitles of the recording")
    want([t["codec"] for t in read_tracks(folder / "talk.es.mkv")] ==
         ["A_MPEG/L3"] + ["S_TEXT/UTF8"] * 4 + ["A_OPUS"] * 2, read_tracks(folder / "talk.es.mkv"))


def test_mp4(folder):
    need_element("espeaksynthesizer", "mp4mux", "lamemp3enc")
    launch(folder, f"filesrc location={recording(880)} ! wavparse ! audioconvert ! audioresample ! "
                   "audio/x-raw,rate=44100 ! lamemp3enc ! mpegaudioparse ! mp4mux ! filesink location=talk.mp4")
    habla(folder, "interpret", "talk.mp4", "--output", "talk.es.mp4")
    # Two tracks of sound, which can be decoded, and two of captions.
    launch(folder, "filesrc location=talk.es.mp4 ! qtdemux name=demux "
                   "demux.audio_0 ! queue ! decodebin ! wavenc ! filesink location=original.wav "
                   "demux.audio_1 ! queue ! decodebin ! wavenc ! filesink location=speech.wav "
                   "demux.subtitle_0 ! queue ! filesink location=english.txt "
                   "demux.subtitle_1 ! queue ! filesink location=spanish.txt")
    want("young man" in (folder / "english.txt").read_text(encoding="utf-8"), "no transcript")
    want("joven" in (folder / "spanish.txt").read_text(encoding="utf-8"), "no translation")
    want(all((folder / name).stat().st_size > 50000 for name in ("original.wav", "speech.wav")), "no sound")


def test_motion_jpeg(folder):
    """Pictures in the form of photographs are video, too."""
    need_element("jpegenc", "avimux", "lamemp3enc", "mp4mux")
    launch(folder, "videotestsrc num-buffers=9 ! video/x-raw,width=64,height=48,framerate=3/1 ! jpegenc ! queue ! "
                   f"avimux name=mux ! filesink location=talk.avi filesrc location={recording(880)} ! "
                   "wavparse ! audioconvert ! audioresample ! lamemp3enc ! mpegaudioparse ! queue ! mux.")
    fails(folder, "interpret", "talk.avi", "--output", "b.mp4", status=65, words=["image/jpeg", ".mkv"])


def test_refused(folder):
    (folder / "a.srt").write_text(SUBTITLES, encoding="utf-8")
    fails(folder, "interpret", "a.srt", "--output", "b.mkv", status=64, words=["b.mkv", "recording"])
    fails(folder, "interpret", recording(880), "--output", "b.avi", status=64, words=["b.avi", ".mkv or .mp4"])
    fails(folder, "interpret", recording(880), recording(890), "--output", "b.mkv", status=64,
          words=["b.mkv", "{name}"])
    # MP4 has no PCM.
    fails(folder, "interpret", recording(880), "--output", "b.mp4", status=65, words=["audio/x-raw", ".mkv"])
    # Nothing is interpreted before.
    output, error = habla(folder, "interpret", recording(880), "--captions", "b.vtt", "--output", "b.mp4", status=65)
    want(output == "" and "Written" not in error, output, error)
    want(not (folder / "b.mp4").exists() and not (folder / "b.mkv").exists(), list(folder.iterdir()))


if __name__ == "__main__":
    main(globals())
