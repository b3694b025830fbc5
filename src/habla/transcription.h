/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/**
 * HablaTranscription:
 * @begin: first sample of the speech, or -1 if unknown
 * @end: sample after the last one of the speech, or -1 if unknown
 * @language: (nullable): BCP 47 code of the language that the engine detected; %NULL if it was
 *   given
 * @words: (nullable) (element-type HablaWord): the words of the text in order, with times in
 *   samples
 *
 * What an engine knows of a text besides the text. Samples are counted from the begin of the
 * utterance for the engine, which may be long before the speech. Initialise it with
 * %HABLA_TRANSCRIPTION_INIT.
 */
typedef struct {
  gint64 begin;
  gint64 end;
  char *language;
  GPtrArray *words;
} HablaTranscription;

#define HABLA_TRANSCRIPTION_INIT \
  { \
    -1, -1, NULL, NULL \
  }

/**
 * habla_transcription_add_word:
 * @self: a transcription
 * @text: the word
 * @begin: its first sample
 * @end: the sample after its last one
 *
 * Appends a word.
 */
HABLA_API void habla_transcription_add_word (
    HablaTranscription *self, const char *text, guint64 begin, guint64 end);

/**
 * habla_transcription_clear:
 * @self: a transcription
 *
 * Frees its contents and sets them to unknown.
 */
HABLA_API void habla_transcription_clear (HablaTranscription *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HablaTranscription, habla_transcription_clear)

G_END_DECLS
