/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A metricstap changes nothing: buffers, lists, events, queries and responses are the same, and
 * its streaming thread neither allocates nor locks. */
#include "habla-test.h"

#include <glib/gstdio.h>

#include "count-calls.h"
#include "tap-ends.h"

static void
test_buffers (void)
{
  static const GstFlowReturn flows[] = { GST_FLOW_OK, GST_FLOW_EOS, GST_FLOW_FLUSHING,
    GST_FLOW_NOT_NEGOTIATED, GST_FLOW_ERROR, GST_FLOW_CUSTOM_SUCCESS_1 };
  g_autoptr (TapEnds) ends = tap_ends_new ();

  for (guint i = 0; i < G_N_ELEMENTS (flows); i++) {
    GstBuffer *buffer = gst_buffer_new_and_alloc (i);
    g_autoptr (GstBuffer) before = gst_buffer_copy_deep (buffer);

    ends->flow = flows[i];
    GST_BUFFER_PTS (buffer) = i;
    gst_buffer_ref (buffer);
    g_assert_cmpint (gst_pad_push (ends->src, buffer), ==, flows[i]);
    g_assert_true (ends->last == buffer);
    g_assert_cmpint (GST_MINI_OBJECT_REFCOUNT_VALUE (buffer), ==, 1);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, i);
    g_assert_cmpint (GST_BUFFER_FLAGS (buffer), ==, GST_BUFFER_FLAGS (before));
    gst_buffer_unref (buffer);
  }
  g_assert_cmpuint (ends->n_buffers, ==, G_N_ELEMENTS (flows));
}

/* The tap keeps buffers writable. */
static void
test_writable (void)
{
  GstHarness *harness = gst_harness_new ("metricstap");
  g_autoptr (GstBuffer) buffer = NULL;

  gst_harness_set_src_caps_str (harness, "a/b");
  buffer = gst_harness_push_and_pull (harness, gst_buffer_new_and_alloc (4));
  g_assert_true (gst_buffer_is_writable (buffer));
  g_assert_true (gst_buffer_is_all_memory_writable (buffer));
  gst_harness_teardown (harness);
}

static void
test_lists (void)
{
  g_autoptr (TapEnds) ends = tap_ends_new ();
  g_autoptr (GstStructure) stats = NULL;
  guint64 buffers, bytes;

  for (guint length = 0; length < 5; length++) {
    GstBufferList *list = gst_buffer_list_new ();

    for (guint i = 0; i < length; i++)
      gst_buffer_list_add (list, gst_buffer_new_and_alloc (100));
    ends->flow = length % 2 == 0 ? GST_FLOW_OK : GST_FLOW_EOS;
    gst_buffer_list_ref (list);
    g_assert_cmpint (gst_pad_push_list (ends->src, list), ==, ends->flow);
    g_assert_true (ends->last == list);
    g_assert_cmpuint (gst_buffer_list_length (list), ==, length);
    gst_buffer_list_unref (list);
  }
  g_assert_cmpuint (ends->n_lists, ==, 5);
  g_object_get (ends->tap, "stats", &stats, NULL);
  gst_structure_get (
      stats, "buffers", G_TYPE_UINT64, &buffers, "bytes", G_TYPE_UINT64, &bytes, NULL);
  g_assert_cmpuint (buffers, ==, 10);
  g_assert_cmpuint (bytes, ==, 1000);
}

static void
assert_event_passes (TapEnds *ends, GstPad *from, GstPad *to, GstEvent *event)
{
  /* A refused sticky event would be sent again; an accepted one is not. */
  for (guint i = GST_EVENT_IS_STICKY (event) ? 1 : 0; i < 2; i++) {
    ends->answer = i;
    ends->last = NULL;
    g_assert_cmpint (gst_pad_push_event (from, gst_event_ref (event)), ==, ends->answer);
    g_assert_true (ends->last == event);
    g_assert_true (ends->last_pad == to);
  }
  gst_event_unref (event);
}

static void
test_events_downstream (void)
{
  g_autoptr (TapEnds) ends = tap_ends_new ();
  g_autoptr (GstCaps) caps = gst_caps_from_string ("audio/x-raw,rate=7");
  GstEvent *events[] = {
    gst_event_new_stream_start ("other"),
    gst_event_new_caps (caps),
    tap_ends_create_segment (GST_FORMAT_BYTES),
    gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "t", NULL)),
    gst_event_new_buffer_size (GST_FORMAT_BYTES, 1, 2, FALSE),
    gst_event_new_gap (1, 2),
    gst_event_new_sink_message ("m", gst_message_new_eos (NULL)),
    gst_event_new_segment_done (GST_FORMAT_TIME, 1),
    gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty ("habla/partial")),
    gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB, gst_structure_new_empty ("x")),
    gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, gst_structure_new_empty ("y")),
    gst_event_new_custom (GST_EVENT_CUSTOM_BOTH, gst_structure_new_empty ("x")),
    gst_event_new_custom (GST_EVENT_CUSTOM_BOTH_OOB, gst_structure_new_empty ("x")),
    gst_event_new_eos (),
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    assert_event_passes (ends, ends->src, ends->sink, events[i]);
  ends->last = NULL;
  g_assert_true (gst_pad_push_event (ends->src, gst_event_new_flush_start ()));
  g_assert_nonnull (ends->last);
  ends->last = NULL;
  g_assert_true (gst_pad_push_event (ends->src, gst_event_new_flush_stop (TRUE)));
  g_assert_nonnull (ends->last);
  g_assert_true (gst_pad_push_event (ends->src, tap_ends_create_segment (GST_FORMAT_TIME)));
  g_assert_cmpint (gst_pad_push (ends->src, gst_buffer_new ()), ==, GST_FLOW_OK);
}

static void
test_events_upstream (void)
{
  g_autoptr (TapEnds) ends = tap_ends_new ();
  GstEvent *events[] = {
    gst_event_new_seek (
        1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 1, GST_SEEK_TYPE_NONE, -1),
    gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 0.5, -3, 7),
    gst_event_new_latency (5),
    gst_event_new_step (GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE),
    gst_event_new_navigation (gst_structure_new_empty ("n")),
    gst_event_new_reconfigure (),
    gst_event_new_toc_select ("uid"),
    gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, gst_structure_new_empty ("x")),
    gst_event_new_custom (GST_EVENT_CUSTOM_BOTH, gst_structure_new_empty ("x")),
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    assert_event_passes (ends, ends->sink, ends->src, events[i]);
}

static void
assert_query_passes (TapEnds *ends, GstPad *from, GstPad *to, GstQuery *query)
{
  for (guint i = 0; i < 2; i++) {
    ends->answer = i;
    ends->last = NULL;
    g_assert_cmpint (gst_pad_peer_query (from, query), ==, ends->answer);
    g_assert_true (ends->last == query);
    g_assert_true (ends->last_pad == to);
  }
}

static void
test_queries (void)
{
  g_autoptr (TapEnds) ends = tap_ends_new ();
  g_autoptr (GstCaps) caps = gst_caps_from_string ("a/b");
  GstQuery *queries[] = {
    gst_query_new_position (GST_FORMAT_TIME),
    gst_query_new_duration (GST_FORMAT_TIME),
    gst_query_new_latency (),
    gst_query_new_segment (GST_FORMAT_TIME),
    gst_query_new_convert (GST_FORMAT_TIME, 1, GST_FORMAT_BYTES),
    gst_query_new_formats (),
    gst_query_new_buffering (GST_FORMAT_TIME),
    gst_query_new_custom (GST_QUERY_CUSTOM, gst_structure_new_empty ("x")),
    gst_query_new_uri (),
    gst_query_new_allocation (caps, TRUE),
    gst_query_new_scheduling (),
    gst_query_new_accept_caps (caps),
    gst_query_new_caps (NULL),
    gst_query_new_drain (),
    gst_query_new_context ("c"),
    gst_query_new_bitrate (),
    gst_query_new_seeking (GST_FORMAT_TIME),
  };

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++) {
    if (GST_QUERY_IS_UPSTREAM (queries[i]))
      assert_query_passes (ends, ends->sink, ends->src, queries[i]);
    if (GST_QUERY_IS_DOWNSTREAM (queries[i]))
      assert_query_passes (ends, ends->src, ends->sink, queries[i]);
    gst_query_unref (queries[i]);
  }
}

/* A tap that is not linked downstream accepts any caps. */
static void
test_unlinked (void)
{
  g_autoptr (GstElement) tap = gst_object_ref_sink (gst_element_factory_make ("metricstap", NULL));
  g_autoptr (GstPad) pad = gst_element_get_static_pad (tap, "sink");
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, NULL);
  g_autoptr (GstCaps) some = gst_caps_from_string ("a/b");

  g_assert_true (gst_caps_is_any (caps));
  g_assert_true (gst_pad_query_accept_caps (pad, some));
}

static void
run_to_eos (const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstMessage) eos = NULL;

  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  eos = habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, 30);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* A demuxer can use pull mode through taps, and reads the same data. */
static void
test_pull_mode (void)
{
  g_autofree char *wav = g_build_filename (habla_test_get_dir (), "a.wav", NULL);
  g_autofree char *raw = g_build_filename (habla_test_get_dir (), "a.raw", NULL);
  g_autofree char *make =
      g_strdup_printf ("audiotestsrc num-buffers=50 ! wavenc ! filesink location=%s", wav);
  g_autofree char *read = g_strdup_printf ("filesrc location=%s ! metricstap ! "
                                           "metricstap name=tap ! wavparse ! filesink location=%s",
      wav, raw);
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) tap = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstMessage) eos = NULL;
  g_autoptr (GstStructure) stats = NULL;
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;
  gsize in_size, out_size;
  guint64 bytes;

  run_to_eos (make);
  pipeline = gst_parse_launch (read, NULL);
  tap = gst_bin_get_by_name (GST_BIN (pipeline), "tap");
  pad = gst_element_get_static_pad (tap, "src");
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  g_assert_cmpint (
      gst_element_get_state (pipeline, NULL, NULL, 30 * GST_SECOND), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (GST_PAD_MODE (pad), ==, GST_PAD_MODE_PULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  eos = habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, 30);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  g_assert_true (g_file_get_contents (wav, &in, &in_size, NULL));
  g_assert_true (g_file_get_contents (raw, &out, &out_size, NULL));
  g_assert_cmpuint (out_size, ==, 50 * 1024 * 2);
  g_assert_cmpuint (in_size, >=, 44 + out_size);
  /* Offset after the header of a plain WAV file. */
  g_assert_cmpmem (in + 44, out_size, out, out_size);
  g_object_get (tap, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "bytes", &bytes);
  g_assert_cmpuint (bytes, >=, out_size);
}

/* A pad that forwards buffers to another one: the minimum that each element does. */
static GstFlowReturn
forward (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  return gst_pad_push (gst_pad_get_element_private (pad), buffer);
}

static GstFlowReturn
forward_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  return gst_pad_push_list (gst_pad_get_element_private (pad), list);
}

/* Like tap_ends_new(), with such a pad instead of the tap, stored in *@bare. */
static void
replace_tap (TapEnds *ends, GstPad *bare[2])
{
  gst_pad_unlink (ends->src, bare[0] = gst_pad_get_peer (ends->src));
  gst_object_unref (bare[0]);
  gst_pad_unlink (bare[1] = gst_pad_get_peer (ends->sink), ends->sink);
  gst_object_unref (bare[1]);
  bare[0] = gst_object_ref_sink (gst_pad_new ("bare", GST_PAD_SINK));
  bare[1] = gst_object_ref_sink (gst_pad_new ("bare", GST_PAD_SRC));
  gst_pad_set_element_private (bare[0], bare[1]);
  gst_pad_set_chain_function (bare[0], forward);
  gst_pad_set_chain_list_function (bare[0], forward_list);
  for (guint i = 0; i < 2; i++)
    gst_pad_set_active (bare[i], TRUE);
  g_assert_cmpint (gst_pad_link_full (ends->src, bare[0], GST_PAD_LINK_CHECK_NOTHING), ==, 0);
  g_assert_cmpint (gst_pad_link_full (bare[1], ends->sink, GST_PAD_LINK_CHECK_NOTHING), ==, 0);
  tap_ends_start_stream (bare[1]);
}

#define N_PUSHES 2000

static CallCounts
count_calls_of_pushes (TapEnds *ends)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_and_alloc (640);
  g_autoptr (GstBufferList) list = gst_buffer_list_new ();
  CallCounts begin, end;

  GST_BUFFER_PTS (buffer) = 0;
  gst_buffer_list_add (list, gst_buffer_ref (buffer));
  gst_buffer_list_add (list, gst_buffer_ref (buffer));
  /* Costs of the first buffer after events and state changes do not count. */
  g_assert_cmpint (gst_pad_push (ends->src, gst_buffer_ref (buffer)), ==, GST_FLOW_OK);

  begin = count_calls ();
  for (guint i = 0; i < N_PUSHES; i++) {
    gst_pad_push (ends->src, gst_buffer_ref (buffer));
    gst_pad_push_list (ends->src, gst_buffer_list_ref (list));
  }
  end = count_calls ();
  g_assert_cmpuint (ends->n_buffers, ==, 1 + N_PUSHES * 3);
  return (CallCounts){ end.allocations - begin.allocations, end.locks - begin.locks };
}

/* With a clock and timestamps, so that all statistics are recorded. */
static void
test_no_allocation_no_lock (void)
{
  g_autoptr (TapEnds) tapped = tap_ends_new ();
  g_autoptr (TapEnds) plain = tap_ends_new ();
  g_autoptr (GstStructure) stats = NULL;
  GstPad *bare[2];
  CallCounts tap_calls, plain_calls;
  guint64 lateness;

  if (!can_count_calls ()) {
    g_test_skip ("a sanitizer or valgrind takes these calls");
    return;
  }
  tap_ends_play (tapped);
  replace_tap (plain, bare);
  tap_calls = count_calls_of_pushes (tapped);
  plain_calls = count_calls_of_pushes (plain);

  g_object_get (tapped->tap, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "lateness-count", &lateness);
  g_assert_cmpuint (lateness, ==, 1 + N_PUSHES * 3);

  g_assert_cmpuint (tap_calls.allocations, ==, 0);
  /* A pad cannot push without locks, which shows that counting works. */
  g_assert_cmpuint (plain_calls.locks, >=, N_PUSHES);
  g_assert_cmpuint (tap_calls.locks, ==, plain_calls.locks);

  for (guint i = 0; i < 2; i++) {
    gst_pad_set_active (bare[i], FALSE);
    gst_object_unref (bare[i]);
  }
}

/* Shows that the counters of the test above count. */
static void
test_counters (void)
{
  CallCounts begin = count_calls (), end;
  g_autofree char *allocated = NULL;
  GMutex mutex;

  if (!can_count_calls ()) {
    g_test_skip ("a sanitizer or valgrind takes these calls");
    return;
  }
  allocated = g_strdup ("allocated");
  gst_buffer_unref (gst_buffer_new ());
  g_mutex_init (&mutex);
  g_mutex_lock (&mutex);
  g_mutex_unlock (&mutex);
  end = count_calls ();
  g_assert_cmpuint (end.allocations - begin.allocations, >=, 2);
  g_assert_cmpuint (end.locks - begin.locks, >=, 1);
  g_mutex_clear (&mutex);
}

int
main (int argc, char *argv[])
{
  count_calls_init (argv);
  habla_test_init (&argc, &argv);
  g_test_add_func ("/metricstap/passthrough/buffers", test_buffers);
  g_test_add_func ("/metricstap/passthrough/writable", test_writable);
  g_test_add_func ("/metricstap/passthrough/lists", test_lists);
  g_test_add_func ("/metricstap/passthrough/events-downstream", test_events_downstream);
  g_test_add_func ("/metricstap/passthrough/events-upstream", test_events_upstream);
  g_test_add_func ("/metricstap/passthrough/queries", test_queries);
  g_test_add_func ("/metricstap/passthrough/unlinked", test_unlinked);
  g_test_add_func ("/metricstap/passthrough/pull-mode", test_pull_mode);
  g_test_add_func ("/metricstap/passthrough/counters", test_counters);
  g_test_add_func ("/metricstap/passthrough/no-allocation-no-lock", test_no_allocation_no_lock);
  return habla_test_run ();
}
