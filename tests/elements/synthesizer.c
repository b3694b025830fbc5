/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HablaSynthesizer: begin and end of speech, other output, and failures, with an engine whose
 * test decides the duration of speech. */
#include "speech-harness.h"
#include "test-synthesizer.h"

#define UTF8 "text/x-raw, format=utf8"
#define NO_TIME G_MAXUINT

static SpeechHarness *
create (const char *overflow)
{
  TestSynthesizer *synthesizer = test_synthesizer_new ();

  gst_util_set_object_arg (G_OBJECT (synthesizer), "overflow", overflow);
  return speech_harness_new (GST_ELEMENT (synthesizer), UTF8);
}

static void
test_shift (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");

  speech_harness_push (self, "say 400", 0, 1000);
  speech_harness_push (self, "say 1600", 1000, 1000);
  speech_harness_push (self, "say 400", 2000, 1000);
  speech_harness_push (self, "say 400", 4000, 1000);
  speech_harness_finish (self);
  speech_harness_expect (self, "speech 0-400, gap 400-1000, speech 1000-3000, gap 3000-4000, "
                               "speech 4000-4400, eos");
  g_assert_cmpuint (speech_harness_get_stat (self, "spoken"), ==, 4);
  g_assert_cmpuint (speech_harness_get_stat (self, "speech-time"), ==, 2800 * GST_MSECOND);
  g_assert_cmpuint (speech_harness_get_stat (self, "lag-max"), ==, 0);
}

static void
test_clip (void)
{
  g_autoptr (SpeechHarness) self = create ("clip");

  speech_harness_push (self, "say 400", 0, 1000);
  speech_harness_push (self, "say 1600", 1000, 1000);
  speech_harness_push (self, "say 400", 2500, 500);
  speech_harness_push (self, "say 1600", 4000, 0);
  speech_harness_finish (self);
  speech_harness_expect (self, "speech 0-400, gap 400-1000, speech 1000-2000, gap 2000-2500, "
                               "speech 2500-2900, gap 2900-4000, speech 4000-5600, eos");
  g_assert_cmpuint (speech_harness_get_stat (self, "clipped"), ==, 1);
}

static void
test_overlap (void)
{
  g_autoptr (SpeechHarness) self = create ("overlap");

  speech_harness_push (self, "say 400", 0, 1000);
  speech_harness_push (self, "say 1600", 1000, 1000);
  speech_harness_push (self, "say 400", 2000, 500);
  speech_harness_push (self, "say 400", 2500, 500);
  speech_harness_finish (self);
  speech_harness_expect (self, "speech 0-400, gap 400-1000, speech 1000-2600, jump 2000-2400, "
                               "jump 2500-2900, eos");
}

/* Speech that takes 1.5 times the duration of its slot. */
static GstClockTime
get_lag_of_long_speech (const char *overflow, guint max_lag)
{
  g_autoptr (SpeechHarness) self = create (overflow);
  double speed;

  g_object_set (self->element, "max-lag", max_lag, NULL);
  for (guint i = 0; i < 30; i++)
    speech_harness_push (self, "say 1500", i * 1000, 1000);
  speech_harness_finish (self);
  speed = test_synthesizer_get_speed (TEST_SYNTHESIZER (self->element));
  if (g_str_equal (overflow, "compress")) {
    g_assert_cmpuint (speech_harness_get_stat (self, "compressed"), >, 15);
    /* The speed settles where speech takes as long as its slot. */
    g_assert_cmpfloat_with_epsilon (speed, 1.5, 0.05);
  } else {
    g_assert_cmpfloat (speed, ==, 1.0);
  }
  g_assert_cmpuint (
      speech_harness_get_stat (self, "lag"), ==, speech_harness_get_stat (self, "lag-max"));
  return speech_harness_get_stat (self, "lag-max");
}

static void
test_compress (void)
{
  g_assert_cmpuint (get_lag_of_long_speech ("shift", 2000), ==, (29 * 500 - 1000) * GST_MSECOND);
  g_assert_cmpuint (get_lag_of_long_speech ("compress", 2000), <, 1600 * GST_MSECOND);
  g_assert_cmpuint (get_lag_of_long_speech ("compress", 2000), >, 1400 * GST_MSECOND);
  g_assert_cmpuint (get_lag_of_long_speech ("compress", 4000), >, 2800 * GST_MSECOND);
}

/* At most twice as fast. */
static void
test_compress_limit (void)
{
  g_autoptr (SpeechHarness) self = create ("compress");

  g_object_set (self->element, "max-lag", 1000, NULL);
  speech_harness_push (self, "say 4000", 0, 1000);
  speech_harness_push (self, "say 4000", 1000, 1000);
  speech_harness_push (self, "say 4000", 9000, 1000);
  speech_harness_finish (self);
  speech_harness_expect (self, "speech 0-6000, gap 6000-9000, speech 9000-13000, eos");
  g_assert_cmpuint (speech_harness_get_stat (self, "compressed"), ==, 1);
}

static void
test_no_times (void)
{
  g_autoptr (SpeechHarness) self = create ("clip");

  speech_harness_push (self, "say 400", NO_TIME, 0);
  speech_harness_push (self, "say 800", NO_TIME, 0);
  speech_harness_finish (self);
  speech_harness_expect (self, "speech 0-1200, eos");
}

static void
test_lateness (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");

  g_object_set (self->element, "lateness", 3000, NULL);
  speech_harness_push (self, "say 400", 1000, 1000);
  g_assert_true (gst_harness_push_event (
      self->harness, gst_event_new_gap (2000 * GST_MSECOND, 1000 * GST_MSECOND)));
  speech_harness_finish (self);
  speech_harness_expect (self, "gap 0-4000, speech 4000-4400, gap 4400-6000, eos");
}

/* Gaps are sent, except during speech. */
static void
test_gaps (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  static const guint gaps[][2] = { { 0, 1000 }, { 2000, 200 }, { 2200, 800 } };

  for (guint i = 0; i < G_N_ELEMENTS (gaps); i++) {
    if (i == 1)
      speech_harness_push (self, "say 1600", 1000, 1000);
    g_assert_true (gst_harness_push_event (
        self->harness, gst_event_new_gap (gaps[i][0] * GST_MSECOND, gaps[i][1] * GST_MSECOND)));
  }
  speech_harness_finish (self);
  speech_harness_expect (self, "gap 0-1000, speech 1000-2600, gap 2600-3000, eos");
}

static GstPadProbeReturn
count_marks (GstPad *pad, GstPadProbeInfo *info, gpointer n_marks)
{
  if (GST_BUFFER_FLAG_IS_SET (GST_PAD_PROBE_INFO_BUFFER (info), GST_BUFFER_FLAG_MARKER))
    ++*(guint *) n_marks;
  return GST_PAD_PROBE_OK;
}

/* Utterances can be told apart, also without a pause between them. */
static void
test_marks (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  guint n_marks = 0;

  gst_pad_add_probe (
      self->harness->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, count_marks, &n_marks, NULL);
  speech_harness_push (self, "say 1600", 0, 1000);
  speech_harness_push (self, "say 400", 1000, 1000);
  speech_harness_push (self, "say 400", 4000, 1000);
  speech_harness_finish (self);
  g_assert_cmpuint (n_marks, ==, 3);
}

/* Running time continues through consecutive recordings. */
static void
test_segments (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");

  speech_harness_push_segment (self, 0, 2000, 0);
  speech_harness_push (self, "say 1600", 1000, 1000);
  speech_harness_push_segment (self, 5000, 9000, 2000);
  speech_harness_push (self, "say 400", 3000, 1000); /* outside of the segment */
  speech_harness_push (self, "say 400", 4500, 1000); /* half outside */
  speech_harness_push (self, "say 400", 7000, 1000);
  speech_harness_finish (self);
  speech_harness_expect (
      self, "gap 0-1000, speech 1000-3000, gap 3000-4000, speech 4000-4400, eos");
  g_assert_cmpuint (speech_harness_get_stat (self, "passed"), ==, 1);
}

/* The outgoing segment has the times of the incoming one, and no end. */
static void
test_seek (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  const GstSegment *segment;
  g_autoptr (GstEvent) event = NULL;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->element, "src");

  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_flush_start ()));
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE)));
  speech_harness_push_segment (self, 60000, 61000, 0);
  speech_harness_push (self, "say 1600", 60400, 600);
  speech_harness_finish (self);
  speech_harness_expect (self, "flush-start, flush-stop, segment, gap 60000-60400, "
                               "speech 60400-62000, eos");
  event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  gst_event_parse_segment (event, &segment);
  g_assert_cmpuint (segment->start, ==, 60 * GST_SECOND);
  g_assert_cmpuint (segment->stop, ==, GST_CLOCK_TIME_NONE);
}

/* A flush ends speech and drops waiting text; then everything starts again. */
static void
test_flush (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  TestSynthesizer *synthesizer = TEST_SYNTHESIZER (self->element);

  speech_harness_push (self, "say 400", 0, 1000);
  speech_harness_push (self, "wait 400", 1000, 1000);
  speech_harness_push (self, "say 400", 2000, 1000);
  test_synthesizer_wait_for_calls (synthesizer, 2);
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_flush_start ()));
  g_assert_cmpint (speech_harness_push (self, "say 400", 3000, 1000), ==, GST_FLOW_FLUSHING);
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE)));
  speech_harness_push_segment (self, 0, 10000, 0);
  speech_harness_push (self, "say 800", 0, 1000);
  speech_harness_finish (self);
  speech_harness_expect (self, "speech 0-400, flush-start, flush-stop, segment, speech 0-800, eos");
  g_assert_cmpuint (test_synthesizer_get_n_calls (synthesizer), ==, 3);
  g_assert_cmpuint (speech_harness_get_stat (self, "failed"), ==, 0);
}

static gpointer
push_fourth (gpointer data)
{
  return GINT_TO_POINTER (speech_harness_push (data, "say 40", 3000, 1000));
}

/* Two utterances wait while one is spoken; a fourth one blocks upstream. */
static void
test_backpressure (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  TestSynthesizer *synthesizer = TEST_SYNTHESIZER (self->element);
  GThread *thread;

  speech_harness_push (self, "wait 40", 0, 1000);
  test_synthesizer_wait_for_calls (synthesizer, 1);
  speech_harness_push (self, "say 40", 1000, 1000);
  speech_harness_push (self, "say 40", 2000, 1000);
  g_assert_cmpuint (speech_harness_get_stat (self, "waiting"), ==, 2);
  thread = g_thread_new ("push", push_fourth, self);
  g_usleep (50000);
  g_assert_cmpuint (speech_harness_get_stat (self, "waiting"), ==, 2);
  test_synthesizer_release (synthesizer);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, GST_FLOW_OK);
  speech_harness_finish (self);
  g_assert_cmpuint (speech_harness_get_stat (self, "spoken"), ==, 4);
}

/* Changes to READY while the engine works and upstream is blocked. */
static void
test_stop (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  TestSynthesizer *synthesizer = TEST_SYNTHESIZER (self->element);
  GThread *thread;
  GstFlowReturn flow;

  speech_harness_push (self, "wait 40", 0, 1000);
  test_synthesizer_wait_for_calls (synthesizer, 1);
  speech_harness_push (self, "say 40", 1000, 1000);
  speech_harness_push (self, "say 40", 2000, 1000);
  thread = g_thread_new ("push", push_fourth, self);
  gst_element_set_state (self->element, GST_STATE_NULL);
  flow = GPOINTER_TO_INT (g_thread_join (thread));
  g_assert_cmpint (flow, ==, GST_FLOW_FLUSHING);
  g_assert_cmpuint (self->n_samples, ==, 0);
}

static void
assert_warnings (SpeechHarness *self, guint n_expected, const char *last)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR))) {
    g_autoptr (GError) error = NULL;
    const GstStructure *details;

    g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_WARNING);
    gst_message_parse_warning (message, &error, NULL);
    gst_message_parse_warning_details (message, &details);
    g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, error->message);
    if (++n == n_expected)
      g_assert_nonnull (strstr (error->message, last));
    gst_message_unref (message);
  }
  g_assert_cmpuint (n, ==, n_expected);
}

/* Utterances that fail are left out; time advances. */
static void
test_failure (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");

  speech_harness_push (self, "fail", 0, 1000);
  speech_harness_push (self, "nothing", 1000, 1000);
  speech_harness_push (self, "say 400", 2000, 1000);
  speech_harness_push (self, "foreign", 3000, 1000);
  speech_harness_push (self, "fail", 5000, 1000);
  speech_harness_finish (self);
  speech_harness_expect (
      self, "gap 0-1000, gap 1000-2000, speech 2000-2400, gap 2400-3000, gap 3000-5000, eos");
  g_assert_cmpuint (speech_harness_get_stat (self, "failed"), ==, 4);
  g_assert_cmpuint (speech_harness_get_stat (self, "spoken"), ==, 1);
  assert_warnings (self, 4, "The engine broke");
}

/* After five failures the engine gets no requests; an unsupported language does not count. */
static void
test_broken (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  TestSynthesizer *synthesizer = TEST_SYNTHESIZER (self->element);

  for (guint i = 0; i < 8; i++)
    speech_harness_push (self, "foreign", i * 1000, 1000);
  speech_harness_push (self, "say 40", 8000, 1000);
  for (guint i = 9; i < 17; i++)
    speech_harness_push (self, "fail", i * 1000, 1000);
  speech_harness_finish (self);
  g_assert_cmpuint (test_synthesizer_get_n_calls (synthesizer), ==, 8 + 1 + 5);
  g_assert_cmpuint (speech_harness_get_stat (self, "failed"), ==, 16);
  assert_warnings (self, 8 + 5, "5 times in a row");
}

/* Blank text and partial hypotheses. */
static void
test_silence (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  TestSynthesizer *synthesizer = TEST_SYNTHESIZER (self->element);
  g_autoptr (HablaUtterance) partial = habla_utterance_new (1, "say 400", "es");

  partial->is_final = FALSE;
  g_assert_true (gst_harness_push_event (self->harness, habla_utterance_to_event (partial)));
  speech_harness_push (self, "", 0, 1000);
  speech_harness_push (self, " \n", 1000, 1000);
  speech_harness_push (self, "say 0", 2000, 1000);
  speech_harness_finish (self);
  speech_harness_expect (self, "gap 0-1000, gap 1000-2000, eos");
  g_assert_cmpuint (test_synthesizer_get_n_calls (synthesizer), ==, 1);
  g_assert_cmpuint (speech_harness_get_stat (self, "passed"), ==, 2);
}

static void
test_languages (void)
{
  TestSynthesizer *synthesizer = test_synthesizer_new ();
  g_autoptr (SpeechHarness) self = NULL;
  g_autofree char *asked = NULL;

  g_object_set (synthesizer, "language-code", "ES_mx", NULL);
  self = speech_harness_new (GST_ELEMENT (synthesizer), UTF8);
  speech_harness_push_utterance (self, "a", NULL, FALSE);
  speech_harness_push_utterance (self, "b", "es", FALSE);
  speech_harness_push_utterance (self, "c", "en", TRUE);
  speech_harness_push_utterance (self, "d", "es-MX", FALSE);
  speech_harness_finish (self);
  asked = test_synthesizer_get_requests (synthesizer);
  g_assert_cmpstr (asked, ==, "es-MX:a, es-MX:b, en:c, es-MX:d");
}

static void
test_markup (void)
{
  TestSynthesizer *synthesizer = test_synthesizer_new ();
  g_autoptr (SpeechHarness) self =
      speech_harness_new (GST_ELEMENT (synthesizer), "text/x-raw, format=pango-markup");
  g_autofree char *asked = NULL;

  speech_harness_push (self, "<i>uno</i> &amp; dos", 0, 1000);
  gst_harness_set_src_caps_str (self->harness, "text/plain");
  speech_harness_push (self, "tres\n", 1000, 1000);
  speech_harness_finish (self);
  asked = test_synthesizer_get_requests (synthesizer);
  g_assert_cmpstr (asked, ==, "es:uno & dos, es:tres");
}

static void
assert_no_start (const char *language, int code)
{
  g_autoptr (GstElement) element = GST_ELEMENT (test_synthesizer_new ());
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (element, bus);
  g_object_set (element, "language-code", language, NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, HABLA_ERROR, code);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
}

static void
test_no_start (void)
{
  assert_no_start ("xx", HABLA_ERROR_NOT_INSTALLED);
  assert_no_start ("not a language", HABLA_ERROR_LANGUAGE);
}

static GstPadProbeReturn
refuse (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  gst_buffer_unref (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_ERROR;
  return GST_PAD_PROBE_HANDLED;
}

/* Flow returns of downstream reach upstream. */
static void
test_downstream_fails (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  gst_pad_add_probe (self->harness->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, refuse, NULL, NULL);
  speech_harness_push (self, "say 400", 0, 1000);
  while (speech_harness_push (self, "say 400", 1000, 1000) != GST_FLOW_ERROR)
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  g_assert_cmpuint (self->n_samples, <=, HABLA_SYNTHESIZER_RATE / 25);
}

static void
assert_rate (SpeechHarness *self, int expected)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (self->harness->sinkpad);
  int rate;

  g_assert_true (gst_structure_get_int (gst_caps_get_structure (caps, 0), "rate", &rate));
  g_assert_cmpint (rate, ==, expected);
}

/* A backend may have another rate, until it is stopped. */
static void
test_rate (void)
{
  TestSynthesizer *synthesizer = test_synthesizer_new ();
  g_autoptr (SpeechHarness) self = NULL;

  test_synthesizer_set_rate (synthesizer, 16000);
  gst_util_set_object_arg (G_OBJECT (synthesizer), "overflow", "clip");
  self = speech_harness_new (GST_ELEMENT (synthesizer), UTF8);
  speech_harness_push (self, "say 400", 0, 1000);
  speech_harness_push (self, "say 1600", 1000, 500);
  speech_harness_finish (self);
  speech_harness_expect (self, "speech 0-400, gap 400-1000, speech 1000-1500, eos");
  assert_rate (self, 16000);
  g_assert_cmpuint (self->n_samples, ==, 16000 * 900 / 1000);
  g_assert_cmpuint (speech_harness_get_stat (self, "speech-time"), ==, 900 * GST_MSECOND);

  test_synthesizer_set_rate (synthesizer, 0);
  gst_element_set_state (self->element, GST_STATE_READY);
  gst_element_set_state (self->element, GST_STATE_PLAYING);
  gst_harness_push_event (self->harness, gst_event_new_stream_start ("again"));
  gst_harness_set_src_caps_str (self->harness, UTF8);
  speech_harness_push_segment (self, 0, 10000, 0);
  speech_harness_push (self, "say 400", 0, 1000);
  gst_harness_push_event (self->harness, gst_event_new_eos ());
  speech_harness_wait_for (self, "eos, stream-start, caps, segment, speech 0-400, eos");
  assert_rate (self, HABLA_SYNTHESIZER_RATE);
}

static void
test_latency (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");

  gst_harness_set_upstream_latency (self->harness, 300 * GST_MSECOND);
  g_object_set (self->element, "latency", 250, "lateness", 4000, NULL);
  g_assert_cmpuint (gst_harness_query_latency (self->harness), ==, 550 * GST_MSECOND);
}

/* In a live pipeline, speech begins no earlier than now minus the latency. */
static void
test_live (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  GstTestClock *clock = GST_TEST_CLOCK (gst_test_clock_new ());

  gst_element_set_clock (self->element, GST_CLOCK (clock));
  gst_element_set_base_time (self->element, 0);
  gst_test_clock_set_time (clock, 3000 * GST_MSECOND);
  speech_harness_push (self, "say 400", 0, 2000);
  speech_harness_wait_for (self, "speech 3000-3400");
  g_assert_true (
      gst_harness_push_upstream_event (self->harness, gst_event_new_latency (500 * GST_MSECOND)));
  gst_test_clock_set_time (clock, 6000 * GST_MSECOND);
  speech_harness_push (self, "say 1000", 3500, 2000);
  speech_harness_wait_for (self, "speech 5500-6500");
  /* On time, after the previous utterance. */
  speech_harness_push (self, "say 400", 6000, 1000);
  speech_harness_push (self, "say 400", 8000, 1000);
  speech_harness_finish (self);
  speech_harness_expect (self, "gap 0-3000, speech 3000-3400, gap 3400-5500, speech 5500-6900, "
                               "gap 6900-8000, speech 8000-8400, eos");
  gst_object_unref (clock);
}

/* A slow engine does not make speech late. */
static void
test_live_slow_engine (void)
{
  g_autoptr (SpeechHarness) self = create ("shift");
  TestSynthesizer *synthesizer = TEST_SYNTHESIZER (self->element);
  GstTestClock *clock = GST_TEST_CLOCK (gst_test_clock_new ());

  gst_element_set_clock (self->element, GST_CLOCK (clock));
  gst_element_set_base_time (self->element, 0);
  gst_test_clock_set_time (clock, 1000 * GST_MSECOND);
  speech_harness_push (self, "wait 400", 0, 1000);
  test_synthesizer_wait_for_calls (synthesizer, 1);
  gst_test_clock_set_time (clock, 4000 * GST_MSECOND);
  test_synthesizer_release (synthesizer);
  speech_harness_finish (self);
  speech_harness_expect (self, "gap 0-4000, speech 4000-4400, eos");
  gst_object_unref (clock);
}

static void
run_cycle (gpointer data)
{
  SpeechHarness *self = create ("shift");

  speech_harness_push (self, "say 100", 0, 1000);
  speech_harness_push (self, "fail", 1000, 1000);
  speech_harness_push (self, "wait 100", 2000, 1000);
  speech_harness_free (self);
}

static void
test_leaks (void)
{
  habla_test_leak_gate (run_cycle, NULL, 20);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/synthesizer/shift", test_shift);
  g_test_add_func ("/synthesizer/clip", test_clip);
  g_test_add_func ("/synthesizer/overlap", test_overlap);
  g_test_add_func ("/synthesizer/compress", test_compress);
  g_test_add_func ("/synthesizer/compress-limit", test_compress_limit);
  g_test_add_func ("/synthesizer/no-times", test_no_times);
  g_test_add_func ("/synthesizer/lateness", test_lateness);
  g_test_add_func ("/synthesizer/gaps", test_gaps);
  g_test_add_func ("/synthesizer/marks", test_marks);
  g_test_add_func ("/synthesizer/segments", test_segments);
  g_test_add_func ("/synthesizer/seek", test_seek);
  g_test_add_func ("/synthesizer/flush", test_flush);
  g_test_add_func ("/synthesizer/backpressure", test_backpressure);
  g_test_add_func ("/synthesizer/stop", test_stop);
  g_test_add_func ("/synthesizer/failure", test_failure);
  g_test_add_func ("/synthesizer/broken", test_broken);
  g_test_add_func ("/synthesizer/silence", test_silence);
  g_test_add_func ("/synthesizer/languages", test_languages);
  g_test_add_func ("/synthesizer/markup", test_markup);
  g_test_add_func ("/synthesizer/no-start", test_no_start);
  g_test_add_func ("/synthesizer/downstream-fails", test_downstream_fails);
  g_test_add_func ("/synthesizer/rate", test_rate);
  g_test_add_func ("/synthesizer/latency", test_latency);
  g_test_add_func ("/synthesizer/live", test_live);
  g_test_add_func ("/synthesizer/live-slow-engine", test_live_slow_engine);
  g_test_add_func ("/synthesizer/leaks", test_leaks);
  return habla_test_run ();
}
