# SPDX-License-Identifier: LGPL-2.1-or-later
"""Layers of a transformer, with the weights of a CTranslate2 model, as parts of an ONNX graph."""

import numpy

MAX_INT8 = 127


def quantize(weight):
    """Returns (out, in) weights as int8 of the shape (in, out), and the scale of each output."""
    weight = weight.astype(numpy.float32)
    scale = numpy.abs(weight).max(axis=1) / MAX_INT8
    scale[scale == 0] = 1
    return numpy.rint(weight / scale[:, None]).astype(numpy.int8).T, scale


class Layers:
    """Adds the layers of a transformer to a graph, with the weights of CTranslate2."""

    def __init__(self, graph, weights, heads):
        self.graph = graph
        self.weights = weights
        self.heads = heads
        self.shared = {}

    def add_weight(self, name):
        if name not in self.shared:
            self.shared[name] = self.graph.add_tensor(
                name, self.weights[name].astype(numpy.float32)
            )
        return self.shared[name]

    def add_quantized(self, name):
        """Returns the names of the int8 matrix and of its scales."""
        if name not in self.shared:
            matrix, scale = quantize(self.weights[name])
            self.shared[name] = (
                self.graph.add_tensor(name + "_int8", matrix),
                self.graph.add_tensor(name + "_scale", scale),
            )
        return self.shared[name]

    def norm(self, name, x):
        gamma, beta = self.add_weight(name + "/gamma"), self.add_weight(name + "/beta")
        return self.graph.add("LayerNormalization", x, gamma, beta, axis=-1, epsilon=1e-5)

    def gelu(self, x):
        add, constant = self.graph.add, self.graph.get_constant
        erf = add("Erf", add("Div", x, constant(2**0.5, "float32")))
        product = add("Mul", x, add("Add", erf, constant(1.0, "float32")))
        return add("Mul", product, constant(0.5, "float32"))

    def linear(self, name, x, bias=True):
        """ONNX Runtime recognizes these operators and executes them as one."""
        add = self.graph.add
        matrix, scales = self.add_quantized(name + "/weight")
        quantized, scale, zero = add("DynamicQuantizeLinear", x, outputs=3)
        product = add("Cast", add("MatMulInteger", quantized, matrix, zero), to=1)
        product = add("Mul", product, add("Mul", scale, scales))
        return add("Add", product, self.add_weight(name + "/bias")) if bias else product

    def convolution(self, name, x, stride):
        weight, bias = self.add_weight(name + "/weight"), self.add_weight(name + "/bias")
        return self.gelu(
            self.graph.add("Conv", x, weight, bias, kernel_shape=[3], pads=[1, 1], strides=[stride])
        )

    def split(self, x, count):
        return self.graph.add("Split", x, outputs=count, axis=-1)

    def attention(self, queries, keys, values, mask=None):
        """All three of the shape (batch, positions, state); the mask is added to the scores."""
        add, constant = self.graph.add, self.graph.get_constant

        def split_heads(x, order):
            return add("Transpose", add("Reshape", x, constant([0, 0, self.heads, -1])), perm=order)

        scores = add("MatMul", split_heads(queries, [0, 2, 1, 3]), split_heads(keys, [0, 2, 3, 1]))
        scores = add("Mul", scores, constant(0.125, "float32"))
        if mask:
            scores = add("Add", scores, mask)
        mixed = add("MatMul", add("Softmax", scores, axis=-1), split_heads(values, [0, 2, 1, 3]))
        return add("Reshape", add("Transpose", mixed, perm=[0, 2, 1, 3]), constant([0, 0, -1]))

    def feed_forward(self, name, x):
        hidden = self.gelu(self.linear(name + "/linear_0", self.norm(name + "/layer_norm", x)))
        return self.graph.add("Add", x, self.linear(name + "/linear_1", hidden))

    def stack(self, values):
        """Joins one value for each layer along a new first axis."""
        first = self.graph.get_constant([0])
        rows = [self.graph.add("Unsqueeze", value, first) for value in values]
        return self.graph.add("Concat", *rows, axis=0)

    def slice(self, x, begin, end, axis):
        return self.graph.add("Slice", x, begin, end, self.graph.get_constant([axis]))
