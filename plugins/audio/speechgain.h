/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define HABLA_GAIN_MESSAGE "habla/gain"

#define HABLA_TYPE_SPEECH_GAIN (habla_speech_gain_get_type ())
G_DECLARE_FINAL_TYPE (HablaSpeechGain, habla_speech_gain, HABLA, SPEECH_GAIN, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (speechgain)

G_END_DECLS
