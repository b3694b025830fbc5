/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "marian.h"

G_BEGIN_DECLS

/**
 * MarianDraftSentence:
 * @source: (nullable): the sentence; %NULL if none was translated yet
 * @translation: (nullable): its translation
 *
 * The last translation of a sentence that is still growing. Zero-initialised is empty. For one
 * thread at a time.
 */
typedef struct {
  char *source;
  MarianTranslation *translation;
} MarianDraftSentence;

/**
 * marian_draft_sentence_clear:
 * @self: a sentence
 *
 * Frees the members of @self.
 */
void marian_draft_sentence_clear (MarianDraftSentence *self);

/**
 * marian_draft_sentence_translate:
 * @self: a sentence, which is updated
 * @model: a model
 * @text: the sentence in its present form, without tags
 * @cancellable: (nullable): a cancellable
 * @error: return location for a %G_IO_ERROR_CANCELLED
 *
 * Translates a sentence again. The translation of the words that did not change stays, unless the
 * model finds another one much better.
 *
 * Returns: (transfer none) (nullable): the translation, which @self owns
 */
const MarianTranslation *marian_draft_sentence_translate (MarianDraftSentence *self,
    MarianModel *model, const char *text, GCancellable *cancellable, GError **error);

G_END_DECLS
