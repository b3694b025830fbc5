/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/audio-tap.h>

G_BEGIN_DECLS

/* What passes a pad of decoded audio. */
typedef struct _HablaDecodedAudioProbe HablaDecodedAudioProbe;

HablaDecodedAudioProbe *habla_decoded_audio_probe_new (
    GstPad *pad, gboolean counts_time, HablaAudioTap *tap);
void habla_decoded_audio_probe_unref (HablaDecodedAudioProbe *self);
guint64 habla_decoded_audio_probe_get_time (HablaDecodedAudioProbe *self);
gint64 habla_decoded_audio_probe_find (HablaDecodedAudioProbe *self, GstClockTime end);

G_END_DECLS
