/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <monitoring/metrics.h>
#include <session/recorder.h>
#include <session/recordings-budget.h>

G_BEGIN_DECLS

/**
 * HablaRecordings:
 *
 * All recordings of a daemon: makes new ones, mends what was cut off, and deletes what is old
 * or too much. Used in the main thread, which never waits for a disk.
 */
typedef struct _HablaRecordings HablaRecordings;

/* The recording has ended by itself; called at most once. */
typedef void (*HablaRecordingsFailed) (const GError *error, gpointer user_data);

/**
 * HablaRecordingsOptions:
 * @root: their folder; made with the first of them
 * @keep_days: older ones are deleted; 0 = none
 * @max_size: of all together, in bytes; 0 = any
 * @max_recording_size: of each, in bytes; 0 = any
 * @max_unheard: see #HablaRecorderOptions
 *
 * Copied by habla_recordings_new().
 */
typedef struct {
  const char *root;
  guint keep_days;
  guint64 max_size;
  guint64 max_recording_size;
  gsize max_unheard;
} HablaRecordingsOptions;

/* @metrics: (transfer none): outlives it. Returns: (transfer full): touches no disk yet */
HablaRecordings *habla_recordings_new (
    const HablaRecordingsOptions *options, HablaMetrics *metrics);
/* Nothing is recorded any more. Waits for what it does on the disk, which it cuts short. */
void habla_recordings_free (HablaRecordings *self);

const char *habla_recordings_get_root (HablaRecordings *self);
/* Recordings that are not whole on the disk yet. */
guint habla_recordings_count_open (HablaRecordings *self);

/* @options: but for root, bounds, done and user_data. Returns: (transfer full): give it back to
 * habla_recordings_finish() */
HablaRecorder *habla_recordings_start (HablaRecordings *self, const HablaRecorderOptions *options,
    HablaRecordingsFailed failed, gpointer user_data);
void habla_recordings_finish (HablaRecordings *self, HablaRecorder *recorder);

/* Mends and deletes now, and each day, by a worker thread. */
void habla_recordings_start_care (HablaRecordings *self);

/**
 * HablaRecordingsCare:
 * @n_mended: that had been cut off
 * @n_deleted: that were too old, or too much
 * @n_kept: that are left
 * @size: of those, in bytes
 */
typedef struct {
  guint n_mended;
  guint n_deleted;
  guint n_kept;
  guint64 size;
} HablaRecordingsCare;

/* In a worker thread. */
void habla_recordings_care (const char *root, guint keep_days, guint64 max_size, gint64 now,
    GCancellable *cancellable, HablaRecordingsCare *care);

G_END_DECLS
