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

/* A streaming thread may let go a little after the change of state. @wanted: (nullable): NULL =
 * nothing is left. @unwanted: is not. Returns: (transfer full) (nullable): what is left */
static char *
wait_until_left (HablaPipelineLeakCheck *remains, const char *wanted, const char *unwanted)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (10) * G_USEC_PER_SEC;
  char *left;

  while (TRUE) {
    left = habla_pipeline_leak_check_describe (remains);
    if (left == NULL ? wanted == NULL
                     : wanted != NULL && strstr (left, wanted) && !strstr (left, unwanted))
      return left;
    if (g_get_monotonic_time () > deadline)
      g_error ("Left is %s; not %s", left, wanted);
    g_free (left);
    g_usleep (1000);
  }
}

static void
test_nothing (void)
{
  GstElement *pipeline = make_pipeline ();
  HablaPipelineLeakCheck *remains = habla_pipeline_leak_check_new (pipeline);
  g_autofree char *before = habla_pipeline_leak_check_describe (remains);

  g_assert_nonnull (before);
  g_assert_nonnull (strstr (before, "more"));
  take_down (pipeline);
  wait_until_left (remains, NULL, NULL);
  habla_pipeline_leak_check_free (remains);
}

/* Who holds an element inside of another is named, and so are its pads, which live with it. */
static void
test_element (void)
{
  GstElement *pipeline = make_pipeline ();
  HablaPipelineLeakCheck *remains = habla_pipeline_leak_check_new (pipeline);
  GstElement *held = gst_bin_get_by_name (GST_BIN (pipeline), "middle");
  g_autofree char *left = NULL;

  take_down (pipeline);
  left = wait_until_left (remains, "GstQueue “middle” (1 references)", "“end”");
  gst_object_unref (held);
  wait_until_left (remains, NULL, NULL);
  habla_pipeline_leak_check_free (remains);
}

static void
test_pad_and_bus (void)
{
  GstElement *pipeline = make_pipeline ();
  HablaPipelineLeakCheck *remains = habla_pipeline_leak_check_new (pipeline);
  g_autoptr (GstElement) end = gst_bin_get_by_name (GST_BIN (pipeline), "end");
  GstPad *pad = gst_element_get_static_pad (end, "sink");
  GstBus *bus = gst_element_get_bus (pipeline);
  g_autofree char *left = NULL;

  g_clear_object (&end);
  take_down (pipeline);
  left = wait_until_left (remains, "GstPad “sink” (1 references)", "“middle”");
  g_assert_nonnull (strstr (left, "GstBus"));
  gst_object_unref (pad);
  gst_object_unref (bus);
  wait_until_left (remains, NULL, NULL);
  habla_pipeline_leak_check_free (remains);
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
