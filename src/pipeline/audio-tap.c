/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/audio-tap.h"

G_DEFINE_INTERFACE (HablaAudioTap, habla_audio_tap, G_TYPE_OBJECT)

static void
habla_audio_tap_default_init (HablaAudioTapInterface *iface)
{
}

void
habla_audio_tap_push_stream (HablaAudioTap *self, GBytes *audio)
{
  HABLA_AUDIO_TAP_GET_IFACE (self)->push_stream (self, audio);
}

void
habla_audio_tap_push_decoded (
    HablaAudioTap *self, GstBuffer *audio, const GstAudioInfo *info, GstClockTime time)
{
  HABLA_AUDIO_TAP_GET_IFACE (self)->push_decoded (self, audio, info, time);
}
