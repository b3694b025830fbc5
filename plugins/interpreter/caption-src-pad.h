/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GstPad *caption_src_pad_new (GstPadTemplate *template, const char *name);

G_END_DECLS
