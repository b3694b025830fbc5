/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kernel.h"
#include "marian.h"
#include "model-file.h"

G_BEGIN_DECLS

/* The parts of the network. Activations are rows of floats, one row for each token. The order of
 * floating point operations is that of Mozilla's WebAssembly build, where that is observable:
 * sums in eight lanes, and the same polynomial for exp(). */

/**
 * MarianLinear:
 * @weights: the matrix of weights, one row for each output
 * @bias: (nullable): one value for each output
 * @sums: (owned) (nullable): sum of each row of weights, for kernels with an offset
 * @scale: stored multiplier of the activations that enter this layer
 * @arithmetic: how to multiply
 * @kernel: the kernel of @arithmetic, unused for %MARIAN_ARITHMETIC_FLOAT
 *
 * A fully connected layer.
 */
typedef struct {
  MarianTensor weights;
  const float *bias;
  gint32 *sums;
  float scale;
  MarianArithmetic arithmetic;
  const MarianKernel *kernel;
} MarianLinear;

/**
 * MarianScratch:
 * @quantized: quantised activations
 * @products: products of a kernel
 * @size_quantized: allocated size of @quantized, in bytes
 * @size_products: allocated size of @products, in bytes
 *
 * Memory that linear layers reuse. Zero-initialised is empty. For one thread at a time.
 */
typedef struct {
  guint8 *quantized;
  gint32 *products;
  gsize size_quantized;
  gsize size_products;
} MarianScratch;

/**
 * MarianNorm:
 * @scale: one value for each column
 * @bias: one value for each column
 *
 * A layer normalisation.
 */
typedef struct {
  const float *scale;
  const float *bias;
} MarianNorm;

/**
 * marian_scratch_clear:
 * @self: scratch memory
 *
 * Frees the members of @self.
 */
void marian_scratch_clear (MarianScratch *self);

/**
 * marian_linear_sum_weights:
 * @self: a layer with @weights and @kernel
 *
 * Sets @sums if @kernel needs them. Free them with g_free().
 */
void marian_linear_sum_weights (MarianLinear *self);

/**
 * marian_linear_apply:
 * @self: a layer
 * @input: rows of activations
 * @n_rows: their number
 * @output: (out caller-allocates): as many rows of outputs
 * @scratch: scratch memory
 */
void marian_linear_apply (const MarianLinear *self, const float *input, gsize n_rows, float *output,
    MarianScratch *scratch);

/**
 * marian_relu:
 * @values: (inout): values, of which negative ones become 0
 * @n: their number
 */
void marian_relu (float *values, gsize n);

/**
 * marian_norm_apply:
 * @self: a normalisation
 * @residual: rows that are added to @rows first
 * @rows: (inout): rows, each of which is normalised
 * @n_rows: their number
 * @n_columns: length of a row, a multiple of 8
 */
void marian_norm_apply (
    const MarianNorm *self, const float *residual, float *rows, gsize n_rows, gsize n_columns);

/**
 * MarianMemory:
 * @keys: keys, transposed for each head: element (head, column, token)
 * @values: rows of values, one for each token
 * @n_tokens: number of tokens
 * @stride: number of tokens for which @keys has room, a multiple of 8
 * @n_heads: number of heads
 * @n_columns: length of a row, over all heads
 *
 * What attention looks at.
 */
typedef struct {
  float *keys;
  float *values;
  gsize n_tokens;
  gsize stride;
  gsize n_heads;
  gsize n_columns;
} MarianMemory;

/**
 * marian_memory_init:
 * @self: uninitialised
 * @n_tokens: number of tokens
 * @n_heads: number of heads
 * @n_columns: length of a row
 */
void marian_memory_init (MarianMemory *self, gsize n_tokens, gsize n_heads, gsize n_columns);

/**
 * marian_memory_clear:
 * @self: a memory
 *
 * Frees the members of @self.
 */
void marian_memory_clear (MarianMemory *self);

/**
 * marian_memory_set_keys:
 * @self: a memory
 * @keys: rows of keys, one for each token
 */
void marian_memory_set_keys (MarianMemory *self, const float *keys);

/**
 * marian_attend:
 * @memory: keys and values
 * @queries: rows of queries
 * @n_rows: their number
 * @output: (out caller-allocates): as many rows
 * @weights: (out caller-allocates): room for @memory->stride floats; on return, the weights of the
 *   first head for the last row
 */
void marian_attend (
    const MarianMemory *memory, const float *queries, gsize n_rows, float *output, float *weights);

/**
 * marian_ssru_step:
 * @cell: (inout): state of the cell
 * @forget: output of the forget gate, before the sigmoid function
 * @input: input of the cell; on return its output, after the rectifier
 * @n: length of each, a multiple of 8
 *
 * One step of a simpler simple recurrent unit.
 */
void marian_ssru_step (float *cell, const float *forget, float *input, gsize n);

G_END_DECLS
