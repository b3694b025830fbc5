#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""habla pipelines, languages and doctor, as text and as JSON.

usage: listings.py HABLA
"""
import os
import pathlib
import re

from command_test import habla, habla_json, has_element, main, want

PIPELINES = sorted(path.stem for path in pathlib.Path(os.environ["HABLA_PIPELINES"].split(":")[0])
                   .glob("*.launch"))


def test_no_command(folder):
    _, error = habla(folder, "talk.wav", status=64)
    want("“talk.wav” is no command" in error and "habla interpret" in error, error)


def test_pipelines(folder):
    output, _ = habla(folder, "pipelines")
    want(PIPELINES and all(f"{name}: " in output for name in PIPELINES), output)
    objects = habla_json(folder, "pipelines")
    want([o["name"] for o in objects] == PIPELINES, objects)
    for o in objects:
        want(o["summary"] and o["parameters"] and "launch-line" not in o, o)
        want(all(p["name"] and p["about"] for p in o["parameters"]), o)
    line = habla_json(folder, "pipelines", "captions-only")[0]["launch-line"]
    want("apertiumtranslator input-language-code=en output-language-code=es" in line, line)
    output, _ = habla(folder, "pipelines", "captions-only")
    want(line.strip() in output, output)
    _, error = habla(folder, "pipelines", "none", "file", status=64)
    want("“none”" in error, error)


def test_custom_pipelines(folder):
    (folder / "mine").mkdir()
    (folder / "mine/mine.launch").write_text("# Mine.\nfakesrc ! fakesink\n", encoding="utf-8")
    objects = habla_json(folder, "pipelines", env={"HABLA_PIPELINES": str(folder / "mine")})
    want({"name": "mine", "summary": "Mine.", "parameters": []} in objects, objects)


def test_languages(folder):
    status = 0 if has_element("espeaksynthesizer") else 69
    output, _ = habla(folder, "languages", status=status)
    want("Can be heard:\n  en-US (English)" in output, output)
    want("en (English) into fr (French)" in output and "through" in output, output)
    rows = output[:output.index("Lacking:")] if "Lacking:" in output else output
    want(max(map(len, rows.splitlines())) <= 80, output)
    objects = habla_json(folder, "languages", "--from", "en", status=status)
    pairs = {o["to"]: o for o in objects if o["type"] == "translated"}
    want({o["from"] for o in pairs.values()} == {"en"}, objects)
    want(pairs["es"]["through"] == [] and pairs["fr"]["through"] == ["es"], pairs)
    want(pairs["es"]["element"] == "apertiumtranslator", pairs)
    want(any(o["type"] == "heard" and o["language"] == "en-US" for o in objects), objects)
    want(all(o["best"] for o in objects if o["type"] != "lacking"), objects)


def test_languages_lacking(folder):
    """Says what is lacking for a language, and the command that brings it."""
    output, _ = habla(folder, "languages", "es", status=69)
    want("es (Spanish" in output and "cannot be heard: run “habla setup es”" in output, output)
    want("en (English) into es" in output and "into fr" in output, output)
    want("pocketsphinxtranscriber" not in output, output)
    objects = habla_json(folder, "languages", "es", "eu", status=69)
    want({o.get("language", "es").split("-")[0] for o in objects} == {"es", "eu"}, objects)
    lacking = {(o["lacks"], o.get("from"), o.get("to"), o.get("language"))
               for o in objects if o["type"] == "lacking"}
    want({("heard", None, None, "es"), ("heard", None, None, "eu"), ("translated", "es", "eu", None),
          ("translated", "eu", "es", None)} <= lacking, lacking)
    _, error = habla(folder, "languages", "not a language", status=64)
    want("not a language" in error, error)
    _, error = habla(folder, "languages", "english", "es", "xx", status=64)
    want("“english”, “xx” are no languages" in error, error)
    _, error = habla(folder, "languages", "--from", "xx", status=64)
    want("--from: “xx” is no language" in error, error)


def test_languages_ranks(folder):
    """GStreamer's ranks exclude engines."""
    if not has_element("espeaksynthesizer"):
        return
    env = {"GST_PLUGIN_FEATURE_RANK": "espeaksynthesizer:NONE"}
    objects = habla_json(folder, "languages", "es", status=69, env=env)
    spoken = [o for o in objects if o["type"] == "spoken"]
    want(spoken and not any(o["best"] for o in spoken), spoken)
    want(any(o["type"] == "lacking" and o["lacks"] == "spoken" for o in objects), objects)


def test_languages_models(folder):
    """A neural engine is the best for the languages that it has a model for, and only then."""
    models = os.environ.get("HABLA_TEST_MODELS")
    if not models or not has_element("sherpatranscriber"):
        return
    env = {"HABLA_MODELS_PATH": models}
    heard = {o["element"]: o for o in habla_json(folder, "languages", "en", status=None, env=env)
             if o["type"] == "heard"}
    want(heard["sherpatranscriber"]["best"] and heard["sherpatranscriber"]["model"], heard)
    want(not heard["pocketsphinxtranscriber"]["best"], heard)
    output, _ = habla(folder, "languages", "en", status=None, env=env)
    want(f"sherpatranscriber ({heard['sherpatranscriber']['model']})\n" in output, output)
    want("pocketsphinxtranscriber, not the best\n" in output, output)
    for names, element in ((env, "sherpatranscriber"), ({}, "pocketsphinxtranscriber")):
        line = habla_json(folder, "pipelines", "captions-only", env=names)[0]["launch-line"]
        want(f"! {element} language-code=en !" in line, line)


def test_doctor(folder):
    status = 0 if has_element("espeaksynthesizer") else 69
    output, _ = habla(folder, "doctor", status=status)
    want(("Speech can be translated here." in output) == (status == 0), output)
    # Spanish can be translated, but not heard.
    want(re.search(r"missing  es \(Spanish.*\): cannot be heard\n *run “habla setup es”", output), output)
    want("en (English): cannot be heard" not in output, output)
    (folder / "models/broken").mkdir(parents=True)
    (folder / "models/broken/model.ini").write_text(
        "[Model]\nId=broken\nEngine=sherpa\nJob=transcriber\nArchitecture=whisper\nUnusable=It crashes\n",
        encoding="utf-8")
    env = {"HABLA_MODELS_PATH": str(folder / "models")}
    objects = {o["what"]: o for o in habla_json(folder, "doctor", status=status, env=env)}
    want("habla models verify broken" in objects["model broken"]["advice"], objects["model broken"])
    for engine in ("mariantranslator", "sherpatranscriber", "sherpasynthesizer"):
        if engine in objects:
            want("habla setup" in objects[engine]["advice"], objects[engine])
    want("avdec_aac" not in objects and "decoder for AAC" in objects, objects)
    for engine in ("pocketsphinxtranscriber", "apertiumtranslator"):
        want(objects[engine]["ok"] and "and answers" in objects[engine]["state"], objects[engine])
    want(objects["pocketsphinxtranscriber"]["state"] == "hears 1 language, and answers", objects)
    want(all(o["ok"] or o["advice"] for o in objects.values()), objects)
    want(any(not o["ok"] and o["needed"] for o in objects.values()) == (status != 0), objects)
    want(not any(o.startswith(("GST_", "XDG_", "/")) for o in objects), "correct folders are reported", objects)


def test_doctor_without_plugins(folder):
    """Without plugins, doctor reports each missing part with advice."""
    env = {"GST_PLUGIN_PATH": str(folder), "GST_REGISTRY": str(folder / "registry")}
    output, _ = habla(folder, "doctor", status=69, env=env)
    for what in ("metricstap", "captionsink", "an engine that hears", "an engine that translates",
                 "an engine that speaks"):
        line = next((o for o in output.splitlines() if what in o), "")
        want(line.startswith("MISSING"), f"{what}:", output)
    want("apt install" in output and "Speech cannot be translated here" in output, output)
    env["HABLA_PIPELINES"] = str(folder)
    objects = {o["what"]: o for o in habla_json(folder, "doctor", status=69, env=env)}
    want(not objects["pipelines"]["ok"] or "file" in objects["pipelines"]["state"], objects)


def test_doctor_folders(folder):
    """Variables that name folders which are not there, or cannot be used, are named with their cure."""
    plugins = os.environ["GST_PLUGIN_PATH"]
    env = {"GST_PLUGIN_PATH": f"{plugins}:{folder}/gone", "XDG_DATA_HOME": "relative",
           "XDG_STATE_HOME": str(folder / "file/state")}
    (folder / "file").write_text("", encoding="utf-8")
    objects = {o["what"]: o for o in habla_json(folder, "doctor", status=None, env=env)}
    for what, state in ((f"GST_PLUGIN_PATH={folder}/gone", "is not a folder"),
                        ("XDG_DATA_HOME=relative", "is not an absolute path"),
                        (f"XDG_STATE_HOME={folder}/file/state", "cannot be written")):
        want(what in objects and not objects[what]["ok"], what, objects.keys())
        want(objects[what]["state"] == state and "unset it" in objects[what]["advice"], objects[what])


def test_help(folder):
    output, _ = habla(folder, "--help")
    for command in ("interpret", "pipelines", "languages", "setup", "models", "doctor"):
        want(f"  {command} " in output, output)
        text, _ = habla(folder, command, "--help")
        want(("--yes" if command == "setup" else "--json") in text, text)
    output, _ = habla(folder, "--version")
    want(re.fullmatch(r"habla \d+\.\d+\.\d+( \([0-9a-f]{12}\))?\n", output), output)


if __name__ == "__main__":
    main(globals())
