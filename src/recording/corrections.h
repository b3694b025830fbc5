/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <recording/word-error-rate.h>

G_BEGIN_DECLS

/**
 * HablaCorrections:
 * @n_all: all recordings
 * @n_recordings: recordings with a reference transcript
 * @n_reviewed: segments in those transcripts, without those marked as not reviewed
 * @n_corrected: segments in them whose text differs from the recognised text
 * @n_segments: of recordings with a reference transcript
 * @duration: of all recordings, in nanoseconds
 * @wer: of reviewed segments and of those with errors
 */
typedef struct {
  guint n_all;
  guint n_recordings;
  guint n_reviewed;
  guint n_corrected;
  guint n_segments;
  guint64 duration;
  HablaWordErrorRate wer;
} HablaCorrections;

/**
 * habla_corrections_count:
 * @root: the folder of recordings
 * @cancellable: (nullable): ends the count early; @corrections are incomplete then
 * @corrections: (out): statistics of all recordings
 *
 * Call in a worker thread.
 */
void habla_corrections_count (
    const char *root, GCancellable *cancellable, HablaCorrections *corrections);

G_END_DECLS
