/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <pipeline/speech/speech-tap.h>

G_BEGIN_DECLS

/* Media type of the encoded speech, and the Debian package of the encoder. */
#define HABLA_SPEECH_TYPE "audio/mpeg"
#define HABLA_SPEECH_PACKAGE "gstreamer1.0-plugins-good"

/* Duration of a chunk of encoded speech, in milliseconds: ten frames of 24 ms. */
#define HABLA_SPEECH_CHUNK 240

/**
 * HablaSpeechEncoder:
 *
 * A small pipeline that plays pushed speech in real time, with silence in between, and encodes it
 * as MP3 of 48 kbit/s, 24 kHz, mono, and as RTP packets with Opus of 32 kbit/s: each only while
 * someone wants it. It is a #HablaSpeechTap, so that speech comes from another pipeline; that
 * pipeline may end, and the next one go on.
 *
 *     audiotestsrc wave=silence is-live=true ! tee name=speech
 *       speech. ! lamemp3enc ! fakesink   speech. ! opusenc ! rtpopuspay ! fakesink
 *
 * A probe puts the speech of a #HablaSpeechPacer into the silence. Each chunk of MP3 is a message
 * on the bus of type ELEMENT, `habla/speech-chunk`, with the field `chunk` (#GBytes): whole frames,
 * so that a stream may begin or go on with any chunk. If the application does not read its bus,
 * chunks are dropped.
 */
#define HABLA_TYPE_SPEECH_ENCODER (habla_speech_encoder_get_type ())
/**
 * habla_speech_encoder_get_type:
 *
 * Returns: the type of #HablaSpeechEncoder
 */
G_DECLARE_FINAL_TYPE (HablaSpeechEncoder, habla_speech_encoder, HABLA, SPEECH_ENCODER, GObject)

/**
 * HablaSpeechOutput:
 * @packet: (transfer none): an RTP packet with 40 ms of Opus
 * @user_data: of habla_speech_encoder_add_output()
 *
 * Called in the encoder's streaming thread. Must not block.
 */
typedef void (*HablaSpeechOutput) (GstBuffer *packet, gpointer user_data);

/**
 * HablaSpeechEncoderStats:
 * @lag: how late speech is, in nanoseconds; see habla_speech_pacer_get_lag()
 * @dropped: number of sentences that were left out or cut
 */
typedef struct {
  guint64 lag;
  guint64 dropped;
} HablaSpeechEncoderStats;

/**
 * habla_speech_encoder_is_installed:
 *
 * Returns: whether the elements of the pipeline are installed
 */
gboolean habla_speech_encoder_is_installed (void);

/**
 * habla_speech_encoder_has_opus:
 *
 * Returns: whether the elements for packets are installed, too
 */
gboolean habla_speech_encoder_has_opus (void);

/**
 * habla_speech_encoder_new:
 *
 * Returns: (transfer full): an encoder that does not run
 */
HablaSpeechEncoder *habla_speech_encoder_new (void);

/**
 * habla_speech_encoder_start:
 * @self: an encoder
 *
 * Starts the pipeline in a worker thread. An error is a message on the bus.
 */
void habla_speech_encoder_start (HablaSpeechEncoder *self);

/**
 * habla_speech_encoder_stop:
 * @self: (transfer full): an encoder that was started
 *
 * Stops the pipeline in a worker thread, and drops the speech that is pushed afterwards.
 */
void habla_speech_encoder_stop (HablaSpeechEncoder *self);

/**
 * habla_speech_encoder_set_mp3:
 * @self: an encoder
 * @is_wanted: whether MP3 is encoded; initially it is not
 */
void habla_speech_encoder_set_mp3 (HablaSpeechEncoder *self, gboolean is_wanted);

/**
 * habla_speech_encoder_add_output:
 * @self: an encoder with Opus
 * @push: called for each packet
 * @user_data: passed to @push
 */
void habla_speech_encoder_add_output (
    HablaSpeechEncoder *self, HablaSpeechOutput push, gpointer user_data);

/**
 * habla_speech_encoder_remove_output:
 * @self: an encoder
 * @user_data: of an output
 *
 * No output with @user_data is called when this function has returned.
 */
void habla_speech_encoder_remove_output (HablaSpeechEncoder *self, gpointer user_data);

/**
 * habla_speech_encoder_get_bus:
 * @self: an encoder
 *
 * Returns: (transfer none): the bus, also before the pipeline exists
 */
GstBus *habla_speech_encoder_get_bus (HablaSpeechEncoder *self);

/**
 * habla_speech_encoder_take_chunk:
 * @self: an encoder
 * @message: a message of its bus
 *
 * Counts the chunk as read: at most ten seconds of unread chunks are on the bus.
 *
 * Returns: (transfer full) (nullable): the chunk of @message; %NULL if it is another message
 */
GBytes *habla_speech_encoder_take_chunk (HablaSpeechEncoder *self, GstMessage *message);

/**
 * habla_speech_encoder_get_stats:
 * @self: an encoder
 * @stats: (out caller-allocates): its levels and totals
 *
 * Any thread may call this function.
 */
void habla_speech_encoder_get_stats (HablaSpeechEncoder *self, HablaSpeechEncoderStats *stats);

/**
 * habla_speech_encoder_count:
 *
 * Any thread may call this function.
 *
 * Returns: number of encoders of the process whose pipeline exists
 */
guint habla_speech_encoder_count (void);

G_END_DECLS
