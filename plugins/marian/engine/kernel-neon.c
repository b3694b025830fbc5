/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel.h"

#ifdef __aarch64__
#include <arm_neon.h>
#include <sys/auxv.h>

#ifndef HWCAP_ASIMDDP
#define HWCAP_ASIMDDP (1 << 20)
#endif

#define DOT __attribute__ ((target ("arch=armv8.2-a+dotprod")))

static gboolean
has_dot_product (void)
{
  return (getauxval (AT_HWCAP) & HWCAP_ASIMDDP) != 0;
}

/* Products of four rows of weights with one row of values. */
DOT static inline int32x4_t
neon_dot (const gint8 *values, const gint8 *weights, gsize n_inputs)
{
  int32x4_t sums[4] = { vdupq_n_s32 (0), vdupq_n_s32 (0), vdupq_n_s32 (0), vdupq_n_s32 (0) };

  for (gsize i = 0; i < n_inputs; i += sizeof (int8x16_t)) {
    int8x16_t x = vld1q_s8 (values + i);

    for (gsize output = 0; output < 4; output++)
      sums[output] = vdotq_s32 (sums[output], x, vld1q_s8 (weights + output * n_inputs + i));
  }
  return vpaddq_s32 (vpaddq_s32 (sums[0], sums[1]), vpaddq_s32 (sums[2], sums[3]));
}

DOT static void
neon_multiply (const guint8 *values, gsize n_rows, const gint8 *weights, gsize n_outputs,
    gsize n_inputs, gint32 *result)
{
  for (gsize output = 0; output < n_outputs; output += 4)
    for (gsize row = 0; row < n_rows; row++)
      vst1q_s32 (
          result + row * n_outputs + output, neon_dot ((const gint8 *) values + row * n_inputs,
                                                 weights + output * n_inputs, n_inputs));
}

const MarianKernel marian_kernel_neon = {
  .name = "neon-dot",
  .offset = 0,
  .is_supported = has_dot_product,
  .multiply = neon_multiply,
};
#endif
