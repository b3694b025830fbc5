#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that each function that a header declares has a doc comment directly before it.

usage: doc-comments.py SOURCE

A doc comment begins with `/**`, and its first line is the function's name and a colon. Type
functions and error quarks need none: the comment of the type or of the error's enumeration is
enough. TAP on standard output.
"""
import pathlib
import re
import sys

# Folders whose headers are not documented yet. Remove a folder as soon as it passes.
NOT_YET = set()
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
# G_BEGIN_DECLS, G_DECLARE_FINAL_TYPE (...), visibility and the like.
MACRO = re.compile(r"^[A-Z][A-Z0-9_]+(?:[ \t]*\([^()]*\))?;?[ \t]*$", re.MULTILINE)
FUNCTION = re.compile(r"\b(\w+)[ \t\n]*\((?!\*)")


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def declarations(code):
    """Yields (offset, text) of each statement of the outermost level; `code` has no comments."""
    begin, depth = None, 0
    for offset, c in enumerate(code):
        if begin is None and not c.isspace():
            begin = offset
        if c in "{(":
            depth += 1
        elif c in "})":
            depth -= 1
        is_inline = c == "}" and depth == 0 and code[begin:offset].startswith("static inline")
        if (c == ";" and depth == 0) or is_inline:
            yield begin, code[begin:offset + 1]
            begin = None


def declared_functions(text):
    """Yields (offset, name) of each function that is declared in a header."""
    code = MACRO.sub(blank, PREPROCESSOR.sub(blank, COMMENT.sub(blank, text)))
    for offset, declaration in declarations(code):
        if re.match(r"(typedef|struct|enum|union|extern)\b[^(]*[;{]", declaration) or \
                declaration.startswith("typedef"):
            continue
        found = FUNCTION.search(declaration)
        if found and not re.search(r"(_get_type|_quark)$", found.group(1)):
            yield offset, found.group(1)


def find_undocumented(text):
    """Yields (line, name) of each function without a doc comment."""
    comments = {}
    for match in COMMENT.finditer(text):
        comments[match.end()] = match.group()
    for offset, name in declared_functions(text):
        before = MACRO.sub(blank, PREPROCESSOR.sub(blank, text[:offset])).rstrip()
        comment = comments.get(len(before), "")
        if not re.match(r"/\*\*\s*\*?\s*" + re.escape(name) + ":", comment):
            yield text.count("\n", 0, offset) + 1, name


def main():
    root = pathlib.Path(sys.argv[1])
    problems, n_waiting, n_functions, done = [], {}, 0, set(NOT_YET)
    for folder in ("src", "plugins"):
        for path in sorted((root / folder).rglob("*.h")):
            name = path.relative_to(root)
            text = path.read_text(encoding="utf-8")
            room = "/".join(name.parts[:2])
            n_functions += len(list(declared_functions(text)))
            for line, function in find_undocumented(text):
                if room in NOT_YET:
                    n_waiting[room] = n_waiting.get(room, 0) + 1
                else:
                    problems.append(f"{name}:{line}: {function} has no doc comment")
    print("1..1")
    for room in sorted(NOT_YET):
        if room in n_waiting:
            print(f"# {room}: {n_waiting[room]} functions to document")
        elif (root / room).is_dir():
            print(f"# {room} is done; remove it from NOT_YET")
    for problem in problems:
        print(f"# {problem}")
    if n_functions == 0:
        print("# no functions found")
    good = n_functions > 0 and not problems
    print(f"# {n_functions} functions")
    print(f"{'ok' if good else 'not ok'} 1 /source/doc-comments")


if __name__ == "__main__":
    main()
