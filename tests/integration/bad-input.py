#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""habla interpret with invalid input: one line of error, the right exit status, and no lost captions.

usage: bad-input.py HABLA
"""
import os
import pathlib
import subprocess

from command_test import (HABLA, Skipped, fails, finish, habla, has_element, main, make_env,
                          read_cues, recording, start, want)

USAGE, DATA, NO_INPUT, UNAVAILABLE, CANNOT_CREATE, IO = 64, 65, 66, 69, 73, 74
NO_OVERRIDE = "-dac_override,-dac_read_search"


def launch(folder, line):
    """Runs a pipeline that writes a file."""
    subprocess.run(["gst-launch-1.0", "-q", *line.split()], cwd=folder, env=make_env(folder),
                   check=True, timeout=60)


def write_pipeline(folder, line):
    (folder / "p.launch").write_text(
        "# A pipeline.\n# param from = en | spoken\n# param to = es | wanted\n"
        f"# fragment source = fakesrc | where it comes from\n{line}\n", encoding="utf-8")


def partial_captions(folder):
    """Returns the captions of the partial file, and checks that no other captions exist."""
    want(not [p for p in folder.glob("a*.vtt") if ".partial." not in p.name],
         "partial captions have the name of complete ones:", list(folder.iterdir()))
    path = folder / "a.en.partial.vtt"
    want(path.exists(), "no partial captions", list(folder.iterdir()))
    return " ".join(text for _, _, text in read_cues(path))


def test_missing(folder):
    fails(folder, "interpret", "none.wav", status=NO_INPUT, words=["none.wav", "No such file"])
    fails(folder, "interpret", "file:///none.wav", status=NO_INPUT, words=["none.wav"])


def unprivileged(folder):
    """Returns a command line that runs habla with permissions applied, also as root, and gives folder to its user.

    The build may be in a private folder of root or of another user.
    """
    if os.geteuid() != 0:
        return []
    for owner in dict.fromkeys([0, *(path.stat().st_uid for path in (HABLA, *HABLA.parents))]):
        command = ["setpriv", f"--reuid={owner}", f"--inh-caps={NO_OVERRIDE}",
                   f"--bounding-set={NO_OVERRIDE}"]
        if subprocess.run([*command, HABLA, "--version"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode == 0:
            os.chown(folder, owner, -1)
            return command
    raise Skipped("cannot run habla without the capabilities of root")


def test_unreadable(folder):
    user = unprivileged(folder)
    (folder / "locked.wav").write_bytes(recording(880).read_bytes())
    (folder / "locked.wav").chmod(0)
    fails(folder, "interpret", "locked.wav", status=NO_INPUT, before=user,
          words=["locked.wav", "Permission denied"])
    read_only = folder / "read-only"
    read_only.mkdir(mode=0o555)
    fails(folder, "interpret", recording(880), "--captions", "read-only/a.vtt", before=user,
          status=CANNOT_CREATE, words=["read-only", "Permission denied", "choose a folder"])


def test_folder(folder):
    fails(folder, "interpret", ".", status=NO_INPUT, words=["no recordings or subtitles", "name files"])
    (folder / "a.vtt").mkdir()
    fails(folder, "interpret", recording(880), "--captions", "a.vtt", status=CANNOT_CREATE,
          words=["a.vtt is a folder"])
    fails(folder, "interpret", recording(880), "--captions", "none/a.vtt", status=CANNOT_CREATE,
          words=["none", "no such folder", "make it first"])
    want(not list(folder.glob("*partial*")), "files were not removed:", list(folder.iterdir()))


def test_no_audio(folder):
    launch(folder, "videotestsrc num-buffers=5 ! video/x-raw,width=64,height=48 ! theoraenc ! "
                   "oggmux ! filesink location=pictures.ogg")
    launch(folder, "videotestsrc num-buffers=1 ! pngenc ! filesink location=picture.png")
    for name in ("pictures.ogg", "picture.png"):
        fails(folder, "interpret", name, "--captions", "a.vtt", status=DATA,
              words=[name, "there is no audio in it"])
    (folder / "text.txt").write_text("hello\n", encoding="utf-8")
    fails(folder, "interpret", "text.txt", status=DATA, words=["text.txt", "no recording"])
    want(not list(folder.glob("a.*")), "files were not removed:", list(folder.iterdir()))


def test_truncated_wav(folder):
    data = recording(870).read_bytes()
    (folder / "cut.wav").write_bytes(data[:150000])
    fails(folder, "interpret", "cut.wav", "--captions", "a.vtt", status=DATA,
          words=["cut.wav is cut short", "was interpreted"])
    want("guess" in partial_captions(folder) or "john" in partial_captions(folder), "the text is missing")
    (folder / "head.wav").write_bytes(data[:20])
    fails(folder, "interpret", "head.wav", status=DATA, words=["head.wav"])


def test_joined_wav(folder):
    """Two files in one, of which GStreamer plays the first."""
    data = recording(880).read_bytes()
    (folder / "joined.wav").write_bytes(data + data)
    fails(folder, "interpret", "joined.wav", status=DATA, words=["joined.wav", "several WAV files"])


def make_ogg(folder):
    launch(folder, f"filesrc location={recording(870)} ! wavparse ! audioconvert ! "
                   "audioresample ! opusenc ! oggmux ! filesink location=whole.ogg")
    return (folder / "whole.ogg").read_bytes()


def test_truncated_ogg(folder):
    data = make_ogg(folder)
    (folder / "cut.ogg").write_bytes(data[:len(data) * 2 // 3])
    fails(folder, "interpret", "cut.ogg", "--captions", "a.vtt", status=DATA,
          words=["cut.ogg is cut short", "was interpreted"])
    want("john" in partial_captions(folder), "the text is missing")


def test_corrupt(folder):
    """A damaged part causes a warning, and the rest is interpreted."""
    data = bytearray(make_ogg(folder))
    middle = len(data) // 2
    data[middle - 9000:middle] = bytes(i * 7 % 251 for i in range(9000))
    (folder / "holes.ogg").write_bytes(data)
    output, error = habla(folder, "interpret", "holes.ogg", "--captions", "a.vtt")
    want("habla: holes.ogg:" in error and "missing" in error, output, error)
    want(read_cues(folder / "a.en.vtt"), "no captions")


def test_garbage(folder):
    (folder / "garbage.wav").write_bytes(bytes(i * i * 31 % 253 for i in range(30000)))
    fails(folder, "interpret", "garbage.wav", status=DATA, words=["garbage.wav", "damaged"])
    (folder / "garbage.srt").write_bytes(b"\xff\xfe\x00 nothing")
    fails(folder, "interpret", "garbage.srt", status=DATA, words=["garbage.srt", "no subtitles"])
    (folder / "empty.wav").touch()
    fails(folder, "interpret", "empty.wav", status=DATA, words=["empty.wav is empty"])
    fails(folder, "interpret", "-", status=DATA, words=["standard input"])
    (folder / "empty.vtt").write_text("WEBVTT\n", encoding="utf-8")
    want("There are no cues" in habla(folder, "interpret", "empty.vtt")[1], "no note")


def test_languages(folder):
    wav = recording(880)
    fails(folder, "interpret", wav, "--to", "!!", status=USAGE, words=["!!", "BCP 47"])
    fails(folder, "interpret", wav, "--to", "", status=USAGE, words=["at least one"])
    fails(folder, "interpret", wav, "--from", "xx", status=UNAVAILABLE,
          words=["“xx” cannot be heard", "en-US"])
    fails(folder, "interpret", wav, "--to", "tlh", status=UNAVAILABLE,
          words=["“en” cannot be translated into “tlh”", "es", "apt-cache search"])
    fails(folder, "interpret", wav, "--to", "en", status=USAGE, words=["--to en"])


def test_missing_model(folder):
    fails(folder, "interpret", recording(880), "--captions", "a.vtt", "--set",
          "transcriber=pocketsphinxtranscriber model=/none", status=UNAVAILABLE,
          words=["/none", "install pocketsphinx-en-us"])
    want(not list(folder.glob("a.*")), "files were not removed:", list(folder.iterdir()))


def test_no_microphone(folder):
    if list(pathlib.Path("/dev/snd").glob("pcm*c")):
        raise Skipped("this machine has a microphone")
    # PipeWire, ALSA, OpenAL, JACK and Berkeley DB write lines of their own to standard error; their forms depend on the
    # versions. fails() wants one line of habla.
    fails(folder, "interpret", "--pipeline", "captions-only", "--captions", "a.vtt", status=NO_INPUT,
          words=["no microphone", "name a file to interpret"], env={"PULSE_SERVER": "/none"})
    want(not list(folder.glob("a.*")), "files were not removed:", list(folder.iterdir()))


def mount_full(folder):
    """Makes a file system with 4 kB left."""
    full = folder / "full"
    full.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", full],
                      stderr=subprocess.DEVNULL, check=False).returncode:
        raise Skipped("cannot mount a file system")
    (full / "filler").write_bytes(bytes(12288))
    return full


def test_full_disk(folder):
    full = mount_full(folder)
    try:
        cues = "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\nThe house is red {'a' * 300}.\n\n"
                       for n in range(1, 40))
        (folder / "in.srt").write_text(cues, encoding="utf-8")
        fails(folder, "interpret", "in.srt", "--captions", "full/a.srt", status=IO,
              words=["full/a.srt", "No space left", "make room"])
        want(not (full / "a.srt").exists(), "partial captions have the name of complete ones:")
        want(read_cues(full / "a.partial.srt"), "no partial captions")
    finally:
        subprocess.run(["umount", full], check=True)


def test_full_disk_sound(folder):
    """The files that GStreamer writes."""
    full = mount_full(folder)
    try:
        for option, name in (("--speech", "a.wav"), ("--output", "a.mkv")):
            partial = name.replace(".", ".partial.")
            fails(folder, "interpret", recording(880), option, f"full/{name}", status=IO,
                  words=[f"full/{partial}", "No space left", "make room"])
            want([p.name for p in full.iterdir() if p.name != "filler"] == [partial], list(full.iterdir()))
            (full / partial).unlink()
    finally:
        subprocess.run(["umount", full], check=True)


def test_empty_copy(folder):
    """A recording without samples is copied at once."""
    data = recording(880).read_bytes()
    (folder / "empty.wav").write_bytes(data[:4] + (36).to_bytes(4, "little") + data[8:40] + bytes(4))
    _, error = habla(folder, "interpret", "empty.wav", "--output", "a.mkv")
    want("No speech was recognized" in error and "Written: a.mkv" in error, error)


def test_file_size_limit(folder):
    """Like test_full_disk(), without root: files must not exceed 1 kB."""
    cues = "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\nThe house is red.\n\n"
                   for n in range(1, 40))
    (folder / "in.srt").write_text(cues, encoding="utf-8")
    habla(folder, "languages", "--json", status=None)  # Creates the registry of GStreamer.
    fails(folder, "interpret", "in.srt", "--captions", "a.srt", status=IO,
          before=["prlimit", "--fsize=1024"], words=["a.srt", "File too large"])
    want(read_cues(folder / "a.partial.srt"), "no partial captions")


def test_device(folder):
    """habla writes to a device without a temporary file, and reports that it is full."""
    (folder / "a.vtt").symlink_to("/dev/full")
    (folder / "in.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nhello\n", encoding="utf-8")
    fails(folder, "interpret", "in.srt", "--captions", "a.vtt", status=IO,
          words=["a.vtt", "No space left"])


def test_closed_output(folder):
    process = start(folder, "interpret", recording(880))
    process.stdout.close()
    process.stdout = None
    _, error = finish(process)
    want(process.returncode == IO, process.returncode, error)
    want(error.count("habla: ") == 1 and "standard output is closed" in error, error)
    for command in (["pipelines"], ["languages", "--json"]):
        with open("/dev/full", "w", encoding="utf-8") as full:
            process = start(folder, *command, stdout=full)
            _, error = finish(process)
        want(process.returncode in (IO, UNAVAILABLE) and "standard output" in error, error)


def test_reader_ends(folder):
    """A reader such as head that ends early is no fault."""
    process = start(folder, "languages", "--json")
    process.stdout.close()
    process.stdout = None
    _, error = finish(process)
    want(error == "", error)


def test_output_is_input(folder):
    (folder / "a.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nhello\n", encoding="utf-8")
    fails(folder, "interpret", "a.srt", "--captions", "a.srt", status=USAGE, words=["a.srt", "input"])
    want("hello" in (folder / "a.srt").read_text(encoding="utf-8"), "the input was overwritten")
    # What the output is called until it is complete.
    (folder / "a.srt").rename(folder / "b.partial.srt")
    fails(folder, "interpret", "b.partial.srt", "--captions", "b.srt", status=USAGE,
          words=["b.srt", "until it is complete"])
    want("hello" in (folder / "b.partial.srt").read_text(encoding="utf-8"), "the input was overwritten")


def test_control_characters(folder):
    """Names of files cannot move the cursor of the terminal."""
    name = "a\x1b[2J\nb.srt"
    (folder / name).write_text("1\n00:00:01,000 --> 00:00:02,000\nhello\n", encoding="utf-8")
    for captions in (name.replace("srt", "vtt"), "{name}.vtt"):
        output, error = habla(folder, "interpret", name, "--captions", captions)
        want("\x1b" not in output + error, output, error)
        want("Written: a [2J b.vtt (es)\n" in error, error)


def test_pipelines(folder):
    wav = recording(880)
    fails(folder, "interpret", wav, "--pipeline", "none", status=USAGE,
          words=["“none”", "captions-only", "file"])
    fails(folder, "interpret", wav, "--set", "nothing=1", status=USAGE,
          words=["“nothing”", "transcriber"])
    fails(folder, "interpret", wav, "--set", "nothing", status=USAGE, words=["NAME=VALUE"])
    for line, status, words in (
            ("${source} ! nosuchelement ! fakesink", UNAVAILABLE, ["p.launch:5", "nosuchelement"]),
            ("${source} ! identity nosuch=1 ! fakesink", USAGE,
             ["p.launch:5", "nosuch", "identity", "gst-inspect-1.0", "GStreamer"]),
            ("${source} ! identity error-after=x ! fakesink", USAGE, ["p.launch:5", "error-after"]),
            ("${source} ! ${bad} ! fakesink", USAGE, ["p.launch:5", "“bad”", "from, to, source"]),
            ("${source} ! ! fakesink", USAGE, ["p.launch"]),
            ("", USAGE, ["p.launch", "no launch line"])):
        write_pipeline(folder, line)
        fails(folder, "interpret", wav, "--pipeline", "p.launch", status=status, words=words)
    if not has_element("avdec_aac"):
        write_pipeline(folder, "${source} ! avdec_aac ! fakesink")
        fails(folder, "interpret", wav, "--pipeline", "p.launch", status=UNAVAILABLE,
              words=["avdec_aac", "install gstreamer1.0-libav"])


def test_addresses(folder):
    fails(folder, "interpret", "http://127.0.0.1:1/a.ogg", status=NO_INPUT,
          words=["http://127.0.0.1:1/a.ogg", "cannot be read"])
    fails(folder, "interpret", "nosuch://address", status=UNAVAILABLE,
          words=["nosuch://address", "kind of address"])


def test_options(folder):
    wav = recording(880)
    fails(folder, "interpret", "--none", status=USAGE, words=["--none", "--help"])
    for speed in ("x", "-1", "1e9", "nan"):
        fails(folder, "interpret", wav, "--speed", speed, status=USAGE, words=["--speed"])
    fails(folder, "interpret", wav, "--captions", "a.mp4", status=USAGE, words=[".srt, .vtt", ".json"])
    for option, value in (("--line-length", "9"), ("--lines", "5"), ("--rate", "nan"), ("--rate", "4")):
        fails(folder, "interpret", wav, option, value, status=USAGE, words=[option])
    fails(folder, "interpret", wav, "--speech", "a.txt", status=USAGE, words=[".ogg"])
    fails(folder, "interpret", wav, "in.srt", status=NO_INPUT, words=["in.srt"])
    fails(folder, "none", status=USAGE, words=["“none”", "--help"])
    fails(folder, "doctor", "much", status=USAGE, words=["much"])


if __name__ == "__main__":
    main(globals())
