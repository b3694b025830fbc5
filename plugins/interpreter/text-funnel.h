/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define HABLA_TYPE_TEXT_FUNNEL (habla_text_funnel_get_type ())
G_DECLARE_FINAL_TYPE (HablaTextFunnel, habla_text_funnel, HABLA, TEXT_FUNNEL, GstElement)

GstElement *text_funnel_new (gboolean has_speech);

G_END_DECLS
