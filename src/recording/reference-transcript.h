/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <recording/recording.h>
#include <recording/word-error-rate.h>

G_BEGIN_DECLS

/* A reference transcript is the text of a recording, as written by a human listener. */

/**
 * habla_reference_transcript_check:
 * @body: an object from outside
 * @error: return location for a %G_IO_ERROR_INVALID_ARGUMENT
 *
 * Does not access the disk.
 *
 * Returns: whether @body has the form {"segments": [{"index": 0, "text": "…"}, …]} or
 *   {"segments": [{"segment_id": 1, "filename": "segment_001.wav", "transcript": "…"}, …]}, within
 *   limits. `transcript` takes precedence over `text`
 */
gboolean habla_reference_transcript_check (JsonObject *body, GError **error);

/**
 * habla_reference_transcript_save:
 * @recording: a recording
 * @body: an object that was checked
 * @error: return location for a %G_FILE_ERROR
 *
 * Replaces the recording's reference transcript atomically. Call in a worker thread.
 *
 * Returns: whether it was saved
 */
gboolean habla_reference_transcript_save (
    HablaRecording *recording, JsonObject *body, GError **error);

/**
 * habla_reference_transcript_describe:
 * @recording: a recording
 *
 * Describes the reference transcript, or the recognised text if there is none. Call in a worker
 * thread.
 *
 * Returns: (transfer full): an object, as clients get it
 */
JsonNode *habla_reference_transcript_describe (HablaRecording *recording);

/**
 * habla_reference_transcript_compare:
 * @recording: a recording
 * @n_reviewed: (out): segments of the reference transcript, without those that say that they were
 *   not reviewed
 * @n_corrected: (out): segments of it whose text differs from the recognised one
 * @wer: (out): of those that were reviewed or whose text differs
 *
 * Compares the recognised text with the reference transcript. Call in a worker thread.
 *
 * Returns: whether there is a valid reference transcript
 */
gboolean habla_reference_transcript_compare (
    HablaRecording *recording, guint *n_reviewed, guint *n_corrected, HablaWordErrorRate *wer);

G_END_DECLS
