#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual pages and the bash completion list exactly the options of habla.

usage: manual.py HABLA DATA
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess

from command_test import HABLA, Skipped, habla, main, make_env, need_element, want

DATA = pathlib.Path(os.sys.argv[2]).resolve()
COMMANDS = ["interpret", "pipelines", "languages", "setup", "models", "doctor"]
BASH_COMPLETION = pathlib.Path("/usr/share/bash-completion/bash_completion")


def help_options(folder, *command):
    text, _ = habla(folder, *command, "--help")
    return set(re.findall(r"--[a-z-]+", re.sub(r"“.*?”", "", text)))


def test_manual_options(folder):
    for command in COMMANDS:
        page = (DATA / f"man/habla-{command}.1").read_text(encoding="utf-8").replace("\\-", "-")
        options = page[page.index(".SH OPTIONS"):page.index(".SH EXIT")]
        documented = set(re.findall(r"^\.BR? .*?(--[a-z-]+)", options, re.M))
        want(documented == help_options(folder, command), command, documented, help_options(folder, command))


def test_manual_pages(folder):
    """Each page exists, habla(1) refers to it, and groff and mandoc report no warnings."""
    pages = sorted((DATA / "man").glob("*.1"))
    wanted = ["habla.1", "hablad.1", *(f"habla-{c}.1" for c in COMMANDS)]
    want([p.name for p in pages] == sorted(wanted), pages)
    main_page = DATA / "man/habla.1"
    for command in COMMANDS:
        want(f"habla\\-{command} (1)" in main_page.read_text(encoding="utf-8"), command)
    tools = [t for t in (["groff", "-man", "-ww", "-Tutf8", "-z"],
                         ["mandoc", "-T", "lint", "-W", "warning"]) if shutil.which(t[0])]
    if not tools:
        raise Skipped("neither groff nor mandoc is installed")
    for tool in tools:
        for page in pages:
            done = subprocess.run([*tool, page], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  encoding="utf-8", check=False, timeout=60, cwd=folder)
            want(done.returncode == 0 and not done.stdout, f"{tool[0]} {page.name}:", done.stdout)


def complete(folder, line, command="habla"):
    """Returns the completions that bash offers after line."""
    if not shutil.which("bash") or not BASH_COMPLETION.exists():
        raise Skipped("bash-completion is not installed")
    script = (f"PATH={shlex.quote(str(HABLA.parent))}:$PATH\n"
              f". {BASH_COMPLETION}\n. {shlex.quote(str(DATA / 'completions' / command))}\n"
              f"COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)}\n"
              f"COMP_WORDS=({' '.join(map(shlex.quote, split(line)))})\n"
              "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
              "compopt() { :; }\n"  # compopt works only within readline.
              f"_{command}\n" "printf '%s\\n' \"${COMPREPLY[@]}\"\n")
    done = subprocess.run(["bash", "--norc", "-c", script], cwd=folder, env=make_env(folder),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                          check=False, timeout=60)
    want(not done.stderr, done.stderr)
    return sorted(filter(None, done.stdout.split("\n")))


def split(line):
    """Splits like readline, which makes "=" a separate word."""
    words = [w for word in line.split(" ") for w in re.split(r"(=)", word) if w]
    return words + [""] if line.endswith((" ", "=")) else words


def test_completion_options(folder):
    for command in COMMANDS:
        options = complete(folder, f"habla {command} --")
        want(set(options) == help_options(folder, command), command, options)
    want(complete(folder, "habla ") == sorted([*COMMANDS, "--help", "--version"]), "commands")
    want(complete(folder, "habla interpret --spee") == ["--speech", "--speed"], "--spee")


def test_completion_values(folder):
    (folder / "talk.wav").touch()
    (folder / "talk.vtt").touch()
    (folder / "own.launch").touch()
    pipelines = complete(folder, "habla interpret --pipeline ")
    want({"captions-only", "file", "own.launch"} <= set(pipelines) and "talk.wav" not in pipelines,
         pipelines)
    want(complete(folder, "habla interpret --pipeline=cap") == ["captions-only"], "--pipeline=cap")
    want("file" in complete(folder, "habla pipelines f"), "habla pipelines f")
    want("talk.wav" in complete(folder, "habla interpret ta"), "files")
    captions = complete(folder, "habla interpret --captions ta")
    want(captions == ["talk.vtt"], captions)


def test_completion_languages(folder):
    need_element("pocketsphinxtranscriber", "apertiumtranslator")
    want(complete(folder, "habla interpret --from ") == ["en-US"], "--from")
    want({"es", "fr"} <= set(complete(folder, "habla interpret -t ")), "-t")
    want("es,fr" in complete(folder, "habla interpret --to es,f"), "--to es,f")


def test_daemon_options(folder):
    """The manual page and the completion of hablad have all of its options."""
    source = (DATA.parent / "src/daemon/options.c").read_text(encoding="utf-8")
    options = {f"--{name}" for name, flags in re.findall(r'\{ "([a-z-]+)", (?:\'.\'|0), (\w+)', source)
               if flags != "G_OPTION_FLAG_HIDDEN"} | {"--help"}
    page = (DATA / "man/hablad.1").read_text(encoding="utf-8").replace("\\-", "-")
    for option in options:
        want(option in page, f"{option} is not in the manual page")
    completions = complete(folder, "hablad --", "hablad")
    want(set(completions) == options | {"--lan=http"}, completions)


if __name__ == "__main__":
    main(globals())
