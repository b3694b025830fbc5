/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>

G_BEGIN_DECLS

/**
 * SpeechDecoder:
 *
 * Turns the bytes of a server's speech, a WAV file or raw samples, into signed 16-bit samples of
 * one channel and rate, as they arrive. The bytes may be anything. Must be used by one thread at a
 * time.
 */
typedef struct _SpeechDecoder SpeechDecoder;

/**
 * SpeechDecoderOutput:
 * @samples: the next samples
 * @n_samples: their number, > 0
 * @data: user data
 *
 * Returns: whether more samples are needed
 */
typedef gboolean (*SpeechDecoderOutput) (const gint16 *samples, gsize n_samples, gpointer data);

/**
 * speech_decoder_new:
 * @raw_rate: rate of raw signed 16-bit samples, little endian, mono; 0 if it must be a WAV file
 * @rate: rate of the output
 * @output: gets the samples
 * @data: user data of @output
 *
 * Returns: (transfer full): a decoder for one answer
 */
SpeechDecoder *speech_decoder_new (
    guint raw_rate, guint rate, SpeechDecoderOutput output, gpointer data);

/**
 * speech_decoder_new_trusted:
 * @raw_rate: rate of raw signed 16-bit samples, little endian, mono
 * @rate: rate of the output
 * @output: gets the samples
 * @data: user data of @output
 *
 * For speech of an engine of ours, which is nothing else and may be empty.
 *
 * Returns: (transfer full): a decoder for one sentence
 */
SpeechDecoder *speech_decoder_new_trusted (
    guint raw_rate, guint rate, SpeechDecoderOutput output, gpointer data);

/**
 * speech_decoder_free:
 * @self: (transfer full): a decoder
 */
void speech_decoder_free (SpeechDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeechDecoder, speech_decoder_free)

/**
 * speech_decoder_push:
 * @self: a decoder that did not fail
 * @bytes: the next bytes
 * @size: their number
 * @error: return location for a %HABLA_ERROR_ENGINE: this is no speech
 *
 * Returns: whether more bytes are needed; if not, and @error is not set, @output needs no more
 */
gboolean speech_decoder_push (SpeechDecoder *self, const guint8 *bytes, gsize size, GError **error);

/**
 * speech_decoder_finish:
 * @self: a decoder that got all bytes
 * @error: return location for a %HABLA_ERROR_ENGINE: there is no speech, or the end is missing
 *
 * Passes the last samples to @output.
 *
 * Returns: whether the speech was complete
 */
gboolean speech_decoder_finish (SpeechDecoder *self, GError **error);

/**
 * speech_decoder_get_duration:
 * @self: a decoder
 *
 * Returns: duration of the speech so far, in nanoseconds
 */
GstClockTime speech_decoder_get_duration (const SpeechDecoder *self);

G_END_DECLS
