/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <session/remains.h>
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

static void
test_nothing (void)
{
  GstElement *pipeline = make_pipeline ();
  HablaRemains *remains = habla_remains_new (pipeline);
  g_autofree char *before = habla_remains_describe (remains);

  g_assert_nonnull (before);
  g_assert_nonnull (strstr (before, "more"));
  take_down (pipeline);
  g_assert_null (habla_remains_describe (remains));
  habla_remains_free (remains);
}

/* Who holds an element inside of another is named, and so are its pads, which live with it. */
static void
test_element (void)
{
  GstElement *pipeline = make_pipeline ();
  HablaRemains *remains = habla_remains_new (pipeline);
  GstElement *held = gst_bin_get_by_name (GST_BIN (pipeline), "middle");
  g_autofree char *left = NULL;

  take_down (pipeline);
  left = habla_remains_describe (remains);
  g_assert_nonnull (strstr (left, "GstQueue “middle” (1 references)"));
  g_assert_null (strstr (left, "“end”"));
  gst_object_unref (held);
  g_assert_null (habla_remains_describe (remains));
  habla_remains_free (remains);
}

static void
test_pad_and_bus (void)
{
  GstElement *pipeline = make_pipeline ();
  HablaRemains *remains = habla_remains_new (pipeline);
  g_autoptr (GstElement) end = gst_bin_get_by_name (GST_BIN (pipeline), "end");
  GstPad *pad = gst_element_get_static_pad (end, "sink");
  GstBus *bus = gst_element_get_bus (pipeline);
  g_autofree char *left = NULL;

  g_clear_object (&end);
  take_down (pipeline);
  left = habla_remains_describe (remains);
  g_assert_nonnull (strstr (left, "GstPad “sink” (1 references)"));
  g_assert_nonnull (strstr (left, "GstBus"));
  gst_object_unref (pad);
  gst_object_unref (bus);
  g_assert_null (habla_remains_describe (remains));
  habla_remains_free (remains);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/remains/nothing", test_nothing);
  g_test_add_func ("/remains/element", test_element);
  g_test_add_func ("/remains/pad-and-bus", test_pad_and_bus);
  return habla_test_run ();
}
