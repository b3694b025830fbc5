/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Packed weights are in blocks of this many outputs. In a block, four inputs of all outputs follow
 * each other: element (input / 4, output, input % 4). So the products of a vector of weights are
 * those of different outputs, and no vector has to be summed up. */
#define MARIAN_KERNEL_BLOCK 16
/* The number of outputs is a multiple of this. */
#define MARIAN_KERNEL_OUTPUTS 64

/**
 * MarianProduct:
 * @values: rows of quantised activations, each of @n_inputs signed bytes; for a saturating kernel,
 *   of unsigned bytes, to which 127 was added
 * @sums: sum of each row of @values
 * @n_rows: number of rows
 * @weights: packed weights, aligned to 64 bytes
 * @n_inputs: number of inputs, a multiple of 64
 * @n_outputs: number of outputs, a multiple of %MARIAN_KERNEL_OUTPUTS
 * @result: (out caller-allocates): element (row, output) is result[row * stride + output]
 * @stride: distance of two rows of @result
 *
 * Operands of a multiplication.
 */
typedef struct {
  const gint8 *values;
  const gint32 *sums;
  gsize n_rows;
  const guint8 *weights;
  gsize n_inputs;
  gsize n_outputs;
  gint32 *result;
  gsize stride;
} MarianProduct;

/**
 * MarianKernel:
 * @name: for logs and tests
 * @saturating: whether the products of two neighbours are added with saturation to 16 bits, as the
 *   instruction pmaddubsw does
 * @weight_offset: 128 if packed weights are unsigned, 0 if they are signed
 * @is_supported: whether this processor has the instructions
 * @multiply: computes a product
 *
 * Multiplication of 8-bit integers with sums of 32 bits.
 */
typedef struct {
  const char *name;
  gboolean saturating;
  guint8 weight_offset;
  gboolean (*is_supported) (void);
  void (*multiply) (const MarianProduct *product);
} MarianKernel;

/* Exact, on every processor. */
extern const MarianKernel marian_kernel_plain;
/* Saturating, on every processor. */
extern const MarianKernel marian_kernel_plain_saturating;
#ifdef __x86_64__
extern const MarianKernel marian_kernel_avx2;
extern const MarianKernel marian_kernel_avx2_saturating;
extern const MarianKernel marian_kernel_avx512_vnni;
#endif
#ifdef __aarch64__
extern const MarianKernel marian_kernel_neon;
#endif

/**
 * marian_kernel_list:
 *
 * Returns: (array zero-terminated=1): all kernels, the fastest first
 */
const MarianKernel *const *marian_kernel_list (void);

/**
 * marian_kernel_get_best:
 * @saturating: whether sums of two products saturate to 16 bits
 *
 * Returns: the fastest kernel that this processor supports
 */
const MarianKernel *marian_kernel_get_best (gboolean saturating);

/**
 * marian_kernel_pad:
 * @n_outputs: number of outputs
 *
 * Returns: @n_outputs, rounded up to a multiple of %MARIAN_KERNEL_OUTPUTS
 */
gsize marian_kernel_pad (gsize n_outputs);

/**
 * marian_kernel_pack_row:
 * @self: a kernel
 * @weights: (nullable): the weights of one output, or %NULL for zeros
 * @n_inputs: their number
 * @output: index of the output
 * @packed: (inout): packed weights
 *
 * Copies the weights of an output to their place. Each output of @packed, up to its padded number,
 * has to be set.
 */
void marian_kernel_pack_row (
    const MarianKernel *self, const gint8 *weights, gsize n_inputs, gsize output, guint8 *packed);

G_END_DECLS
