/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define HABLA_CHANNELS_MESSAGE "habla/channels"

#define HABLA_TYPE_MONO_MIXER (habla_mono_mixer_get_type ())
G_DECLARE_FINAL_TYPE (HablaMonoMixer, habla_mono_mixer, HABLA, MONO_MIXER, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (monomixer)

G_END_DECLS
