# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prepares a Piper voice for sherpa-onnx: tokens in a text file, settings in the ONNX file."""

import json
import shutil

from onnx_writer import encode_metadata


def encode_tokens(phoneme_ids):
    """Converts the map from phonemes to lists of one id, to lines of a phoneme and its id."""
    return "".join(f"{phoneme} {identifier}\n" for phoneme, (identifier,) in phoneme_ids.items())


def get_metadata(voice):
    """Returns the metadata that sherpa-onnx requires, from the JSON description of a voice."""
    return {
        "model_type": "vits",
        "comment": "piper",
        "language": voice["language"]["name_english"],
        "voice": voice["espeak"]["voice"],
        "version": 1,
        "has_espeak": 1,
        "has_g2pw": 0,
        "n_speakers": voice["num_speakers"],
        "sample_rate": voice["audio"]["sample_rate"],
    }


def convert(source, target, name):
    """Copies NAME.onnx and NAME.onnx.json to the folder `target`, and adds tokens and metadata."""
    description = source / f"{name}.onnx.json"
    voice = json.loads(description.read_text(encoding="utf-8"))
    shutil.copyfile(description, target / description.name)
    shutil.copyfile(source / f"{name}.onnx", target / f"{name}.onnx")
    with (target / f"{name}.onnx").open("ab") as model:
        model.write(encode_metadata(get_metadata(voice)))
    (target / "tokens.txt").write_text(encode_tokens(voice["phoneme_id_map"]), encoding="utf-8")
