/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layer.h"

#include <math.h>

#include "exponential.h"

#define NORM_EPSILON 1e-6f

/* Adds the lanes in the order of Marian's vector code. */
VECTOR_INLINE float
add_lanes (HalfFloats lanes)
{
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

VECTORIZED void
marian_norm_apply (
    const MarianNorm *self, const float *residual, float *rows, gsize n_rows, gsize n_columns)
{
  for (gsize row = 0; row < n_rows; row++) {
    float *x = rows + row * n_columns;
    const float *r = residual + row * n_columns;
    HalfFloats sums = { 0 }, squares = { 0 };
    float mean, deviation;

    for (gsize i = 0; i < n_columns; i += 8) {
      HalfFloats value = LOAD (HalfFloats, x + i) + LOAD (HalfFloats, r + i);

      STORE (HalfFloats, x + i, value);
      sums += value;
    }
    mean = add_lanes (sums) / n_columns;
    for (gsize i = 0; i < n_columns; i += 8) {
      HalfFloats value = LOAD (HalfFloats, x + i) - mean;

      squares += value * value;
    }
    deviation = sqrtf (add_lanes (squares) / n_columns + NORM_EPSILON);
    for (gsize i = 0; i < n_columns; i += LANES)
      STORE (Floats, x + i,
          LOAD (Floats, self->scale + i) * ((LOAD (Floats, x + i) - mean) / deviation) +
              LOAD (Floats, self->bias + i));
  }
}

VECTORIZED void
marian_ssru_step (float *cell, const float *forget, float *input, gsize n)
{
  for (gsize i = 0; i < n; i += LANES) {
    Floats e = marian_exp (LOAD (Floats, forget + i));
    Floats gate = e / (e + 1.0f);
    Floats state = gate * LOAD (Floats, cell + i) + (1.0f - gate) * LOAD (Floats, input + i);

    STORE (Floats, cell + i, state);
    STORE (Floats, input + i, SELECT (state > 0.0f, state, (Floats){ 0 }));
  }
}

VECTORIZED void
marian_embed (const gint8 *embedding, float unit, const float *position, gsize n, float *row)
{
  float scale = sqrtf ((float) n);

  for (gsize i = 0; i < n; i += LANES) {
    Floats value = __builtin_convertvector(LOAD (Bytes, embedding + i), Floats);

    STORE (Floats, row + i, scale * (value * unit) + LOAD (Floats, position + i));
  }
}

VECTORIZED gsize
marian_find_greatest (const float *values, gsize n)
{
  float greatest = values[0];
  gsize index = 0;

  if (n >= LANES) {
    Floats peaks = LOAD (Floats, values);

    for (gsize i = LANES; i + LANES <= n; i += LANES) {
      Floats value = LOAD (Floats, values + i);

      peaks = SELECT (value > peaks, value, peaks);
    }
    for (gsize lane = 0; lane < LANES; lane++)
      greatest = peaks[lane] > greatest ? peaks[lane] : greatest;
  }
  for (gsize i = n / LANES * LANES; i < n; i++)
    greatest = values[i] > greatest ? values[i] : greatest;
  while (index + 1 < n && values[index] != greatest)
    index++;
  return index;
}
