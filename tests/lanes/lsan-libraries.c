/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hides from the leak sanitizer what the constructors of libraries allocate. GLib's allocates the
 * table of quarks: when it grows, GLib keeps the old table for readers without a lock. */
#include <sanitizer/lsan_interface.h>

/* Functions in .preinit_array run before the constructors of all libraries. */
__attribute__ ((section (".preinit_array"), used)) static void (*const before_libraries) (
    void) = __lsan_disable;

/* Runs after those of libraries that the program is linked with. */
__attribute__ ((constructor)) static void
enter_program (void)
{
  __lsan_enable ();
}
