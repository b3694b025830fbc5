/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "text/history.h"

#include <habla/glossary.h>

G_BEGIN_DECLS

/**
 * PromptFeatures:
 * @PROMPT_SCHEMA: the answer must match a JSON schema
 * @PROMPT_JSON_OBJECT: the answer must be a JSON object
 * @PROMPT_STREAM: the answer comes in pieces
 * @PROMPT_USAGE: with the stream comes the number of tokens
 * @PROMPT_TEMPERATURE: the answer shall be the likely one
 *
 * Parts of the protocol that some servers or models refuse.
 */
typedef enum {
  PROMPT_SCHEMA = 1 << 0,
  PROMPT_JSON_OBJECT = 1 << 1,
  PROMPT_STREAM = 1 << 2,
  PROMPT_USAGE = 1 << 3,
  PROMPT_TEMPERATURE = 1 << 4,
} PromptFeatures;

/**
 * Prompt:
 * @model: name of the model
 * @from: BCP 47 code of @text
 * @to: BCP 47 code of the translation
 * @text: the words spoken
 * @speaker: (nullable): who said it
 * @topic: (nullable): what the lesson is about
 * @instructions: (nullable): more instructions, of whoever runs the lesson
 * @exchanges: (element-type HistoryExchange): the last exchanges
 * @glossary: (nullable): terms whose translation is given
 * @is_classroom: whether to explain the errors of learners
 * @translation_only: whether to leave out corrections and idioms
 * @is_topic: whether to ask for @topic as it is after @exchanges, as plain text, instead of a
 *   translation; @to, @text, @speaker, @instructions, @glossary, @is_classroom and
 *   @translation_only are not used then
 * @features: parts of the protocol to use
 *
 * What a model is asked. A plain value that owns nothing.
 */
typedef struct {
  const char *model;
  const char *from;
  const char *to;
  const char *text;
  const char *speaker;
  const char *topic;
  const char *instructions;
  GPtrArray *exchanges;
  HablaGlossary *glossary;
  gboolean is_classroom;
  gboolean translation_only;
  gboolean is_topic;
  PromptFeatures features;
} Prompt;

/**
 * prompt_create_body:
 * @self: a prompt
 *
 * Everything that was said is data in the message of the user; instructions are in that of the
 * system only.
 *
 * Returns: (transfer full): body of a request to `/v1/chat/completions`
 */
GBytes *prompt_create_body (const Prompt *self);

/**
 * prompt_drop_feature:
 * @features: parts of the protocol that were used
 * @message: (nullable): what a server said when it refused them
 *
 * Returns: the parts to try next; @features if none is left that may be refused
 */
PromptFeatures prompt_drop_feature (PromptFeatures features, const char *message);

G_END_DECLS
