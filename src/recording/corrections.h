/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <recording/word-error-rate.h>

G_BEGIN_DECLS

/**
 * HablaCorrections:
 * @n_recordings: with a ground truth
 * @n_reviewed: segments in those
 * @n_corrected: of those, recognised with errors
 * @n_segments: of all recordings
 * @duration: of all recordings, in nanoseconds
 * @wer: of all that was reviewed
 */
typedef struct {
  guint n_recordings;
  guint n_reviewed;
  guint n_corrected;
  guint n_segments;
  guint64 duration;
  HablaWordErrorRate wer;
} HablaCorrections;

/* Worker thread. @cancellable: (nullable): ends it early; @corrections are of no use then */
void habla_corrections_count (
    const char *root, GCancellable *cancellable, HablaCorrections *corrections);

G_END_DECLS
