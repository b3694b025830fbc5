/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "marian-test.h"

#include <kernel.h>
#include <string.h>

#define MAX_ROWS 26
#define N_OUTPUTS 72
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

/* Values and weights are -127 to 127, as those of a model; extreme ones are frequent. */
static gint8
get_random (GRand *rand)
{
  return g_rand_int_range (rand, 0, 4) == 0 ? (g_rand_boolean (rand) ? 127 : -127)
                                            : g_rand_int_range (rand, -127, 128);
}

static void
check (const MarianKernel *kernel, GRand *rand, gsize n_rows, gsize n_inputs)
{
  gsize n_padded = marian_kernel_pad (N_OUTPUTS);
  g_autofree gint8 *values = g_malloc (n_rows * n_inputs);
  g_autofree gint8 *weights = g_malloc (N_OUTPUTS * n_inputs);
  g_autofree gint32 *result = g_new (gint32, n_rows * STRIDE);
  gint32 sums[MAX_ROWS] = { 0 };
  guint8 *packed = g_aligned_alloc (n_padded, n_inputs, 64);
  MarianProduct product = { values, sums, n_rows, packed, n_inputs, n_padded, result, STRIDE };

  for (gsize i = 0; i < n_rows * n_inputs; i++) {
    gint8 value = get_random (rand);

    values[i] = value + (kernel->saturating ? 127 : 0);
    sums[i / n_inputs] += value;
  }
  for (gsize i = 0; i < N_OUTPUTS * n_inputs; i++)
    weights[i] = get_random (rand);
  for (gsize i = 0; i < n_padded; i++)
    marian_kernel_pack_row (
        kernel, i < N_OUTPUTS ? weights + i * n_inputs : NULL, n_inputs, i, packed);
  kernel->multiply (&product);
  for (gsize row = 0; row < n_rows; row++)
    for (gsize output = 0; output < N_OUTPUTS; output++)
      g_assert_cmpint (result[row * STRIDE + output], ==,
          multiply (
              values + row * n_inputs, weights + output * n_inputs, n_inputs, kernel->saturating));
  g_aligned_free (packed);
}

static void
test_multiply (gconstpointer data)
{
  const MarianKernel *kernel = data;
  static const gsize n_inputs[] = { 64, 256, 384, 1536 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (17);

  if (!kernel->is_supported ()) {
    g_test_skip ("this processor does not have the instructions");
    return;
  }
  for (gsize n_rows = 1; n_rows <= MAX_ROWS; n_rows++)
    for (guint i = 0; i < G_N_ELEMENTS (n_inputs); i++)
      check (kernel, rand, n_rows, n_inputs[i]);
}

static void
test_best (void)
{
  g_assert_true (marian_kernel_get_best (TRUE)->saturating);
  g_assert_false (marian_kernel_get_best (FALSE)->saturating);
  g_assert_true (marian_kernel_get_best (TRUE)->is_supported ());
  g_assert_true (marian_kernel_get_best (FALSE)->is_supported ());
}

int
main (int argc, char **argv)
{
  const MarianKernel *const *kernels = marian_kernel_list ();

  habla_test_init (&argc, &argv);

  for (guint i = 0; kernels[i] != NULL; i++) {
    g_autofree char *path = g_strconcat ("/marian/kernel/", kernels[i]->name, NULL);

    g_test_add_data_func (path, kernels[i], test_multiply);
  }
  g_test_add_func ("/marian/kernel/best", test_best);

  return habla_test_run ();
}
