/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/plain-text.h"

#include "habla/markup.h"

/**
 * habla_text_format_from_caps:
 * @caps: fixed caps of %HABLA_PLAIN_TEXT_CAPS
 *
 * Returns: what the text is written in
 */
HablaTextFormat
habla_text_format_from_caps (GstCaps *caps)
{
  GstStructure *structure = gst_caps_get_structure (caps, 0);
  const char *format = gst_structure_get_string (structure, "format");

  if (gst_structure_has_name (structure, "text/plain"))
    return HABLA_TEXT_LINES;
  return g_strcmp0 (format, "pango-markup") == 0 ? HABLA_TEXT_MARKUP : HABLA_TEXT_UTF8;
}

/**
 * habla_plain_text_get:
 * @text: in @format
 *
 * Returns: (transfer full): what is to be read
 */
char *
habla_plain_text_get (const char *text, HablaTextFormat format)
{
  if (format == HABLA_TEXT_MARKUP)
    return habla_markup_to_text (text);
  if (format == HABLA_TEXT_LINES)
    return g_strchomp (g_strdup (text));
  return g_strdup (text);
}

/**
 * habla_plain_text_is_blank:
 * @text: valid UTF-8
 *
 * Returns: whether it is empty or white space alone
 */
gboolean
habla_plain_text_is_blank (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isspace (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}
