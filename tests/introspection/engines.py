# SPDX-License-Identifier: LGPL-2.1-or-later
"""Engines outside of Habla's sources, in Python: a translator, a synthesizer and a transcriber.

register() makes them elements of this process: shouttranslator, beepsynthesizer, loudnesstranscriber.
"""
import array
import math

import gi

gi.require_version("Gst", "1.0")
gi.require_version("Habla", "1.0")
from gi.repository import GLib, Gst, Habla

# The base classes need the types of GStreamer.
Gst.init(None)


class ShoutTranslator(Habla.Translator):
    """Translates English into upper case. The functions run in threads of the base class."""

    METADATA = ("Shout", "Filter/Text", "Translates English into louder English", "Habla developers")

    def do_start(self, input_language, output_language):
        if output_language == "fr":
            raise ValueError("an exception that is no GLib.Error")
        if output_language != "art":
            raise GLib.Error.new_literal(Habla.error_quark(), f"There is no {output_language} here",
                                         Habla.Error.LANGUAGE)
        return True

    def do_translate(self, text, cancellable):
        if text == "raise":
            raise ValueError("an exception that is no GLib.Error")
        return text.upper()

    def do_list_pairs(self):
        return ["en>art"]


class AnnotatingTranslator(Habla.Translator):
    """Also finds errors and phrases in final utterances."""

    METADATA = ("Annotator", "Filter/Text", "Annotates", "Habla developers")

    def do_start(self, input_language, output_language):
        return True

    def do_translate(self, text, cancellable):
        return text.upper()

    def do_translate_final(self, utterance, cancellable):
        annotations = Habla.Annotations.new()
        annotations.set_corrected("corrected " + utterance.text)
        return utterance.text.title(), annotations


class BeepSynthesizer(Habla.Synthesizer):
    """Speaks a tenth of a second of tone for each word."""

    METADATA = ("Beep", "Source/Audio/Text", "Speaks in beeps", "Habla developers")

    def do_start(self, language):
        self.set_rate(16000)
        return True

    def do_synthesize(self, text, language, speed, cancellable):
        tone = [round(8000 * math.sin(i / 5)) for i in range(1600)]
        for _ in text.split():
            if not self.push(tone):
                break
        return True

    def do_list_languages(self):
        return ["en"]


class LoudnessTranscriber(Habla.Transcriber):
    """Counts the loud samples of each utterance."""

    METADATA = ("Loudness", "Filter/Audio/Text", "Counts loud samples", "Habla developers")

    def do_start(self, language):
        self.loud, self.ended = 0, False
        return True

    def do_stop(self):
        pass

    def do_begin(self):
        self.loud = 0
        return True

    def do_feed(self, samples, n_samples):
        n_loud = sum(abs(sample) > 1000 for sample in samples)
        self.loud += n_loud
        return True, n_loud > 0

    def do_end(self):
        self.ended = True
        return ("loud" if self.loud else ""), 0.5

    def do_describe(self, transcription):
        transcription.add_word("loud", 0, self.loud)

    def do_list_languages(self):
        return ["en"]


def register():
    Habla.utterance_meta_register()
    for name, engine in (("shouttranslator", ShoutTranslator), ("annotatingtranslator", AnnotatingTranslator),
                         ("beepsynthesizer", BeepSynthesizer), ("loudnesstranscriber", LoudnessTranscriber)):
        engine.set_metadata(*engine.METADATA)
        Gst.Element.register(None, name, Gst.Rank.NONE, engine)
