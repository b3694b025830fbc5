/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/text-reader.h"

#include "habla/markup.h"
#include "habla/utterance-meta.h"

void
habla_text_reader_set_caps (HablaTextReader *self, GstCaps *caps)
{
  const GstStructure *structure;

  g_return_if_fail (self != NULL);
  g_return_if_fail (gst_caps_is_fixed (caps));

  structure = gst_caps_get_structure (caps, 0);
  if (gst_structure_has_name (structure, "text/plain"))
    self->format = HABLA_TEXT_LINES;
  else if (g_strcmp0 (gst_structure_get_string (structure, "format"), "pango-markup") == 0)
    self->format = HABLA_TEXT_MARKUP;
  else
    self->format = HABLA_TEXT_UTF8;
}

HablaUtterance *
habla_text_reader_read (HablaTextReader *self, GstBuffer *buffer, const GstSegment *segment)
{
  HablaUtterance *utterance;

  g_return_val_if_fail (self != NULL, NULL);

  utterance = habla_utterance_from_buffer (buffer, segment, &self->last_id);
  if (utterance != NULL && self->format == HABLA_TEXT_LINES) {
    g_strchomp (utterance->text);
  } else if (utterance != NULL && self->format == HABLA_TEXT_MARKUP) {
    g_autofree char *markup = utterance->text;

    utterance->text = habla_markup_to_text (markup);
  }
  return utterance;
}

gboolean
habla_text_is_blank (const char *text)
{
  g_return_val_if_fail (text != NULL, TRUE);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isspace (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}
