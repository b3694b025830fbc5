/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <pocketsphinx.h>

G_BEGIN_DECLS

/* PocketSphinx as its own examples use it: fed chunks, ended at each pause. */
#define BARE_DECODER_CHUNK 320

ps_decoder_t *bare_decoder_new (void);
GPtrArray *bare_decoder_run (ps_decoder_t *decoder, const GArray *samples);
char *bare_decoder_run_whole (ps_decoder_t *decoder, const GArray *samples);

G_END_DECLS
