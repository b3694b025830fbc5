/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GstElement *text_tee_new (GError **error);
void text_tee_notify_eos (GstElement *tee, GstPad *sinkpad);

G_END_DECLS
