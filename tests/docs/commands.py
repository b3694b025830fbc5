#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the commands of README.md, CONTRIBUTING.md and docs/**/*.md.

usage: commands.py SOURCE BUILD PARSE-LAUNCH

The info string of a fenced block defines how the block is tested:

  sh        is run, and must exit with 0 within a quarter of an hour
  sh live   needs a microphone, a loudspeaker or another machine: it is run with a gst-launch-1.0 that
            only parses the pipeline, and a habla that only checks its options
  others    (console, text, c, ...) are not run

The blocks of a document run in order with `sh -eu`, in a new folder with the sources and with an empty home folder. habla,
hablad and the plugins of the build come first in the path. Only the loopback network is available, if the system allows
that restriction. README.md and CONTRIBUTING.md, which build, share a copy of the sources; the others get links to its
folders and files, so they must write to the current folder only. README.md recognises speech with the complete model, the
other documents with that of tests/common/speech-model.py. Two documents are tested at a time. Links to files are checked too. Writes TAP to standard output.
"""
import concurrent.futures
import ctypes
import fcntl
import functools
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

SECONDS = 900
RUN = ("sh", "sh live")  # info strings of blocks that are tested
FENCE = re.compile(r"^( *)(```+|~~~+) *(.*)$")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
LIVE_HABLA = """#!/bin/sh
# Checks that the real habla has the command and each long option.
help=$('{habla}' "$1" --help) || exit
for word in "$@"; do
  case $word in
  --*)
    option=${{word%%=*}}
    case $help in
    *"$option"*) ;;
    *) echo "habla $1 has no option $option" >&2; exit 1 ;;
    esac ;;
  esac
done
"""


def read_blocks(path):
    """Yields (line number, info string, text) of each fenced block."""
    fence, begin, info, lines = None, 0, "", []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        match = FENCE.match(line)
        if fence is None and match:
            fence, begin, info, lines = match.group(2), number, match.group(3).strip(), []
            indent = len(match.group(1))
        elif fence is not None and line.strip() == fence:
            yield begin, info, "\n".join(lines)
            fence = None
        elif fence is not None:
            lines.append(line[indent:] if not line[:indent].strip() else line)
    if fence is not None:
        raise ValueError(f"{path}:{begin}: the block has no end")


def find_broken_links(path):
    text = path.read_text(encoding="utf-8")
    for target in LINK.findall(text):
        if "://" not in target and not target.startswith("mailto:"):
            if not (path.parent / target).exists():
                yield f"{path.name}: no file {target}"


def leave_network():
    """Enters a network namespace with only the loopback interface, if the system allows it."""
    clone_newnet, siocsifflags, iff_up = 0x40000000, 0x8914, 1
    if ctypes.CDLL(None).unshare(clone_newnet) != 0:
        return
    with socket.socket() as control:
        fcntl.ioctl(control, siocsifflags, struct.pack("16sH14x", b"lo", iff_up))


def run_block(text, folder, env):
    """Runs a block. Returns an error, or None."""
    output = folder / "output"
    with output.open("wb") as stream:
        process = subprocess.Popen(["sh", "-eu", "-c", text], cwd=folder / "habla", env=env,
                                   stdin=subprocess.DEVNULL, stdout=stream,
                                   stderr=subprocess.STDOUT, start_new_session=True,
                                   preexec_fn=leave_network)
        try:
            status = process.wait(SECONDS)
            problem = f"exit status {status}" if status != 0 else None
        except subprocess.TimeoutExpired:
            problem = f"still running after {SECONDS} s"
        # Kill processes that the block left in the background.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
    if problem:
        tail = output.read_text(encoding="utf-8", errors="replace").split("\n")[-25:]
        return "\n".join([problem, "the block:", text, "its output ends with:"] + tail)
    return None


def copy_sources(source, target):
    def ignore(folder, names):
        if pathlib.Path(folder) != source:
            return []
        return [n for n in names if n in (".git", "lesson") or n.startswith(("build", "_build"))]

    shutil.copytree(source, target, ignore=ignore, symlinks=True)


def link_sources(source, target):
    """A copy takes most of a second."""
    target.mkdir()
    for path in source.iterdir():
        if path.name not in (".git", "lesson") and not path.name.startswith(("build", "_build")):
            (target / path.name).symlink_to(path)


def make_environment(build, folder, live_bin, is_readme):
    env = dict(os.environ, HOME=str(folder / "home"), LC_ALL="C.UTF-8")
    for name in [n for n in env if n.startswith("XDG_")] + ["DESTDIR", "DISPLAY"]:
        env.pop(name, None)
    if is_readme:
        env.pop("POCKETSPHINX_PATH", None)
    # Several blocks compile the same files as scripts/test; ccache compiles each only once.
    env.setdefault("CCACHE_DIR", str(build / "tests/docs/ccache"))
    # The blocks have no network, so that scripts/run cannot download models.
    env.update(CCACHE_NOHASHDIR="1", CFLAGS="-Werror", HABLA_SKIP_MODELS="1")
    path = [str(build / "src" / "command"), str(build / "src" / "daemon"), env["PATH"]]
    env["PATH"] = ":".join(([str(live_bin)] if live_bin else []) + path)
    return env


def run_documents(source, build, parse_launch, documents):
    """Runs documents in one copy of the sources. Returns (name, error or None) of each block and of the links."""
    results = []
    with tempfile.TemporaryDirectory(prefix="habla-docs-") as name:
        folder = pathlib.Path(name)
        (folder / "home").mkdir()
        if source / "README.md" in documents:
            copy_sources(source, folder / "habla")
        else:
            link_sources(source, folder / "habla")
        live_bin = folder / "live"
        live_bin.mkdir()
        (live_bin / "gst-launch-1.0").symlink_to(parse_launch)
        (live_bin / "habla").write_text(LIVE_HABLA.format(habla=build / "src/command/habla"))
        (live_bin / "habla").chmod(0o755)

        for document in documents:
            shown = document.relative_to(source)
            for line, info, text in read_blocks(document):
                if info in RUN:
                    env = make_environment(build, folder, live_bin if info == "sh live" else None,
                                           document.name == "README.md")
                    results.append((f"{shown}:{line}", run_block(text, folder, env)))
            broken = "\n".join(find_broken_links(document))
            results.append((f"{shown}: links", broken or None))
    return results


def main():
    source, build, parse_launch = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
    groups = [[source / "README.md", source / "CONTRIBUTING.md"]]
    groups += [[document] for document in sorted((source / "docs").rglob("*.md"))]
    done = 0
    # Use processes, because preexec_fn is not safe with threads.
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        for results in pool.map(functools.partial(run_documents, source, build, parse_launch),
                                groups):
            for what, problem in results:
                done += 1
                print(f"{'not ok' if problem else 'ok'} {done} {what}", flush=True)
                for line in filter(None, (problem or "").split("\n")):
                    print(f"# {line}", flush=True)
    print(f"1..{done}")


if __name__ == "__main__":
    main()
