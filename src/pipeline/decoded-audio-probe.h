/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/audio-tap.h>

G_BEGIN_DECLS

/**
 * HablaDecodedAudioProbe:
 *
 * Observes decoded audio on its way to the transcriber: measures it, notes when it arrived, and
 * passes it to the audio tap. It also gives pushed audio new timestamps, by counting samples from
 * 0 in one segment. The original ones jump where a client reconnected or audio was dropped, and
 * restart with each container; such a jump must neither split a sentence nor become a pause. Audio
 * of a source element keeps its timestamps, which come from the clock.
 */
typedef struct _HablaDecodedAudioProbe HablaDecodedAudioProbe;

/**
 * habla_decoded_audio_probe_new:
 * @pad: a sink pad for raw audio, before any has arrived
 * @restamps: whether to give the audio new timestamps
 * @tap: (nullable): receives the audio
 *
 * Returns: (transfer full): a probe, to which @pad has another reference
 */
HablaDecodedAudioProbe *habla_decoded_audio_probe_new (
    GstPad *pad, gboolean restamps, HablaAudioTap *tap);

/**
 * habla_decoded_audio_probe_unref:
 * @self: (transfer full): a probe
 *
 * Any thread may call this function.
 */
void habla_decoded_audio_probe_unref (HablaDecodedAudioProbe *self);

/**
 * habla_decoded_audio_probe_get_duration:
 * @self: a probe
 *
 * Any thread may call this function.
 *
 * Returns: duration of the audio that has arrived, in nanoseconds
 */
guint64 habla_decoded_audio_probe_get_duration (HablaDecodedAudioProbe *self);

/**
 * habla_decoded_audio_probe_find_time:
 * @self: a probe
 * @end: running time, in nanoseconds
 *
 * Any thread may call this function.
 *
 * Returns: when the audio up to @end arrived, in microseconds of monotonic time; 0 if it has not
 *   arrived, or more than about 50 s of audio have arrived since
 */
gint64 habla_decoded_audio_probe_find_time (HablaDecodedAudioProbe *self, GstClockTime end);

G_END_DECLS
