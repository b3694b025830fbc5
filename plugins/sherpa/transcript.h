/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/transcription.h>

G_BEGIN_DECLS

/**
 * HablaTokens:
 * @texts: texts of the tokens; a word begins with a space
 * @times: (nullable): begin of each token, in seconds
 * @durations: (nullable): duration of each token, in seconds
 * @log_probs: (nullable): logarithm of the probability of each token
 * @n_tokens: their number
 *
 * Tokens of a result of sherpa-onnx.
 */
typedef struct {
  const char *const *texts;
  const float *times;
  const float *durations;
  const float *log_probs;
  guint n_tokens;
} HablaTokens;

/**
 * habla_transcript_clean:
 * @text: text of a recogniser; invalid UTF-8 is replaced
 *
 * Removes text that is no speech: annotations in brackets, parentheses and asterisks such as
 * "[BLANK_AUDIO]", "(music)" and "*sighs*", notes, tags such as "<|en|>", and all but one of
 * phrases that a recogniser repeats without end.
 *
 * Returns: (transfer full) (nullable): the rest, without white space around it; %NULL if no letter
 * or digit is left
 */
char *habla_transcript_clean (const char *text);

/**
 * habla_transcript_split:
 * @text: a text
 *
 * Returns: (transfer full) (element-type utf8): its words, without empty ones
 */
GPtrArray *habla_transcript_split (const char *text);

/**
 * habla_transcript_fold:
 * @word: a word
 *
 * Returns: (transfer full): @word without case and punctuation, for comparisons; empty if it has
 *   neither letters nor digits
 */
char *habla_transcript_fold (const char *word);

/**
 * habla_transcript_is_repetitive:
 * @text: valid UTF-8
 *
 * Returns: whether a recogniser has got stuck: a phrase or a part of a word comes again and again
 */
gboolean habla_transcript_is_repetitive (const char *text);

/**
 * habla_transcript_get_agreed:
 * @previous: (nullable): a hypothesis
 * @current: the next hypothesis of the same speech, which has more audio
 *
 * Returns: (transfer full): the begin of @current whose words are the same in both; case and
 *   punctuation do not count
 */
char *habla_transcript_get_agreed (const char *previous, const char *current);

/**
 * habla_transcript_drop_last:
 * @text: a text without white space around it
 *
 * Returns: (transfer full): @text without its last word; all of it if there is one only
 */
char *habla_transcript_drop_last (const char *text);

/**
 * habla_transcript_add_words:
 * @tokens: tokens with times
 * @origin: sample at which the times begin
 * @end: sample after the last one of the speech
 * @transcription: (inout): gets the words
 *
 * Makes words of tokens, in samples at 16 kHz. No-op if the tokens have no times.
 */
void habla_transcript_add_words (
    const HablaTokens *tokens, gint64 origin, gint64 end, HablaTranscription *transcription);

/**
 * habla_transcript_get_language:
 * @label: the language as a model writes it, for example "en" or "<|en|>"
 *
 * Returns: (transfer full) (nullable): its BCP 47 code
 */
char *habla_transcript_get_language (const char *label);

/**
 * habla_transcript_get_confidence:
 * @tokens: tokens
 *
 * Returns: the geometric mean of the probabilities of the tokens, or %HABLA_CONFIDENCE_UNKNOWN
 */
double habla_transcript_get_confidence (const HablaTokens *tokens);

G_END_DECLS
