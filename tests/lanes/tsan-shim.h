/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <dlfcn.h>
#include <gst/gst.h>
#include <sanitizer/tsan_interface.h>

/* Declares real, the next definition of the function that calls it. Threads share what one of them
 * has found: it is read once, as it is written, by an atomic access. */
#define REAL(function) \
  static __typeof__ (&function) found; \
  __typeof__ (&function) real = g_atomic_pointer_get (&found); \
\
  if (real == NULL) { \
    real = (__typeof__ (&function)) dlsym (RTLD_NEXT, #function); \
    g_atomic_pointer_set (&found, real); \
  }

#define SHIM __attribute__ ((visibility ("default")))
