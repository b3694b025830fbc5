/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/* Buckets: 0–15 one by one, then eight to each doubling up to 2^42 ns (73 min). */
#define HABLA_HISTOGRAM_LINEAR 16
#define HABLA_HISTOGRAM_BUCKETS (HABLA_HISTOGRAM_LINEAR + 38 * 8 + 1)

/**
 * HablaHistogram:
 *
 * A histogram of durations in nanoseconds, of fixed size (about 2.6 kB) and with
 * an error of at most 1/8 of the value. One thread records, without a lock or an
 * allocation; any thread reads at the same time. Zero-initialised is empty.
 * The layout is private.
 */
typedef struct {
  guint64 buckets[HABLA_HISTOGRAM_BUCKETS]; /* written by the recorder, atomic */
  guint64 sum;                              /* likewise */
  guint64 max;                              /* likewise */
} HablaHistogram;

HABLA_API void habla_histogram_record (HablaHistogram *self, guint64 value);
HABLA_API guint64 habla_histogram_get_count (const HablaHistogram *self);
HABLA_API guint64 habla_histogram_get_sum (const HablaHistogram *self);
HABLA_API guint64 habla_histogram_get_max (const HablaHistogram *self);
HABLA_API guint64 habla_histogram_get_quantile (const HablaHistogram *self, double quantile);
HABLA_API guint64 habla_histogram_count_below (const HablaHistogram *self, guint64 limit);

G_END_DECLS
