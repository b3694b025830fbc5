/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MarianVocabulary:
 *
 * A SentencePiece vocabulary. Immutable; any thread may use it.
 */
typedef struct _MarianVocabulary MarianVocabulary;

/**
 * MarianPiece:
 * @id: the token
 * @begin: first byte of the text that it stands for
 * @end: byte after the last one
 */
typedef struct {
  guint32 id;
  gsize begin;
  gsize end;
} MarianPiece;

/**
 * marian_vocabulary_new:
 * @path: path of a vocabulary, for example "vocab.enpt.spm"
 * @error: return location for a %MARIAN_ERROR_MODEL
 *
 * Returns: (transfer full) (nullable): the vocabulary
 */
MarianVocabulary *marian_vocabulary_new (const char *path, GError **error);

/**
 * marian_vocabulary_free:
 * @self: (transfer full): a vocabulary
 */
void marian_vocabulary_free (MarianVocabulary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MarianVocabulary, marian_vocabulary_free)

/**
 * marian_vocabulary_get_size:
 * @self: a vocabulary
 *
 * Returns: its number of tokens
 */
guint marian_vocabulary_get_size (MarianVocabulary *self);

/**
 * marian_vocabulary_get_end:
 * @self: a vocabulary
 *
 * Returns: the token that ends a sentence
 */
guint32 marian_vocabulary_get_end (MarianVocabulary *self);

/**
 * marian_vocabulary_get_unknown:
 * @self: a vocabulary
 *
 * Returns: the token for characters that are not in the vocabulary
 */
guint32 marian_vocabulary_get_unknown (MarianVocabulary *self);

/**
 * marian_vocabulary_encode:
 * @self: a vocabulary
 * @text: valid UTF-8
 *
 * Returns: (transfer full) (element-type MarianPiece): the tokens of @text, without that which ends
 *   it; @begin and @end refer to @text. Empty if @text has nothing to translate
 */
GArray *marian_vocabulary_encode (MarianVocabulary *self, const char *text);

/**
 * marian_vocabulary_decode:
 * @self: a vocabulary
 * @tokens: (array length=n_tokens): tokens of the vocabulary
 * @n_tokens: their number
 * @pieces: (out) (optional) (transfer full) (element-type MarianPiece): for each token its place
 *   in the result
 *
 * Returns: (transfer full): the text, valid UTF-8
 */
char *marian_vocabulary_decode (
    MarianVocabulary *self, const guint32 *tokens, gsize n_tokens, GArray **pieces);

G_END_DECLS
