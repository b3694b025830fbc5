/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define HABLA_AUDIO_TRACK_MESSAGE "habla/audio-track"
#define HABLA_RECORDING_MESSAGE "habla/recording"

#define HABLA_TYPE_RECORDING_SRC (habla_recording_src_get_type ())
G_DECLARE_FINAL_TYPE (HablaRecordingSrc, habla_recording_src, HABLA, RECORDING_SRC, GstBin)

GST_ELEMENT_REGISTER_DECLARE (recordingsrc)

G_END_DECLS
