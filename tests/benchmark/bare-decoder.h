/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <pocketsphinx.h>

G_BEGIN_DECLS

/* PocketSphinx used as in its own examples: fed in chunks, and an utterance ends at each pause. */
#define BARE_DECODER_CHUNK 320 /* samples */

/**
 * bare_decoder_new:
 *
 * Returns: (transfer full): a decoder with Debian's English model
 */
ps_decoder_t *bare_decoder_new (void);

/**
 * bare_decoder_run:
 * @samples: (element-type gint16): 16 kHz, mono
 *
 * Returns: (transfer full) (element-type utf8): the text of each utterance
 */
GPtrArray *bare_decoder_run (ps_decoder_t *decoder, const GArray *samples);

/**
 * bare_decoder_run_whole:
 * @samples: (element-type gint16): 16 kHz, mono
 *
 * Returns: (transfer full): the text of all samples, decoded as one utterance
 */
char *bare_decoder_run_whole (ps_decoder_t *decoder, const GArray *samples);

G_END_DECLS
