#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks the modules of the source tree: include rules, include cycles, sizes, exported symbols, licences.

usage: modules.py SOURCE [--write]

A module is a folder of src/, a plugin or the soak harness. With --write, the table of modules in
CONTRIBUTING.md is generated from MODULES below; without, it must be up to date. Most forbidden
includes fail to compile; this finds the rest, also in code that is not built here. TAP on standard
output.
"""
import pathlib
import re
import sys

# Module: purpose, modules and headers of ours that it may include, libraries as people name them.
MODULES = {
    "habla": ("The installed library `libhabla-1.0`: utterances, languages, the abstract base elements.",
              [], "GLib, GStreamer"),
    "util": ("Small helpers over GLib, one subject a file: timers, time formats, task pools, safe opening of files, QR "
             "codes.",
             [], "GLib, libqrencode"),
    "json": ("The bounded reader of JSON from outside (messages, request bodies, files), and helpers to write JSON.",
             [], "GLib, json-glib"),
    "monitoring": ("Metrics, process statistics, cached health checks.", ["util", "json"], "GLib, json-glib"),
    "media": ("Recognises, reads and repairs audio containers and WAV files, as bytes.", ["util"], "GLib"),
    "decoder": ("`hablad-decoder`, a sandboxed child process for each pipeline or file: a client's containers in, raw PCM "
                "out; and the client side that starts, feeds, watches and ends it.",
                ["util", "habla", "media"], "GLib, GStreamer"),
    "store": ("Keeps exchanges and sessions in SQLite.", ["util", "habla/annotations.h"], "GLib, SQLite"),
    "pipeline": ("Builds, runs and tears down one GStreamer pipeline, whose input is raw PCM or typed text.",
                 ["util", "habla", "decoder", "monitoring"], "GLib, GStreamer"),
    "phrases": ("Finds idioms, false friends and common errors of learners in texts.", ["util", "json", "habla"],
                "GLib, json-glib, PCRE2"),
    "recording": ("Writes, reads, repairs, expires, plays and scores recordings on disk.",
                  ["util", "habla", "json", "media", "decoder", "monitoring", "pipeline/audio-tap.h"],
                  "GLib, GStreamer, json-glib"),
    "broadcast": ("Spoken translations for headphones: paced, encoded once, and shared by all that hear them.",
                  ["util", "monitoring", "pipeline/speech/speech-tap.h"], "GLib, GStreamer"),
    "webrtc": ("Sends RTP packets to one client over WebRTC, and reads the client's offer.", ["util"],
               "GLib, GStreamer"),
    "room": ("Members of a room, its transcript, what each member has been sent; the records that carry a room to other "
             "nodes.",
             ["util", "habla", "json", "monitoring", "pipeline", "phrases", "broadcast", "recording", "decoder"],
             "GLib, GStreamer, json-glib"),
    "archive": ("Carries finished exchanges from rooms to the store, and missed ones back.",
                ["room", "store", "monitoring", "phrases"], "GLib"),
    "cluster": ("Meets other nodes on NATS: live messages, stored messages, who owns a room.",
                ["util", "json", "monitoring", "room", "archive"], "GLib, nats.c"),
    "net": ("Listens on TCP, limits what each remote address may use, lists the addresses of this machine, and makes "
            "certificates for them.",
            ["util"], "GLib, GnuTLS"),
    "http": ("An HTTP server with limits; knows nothing of rooms.",
             ["util", "json", "monitoring", "net"], "GLib, libsoup, json-glib"),
    "websocket": ("Limits and measures a WebSocket, which libsoup does not.", ["util", "http"], "GLib, libsoup"),
    "models": ("Models that can be installed: their catalogue, download, check, removal, and a good set for a machine.",
               ["util", "habla", "json"], "GLib, GStreamer, libsoup, json-glib, libarchive"),
    "llm": ("The servers of language models among which owners choose, and the models that they list.",
            ["util", "json"], "GLib, libsoup, json-glib"),
    "subtitle": ("Reads and writes subtitle files, as text.", ["util", "habla", "json"], "GLib, libxml2, uchardet"),
    "api": ("`hablad`'s REST paths and WebSocket protocol.",
            ["util", "json", "http", "websocket", "room", "recording", "archive", "store", "monitoring",
             "phrases", "llm", "pipeline/engines/server-stats.h", "media/media-type.h", "webrtc",
             "broadcast/broadcast.h", "broadcast/speech-encoder.h", "habla/annotations.h", "habla/error.h",
             "habla/language.h", "habla/model.h", "habla/utterance.h"],
            "GLib, libsoup, json-glib"),
    "daemon": ("Settings, logging, service, start and stop of `hablad`.",
               ["util", "habla", "json", "monitoring", "media", "decoder", "store", "pipeline", "recording", "room",
                "archive", "cluster", "net", "http", "websocket", "llm", "api", "phrases"],
               "anything"),
    "command": ("The `habla` command.", ["util", "habla", "json", "pipeline", "models", "subtitle"], "GLib, GStreamer, json-glib"),
}
# What a module may include besides itself. A plugin is a module that includes only habla, json and subtitle.
MAY_SEE = {name: set(allowed) for name, (_, allowed, _) in MODULES.items()}
MAY_SEE["plugins"] = {"habla", "json", "subtitle"}
# From outside, as a client.
MAY_SEE["soak"] = set()
# Lines of .c and .h files in one folder of src/.
MAX_LINES = 5000
# Known and to be removed: this list only shrinks.
PENDING = set()
TABLE = ("<!-- modules: generated by tests/source/modules.py -->", "<!-- modules end -->")
FORBIDDEN_LIBRARIES = {
    "util": r"(gst|libsoup|sqlite|json-glib)",
    "decoder": r"(libsoup|sqlite|json-glib)",
    "media": r"(gst|libsoup|sqlite|json-glib)",
    "monitoring": r"(gst|libsoup|sqlite)",
    "store": r"(gst|libsoup|json-glib)",
    "habla": r"(libsoup|sqlite|sphinx|pocketsphinx|espeak)",
    "json": r"(gst|libsoup|sqlite)",
    "pipeline": r"(libsoup|sqlite|json-glib)",
    "recording": r"(libsoup|sqlite)",
    "broadcast": r"(libsoup|sqlite|json-glib)",
    "webrtc": r"(libsoup|sqlite|json-glib)",
    "room": r"(libsoup|sqlite)",
    "archive": r"(gst|libsoup|sqlite|json-glib)",
    "cluster": r"(gst/|libsoup|sqlite)",
    "net": r"(gst/|libsoup|sqlite|json-glib)",
    "http": r"(gst/|sqlite)",
    "websocket": r"(gst/|sqlite|json-glib)",
    "models": r"sqlite",
    "phrases": r"(gst|libsoup|sqlite)",
    "llm": r"(gst|sqlite)",
    "subtitle": r"(gst|libsoup|sqlite)",
    "api": r"(gst/|sqlite)",
}
# A declaration without function pointers as parameters; they have typedefs here.
SIGNATURE = re.compile(r"\b((?:habla|soak)_\w+) \(([^;{}()]*)\)[^;{}()]*;")
MAX_PARAMETERS = 6
# Elements that parse or decode what a client sent: only hablad-decoder has them, in a sandbox.
DECODING = re.compile(r"decodebin|parsebin|typefind|demux\b|wavparse|opusdec|vorbisdec|flacdec|avdec_")
# Modules whose code runs in the daemon's own process and handles what clients send.
IN_DAEMON = {"pipeline", "broadcast", "webrtc", "recording", "room", "archive", "net", "http", "websocket", "api",
             "daemon"}
# They name elements, for messages to people and to refuse them, and create none.
NAMES_ELEMENTS = {"decode-guard.c", "missing-element.c"}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
SPDX = re.compile(r"SPDX-License-Identifier: (\S+)")
# Data in which a comment would be part of what is tested, and texts for people.
NO_SPDX = {".conf", ".md", ".txt", ".srt", ".vtt", ".json", ".supp", ".wav", ".ogg", ".raw", ".svg", ".webm",
           ".png", ".webmanifest", ""}


def module_of(path):
    if path.parts[0] == "plugins" and len(path.parts) > 2:
        return "plugins"
    if path.parts[0] == "soak":
        return "soak"
    if path.parts[0] == "src" and len(path.parts) > 2:
        return path.parts[1]
    return None


def find_forbidden_includes(path, text):
    module = module_of(path)
    if module is None:
        return
    for quote, name in INCLUDE.findall(text):
        other = name.split("/")[0]
        is_subfolder = module == "plugins" and ".." not in name
        if quote == '"' and "/" in name and other != module and not is_subfolder:
            yield f'{path}: "{name}" leaves the folder; include other modules as <module/header.h>'
        elif quote == "<" and other in MODULES and other != module:
            if other not in MAY_SEE[module] and name not in MAY_SEE[module]:
                yield f"{path}: module {module} may not include <{name}>"
        elif quote == "<" and re.match(FORBIDDEN_LIBRARIES.get(module, "$^"), name):
            yield f"{path}: module {module} may not include <{name}>"


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
    if path.parts[0] != "src" or path.parts[1] not in IN_DAEMON:
        return
    if path.name not in NAMES_ELEMENTS and (found := DECODING.search(COMMENT.sub("", text))):
        yield f"{path}: “{found.group()}”; decode it in hablad-decoder, by <decoder/decoder.h>"


def find_style(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*goto\b", line):
            yield f"{path}:{number}: goto"
        if re.search(r";\s*/\* (?!protected by [\w' ]+(;|\*/|$)).*protected by", line):
            yield f"{path}:{number}: a lock note begins with “protected by LOCK”"
        if re.search(r'(source|timer|name|attach)[^"]*"(habla: |habla-rooms?-|\[habla\]")', line):
            yield f"{path}:{number}: a source has the name “[habla] HablaType purpose”"
        if line != line.rstrip():
            yield f"{path}:{number}: blanks at the end"
    if text.count("\n") > 800:
        yield f"{path}: more than 800 lines"


def find_long_signatures(path, text):
    """Functions of headers with more parameters than a reader of a call can tell apart."""
    if path.suffix != ".h" or path.parts[0] not in ("src", "plugins", "soak"):
        return
    for name, parameters in SIGNATURE.findall(COMMENT.sub("", text)):
        count = parameters.count(",") + 1
        if count > MAX_PARAMETERS:
            yield f"{path}: {name} has {count} parameters; use a struct"


def find_large_folders(sources):
    lines = {}
    for path, text in sources:
        if path.parts[0] == "src":
            lines[path.parent] = lines.get(path.parent, 0) + text.count("\n")
    return [f"{folder}: {count} lines, more than {MAX_LINES}" for folder, count in sorted(lines.items())
            if count > MAX_LINES and str(folder) not in PENDING]


def find_cycles(sources):
    """Include cycles; a file, its header and its -private.h count as one."""
    def unit(path):
        return path.parent / re.sub(r"-private$", "", path.stem)

    edges = {}
    for path, text in sources:
        if path.parts[0] not in ("src", "plugins", "soak"):
            continue
        for _, name in INCLUDE.findall(text):
            for target in (path.parent / name, pathlib.Path("src") / name, pathlib.Path("plugins") / name):
                if any(target == other for other, _ in sources):
                    edges.setdefault(unit(path), set()).add(unit(target))
    for node in edges:
        edges[node].discard(node)

    # A unit is in a cycle if it can be reached from itself.
    problems = []
    for start in sorted(edges):
        reached, waiting = set(), list(edges[start])
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached.add(node)
                waiting += edges.get(node, ())
        if start in reached and str(start) not in PENDING:
            problems.append(f"{start}: is in an include cycle")
    return problems


def find_unlisted_symbols(root, sources):
    """The package of the library lists all functions that the library exports."""
    path = pathlib.Path("packaging/debian/libhabla-1.0-0.symbols")
    listed = set(re.findall(r"^ (habla_\w+)@", (root / path).read_text(encoding="utf-8"), re.MULTILINE))
    exported = set()
    for name, text in sources:
        if name.parts[:2] == ("src", "habla") and name.suffix == ".h":
            code = COMMENT.sub("", text)
            exported |= set(re.findall(r"HABLA_API\s[^;({]*?\b(habla_\w+)\s*\(", code))
            exported |= {f"{name}_get_type" for name in
                         re.findall(r"HABLA_API\s+G_DECLARE_\w+\s*\(\w+,\s*(habla_\w+),", code)}
    return [f"{path}: {name} is {'not listed' if name in exported else 'not exported'}"
            for name in sorted(exported ^ listed)]


def make_table():
    rows = ["| module | purpose | may include |", "|---|---|---|"]
    for name, (purpose, allowed, libraries) in MODULES.items():
        ours = ", ".join(f"`<{item}>`" if "/" in item else f"`{item}`" for item in allowed)
        if name == "daemon":
            ours, libraries = "anything of `src` but `command`", ""
        rows.append(f"| `src/{name}` | {purpose} | {', '.join(part for part in (ours, libraries) if part)} |")
    return "\n".join([TABLE[0], *rows, TABLE[1]])


def check_table(root, is_writing):
    path = root / "CONTRIBUTING.md"
    text = path.read_text(encoding="utf-8")
    begin, end = text.find(TABLE[0]), text.find(TABLE[1])
    if begin < 0 or end < begin:
        return [f"CONTRIBUTING.md: no table between {TABLE[0]} and {TABLE[1]}"]
    wanted = text[:begin] + make_table() + text[end + len(TABLE[1]):]
    if is_writing:
        path.write_text(wanted, encoding="utf-8")
    elif wanted != text:
        return ["CONTRIBUTING.md: the table of modules is not up to date; run tests/source/modules.py . --write"]
    return []


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
        ("cycles", find_cycles(sources)),
        ("sizes", find_large_folders(sources)),
        ("symbols", find_unlisted_symbols(root, sources)),
        ("table", check_table(root, "--write" in sys.argv)),
        ("json", [p for s in sources for p in find_unbounded_json(*s)]),
        ("decoding", [p for s in sources for p in find_decoding(*s)] +
            [f"{name}: decodes in the daemon" for name, path in files
             if name.name == "session.launch" and DECODING.search(path.read_text(encoding="utf-8"))]),
        ("style", [p for s in sources for p in find_style(*s)]),
        ("signatures", [p for s in sources for p in find_long_signatures(*s)]),
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
