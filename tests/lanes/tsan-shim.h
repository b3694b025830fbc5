/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <dlfcn.h>
#include <gst/gst.h>
#include <sanitizer/tsan_interface.h>

/* Declares `real`, the definition of the calling function in the next library. The pointer is
 * looked up once and accessed atomically. */
#define REAL(function) \
  static __typeof__ (&function) found; \
  __typeof__ (&function) real = g_atomic_pointer_get (&found); \
\
  if (real == NULL) { \
    real = (__typeof__ (&function)) dlsym (RTLD_NEXT, #function); \
    g_atomic_pointer_set (&found, real); \
  }

#define SHIM __attribute__ ((visibility ("default")))
