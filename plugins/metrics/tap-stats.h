/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/histogram.h>

G_BEGIN_DECLS

/* The rate is that of the last sixteen slots of a quarter of a second: 4 s. */
#define HABLA_TAP_STATS_SLOTS 16
#define HABLA_TAP_STATS_SLOT (GST_SECOND / 4)

/* What had passed when a slot of time began: only slots in which a buffer came are
 * written. Times are of CLOCK_MONOTONIC, in nanoseconds. */
typedef struct {
  guint64 number; /* time divided by the length of a slot; 0 = never written */
  guint64 buffers;
  guint64 bytes;
} HablaTapStatsSlot;

/* Nothing but 64-bit numbers, which the reader copies one by one. */
typedef struct {
  guint64 buffers;
  guint64 bytes;
  guint64 gaps;
  guint64 discontinuities;
  guint64 last_pts;    /* GST_CLOCK_TIME_NONE = none yet */
  gint64 max_lateness; /* G_MININT64 = none yet */
  guint64 first_time;  /* when the first buffer came; 0 = none yet */
  guint64 slot;        /* number of the slot written last */
  HablaTapStatsSlot slots[HABLA_TAP_STATS_SLOTS];
  HablaHistogram late;
  HablaHistogram early; /* of -lateness, where that is greater than 0 */
} HablaTapStatsData;

/**
 * HablaTapStats:
 *
 * What a tap has counted. One thread writes, without a lock or an allocation; any
 * thread reads at the same time. A reader sees what stood between two writes
 * (habla_tap_stats_begin() to habla_tap_stats_end()), never half of one: it reads again
 * if @sequence was odd or has moved meanwhile.
 */
typedef struct {
  guint64 sequence;       /* atomic; odd while the writer is at work */
  HablaTapStatsData data; /* each number atomic; written between begin and end */
} HablaTapStats;

static inline void
habla_tap_stats_begin (HablaTapStats *self)
{
  __atomic_store_n (&self->sequence, self->sequence + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence (__ATOMIC_RELEASE);
}

static inline void
habla_tap_stats_end (HablaTapStats *self)
{
  __atomic_store_n (&self->sequence, self->sequence + 1, __ATOMIC_RELEASE);
}

void habla_tap_stats_reset (HablaTapStats *self);
void habla_tap_stats_count_buffer (HablaTapStats *self, GstBuffer *buffer, guint64 time);
void habla_tap_stats_count_gap (HablaTapStats *self);
void habla_tap_stats_record_lateness (HablaTapStats *self, gint64 lateness);

guint64 habla_tap_stats_get_time (void);

GstStructure *habla_tap_stats_to_structure (const HablaTapStats *self, const char *name);

G_END_DECLS
