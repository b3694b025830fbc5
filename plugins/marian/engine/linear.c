/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linear.h"

#include <math.h>
#include <string.h>

#include "vector.h"

/* Products are computed and converted in tiles that fit into the first cache. */
#define TILE_ROWS 24
#define TILE_OUTPUTS 128

/* Adding it to a value below 2^22 shifts the fraction out of the mantissa, and so rounds half to
 * even; the low bits are the integer. */
#define ROUNDING_SHIFT 0x1.8p23f
#define ROUNDING_SHIFT_BITS 0x4b400000
/* A remainder is at most a half. */
#define REMAINDER_SCALE 254.0f
/* Added to values for a saturating kernel. */
#define SATURATING_OFFSET 127
/* Subtracted from values that are not negative. */
#define POSITIVE_OFFSET 128

static gint32
sum_bytes (const gint8 *bytes, gsize n)
{
  gint32 sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += bytes[i];
  return sum;
}

/* @row: (nullable): the weights of an output */
static void
linear_pack_row (MarianLinear *self, gsize output, const gint8 *row)
{
  gsize n_inputs = self->weights.columns;

  marian_kernel_pack_row (self->kernel, row, n_inputs, output, self->packed);
  if (self->sums != NULL && row != NULL)
    self->sums[output] = sum_bytes (row, n_inputs);
}

void
marian_linear_pack (MarianLinear *self)
{
  gsize n_outputs = self->weights.rows, n_padded = marian_kernel_pad (n_outputs);

  self->packed = g_aligned_alloc (n_padded, self->weights.columns, 64);
  if (self->kernel->saturating || self->precision == MARIAN_PRECISION_POSITIVE)
    self->sums = g_new (gint32, n_outputs);
  for (gsize i = 0; i < n_padded; i++)
    linear_pack_row (
        self, i, i < n_outputs ? self->weights.bytes + i * self->weights.columns : NULL);
}

void
marian_linear_clear (MarianLinear *self)
{
  g_clear_pointer (&self->packed, g_aligned_free);
  g_clear_pointer (&self->sums, g_free);
}

void
marian_linear_select (MarianLinear *self, const MarianLinear *all, const guint32 *rows,
    gsize n_rows, MarianScratch *scratch)
{
  gsize n_inputs = all->weights.columns, n_padded = marian_kernel_pad (n_rows);
  float *bias = marian_scratch_new_array (scratch, float, n_rows);
  gint8 *bytes = NULL;

  *self = *all;
  self->weights.rows = n_rows;
  if (all->arithmetic == MARIAN_ARITHMETIC_FLOAT)
    self->weights.bytes = bytes = marian_scratch_alloc (scratch, n_rows * n_inputs);
  else
    self->packed = marian_scratch_alloc (scratch, n_padded * n_inputs);
  if (bytes == NULL && all->kernel->saturating)
    self->sums = marian_scratch_new_array (scratch, gint32, n_rows);
  for (gsize i = 0; i < n_rows; i++) {
    const gint8 *row = all->weights.bytes + rows[i] * n_inputs;

    bias[i] = all->bias[rows[i]];
    if (bytes != NULL)
      memcpy (bytes + i * n_inputs, row, n_inputs);
    else
      linear_pack_row (self, i, row);
  }
  for (gsize i = n_rows; bytes == NULL && i < n_padded; i++)
    linear_pack_row (self, i, NULL);
  self->bias = bias;
}

void
marian_input_init (
    MarianInput *self, const float *rows, gsize n_rows, gsize n_columns, MarianScratch *scratch)
{
  *self =
      (MarianInput){ .rows = rows, .n_rows = n_rows, .n_columns = n_columns, .scratch = scratch };
}

/* Returns: the greatest absolute value */
VECTOR_INLINE float
find_peak (const float *values, gsize n)
{
  Floats peaks = { 0 };
  float peak = 0;

  for (gsize i = 0; i < n; i += LANES) {
    Floats value = (Floats) (LOAD (Integers, values + i) & 0x7fffffff);

    peaks = SELECT (value > peaks, value, peaks);
  }
  for (gsize lane = 0; lane < LANES; lane++)
    peak = peaks[lane] > peak ? peaks[lane] : peak;
  return peak;
}

/* @values: below 2^22 */
VECTOR_INLINE Integers
round_to_integers (Floats values)
{
  return (Integers) (values + ROUNDING_SHIFT) - ROUNDING_SHIFT_BITS;
}

VECTOR_INLINE gint32
add_integers (Naturals values)
{
  guint32 sum = 0;

  for (gsize lane = 0; lane < LANES; lane++)
    sum += values[lane];
  return (gint32) sum;
}

/* Quantises a row with its own scale, so that the greatest becomes 127 or -127, to @values, and
 * what that leaves over to @values + @n.
 *
 * Returns: the scale */
VECTORIZED static float
quantize_full (const float *row, gsize n, gint8 *values, gint32 *sums)
{
  float peak = find_peak (row, n);
  float scale = 127.0f / (peak > 1e-9f ? peak : 1e-9f);
  /* Unsigned, because a hostile model can make numbers infinite, whose sums overflow. */
  Naturals sum = { 0 }, remainder_sum = { 0 };

  for (gsize i = 0; i < n; i += LANES) {
    Floats value = LOAD (Floats, row + i) * scale;
    Integers integers = round_to_integers (value);
    Integers remainders =
        round_to_integers ((value - __builtin_convertvector(integers, Floats)) * REMAINDER_SCALE);

    STORE (Bytes, values + i, __builtin_convertvector(integers, Bytes));
    STORE (Bytes, values + n + i, __builtin_convertvector(remainders, Bytes));
    sum += (Naturals) integers;
    remainder_sum += (Naturals) remainders;
  }
  sums[0] = add_integers (sum);
  sums[1] = add_integers (remainder_sum);
  return scale;
}

/* Quantises a row without negative values, so that the greatest becomes 255, less the offset. */
VECTORIZED static float
quantize_positive (const float *row, gsize n, gint8 *values, gint32 *sums)
{
  float peak = find_peak (row, n);
  float scale = 255.0f / (peak > 1e-9f ? peak : 1e-9f);
  Naturals sum = { 0 };

  for (gsize i = 0; i < n; i += LANES) {
    Integers integers = round_to_integers (LOAD (Floats, row + i) * scale) - POSITIVE_OFFSET;

    STORE (Bytes, values + i, __builtin_convertvector(integers, Bytes));
    sum += (Naturals) integers;
  }
  sums[0] = add_integers (sum);
  return scale;
}

/* With the stored scale, and an offset. */
VECTORIZED static void
quantize_stored (const float *rows, gsize n, float scale, gint8 *values)
{
  const Floats limit = (Floats){ 0 } + 127.0f;

  for (gsize i = 0; i < n; i += LANES) {
    Floats value = LOAD (Floats, rows + i) * scale;
    Integers integers;

    value = SELECT (value > limit, limit, value);
    value = SELECT (value < -limit, -limit, value);
    integers = round_to_integers (value) + SATURATING_OFFSET;

    STORE (Bytes, values + i, __builtin_convertvector(integers, Bytes));
  }
}

static void
input_quantize_stored (MarianInput *self, float scale)
{
  if (self->values != NULL && self->scales == NULL && self->scale == scale)
    return;
  self->scale = scale;
  self->scales = NULL;
  self->n_levels = 1;
  self->values = marian_scratch_alloc (self->scratch, self->n_rows * self->n_columns);
  quantize_stored (self->rows, self->n_rows * self->n_columns, scale, self->values);
}

/* For 15 bits, each row of activations is quantised as two rows of bytes. */
static void
input_quantize (MarianInput *self, MarianPrecision precision)
{
  gsize n = self->n_columns, n_levels = precision == MARIAN_PRECISION_FULL ? 2 : 1;

  if (self->values != NULL && self->scales != NULL && self->n_levels == n_levels)
    return;
  self->n_levels = n_levels;
  self->values = marian_scratch_alloc (self->scratch, self->n_rows * n_levels * n);
  self->sums = marian_scratch_new_array (self->scratch, gint32, self->n_rows * n_levels);
  self->scales = marian_scratch_new_array (self->scratch, float, self->n_rows);
  for (gsize i = 0; i < self->n_rows; i++) {
    const float *row = self->rows + i * n;
    gint8 *values = self->values + i * n_levels * n;
    gint32 *sums = self->sums + i * n_levels;

    self->scales[i] = precision == MARIAN_PRECISION_FULL ? quantize_full (row, n, values, sums)
                                                         : quantize_positive (row, n, values, sums);
  }
}

/* Some outputs of one row. */
typedef struct {
  const gint32 *products;
  const gint32 *remainders; /* NULL = none */
  const gint32 *sums;       /* of weights; NULL = values have no offset */
  const float *bias;        /* NULL = none */
  float unit;
  float correction;
  gboolean rectify;
} Row;

VECTOR_INLINE Floats
row_finish (const Row *self, gsize i, Floats value)
{
  if (self->bias != NULL)
    value += LOAD (Floats, self->bias + i);
  if (self->rectify)
    value = SELECT (value > 0.0f, value, (Floats){ 0 });
  return value;
}

VECTOR_INLINE Floats
load_as_floats (const gint32 *integers)
{
  return __builtin_convertvector(LOAD (Integers, integers), Floats);
}

/* output = products * unit + bias, for @n outputs, a multiple of LANES */
VECTORIZED static void
dequantize (const Row *row, gsize n, float *output)
{
  for (gsize i = 0; i < n; i += LANES) {
    Integers products = LOAD (Integers, row->products + i);
    Floats value;

    if (row->sums != NULL)
      products += LOAD (Integers, row->sums + i) * POSITIVE_OFFSET;
    value = __builtin_convertvector(products, Floats);
    if (row->remainders != NULL)
      value += __builtin_convertvector(LOAD (Integers, row->remainders + i), Floats) *
               (1 / REMAINDER_SCALE);
    value *= row->unit;
    if (row->bias != NULL)
      value += LOAD (Floats, row->bias + i);
    if (row->rectify)
      value = SELECT (value > 0.0f, value, (Floats){ 0 });
    STORE (Floats, output + i, value);
  }
}

/* The rest of a row that is no whole vector. */
static void
dequantize_rest (const Row *row, gsize begin, gsize end, float *output)
{
  for (gsize i = begin; i < end; i++) {
    gint32 product = row->products[i] + (row->sums != NULL ? row->sums[i] * POSITIVE_OFFSET : 0);
    float value = (float) product;

    if (row->remainders != NULL)
      value += (float) row->remainders[i] * (1 / REMAINDER_SCALE);
    value *= row->unit;
    if (row->bias != NULL)
      value += row->bias[i];
    output[i] = row->rectify && !(value > 0) ? 0 : value;
  }
}

/* The correction for the offset is added to the bias first, as in Marian. */
VECTORIZED static void
dequantize_stored (const Row *row, gsize n, float *output)
{
  for (gsize i = 0; i < n; i++) {
    float bias = (float) row->sums[i] * row->correction;

    if (row->bias != NULL)
      bias += row->bias[i];
    output[i] = (float) row->products[i] * row->unit + bias;
    if (row->rectify)
      output[i] = output[i] > 0 ? output[i] : 0;
  }
}

/* The products of some rows of values with some outputs. */
typedef struct {
  gsize row; /* of values */
  gsize n_rows;
  gsize output;
  gsize n_outputs;
} Tile;

static void
linear_dequantize (const MarianLinear *self, const MarianInput *input, const Tile *tile,
    const gint32 *products, float *output)
{
  gsize n = MIN (tile->n_outputs, self->weights.rows - tile->output);
  float multiplier = self->weights.multiplier;
  Row row = { .bias = self->bias != NULL ? self->bias + tile->output : NULL,
    .sums = self->sums != NULL ? self->sums + tile->output : NULL,
    .rectify = self->rectify };

  for (gsize i = 0; i < tile->n_rows; i += input->n_levels) {
    gsize index = (tile->row + i) / input->n_levels;
    float *to = output + index * self->weights.rows + tile->output;

    row.products = products + i * TILE_OUTPUTS;
    row.remainders = input->n_levels > 1 ? row.products + TILE_OUTPUTS : NULL;
    if (!self->kernel->saturating) {
      row.unit = 1.0f / (input->scales[index] * multiplier);
      dequantize (&row, n / LANES * LANES, to);
      dequantize_rest (&row, n / LANES * LANES, n, to);
    } else {
      row.unit = 1.0f / (input->scale * multiplier);
      row.correction = -((127.0f / input->scale) * (127.0f / multiplier)) / 127.0f;
      dequantize_stored (&row, n, to);
    }
  }
}

static void
linear_apply_tile (
    const MarianLinear *self, const MarianInput *input, const Tile *tile, float *output)
{
  gint32 products[TILE_ROWS * TILE_OUTPUTS] __attribute__ ((aligned (64)));
  MarianProduct product = {
    .values = input->values + tile->row * input->n_columns,
    .sums = input->sums + tile->row,
    .n_rows = tile->n_rows,
    .weights = self->packed + tile->output * input->n_columns,
    .n_inputs = input->n_columns,
    .n_outputs = tile->n_outputs,
    .result = products,
    .stride = TILE_OUTPUTS,
  };

  self->kernel->multiply (&product);
  linear_dequantize (self, input, tile, products, output);
}

VECTORIZED static float
dot_with_bytes (const float *values, const gint8 *bytes, gsize n)
{
  HalfFloats sums = { 0 };
  float sum = 0;

  for (gsize i = 0; i < n; i += 8)
    for (gsize lane = 0; lane < 8; lane++)
      sums[lane] += values[i + lane] * (float) bytes[i + lane];
  for (gsize lane = 0; lane < 8; lane++)
    sum += sums[lane];
  return sum;
}

static void
linear_apply_float (const MarianLinear *self, const MarianInput *input, float *output)
{
  gsize n_inputs = self->weights.columns, n_outputs = self->weights.rows;
  float unit = 1.0f / self->weights.multiplier;

  for (gsize row = 0; row < input->n_rows; row++) {
    for (gsize i = 0; i < n_outputs; i++) {
      float product = dot_with_bytes (
          input->rows + row * n_inputs, self->weights.bytes + i * n_inputs, n_inputs);
      float value = product * unit + (self->bias != NULL ? self->bias[i] : 0);

      output[row * n_outputs + i] = self->rectify && !(value > 0) ? 0 : value;
    }
  }
}

void
marian_linear_apply (const MarianLinear *self, MarianInput *input, float *output)
{
  gsize n_outputs = marian_kernel_pad (self->weights.rows), n_rows;

  if (self->arithmetic == MARIAN_ARITHMETIC_FLOAT) {
    linear_apply_float (self, input, output);
    return;
  }
  if (self->arithmetic == MARIAN_ARITHMETIC_INT8_SATURATING)
    input_quantize_stored (input, self->scale);
  else
    input_quantize (input, self->precision);
  n_rows = input->n_rows * input->n_levels;
  for (gsize i = 0; i < n_outputs; i += TILE_OUTPUTS)
    for (gsize row = 0; row < n_rows; row += TILE_ROWS) {
      Tile tile = { row, MIN (TILE_ROWS, n_rows - row), i, MIN (TILE_OUTPUTS, n_outputs - i) };

      linear_apply_tile (self, input, &tile, output);
    }
}
