# SPDX-License-Identifier: LGPL-2.1-or-later
"""Helpers for the tests of the habla command, which run it as a user does.

A test is a function named test_...; its argument is an empty folder, which is also the working
folder of the programs that it runs. It raises Failed or Skipped. main() runs the tests of a module
and writes TAP to standard output.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SECONDS = 120
SPEECH = pathlib.Path("/usr/share/pocketsphinx/test/data/librivox")
CUE = re.compile(r"^(\d\d):(\d\d):(\d\d)[.,](\d\d\d) --> (\d\d):(\d\d):(\d\d)[.,](\d\d\d)$")
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
SPANISH_SUBTITLES = ["Buenos días", "La casa es pequeña", "Tengo dos libros"]
HABLA = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else pathlib.Path("habla")


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def want(condition, *what):
    """Fails with the lines what unless the condition holds."""
    if not condition:
        raise Failed("\n".join(str(w) for w in what))


def recording(number):
    """Returns the path of a LibriVox recording. 880 is the shortest: "he was not an ill disposed…"."""
    found = list(SPEECH.glob(f"*{number:04}.wav"))
    if not found:
        raise Skipped("pocketsphinx-testdata is not installed")
    return found[0]


def has_element(name):
    # gst-inspect-1.0 --exists would require an element with the version of GStreamer.
    return subprocess.run(["gst-inspect-1.0", name], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode == 0


def need_element(*names):
    for name in names:
        if not has_element(name):
            raise Skipped(f"the element {name} is not installed")


def make_env(folder, **more):
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    # A critical warning aborts the program; meson's default for G_DEBUG would not.
    env.update(HOME=str(folder), LC_ALL="C.UTF-8", G_DEBUG="fatal-criticals", **more)
    return env


def start(folder, *args, before=(), env=None, **options):
    """Starts habla in folder. before is a command line to run it with, such as prlimit."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
               "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([*before, HABLA, *map(str, args)], cwd=folder,
                            env=make_env(folder, **(env or {})), encoding="utf-8",
                            errors="replace", **options)


def finish(process):
    """Waits until a process exits. Returns its standard output and error."""
    try:
        output, error = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        output, error = process.communicate()
        raise Failed(f"still running after {SECONDS} s", output, error) from None
    for bad in ("CRITICAL", "WARNING **", "Segmentation", "AddressSanitizer"):
        want(bad not in (error or ""), f"{bad}:", error)
    return output, error


def habla(folder, *args, status=0, **options):
    """Runs habla, which must exit with status (None = any). Returns its standard output and error."""
    process = start(folder, *args, **options)
    output, error = finish(process)
    want(status is None or process.returncode == status,
         f"habla {' '.join(map(str, args))}: exit status {process.returncode}, not {status}",
         output, error)
    return output, error


def habla_json(folder, *args, **options):
    """Runs habla with --json. Returns the objects."""
    output, _ = habla(folder, *args, "--json", **options)
    return [json.loads(line) for line in output.splitlines()]


def fails(folder, *args, status, words, **options):
    """Runs habla, which must fail with status and one line of error that contains each of words."""
    output, error = habla(folder, *args, status=status, **options)
    lines = [line for line in error.splitlines() if line.startswith("habla: ")]
    want(len(lines) == 1, f"expected one line of error, got {len(lines)}:", error, output)
    for word in words:
        want(word in lines[0], f"expected “{word}” in:", lines[0])
    return output, error


def read_cues(path):
    """Returns (begin, end, text) of each cue of SubRip or WebVTT, in ms, and checks the syntax and lengths."""
    text = path.read_text(encoding="utf-8")
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    if path.suffix == ".vtt":
        want(blocks[0][:2] == ["WEBVTT", "Kind: captions"] or blocks[0] == ["WEBVTT"], f"{path.name} has no header:", text)
        blocks = blocks[1:]
    cues = []
    for number, block in enumerate(blocks, 1):
        if path.suffix == ".srt":
            want(block.pop(0) == str(number), f"{path.name}: cue {number} has no number:", text)
        times = CUE.match(block[0])
        want(times, f"{path.name}: no times:", text)
        values = [int(v) for v in times.groups()]
        begin, end = (((h * 60 + m) * 60 + s) * 1000 + ms
                      for h, m, s, ms in (values[:4], values[4:]))
        want(begin < end and (not cues or cues[-1][0] <= begin), "times are not in order:", text)
        want(len(block) <= 3 and all(len(line) <= 42 or " " not in line for line in block[1:]),
             "a long cue:", block)
        cues.append((begin, end, "\n".join(block[1:])))
    return cues


def wait_for(condition, what, seconds=60):
    """Waits until condition() holds; fails after seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        want(time.monotonic() < deadline, f"waited {seconds} s for {what}")
        time.sleep(0.02)


def interrupt(process):
    process.send_signal(signal.SIGINT)


def main(tests):
    names = [name for name in tests if name.startswith("test_")]
    print(f"1..{len(names)}")
    for number, name in enumerate(names, 1):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="habla-command-"))
        problem, note = "", ""
        try:
            tests[name](folder)
        except Skipped as skipped:
            note = f" # SKIP {skipped}"
        except Exception as error:  # Report any failure as TAP.
            problem = f"{type(error).__name__}: {error}"
        print(f"{'not ok' if problem else 'ok'} {number} {name[5:]}{note}", flush=True)
        for line in filter(None, problem.split("\n")):
            print(f"# {line}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
