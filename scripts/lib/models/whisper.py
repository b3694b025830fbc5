# SPDX-License-Identifier: LGPL-2.1-or-later
"""Converts an English Whisper model of CTranslate2 to the files that sherpa-onnx reads.

These are two ONNX files and the tokens. Matrices become int8 with one scale for each output.
Inputs, outputs and metadata are those of the source file offline-whisper-model.cc of sherpa-onnx.
"""

import base64
import json

from ctranslate2 import read_weights
from layers import Layers
from onnx_writer import Graph

END_OF_TEXT = 50256
# Ids of Whisper's English vocabulary, for the metadata.
SPECIAL_TOKENS = {
    "eot": END_OF_TEXT,
    "sot": 50257,
    "sot_sequence": 50257,
    "translate": 50357,
    "transcribe": 50358,
    "sot_lm": 50359,
    "sot_prev": 50360,
    "no_speech": 50361,
    "no_timestamps": 50362,
    "blank_id": 220,
}


class Whisper:
    """A Whisper model of CTranslate2: its weights and sizes."""

    def __init__(self, data, config):
        specification, self.weights = read_weights(data)
        if specification != "WhisperSpec":
            raise ValueError(f"the model is a {specification}, not a WhisperSpec")
        self.config = config
        self.vocabulary, self.state = self.weights["decoder/embeddings/weight"].shape
        self.mels = self.weights["encoder/conv1/weight"].shape[1]
        self.audio_context = len(self.weights["encoder/position_encodings/encodings"])
        self.text_context = len(self.weights["decoder/position_encodings/encodings"])
        self.layers = {part: self.count_layers(part) for part in ("encoder", "decoder")}
        self.heads = {
            part: int(self.weights[part + "/num_heads"]) for part in ("encoder", "decoder")
        }
        if self.vocabulary != 51864 or self.state != 64 * self.heads["decoder"]:
            raise ValueError("the model is not one of Whisper's English models")

    def count_layers(self, part):
        layers = {name.split("/")[1] for name in self.weights if name.startswith(part + "/layer_")}
        return len(layers - {"layer_norm"})

    def get_metadata(self, name):
        """Returns the metadata of the encoder file."""
        suppressed = [token for token in self.config["suppress_ids"] if token < END_OF_TEXT]
        return SPECIAL_TOKENS | {
            "model_type": f"whisper-{name}",
            "version": 1,
            "maintainer": "habla",
            "is_multilingual": 0,
            "sot_index": 0,
            "non_speech_tokens": ",".join(map(str, suppressed)),
            "n_mels": self.mels,
            "n_audio_ctx": self.audio_context,
            "n_audio_state": self.state,
            "n_audio_head": self.heads["encoder"],
            "n_audio_layer": self.layers["encoder"],
            "n_vocab": self.vocabulary,
            "n_text_ctx": self.text_context,
            "n_text_state": self.state,
            "n_text_head": self.heads["decoder"],
            "n_text_layer": self.layers["decoder"],
        }

    def encode_encoder(self, name):
        """Returns the ONNX file of the encoder, whose outputs the cross attention reads."""
        graph = Graph("encoder")
        layers = Layers(graph, self.weights, self.heads["encoder"])
        add = graph.add
        mel = graph.add_input("mel", "float32", ["N", self.mels, "T"])
        x = layers.convolution("encoder/conv1", mel, 1)
        x = add("Transpose", layers.convolution("encoder/conv2", x, 2), perm=[0, 2, 1])
        length = add("Shape", x, start=1, end=2)
        positions = layers.add_weight("encoder/position_encodings/encodings")
        x = add("Add", x, layers.slice(positions, graph.get_constant([0]), length, 0))
        for i in range(self.layers["encoder"]):
            layer = f"encoder/layer_{i}/"
            normed = layers.norm(layer + "self_attention/layer_norm", x)
            parts = layers.split(layers.linear(layer + "self_attention/linear_0", normed), 3)
            mixed = layers.attention(*parts)
            x = add("Add", x, layers.linear(layer + "self_attention/linear_1", mixed))
            x = layers.feed_forward(layer + "ffn", x)
        x = layers.norm("encoder/layer_norm", x)
        decoder_layers = range(self.layers["decoder"])
        cross = [
            layers.split(layers.linear(f"decoder/layer_{i}/attention/linear_1", x), 2)
            for i in decoder_layers
        ]
        for output, values in zip(("n_layer_cross_k", "n_layer_cross_v"), zip(*cross)):
            shape = [len(decoder_layers), "N", "A", self.state]
            graph.add_output(output, layers.stack(values), "float32", shape)
        return graph.encode_model(self.get_metadata(name))

    def add_mask(self, graph, offset, end):
        """Returns numbers of the shape (new positions, all positions) that hide later positions."""
        add, constant = graph.add, graph.get_constant
        one, scalar = constant(1), constant([])
        begin, end = add("Reshape", offset, scalar), add("Reshape", end, scalar)
        new = add("Unsqueeze", add("Range", begin, end, one), constant([1]))
        later = add("Greater", add("Range", constant(0), end, one), new)
        return add("Mul", add("Cast", later, to=1), constant(-1e9, "float32"))

    def add_embedding(self, layers, tokens):
        """Looks tokens up in the int8 matrix of the output layer, so that it is stored once."""
        add = layers.graph.add
        matrix, scales = layers.add_quantized("decoder/embeddings/weight")
        columns = add("Cast", add("Gather", matrix, tokens, axis=1), to=1)
        scale = add("Gather", scales, tokens, axis=0)
        scale = add("Unsqueeze", scale, layers.graph.get_constant([2]))
        return add("Mul", add("Transpose", columns, perm=[1, 2, 0]), scale)

    def encode_decoder(self):
        """Returns the ONNX file of the decoder, which adds new tokens to the caches."""
        graph = Graph("decoder")
        layers = Layers(graph, self.weights, self.heads["decoder"])
        add, constant = graph.add, graph.get_constant
        count = self.layers["decoder"]
        cache_shape = [count, "N", self.text_context, self.state]
        cross_shape = [count, "N", "A", self.state]
        tokens = graph.add_input("tokens", "int64", ["N", "n"])
        caches = [
            graph.add_input(f"in_n_layer_self_{kind}_cache", "float32", cache_shape)
            for kind in "kv"
        ]
        cross = [graph.add_input(f"n_layer_cross_{kind}", "float32", cross_shape) for kind in "kv"]
        offset = graph.add_input("offset", "int64", [1])

        end = add("Add", offset, add("Shape", tokens, start=1, end=2))
        mask = self.add_mask(graph, offset, end)
        before = [layers.slice(cache, constant([0]), offset, 2) for cache in caches]
        after = [layers.slice(cache, end, constant([self.text_context]), 2) for cache in caches]
        positions = layers.slice(
            layers.add_weight("decoder/position_encodings/encodings"), offset, end, 0
        )
        x = add("Add", self.add_embedding(layers, tokens), positions)
        new = []
        for i in range(count):
            layer, index = f"decoder/layer_{i}/", constant(i)
            normed = layers.norm(layer + "self_attention/layer_norm", x)
            queries, *pair = layers.split(
                layers.linear(layer + "self_attention/linear_0", normed), 3
            )
            new.append(pair)
            keys, values = (
                add("Concat", add("Gather", old, index, axis=0), part, axis=1)
                for old, part in zip(before, pair)
            )
            mixed = layers.attention(queries, keys, values, mask)
            x = add("Add", x, layers.linear(layer + "self_attention/linear_1", mixed))
            normed = layers.norm(layer + "attention/layer_norm", x)
            queries = layers.linear(layer + "attention/linear_0", normed)
            mixed = layers.attention(
                queries, *(add("Gather", part, index, axis=0) for part in cross)
            )
            x = add("Add", x, layers.linear(layer + "attention/linear_2", mixed))
            x = layers.feed_forward(layer + "ffn", x)
        logits = layers.linear(
            "decoder/embeddings", layers.norm("decoder/layer_norm", x), bias=False
        )
        graph.add_output("logits", logits, "float32", ["N", "n", self.vocabulary])
        for kind, old, parts, rest in zip("kv", before, zip(*new), after):
            cache = add("Concat", old, layers.stack(parts), rest, axis=2)
            graph.add_output(f"out_n_layer_self_{kind}_cache", cache, "float32", cache_shape)
        return graph.encode_model({})


def make_byte_map():
    """Returns GPT-2's map from printable characters to bytes."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    escaped = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {
        chr(256 + i): byte for i, byte in enumerate(escaped)
    }


def encode_tokens(vocabulary):
    """Converts CTranslate2's vocabulary, one token a line, to sherpa-onnx's tokens file."""
    byte_map = make_byte_map()
    lines = vocabulary.split("\n")[:END_OF_TEXT]
    tokens = (bytes(byte_map[character] for character in line) for line in lines)
    return "".join(f"{base64.b64encode(token).decode()} {i}\n" for i, token in enumerate(tokens))


def convert(source, target, name):
    """Converts the model in the folder `source` to files NAME-… in the folder `target`."""
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    model = Whisper((source / "model.bin").read_bytes(), config)
    vocabulary = (source / "vocabulary.txt").read_bytes().decode()
    (target / f"{name}-encoder.int8.onnx").write_bytes(model.encode_encoder(name))
    (target / f"{name}-decoder.int8.onnx").write_bytes(model.encode_decoder())
    (target / f"{name}-tokens.txt").write_text(encode_tokens(vocabulary), encoding="utf-8")
