#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Translates lines with a Marian model in 32-bit floating point, slowly. Needs numpy and sentencepiece.

usage: reference.py FOLDER <LINES >TRANSLATIONS

Shares no code with the engine: the file formats and the arithmetic are written here once more.
"""
import glob
import math
import struct
import sys

import numpy
import sentencepiece

FLOAT32, INTGEMM8 = 0x0404, 0x4101


def read_model(path):
    """Returns the tensors by name, as float32; weights as (inputs, outputs); and the configuration."""
    data = open(path, "rb").read()
    _version, count = struct.unpack_from("<QQ", data)
    headers = [struct.unpack_from("<QQQQ", data, 16 + 32 * i) for i in range(count)]
    place = 16 + 32 * count
    names = []
    for header in headers:
        names.append(data[place : place + header[0] - 1].decode())
        place += header[0]
    shapes = []
    for header in headers:
        shapes.append(struct.unpack_from(f"<{header[2]}i", data, place))
        place += 4 * header[2]
    place += 8 + struct.unpack_from("<Q", data, place)[0]
    tensors, config = {}, {}
    for header, name, shape in zip(headers, names, shapes):
        size = math.prod(shape)
        if name == "special:model.yml":
            text = data[place : place + header[3]].split(b"\0")[0].decode()
            config = dict(line.split(": ", 1) for line in text.split("\n") if ": " in line)
        elif header[1] == FLOAT32:
            tensors[name] = numpy.frombuffer(data, "<f4", size, place)
        elif header[1] == INTGEMM8 and not name.endswith("_QuantMultA"):
            scale = numpy.float32(1) / numpy.float32(struct.unpack_from("<f", data, place + size)[0])
            values = numpy.frombuffer(data, "i1", size, place).astype("f4") * scale
            is_embedding = name.endswith("Wemb")
            tensors[name] = values.reshape(shape) if is_embedding else values.reshape(shape[::-1]).T
        place += header[3]
    return tensors, config


class Model:
    def __init__(self, folder):
        self.tensors, self.config = read_model(glob.glob(folder + "/model*.bin")[0])
        self.tokens = sentencepiece.SentencePieceProcessor(glob.glob(folder + "/vocab*.spm")[0])
        self.heads = int(self.config["transformer-heads"])
        self.size = int(self.config["dim-emb"])
        shortlist = open(glob.glob(folder + "/lex*.bin")[0], "rb").read()
        _magic, _check, self.frequent, _best, n_offsets, n_ids = struct.unpack_from("<6Q", shortlist)
        self.offsets = numpy.frombuffer(shortlist, "<u8", n_offsets, 48)
        self.candidates = numpy.frombuffer(shortlist, "<u4", n_ids, 48 + 8 * n_offsets)

    def select(self, source):
        chosen = set(range(self.frequent)) | set(source)
        for token in source:
            chosen.update(self.candidates[int(self.offsets[token]) : int(self.offsets[token + 1])])
        extra = self.frequent
        while len(chosen) % 8:
            chosen.add(extra)
            extra += 1
        return numpy.array(sorted(int(token) for token in chosen))

    def linear(self, prefix, suffix, rows):
        bias = self.tensors.get(f"{prefix}b{suffix}", numpy.float32(0))
        return rows @ self.tensors[f"{prefix}W{suffix}"] + bias

    def normalize(self, prefix, rows):
        centred = rows - rows.mean(-1, keepdims=True, dtype="f4")
        variance = (centred * centred).mean(-1, keepdims=True, dtype="f4")
        scale, bias = self.tensors[prefix + "_ln_scale"], self.tensors[prefix + "_ln_bias"]
        return scale * (centred / numpy.sqrt(variance + numpy.float32(1e-6))) + bias

    def embed(self, rows, first):
        half = self.size // 2
        step = numpy.log(numpy.float32(10000)) / numpy.float32(half - 1)
        positions = numpy.arange(first, first + len(rows), dtype="f4")[:, None]
        angles = positions * numpy.exp(numpy.arange(half, dtype="f4") * -step)[None]
        encoding = numpy.concatenate([numpy.sin(angles), numpy.cos(angles)], 1).astype("f4")
        return numpy.float32(math.sqrt(self.size)) * rows + encoding

    def split(self, rows):
        return rows.reshape(len(rows), self.heads, -1).transpose(1, 0, 2)

    def attend(self, prefix, rows, memory):
        query = self.split(self.linear(prefix, "q", rows))
        key, value = (self.split(self.linear(prefix, name, memory)) for name in "kv")
        scores = query @ key.transpose(0, 2, 1) * numpy.float32(math.sqrt(self.heads / self.size))
        weights = numpy.exp(scores - scores.max(-1, keepdims=True))
        mixed = weights / weights.sum(-1, keepdims=True) @ value
        output = self.linear(prefix, "o", mixed.transpose(1, 0, 2).reshape(len(rows), self.size))
        return self.normalize(prefix + "Wo", output + rows)

    def feed_forward(self, prefix, rows):
        hidden = numpy.maximum(self.linear(prefix, "1", rows), 0)
        return self.normalize(prefix + "ffn", self.linear(prefix, "2", hidden) + rows)

    def encode(self, source):
        rows = self.embed(self.tensors["Wemb"][source], 0)
        for layer in range(1, int(self.config["enc-depth"]) + 1):
            rows = self.attend(f"encoder_l{layer}_self_", rows, rows)
            rows = self.feed_forward(f"encoder_l{layer}_ffn_", rows)
        return rows

    def translate(self, text):
        end, unknown = self.tokens.eos_id(), self.tokens.unk_id()
        source = self.tokens.encode(text) + [end]
        memory = self.encode(source)
        selected = self.select(source)
        weights = self.tensors["Wemb"][selected].T
        bias = self.tensors["decoder_ff_logit_out_b"][selected]
        layers = range(1, int(self.config["dec-depth"]) + 1)
        cells = {layer: numpy.zeros((1, self.size), "f4") for layer in layers}
        row, result = numpy.zeros((1, self.size), "f4"), []
        while len(result) < max(2 * len(source), len(source) + 20):
            state = self.embed(row, len(result))
            for layer in layers:
                prefix = f"decoder_l{layer}_rnn_"
                forget = 1 / (1 + numpy.exp(-self.linear(prefix, "f", state)))
                cells[layer] = forget * cells[layer] + (1 - forget) * self.linear(prefix, "", state)
                state = self.normalize(prefix + "ffn", numpy.maximum(cells[layer], 0) + state)
                state = self.attend(f"decoder_l{layer}_context_", state, memory)
                state = self.feed_forward(f"decoder_l{layer}_ffn_", state)
            scores = (state @ weights + bias)[0]
            scores[selected == unknown] = -numpy.inf
            token = int(selected[scores.argmax()])
            if token == end:
                break
            result.append(token)
            row = self.tensors["Wemb"][[token]]
        return self.tokens.decode(result).strip()


def main():
    model = Model(sys.argv[1])
    for line in sys.stdin:
        print(model.translate(line.rstrip("\n")))


if __name__ == "__main__":
    main()
