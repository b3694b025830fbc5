/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each kernel computes a tile at once, some rows of values by some vectors of outputs, whose sums
 * stay in registers. */
#include "kernel.h"

#ifdef __x86_64__
#include <immintrin.h>
#include <string.h>

/* AddressSanitizer does not align the stack as vectors of 512 bits need it. */
#define AVX2 __attribute__ ((target ("avx2"), no_sanitize_address))
#define VNNI \
  __attribute__ ((target ("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni"), no_sanitize_address))
#define INLINE static inline __attribute__ ((always_inline))

/* Bytes of four inputs of a block. */
#define GROUP_BYTES (4 * MARIAN_KERNEL_BLOCK)

static gboolean
has_avx2 (void)
{
  return __builtin_cpu_supports ("avx2");
}

static gboolean
has_avx512_vnni (void)
{
  return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
         __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq") &&
         __builtin_cpu_supports ("avx512vnni");
}

/* Four values of a row */
INLINE gint32
load_group (const MarianProduct *product, gsize row, gsize input)
{
  gint32 group;

  memcpy (&group, product->values + row * product->n_inputs + input, sizeof group);
  return group;
}

/* Products of signed bytes are exact here: the first factor is without its sign, which the second
 * takes over, so a sum of two products is at most 2 * 127 * 127. */
AVX2 INLINE __m256i
avx2_dot (__m256i x, __m256i w, gboolean saturating)
{
  __m256i pairs = saturating ? _mm256_maddubs_epi16 (x, w)
                             : _mm256_maddubs_epi16 (_mm256_abs_epi8 (x), _mm256_sign_epi8 (w, x));

  return _mm256_madd_epi16 (pairs, _mm256_set1_epi16 (1));
}

/* @n_rows by one block, which is two vectors */
AVX2 INLINE void
avx2_multiply_tile (
    const MarianProduct *product, gsize row, gsize n_rows, gsize output, gboolean saturating)
{
  const guint8 *weights = product->weights + output * product->n_inputs;
  __m256i sums[4][2];

  for (gsize i = 0; i < n_rows; i++)
    sums[i][0] = sums[i][1] = _mm256_setzero_si256 ();
  for (gsize input = 0; input < product->n_inputs; input += 4, weights += GROUP_BYTES) {
    __m256i first = _mm256_loadu_si256 ((const void *) weights);
    __m256i second = _mm256_loadu_si256 ((const void *) (weights + sizeof first));

    for (gsize i = 0; i < n_rows; i++) {
      __m256i x = _mm256_set1_epi32 (load_group (product, row + i, input));

      sums[i][0] = _mm256_add_epi32 (sums[i][0], avx2_dot (x, first, saturating));
      sums[i][1] = _mm256_add_epi32 (sums[i][1], avx2_dot (x, second, saturating));
    }
  }
  for (gsize i = 0; i < n_rows; i++) {
    gint32 *result = product->result + (row + i) * product->stride + output;

    _mm256_storeu_si256 ((void *) result, sums[i][0]);
    _mm256_storeu_si256 ((void *) (result + 8), sums[i][1]);
  }
}

AVX2 INLINE void
avx2_multiply_any (const MarianProduct *product, gboolean saturating)
{
  for (gsize output = 0; output < product->n_outputs; output += MARIAN_KERNEL_BLOCK) {
    gsize row = 0;

    for (; row + 4 <= product->n_rows; row += 4)
      avx2_multiply_tile (product, row, 4, output, saturating);
    for (; row + 2 <= product->n_rows; row += 2)
      avx2_multiply_tile (product, row, 2, output, saturating);
    if (row < product->n_rows)
      avx2_multiply_tile (product, row, 1, output, saturating);
  }
}

AVX2 static void
avx2_multiply (const MarianProduct *product)
{
  avx2_multiply_any (product, FALSE);
}

AVX2 static void
avx2_multiply_saturating (const MarianProduct *product)
{
  avx2_multiply_any (product, TRUE);
}

/* The instruction multiplies unsigned by signed bytes. So 128 was added to each weight, which adds
 * 128 times the sum of a row of values to its products.
 *
 * @n_rows: at most 12 for two blocks, 4 for four blocks */
VNNI INLINE void
vnni_multiply_tile (
    const MarianProduct *product, gsize row, gsize n_rows, gsize output, gsize n_blocks)
{
  const guint8 *weights = product->weights + output * product->n_inputs;
  __m512i sums[12][4];

  for (gsize i = 0; i < n_rows; i++)
    for (gsize j = 0; j < n_blocks; j++)
      sums[i][j] = _mm512_set1_epi32 (-128 * product->sums[row + i]);
  for (gsize input = 0; input < product->n_inputs; input += 4, weights += GROUP_BYTES) {
    __m512i w[4];

    for (gsize j = 0; j < n_blocks; j++)
      w[j] = _mm512_loadu_si512 (weights + j * MARIAN_KERNEL_BLOCK * product->n_inputs);
    for (gsize i = 0; i < n_rows; i++) {
      __m512i x = _mm512_set1_epi32 (load_group (product, row + i, input));

      for (gsize j = 0; j < n_blocks; j++)
        sums[i][j] = _mm512_dpbusd_epi32 (sums[i][j], w[j], x);
    }
  }
  for (gsize i = 0; i < n_rows; i++)
    for (gsize j = 0; j < n_blocks; j++)
      _mm512_storeu_si512 (
          product->result + (row + i) * product->stride + output + j * MARIAN_KERNEL_BLOCK,
          sums[i][j]);
}

/* A tile of a fixed number of rows, so that its sums are registers */
#define VNNI_TILE(n_rows, n_blocks) \
  VNNI static void vnni_multiply_##n_rows##_rows ( \
      const MarianProduct *product, gsize row, gsize output) \
  { \
    for (gsize i = 0; i < MARIAN_KERNEL_OUTPUTS; i += (n_blocks) *MARIAN_KERNEL_BLOCK) \
      vnni_multiply_tile (product, row, n_rows, output + i, n_blocks); \
  }

VNNI_TILE (1, 4)
VNNI_TILE (2, 4)
VNNI_TILE (3, 4)
VNNI_TILE (4, 4)
VNNI_TILE (5, 2)
VNNI_TILE (6, 2)
VNNI_TILE (7, 2)
VNNI_TILE (8, 2)
VNNI_TILE (9, 2)
VNNI_TILE (10, 2)
VNNI_TILE (11, 2)
VNNI_TILE (12, 2)

static void
vnni_multiply (const MarianProduct *product)
{
  static void (*const tiles[]) (const MarianProduct *, gsize, gsize) = { vnni_multiply_1_rows,
    vnni_multiply_2_rows, vnni_multiply_3_rows, vnni_multiply_4_rows, vnni_multiply_5_rows,
    vnni_multiply_6_rows, vnni_multiply_7_rows, vnni_multiply_8_rows, vnni_multiply_9_rows,
    vnni_multiply_10_rows, vnni_multiply_11_rows, vnni_multiply_12_rows };
  gsize n_tiles = (product->n_rows + G_N_ELEMENTS (tiles) - 1) / G_N_ELEMENTS (tiles);

  for (gsize output = 0; output < product->n_outputs; output += MARIAN_KERNEL_OUTPUTS)
    for (gsize i = 0, row = 0; i < n_tiles; i++) {
      gsize end = product->n_rows * (i + 1) / n_tiles;

      tiles[end - row - 1](product, row, output);
      row = end;
    }
}

const MarianKernel marian_kernel_avx2 = {
  .name = "avx2",
  .is_supported = has_avx2,
  .multiply = avx2_multiply,
};

const MarianKernel marian_kernel_avx2_saturating = {
  .name = "avx2-saturating",
  .saturating = TRUE,
  .is_supported = has_avx2,
  .multiply = avx2_multiply_saturating,
};

const MarianKernel marian_kernel_avx512_vnni = {
  .name = "avx512-vnni",
  .weight_offset = 128,
  .is_supported = has_avx512_vnni,
  .multiply = vnni_multiply,
};
#endif
