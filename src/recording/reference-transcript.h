/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <recording/recording.h>
#include <recording/word-error-rate.h>

G_BEGIN_DECLS

/* What was really said in a recording, as somebody wrote it who listened. All functions but
 * the first read or write disks: they are for worker threads. */

/* Returns: whether @body has the form {"segments": [{"index": 0, "text": "…"}, …]} within its
 * bounds; @error: what is wrong */
gboolean habla_reference_transcript_check (JsonObject *body, GError **error);
/* @body: checked. Whole or not at all. */
gboolean habla_reference_transcript_save (
    HablaRecording *recording, JsonObject *body, GError **error);
/* Returns: (transfer full): as clients get it: that of somebody, or what was recognised */
JsonNode *habla_reference_transcript_describe (HablaRecording *recording);

/* @n_reviewed: (out): segments that somebody has written down
 * @n_corrected: (out): of those, recognised with errors
 * @wer: (out): of all of them
 * Returns: whether there is a ground truth */
gboolean habla_reference_transcript_compare (
    HablaRecording *recording, guint *n_reviewed, guint *n_corrected, HablaWordErrorRate *wer);

G_END_DECLS
