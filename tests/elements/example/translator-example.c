/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Extracts the example of docs/elements/translator.md, builds and runs it. */
#include "habla-test.h"

#include <habla/habla.h>

static char *
write_file (const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

static void
load_example (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, EXAMPLE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPlugin) plugin = gst_plugin_load_file (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (plugin);
}

static void
test_subtitles (void)
{
  g_autofree char *words = write_file ("words.tsv", "good\tbuenos\nmorning\tdías\n");
  g_autofree char *input =
      write_file ("lesson.srt", "1\n00:00:01,000 --> 00:00:02,500\ngood <i>morning</i>\n\n"
                                "2\n00:01:00,000 --> 00:01:01,250\nmorning\n\n");
  g_autofree char *output = g_build_filename (habla_test_get_dir (), "lección.srt", NULL);
  g_autofree char *line = g_strdup_printf ("filesrc location=%s ! subparse ! "
                                           "glosstranslator dictionary=%s ! srtenc ! "
                                           "filesink location=%s",
      input, words, output);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autofree char *text = NULL;

  if (!gst_registry_check_feature_version (gst_registry_get (), "subparse", 1, 22, 0) ||
      !gst_registry_check_feature_version (gst_registry_get (), "srtenc", 1, 22, 0)) {
    g_test_skip ("subparse of gstreamer1.0-plugins-base or srtenc of gstreamer1.0-plugins-bad "
                 "is not installed");
    return;
  }
  pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, 30);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  g_file_get_contents (output, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==,
      "1\n00:00:01,000 --> 00:00:02,500\nbuenos días\n\n"
      "2\n00:01:00,000 --> 00:01:01,250\ndías\n\n");
}

static void
test_no_dictionary (void)
{
  g_autoptr (GstElement) pipeline = gst_parse_launch ("glosstranslator ! fakesink", NULL);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  message = habla_test_wait_for_message (pipeline, GST_MESSAGE_ERROR, 30);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  load_example ();
  g_test_add_func ("/translator/example/subtitles", test_subtitles);
  g_test_add_func ("/translator/example/no-dictionary", test_no_dictionary);
  return habla_test_run ();
}
