/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Vectors for loops over floats, by GCC's and clang's vector extensions. */

/* Compiles a function for AVX512 and AVX2 too, and chooses at run time. meson.build switches the
 * contraction of products and sums off, which would change results. */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define VECTORIZED __attribute__ ((target_clones ("avx512f", "avx2", "default")))
#else
#define VECTORIZED
#endif
/* Parts of such functions. */
#define VECTOR_INLINE static inline __attribute__ ((always_inline))

/* Elements of a vector. */
#define LANES 16

/* Vectors of memory that is not aligned. */
typedef float Floats __attribute__ ((vector_size (64), aligned (4), may_alias));
typedef gint32 Integers __attribute__ ((vector_size (64), aligned (4), may_alias));
typedef guint32 Naturals __attribute__ ((vector_size (64), aligned (4), may_alias));
typedef gint8 Bytes __attribute__ ((vector_size (16), aligned (1), may_alias));
/* Half a vector: Marian sums in eight lanes. */
typedef float HalfFloats __attribute__ ((vector_size (32), aligned (4), may_alias));
typedef float QuarterFloats __attribute__ ((vector_size (16), aligned (4), may_alias));

#define LOAD(type, pointer) (*(const type *) (pointer))
#define STORE(type, pointer, value) (*(type *) (pointer) = (value))

/* Of each lane that of @a where @mask is -1, that of @b where it is 0 */
#define SELECT(mask, a, b) ((Floats) (((mask) & (Integers) (a)) | (~(mask) & (Integers) (b))))

G_END_DECLS
