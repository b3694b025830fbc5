/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <pocketsphinx.h>

G_BEGIN_DECLS

/**
 * HablaDecoderFiles:
 * @model: path of the folder of the acoustic model
 * @dictionary: path of the pronunciation dictionary
 * @language_model: path of the language model
 *
 * Files from which a decoder is loaded.
 */
typedef struct {
  char *model;
  char *dictionary;
  char *language_model;
} HablaDecoderFiles;

/**
 * habla_decoder_pool_enter:
 *
 * Adds an element. The pool keeps idle decoders while there are elements. Any thread.
 */
void habla_decoder_pool_enter (void);

/**
 * habla_decoder_pool_leave:
 *
 * Removes an element; the last one frees idle decoders. Any thread.
 */
void habla_decoder_pool_leave (void);

/**
 * habla_decoder_pool_take:
 * @files: files of the decoder
 * @error: return location for a %HABLA_ERROR_ENGINE
 *
 * Takes an idle decoder, or loads one, which takes about half a second. Any thread.
 *
 * Returns: (transfer full) (nullable): a decoder in its initial state, for one thread at a
 *   time; return it with habla_decoder_pool_give()
 */
ps_decoder_t *habla_decoder_pool_take (const HablaDecoderFiles *files, GError **error);

/**
 * habla_decoder_pool_adapt:
 * @decoder: a decoder within an utterance
 *
 * Adapts the decoder to the speaker with the audio of the utterance so far.
 */
void habla_decoder_pool_adapt (ps_decoder_t *decoder);

/**
 * habla_decoder_pool_give:
 * @decoder: (transfer full): a decoder of habla_decoder_pool_take(), between utterances
 *
 * Returns @decoder to the pool. Any thread.
 */
void habla_decoder_pool_give (ps_decoder_t *decoder);

G_END_DECLS
