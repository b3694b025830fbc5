/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <media/container-parser.h>

G_BEGIN_DECLS

/* Bounds of the input; input beyond them is an error. */
#define HABLA_DECODE_MAX_TRACKS 8
#define HABLA_DECODE_MAX_CHANNELS 8

/**
 * HablaDecodeChain:
 *
 * One demuxer and one decoder of a short list, then a converter to HABLA_DECODER_CAPS. They run in
 * the calling thread, and elements are chosen by name, not by rank: input cannot load a plugin,
 * open a file or start a thread.
 */
typedef struct _HablaDecodeChain HablaDecodeChain;

/**
 * HablaDecodeFunc:
 * @samples: decoded audio in HABLA_DECODER_CAPS
 * @size: bytes of @samples
 * @data: user data
 */
typedef void (*HablaDecodeFunc) (gconstpointer samples, gsize size, gpointer data);

/**
 * habla_decode_chain_new:
 * @output: called with decoded samples
 * @data: user data of @output
 *
 * Loads the listed plugins and creates their elements. An element that is not installed is an error
 * only for input that needs it.
 *
 * Returns: (transfer full): a chain, for the life of the process
 */
HablaDecodeChain *habla_decode_chain_new (HablaDecodeFunc output, gpointer data);

/**
 * habla_decode_chain_prepare:
 * @self: a chain
 *
 * Starts the idle thread that one of the elements creates: the sandbox forbids new threads.
 */
void habla_decode_chain_prepare (HablaDecodeChain *self);

/**
 * habla_decode_chain_push:
 * @self: a chain
 * @container: the container of @bytes; must be the same in each call
 * @bytes: the container's next bytes
 * @error: return location for a %HABLA_ERROR_INPUT, or a %HABLA_ERROR_NOT_INSTALLED
 *
 * Returns: %FALSE, with @error, when decoding has failed
 */
gboolean habla_decode_chain_push (
    HablaDecodeChain *self, HablaContainer container, GBytes *bytes, GError **error);
/**
 * habla_decode_chain_end:
 * @self: a chain
 * @error: return location for the same errors
 *
 * Ends the input and decodes what the elements hold.
 *
 * Returns: %FALSE, with @error, when decoding has failed before any sample was decoded
 */
gboolean habla_decode_chain_end (HablaDecodeChain *self, GError **error);

/**
 * habla_decode_chain_has_track:
 * @self: a chain
 *
 * Returns: whether a demuxer has found a track that can be decoded
 */
gboolean habla_decode_chain_has_track (HablaDecodeChain *self);

G_END_DECLS
