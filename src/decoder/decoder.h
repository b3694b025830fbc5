/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaDecoder:
 *
 * A `hablad-decoder`: a sandboxed child process that demuxes and decodes a client's audio. The
 * daemon's own process never parses a container.
 *
 * Chunks of a container go in, in order; signed 16-bit samples come out of a pipe, in the
 * format #HABLA_DECODER_CAPS whatever the container holds. Reading that pipe slowly slows the
 * child down; input that it has not read yet waits here and counts as waiting. The child is
 * killed when it makes no progress for HABLA_DECODER_TIMEOUT although it has input and its output
 * is read, and when the last reference is dropped.
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

/* The format of the samples in the pipe. */
#define HABLA_DECODER_RATE 16000
#define HABLA_DECODER_CAPS \
  "audio/x-raw, format=(string)S16LE, layout=(string)interleaved, channels=(int)1, " \
  "rate=(int)16000"

/* Timeout of a child that has input but neither consumes it nor writes samples, in ms. */
#define HABLA_DECODER_TIMEOUT 3000

/**
 * habla_decoder_new:
 * @header: (nullable): the header of this recording's earlier part, from
 *   habla_decoder_get_header(), for input that continues without one
 * @wants_stream: whether to emit `stream`
 * @error: return location for a %HABLA_ERROR_ENGINE: no process could be started
 *
 * Takes the child that is kept ready, or starts one.
 *
 * Returns: (transfer full) (nullable): a decoder
 */
HablaDecoder *habla_decoder_new (GBytes *header, gboolean wants_stream, GError **error);

/**
 * habla_decoder_steal_output:
 * @self: a decoder
 *
 * Returns: (transfer full): the reading end of the pipe of samples, blocking and close-on-exec;
 *   -1 if it was taken before
 */
int habla_decoder_steal_output (HablaDecoder *self);

/**
 * habla_decoder_push:
 * @self: a decoder
 * @audio: the container's next bytes; referenced, not copied
 *
 * Ignored after habla_decoder_end() and after `finished`.
 */
void habla_decoder_push (HablaDecoder *self, GBytes *audio);
/**
 * habla_decoder_interrupt:
 * @self: a decoder
 *
 * Says that bytes were lost before the next habla_decoder_push(): decoding continues at the next
 * complete unit of the container.
 */
void habla_decoder_interrupt (HablaDecoder *self);
/**
 * habla_decoder_expect_rival:
 * @self: a decoder before the first habla_decoder_push()
 *
 * Says that an earlier recorder of the client continues: chunks of WebM that do not continue the
 * recording are discarded. Those of Ogg have numbers, by which the demuxer tells them apart.
 */
void habla_decoder_expect_rival (HablaDecoder *self);
/**
 * habla_decoder_end:
 * @self: a decoder
 *
 * Ends the input: the child decodes the rest, closes the pipe and exits.
 */
void habla_decoder_end (HablaDecoder *self);
/**
 * habla_decoder_get_waiting:
 * @self: a decoder
 *
 * Returns: pushed bytes that the child's demuxer has not consumed
 */
guint64 habla_decoder_get_waiting (HablaDecoder *self);
/**
 * habla_decoder_get_waiting_chunks:
 * @self: a decoder
 *
 * Returns: the number of chunks that are not consumed completely
 */
guint habla_decoder_get_waiting_chunks (HablaDecoder *self);
/**
 * habla_decoder_get_header:
 * @self: a decoder
 *
 * Returns: (transfer full) (nullable): the bytes before the first audio; %NULL until the demuxer
 *   found a track that can be decoded, and if they are more than 64 KiB
 */
GBytes *habla_decoder_get_header (HablaDecoder *self);

/**
 * habla_decoder_keep_spare:
 *
 * Starts a spare child for the next habla_decoder_new(), unless there is one. From then on each
 * habla_decoder_new() starts the next spare 250 ms later.
 */
void habla_decoder_keep_spare (void);
/**
 * habla_decoder_drop_spare:
 *
 * Kills the spare child, for shutdown; no other is started.
 */
void habla_decoder_drop_spare (void);
/**
 * habla_decoder_count:
 *
 * Returns: the number of children that have not been reaped, including the spare
 */
guint habla_decoder_count (void);

G_END_DECLS
