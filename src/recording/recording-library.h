/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <monitoring/metrics.h>
#include <recording/recorder.h>

G_BEGIN_DECLS

/**
 * HablaRecordingLibrary:
 *
 * All recordings of a daemon: starts recorders, repairs interrupted recordings, and deletes those
 * that are too old or too many. Used in the main thread, which never waits for a disk.
 */
typedef struct _HablaRecordingLibrary HablaRecordingLibrary;

/**
 * HablaRecordingLibraryFailed:
 * @error: why the recording ended
 * @user_data: from habla_recording_library_start()
 *
 * Called at most once, when a recording ended before habla_recording_library_finish().
 */
typedef void (*HablaRecordingLibraryFailed) (const GError *error, gpointer user_data);

/**
 * HablaRecordingLibraryOptions:
 * @root: the folder of recordings; created with the first recording
 * @keep_days: delete recordings that are older; 0 = no limit
 * @max_size: of all recordings together, in bytes; 0 = no limit
 * @max_recording_size: of each, in bytes; 0 = no limit
 * @max_undecoded: see #HablaRecorderOptions
 *
 * Copied by habla_recording_library_new().
 */
typedef struct {
  const char *root;
  guint keep_days;
  guint64 max_size;
  guint64 max_recording_size;
  gsize max_undecoded;
} HablaRecordingLibraryOptions;

/**
 * habla_recording_library_new:
 * @options: copied
 * @metrics: (transfer none): must outlive the library
 *
 * Does not access the disk yet.
 *
 * Returns: (transfer full): a library
 */
HablaRecordingLibrary *habla_recording_library_new (
    const HablaRecordingLibraryOptions *options, HablaMetrics *metrics);

/**
 * habla_recording_library_free:
 * @self: a library without open recordings
 *
 * Cancels maintenance, and waits for its thread.
 */
void habla_recording_library_free (HablaRecordingLibrary *self);

/**
 * habla_recording_library_get_root:
 * @self: a library
 *
 * Returns: (transfer none): the path of the folder of recordings
 */
const char *habla_recording_library_get_root (HablaRecordingLibrary *self);

/**
 * habla_recording_library_count_open:
 * @self: a library
 *
 * Returns: the number of recordings that are not completely written yet
 */
guint habla_recording_library_count_open (HablaRecordingLibrary *self);

/**
 * habla_recording_library_start:
 * @self: a library
 * @options: of the recorder; the library sets root, limits, done and user_data
 * @failed: called if the recording ends by itself
 * @user_data: for @failed
 *
 * Starts a recording.
 *
 * Returns: (transfer full): pass to habla_recording_library_finish()
 */
HablaRecorder *habla_recording_library_start (HablaRecordingLibrary *self,
    const HablaRecorderOptions *options, HablaRecordingLibraryFailed failed, gpointer user_data);

/**
 * habla_recording_library_finish:
 * @self: a library
 * @recorder: (transfer full): from habla_recording_library_start()
 *
 * Ends a recording; pending audio is still written. Its callback is no longer called.
 */
void habla_recording_library_finish (HablaRecordingLibrary *self, HablaRecorder *recorder);

/**
 * habla_recording_library_start_maintenance:
 * @self: a library
 *
 * Runs habla_recording_maintenance_run() in a worker thread, now and once a day. No-op after the
 * first call.
 */
void habla_recording_library_start_maintenance (HablaRecordingLibrary *self);

G_END_DECLS
