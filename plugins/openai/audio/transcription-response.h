/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/transcription.h>

G_BEGIN_DECLS

/**
 * TranscriptionResponse:
 * @text: (nullable): the text without white space at its ends; %NULL if there was no speech
 * @confidence: 0.0 to 1.0, or a negative number if unknown
 * @language: (nullable): BCP 47 code of the detected language
 * @words: (nullable) (element-type HablaWord): times in samples since the begin of the segment
 *
 * What a server recognised in a segment. Zero-initialise it and clear it with
 * transcription_response_clear(), or use g_auto().
 */
typedef struct {
  char *text;
  double confidence;
  char *language;
  GPtrArray *words;
} TranscriptionResponse;

/**
 * transcription_response_clear:
 * @self: a response
 */
void transcription_response_clear (TranscriptionResponse *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TranscriptionResponse, transcription_response_clear)

/**
 * transcription_response_check_text:
 * @text: a text, not validated
 * @length: its length, in bytes
 * @n_samples: duration of the segment, in samples at 16 kHz
 * @error: return location for a %HABLA_ERROR_ENGINE: no UTF-8, or more than anybody can say in the
 *   duration, which a model invented
 *
 * Returns: (transfer full) (nullable): the text in one line; empty if there is none; %NULL on error
 */
char *transcription_response_check_text (
    const char *text, gsize length, gsize n_samples, GError **error);

/**
 * transcription_response_parse:
 * @self: a zero-initialised response, which is filled in
 * @body: the body of a response with a status of success, followed by a NUL that does not count
 * @content_type: (nullable): its media type
 * @n_samples: duration of the segment, in samples at 16 kHz
 * @error: return location for a %HABLA_ERROR_ENGINE, which describes the error in the response
 *
 * Reads the formats `json`, `verbose_json` and `text`, whichever the server sends. Parts of a text
 * that the server itself takes for silence are left out.
 *
 * Returns: whether the response makes sense
 */
gboolean transcription_response_parse (TranscriptionResponse *self, GBytes *body,
    const char *content_type, gsize n_samples, GError **error);

G_END_DECLS
