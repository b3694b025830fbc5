# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the weights of a model file of CTranslate2, version 6."""

import struct

import numpy

FORMAT_VERSION = 6
DTYPES = ["<f4", "i1", "<i2", "<i4", "<f2"]


class Reader:
    """Reads numbers and strings, little-endian. Raises ValueError at the end of the data."""

    def __init__(self, data):
        self.data = data
        self.position = 0

    def read_bytes(self, size):
        begin, self.position = self.position, self.position + size
        if self.position > len(self.data):
            raise ValueError("the model file is truncated")
        return self.data[begin : self.position]

    def read_number(self, code):
        return struct.unpack("<" + code, self.read_bytes(struct.calcsize(code)))[0]

    def read_string(self):
        return bytes(self.read_bytes(self.read_number("H"))).rstrip(b"\0").decode()


def read_variable(reader):
    name = reader.read_string()
    shape = [reader.read_number("I") for _ in range(reader.read_number("B"))]
    code = reader.read_number("B")
    if code >= len(DTYPES):
        raise ValueError(f"{name} has the unknown type {code}")
    data = reader.read_bytes(reader.read_number("I"))
    return name, numpy.frombuffer(data, DTYPES[code]).reshape(shape)


def read_weights(data):
    """Returns the specification's name, and a map from names to arrays, which refer to `data`."""
    reader = Reader(memoryview(data))
    version = reader.read_number("I")
    if version != FORMAT_VERSION:
        raise ValueError(
            f"the model file has version {version}; only {FORMAT_VERSION} is supported"
        )
    specification = reader.read_string()
    reader.read_number("I")
    weights = dict(read_variable(reader) for _ in range(reader.read_number("I")))
    for _ in range(reader.read_number("I")):
        alias = reader.read_string()
        weights[alias] = weights[reader.read_string()]
    return specification, weights
