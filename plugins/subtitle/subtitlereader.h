/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define HABLA_SUBTITLES_MESSAGE "habla/subtitles"

#define HABLA_TYPE_SUBTITLE_READER (habla_subtitle_reader_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaSubtitleReader, habla_subtitle_reader, HABLA, SUBTITLE_READER, GstElement)

GST_ELEMENT_REGISTER_DECLARE (subtitlereader)

G_END_DECLS
