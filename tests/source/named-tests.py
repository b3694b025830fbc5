#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that each bound in docs/security.md names tests, and that these exist.

usage: named-tests.py SOURCE

A test is named as `FILE: NAME`: FILE below tests/, NAME the path of a GLib test or a function of a
Python file. TAP on standard output.
"""
import pathlib
import re
import sys

NAMED = re.compile(r"`([\w./-]+\.(?:c|py)): ([^`]+)`")


def rows(text):
    """Yields the cells of each row of the tables whose last column is called test."""
    cells_of_head = None
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line[:1] == "|" else None
        if cells is None:
            cells_of_head = None
        elif cells_of_head is None:
            cells_of_head = cells
        elif cells_of_head[-1].strip(" |") == "test" and not set(line) <= set("|-: "):
            yield line, cells[-1]


def exists(root, file, name):
    path = root / "tests" / file
    if not path.is_file():
        return False
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return re.search(rf"^\s*def {re.escape(name)}\(", text, re.MULTILINE) is not None
    # A macro may put a common beginning and the rest of a path together, and a format the last part.
    parts = [f"/{part}" for part in name.split("/")[1:]]
    beginning, last = name.rsplit("/", 1)
    if f'"{beginning}/%s"' in text and re.search(rf'"[^"\n]*\b{re.escape(last)}"', text):
        return True
    return f'"{name}"' in text or any(
        f'"{"".join(parts[:i])}/"' in text and f'"{"".join(parts[i:])[1:]}"' in text
        for i in range(1, len(parts)))


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / "docs/security.md").read_text(encoding="utf-8")
    problems, n_rows = [], 0
    for line, cell in rows(text):
        n_rows += 1
        named = NAMED.findall(cell)
        if not named:
            problems.append(f"no test: {line}")
        problems += [f"there is no test {name} in tests/{file}" for file, name in named
                     if not exists(root, file, name)]
    if not n_rows:
        problems.append("no table with a column of tests")
    print("1..1")
    for problem in problems:
        print(f"# docs/security.md: {problem}")
    print(f"{'not ok' if problems else 'ok'} 1 /source/named-tests")


if __name__ == "__main__":
    main()
