/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes per second of decoded audio: S16LE, one channel, %HABLA_RECORDING_RATE. */
#define HABLA_FILE_DECODER_BYTES_PER_SECOND 32000

/**
 * HablaFileDecoder:
 *
 * Decodes an audio file to samples, in a sandboxed child process. All functions may block: call
 * them in worker threads, one at a time.
 */
typedef struct _HablaFileDecoder HablaFileDecoder;

/**
 * habla_file_decoder_new:
 * @path: an audio file
 *
 * Errors are reported by habla_file_decoder_read().
 *
 * Returns: (transfer full): a decoder
 */
HablaFileDecoder *habla_file_decoder_new (const char *path);

/**
 * habla_file_decoder_free:
 * @self: (transfer full): a decoder
 *
 * Ends the child process, and waits for it.
 */
void habla_file_decoder_free (HablaFileDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaFileDecoder, habla_file_decoder_free)

/**
 * habla_file_decoder_read:
 * @self: a decoder
 * @size: in bytes
 * @cancellable: (nullable): checked several times a second
 * @error: return location for a %HABLA_ERROR or %G_IO_ERROR
 *
 * A file that is damaged after its beginning ends there without an error.
 *
 * Returns: (transfer full) (nullable): the next @size bytes, or fewer at the end; %NULL after the
 *   end, or on error
 */
GBytes *habla_file_decoder_read (
    HablaFileDecoder *self, gsize size, GCancellable *cancellable, GError **error);

/**
 * habla_file_decoder_measure:
 * @path: an audio file
 * @cancellable: (nullable): ends the measurement early
 *
 * Decodes the whole file.
 *
 * Returns: the duration of the audio, in nanoseconds; 0 if there is none
 */
guint64 habla_file_decoder_measure (const char *path, GCancellable *cancellable);

G_END_DECLS
