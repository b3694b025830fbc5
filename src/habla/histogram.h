/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/* Buckets: one for each value from 0 to 15, then eight for each doubling up to 2^42 ns
 * (73 min). */
#define HABLA_HISTOGRAM_LINEAR 16
#define HABLA_HISTOGRAM_BUCKETS (HABLA_HISTOGRAM_LINEAR + 38 * 8 + 1)

/**
 * HablaHistogram:
 *
 * A histogram of durations in nanoseconds, of fixed size (about 2.6 kB), with an error of at
 * most 1/8 of the value. One thread records without a lock or an allocation while any
 * thread reads. Zero-initialised is empty. The layout is private.
 */
typedef struct {
  guint64 buckets[HABLA_HISTOGRAM_BUCKETS]; /* atomic */
  guint64 max;                              /* atomic */
} HablaHistogram;

/**
 * habla_histogram_record:
 * @self: a histogram
 * @value: a duration, in nanoseconds
 *
 * Only one thread at a time may record.
 */
HABLA_API void habla_histogram_record (HablaHistogram *self, guint64 value);

/**
 * habla_histogram_get_count:
 * @self: a histogram
 *
 * Returns: the number of values
 */
HABLA_API guint64 habla_histogram_get_count (const HablaHistogram *self);

/**
 * habla_histogram_get_max:
 * @self: a histogram
 *
 * Returns: the exact maximum, in nanoseconds; 0 if it is empty
 */
HABLA_API guint64 habla_histogram_get_max (const HablaHistogram *self);

/**
 * habla_histogram_get_quantile:
 * @self: a histogram
 * @quantile: from 0.0 to 1.0
 *
 * Returns: the quantile, in nanoseconds: at most 1/8 above the exact one, and at most the
 *   maximum; 0 if it is empty
 */
HABLA_API guint64 habla_histogram_get_quantile (const HablaHistogram *self, double quantile);

G_END_DECLS
