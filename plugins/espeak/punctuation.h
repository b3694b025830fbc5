/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_punctuation_find:
 * @text: text in UTF-8
 * @end: the end of a clause in it
 *
 * Returns: the punctuation mark before @end, as one of `,;:.!?` for marks of all scripts, or 0
 */
char habla_punctuation_find (const char *text, const char *end);

/**
 * habla_punctuation_find_short_word:
 * @text: text in UTF-8
 * @end: the end of a clause in it, which ends in a dot
 * @size: (out): size of the word, in bytes
 *
 * Returns: (transfer none) (nullable): the last word before @end without its dot, if it has one to
 *   five letters and may therefore be an abbreviation
 */
const char *habla_punctuation_find_short_word (const char *text, const char *end, gsize *size);

/**
 * habla_punctuation_ends_sentence:
 * @mark: a mark, or 0
 *
 * Returns: whether @mark ends a sentence
 */
gboolean habla_punctuation_ends_sentence (char mark);

/**
 * habla_punctuation_join:
 * @sentence: phonemes of the clauses of a sentence so far
 * @phonemes: phonemes of the next clause, as libespeak-ng writes them
 * @mark: the mark at its end, or 0
 *
 * Appends a clause, decomposed (NFD) and without the library's marks of other languages, such as
 * "(en)". A clause without phonemes only adds its mark, if there is none yet.
 */
void habla_punctuation_join (GString *sentence, const char *phonemes, char mark);

G_END_DECLS
