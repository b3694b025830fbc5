/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MarianKernel:
 * @name: for logs and tests
 * @offset: added to each quantised value, because the instructions multiply unsigned by signed
 *   bytes; the caller subtracts @offset times the sum of a row of weights from its result
 * @is_supported: whether this processor has the instructions
 * @multiply: products of @n_rows rows of quantised values with @n_outputs rows of weights, each of
 *   @n_inputs bytes. @n_inputs is a multiple of 64, @n_outputs of 8. Result (row, output) is
 *   result[row * n_outputs + output]
 *
 * Multiplication of 8-bit integers with sums of 32 bits.
 */
typedef struct {
  const char *name;
  guint8 offset;
  gboolean (*is_supported) (void);
  void (*multiply) (const guint8 *values, gsize n_rows, const gint8 *weights, gsize n_outputs,
      gsize n_inputs, gint32 *result);
} MarianKernel;

/* Exact, on every processor. */
extern const MarianKernel marian_kernel_plain;
/* Adds the products of two neighbours with saturation to 16 bits, as the instruction pmaddubsw
 * does; on every processor. */
extern const MarianKernel marian_kernel_plain_saturating;
#ifdef __x86_64__
extern const MarianKernel marian_kernel_avx2;
extern const MarianKernel marian_kernel_avx2_saturating;
extern const MarianKernel marian_kernel_avx512_vnni;
#endif
#ifdef __aarch64__
extern const MarianKernel marian_kernel_neon;
#endif

/**
 * marian_kernel_list:
 *
 * Returns: (array zero-terminated=1): all kernels, the fastest first
 */
const MarianKernel *const *marian_kernel_list (void);

/**
 * marian_kernel_get_best:
 * @saturating: whether sums of two products saturate to 16 bits
 *
 * Returns: the fastest kernel that this processor supports
 */
const MarianKernel *marian_kernel_get_best (gboolean saturating);

G_END_DECLS
