/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests the kernels on ARM. Uses only headers of GLib; tests/marian/neon builds and runs it. */
#include <stdio.h>

#include "kernel-check.h"

int
main (void)
{
  const MarianKernel *const *kernels = marian_kernel_list ();
  const MarianKernel *const expected = &marian_kernel_neon;
  int failures = marian_kernel_get_best (FALSE) != expected;

  for (int i = 0; kernels[i] != NULL; i++) {
    gboolean is_equal = kernels[i]->is_supported () && kernel_check (kernels[i]);

    failures += !is_equal;
    printf ("%s: %s\n", kernels[i]->name, is_equal ? "equal" : "differs, or is not supported");
  }
  return failures != 0;
}
