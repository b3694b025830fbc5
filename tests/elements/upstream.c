/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Faults of libraries that Habla keeps clear of: docs/upstream.md. Each is shown, so that
 * it is seen when it goes; and so is what keeps clear of it. */
#include "habla-test.h"

#include <gst/gst.h>

/* The last to become ready for PLAYING is decodebin, in a streaming thread. */
#define LINE "audiotestsrc num-buffers=10 ! decodebin ! fakesink async=false"

/* Plays @pipeline as soon as it is PAUSED, as gst-launch-1.0 does when its thread is
 * quick, or when it gets the core of the thread that posts. */
static GstBusSyncReply
play_when_paused (GstBus *bus, GstMessage *message, gpointer pipeline)
{
  GstState state;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_STATE_CHANGED &&
      GST_MESSAGE_SRC (message) == pipeline) {
    gst_message_parse_state_changed (message, NULL, &state, NULL);
    if (state == GST_STATE_PAUSED)
      g_assert_cmpint (
          gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  }
  return GST_BUS_PASS;
}

static GstBusSyncReply
play_when_done (GstBus *bus, GstMessage *message, gpointer pipeline)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ASYNC_DONE && GST_MESSAGE_SRC (message) == pipeline)
    g_assert_cmpint (
        gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  return GST_BUS_PASS;
}

/* Returns: whether EOS comes of LINE, set to @state first and then played by @play */
static gboolean
ends (GstState state, GstBusSyncHandler play, GstClockTime timeout)
{
  g_autoptr (GstElement) pipeline = gst_parse_launch (LINE, NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  if (play != NULL)
    gst_bus_set_sync_handler (bus, play, pipeline, NULL);
  gst_element_set_state (pipeline, state);
  message = gst_bus_timed_pop_filtered (bus, timeout, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (gst_element_get_state (pipeline, NULL, NULL, 0), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (GST_STATE (pipeline), ==, GST_STATE_PLAYING);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
}

static void
test_eos_is_missed (void)
{
  if (ends (GST_STATE_PAUSED, play_when_paused, GST_SECOND)) {
    g_test_message ("GStreamer lost the fault: docs/upstream.md needs its entry no more");
    g_test_fail ();
  }
}

static void
test_eos_comes (void)
{
  g_assert_true (ends (GST_STATE_PLAYING, NULL, 30 * GST_SECOND));
  g_assert_true (ends (GST_STATE_PAUSED, play_when_done, 30 * GST_SECOND));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/upstream/eos-is-missed", test_eos_is_missed);
  g_test_add_func ("/upstream/eos-comes", test_eos_comes);
  return habla_test_run ();
}
