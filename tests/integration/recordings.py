#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""habla interpret with recordings of other kinds: videos, several audio tracks, bad channels.

usage: recordings.py HABLA
"""
import array
import os
import re
import subprocess
import wave

from command_test import Skipped, fails, habla, main, make_env, need_element, read_cues, recording, want

USAGE, DATA, UNAVAILABLE = 64, 65, 69
# A picture that lasts 10 s and has no decoder here, and audio without a decoder.
VIDEO = ("fakesrc sizetype=fixed sizemax=100 num-buffers=50 format=time datarate=500 ! "
         "video/x-wmv,wmvversion=3,format=WMV3,width=64,height=48,framerate=5/1 ! m.")
AUDIO = ("fakesrc sizetype=fixed sizemax=100 num-buffers=10 format=time datarate=500 ! "
         "audio/x-wma,wmaversion=2,channels=1,rate=16000,bitrate=16000,depth=16,block_align=100 ! m.")
TONE = "audiotestsrc num-buffers=100 ! opusenc ! taginject tags=language-code=es ! m."


def launch(folder, *lines):
    """Runs a pipeline that writes a file."""
    subprocess.run(["gst-launch-1.0", "-q", *" ".join(lines).split()], cwd=folder,
                   env=make_env(folder), check=True, timeout=60)


def write_stereo(path, right, volume=1):
    """Writes speech as stereo, whose right channel is the left one times right."""
    with wave.open(str(recording(880))) as source:
        rate = source.getframerate()
        left = array.array("h", source.readframes(source.getnframes()))
    left = array.array("h", (int(s * volume) for s in left))
    samples = array.array("h", bytes(4 * len(left)))
    samples[0::2] = left
    samples[1::2] = array.array("h", (max(-32768, min(32767, int(s * right))) for s in left))
    with wave.open(str(path), "wb") as target:
        target.setparams((2, 2, rate, len(left), "NONE", None))
        target.writeframes(samples.tobytes())


def test_video(folder):
    """A video with two languages; the English one is out of phase and begins late."""
    need_element("matroskamux", "opusenc", "flacenc", "taginject")
    write_stereo(folder / "stereo.wav", -1)
    launch(folder, "matroskamux name=m ! filesink location=talk.mkv", VIDEO, TONE,
           "filesrc location=stereo.wav ! wavparse ! audioconvert ! flacenc ! "
           "taginject tags=language-code=en ! identity ts-offset=1000000000 ! m.")
    _, error = habla(folder, "interpret", "talk.mkv", "--captions", "a.vtt")
    want("young man" in " ".join(text for _, _, text in read_cues(folder / "a.en.vtt")),
         read_cues(folder / "a.en.vtt"), error)
    want("talk.mkv: hears audio track 2 of 2 (English)" in error, error)
    want("talk.mkv: channels are out of phase; hears channel 1 of 2" in error, error)
    want("missing" not in error and "cut short" not in error, error)


def test_cut_video(folder):
    """All tracks end before the declared duration."""
    need_element("matroskamux", "opusenc")
    launch(folder, "matroskamux name=m ! filesink location=whole.mkv",
           "audiotestsrc volume=0 num-buffers=500 ! opusenc ! m.", VIDEO)
    data = (folder / "whole.mkv").read_bytes()
    (folder / "cut.mkv").write_bytes(data[:len(data) // 2])
    fails(folder, "interpret", "cut.mkv", status=DATA, words=["cut.mkv is cut short"])


def test_times(folder):
    """Samples whose times stand still, or go back, are heard one after the other."""
    need_element("matroskamux", "opusenc")
    launch(folder, f"filesrc location={recording(880)} ! wavparse ! audioconvert ! audioresample ! "
           "opusenc ! matroskamux ! filesink location=talk.mka")
    data = (folder / "talk.mka").read_bytes()
    # The time of a block within its cluster, behind the size and the track of SimpleBlock (RFC 9559).
    blocks = [m.end() for m in re.finditer(rb"\xa3(?:[\x81-\xff]|[\x40-\x7f].)\x81(?=..[\x00-\x80])", data, re.S)]
    want(len(blocks) > 100, len(blocks))
    for sign in (0, -1):
        damaged = bytearray(data)
        for at in blocks:
            time = int.from_bytes(data[at:at + 2], "big", signed=True)
            damaged[at:at + 2] = (sign * time).to_bytes(2, "big", signed=True)
        (folder / "damaged.mka").write_bytes(damaged)
        output, error = habla(folder, "interpret", "damaged.mka")
        want("young man" in output, sign, output, error)


def test_silent_channel(folder):
    write_stereo(folder / "stereo.wav", 0)
    output, error = habla(folder, "interpret", "stereo.wav")
    want("young man" in output and "a channel is silent; hears channel 1 of 2" in error, output,
         error)


def test_quiet(folder):
    """Very quiet speech is amplified for a recogniser that this helps."""
    write_stereo(folder / "quiet.wav", 1, 0.02)
    _, error = habla(folder, "interpret", "quiet.wav")
    want("amplified" not in error, error)
    need_element("sherpatranscriber")
    models = os.environ.get("HABLA_TEST_MODELS", "")
    if not os.path.isdir(models):
        raise Skipped("there are no models")
    output, error = habla(folder, "interpret", "quiet.wav", "--set",
                          "transcriber=sherpatranscriber", env={"HABLA_MODELS_PATH": models})
    want("young man" in output.lower() and "quiet.wav: the speech is very quiet" in error, output,
         error)


def test_track_options(folder):
    need_element("matroskamux", "opusenc", "taginject")
    launch(folder, "matroskamux name=m ! filesink location=talk.mkv", AUDIO, TONE)
    fails(folder, "interpret", "talk.mkv", "--audio-track", "3", status=USAGE,
          words=["talk.mkv", "no audio track 3", "2 audio tracks: 1 English, 2 Spanish"])
    fails(folder, "interpret", "talk.mkv", "--audio-track", "fr", status=USAGE,
          words=["no audio track in “fr”"])
    fails(folder, "interpret", "talk.mkv", status=UNAVAILABLE,
          words=["talk.mkv: audio track 1 of 2 (English) cannot be decoded", "Windows Media Audio",
                 "install gstreamer1.0-libav"])
    (folder / "in.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nhello\n", encoding="utf-8")
    fails(folder, "interpret", "in.srt", "--audio-track", "1", status=USAGE,
          words=["--audio-track", "only recordings"])


def test_channel_options(folder):
    write_stereo(folder / "stereo.wav", 1)
    fails(folder, "interpret", "stereo.wav", "--channel", "3", status=USAGE,
          words=["stereo.wav: there is no channel 3; the audio has 2 channels"])
    for channel in ("none", "-1", "0", "65", ""):
        fails(folder, "interpret", "stereo.wav", "--channel", channel, status=USAGE,
              words=["--channel", "“auto”, “mix”"])


def test_no_audio(folder):
    need_element("matroskamux")
    launch(folder, "matroskamux name=m ! filesink location=silent.mkv", VIDEO)
    fails(folder, "interpret", "silent.mkv", status=DATA,
          words=["silent.mkv: there is no audio in it"])


if __name__ == "__main__":
    main(globals())
