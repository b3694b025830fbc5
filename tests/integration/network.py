#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Speech from the network: the pipelines rtp and srt with a local sender.

usage: network.py HABLA
"""
import json
import socket
import subprocess
import threading

from command_test import (Failed, finish, interrupt, main, make_env, need_element, recording,
                          start, wait_for, want)

# Captions need neither a loudspeaker nor a synthesizer.
SILENT = ["--set", "speech=fakesink async=false"]


def find_free_port():
    """Returns a free UDP port. Another program may take it before it is used."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_bound(port):
    """Returns whether a program on this machine uses the UDP port."""
    with open("/proc/net/udp", encoding="ascii") as table:
        return any(line.split()[1].endswith(f":{port:04X}") for line in table.readlines()[1:])


def listen(folder, port, sender, *args):
    """Runs habla and a sender until the captions in both languages are right."""
    speaker = subprocess.Popen(["gst-launch-1.0", "-q", *sender], cwd=folder, env=make_env(folder),
                               stdin=subprocess.DEVNULL)
    if "srtsink" in sender:
        wait_for(lambda: is_bound(port), "the sender")
    process = start(folder, "interpret", "--json", *SILENT, *args)
    watchdog = threading.Timer(180, process.kill)
    watchdog.start()
    captions = []
    try:
        for line in process.stdout:
            caption = json.loads(line)
            if caption["type"] == "caption" and caption["final"]:
                captions.append(caption)
                if has_expected_words(captions):
                    break
        else:
            raise Failed("the captions lack the expected words", captions, process.stderr.read())
        interrupt(process)
        _, error = finish(process)
    finally:
        watchdog.cancel()
        speaker.kill()
        speaker.wait()
        process.kill()
    want(process.returncode == 0, f"exit status {process.returncode}", error)


def has_expected_words(captions):
    """Returns whether captions in both languages have words of "…an ill disposed young man"."""
    english = " ".join(c["text"] for c in captions if c["language"] == "en").split()
    spanish = " ".join(c["text"] for c in captions if c["language"] == "es").split()
    return bool({"young", "man"} & set(english)) and bool({"joven", "hombre"} & set(spanish))


def send_speech(folder):
    """Makes a long file with speech and pauses. Returns a launch line that sends it in real time."""
    args = ["gst-launch-1.0", "-q", "concat", "name=c", "!", "wavenc", "!", "filesink",
            "location=long.wav"]
    for _ in range(30):
        args += ["filesrc", f"location={recording(880)}", "!", "wavparse", "!", "audioconvert", "!",
                 "audioresample", "!", "audio/x-raw,rate=16000,channels=1,format=S16LE", "!", "c."]
        args += ["audiotestsrc", "wave=silence", "num-buffers=20", "samplesperbuffer=1600", "!",
                 "audio/x-raw,rate=16000,channels=1,format=S16LE", "!", "c."]
    subprocess.run(args, cwd=folder, env=make_env(folder), check=True, timeout=60)
    return ["filesrc", "location=long.wav", "!", "wavparse", "!", "audioconvert", "!",
            "audioresample", "!", "clocksync", "!", "opusenc", "!"]


def test_rtp(folder):
    need_element("rtpopuspay", "rtpopusdepay", "udpsrc", "opusenc")
    port = find_free_port()
    listen(folder, port, [*send_speech(folder), "rtpopuspay", "pt=96", "!", "udpsink",
                          "host=127.0.0.1", f"port={port}"],
           "--pipeline", "rtp", "--set", f"port={port}")


def test_srt(folder):
    need_element("srtsrc", "srtsink", "mpegtsmux", "tsdemux")
    port = find_free_port()
    listen(folder, port, [*send_speech(folder), "mpegtsmux", "!", "srtsink",
                          f"uri=srt://127.0.0.1:{port}?mode=listener", "wait-for-connection=true"],
           "--pipeline", "srt", "--set", f"uri=srt://127.0.0.1:{port}?mode=caller")


def test_port_in_use(folder):
    need_element("udpsrc", "rtpopusdepay")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        process = start(folder, "interpret", "--pipeline", "rtp", *SILENT, "--set",
                        f"port={taken.getsockname()[1]}")
        _, error = finish(process)
    want(process.returncode == 66, process.returncode, error)
    lines = [line for line in error.splitlines() if line.startswith("habla: ")]
    want(len(lines) == 1, error)


if __name__ == "__main__":
    main(globals())
