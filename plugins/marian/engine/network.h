/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "marian.h"
#include "model-file.h"

G_BEGIN_DECLS

/* Number of source tokens of one translation, with that which ends it. */
#define MARIAN_MAX_TOKENS 128

/**
 * MarianNetwork:
 *
 * The transformer of a model: encoder, SSRU decoder and output layer. Immutable; any thread may
 * use it.
 */
typedef struct _MarianNetwork MarianNetwork;

/**
 * MarianEncoded:
 *
 * An encoded sentence, with the state of its decoder. For one thread at a time.
 */
typedef struct _MarianEncoded MarianEncoded;

/**
 * marian_network_new:
 * @file: (transfer none): the model, which must outlive the network
 * @arithmetic: how to multiply
 * @error: return location for a %MARIAN_ERROR_MODEL
 *
 * Returns: (transfer full) (nullable): the network
 */
MarianNetwork *marian_network_new (
    MarianModelFile *file, MarianArithmetic arithmetic, GError **error);

/**
 * marian_network_pack_output:
 * @self: a network that no other thread uses yet
 *
 * Prepares for marian_network_encode() without candidates.
 */
void marian_network_pack_output (MarianNetwork *self);

/**
 * marian_network_free:
 * @self: (transfer full): a network
 */
void marian_network_free (MarianNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MarianNetwork, marian_network_free)

/**
 * marian_network_get_n_source:
 * @self: a network
 *
 * Returns: number of tokens of the source language
 */
guint marian_network_get_n_source (MarianNetwork *self);

/**
 * marian_network_get_n_target:
 * @self: a network
 *
 * Returns: number of tokens of the target language
 */
guint marian_network_get_n_target (MarianNetwork *self);

/**
 * marian_network_encode:
 * @self: a network, which must outlive the result
 * @tokens: (array length=n_tokens): source tokens with that which ends the sentence
 * @n_tokens: their number, 1 to %MARIAN_MAX_TOKENS
 * @candidates: (nullable) (element-type guint32): the target tokens to choose from, in order; %NULL
 *   = all, if marian_network_pack_output() was called
 *
 * Returns: (transfer full): the encoded sentence
 */
MarianEncoded *marian_network_encode (
    MarianNetwork *self, const guint32 *tokens, gsize n_tokens, GArray *candidates);

/**
 * marian_encoded_free:
 * @self: (transfer full): an encoded sentence
 */
void marian_encoded_free (MarianEncoded *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MarianEncoded, marian_encoded_free)

/**
 * marian_encoded_step:
 * @self: an encoded sentence
 * @previous: the previous target token, or %G_MAXUINT32 for the first step
 * @source: (out) (optional): index of the source token that the attention is on
 *
 * Computes one step of the decoder.
 *
 * Returns: (transfer none) (array): the score of each candidate; valid until the next step
 */
float *marian_encoded_step (MarianEncoded *self, guint32 previous, gsize *source);

/**
 * marian_encoded_get_n_candidates:
 * @self: an encoded sentence
 *
 * Returns: the number of scores of a step
 */
gsize marian_encoded_get_n_candidates (MarianEncoded *self);

/**
 * marian_encoded_get_candidate:
 * @self: an encoded sentence
 * @index: index of a score
 *
 * Returns: its target token
 */
guint32 marian_encoded_get_candidate (MarianEncoded *self, gsize index);

/**
 * marian_encoded_find_candidate:
 * @self: an encoded sentence
 * @token: a target token
 * @index: (out): index of its score
 *
 * Returns: whether @token is a candidate
 */
gboolean marian_encoded_find_candidate (MarianEncoded *self, guint32 token, gsize *index);

G_END_DECLS
