/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap-ends.h"

static TapEnds *
ends_of (GstPad *pad)
{
  return gst_pad_get_element_private (pad);
}

static void
see (GstPad *pad, gpointer object)
{
  ends_of (pad)->last = object;
  ends_of (pad)->last_pad = pad;
}

static GstFlowReturn
chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  see (pad, buffer);
  ends_of (pad)->n_buffers++;
  gst_buffer_unref (buffer);
  return ends_of (pad)->flow;
}

static GstFlowReturn
chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  see (pad, list);
  ends_of (pad)->n_buffers += gst_buffer_list_length (list);
  ends_of (pad)->n_lists++;
  gst_buffer_list_unref (list);
  return ends_of (pad)->flow;
}

static gboolean
event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  see (pad, event);
  gst_event_unref (event);
  return ends_of (pad)->answer;
}

static gboolean
query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  g_autoptr (GstCaps) any = gst_caps_new_any ();

  see (pad, query);
  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS)
    gst_query_set_caps_result (query, any);
  else if (GST_QUERY_TYPE (query) == GST_QUERY_ACCEPT_CAPS)
    gst_query_set_accept_caps_result (query, TRUE);
  return ends_of (pad)->answer;
}

static GstPad *
create_pad (TapEnds *self, const char *name, GstPadDirection direction)
{
  GstPad *pad = gst_object_ref_sink (gst_pad_new (name, direction));

  gst_pad_set_element_private (pad, self);
  gst_pad_set_event_function (pad, event);
  gst_pad_set_query_function (pad, query);
  if (direction == GST_PAD_SINK) {
    gst_pad_set_chain_function (pad, chain);
    gst_pad_set_chain_list_function (pad, chain_list);
  }
  gst_pad_set_active (pad, TRUE);
  return pad;
}

static void
link_pads (GstPad *src, GstPad *sink)
{
  g_assert_cmpint (gst_pad_link_full (src, sink, GST_PAD_LINK_CHECK_NOTHING), ==, GST_PAD_LINK_OK);
}

GstEvent *
tap_ends_create_segment (GstFormat format)
{
  GstSegment segment;

  gst_segment_init (&segment, format);
  return gst_event_new_segment (&segment);
}

/* Sends what precedes the first buffer. */
void
tap_ends_start_stream (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("a/b");

  g_assert_true (gst_pad_push_event (pad, gst_event_new_stream_start ("ends")));
  g_assert_true (gst_pad_push_event (pad, gst_event_new_caps (caps)));
  g_assert_true (gst_pad_push_event (pad, tap_ends_create_segment (GST_FORMAT_TIME)));
}

/* In PAUSED, with a TIME segment; all returns are OK. */
TapEnds *
tap_ends_new (void)
{
  TapEnds *self = g_new0 (TapEnds, 1);
  g_autoptr (GstPad) tap_sink = NULL;
  g_autoptr (GstPad) tap_src = NULL;

  self->flow = GST_FLOW_OK;
  self->answer = TRUE;
  self->tap = gst_object_ref_sink (gst_element_factory_make ("metricstap", NULL));
  self->src = create_pad (self, "src", GST_PAD_SRC);
  self->sink = create_pad (self, "sink", GST_PAD_SINK);
  tap_sink = gst_element_get_static_pad (self->tap, "sink");
  tap_src = gst_element_get_static_pad (self->tap, "src");
  link_pads (self->src, tap_sink);
  link_pads (tap_src, self->sink);
  g_assert_cmpint (
      gst_element_set_state (self->tap, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_SUCCESS);
  tap_ends_start_stream (self->src);
  return self;
}

/* In PLAYING, with the system clock, from now on. */
void
tap_ends_play (TapEnds *self)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();

  gst_element_set_clock (self->tap, clock);
  gst_element_set_base_time (self->tap, gst_clock_get_time (clock));
  g_assert_cmpint (
      gst_element_set_state (self->tap, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_SUCCESS);
}

void
tap_ends_free (TapEnds *self)
{
  gst_element_set_state (self->tap, GST_STATE_NULL);
  gst_pad_set_active (self->src, FALSE);
  gst_pad_set_active (self->sink, FALSE);
  gst_object_unref (self->tap);
  gst_object_unref (self->src);
  gst_object_unref (self->sink);
  g_free (self);
}
