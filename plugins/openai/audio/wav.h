/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>

G_BEGIN_DECLS

/* Maximum number of bytes before the samples of a WAV file. */
#define HABLA_WAV_MAX_HEADER 65536

/**
 * habla_wav_encode:
 * @samples: signed 16-bit samples, mono
 * @n_samples: their number, at most 2^30
 * @rate: samples a second
 *
 * Returns: (transfer full): a WAV file
 */
GBytes *habla_wav_encode (const gint16 *samples, gsize n_samples, guint rate);

/**
 * HablaWavHeader:
 * @info: format of the samples
 * @offset: number of bytes before the samples
 * @size: number of bytes of samples, or %G_MAXUINT64 if they last until the end
 */
typedef struct {
  GstAudioInfo info;
  gsize offset;
  guint64 size;
} HablaWavHeader;

/**
 * habla_wav_parse_header:
 * @data: the first bytes of a WAV file
 * @size: their number
 * @header: (out): the header, if it is complete
 * @error: return location for a %HABLA_ERROR_ENGINE: no WAV file, or no PCM of 1 or 2 channels and
 *   8 to 192 kHz
 *
 * Servers that send a WAV file while they make it declare a size of 0 or of 2^32-1.
 *
 * Returns: whether the header is complete; if not, and @error is not set, more bytes are needed
 */
gboolean habla_wav_parse_header (
    const guint8 *data, gsize size, HablaWavHeader *header, GError **error);

G_END_DECLS
