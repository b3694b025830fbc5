/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes of a second of what it gives: S16LE, one channel, %HABLA_RECORDING_RATE. */
#define HABLA_PLAYBACK_SECOND 32000

/**
 * HablaFileDecoder:
 *
 * Reads files of audio, as samples. All functions may take their time: they are for worker
 * threads, one at a time.
 */
typedef struct _HablaFileDecoder HablaFileDecoder;

HablaFileDecoder *habla_file_decoder_new (const char *path);
void habla_file_decoder_free (HablaFileDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaFileDecoder, habla_file_decoder_free)

GBytes *habla_file_decoder_read (
    HablaFileDecoder *self, gsize size, GCancellable *cancellable, GError **error);
guint64 habla_file_decoder_measure (const char *path, GCancellable *cancellable);

G_END_DECLS
