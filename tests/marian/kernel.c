/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "marian-test.h"

#include "kernel-check.h"

static void
test_multiply (gconstpointer data)
{
  const MarianKernel *kernel = data;

  if (!kernel->is_supported ()) {
    g_test_skip ("this processor does not have the instructions");
    return;
  }
  g_assert_true (kernel_check (kernel));
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
