#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks the files of the pages: that no text is missing in a language or for an error of the server, and no file
in the resources.

usage: web-files.py FOLDER (of the sources)

TAP on standard output.
"""
import html.parser
import json
import pathlib
import re
import sys

MAX_LINES = 400
# Names, and examples of what is typed; the same in all languages.
NO_WORDS = re.compile(r"^(Habla|ABCD-EFGH|[\W\d_]*)$")
ATTRIBUTES = {"label": "aria-label", "title": "title", "placeholder": "placeholder"}
# Keys whose end a script makes.
PREFIXES = re.compile(r"\bt\(`([a-z.-]+)\$\{|`(state\.)\$\{")
KEY = re.compile(r"[\"'`]([a-z]+(?:\.[a-z-]+)+|cancel|close)[\"'`]")
CALL = re.compile(r"\bt\(\s*\"([^\"]+)\"")
ARGUMENT = re.compile(r"\{\w+\}")
# Words that a script shows without looking them up.
SHOWN = re.compile(r"(?:(?:textContent|\.title|placeholder|\.alt|ariaLabel) = |(?:toast|banner)\()"
                   r"[\"'`][^\"'`]*[A-Za-z]{3}")
NAMES = re.compile(r"\$\{[^}]*\}|\bHabla\b")
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)")


class Texts(html.parser.HTMLParser):
    """Collects (key, text) of a page; the key is None for a text without one."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.keys = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        for short, attribute in ATTRIBUTES.items():
            if attribute in values:
                self.found.append((values.get(f"data-t-{short}"), values[attribute]))
        if tag not in ("meta", "link", "input", "img", "br"):
            self.keys.append(values.get("data-t") if tag != "noscript" else "")

    def handle_endtag(self, tag):
        if tag not in ("meta", "link", "input", "img", "br"):
            self.keys.pop()

    def handle_data(self, data):
        text = " ".join(data.split())
        if text and self.keys and self.keys[-1] != "":
            self.found.append((self.keys[-1], text))


def first_form(text):
    return text if isinstance(text, str) else text["other"]


def check_languages(strings):
    english = strings["en"]
    for code, texts in strings.items():
        for key in english.keys() - texts.keys():
            yield f"{code}.json: {key} is missing"
        for key in texts.keys() - english.keys():
            yield f"{code}.json: {key} is not in en.json"
        for key in english.keys() & texts.keys():
            wanted = set(ARGUMENT.findall(first_form(english[key])))
            forms = [texts[key]] if isinstance(texts[key], str) else list(texts[key].values())
            if not all(forms):
                yield f"{code}.json: {key} is empty"
            if set(ARGUMENT.findall(first_form(texts[key]))) != wanted:
                yield f"{code}.json: {key} must have {sorted(wanted)}"
            if isinstance(english[key], dict) != isinstance(texts[key], dict):
                yield f"{code}.json: {key} must have the forms of plurals if and only if English has"


def check_pages(web, english):
    for path in sorted(web.glob("*/*.html")):
        text = path.read_text(encoding="utf-8")
        parser = Texts()
        parser.feed(text)
        for key, shown in parser.found:
            if key is None and not NO_WORDS.match(shown):
                yield f"{path.name}: \"{shown}\" has no key"
            elif key is not None and key not in english:
                yield f"{path.parent.name}: {key} is not in en.json"
            elif key is not None and first_form(english[key]) != shown:
                yield f"{path.parent.name}: {key} is \"{english[key]}\" in en.json, not \"{shown}\""
        for found in INLINE.findall(text):
            yield f"{path.parent.name}: {found} is inline, which the Content-Security-Policy forbids"
        for found in re.findall(r"(?:href|src)=\"(/[^\"]*)\"", text):
            yield f"{path.parent.name}: {found} must be relative, for proxies"


def check_scripts(web, english):
    used = set()
    prefixes = []
    for path in sorted([*web.glob("*/*.js"), *web.glob("*/*.html")]):
        text = path.read_text(encoding="utf-8")
        used.update(KEY.findall(text))
        prefixes.extend(filter(None, (name for pair in PREFIXES.findall(text) for name in pair)))
        if path.suffix != ".js":
            continue
        for key in CALL.findall(text):
            if key not in english:
                yield f"{path.name}: {key} is not in en.json"
        for found in SHOWN.findall(NAMES.sub("", text)):
            yield f"{path.name}: {found}… is not looked up with t()"
    for key in english.keys() - used:
        if not key.startswith(tuple(prefixes)):
            yield f"en.json: {key} is not used"


def read_literals(sources):
    """Returns all strings of the C sources, each whole."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(sources.rglob("*.c"))
                     if path.name != "message-code.c")
    return re.sub(r'"\s*\n\s*"', "", text)


def check_codes(source, english):
    """Each code of the server's errors has a text, and each pattern a message."""
    table = (source / "src/util/message-code.c").read_text(encoding="utf-8")
    codes = re.findall(r'\{ "([a-z-]+)", "([^"]+)" \}', table)
    literals = read_literals(source / "src")
    for code, pattern in codes:
        if f"error.{code}" not in english:
            yield f"en.json: error.{code} is missing"
        part = max(pattern.split("*"), key=len)
        if part not in literals:
            yield f"message-code.c: no message has \"{part}\""
    for key in english:
        if key.startswith("error.") and key.removeprefix("error.") not in dict(codes):
            yield f"en.json: {key} is no code of message-code.c"


def check_sizes(web):
    for path in sorted(web.rglob("*")):
        if path.suffix in (".js", ".css", ".html"):
            count = path.read_text(encoding="utf-8").count("\n")
            if count > MAX_LINES:
                yield f"{path.relative_to(web)}: {count} lines, more than {MAX_LINES}"


def check_resources(web):
    listed = set(re.findall(r"<file[^>]*>([^<]+)</file>",
                            (web / "habla-web.gresource.xml").read_text(encoding="utf-8")))
    present = {str(path.relative_to(web)) for path in web.rglob("*") if path.is_file()}
    for name in present - listed - {"meson.build", "habla-web.gresource.xml"}:
        yield f"{name} is not in habla-web.gresource.xml"


def imports(web, path, seen):
    """Adds all modules below a module to seen."""
    for name in re.findall(r"^import (?:[^\"]* from )?\"([^\"]+)\"", path.read_text(encoding="utf-8"), re.MULTILINE):
        other = (path.parent / name).resolve()
        if other not in seen:
            seen.add(other)
            imports(web, other, seen)
    return seen


def check_preloads(web):
    """A module that is not named in the page is found late: one round trip for each level."""
    for path in sorted(web.glob("*/index.html")):
        text = path.read_text(encoding="utf-8")
        listed = set(re.findall(r"modulepreload\" href=\"static/([^\"]+)\"", text))
        entries = re.findall(r"type=\"module\" src=\"static/([^\"]+)\"", text)
        found = set()
        for entry in entries:
            imports(web, web / entry, found)
        needed = {str(module.relative_to(web)) for module in found}
        for name in listed - needed:
            yield f"{path.parent.name}: preloads {name}, which it does not import"
        for name in needed - listed if listed else ():
            yield f"{path.parent.name}: imports {name}, which it does not preload"


def main():
    source = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    web = source / "data/web"
    strings = {path.stem: json.loads(path.read_text(encoding="utf-8"))
               for path in sorted((web / "strings").glob("*.json"))}
    english = strings["en"]
    checks = [
        ("languages", check_languages(strings)),
        ("pages", check_pages(web, english)),
        ("scripts", check_scripts(web, english)),
        ("codes", check_codes(source, english)),
        ("sizes", check_sizes(web)),
        ("resources", check_resources(web)),
        ("preloads", check_preloads(web)),
    ]
    print(f"1..{len(checks)}")
    for number, (name, found) in enumerate(checks, 1):
        problems = sorted(found)
        for problem in problems:
            print(f"# {problem}")
        print(f"{'not ok' if problems else 'ok'} {number} /web/{name}")


if __name__ == "__main__":
    main()
