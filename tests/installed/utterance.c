/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program outside of Habla's sources: converts an utterance into a buffer and back. */
#include <habla/habla.h>

int
main (int argc, char *argv[])
{
  g_autoptr (HablaUtterance) utterance = NULL, back = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  guint64 last_id = 0;
  GstSegment segment;

  gst_init (&argc, &argv);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  habla_utterance_meta_register ();

  utterance = habla_utterance_new (7, "hola", "es-MX");
  buffer = habla_utterance_to_buffer (utterance, &segment);
  back = habla_utterance_from_buffer (buffer, &segment, &last_id);
  g_print ("%" G_GUINT64_FORMAT " %s %s\n", (guint64) back->id, back->text, back->language);
  return 0;
}
