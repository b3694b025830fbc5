/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <recording/word-error-rate.h>

G_BEGIN_DECLS

/**
 * HablaRecordingSummary:
 * @has_stream: whether there is audio
 * @has_ground_truth: whether there is a reference transcript, which may be damaged
 * @n_segments: number of utterances
 * @started_at: in microseconds since 1970, UTC; 0 = unknown
 * @ended_at: in microseconds since 1970, UTC; 0 = in progress, or interrupted
 * @duration: in nanoseconds; 0 = unknown
 * @is_reviewed: whether there is a valid reference transcript
 * @n_reviewed: segments of the reference transcript, without those marked as not reviewed
 * @n_corrected: segments of it that were recognised with errors
 * @wer: of reviewed segments and of those with errors
 *
 * What lists and statistics need of a recording.
 */
typedef struct {
  gboolean has_stream;
  gboolean has_ground_truth;
  guint n_segments;
  gint64 started_at;
  gint64 ended_at;
  guint64 duration;
  gboolean is_reviewed;
  guint n_reviewed;
  guint n_corrected;
  HablaWordErrorRate wer;
} HablaRecordingSummary;

/**
 * habla_recording_summarise:
 * @root: the folder of recordings
 * @id: a recording's id
 * @summary: (out): the summary
 *
 * Summaries are cached while a recording's files do not change, so that reading hundreds of them
 * repeatedly is cheap. Call in a worker thread; only one thread at a time reads files.
 *
 * Returns: whether there is such a recording
 */
gboolean habla_recording_summarise (
    const char *root, const char *id, HablaRecordingSummary *summary);

G_END_DECLS
