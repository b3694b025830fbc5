/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <dlfcn.h>
#include <gst/gst.h>
#include <sanitizer/tsan_interface.h>

/* The next definition of the function that calls it, of its type. */
#define REAL(function) \
  static __typeof__ (&function) real; \
  if (g_atomic_pointer_get (&real) == NULL) \
  g_atomic_pointer_set (&real, (__typeof__ (&function)) dlsym (RTLD_NEXT, #function))

#define SHIM __attribute__ ((visibility ("default")))
