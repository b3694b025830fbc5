/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <recording/word-error-rate.h>

G_BEGIN_DECLS

/* What lists and statistics tell of recordings. It is kept in memory as long as the files of a
 * recording do not change, so that reading hundreds of them many times costs about as much as once.
 * For worker threads; one of them at a time reads files. */

/**
 * HablaRecordingSummary:
 * @started_at, @ended_at: in microseconds since 1970; 0 = not known
 * @duration: in nanoseconds
 * @n_reviewed: segments of the ground truth
 * @n_corrected: of those, recognised with errors
 * @wer: of all that was reviewed
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

/* Returns: whether there is such a recording in @root */
gboolean habla_recording_summarise (
    const char *root, const char *id, HablaRecordingSummary *summary);

G_END_DECLS
