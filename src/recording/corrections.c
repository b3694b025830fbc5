/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording/corrections.h"

#include "recording/recording-summary.h"
#include "recording/recording.h"

#include <string.h>

void
habla_corrections_count (const char *root, GCancellable *cancellable, HablaCorrections *corrections)
{
  g_autoptr (GPtrArray) ids = habla_recording_list (root);

  memset (corrections, 0, sizeof *corrections);
  for (guint i = 0; i < ids->len && !g_cancellable_is_cancelled (cancellable); i++) {
    HablaRecordingSummary summary;

    if (!habla_recording_summarise (root, g_ptr_array_index (ids, i), &summary))
      continue;
    corrections->n_all++;
    corrections->duration += summary.duration;
    if (!summary.is_reviewed)
      continue;
    corrections->n_recordings++;
    corrections->n_segments += summary.n_segments;
    corrections->n_reviewed += summary.n_reviewed;
    corrections->n_corrected += summary.n_corrected;
    habla_word_error_rate_add (&corrections->wer, &summary.wer);
  }
}
