#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Engines in Python run in pipelines, and Python reads what Habla's elements send.

usage: bindings.py

Needs the typelib of the build in GI_TYPELIB_PATH. Writes TAP to standard output.
"""
import os
import sys
import tempfile

try:
    import gi
    gi.require_version("Gst", "1.0")
    from gi.repository import GLib, Gst
except (ImportError, ValueError) as error:
    print(f"1..0 # SKIP {error}; install python3-gi")
    sys.exit()
import engines
from gi.repository import Habla

SRT = "1\n00:00:01,000 --> 00:00:02,000\nhello\n\n2\n00:00:03,000 --> 00:00:04,000\n{}\n"
ENDS = Gst.MessageType.EOS | Gst.MessageType.ERROR
SUBTITLES = "filesrc location={}/in.srt ! subtitlereader ! "


class Failed(Exception):
    pass


def want(condition, *what):
    if not condition:
        raise Failed(repr(what))


def run(pipeline):
    """Returns the warnings, and the error or None."""
    warnings, bus = [], pipeline.get_bus()
    pipeline.set_state(Gst.State.PLAYING)
    try:
        while True:
            message = bus.timed_pop_filtered(60 * Gst.SECOND, ENDS | Gst.MessageType.WARNING)
            want(message is not None, "the pipeline does not end")
            if message.type == Gst.MessageType.EOS:
                return warnings, None
            if message.type == Gst.MessageType.ERROR:
                return warnings, message.parse_error()[0]
            warnings.append(message.parse_warning()[0])
    finally:
        pipeline.set_state(Gst.State.NULL)


def watch(pad, see):
    """Calls see with the utterance and the meta of each buffer. A probe runs in the streaming thread."""
    def probe(pad, info):
        buffer = info.get_buffer()
        segment = pad.get_sticky_event(Gst.EventType.SEGMENT, 0).parse_segment()
        utterance, _ = Habla.Utterance.from_buffer(buffer, segment, 0)
        meta = buffer.get_custom_meta(Habla.UTTERANCE_META)
        see(utterance, meta.get_structure() if meta else None)
        return Gst.PadProbeReturn.OK
    pad.add_probe(Gst.PadProbeType.BUFFER, probe)


def run_and_read(line):
    """Returns (utterances, metas as text, warnings, error) at the source pad of the element "x"."""
    pipeline = Gst.parse_launch(line)
    seen = []
    watch(pipeline.get_by_name("x").get_static_pad("src"),
          lambda utterance, meta: seen.append((utterance, meta and meta.to_string())))
    warnings, error = run(pipeline)
    return [utterance for utterance, _ in seen], [meta for _, meta in seen], warnings, error


def subtitles(folder, second="bye"):
    with open(f"{folder}/in.srt", "w", encoding="utf-8") as file:
        file.write(SRT.format(second))
    return SUBTITLES.format(folder)


def test_translator(folder):
    seen, metas, warnings, error = run_and_read(
        subtitles(folder) + "shouttranslator name=x input-language-code=en output-language-code=art ! fakesink")
    want(not warnings and error is None, warnings, error)
    want([(u.id, u.text, u.source_text, u.language, u.begin) for u in seen] ==
         [(1, "HELLO", "hello", "art", Gst.SECOND), (2, "BYE", "bye", "art", 3 * Gst.SECOND)], metas)
    want("source-language=(string)en" in metas[0], metas)
    want([cue.text for cue in seen[0].cues] == ["hello"], seen[0].cues)


def test_constructed(folder):
    """An element that Python makes itself, without the name of a factory."""
    pipeline = Gst.parse_launch(subtitles(folder) + "identity name=i fakesink name=s")
    shout = engines.ShoutTranslator(input_language_code="en", output_language_code="art")
    pipeline.add(shout)
    pipeline.get_by_name("i").link(shout)
    shout.link(pipeline.get_by_name("s"))
    seen = []
    watch(shout.get_static_pad("src"), lambda utterance, meta: seen.append(utterance.text))
    want(run(pipeline) == ([], None), seen)
    want(seen == ["HELLO", "BYE"], seen)


def test_exception(folder):
    """The base class survives an exception, warns, and passes the text on."""
    seen, metas, warnings, error = run_and_read(
        subtitles(folder, "raise") + "shouttranslator name=x input-language-code=en output-language-code=art ! fakesink")
    want(error is None and len(warnings) == 1 and warnings[0].matches(Habla.error_quark(), Habla.Error.ENGINE), warnings)
    want([(u.text, u.untranslated) for u in seen] == [("HELLO", False), ("raise", True)], metas)


def test_start_fails(folder):
    for target, code in (("de", Habla.Error.LANGUAGE), ("fr", Habla.Error.ENGINE)):
        seen, _, _, error = run_and_read(subtitles(folder) +
                                         f"shouttranslator name=x input-language-code=en output-language-code={target} ! fakesink")
        want(not seen and error.matches(Habla.error_quark(), code), target, error)


def test_annotations(folder):
    seen, metas, warnings, error = run_and_read(
        subtitles(folder) + "annotatingtranslator name=x input-language-code=en output-language-code=art ! fakesink")
    want(not warnings and error is None, warnings, error)
    want([(u.text, u.annotations.corrected) for u in seen] ==
         [("Hello", "corrected hello"), ("Bye", "corrected bye")], metas)


def test_transcriber(folder):
    seen, metas, warnings, error = run_and_read(
        "audiotestsrc num-buffers=20 blocksize=3200 ! audio/x-raw,rate=16000 ! loudnesstranscriber name=x ! fakesink")
    want(not warnings and error is None, warnings, error)
    want([(u.text, u.language, u.confidence) for u in seen] == [("loud", "en", 0.5)], metas)
    want([word.text for word in seen[0].words] == ["loud"], metas)


def test_transcriber_drops(folder):
    """A flush ends the utterance without its text, and needs no confidence."""
    pipeline = Gst.parse_launch("audiotestsrc blocksize=3200 is-live=true ! audio/x-raw,rate=16000 ! "
                                "loudnesstranscriber name=x ! fakesink name=s")
    x = pipeline.get_by_name("x")
    pipeline.set_state(Gst.State.PLAYING)
    deadline = GLib.get_monotonic_time() + 60 * GLib.USEC_PER_SEC
    while x.loud == 0 and GLib.get_monotonic_time() < deadline:
        pipeline.get_bus().timed_pop_filtered(Gst.SECOND // 20, ENDS)
    want(x.loud > 0, "no audio came")
    x.get_static_pad("sink").send_event(Gst.Event.new_flush_start())
    x.get_static_pad("sink").send_event(Gst.Event.new_flush_stop(True))
    pipeline.set_state(Gst.State.NULL)
    want(x.ended, "the utterance did not end")


def test_synthesizer(folder):
    pipeline = Gst.parse_launch(subtitles(folder) + "beepsynthesizer name=x language-code=en ! fakesink")
    sizes = []
    pipeline.get_by_name("x").get_static_pad("src").add_probe(
        Gst.PadProbeType.BUFFER, lambda pad, info: sizes.append(info.get_buffer().get_size()) or Gst.PadProbeReturn.OK)
    want(run(pipeline) == ([], None), sizes)
    want(sum(sizes) == 2 * 1600 * 2, sizes)


def test_values(folder):
    want(Habla.language_get_primary("es-MX") == "es")
    try:
        Habla.language_normalize("!!")
        want(False, "a malformed code is accepted")
    except GLib.Error as error:
        want(error.matches(Habla.error_quark(), Habla.Error.LANGUAGE), error)
    pair = Habla.LanguagePair.parse("en>es>fr")
    want((pair.from_, pair.via, pair.to) == ("en", ["es"], "fr"), pair)
    text = "new york = Nueva York\n"
    glossary = Habla.Glossary.parse(text, len(text), "test")
    want([(m.begin, m.end, m.translation) for m in glossary.find("in New York")] == [(3, 11, "Nueva York")])
    utterance = Habla.Utterance.new(7, "hola", "es")
    want(Habla.Utterance.from_structure(utterance.to_structure("x")).text == "hola")
    want(Habla.Utterance.from_event(utterance.to_event()).id == 7)


def test_engines(folder):
    installed = {engine.element: engine for engine in Habla.engine_list()}
    want("subtitlereader" not in installed and "shouttranslator" in installed, installed)
    want(installed["shouttranslator"].languages == ["en>art"], installed["shouttranslator"].languages)
    want(installed["beepsynthesizer"].kind == Habla.EngineKind.SYNTHESIZER)


def main():
    # GStreamer calls elements of Python that are made by name "probably faulty"; see docs/bindings.md.
    GLib.log_set_handler("GStreamer", GLib.LogLevelFlags.LEVEL_CRITICAL, lambda *args: None)
    engines.register()
    tests = [(name[5:], test) for name, test in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        problem = ""
        with tempfile.TemporaryDirectory(prefix="habla-bindings-") as folder:
            try:
                test(folder)
            except Exception as error:  # Report any failure as TAP.
                problem = f"{type(error).__name__}: {error}"
        print(f"{'not ok' if problem else 'ok'} {number} /introspection/{name}", flush=True)
        for line in filter(None, problem.split("\n")):
            print(f"# {line}", flush=True)
    sys.stdout.flush()
    # Without the destructors of Python, which end before the threads of GStreamer do.
    os._exit(0)


if __name__ == "__main__":
    main()
