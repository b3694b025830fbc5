/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap-stats.h"

#include <time.h>

/* With a single writer, relaxed loads and stores suffice: readers must not see torn
 * values, but no read-modify-write instruction is needed. */
#define LOAD(p) __atomic_load_n ((p), __ATOMIC_RELAXED)
#define STORE(p, v) __atomic_store_n ((p), (v), __ATOMIC_RELAXED)

guint64
habla_tap_stats_get_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC_COARSE, &now);
  return GST_TIMESPEC_TO_TIME (now);
}

void
habla_tap_stats_reset (HablaTapStats *self)
{
  guint64 *words = (guint64 *) &self->data;

  habla_tap_stats_begin (self);
  for (gsize i = 0; i < sizeof self->data / sizeof *words; i++)
    STORE (&words[i], 0);
  STORE (&self->data.last_pts, GST_CLOCK_TIME_NONE);
  STORE (&self->data.max_lateness, G_MININT64);
  habla_tap_stats_end (self);
}

static void
tap_stats_begin_slot (HablaTapStatsData *data, guint64 number, guint64 time)
{
  HablaTapStatsSlot *slot = &data->slots[number % HABLA_TAP_STATS_SLOTS];

  if (data->first_time == 0)
    STORE (&data->first_time, time);
  STORE (&data->slot, number);
  STORE (&slot->number, number);
  STORE (&slot->buffers, data->buffers);
  STORE (&slot->bytes, data->bytes);
}

void
habla_tap_stats_count_buffer (HablaTapStats *self, GstBuffer *buffer, guint64 time)
{
  HablaTapStatsData *data = &self->data;
  guint64 number = time / HABLA_TAP_STATS_SLOT;

  if (G_UNLIKELY (number != data->slot))
    tap_stats_begin_slot (data, number, time);
  STORE (&data->buffers, data->buffers + 1);
  STORE (&data->bytes, data->bytes + gst_buffer_get_size (buffer));
  if (G_UNLIKELY (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP)))
    STORE (&data->gaps, data->gaps + 1);
  if (G_UNLIKELY (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT)))
    STORE (&data->discontinuities, data->discontinuities + 1);
  if (GST_BUFFER_PTS_IS_VALID (buffer))
    STORE (&data->last_pts, GST_BUFFER_PTS (buffer));
}

void
habla_tap_stats_count_gap (HablaTapStats *self)
{
  STORE (&self->data.gaps, self->data.gaps + 1);
}

void
habla_tap_stats_record_lateness (HablaTapStats *self, gint64 lateness)
{
  if (lateness >= 0)
    habla_histogram_record (&self->data.late, lateness);
  else
    habla_histogram_record (&self->data.early, -(guint64) lateness);
  if (lateness > self->data.max_lateness)
    STORE (&self->data.max_lateness, lateness);
}

static void
tap_stats_copy_data (const HablaTapStats *self, HablaTapStatsData *copy)
{
  const guint64 *from = (const guint64 *) &self->data;
  guint64 *to = (guint64 *) copy;
  guint64 sequence;

  G_STATIC_ASSERT (sizeof (HablaTapStatsData) % sizeof (guint64) == 0);

  while (TRUE) {
    sequence = __atomic_load_n (&self->sequence, __ATOMIC_ACQUIRE);
    if (sequence % 2 == 0) {
      for (gsize i = 0; i < sizeof *copy / sizeof *to; i++)
        to[i] = LOAD (&from[i]);
      __atomic_thread_fence (__ATOMIC_ACQUIRE);
      if (LOAD (&self->sequence) == sequence)
        return;
    }
    /* The writer may have been preempted during a write. */
    g_thread_yield ();
  }
}

/* Rates since the begin of the first slot within the last 16, or since the first buffer. */
static void
tap_stats_get_rates (const HablaTapStatsData *data, double *buffers, double *bytes)
{
  const HablaTapStatsSlot *first = NULL;
  guint64 time = habla_tap_stats_get_time ();
  guint64 oldest = time / HABLA_TAP_STATS_SLOT - (HABLA_TAP_STATS_SLOTS - 1);
  guint64 begin = MAX (oldest * HABLA_TAP_STATS_SLOT, data->first_time);
  double seconds = MAX (time - begin, HABLA_TAP_STATS_SLOT) / (double) GST_SECOND;

  for (guint i = 0; i < HABLA_TAP_STATS_SLOTS; i++) {
    const HablaTapStatsSlot *slot = &data->slots[i];

    if (slot->number >= oldest && (first == NULL || slot->number < first->number))
      first = slot;
  }
  *buffers = first != NULL ? (data->buffers - first->buffers) / seconds : 0.0;
  *bytes = first != NULL ? (data->bytes - first->bytes) / seconds : 0.0;
}

/* The histogram of early buffers is reversed: its maximum is the minimum lateness. */
static gint64
tap_stats_get_lateness_quantile (const HablaTapStatsData *data, double quantile)
{
  guint64 n_early = habla_histogram_get_count (&data->early);
  guint64 n_late = habla_histogram_get_count (&data->late);
  guint64 rank = MAX (1, (guint64) (quantile * (n_early + n_late) + 0.999999));

  if (rank <= n_early)
    return -(gint64) habla_histogram_get_quantile (
        &data->early, (n_early - rank + 1) / (double) n_early);
  return habla_histogram_get_quantile (&data->late, (rank - n_early) / (double) n_late);
}

GstStructure *
habla_tap_stats_to_structure (const HablaTapStats *self, const char *name)
{
  g_autofree HablaTapStatsData *data = g_new (HablaTapStatsData, 1);
  GstStructure *structure;
  double buffers_per_second, bytes_per_second;
  guint64 n_early, n_lateness;

  tap_stats_copy_data (self, data);
  tap_stats_get_rates (data, &buffers_per_second, &bytes_per_second);
  n_early = habla_histogram_get_count (&data->early);
  n_lateness = n_early + habla_histogram_get_count (&data->late);

  structure = gst_structure_new (name, "buffers", G_TYPE_UINT64, data->buffers, "bytes",
      G_TYPE_UINT64, data->bytes, "gaps", G_TYPE_UINT64, data->gaps, "discontinuities",
      G_TYPE_UINT64, data->discontinuities, "buffers-per-second", G_TYPE_DOUBLE, buffers_per_second,
      "bytes-per-second", G_TYPE_DOUBLE, bytes_per_second, "last-pts", G_TYPE_UINT64,
      data->last_pts, "lateness-count", G_TYPE_UINT64, n_lateness, "early-count", G_TYPE_UINT64,
      n_early, NULL);
  if (n_lateness > 0)
    gst_structure_set (structure, "lateness-p50", G_TYPE_INT64,
        tap_stats_get_lateness_quantile (data, 0.5), "lateness-p95", G_TYPE_INT64,
        tap_stats_get_lateness_quantile (data, 0.95), "lateness-p99", G_TYPE_INT64,
        tap_stats_get_lateness_quantile (data, 0.99), "lateness-max", G_TYPE_INT64,
        data->max_lateness, NULL);
  return structure;
}
