/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel.h"

#ifdef __aarch64__
#include <arm_neon.h>
#include <sys/auxv.h>

#ifndef HWCAP_ASIMDDP
#define HWCAP_ASIMDDP (1 << 20)
#endif

#define DOT __attribute__ ((target ("arch=armv8.2-a+dotprod")))
/* Vectors of a block. */
#define N_VECTORS 4

static gboolean
has_dot_product (void)
{
  return (getauxval (AT_HWCAP) & HWCAP_ASIMDDP) != 0;
}

/* Four inputs of a block, with those of each row */
DOT static inline __attribute__ ((always_inline)) void
neon_add_group (int32x4_t sums[][N_VECTORS], const int8x16_t *x, gsize n_rows, const gint8 *weights,
    const int lane)
{
  for (gsize j = 0; j < N_VECTORS; j++) {
    int8x16_t w = vld1q_s8 (weights + j * sizeof w);

    for (gsize i = 0; i < n_rows; i++)
      sums[i][j] = vdotq_laneq_s32 (sums[i][j], w, x[i], lane);
  }
}

/* @n_rows, at most 4, by one block */
DOT static inline __attribute__ ((always_inline)) void
neon_multiply_tile (const MarianProduct *product, gsize row, gsize n_rows, gsize output)
{
  const gint8 *weights = (const gint8 *) product->weights + output * product->n_inputs;
  int32x4_t sums[4][N_VECTORS];

  for (gsize i = 0; i < n_rows; i++)
    for (gsize j = 0; j < N_VECTORS; j++)
      sums[i][j] = vdupq_n_s32 (0);
  for (gsize input = 0; input < product->n_inputs; input += 16) {
    int8x16_t x[4];

    for (gsize i = 0; i < n_rows; i++)
      x[i] = vld1q_s8 (product->values + (row + i) * product->n_inputs + input);
    neon_add_group (sums, x, n_rows, weights, 0);
    neon_add_group (sums, x, n_rows, weights + 4 * MARIAN_KERNEL_BLOCK, 1);
    neon_add_group (sums, x, n_rows, weights + 8 * MARIAN_KERNEL_BLOCK, 2);
    neon_add_group (sums, x, n_rows, weights + 12 * MARIAN_KERNEL_BLOCK, 3);
    weights += 16 * MARIAN_KERNEL_BLOCK;
  }
  for (gsize i = 0; i < n_rows; i++)
    for (gsize j = 0; j < N_VECTORS; j++)
      vst1q_s32 (product->result + (row + i) * product->stride + output + 4 * j, sums[i][j]);
}

DOT static void
neon_multiply (const MarianProduct *product)
{
  for (gsize output = 0; output < product->n_outputs; output += MARIAN_KERNEL_BLOCK) {
    gsize row = 0;

    for (; row + 4 <= product->n_rows; row += 4)
      neon_multiply_tile (product, row, 4, output);
    for (; row + 2 <= product->n_rows; row += 2)
      neon_multiply_tile (product, row, 2, output);
    if (row < product->n_rows)
      neon_multiply_tile (product, row, 1, output);
  }
}

const MarianKernel marian_kernel_neon = {
  .name = "neon-dot",
  .is_supported = has_dot_product,
  .multiply = neon_multiply,
};
#endif
