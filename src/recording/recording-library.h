/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <monitoring/metrics.h>
#include <recording/recorder.h>
#include <recording/recording-budget.h>

G_BEGIN_DECLS

/**
 * HablaRecordingLibrary:
 *
 * All recordings of a daemon: makes new ones, mends what was cut off, and deletes what is old
 * or too much. Used in the main thread, which never waits for a disk.
 */
typedef struct _HablaRecordingLibrary HablaRecordingLibrary;

/* The recording has ended by itself; called at most once. */
typedef void (*HablaRecordingLibraryFailed) (const GError *error, gpointer user_data);

/**
 * HablaRecordingLibraryOptions:
 * @root: their folder; made with the first of them
 * @keep_days: older ones are deleted; 0 = none
 * @max_size: of all together, in bytes; 0 = any
 * @max_recording_size: of each, in bytes; 0 = any
 * @max_unheard: see #HablaRecorderOptions
 *
 * Copied by habla_recording_library_new().
 */
typedef struct {
  const char *root;
  guint keep_days;
  guint64 max_size;
  guint64 max_recording_size;
  gsize max_unheard;
} HablaRecordingLibraryOptions;

/* @metrics: (transfer none): outlives it. Returns: (transfer full): touches no disk yet */
HablaRecordingLibrary *habla_recording_library_new (
    const HablaRecordingLibraryOptions *options, HablaMetrics *metrics);
/* Nothing is recorded any more. Waits for what it does on the disk, which it cuts short. */
void habla_recording_library_free (HablaRecordingLibrary *self);

const char *habla_recording_library_get_root (HablaRecordingLibrary *self);
/* Recordings that are not whole on the disk yet. */
guint habla_recording_library_count_open (HablaRecordingLibrary *self);

/* @options: but for root, bounds, done and user_data. Returns: (transfer full): give it back to
 * habla_recording_library_finish() */
HablaRecorder *habla_recording_library_start (HablaRecordingLibrary *self,
    const HablaRecorderOptions *options, HablaRecordingLibraryFailed failed, gpointer user_data);
void habla_recording_library_finish (HablaRecordingLibrary *self, HablaRecorder *recorder);

/* Mends and deletes now, and each day, by a worker thread. */
void habla_recording_library_start_maintenance (HablaRecordingLibrary *self);

/**
 * HablaRecordingMaintenance:
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
} HablaRecordingMaintenance;

/* In a worker thread. */
void habla_recording_maintenance_run (const char *root, guint keep_days, guint64 max_size,
    gint64 now, GCancellable *cancellable, HablaRecordingMaintenance *care);

G_END_DECLS
