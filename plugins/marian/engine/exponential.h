/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "vector.h"

/* The single precision exp() of the Cephes library, as Marian's vector code computes it. */
VECTOR_INLINE Floats
marian_exp (Floats x)
{
  const Floats limit = (Floats){ 0 } + 88.3762626647949f;
  Floats n, y;

  x = SELECT (x > limit, limit, x);
  x = SELECT (x < -limit, -limit, x);
  /* n = floor (x / log (2) + 0.5) */
  y = x * 1.44269504088896341f + 0.5f;
  n = __builtin_convertvector(__builtin_convertvector(y, Integers), Floats);
  n = SELECT (n > y, n - 1.0f, n);
  x = x - n * 0.693359375f;
  x = x - n * -2.12194440e-4f;
  y = x * 1.9875691500e-4f + 1.3981999507e-3f;
  y = y * x + 8.3334519073e-3f;
  y = y * x + 4.1665795894e-2f;
  y = y * x + 1.6666665459e-1f;
  y = y * x + 5.0000001201e-1f;
  y = y * (x * x) + x + 1.0f;
  return y * (Floats) ((__builtin_convertvector(n, Integers) + 127) << 23);
}
