#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds and installs Habla like a distribution, and tests the installation.

usage: installed.py SOURCE SAMPLES [MESON-OPTION...]

The options are those of the engines that are not in Debian. There are two installations. The first has all engines,
and is used from its prefix without the build folder. The programs need no variables for that. Then the sources and their build folder are moved, and installed
again without engines. Writes TAP to standard output.
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

PYTHON = pathlib.Path("/usr/bin/python3")
ENGINES = ["apertium", "espeak", "pocketsphinx"]
SRT = "1\n00:00:01,000 --> 00:00:02,000\nhello\n"


class Failed(Exception):
    pass


def run(command, env, **options):
    """Runs a command, which must succeed. Returns its standard output."""
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, encoding="utf-8",
                          capture_output=True, timeout=1500, **options)
    if done.returncode != 0:
        raise Failed(f"{shlex.join(map(str, command))}: exit status {done.returncode}\n"
                     f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def want(condition, what):
    if not condition:
        raise Failed(what)


def clean_environment(home):
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("GST_", "HABLA_", "G_", "XDG_", "MESON"))
           and name not in ("LD_LIBRARY_PATH", "PKG_CONFIG_PATH", "DESTDIR", "MALLOC_PERTURB_")}
    return env | {"HOME": str(home), "LC_ALL": "C.UTF-8"}


def install(copy, prefix, env, *options):
    """Builds a copy of the sources and installs it. Returns the output of the setup."""
    # The same relative path as in scripts/test, so that ccache finds the object files.
    build = copy / "_build/dev"
    env = env | {"CFLAGS": "-Werror"}
    if build.exists():
        output = run(["meson", "configure", build, f"-Dprefix={prefix}", *options], env)
    else:
        output = run(["meson", "setup", build, copy, f"--prefix={prefix}", "--libdir=lib",
                      "-Dtests=false", *options], env)
    run(["meson", "compile", "-C", build], env)
    run(["meson", "install", "-C", build, "--no-rebuild"], env)
    return output


def list_factories(plugin, env):
    """Returns the names of the elements of a plugin."""
    output = run(["gst-inspect-1.0", str(plugin)], env)
    return [line.split(":")[0].strip() for line in output.split("\n") if line.startswith("  ")
            and ": " in line and not line.startswith("   ")]


class Tests:
    def __init__(self, source, samples, options, folder):
        self.source, self.samples, self.options, self.folder = source, samples, options, folder
        self.clean = clean_environment(folder)
        self.prefix = self.copy = None
        self.env = self.gst_env = None

    def test_install(self):
        self.prefix = self.folder / "all"
        self.copy = self.folder / "copy/habla"
        shutil.copytree(self.source, self.copy, symlinks=True,
                        ignore=shutil.ignore_patterns(".git", "_build*"))
        output = install(self.copy, self.prefix, self.clean, *self.options)
        self.env = self.clean | {
            "PATH": f"{self.prefix}/bin:{self.clean['PATH']}",
            "PKG_CONFIG_PATH": f"{self.prefix}/lib/pkgconfig",
            "GST_REGISTRY": str(self.folder / "registry"),
        }
        message = f"export GST_PLUGIN_PATH={self.prefix}/lib/gstreamer-1.0"
        want(message in output, f"meson setup does not say {message}:\n{output}")
        # Other programs need these.
        self.gst_env = self.env | {"GST_PLUGIN_PATH": f"{self.prefix}/lib/gstreamer-1.0",
                                   "LD_LIBRARY_PATH": f"{self.prefix}/lib"}

    def test_headers(self):
        wanted = {path.name for path in (self.source / "src/habla").glob("*.h")}
        found = {path.name for path in (self.prefix / "include/habla-1.0/habla").glob("*.h")}
        want(found and found <= wanted, f"installed headers: {sorted(found)}")
        for name in found:
            program = f"#include <habla/{name}>\nint main (void) {{ return 0; }}\n"
            self.compile(self.write(program, "header.c"), "header")

    def test_program(self):
        output = run([self.compile(self.samples / "utterance.c", "utterance")], self.gst_env)
        want(output == "7 hola es-MX\n", f"the program printed {output!r}")

    def test_plugins(self):
        plugins = sorted((self.prefix / "lib/gstreamer-1.0").glob("libgsthabla*.so"))
        folders = {path.parent.name for path in (self.source / "plugins").glob("*/plugin.c")
                   if f"-D{path.parent.name}=disabled" not in self.options}
        names = {path.name.removeprefix("libgsthabla").removesuffix(".so") for path in plugins}
        want(names == folders, f"plugins {sorted(names)}, folders {sorted(folders)}")
        for plugin in plugins:
            factories = list_factories(plugin, self.gst_env)
            want(factories, f"{plugin.name} has no element")
            for factory in factories:
                output = run(["gst-inspect-1.0", factory], self.gst_env)
                want(str(plugin) in output, f"{factory} does not come from {plugin}")

    def test_bindings(self):
        """Python finds the installed typelib."""
        typelibs = self.prefix / "lib/girepository-1.0"
        if not typelibs.exists() or not PYTHON.exists():
            return
        env = self.gst_env | {"GI_TYPELIB_PATH": str(typelibs), "PYTHONDONTWRITEBYTECODE": "1"}
        output = run([PYTHON, self.source / "tests/introspection/bindings.py"], env)
        want("not ok" not in output, output)

    def test_engine(self):
        folder = self.folder / "shout"
        folder.mkdir()
        self.compile(self.samples / "shouttranslator.c", "shout/libgstshout.so", "-shared",
                     "-fPIC")
        srt = self.write(SRT, "in.srt")
        env = self.gst_env | {"GST_PLUGIN_PATH": f"{self.gst_env['GST_PLUGIN_PATH']}:{folder}"}
        run(["gst-launch-1.0", "-q", "filesrc", f"location={srt}", "!", "subparse", "!",
             "shouttranslator", "input-language-code=en", "output-language-code=art", "!",
             "srtenc", "!", "filesink", f"location={self.folder}/out.srt"], env)
        output = (self.folder / "out.srt").read_text(encoding="utf-8")
        want("HELLO" in output and "00:00:01,000 --> 00:00:02,000" in output, output)

    def test_command(self):
        output = run(["habla", "pipelines"], self.env)
        pipelines = [path.stem for path in (self.source / "pipelines").glob("*.launch")]
        want(pipelines, "no pipelines in the sources")
        for pipeline in pipelines:
            want((self.prefix / f"share/habla/pipelines/{pipeline}.launch").exists(),
                 f"{pipeline} is not installed")
            want(pipeline in output, f"habla does not find the pipeline {pipeline}:\n{output}")

    def test_manual_and_completion(self):
        for page in (self.source / "data/man").glob("*.1"):
            want((self.prefix / "share/man/man1" / page.name).exists(),
                 f"{page.name} is not installed")
        completion = self.prefix / "share/bash-completion/completions/habla"
        words = run(["bash", "-c", f". {completion} && complete -p habla"], self.env)
        want("_habla habla" in words, words)

    def test_doctor(self):
        engines = [engine for engine in ENGINES
                   if (self.prefix / f"lib/gstreamer-1.0/libgsthabla{engine}.so").exists()]
        done = subprocess.run(["habla", "doctor"], env=self.env, stdin=subprocess.DEVNULL,
                              encoding="utf-8", capture_output=True, timeout=60)
        want((done.returncode == 0) == (engines == ENGINES),
             f"engines {engines}, and habla doctor exits with {done.returncode}:\n{done.stdout}")

    def test_moved(self):
        """A checkout can be built and used after it was moved together with its build folder."""
        moved = self.folder / "moved/renamed"
        moved.parent.mkdir()
        self.copy.rename(moved)
        self.copy = moved
        build = moved / "_build/dev"
        (moved / "src/daemon/main.c").touch()
        run(["ninja", "-C", build, "src/daemon/hablad"], self.clean)
        run([moved / "scripts/lib/build", build], self.clean)
        env = self.clean | {"GST_REGISTRY": str(self.folder / "moved-registry")}
        output = run(["meson", "devenv", "-C", build, "gst-inspect-1.0", "metricstap"], env)
        want(str(build / "plugins") in output, output)
        output = run(["meson", "devenv", "-C", build, "src/command/habla", "pipelines"], env)
        want("captions-only" in output, output)

    def test_no_engines(self):
        prefix = self.folder / "bare"
        engines = [*ENGINES, "sherpa"]
        install(self.copy, prefix, self.clean, *[f"-D{engine}=disabled" for engine in engines])
        names = {path.name for path in (prefix / "lib/gstreamer-1.0").glob("libgsthabla*.so")}
        want(names, "no plugins installed")
        for engine in engines:
            want(f"libgsthabla{engine}.so" not in names, f"{engine} is disabled, but installed")
        env = self.env | {"PATH": f"{prefix}/bin:{self.clean['PATH']}",
                          "GST_REGISTRY": str(self.folder / "bare-registry")}
        done = subprocess.run(["habla", "doctor"], env=env, stdin=subprocess.DEVNULL,
                              encoding="utf-8", capture_output=True, timeout=60)
        want(done.returncode != 0, f"habla doctor succeeds without engines:\n{done.stdout}")

    def write(self, text, name):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def compile(self, source, name, *options):
        """Compiles with the flags of the installed pkg-config file."""
        flags = run(["pkg-config", "--cflags", "--libs", "habla-1.0"], self.env).split()
        target = self.folder / name
        run(["cc", "-Wall", "-Werror", *options, str(source), "-o", str(target), *flags], self.env)
        return target


def main():
    source, samples = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="habla-installed-") as folder:
        tests = Tests(source, samples, sys.argv[3:], pathlib.Path(folder))
        names = [name for name in vars(Tests) if name.startswith("test_")]
        print(f"1..{len(names)}")
        for number, name in enumerate(names, 1):
            problem = ""
            try:
                getattr(tests, name)()
            except Exception as error:  # Report any failure as TAP.
                problem = f"{type(error).__name__}: {error}"
            print(f"{'not ok' if problem else 'ok'} {number} /installed/{name[5:]}", flush=True)
            for line in filter(None, problem.split("\n")):
                print(f"# {line}", flush=True)


if __name__ == "__main__":
    main()
