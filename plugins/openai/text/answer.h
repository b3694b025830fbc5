/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/annotations.h>

G_BEGIN_DECLS

/* Largest bytes of an answer. */
#define ANSWER_MAX_SIZE (64 * 1024)

/**
 * Answer:
 * @translation: (not nullable): the translation, without white space at its ends
 * @corrected: (not nullable): the source text without its errors; "" = unknown
 * @annotations: (not nullable): what the model found in the source text
 *
 * What a language model answered. Clear with answer_clear(), or use g_auto().
 */
typedef struct {
  char *translation;
  char *corrected;
  HablaAnnotations *annotations;
} Answer;

/**
 * answer_clear:
 * @self: an answer
 */
void answer_clear (Answer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/**
 * answer_skip_reasoning:
 * @text: what the model wrote
 *
 * Returns: (transfer none): the text after the reasoning, which some models write first
 */
const char *answer_skip_reasoning (const char *text);

/**
 * answer_parse:
 * @self: (out caller-allocates): zero-initialised
 * @text: what the model wrote
 * @error: return location for a %HABLA_ERROR_ENGINE, without the words spoken
 *
 * Reads the object of prompt_create_schema(). Leaves out reasoning in `<think>`, fences and text
 * around the object; wrong corrections and idioms are left out, without a translation the answer
 * is refused.
 *
 * Returns: whether there is a translation
 */
gboolean answer_parse (Answer *self, const char *text, GError **error);

/**
 * answer_read_progress:
 * @text: what the model has written so far
 *
 * Returns: (transfer full) (nullable): the translation so far; %NULL if there is none yet
 */
char *answer_read_progress (const char *text);

G_END_DECLS
