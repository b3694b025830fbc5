/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel.h"

#include <string.h>

/* Inputs whose weights for one output are side by side. */
#define GROUP 4

static gboolean
always (void)
{
  return TRUE;
}

static inline gint32
dot (const gint8 *values, const gint8 *weights)
{
  return values[0] * weights[0] + values[1] * weights[1] + values[2] * weights[2] +
         values[3] * weights[3];
}

static inline gint32
dot_saturating (const gint8 *values, const gint8 *weights)
{
  const guint8 *x = (const guint8 *) values;

  return CLAMP (x[0] * weights[0] + x[1] * weights[1], G_MININT16, G_MAXINT16) +
         CLAMP (x[2] * weights[2] + x[3] * weights[3], G_MININT16, G_MAXINT16);
}

static inline void
plain_multiply_block (const MarianProduct *product, gsize row, gsize output, gboolean saturating)
{
  const gint8 *x = product->values + row * product->n_inputs;
  const gint8 *w = (const gint8 *) product->weights + output * product->n_inputs;
  gint32 sums[MARIAN_KERNEL_BLOCK] = { 0 };

  for (gsize i = 0; i < product->n_inputs; i += GROUP)
    for (gsize j = 0; j < MARIAN_KERNEL_BLOCK; j++, w += GROUP)
      sums[j] += saturating ? dot_saturating (x + i, w) : dot (x + i, w);
  memcpy (product->result + row * product->stride + output, sums, sizeof sums);
}

static void
plain_multiply (const MarianProduct *product)
{
  for (gsize output = 0; output < product->n_outputs; output += MARIAN_KERNEL_BLOCK)
    for (gsize row = 0; row < product->n_rows; row++)
      plain_multiply_block (product, row, output, FALSE);
}

static void
plain_multiply_saturating (const MarianProduct *product)
{
  for (gsize output = 0; output < product->n_outputs; output += MARIAN_KERNEL_BLOCK)
    for (gsize row = 0; row < product->n_rows; row++)
      plain_multiply_block (product, row, output, TRUE);
}

const MarianKernel marian_kernel_plain = {
  .name = "plain",
  .is_supported = always,
  .multiply = plain_multiply,
};

const MarianKernel marian_kernel_plain_saturating = {
  .name = "plain-saturating",
  .saturating = TRUE,
  .is_supported = always,
  .multiply = plain_multiply_saturating,
};

const MarianKernel *const *
marian_kernel_list (void)
{
  static const MarianKernel *const kernels[] = {
#ifdef __x86_64__
    &marian_kernel_avx512_vnni,
    &marian_kernel_avx2,
    &marian_kernel_avx2_saturating,
#endif
#ifdef __aarch64__
    &marian_kernel_neon,
#endif
    &marian_kernel_plain,
    &marian_kernel_plain_saturating,
    NULL,
  };

  return kernels;
}

const MarianKernel *
marian_kernel_get_best (gboolean saturating)
{
  const MarianKernel *const *kernels = marian_kernel_list ();

  for (guint i = 0; kernels[i] != NULL; i++)
    if (kernels[i]->saturating == saturating && kernels[i]->is_supported ())
      return kernels[i];
  g_return_val_if_reached (&marian_kernel_plain);
}

gsize
marian_kernel_pad (gsize n_outputs)
{
  return (n_outputs + MARIAN_KERNEL_OUTPUTS - 1) / MARIAN_KERNEL_OUTPUTS * MARIAN_KERNEL_OUTPUTS;
}

void
marian_kernel_pack_row (
    const MarianKernel *self, const gint8 *weights, gsize n_inputs, gsize output, guint8 *packed)
{
  guint32 offset = self->weight_offset * 0x01010101u;
  gsize place = output % MARIAN_KERNEL_BLOCK;
  guint8 *block = packed + (output - place) * n_inputs + place * GROUP;

  for (gsize i = 0; i < n_inputs; i += GROUP, block += MARIAN_KERNEL_BLOCK * GROUP) {
    guint32 group = 0;

    if (weights != NULL)
      memcpy (&group, weights + i, sizeof group);
    /* Adding 128 inverts the highest bit. */
    group ^= offset;
    memcpy (block, &group, sizeof group);
  }
}
