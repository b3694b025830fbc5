/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "draft.h"

G_BEGIN_DECLS

/**
 * MarianInlineOptions:
 * @context: language and terms of the text
 * @draft: (nullable): the same sentence when it was shorter, which is updated
 *
 * How to translate a sentence.
 */
typedef struct {
  const MarianContext *context;
  MarianDraftSentence *draft;
} MarianInlineOptions;

/**
 * marian_translate_inline:
 * @model: a model
 * @text: one sentence in valid UTF-8, which may have tags such as "<i>", addresses and numbers
 * @options: how to translate it
 * @cancellable: (nullable): a cancellable
 * @error: return location for a %G_IO_ERROR_CANCELLED
 *
 * Translates a sentence. Tags are put around the words that translate those which they were around;
 * terms are replaced; web and mail addresses are copied; a number that came out as another number
 * is corrected. Text that is mostly not in the vocabulary, for example in another script, is
 * returned unchanged but for its terms.
 *
 * Returns: (transfer full) (nullable): the translation
 */
char *marian_translate_inline (MarianModel *model, const char *text,
    const MarianInlineOptions *options, GCancellable *cancellable, GError **error);

/**
 * marian_replace_terms:
 * @text: text in valid UTF-8, which may have tags
 * @context: terms of the text
 *
 * Replaces the terms of text that is not translated. Tags stay.
 *
 * Returns: (transfer full): the text
 */
char *marian_replace_terms (const char *text, const MarianContext *context);

G_END_DECLS
