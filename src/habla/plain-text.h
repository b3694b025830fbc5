/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The caps of text that habla_plain_text_get() takes. */
#define HABLA_PLAIN_TEXT_CAPS "text/x-raw, format = (string) { utf8, pango-markup }; text/plain"

typedef enum {
  HABLA_TEXT_UTF8,
  HABLA_TEXT_MARKUP,
  HABLA_TEXT_LINES, /* text/plain: a line end ends it */
} HablaTextFormat;

HablaTextFormat habla_text_format_from_caps (GstCaps *caps);
char *habla_plain_text_get (const char *text, HablaTextFormat format);
gboolean habla_plain_text_is_blank (const char *text);

G_END_DECLS
