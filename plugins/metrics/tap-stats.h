/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/histogram.h>

G_BEGIN_DECLS

/* Rates are those of the last 16 slots of 0.25 s: 4 s. */
#define HABLA_TAP_STATS_SLOTS 16
#define HABLA_TAP_STATS_SLOT (GST_SECOND / 4)

/* Counters at the begin of a time slot. Slots without a buffer are not written. Times are of
 * CLOCK_MONOTONIC, in nanoseconds. */
typedef struct {
  guint64 number; /* time divided by the length of a slot; 0 = never written */
  guint64 buffers;
  guint64 bytes;
} HablaTapStatsSlot;

/* Only 64-bit members, because the reader copies 64-bit words. */
typedef struct {
  guint64 buffers;
  guint64 bytes;
  guint64 gaps;
  guint64 discontinuities;
  guint64 last_pts;    /* GST_CLOCK_TIME_NONE = none yet */
  gint64 max_lateness; /* G_MININT64 = none yet */
  guint64 first_time;  /* time of the first buffer; 0 = none yet */
  guint64 slot;        /* number of the slot written last */
  HablaTapStatsSlot slots[HABLA_TAP_STATS_SLOTS];
  HablaHistogram late;
  HablaHistogram early; /* of -lateness of early buffers */
} HablaTapStatsData;

/**
 * HablaTapStats:
 *
 * Statistics of a metrics tap, protected by a sequence lock: one thread writes without a lock
 * or an allocation while any thread reads. A reader repeats its copy if a write, from
 * habla_tap_stats_begin() to habla_tap_stats_end(), overlapped with it.
 */
typedef struct {
  guint64 sequence;       /* atomic; odd during a write */
  HablaTapStatsData data; /* each word atomic; written between begin and end only */
} HablaTapStats;

/**
 * habla_tap_stats_begin:
 * @self: statistics
 *
 * Begins a write.
 */
static inline void
habla_tap_stats_begin (HablaTapStats *self)
{
  __atomic_store_n (&self->sequence, self->sequence + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence (__ATOMIC_RELEASE);
}

/**
 * habla_tap_stats_end:
 * @self: statistics
 *
 * Ends a write.
 */
static inline void
habla_tap_stats_end (HablaTapStats *self)
{
  __atomic_store_n (&self->sequence, self->sequence + 1, __ATOMIC_RELEASE);
}

/**
 * habla_tap_stats_reset:
 * @self: statistics
 *
 * Sets all counters to their initial values. Required also after zero-initialisation.
 */
void habla_tap_stats_reset (HablaTapStats *self);

/**
 * habla_tap_stats_count_buffer:
 * @self: statistics, during a write
 * @buffer: a buffer
 * @time: result of habla_tap_stats_get_time()
 */
void habla_tap_stats_count_buffer (HablaTapStats *self, GstBuffer *buffer, guint64 time);

/**
 * habla_tap_stats_count_gap:
 * @self: statistics, during a write
 */
void habla_tap_stats_count_gap (HablaTapStats *self);

/**
 * habla_tap_stats_record_lateness:
 * @self: statistics, during a write
 * @lateness: in nanoseconds; below 0 = early
 */
void habla_tap_stats_record_lateness (HablaTapStats *self, gint64 lateness);

/**
 * habla_tap_stats_get_time:
 *
 * Returns: time of CLOCK_MONOTONIC_COARSE, in nanoseconds. It is exact to a few
 *   milliseconds, and takes a fifth of the time of an exact clock
 */
guint64 habla_tap_stats_get_time (void);

/**
 * habla_tap_stats_to_structure:
 * @self: statistics
 * @name: the name of the structure
 *
 * Any thread. The fields are those of `habla/metrics` (metricstap.c), without `caps`.
 *
 * Returns: (transfer full): a structure
 */
GstStructure *habla_tap_stats_to_structure (const HablaTapStats *self, const char *name);

G_END_DECLS
