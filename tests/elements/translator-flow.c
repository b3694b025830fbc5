/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flow of a translator: segments, flushes, states, flow returns and queries. */
#include "text-harness.h"

static void
push_segment (TextHarness *h)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_assert_true (gst_harness_push_event (h->harness, gst_event_new_segment (&segment)));
}

static void
test_flush (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  TestTranslatorCounts counts;
  GThread *thread;

  test_translator_hold (h->translator, "one");
  test_translator_hold (h->translator, "stubborn");
  text_harness_push (h, "one");
  text_harness_push (h, "stubborn");
  test_translator_wait_for_call (h->translator, "one");
  test_translator_wait_for_call (h->translator, "stubborn");
  thread = text_harness_push_in_thread (h, "three");

  /* Also while the engine ignores cancellation. */
  g_assert_true (gst_harness_push_event (h->harness, gst_event_new_flush_start ()));
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, GST_FLOW_FLUSHING);
  g_assert_cmpint (text_harness_push (h, "in between"), ==, GST_FLOW_FLUSHING);
  text_harness_expect (h, "flush-start", NULL);
  text_harness_wait_for_stat (h, "in-flight", 1);
  test_translator_get_counts (h->translator, &counts);
  g_assert_cmpuint (counts.cancelled, ==, 1);

  g_assert_true (gst_harness_push_event (h->harness, gst_event_new_flush_stop (TRUE)));
  push_segment (h);
  text_harness_push (h, "four");
  text_harness_push (h, "five");
  text_harness_expect (h, "flush-stop", "segment", "final FOUR", "final FIVE", NULL);
  test_translator_release (h->translator, "stubborn");
  g_assert_false (test_translator_has_request (h->translator, "three"));
}

/* Sticky events that pads keep during a flush stay in the queue as well; a segment does not. */
static void
test_flush_keeps_sticky_events (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (GstEvent) sticky = NULL;
  GstTagList *tags = gst_tag_list_new (GST_TAG_TITLE, "Lesson", NULL);
  const char *stream_id;

  test_translator_hold (h->translator, "one");
  text_harness_push (h, "one");
  test_translator_wait_for_call (h->translator, "one");
  gst_harness_push_event (h->harness, gst_event_new_stream_start ("next"));
  gst_harness_set_src_caps_str (h->harness, HABLA_TEXT_CAPS);
  push_segment (h);
  gst_harness_push_event (h->harness, gst_event_new_tag (tags));
  gst_harness_push_event (h->harness, gst_event_new_eos ());

  gst_harness_push_event (h->harness, gst_event_new_flush_start ());
  gst_harness_push_event (h->harness, gst_event_new_flush_stop (TRUE));
  push_segment (h);
  text_harness_push (h, "two");
  text_harness_expect (
      h, "flush-start", "flush-stop", "stream-start", "caps", "tag", "segment", "final TWO", NULL);
  sticky = gst_pad_get_sticky_event (h->harness->sinkpad, GST_EVENT_STREAM_START, 0);
  gst_event_parse_stream_start (sticky, &stream_id);
  g_assert_cmpstr (stream_id, ==, "next");
}

/* After a flush, partial hypotheses may be older than the last final utterance. */
static void
test_flush_forgets_ids (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (9, "nine", "en");

  text_harness_push_utterance (h, utterance);
  text_harness_expect (h, "final NINE", NULL);
  gst_harness_push_event (h->harness, gst_event_new_flush_start ());
  gst_harness_push_event (h->harness, gst_event_new_flush_stop (TRUE));
  push_segment (h);
  text_harness_push_partial (h, 9, "ni");
  text_harness_expect (h, "flush-start", "flush-stop", "segment", "partial NI", NULL);
}

static void
test_eos_drains (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);

  test_translator_hold (h->translator, "one");
  text_harness_push (h, "one");
  text_harness_push (h, "two");
  gst_harness_push_event (h->harness, gst_event_new_eos ());
  test_translator_wait_for_call (h->translator, "two");
  test_translator_release (h->translator, "one");
  text_harness_expect (h, "final ONE", "final TWO", "eos", NULL);
}

static void
test_stream_after_eos (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);

  gst_harness_push_event (h->harness, gst_event_new_eos ());
  gst_harness_push_event (h->harness, gst_event_new_stream_start ("next"));
  push_segment (h);
  text_harness_push (h, "on");
  text_harness_expect (h, "eos", "stream-start", "caps", "segment", "final ON", NULL);
}

static void
test_to_ready (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 1);
  TestTranslatorCounts counts;
  GThread *thread;

  test_translator_hold (h->translator, "one");
  text_harness_push (h, "one");
  test_translator_wait_for_call (h->translator, "one");
  thread = text_harness_push_in_thread (h, "two");
  g_assert_cmpint (gst_element_set_state (GST_ELEMENT (h->translator), GST_STATE_READY), ==,
      GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, GST_FLOW_FLUSHING);
  test_translator_get_counts (h->translator, &counts);
  g_assert_cmpuint (counts.running, ==, 0);
  g_assert_cmpuint (counts.cancelled, ==, 1);
  g_assert_cmpuint (counts.stops, ==, 1);

  gst_element_set_state (GST_ELEMENT (h->translator), GST_STATE_PLAYING);
  gst_harness_set_src_caps_str (h->harness, HABLA_TEXT_CAPS);
  text_harness_push (h, "three");
  text_harness_expect (h, "stream-start", "caps", "segment", "final THREE", NULL);
  g_assert_cmpuint (text_harness_get_stat (h, "done"), ==, 1);
}

static struct {
  GMutex lock;
  GCond changed;
  gboolean on_its_way;                      /* protected by lock */
  gboolean is_inactive;                     /* protected by lock */
  GstPadActivateModeFunction activate_mode; /* set before other threads start */
} late;

static void
say_late (gboolean *what)
{
  g_mutex_lock (&late.lock);
  *what = TRUE;
  g_cond_broadcast (&late.changed);
  g_mutex_unlock (&late.lock);
}

static void
wait_for_late (gboolean *what)
{
  g_mutex_lock (&late.lock);
  while (!*what)
    g_cond_wait (&late.changed, &late.lock);
  g_mutex_unlock (&late.lock);
}

static GstPadProbeReturn
hold_flush_stop (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_FLUSH_STOP)
    return GST_PAD_PROBE_OK;
  say_late (&late.on_its_way);
  wait_for_late (&late.is_inactive);
  return GST_PAD_PROBE_REMOVE;
}

/* The source pad became inactive first. */
static gboolean
activate_mode (GstPad *pad, GstObject *parent, GstPadMode mode, gboolean active)
{
  gboolean done = late.activate_mode (pad, parent, mode, active);

  if (!active)
    say_late (&late.is_inactive);
  return done;
}

static gpointer
flush (gpointer data)
{
  TextHarness *h = data;

  gst_harness_push_event (h->harness, gst_event_new_flush_start ());
  gst_harness_push_event (h->harness, gst_event_new_flush_stop (TRUE));
  return NULL;
}

/* Pads become inactive while the element handles a FLUSH_STOP, which starts the task again. */
static void
test_to_ready_in_flush (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 1);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (GST_ELEMENT (h->translator), "sink");
  TestTranslatorCounts counts;
  GThread *thread;

  late.activate_mode = GST_PAD_ACTIVATEMODEFUNC (pad);
  gst_pad_set_activatemode_function (pad, activate_mode);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_FLUSH, hold_flush_stop, NULL, NULL);
  thread = g_thread_new ("flush", flush, h);
  wait_for_late (&late.on_its_way);
  g_assert_cmpint (gst_element_set_state (GST_ELEMENT (h->translator), GST_STATE_READY), ==,
      GST_STATE_CHANGE_SUCCESS);
  g_thread_join (thread);
  test_translator_get_counts (h->translator, &counts);
  g_assert_cmpuint (counts.stops, ==, 1);
  text_harness_expect (h, "flush-start", NULL);
}

static GstFlowReturn downstream_flow;

static GstFlowReturn
refuse (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gst_buffer_unref (buffer);
  return g_atomic_int_get (&downstream_flow);
}

/* Pushes until the flow return of downstream arrives. */
static GstFlowReturn
push_until_refused (TextHarness *h)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;
  GstFlowReturn flow;

  do {
    flow = text_harness_push (h, "x");
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  } while (flow == GST_FLOW_OK);
  return flow;
}

static void
clear_log (TextHarness *h)
{
  g_mutex_lock (&h->lock);
  g_ptr_array_set_size (h->log, 0);
  g_mutex_unlock (&h->lock);
}

static void
test_flow_returns (void)
{
  static const GstFlowReturn flows[] = { GST_FLOW_FLUSHING, GST_FLOW_EOS, GST_FLOW_ERROR,
    GST_FLOW_NOT_LINKED, GST_FLOW_NOT_NEGOTIATED };

  for (guint i = 0; i < G_N_ELEMENTS (flows); i++) {
    g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
    g_autoptr (GstMessage) message = NULL;
    gboolean is_error = flows[i] == GST_FLOW_NOT_LINKED || flows[i] < GST_FLOW_EOS;

    gst_pad_set_chain_function (h->harness->sinkpad, refuse);
    g_atomic_int_set (&downstream_flow, flows[i]);
    g_assert_cmpint (push_until_refused (h), ==, flows[i]);
    g_assert_cmpint (push_until_refused (h), ==, flows[i]);

    /* After EOS, no flow return could tell the application. */
    g_assert_false (gst_harness_push_event (h->harness, gst_event_new_eos ()));
    message = gst_bus_pop_filtered (h->bus, GST_MESSAGE_ERROR);
    g_assert_cmpint (message != NULL, ==, is_error);
    clear_log (h);
  }
}

/* The same with the EOS in the queue when downstream fails. */
static void
test_error_before_eos (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (GstMessage) message = NULL;

  gst_pad_set_chain_function (h->harness->sinkpad, refuse);
  g_atomic_int_set (&downstream_flow, GST_FLOW_ERROR);
  test_translator_hold (h->translator, "x");
  text_harness_push (h, "x");
  g_assert_true (gst_harness_push_event (h->harness, gst_event_new_eos ()));
  test_translator_release (h->translator, "x");
  message = gst_bus_timed_pop_filtered (h->bus, 30 * GST_SECOND, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  text_harness_expect (h, "final X", "eos", NULL);
}

/* After EOS of downstream, a new segment, and after NOT_LINKED, a new link restart the flow;
 * events in between are kept. */
static void
test_recovery (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);

  gst_pad_set_chain_function (h->harness->sinkpad, refuse);
  g_atomic_int_set (&downstream_flow, GST_FLOW_EOS);
  g_assert_cmpint (push_until_refused (h), ==, GST_FLOW_EOS);
  clear_log (h);
  g_atomic_int_set (&downstream_flow, GST_FLOW_OK);
  push_segment (h);
  text_harness_push (h, "after eos");
  text_harness_expect (h, "segment", "final AFTER EOS", NULL);

  g_atomic_int_set (&downstream_flow, GST_FLOW_NOT_LINKED);
  g_assert_cmpint (push_until_refused (h), ==, GST_FLOW_NOT_LINKED);
  clear_log (h);
  g_assert_true (
      gst_harness_push_event (h->harness, gst_event_new_tag (gst_tag_list_new_empty ())));
  g_assert_cmpint (text_harness_push (h, "lost"), ==, GST_FLOW_NOT_LINKED);
  g_atomic_int_set (&downstream_flow, GST_FLOW_OK);
  gst_harness_push_upstream_event (h->harness, gst_event_new_reconfigure ());
  text_harness_push (h, "linked");
  text_harness_expect (h, "tag", "final LINKED", NULL);
}

static void
test_byte_segment (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (GstEvent) event = NULL;
  const GstSegment *out;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  segment.start = 100;
  event = gst_event_new_segment (&segment);
  gst_harness_push_event (h->harness, gst_event_ref (event));
  text_harness_push (h, "bytes");
  text_harness_expect (h, "segment", "final BYTES", NULL);
  g_clear_pointer (&event, gst_event_unref);
  event = gst_pad_get_sticky_event (h->harness->sinkpad, GST_EVENT_SEGMENT, 0);
  gst_event_parse_segment (event, &out);
  g_assert_cmpint (out->format, ==, GST_FORMAT_TIME);
  g_assert_cmpuint (out->start, ==, 0);
}

/* Like Debian's pocketsphinx element. */
static void
test_no_caps (void)
{
  g_autoptr (TextHarness) h = text_harness_new (NULL, 2);
  g_autoptr (GstCaps) expected = gst_caps_from_string (HABLA_TEXT_CAPS);
  g_autoptr (GstCaps) caps = NULL;

  gst_harness_push_event (h->harness, gst_event_new_stream_start ("foreign"));
  push_segment (h);
  text_harness_push (h, "hello there\n");
  text_harness_expect (h, "stream-start", "caps", "segment", "final HELLO THERE", NULL);
  caps = gst_pad_get_current_caps (h->harness->sinkpad);
  g_assert_true (gst_caps_is_equal (caps, expected));
}

static void
test_language_tag (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (GstEvent) event = NULL;
  g_autofree char *language = NULL;
  g_autofree char *title = NULL;
  GstTagList *tags;

  tags = gst_tag_list_new (
      GST_TAG_LANGUAGE_CODE, "en", GST_TAG_LANGUAGE_NAME, "English", GST_TAG_TITLE, "Lesson", NULL);
  gst_harness_push_event (h->harness, gst_event_new_tag (tags));
  text_harness_expect (h, "tag", NULL);
  /* It has left the translator, and is about to reach the other pad. */
  while ((event = gst_pad_get_sticky_event (h->harness->sinkpad, GST_EVENT_TAG, 0)) == NULL)
    g_thread_yield ();
  gst_event_parse_tag (event, &tags);
  g_assert_true (gst_tag_list_get_string (tags, GST_TAG_LANGUAGE_CODE, &language));
  g_assert_cmpstr (language, ==, "es");
  g_assert_true (gst_tag_list_get_string (tags, GST_TAG_TITLE, &title));
  g_assert_cmpstr (title, ==, "Lesson");
  g_assert_cmpint (gst_tag_list_get_tag_size (tags, GST_TAG_LANGUAGE_NAME), ==, 0);
}

static void
test_caps (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  static const char *const accepted[] = { "text/x-raw, format = utf8",
    "text/x-raw, format = pango-markup", "text/plain" };
  static const char *const refused[] = { "audio/x-raw", "text/x-raw, format = html", "text/html" };
  GstPad *peer = h->harness->srcpad;

  for (guint i = 0; i < G_N_ELEMENTS (accepted); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (accepted[i]);

    g_assert_true (gst_pad_peer_query_accept_caps (peer, caps));
  }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (refused[i]);

    g_assert_false (gst_pad_peer_query_accept_caps (peer, caps));
    gst_pad_push_event (peer, gst_event_new_caps (caps));
    g_assert_cmpint (text_harness_push (h, "x"), ==, GST_FLOW_NOT_NEGOTIATED);
  }
}

static void
test_latency (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime min, max;
  gboolean live;

  g_object_set (h->translator, "latency", 250, NULL);
  message = gst_bus_pop_filtered (h->bus, GST_MESSAGE_LATENCY);
  g_assert_nonnull (message);
  gst_harness_set_upstream_latency (h->harness, 40 * GST_MSECOND);
  gst_harness_set_live (h->harness, TRUE);
  g_assert_true (gst_pad_peer_query (h->harness->sinkpad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  g_assert_true (live);
  g_assert_cmpuint (min, ==, 290 * GST_MSECOND);
  g_assert_true (max == GST_CLOCK_TIME_NONE || max >= min);
}

static gboolean
answer_drain (GstPad *pad, GstObject *parent, GstQuery *query)
{
  TextHarness *h = g_object_get_data (G_OBJECT (pad), "text-harness");

  if (GST_QUERY_TYPE (query) != GST_QUERY_DRAIN)
    return gst_pad_query_default (pad, parent, query);
  g_mutex_lock (&h->lock);
  g_ptr_array_add (h->log, g_strdup ("drain"));
  g_mutex_unlock (&h->lock);
  return TRUE;
}

static gpointer
run_drain (gpointer data)
{
  g_autoptr (GstQuery) query = gst_query_new_drain ();

  return GINT_TO_POINTER (gst_pad_peer_query (data, query));
}

static void
test_queries (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (GstCaps) caps = gst_caps_from_string (HABLA_TEXT_CAPS);
  g_autoptr (GstQuery) allocation = gst_query_new_allocation (caps, TRUE);
  GThread *thread;

  g_object_set_data (G_OBJECT (h->harness->sinkpad), "text-harness", h);
  gst_pad_set_query_function (h->harness->sinkpad, answer_drain);
  test_translator_hold (h->translator, "one");
  text_harness_push (h, "one");
  g_assert_false (gst_pad_peer_query (h->harness->srcpad, allocation));

  test_translator_wait_for_call (h->translator, "one");
  thread = g_thread_new ("drain", run_drain, h->harness->srcpad);
  g_usleep (20 * G_TIME_SPAN_MILLISECOND);
  test_translator_release (h->translator, "one");
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  text_harness_expect (h, "final ONE", "drain", NULL);

  /* A query that waits ends with a flush. */
  test_translator_hold (h->translator, "two");
  text_harness_push (h, "two");
  test_translator_wait_for_call (h->translator, "two");
  thread = g_thread_new ("drain", run_drain, h->harness->srcpad);
  g_usleep (20 * G_TIME_SPAN_MILLISECOND);
  gst_harness_push_event (h->harness, gst_event_new_flush_start ());
  g_assert_false (GPOINTER_TO_INT (g_thread_join (thread)));
  text_harness_expect (h, "flush-start", NULL);
}

static void
test_properties (void)
{
  g_autoptr (TestTranslator) translator = test_translator_new ();
  g_autoptr (GstStructure) stats = NULL;
  g_autofree char *input = NULL;
  g_autofree char *output = NULL;
  g_auto (GStrv) pairs = NULL;
  guint max_in_flight, latency;

  g_object_get (translator, "input-language-code", &input, "output-language-code", &output,
      "max-in-flight", &max_in_flight, "latency", &latency, "available-pairs", &pairs, "stats",
      &stats, NULL);
  g_assert_cmpstr (input, ==, "en");
  g_assert_cmpstr (output, ==, "es");
  g_assert_cmpuint (max_in_flight, ==, 2);
  g_assert_cmpuint (latency, ==, 100);
  g_assert_cmpuint (g_strv_length (pairs), ==, 2);
  g_assert_cmpstr (pairs[1], ==, "en>es>fr");
  g_assert_true (gst_structure_has_field_typed (stats, "latency-p95", G_TYPE_UINT64));
}

static void
test_statistics (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);

  for (guint i = 0; i < 10; i++)
    text_harness_push (h, "delay 5000");
  for (guint i = 0; i < 10; i++)
    text_harness_expect (h, "final DELAY 5000", NULL);
  g_assert_cmpuint (text_harness_get_stat (h, "done"), ==, 10);
  g_assert_cmpuint (text_harness_get_stat (h, "latency-p50"), >=, 4 * GST_MSECOND);
  g_assert_cmpuint (
      text_harness_get_stat (h, "latency-p50"), <=, text_harness_get_stat (h, "latency-p95"));
  g_assert_cmpuint (
      text_harness_get_stat (h, "latency-p95"), <=, text_harness_get_stat (h, "latency-p99"));
  g_assert_cmpuint (text_harness_get_stat (h, "latency-max"), >=, 5 * GST_MSECOND);
}

/* Partial hypotheses that need no translation pass. */
static void
test_partials (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (HablaUtterance) spanish = habla_utterance_new (2, "tres", "es");

  spanish->is_final = FALSE;
  text_harness_push_partial (h, 1, "one");
  text_harness_expect (h, "partial ONE", NULL);
  g_object_set (h->translator, "partials", FALSE, NULL);
  text_harness_push_partial (h, 1, "one two");
  g_assert_true (gst_harness_push_event (h->harness, habla_utterance_to_event (spanish)));
  text_harness_expect (h, "partial tres", NULL);
  g_assert_false (test_translator_has_request (h->translator, "one two"));
  g_assert_cmpuint (text_harness_get_stat (h, "partials-dropped"), ==, 1);
  text_harness_push (h, "four");
  text_harness_expect (h, "final FOUR", NULL);
  g_object_set (h->translator, "partials", TRUE, NULL);
  text_harness_push_partial (h, 9, "five");
  text_harness_expect (h, "partial FIVE", NULL);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/translator/flow/flush", test_flush);
  g_test_add_func ("/translator/flow/flush-keeps-sticky-events", test_flush_keeps_sticky_events);
  g_test_add_func ("/translator/flow/flush-forgets-ids", test_flush_forgets_ids);
  g_test_add_func ("/translator/flow/eos-drains", test_eos_drains);
  g_test_add_func ("/translator/flow/stream-after-eos", test_stream_after_eos);
  g_test_add_func ("/translator/flow/to-ready", test_to_ready);
  g_test_add_func ("/translator/flow/to-ready-in-flush", test_to_ready_in_flush);
  g_test_add_func ("/translator/flow/returns", test_flow_returns);
  g_test_add_func ("/translator/flow/error-before-eos", test_error_before_eos);
  g_test_add_func ("/translator/flow/recovery", test_recovery);
  g_test_add_func ("/translator/flow/byte-segment", test_byte_segment);
  g_test_add_func ("/translator/flow/no-caps", test_no_caps);
  g_test_add_func ("/translator/flow/language-tag", test_language_tag);
  g_test_add_func ("/translator/flow/caps", test_caps);
  g_test_add_func ("/translator/flow/latency", test_latency);
  g_test_add_func ("/translator/flow/queries", test_queries);
  g_test_add_func ("/translator/flow/partials", test_partials);
  g_test_add_func ("/translator/flow/properties", test_properties);
  g_test_add_func ("/translator/flow/statistics", test_statistics);
  return habla_test_run ();
}
