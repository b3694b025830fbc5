/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layer.h"

#include <math.h>
#include <string.h>

/* Compiles loops for AVX2 too, and chooses at run time. meson.build switches the contraction of
 * products and sums off, which would change results. */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define VECTORIZED __attribute__ ((target_clones ("avx512f", "avx2", "default")))
#else
#define VECTORIZED
#endif

#define LANES 8
#define NORM_EPSILON 1e-6f

void
marian_scratch_clear (MarianScratch *self)
{
  g_free (self->quantized);
  g_free (self->products);
}

static void
scratch_reserve (MarianScratch *self, gsize n_quantized, gsize n_products)
{
  if (n_quantized > self->size_quantized) {
    g_free (self->quantized);
    self->quantized = g_malloc (n_quantized);
    self->size_quantized = n_quantized;
  }
  if (n_products * sizeof (gint32) > self->size_products) {
    g_free (self->products);
    self->products = g_malloc (n_products * sizeof (gint32));
    self->size_products = n_products * sizeof (gint32);
  }
}

VECTORIZED static gint32
sum_bytes (const gint8 *bytes, gsize n)
{
  gint32 sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += bytes[i];
  return sum;
}

void
marian_linear_sum_weights (MarianLinear *self)
{
  if (self->arithmetic == MARIAN_ARITHMETIC_FLOAT || self->kernel->offset == 0)
    return;
  self->sums = g_new (gint32, self->weights.rows);
  for (gsize i = 0; i < self->weights.rows; i++)
    self->sums[i] =
        sum_bytes (self->weights.bytes + i * self->weights.columns, self->weights.columns);
}

/* Returns: the greatest absolute value */
VECTORIZED static float
find_peak (const float *values, gsize n)
{
  float peaks[LANES] = { 0 };
  float peak = 0;

  for (gsize i = 0; i < n; i += LANES)
    for (gsize lane = 0; lane < LANES; lane++) {
      float value = fabsf (values[i + lane]);

      peaks[lane] = value > peaks[lane] ? value : peaks[lane];
    }
  for (gsize lane = 0; lane < LANES; lane++)
    peak = MAX (peak, peaks[lane]);
  return peak;
}

/* Adding it to a value below 2^22 shifts the fraction out of the mantissa, and so rounds half to
 * even; the low bits are the integer. */
#define ROUNDING_SHIFT 0x1.8p23f
#define ROUNDING_SHIFT_BITS 0x4b400000
/* A remainder is at most a half. */
#define REMAINDER_SCALE 254.0f

static inline gint32
round_to_byte (float value)
{
  float shifted = value + ROUNDING_SHIFT;
  gint32 integer;

  memcpy (&integer, &shifted, sizeof integer);
  integer -= ROUNDING_SHIFT_BITS;
  integer = MIN (integer, 127);
  return MAX (integer, -127);
}

VECTORIZED static void
quantize (const float *values, gsize n, float scale, gint32 offset, guint8 *quantized)
{
  for (gsize i = 0; i < n; i++)
    quantized[i] = (guint8) (round_to_byte (values[i] * scale) + offset);
}

/* Also quantises what @quantized leaves over, to @remainders. */
VECTORIZED static void
quantize_twice (
    const float *values, gsize n, float scale, gint32 offset, guint8 *quantized, guint8 *remainders)
{
  for (gsize i = 0; i < n; i++) {
    float value = values[i] * scale;
    gint32 integer = round_to_byte (value);

    quantized[i] = (guint8) (integer + offset);
    remainders[i] = (guint8) (round_to_byte ((value - (float) integer) * REMAINDER_SCALE) + offset);
  }
}

/* The products of a row, and of its remainders. @sums: (nullable) */
typedef struct {
  const gint32 *products;
  const gint32 *remainders;
  const gint32 *sums;
  gint32 offset; /* that many times @sums is too much in both */
} Products;

/* output = products * scale + bias */
VECTORIZED static void
dequantize (const Products *row, const float *bias, float scale, gsize n, float *output)
{
  for (gsize i = 0; i < n; i++) {
    gint32 excess = row->sums != NULL ? row->offset * row->sums[i] : 0;
    float product = (float) (row->products[i] - excess);
    float remainder = (float) (row->remainders[i] - excess);

    output[i] = (product + remainder * (1 / REMAINDER_SCALE)) * scale;
  }
  for (gsize i = 0; bias != NULL && i < n; i++)
    output[i] += bias[i];
}

/* Each row of activations is quantised as two rows of bytes: 8 bits alone change a word in one
 * sentence of ten, 15 bits in none. */
static void
linear_apply_scaled_rows (const MarianLinear *self, const float *input, gsize n_rows, float *output,
    MarianScratch *scratch)
{
  gsize n_inputs = self->weights.columns, n_outputs = self->weights.rows;
  g_autofree float *scales = g_new (float, n_rows);

  for (gsize row = 0; row < n_rows; row++) {
    float peak = find_peak (input + row * n_inputs, n_inputs);
    guint8 *quantized = scratch->quantized + 2 * row * n_inputs;

    scales[row] = 127.0f / MAX (peak, 1e-9f);
    quantize_twice (input + row * n_inputs, n_inputs, scales[row], self->kernel->offset, quantized,
        quantized + n_inputs);
  }
  self->kernel->multiply (
      scratch->quantized, 2 * n_rows, self->weights.bytes, n_outputs, n_inputs, scratch->products);
  for (gsize row = 0; row < n_rows; row++) {
    const gint32 *products = scratch->products + 2 * row * n_outputs;
    Products pair = { products, products + n_outputs, self->sums, self->kernel->offset };

    dequantize (&pair, self->bias, 1.0f / (scales[row] * self->weights.multiplier), n_outputs,
        output + row * n_outputs);
  }
}

/* The correction for the offset is added to the bias first, as in Marian. */
static void
linear_apply_stored_scale (const MarianLinear *self, const float *input, gsize n_rows,
    float *output, MarianScratch *scratch)
{
  gsize n_inputs = self->weights.columns, n_outputs = self->weights.rows;
  float unit = 1.0f / (self->scale * self->weights.multiplier);
  float correction = -((127.0f / self->scale) * (127.0f / self->weights.multiplier)) / 127.0f;

  quantize (input, n_rows * n_inputs, self->scale, self->kernel->offset, scratch->quantized);
  self->kernel->multiply (
      scratch->quantized, n_rows, self->weights.bytes, n_outputs, n_inputs, scratch->products);
  for (gsize row = 0; row < n_rows; row++) {
    for (gsize i = 0; i < n_outputs; i++) {
      float bias = (float) self->sums[i] * correction;

      if (self->bias != NULL)
        bias += self->bias[i];
      output[row * n_outputs + i] = (float) scratch->products[row * n_outputs + i] * unit + bias;
    }
  }
}

VECTORIZED static float
dot_with_bytes (const float *values, const gint8 *bytes, gsize n)
{
  float sums[LANES] = { 0 };
  float sum = 0;

  for (gsize i = 0; i < n; i += LANES)
    for (gsize lane = 0; lane < LANES; lane++)
      sums[lane] += values[i + lane] * (float) bytes[i + lane];
  for (gsize lane = 0; lane < LANES; lane++)
    sum += sums[lane];
  return sum;
}

static void
linear_apply_float (const MarianLinear *self, const float *input, gsize n_rows, float *output)
{
  gsize n_inputs = self->weights.columns, n_outputs = self->weights.rows;
  float unit = 1.0f / self->weights.multiplier;

  for (gsize row = 0; row < n_rows; row++) {
    for (gsize i = 0; i < n_outputs; i++) {
      float product =
          dot_with_bytes (input + row * n_inputs, self->weights.bytes + i * n_inputs, n_inputs);

      output[row * n_outputs + i] = product * unit + (self->bias != NULL ? self->bias[i] : 0);
    }
  }
}

void
marian_linear_apply (const MarianLinear *self, const float *input, gsize n_rows, float *output,
    MarianScratch *scratch)
{
  if (self->arithmetic == MARIAN_ARITHMETIC_FLOAT) {
    linear_apply_float (self, input, n_rows, output);
    return;
  }
  scratch_reserve (
      scratch, 2 * n_rows * self->weights.columns, 2 * n_rows * (gsize) self->weights.rows);
  if (self->arithmetic == MARIAN_ARITHMETIC_AUTO)
    linear_apply_scaled_rows (self, input, n_rows, output, scratch);
  else
    linear_apply_stored_scale (self, input, n_rows, output, scratch);
}

VECTORIZED void
marian_relu (float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    values[i] = values[i] > 0 ? values[i] : 0;
}

/* Adds the lanes in the order of Marian's vector code. */
static float
add_lanes (const float lanes[LANES])
{
  float four[4];

  for (gsize i = 0; i < 4; i++)
    four[i] = lanes[i] + lanes[i + 4];
  return (four[0] + four[2]) + (four[1] + four[3]);
}

VECTORIZED void
marian_norm_apply (
    const MarianNorm *self, const float *residual, float *rows, gsize n_rows, gsize n_columns)
{
  for (gsize row = 0; row < n_rows; row++) {
    float *x = rows + row * n_columns;
    const float *r = residual + row * n_columns;
    float sums[LANES] = { 0 }, squares[LANES] = { 0 };
    float mean, deviation;

    for (gsize i = 0; i < n_columns; i += LANES)
      for (gsize lane = 0; lane < LANES; lane++) {
        x[i + lane] += r[i + lane];
        sums[lane] += x[i + lane];
      }
    mean = add_lanes (sums) / n_columns;
    for (gsize i = 0; i < n_columns; i += LANES)
      for (gsize lane = 0; lane < LANES; lane++) {
        x[i + lane] -= mean;
        squares[lane] += x[i + lane] * x[i + lane];
      }
    deviation = sqrtf (add_lanes (squares) / n_columns + NORM_EPSILON);
    for (gsize i = 0; i < n_columns; i++)
      x[i] = self->scale[i] * (x[i] / deviation) + self->bias[i];
  }
}

/* The single precision exp() of the Cephes library, as Marian's vector code computes it. */
static inline float
fast_exp (float x)
{
  float n, y;
  gint32 bits;

  x = x > 88.3762626647949f ? 88.3762626647949f : x;
  x = x < -88.3762626647949f ? -88.3762626647949f : x;
  n = floorf (x * 1.44269504088896341f + 0.5f);
  x = x - n * 0.693359375f;
  x = x - n * -2.12194440e-4f;
  y = 1.9875691500e-4f;
  y = y * x + 1.3981999507e-3f;
  y = y * x + 8.3334519073e-3f;
  y = y * x + 4.1665795894e-2f;
  y = y * x + 1.6666665459e-1f;
  y = y * x + 5.0000001201e-1f;
  y = y * (x * x) + x + 1.0f;
  bits = ((gint32) n + 127) << 23;
  memcpy (&n, &bits, sizeof n);
  return y * n;
}

void
marian_memory_init (MarianMemory *self, gsize n_tokens, gsize n_heads, gsize n_columns)
{
  self->n_tokens = n_tokens;
  self->stride = (n_tokens + LANES - 1) / LANES * LANES;
  self->n_heads = n_heads;
  self->n_columns = n_columns;
  self->keys = g_new0 (float, self->stride *n_columns);
  self->values = g_new (float, n_tokens *n_columns);
}

void
marian_memory_clear (MarianMemory *self)
{
  g_clear_pointer (&self->keys, g_free);
  g_clear_pointer (&self->values, g_free);
}

void
marian_memory_set_keys (MarianMemory *self, const float *keys)
{
  for (gsize token = 0; token < self->n_tokens; token++)
    for (gsize column = 0; column < self->n_columns; column++)
      self->keys[column * self->stride + token] = keys[token * self->n_columns + column];
}

/* @scores: (inout): @n scores, with room for a multiple of LANES. */
VECTORIZED static void
softmax (float *scores, gsize n)
{
  gsize n_all = (n + LANES - 1) / LANES * LANES;
  float peak = scores[0], sum = 0;
  float sums[4] = { 0 };

  for (gsize i = 1; i < n; i++)
    peak = scores[i] > peak ? scores[i] : peak;
  for (gsize i = 0; i < n_all; i++)
    scores[i] = fast_exp (scores[i] - peak);
  for (gsize i = n; i < n_all; i++)
    scores[i] = 0;
  for (gsize i = 0; i < n_all; i += 4)
    for (gsize lane = 0; lane < 4; lane++)
      sums[lane] += scores[i + lane];
  sum = sums[0] + sums[1] + sums[2] + sums[3];
  for (gsize i = 0; i < n; i++)
    scores[i] /= sum;
}

/* Scores of LANES tokens: the sum over all columns of query * key, times @scale */
static inline void
score_tokens (
    const MarianMemory *memory, const float *query, const float *keys, float scale, float *scores)
{
  gsize n = memory->n_columns / memory->n_heads;
  float sums[LANES] = { 0 };

  for (gsize column = 0; column < n; column++)
    for (gsize lane = 0; lane < LANES; lane++)
      sums[lane] += query[column] * keys[column * memory->stride + lane];
  for (gsize lane = 0; lane < LANES; lane++)
    scores[lane] = sums[lane] * scale;
}

/* LANES columns of the weighted sum of all values */
static inline void
mix_columns (const MarianMemory *memory, const float *weights, const float *values, float *output)
{
  float sums[LANES] = { 0 };

  for (gsize token = 0; token < memory->n_tokens; token++)
    for (gsize lane = 0; lane < LANES; lane++)
      sums[lane] += weights[token] * values[token * memory->n_columns + lane];
  memcpy (output, sums, sizeof sums);
}

VECTORIZED static void
attend_head (
    const MarianMemory *memory, const float *query, gsize head, float *output, float *weights)
{
  gsize n = memory->n_columns / memory->n_heads;
  const float *keys = memory->keys + head * n * memory->stride;
  const float *values = memory->values + head * n;
  float scale = (float) (1.0 / sqrt ((double) n));

  for (gsize token = 0; token < memory->stride; token += LANES)
    score_tokens (memory, query, keys + token, scale, weights + token);
  softmax (weights, memory->n_tokens);
  for (gsize column = 0; column < n; column += LANES)
    mix_columns (memory, weights, values + column, output + column);
}

void
marian_attend (
    const MarianMemory *memory, const float *queries, gsize n_rows, float *output, float *weights)
{
  gsize n = memory->n_columns / memory->n_heads;

  for (gsize row = 0; row < n_rows; row++)
    for (gsize head = memory->n_heads; head-- > 0;)
      attend_head (memory, queries + row * memory->n_columns + head * n, head,
          output + row * memory->n_columns + head * n, weights);
}

VECTORIZED void
marian_ssru_step (float *cell, const float *forget, float *input, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    float e = fast_exp (forget[i]);
    float gate = e / (1.0f + e);

    cell[i] = gate * cell[i] + (1.0f - gate) * input[i];
    input[i] = cell[i] > 0 ? cell[i] : 0;
  }
}
