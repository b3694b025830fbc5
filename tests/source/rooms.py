#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks who includes whom, and the first line of each file.

Most forbidden includes fail to compile; this finds the rest, also in code that is not
built here. TAP on standard output.
"""
import pathlib
import re
import sys

ROOMS = {"util", "habla", "json", "media", "decoder", "session", "monitoring", "store",
         "server", "daemon", "command"}
# What a room may see besides itself. A plugin is a room that sees only habla.
MAY_SEE = {
    "util": set(),
    "habla": set(),
    "media": set(),
    "decoder": {"util", "habla", "media"},
    "monitoring": {"util"},
    "json": set(),
    "store": {"util"},
    "session": {"util", "habla", "decoder", "json", "monitoring"},
    "server": {"util", "json", "session", "store", "monitoring", "habla/utterance.h"},
    "daemon": ROOMS - {"daemon", "command"},
    "command": ROOMS - {"daemon", "command"},
    "plugins": {"habla"},
    # From outside, as a client; both look at a process in the same way.
    "soak": set(),
}
FORBIDDEN_LIBRARIES = {
    "util": r"(gst|libsoup|sqlite|json-glib)",
    "decoder": r"(libsoup|sqlite|json-glib)",
    "media": r"(gio|gst|libsoup|sqlite|json-glib)",
    "monitoring": r"(gst|libsoup|sqlite)",
    "store": r"(gst|libsoup|json-glib)",
    "server": r"gst/",
    "habla": r"(libsoup|sqlite|sphinx|pocketsphinx|espeak)",
    "session": r"(libsoup|sqlite)",
}
# Elements that parse or decode what a client sent: only hablad-decoder has them, in a sandbox.
DECODING = re.compile(r"decodebin|parsebin|typefind|demux\b|wavparse|opusdec|vorbisdec|flacdec|avdec_")
# They name elements, for messages to people and to refuse them, and create none.
NAMES_ELEMENTS = {"checks.c", "decode-guard.c", "pipeline-description.c"}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
SPDX = re.compile(r"SPDX-License-Identifier: (\S+)")
# Data in which a comment would be part of what is tested, and texts for people.
NO_SPDX = {".conf", ".md", ".txt", ".srt", ".vtt", ".json", ".supp", ".wav", ".ogg", ".raw", ".svg", ".webm", ""}


def room_of(path):
    if path.parts[0] == "plugins" and len(path.parts) > 2:
        return "plugins"
    if path.parts[0] == "soak":
        return "soak"
    if path.parts[0] == "src" and len(path.parts) > 2:
        return path.parts[1]
    return None


def find_forbidden_includes(path, text):
    room = room_of(path)
    if room is None:
        return
    for quote, name in INCLUDE.findall(text):
        other = name.split("/")[0]
        if quote == '"' and "/" in name and other != room:
            yield f'{path}: "{name}" leaves the folder; a room is seen as <room/header>'
        elif quote == "<" and other in ROOMS and other != room:
            if other not in MAY_SEE[room] and name not in MAY_SEE[room]:
                yield f"{path}: room {room} may not see <{name}>"
        elif quote == "<" and re.match(FORBIDDEN_LIBRARIES.get(room, "$^"), name):
            yield f"{path}: room {room} may not see <{name}>"


def find_wrong_license(path, text):
    head = "\n".join(text.split("\n", 3)[:3])
    found = SPDX.search(head)
    licence = found.group(1) if found else None
    wanted = "GPL-3.0-or-later" if path.parts[:2] == ("plugins", "espeak") else "LGPL-2.1-or-later"
    if path.name == "meson.build" and licence == "LGPL-2.1-or-later":
        return
    if licence != wanted:
        yield f"{path}: license {licence}, wanted {wanted}"


def find_unbounded_json(path, text):
    """JSON from outside goes through habla_json_parse(), which bounds it."""
    if path.parts[0] not in ("src", "plugins") or path.parts[1] == "json":
        return
    for number, line in enumerate(text.split("\n"), 1):
        if re.search(r"\b(json_parser_\w+|json_from_string) \(", line):
            yield f"{path}:{number}: use habla_json_parse() of <json/json-validator.h>"


def find_decoding(path, text):
    """Nothing in the daemon's own process demuxes or decodes what a client sent."""
    if path.parts[:2] not in (("src", "session"), ("src", "server"), ("src", "daemon")):
        return
    if path.name not in NAMES_ELEMENTS and (found := DECODING.search(COMMENT.sub("", text))):
        yield f"{path}: “{found.group()}”; decode it in hablad-decoder, by <decoder/decoder.h>"


def find_style(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*goto\b", line):
            yield f"{path}:{number}: goto"
        if line != line.rstrip():
            yield f"{path}:{number}: blanks at the end"
    if text.count("\n") > 800:
        yield f"{path}: more than 800 lines"


def main():
    root = pathlib.Path(sys.argv[1])
    sources, files = [], []
    for folder in ("src", "plugins", "pipelines", "data", "soak", "tests", "scripts"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                files.append((path.relative_to(root), path))
    for name, path in files:
        if name.suffix in (".c", ".h"):
            sources.append((name, path.read_text(encoding="utf-8")))

    checks = [
        ("includes", [p for s in sources for p in find_forbidden_includes(*s)]),
        ("json", [p for s in sources for p in find_unbounded_json(*s)]),
        ("decoding", [p for s in sources for p in find_decoding(*s)] +
            [f"{name}: decodes in the daemon" for name, path in files
             if name.name == "session.launch" and DECODING.search(path.read_text(encoding="utf-8"))]),
        ("style", [p for s in sources for p in find_style(*s)]),
        ("licenses", [p for name, path in files
                      if name.suffix not in NO_SPDX or name.parts[0] == "scripts"
                      for p in find_wrong_license(name, path.read_text(encoding="utf-8"))]),
    ]
    print(f"1..{len(checks)}")
    for number, (name, problems) in enumerate(checks, 1):
        for problem in problems:
            print(f"# {problem}")
        if not sources:
            print("# no sources found")
        good = sources and not problems
        print(f"{'ok' if good else 'not ok'} {number} /source/{name}")


if __name__ == "__main__":
    main()
