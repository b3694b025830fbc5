/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <pipeline/pipeline-leak-check.h>
#include <string.h>

static GstElement *
make_pipeline (void)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (
      "( name=inner fakesrc num-buffers=5 ! queue name=middle ) ! fakesink name=end", &error);

  g_assert_no_error (error);
  return gst_object_ref_sink (pipeline);
}

static void
take_down (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, 10));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

/* Waits until the description has @expected and not @unexpected, as a streaming thread may release
 * an object after the change of state. @expected: (nullable): %NULL = no leaks. Returns: (transfer
 * full) (nullable): the description */
static char *
wait_for_leaks (HablaPipelineLeakCheck *leak_check, const char *expected, const char *unexpected)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (60) * G_USEC_PER_SEC;
  char *leaks;

  while (TRUE) {
    leaks = habla_pipeline_leak_check_describe (leak_check);
    if (leaks == NULL ? expected == NULL
                      : expected != NULL && strstr (leaks, expected) && !strstr (leaks, unexpected))
      return leaks;
    if (g_get_monotonic_time () > deadline)
      g_error ("Leaks: %s; expected: %s", leaks, expected);
    g_free (leaks);
    g_usleep (1000);
  }
}

static void
test_nothing (void)
{
  GstElement *pipeline = make_pipeline ();
  HablaPipelineLeakCheck *leak_check = habla_pipeline_leak_check_new (pipeline);
  g_autofree char *before = habla_pipeline_leak_check_describe (leak_check);

  g_assert_nonnull (before);
  g_assert_nonnull (strstr (before, "more"));
  take_down (pipeline);
  wait_for_leaks (leak_check, NULL, NULL);
  habla_pipeline_leak_check_free (leak_check);
}

/* A leaked element inside another one is named. */
static void
test_element (void)
{
  GstElement *pipeline = make_pipeline ();
  HablaPipelineLeakCheck *leak_check = habla_pipeline_leak_check_new (pipeline);
  GstElement *held = gst_bin_get_by_name (GST_BIN (pipeline), "middle");
  g_autofree char *leaks = NULL;

  take_down (pipeline);
  leaks = wait_for_leaks (leak_check, "GstQueue “middle” (1 references)", "“end”");
  gst_object_unref (held);
  wait_for_leaks (leak_check, NULL, NULL);
  habla_pipeline_leak_check_free (leak_check);
}

static void
test_pad_and_bus (void)
{
  GstElement *pipeline = make_pipeline ();
  HablaPipelineLeakCheck *leak_check = habla_pipeline_leak_check_new (pipeline);
  g_autoptr (GstElement) end = gst_bin_get_by_name (GST_BIN (pipeline), "end");
  GstPad *pad = gst_element_get_static_pad (end, "sink");
  GstBus *bus = gst_element_get_bus (pipeline);
  g_autofree char *leaks = NULL;

  g_clear_object (&end);
  take_down (pipeline);
  leaks = wait_for_leaks (leak_check, "GstPad “sink” (1 references)", "“middle”");
  g_assert_nonnull (strstr (leaks, "GstBus"));
  gst_object_unref (pad);
  gst_object_unref (bus);
  wait_for_leaks (leak_check, NULL, NULL);
  habla_pipeline_leak_check_free (leak_check);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/pipeline-leak-check/nothing", test_nothing);
  g_test_add_func ("/pipeline-leak-check/element", test_element);
  g_test_add_func ("/pipeline-leak-check/pad-and-bus", test_pad_and_bus);
  return habla_test_run ();
}
