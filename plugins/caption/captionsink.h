/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

#define HABLA_CAPTION_MESSAGE "habla/caption"

#define HABLA_TYPE_CAPTION_SINK (habla_caption_sink_get_type ())
G_DECLARE_FINAL_TYPE (HablaCaptionSink, habla_caption_sink, HABLA, CAPTION_SINK, GstBaseSink)

GST_ELEMENT_REGISTER_DECLARE (captionsink)

G_END_DECLS
