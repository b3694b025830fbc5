/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attention.h"

#include <math.h>
#include <string.h>

#include "exponential.h"

/* Rows of queries that are computed together, because each operation waits for the one before. */
#define ROWS 4
/* Columns of values: a head has at least eight. */
#define COLUMNS 8

void
marian_memory_init (MarianMemory *self, MarianScratch *scratch)
{
  self->stride = (self->n_tokens + LANES - 1) / LANES * LANES;
  self->keys = marian_scratch_new_array (scratch, float, self->stride * self->n_columns);
  self->values = marian_scratch_new_array (scratch, float, self->n_tokens * self->n_columns);
  self->weights = marian_scratch_new_array (scratch, float, ROWS * self->stride);
  memset (self->keys, 0, self->stride * self->n_columns * sizeof *self->keys);
}

void
marian_memory_set_keys (MarianMemory *self, const float *keys)
{
  for (gsize column = 0; column < self->n_columns; column++)
    for (gsize token = 0; token < self->n_tokens; token++)
      self->keys[column * self->stride + token] = keys[token * self->n_columns + column];
}

/* @weights: (inout): scores, of which those from @n on do not count */
VECTOR_INLINE void
softmax (float *weights, gsize n, gsize stride)
{
  const Floats least = (Floats){ 0 } - 1e30f;
  Floats peaks = least;
  QuarterFloats sums = { 0 };
  float peak, sum;

  for (gsize i = n; i < stride; i++)
    weights[i] = -1e30f;
  for (gsize i = 0; i < stride; i += LANES) {
    Floats value = LOAD (Floats, weights + i);

    peaks = SELECT (value > peaks, value, peaks);
  }
  peak = peaks[0];
  for (gsize lane = 1; lane < LANES; lane++)
    peak = peaks[lane] > peak ? peaks[lane] : peak;
  for (gsize i = 0; i < stride; i += LANES)
    STORE (Floats, weights + i, marian_exp (LOAD (Floats, weights + i) - peak));
  for (gsize i = n; i < stride; i++)
    weights[i] = 0;
  for (gsize i = 0; i < stride; i += 4)
    sums += LOAD (QuarterFloats, weights + i);
  sum = sums[0] + sums[1] + sums[2] + sums[3];
  for (gsize i = 0; i < stride; i += LANES)
    STORE (Floats, weights + i, LOAD (Floats, weights + i) / sum);
}

/* Scores of LANES tokens, from @token on: sums over all columns of query * key, times @scale */
VECTOR_INLINE void
score_tokens (
    const MarianMemory *memory, const float *queries, gsize n_rows, const float *keys, gsize token)
{
  gsize n = memory->n_columns / memory->n_heads;
  float scale = (float) (1.0 / sqrt ((double) n));
  Floats sums[ROWS] = { 0 };

  for (gsize column = 0; column < n; column++) {
    Floats key = LOAD (Floats, keys + column * memory->stride + token);

    for (gsize row = 0; row < n_rows; row++)
      sums[row] += queries[row * memory->n_columns + column] * key;
  }
  for (gsize row = 0; row < n_rows; row++)
    STORE (Floats, memory->weights + row * memory->stride + token, sums[row] * scale);
}

/* Some columns of the weighted sum of all values */
VECTOR_INLINE void
mix_columns (const MarianMemory *memory, gsize n_rows, const float *values, float *output)
{
  HalfFloats sums[ROWS] = { 0 };

  for (gsize token = 0; token < memory->n_tokens; token++) {
    HalfFloats value = LOAD (HalfFloats, values + token * memory->n_columns);

    for (gsize row = 0; row < n_rows; row++)
      sums[row] += memory->weights[row * memory->stride + token] * value;
  }
  for (gsize row = 0; row < n_rows; row++)
    STORE (HalfFloats, output + row * memory->n_columns, sums[row]);
}

VECTOR_INLINE void
attend_rows (
    const MarianMemory *memory, gsize head, const float *queries, gsize n_rows, float *output)
{
  gsize n = memory->n_columns / memory->n_heads;
  const float *keys = memory->keys + head * n * memory->stride;
  const float *values = memory->values + head * n;

  for (gsize token = 0; token < memory->stride; token += LANES)
    score_tokens (memory, queries, n_rows, keys, token);
  for (gsize row = 0; row < n_rows; row++)
    softmax (memory->weights + row * memory->stride, memory->n_tokens, memory->stride);
  for (gsize column = 0; column < n; column += COLUMNS)
    mix_columns (memory, n_rows, values + column, output + column);
}

VECTORIZED static void
attend_head (
    const MarianMemory *memory, gsize head, const float *queries, gsize n_rows, float *output)
{
  gsize row = 0;

  for (; row + ROWS <= n_rows; row += ROWS)
    attend_rows (
        memory, head, queries + row * memory->n_columns, ROWS, output + row * memory->n_columns);
  for (; row < n_rows; row++)
    attend_rows (
        memory, head, queries + row * memory->n_columns, 1, output + row * memory->n_columns);
}

void
marian_attend (const MarianMemory *memory, const float *queries, gsize n_rows, float *output)
{
  gsize n = memory->n_columns / memory->n_heads;

  /* The first head is the last one, for its weights. */
  for (gsize head = memory->n_heads; head-- > 0;)
    attend_head (memory, head, queries + head * n, n_rows, output + head * n);
}
