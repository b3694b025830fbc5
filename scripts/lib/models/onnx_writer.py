# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes ONNX models without the onnx package.

An ONNX file is one protobuf message, ModelProto. The field numbers below are those of onnx.proto3
in the ONNX project.
"""

import numpy

IR_VERSION = 8
OPSET_VERSION = 17

TENSOR_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7, "bool": 9}
ATTRIBUTE_FLOAT, ATTRIBUTE_INT, ATTRIBUTE_INTS = 1, 2, 7


def encode_varint(value):
    """Encodes an integer of protobuf; negative numbers as 64-bit two's complement."""
    value &= (1 << 64) - 1
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def encode_field(number, value):
    """Encodes one field: an int as varint, a float as 32 bits, others with their length."""
    if isinstance(value, int):
        return encode_varint(number << 3) + encode_varint(value)
    if isinstance(value, float):
        return encode_varint(number << 3 | 5) + numpy.float32(value).tobytes()
    if isinstance(value, str):
        value = value.encode()
    return encode_varint(number << 3 | 2) + encode_varint(len(value)) + value


def encode_message(*fields):
    """Encodes a message from pairs of a field number and a value."""
    return b"".join(encode_field(number, value) for number, value in fields)


def encode_metadata(entries):
    """Encodes a map of strings as fields `metadata_props` of ModelProto.

    Protobuf merges concatenated messages: the result may be appended to an existing ONNX file.
    """
    return b"".join(
        encode_field(14, encode_message((1, key), (2, str(value))))
        for key, value in entries.items()
    )


def encode_attribute(name, value):
    if isinstance(value, float):
        return encode_message((1, name), (2, value), (20, ATTRIBUTE_FLOAT))
    if isinstance(value, int):
        return encode_message((1, name), (3, value), (20, ATTRIBUTE_INT))
    return encode_message((1, name), *((8, item) for item in value), (20, ATTRIBUTE_INTS))


def encode_tensor(name, array):
    dims = ((1, size) for size in array.shape)
    return encode_message(
        *dims, (2, TENSOR_TYPES[array.dtype.name]), (8, name), (9, array.tobytes())
    )


def encode_value_info(name, dtype, shape):
    """Describes an input or output of the graph; a size that varies is a string."""
    sizes = [
        encode_field(1, encode_field(1 if isinstance(size, int) else 2, size)) for size in shape
    ]
    tensor_type = encode_message((1, TENSOR_TYPES[dtype]), (2, b"".join(sizes)))
    return encode_message((1, name), (2, encode_field(1, tensor_type)))


class Graph:
    """A graph under construction: add() appends an operator and returns the name of its output."""

    def __init__(self, name):
        self.name = name
        self.parts = []
        self.constants = {}
        self.count = 0

    def add(self, operator, *inputs, outputs=1, **attributes):
        """Appends an operator. Returns its output, or a list of outputs if there are several."""
        self.count += 1
        names = [f"{operator}_{self.count}_{i}" for i in range(outputs)]
        fields = [(1, item) for item in inputs] + [(2, item) for item in names]
        fields += [(3, f"{operator}_{self.count}"), (4, operator)]
        fields += [(5, encode_attribute(key, value)) for key, value in attributes.items()]
        self.parts.append((1, encode_message(*fields)))
        return names[0] if outputs == 1 else names

    def add_tensor(self, name, array):
        """Appends a tensor and returns its name."""
        self.parts.append((5, encode_tensor(name, array)))
        return name

    def get_constant(self, value, dtype="int64"):
        """Returns the name of a small tensor, which is stored once."""
        name = f"{dtype}_{value}".replace(" ", "")
        if name not in self.constants:
            self.constants[name] = self.add_tensor(name, numpy.array(value, dtype))
        return name

    def add_input(self, name, dtype, shape):
        self.parts.append((11, encode_value_info(name, dtype, shape)))
        return name

    def add_output(self, name, source, dtype, shape):
        """Makes the value `source` an output of the graph that is called `name`."""
        self.parts.append((1, encode_message((1, source), (2, name), (4, "Identity"))))
        self.parts.append((12, encode_value_info(name, dtype, shape)))

    def encode_model(self, metadata):
        """Returns the bytes of an ONNX file with the graph."""
        graph = encode_message(*self.parts, (2, self.name))
        opset = encode_message((1, ""), (2, OPSET_VERSION))
        return encode_message(
            (1, IR_VERSION), (2, "habla"), (7, graph), (8, opset)
        ) + encode_metadata(metadata)
