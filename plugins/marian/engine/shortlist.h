/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MarianShortlist:
 *
 * A lexical shortlist: for each source token the target tokens that probably translate it. With it,
 * the output layer computes some hundred scores instead of one for each token of the vocabulary.
 * Immutable; any thread may use it.
 */
typedef struct _MarianShortlist MarianShortlist;

/**
 * marian_shortlist_new:
 * @path: path of a shortlist, for example "lex.50.50.enpt.s2t.bin"
 * @n_source: number of tokens of the source vocabulary
 * @n_target: number of tokens of the target vocabulary
 * @error: return location for a #GFileError, or a %MARIAN_ERROR_MODEL for a damaged file or one for
 *   other vocabularies
 *
 * Returns: (transfer full) (nullable): the shortlist, whose every token is below @n_target
 */
MarianShortlist *marian_shortlist_new (
    const char *path, guint n_source, guint n_target, GError **error);

/**
 * marian_shortlist_free:
 * @self: (transfer full): a shortlist
 */
void marian_shortlist_free (MarianShortlist *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MarianShortlist, marian_shortlist_free)

/**
 * marian_shortlist_select:
 * @self: a shortlist
 * @tokens: (array length=n_tokens): source tokens, each in the source vocabulary
 * @n_tokens: their number
 * @shared: whether source and target have the same vocabulary, so that a token can translate itself
 *
 * Returns: (transfer full) (element-type guint32): the target tokens, sorted, without duplicates;
 *   their number is a multiple of 8
 */
GArray *marian_shortlist_select (
    MarianShortlist *self, const guint32 *tokens, gsize n_tokens, gboolean shared);

G_END_DECLS
