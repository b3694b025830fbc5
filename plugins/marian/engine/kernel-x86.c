/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each kernel computes the products of four rows of weights with up to four rows of values at once,
 * so that weights are read once for these, and values stay in registers. */
#include "kernel.h"

#ifdef __x86_64__
#include <immintrin.h>

/* AddressSanitizer does not align the stack as vectors of 512 bits need it. */
#define AVX2 __attribute__ ((target ("avx2"), no_sanitize_address))
#define VNNI \
  __attribute__ ((target ("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni"), no_sanitize_address))

/* Outputs that are computed together. */
#define N_OUTPUTS 4

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

/* Adds the elements of each of four vectors. */
AVX2 static inline __m128i
avx2_sum (const __m256i sums[N_OUTPUTS])
{
  __m256i pairs = _mm256_hadd_epi32 (
      _mm256_hadd_epi32 (sums[0], sums[1]), _mm256_hadd_epi32 (sums[2], sums[3]));

  return _mm_add_epi32 (_mm256_castsi256_si128 (pairs), _mm256_extracti128_si256 (pairs, 1));
}

/* Products of signed bytes are exact here: the first factor is without its sign, which the second
 * takes over, so a sum of two products is at most 2 * 127 * 127. */
AVX2 static inline __m256i
avx2_dot (__m256i x, __m256i w, gboolean saturating)
{
  __m256i pairs = saturating ? _mm256_maddubs_epi16 (x, w)
                             : _mm256_maddubs_epi16 (_mm256_abs_epi8 (x), _mm256_sign_epi8 (w, x));

  return _mm256_madd_epi16 (pairs, _mm256_set1_epi16 (1));
}

AVX2 static inline void
avx2_multiply_rows (const guint8 *values, gsize n_rows, const gint8 *weights, gsize n_outputs,
    gsize n_inputs, gint32 *result, gboolean saturating)
{
  __m256i sums[2][N_OUTPUTS] = { 0 };

  for (gsize i = 0; i < n_inputs; i += sizeof (__m256i)) {
    for (gsize output = 0; output < N_OUTPUTS; output++) {
      __m256i w = _mm256_loadu_si256 ((const void *) (weights + output * n_inputs + i));

      for (gsize row = 0; row < n_rows; row++) {
        __m256i x = _mm256_loadu_si256 ((const void *) (values + row * n_inputs + i));

        sums[row][output] = _mm256_add_epi32 (sums[row][output], avx2_dot (x, w, saturating));
      }
    }
  }
  for (gsize row = 0; row < n_rows; row++)
    _mm_storeu_si128 ((void *) (result + row * n_outputs), avx2_sum (sums[row]));
}

AVX2 static inline void
avx2_multiply_any (const guint8 *values, gsize n_rows, const gint8 *weights, gsize n_outputs,
    gsize n_inputs, gint32 *result, gboolean saturating)
{
  for (gsize output = 0; output < n_outputs; output += N_OUTPUTS) {
    const gint8 *w = weights + output * n_inputs;
    gsize row = 0;

    for (; row + 2 <= n_rows; row += 2)
      avx2_multiply_rows (values + row * n_inputs, 2, w, n_outputs, n_inputs,
          result + row * n_outputs + output, saturating);
    if (row < n_rows)
      avx2_multiply_rows (values + row * n_inputs, 1, w, n_outputs, n_inputs,
          result + row * n_outputs + output, saturating);
  }
}

AVX2 static void
avx2_multiply (const guint8 *values, gsize n_rows, const gint8 *weights, gsize n_outputs,
    gsize n_inputs, gint32 *result)
{
  avx2_multiply_any (values, n_rows, weights, n_outputs, n_inputs, result, FALSE);
}

AVX2 static void
avx2_multiply_saturating (const guint8 *values, gsize n_rows, const gint8 *weights, gsize n_outputs,
    gsize n_inputs, gint32 *result)
{
  avx2_multiply_any (values, n_rows, weights, n_outputs, n_inputs, result, TRUE);
}

/* Adds the elements of each of four vectors. */
VNNI static inline __m128i
vnni_sum (const __m512i sums[N_OUTPUTS])
{
  __m512i first = _mm512_add_epi32 (
      _mm512_unpacklo_epi32 (sums[0], sums[1]), _mm512_unpackhi_epi32 (sums[0], sums[1]));
  __m512i second = _mm512_add_epi32 (
      _mm512_unpacklo_epi32 (sums[2], sums[3]), _mm512_unpackhi_epi32 (sums[2], sums[3]));
  __m512i all = _mm512_add_epi32 (
      _mm512_unpacklo_epi64 (first, second), _mm512_unpackhi_epi64 (first, second));
  __m256i half =
      _mm256_add_epi32 (_mm512_castsi512_si256 (all), _mm512_extracti64x4_epi64 (all, 1));

  return _mm_add_epi32 (_mm256_castsi256_si128 (half), _mm256_extracti128_si256 (half, 1));
}

VNNI static inline void
vnni_multiply_rows (const guint8 *values, gsize n_rows, const gint8 *weights, gsize n_outputs,
    gsize n_inputs, gint32 *result)
{
  __m512i sums[4][N_OUTPUTS];

  for (gsize row = 0; row < n_rows; row++)
    for (gsize output = 0; output < N_OUTPUTS; output++)
      sums[row][output] = _mm512_setzero_si512 ();
  for (gsize i = 0; i < n_inputs; i += sizeof (__m512i)) {
    __m512i x[4];

    for (gsize row = 0; row < n_rows; row++)
      x[row] = _mm512_loadu_si512 (values + row * n_inputs + i);
    for (gsize output = 0; output < N_OUTPUTS; output++) {
      __m512i w = _mm512_loadu_si512 (weights + output * n_inputs + i);

      for (gsize row = 0; row < n_rows; row++)
        sums[row][output] = _mm512_dpbusd_epi32 (sums[row][output], x[row], w);
    }
  }
  for (gsize row = 0; row < n_rows; row++)
    _mm_storeu_si128 ((void *) (result + row * n_outputs), vnni_sum (sums[row]));
}

VNNI static void
vnni_multiply (const guint8 *values, gsize n_rows, const gint8 *weights, gsize n_outputs,
    gsize n_inputs, gint32 *result)
{
  for (gsize output = 0; output < n_outputs; output += N_OUTPUTS) {
    const gint8 *w = weights + output * n_inputs;
    gsize row = 0;

    for (; row + 4 <= n_rows; row += 4)
      vnni_multiply_rows (
          values + row * n_inputs, 4, w, n_outputs, n_inputs, result + row * n_outputs + output);
    for (; row + 2 <= n_rows; row += 2)
      vnni_multiply_rows (
          values + row * n_inputs, 2, w, n_outputs, n_inputs, result + row * n_outputs + output);
    if (row < n_rows)
      vnni_multiply_rows (
          values + row * n_inputs, 1, w, n_outputs, n_inputs, result + row * n_outputs + output);
  }
}

const MarianKernel marian_kernel_avx2 = {
  .name = "avx2",
  .offset = 0,
  .is_supported = has_avx2,
  .multiply = avx2_multiply,
};

const MarianKernel marian_kernel_avx2_saturating = {
  .name = "avx2-saturating",
  .offset = 127,
  .is_supported = has_avx2,
  .multiply = avx2_multiply_saturating,
};

const MarianKernel marian_kernel_avx512_vnni = {
  .name = "avx512-vnni",
  .offset = 128,
  .is_supported = has_avx512_vnni,
  .multiply = vnni_multiply,
};
#endif
