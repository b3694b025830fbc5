/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel.h"

static gboolean
always (void)
{
  return TRUE;
}

static void
plain_multiply (const guint8 *values, gsize n_rows, const gint8 *weights, gsize n_outputs,
    gsize n_inputs, gint32 *result)
{
  for (gsize row = 0; row < n_rows; row++) {
    const gint8 *x = (const gint8 *) values + row * n_inputs;

    for (gsize output = 0; output < n_outputs; output++) {
      const gint8 *w = weights + output * n_inputs;
      gint32 sum = 0;

      for (gsize i = 0; i < n_inputs; i++)
        sum += x[i] * w[i];
      result[row * n_outputs + output] = sum;
    }
  }
}

static void
plain_multiply_saturating (const guint8 *values, gsize n_rows, const gint8 *weights,
    gsize n_outputs, gsize n_inputs, gint32 *result)
{
  for (gsize row = 0; row < n_rows; row++) {
    const guint8 *x = values + row * n_inputs;

    for (gsize output = 0; output < n_outputs; output++) {
      const gint8 *w = weights + output * n_inputs;
      gint32 sum = 0;

      for (gsize i = 0; i < n_inputs; i += 2)
        sum += CLAMP (x[i] * w[i] + x[i + 1] * w[i + 1], G_MININT16, G_MAXINT16);
      result[row * n_outputs + output] = sum;
    }
  }
}

const MarianKernel marian_kernel_plain = {
  .name = "plain",
  .offset = 0,
  .is_supported = always,
  .multiply = plain_multiply,
};

const MarianKernel marian_kernel_plain_saturating = {
  .name = "plain-saturating",
  .offset = 127,
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

  /* The saturating kernels have the offset that Marian uses. */
  for (guint i = 0; kernels[i] != NULL; i++)
    if ((kernels[i]->offset == 127) == saturating && kernels[i]->is_supported ())
      return kernels[i];
  g_return_val_if_reached (&marian_kernel_plain);
}
