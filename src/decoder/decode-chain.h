/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <media/container-parser.h>

G_BEGIN_DECLS

/* Upper bounds on what is decoded; what exceeds them is refused with an error. */
#define HABLA_DECODE_MAX_TRACKS 8
#define HABLA_DECODE_MAX_CHANNELS 8

/**
 * HablaDecodeChain:
 *
 * One demuxer and one decoder of a short list, then a converter to the caps HABLA_DECODER_CAPS. All
 * of it runs in the thread that pushes, and no element is chosen by its rank: nothing that the
 * input says can load a plugin, open a file or start a thread.
 */
typedef struct _HablaDecodeChain HablaDecodeChain;

/* @samples: @size bytes of decoded audio */
typedef void (*HablaDecodeFunc) (gconstpointer samples, gsize size, gpointer data);

/* Loads the plugins of the list and creates their elements; what is not installed is only
 * missed by the input that needs it. */
HablaDecodeChain *habla_decode_chain_new (HablaDecodeFunc output, gpointer data);

/* Starts the one thread that an element needs, though nothing is done in it: none can be started
 * in the sandbox. */
void habla_decode_chain_prepare (HablaDecodeChain *self);

/**
 * habla_decode_chain_push:
 * @container: what @bytes are of; the same each time
 * @error: return location for a %HABLA_ERROR_INPUT, or a %HABLA_ERROR_NOT_INSTALLED
 *
 * Returns: %FALSE when nothing more can be decoded
 */
gboolean habla_decode_chain_push (
    HablaDecodeChain *self, HablaContainer container, GBytes *bytes, GError **error);
/* No more input comes: decodes what the elements hold. */
gboolean habla_decode_chain_end (HablaDecodeChain *self, GError **error);

/**
 * habla_decode_chain_has_track:
 * @self: a chain
 *
 * Returns: whether a demuxer has found a track that can be decoded
 */
gboolean habla_decode_chain_has_track (HablaDecodeChain *self);

G_END_DECLS
