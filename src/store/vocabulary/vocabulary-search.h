/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/vocabulary/vocabulary-item.h>

G_BEGIN_DECLS

/**
 * habla_vocabulary_parse_search:
 * @text: what a user searches for; need not be UTF-8
 * @error: return location for a %HABLA_STORE_ERROR_REFUSED that says what is wrong
 *
 * Words are separated by spaces, or in double quotes; AND may stand between two of them.
 *
 * Returns: (transfer full) (nullable): the words and phrases to find, in small letters without
 *   accents
 */
GStrv habla_vocabulary_parse_search (const char *text, GError **error);

/**
 * habla_vocabulary_item_matches:
 * @self: an item
 * @words: (array zero-terminated=1): of habla_vocabulary_parse_search()
 * @buffer: (inout): overwritten; use the same for many items
 *
 * Returns: whether each of @words is in the term, the literal translation, the meaning or the
 *   category
 */
gboolean habla_vocabulary_item_matches (
    const HablaVocabularyItem *self, const char *const *words, GString *buffer);

G_END_DECLS
