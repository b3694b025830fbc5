/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel-check.h"

#define MAX_ROWS 26
#define MAX_INPUTS 1536
#define N_OUTPUTS 72
#define N_PADDED 128
#define STRIDE 136

/* Computes the products one by one. @saturating: values are unsigned, and sums of two saturate to
 * 16 bits */
static gint32
multiply (const gint8 *values, const gint8 *weights, gsize n, gboolean saturating)
{
  gint64 sum = 0;

  for (gsize i = 0; i < n; i += 2) {
    gint32 pair = 0;

    for (gsize j = i; j < i + 2; j++)
      pair += (saturating ? (guint8) values[j] : values[j]) * weights[j];
    sum += saturating ? CLAMP (pair, G_MININT16, G_MAXINT16) : pair;
  }
  return sum;
}

/* Returns: @least to 127; extreme numbers are frequent */
static gint8
get_random (guint32 *state, gint8 least)
{
  guint32 number;

  *state = *state * 1664525u + 1013904223u;
  number = *state >> 8;
  if (number % 4 == 0)
    return number / 4 % 2 == 0 ? least : 127;
  return least + (gint32) (number / 4 % (guint32) (128 - least));
}

static gboolean
check_product (const MarianKernel *kernel, guint32 *state, gsize n_rows, gsize n_inputs)
{
  static gint8 values[MAX_ROWS * MAX_INPUTS], weights[N_OUTPUTS * MAX_INPUTS];
  static guint8 packed[N_PADDED * MAX_INPUTS] __attribute__ ((aligned (64)));
  static gint32 result[MAX_ROWS * STRIDE];
  gint32 sums[MAX_ROWS] = { 0 };
  MarianProduct product = { values, sums, n_rows, packed, n_inputs, N_PADDED, result, STRIDE };

  for (gsize i = 0; i < n_rows * n_inputs; i++) {
    gint8 value = get_random (state, kernel->saturating ? -127 : -128);

    values[i] = (gint8) (value + (kernel->saturating ? 127 : 0));
    sums[i / n_inputs] += value;
  }
  for (gsize i = 0; i < N_OUTPUTS * n_inputs; i++)
    weights[i] = get_random (state, -127);
  for (gsize i = 0; i < N_PADDED; i++)
    marian_kernel_pack_row (
        kernel, i < N_OUTPUTS ? weights + i * n_inputs : NULL, n_inputs, i, packed);
  kernel->multiply (&product);
  for (gsize i = 0; i < n_rows * N_OUTPUTS; i++) {
    gsize row = i / N_OUTPUTS, output = i % N_OUTPUTS;

    if (result[row * STRIDE + output] != multiply (values + row * n_inputs,
                                             weights + output * n_inputs, n_inputs,
                                             kernel->saturating))
      return FALSE;
  }
  return TRUE;
}

gboolean
kernel_check (const MarianKernel *kernel)
{
  static const gsize n_inputs[] = { 64, 256, 384, MAX_INPUTS };
  guint32 state = 17;

  for (gsize n_rows = 1; n_rows <= MAX_ROWS; n_rows++)
    for (guint i = 0; i < G_N_ELEMENTS (n_inputs); i++)
      if (!check_product (kernel, &state, n_rows, n_inputs[i]))
        return FALSE;
  return TRUE;
}
