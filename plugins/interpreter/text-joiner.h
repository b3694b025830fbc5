/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define HABLA_TYPE_TEXT_JOINER (habla_text_joiner_get_type ())
G_DECLARE_FINAL_TYPE (HablaTextJoiner, habla_text_joiner, HABLA, TEXT_JOINER, GstElement)

GstElement *text_joiner_new (gboolean has_speech);

G_END_DECLS
