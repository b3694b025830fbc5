/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaDecoder:
 *
 * The daemon's side of one `hablad-decoder`: a sandboxed child process that demuxes and decodes
 * what a client sent. The daemon's own process never parses a container.
 *
 * Chunks of a container go in, in order; signed 16-bit samples come out of a pipe, in the
 * format #HABLA_DECODER_CAPS whatever the container holds. Reading that pipe slowly slows the
 * child down; input that it has not read yet waits here and counts as waiting. The child is
 * killed when it makes no progress for HABLA_DECODER_TIMEOUT although it has input and nobody
 * holds its output back, and when the last reference goes.
 *
 * Belongs to the thread of the default main context; no function blocks.
 *
 * Signals:
 *   stream (GBytes *bytes): the container's next bytes as the demuxer gets them, for a
 *     recording; only with wants_stream
 *   consumed (): #habla_decoder_get_waiting has decreased
 *   finished (GError *error): once, last: the child has exited. @error is %NULL when all
 *     input was decoded and the end was asked for; else it is a %HABLA_ERROR_INPUT ("The audio
 *     is damaged: ...", "The input contains no audio; ...") or a %HABLA_ERROR_ENGINE.
 *     The pipe may reach its end before this signal: the end of the pipe alone says nothing.
 */
#define HABLA_TYPE_DECODER (habla_decoder_get_type ())
G_DECLARE_FINAL_TYPE (HablaDecoder, habla_decoder, HABLA, DECODER, GObject)

/* What comes out of the pipe. */
#define HABLA_DECODER_RATE 16000
#define HABLA_DECODER_CAPS \
  "audio/x-raw, format=(string)S16LE, layout=(string)interleaved, channels=(int)1, " \
  "rate=(int)16000"

/* How long the child may have input without consuming it or giving output, in milliseconds. */
#define HABLA_DECODER_TIMEOUT 3000

/**
 * habla_decoder_new:
 * @header: (nullable): what an earlier part of this recording began with, from
 *   habla_decoder_get_header(), for input that continues without a header
 * @wants_stream: whether to emit `stream`
 * @error: return location for a %HABLA_ERROR_ENGINE: no process could be started
 *
 * Takes the child that is kept ready, or starts one.
 *
 * Returns: (transfer full) (nullable): a decoder
 */
HablaDecoder *habla_decoder_new (GBytes *header, gboolean wants_stream, GError **error);

/* Returns: (transfer full): the reading end of the pipe of samples, blocking and close-on-exec;
 *   -1 the second time */
int habla_decoder_steal_output (HablaDecoder *self);

/* Nothing is copied; ignored after habla_decoder_end() and after `finished`. */
void habla_decoder_push (HablaDecoder *self, GBytes *audio);
/* Bytes were lost between what was pushed and what will be. */
void habla_decoder_interrupt (HablaDecoder *self);
/* No more input comes: the child decodes what it has, closes the pipe and exits. */
void habla_decoder_end (HablaDecoder *self);
/* Kills the child and discards what waits. `finished` is emitted later, once it was reaped. */
void habla_decoder_abort (HablaDecoder *self);

/* Returns: bytes that were pushed and that the child's demuxer has not consumed */
guint64 habla_decoder_get_waiting (HablaDecoder *self);
/* Returns: how many chunks these bytes came in */
guint habla_decoder_get_waiting_chunks (HablaDecoder *self);
/* Returns: (transfer full) (nullable): all that came before the first audio, if it was whole,
 *   consistent and small enough to be kept */
GBytes *habla_decoder_get_header (HablaDecoder *self);

/* Starts a child that waits for the next habla_decoder_new(), if there is none; each
 * habla_decoder_new() starts its successor a quarter of a second later. Before the first call no
 * child is kept. */
void habla_decoder_keep_spare (void);
/* Ends the child that waits, for shutdown; none is kept from then on. */
void habla_decoder_drop_spare (void);
/* Returns: children that have not been reaped, the spare included */
guint habla_decoder_count (void);

G_END_DECLS
