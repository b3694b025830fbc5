/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program outside of Habla's sources: prints the captions of a recording in English, and their
 * translation by the plugin shouttranslator.
 *
 * usage: captions RECORDING */
#include <habla/habla.h>

#define LAUNCH \
  "filesrc name=file ! wavparse ! audioconvert ! audioresample ! pocketsphinxtranscriber " \
  "language-code=en ! " \
  "shouttranslator input-language-code=en output-language-code=art ! captionsink"

int
main (int argc, char *argv[])
{
  g_autoptr (GstElement) pipeline = NULL, file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  gboolean is_over = FALSE;

  gst_init (&argc, &argv);
  pipeline = gst_parse_launch_full (LAUNCH, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (pipeline == NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  file = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  g_object_set (file, "location", argv[1], NULL);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!is_over) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
        bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR | GST_MESSAGE_EOS);

    if (gst_message_has_name (message, "habla/caption")) {
      g_autoptr (HablaUtterance) caption =
          habla_utterance_from_structure (gst_message_get_structure (message));

      if (caption->is_final)
        g_print ("%s = %s\n", caption->source_text, caption->text);
    } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      is_over = TRUE;
    } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
      is_over = TRUE;
    }
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return error != NULL;
}
