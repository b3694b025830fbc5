#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that files, functions, types, metrics and sections named in the documents exist.

usage: document-names.py SOURCE

Looks at `quoted` words and paths of README.md, CONTRIBUTING.md and docs/**/*.md. A file may be named by any
ending of its path, such as `pipeline.c` or `src/pipeline/pipeline.c`. A link with a # must lead to a heading.
TAP on standard output.
"""
import pathlib
import re
import sys

QUOTED = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"^[\w.-]*\w[\w./-]*\.(?:c|h|py|launch|sh|js|css|supp|service|socket)$")
FUNCTION = re.compile(r"^(habla_\w+) ?\(\)$")
METRIC = re.compile(r"^(habla_\w+_(?:total|seconds|bytes|fds|threads|children|queue|decoders))(?:\{.*\})?$")
TYPE = re.compile(r"^(Habla[A-Z]\w+)$")
ANCHOR = re.compile(r"\]\(([^)#\s:]*)#([^)\s]+)\)")
# Names in examples, written by the reader or by a run.
EXAMPLES = {"tests/fuzz/NAME.c", "NAME.launch", "glosstranslator.c"}
FOLDERS = ("data", "pipelines", "plugins", "scripts", "soak", "src", "tests")


def read_anchors(path):
    """The names by which links reach the headings of a document, as GitHub and GitLab form them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def main():
    root = pathlib.Path(sys.argv[1])
    files = [path for folder in FOLDERS for path in (root / folder).rglob("*")
             if path.is_file() and "__pycache__" not in path.parts]
    # .service files have a template.
    paths = ["/" + str(path.relative_to(root)).removesuffix(".in") for path in files]
    words = set()
    for path in files:
        if path.suffix in (".c", ".h"):
            words.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))

    documents = [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]
    problems, n_names = [], 0
    for document in documents:
        for number, line in enumerate(document.read_text(encoding="utf-8").split("\n"), 1):
            where = f"{document.relative_to(root)}:{number}"
            for target, anchor in ANCHOR.findall(line):
                path = document.parent / target if target else document
                if path.is_file() and anchor not in read_anchors(path):
                    problems.append(f"{where}: no heading #{anchor}")
            for quoted in QUOTED.findall(line):
                if FILE.match(quoted) and quoted not in EXAMPLES:
                    n_names += 1
                    if not any(path.endswith("/" + quoted) for path in paths):
                        problems.append(f"{where}: no file {quoted}")
                    continue
                for pattern in (FUNCTION, METRIC, TYPE):
                    named = pattern.match(quoted)
                    if named:
                        n_names += 1
                        if named.group(1) not in words:
                            problems.append(f"{where}: {named.group(1)} does not exist")
    if not n_names:
        problems.append("no names found")
    print("1..1")
    for problem in problems:
        print(f"# {problem}")
    print(f"{'not ok' if problems else 'ok'} 1 /source/document-names")


if __name__ == "__main__":
    main()
