/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HablaTranscriber with a backend whose words are encoded in the samples, so that every time
 * and every word is known. */
#include "habla-test.h"
#include "test-transcriber.h"

#define CAPS "audio/x-raw, format=S16LE, rate=16000, channels=1, layout=interleaved"
#define MS (HABLA_TRANSCRIBER_RATE / 1000)
#define NO_PTS G_MAXUINT

/* A transcriber and a log of its output: "final TEXT BEGIN-END", "partial TEXT BEGIN-END", "gap
 * BEGIN-END" in milliseconds, or the name of an event. Used by the pushing thread only. */
typedef struct {
  TestTranscriber *transcriber;
  GstHarness *harness;
  GstBus *bus;
  GPtrArray *log;
  gboolean log_gaps;
  gboolean log_partials;
  GstFlowReturn flow; /* of the last push */
  GstSegment segment; /* of the last SEGMENT event */
} Fixture;

static char *
describe (const char *what, const HablaUtterance *utterance)
{
  return g_strdup_printf ("%s %s %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, what, utterance->text,
      utterance->begin / GST_MSECOND, utterance->end / GST_MSECOND);
}

static char *
describe_buffer (Fixture *self, GstBuffer *buffer)
{
  guint64 last_id = 0;
  g_autoptr (HablaUtterance) utterance =
      habla_utterance_from_buffer (buffer, &self->segment, &last_id);

  g_assert_nonnull (gst_buffer_get_custom_meta (buffer, HABLA_UTTERANCE_META));
  g_assert_true (utterance->is_final);
  g_assert_cmpstr (utterance->language, ==, "en-GB");
  g_assert_cmpfloat (utterance->confidence, ==, 0.5);
  g_assert_cmpuint (
      gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer)), ==,
      utterance->begin);
  g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, utterance->end - utterance->begin);
  return describe ("final", utterance);
}

static char *
describe_event (Fixture *self, GstEvent *event)
{
  g_autoptr (HablaUtterance) utterance = NULL;
  GstClockTime position, duration;

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    gst_event_copy_segment (event, &self->segment);
  if (GST_EVENT_TYPE (event) == GST_EVENT_GAP) {
    gst_event_parse_gap (event, &position, &duration);
    return g_strdup_printf ("gap %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, position / GST_MSECOND,
        (position + duration) / GST_MSECOND);
  }
  if (!habla_utterance_is_event (event))
    return g_strdup (GST_EVENT_TYPE_NAME (event));
  utterance = habla_utterance_from_event (event);
  g_assert_false (utterance->is_final);
  return describe ("partial", utterance);
}

static GstPadProbeReturn
log_item (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Fixture *self = data;
  g_autofree char *item = info->type & GST_PAD_PROBE_TYPE_BUFFER
                              ? describe_buffer (self, GST_PAD_PROBE_INFO_BUFFER (info))
                              : describe_event (self, GST_PAD_PROBE_INFO_EVENT (info));

  if ((self->log_gaps || !g_str_has_prefix (item, "gap ")) &&
      (self->log_partials || !g_str_has_prefix (item, "partial ")))
    g_ptr_array_add (self->log, g_steal_pointer (&item));
  return GST_PAD_PROBE_OK;
}

static void
expect (Fixture *self, const char *first, ...)
{
  va_list arguments;

  va_start (arguments, first);
  for (const char *expected = first; expected != NULL; expected = va_arg (arguments, char *)) {
    if (self->log->len == 0)
      g_error ("“%s” never left", expected);
    g_assert_cmpstr (self->log->pdata[0], ==, expected);
    g_ptr_array_remove_index (self->log, 0);
  }
  va_end (arguments);
  if (self->log->len > 0)
    g_error ("Not expected: %s", (char *) self->log->pdata[0]);
}

static Fixture *
fixture_new_full (gboolean can_cut)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (GstPad) pad = NULL;

  self->log = g_ptr_array_new_with_free_func (g_free);
  self->bus = gst_bus_new ();
  self->transcriber = test_transcriber_new (can_cut);
  g_object_set (self->transcriber, "language-code", "EN-gb", NULL);
  gst_element_set_bus (GST_ELEMENT (self->transcriber), self->bus);
  pad = gst_element_get_static_pad (GST_ELEMENT (self->transcriber), "src");
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
          GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      log_item, self, NULL);
  self->harness = gst_harness_new_with_element (GST_ELEMENT (self->transcriber), "sink", "src");
  gst_harness_set_src_caps_str (self->harness, CAPS);
  expect (self, "stream-start", "caps", "segment", NULL);
  return self;
}

static Fixture *
fixture_new (void)
{
  return fixture_new_full (TRUE);
}

static void
fixture_free (Fixture *self)
{
  gst_harness_teardown (self->harness);
  expect (self, NULL);
  gst_element_set_bus (GST_ELEMENT (self->transcriber), NULL);
  gst_bus_set_flushing (self->bus, TRUE);
  g_assert_finalize_object (self->transcriber);
  g_assert_finalize_object (self->bus);
  g_ptr_array_unref (self->log);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* @script: "WORD:MS ..." as in "0:500 1:200". Returns: (transfer full): its samples */
static GArray *
make_samples (const char *script)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_auto (GStrv) parts = g_strsplit (script, " ", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    char *colon;
    gint16 value = 100 * g_ascii_strtoll (parts[i], &colon, 10);
    guint n = MS * g_ascii_strtoull (colon + 1, NULL, 10);

    g_assert_cmpint (*colon, ==, ':');
    while (n-- > 0)
      g_array_append_val (samples, value);
  }
  return samples;
}

static GstBuffer *
make_buffer (const gint16 *samples, gsize n_samples, GstClockTime pts)
{
  GstBuffer *buffer = gst_buffer_new_memdup (samples, n_samples * sizeof *samples);

  GST_BUFFER_PTS (buffer) = pts;
  if (GST_CLOCK_TIME_IS_VALID (pts))
    GST_BUFFER_DURATION (buffer) =
        gst_util_uint64_scale (n_samples, GST_SECOND, HABLA_TRANSCRIBER_RATE);
  return buffer;
}

/* As one buffer. */
static void
push (Fixture *self, guint begin_ms, const char *script)
{
  g_autoptr (GArray) samples = make_samples (script);

  self->flow = gst_harness_push (
      self->harness, make_buffer ((gint16 *) samples->data, samples->len,
                         begin_ms == NO_PTS ? GST_CLOCK_TIME_NONE : begin_ms * GST_MSECOND));
}

/* Removes warnings from the bus. */
static guint
count_warnings (Fixture *self, const char *pattern)
{
  guint n = 0;

  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_WARNING);
    g_autoptr (GError) error = NULL;

    if (message == NULL)
      return n;
    gst_message_parse_warning (message, &error, NULL);
    g_assert_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED);
    g_assert_nonnull (strstr (error->message, pattern));
    n++;
  }
}

static void
test_times (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  push (self, 0, "0:500 1:200 2:200 0:300 3:100 0:60 4:100 0:500");
  expect (self, "final w1  w2 500-900", "final w3  w4 1200-1460", NULL);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "utterances"), ==, 2);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "speech-time"), ==, 660 * GST_MSECOND);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "audio-time"), ==, 1960 * GST_MSECOND);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "failed"), ==, 0);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "cuts"), ==, 0);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "final-max"), >=,
      habla_test_get_stat (self->transcriber, "final-p50"));
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "final-max"), <, 10 * GST_SECOND);
}

/* The backend gets the same blocks with any size of buffers. */
static void
test_buffer_sizes (void)
{
  static const guint sizes[] = { 1, 7, 160, 441, 1000, 48000 };
  g_autoptr (GArray) samples = make_samples ("0:213 1:200 2:207 0:333 3:100 0:500 4:99 0:300");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (Fixture) self = fixture_new ();

    for (gsize j = 0; j < samples->len; j += sizes[i])
      gst_harness_push (self->harness,
          make_buffer (&g_array_index (samples, gint16, j), MIN (sizes[i], samples->len - j),
              gst_util_uint64_scale (j, GST_SECOND, HABLA_TRANSCRIBER_RATE)));
    expect (self, "final w1  w2 220-620", "final w3 960-1060", "final w4 1560-1660", NULL);
    g_assert_cmpuint (test_transcriber_get_largest_feed (self->transcriber), <=, 1600);
    /* Statistics advance during a long buffer. */
    g_assert_cmpuint (test_transcriber_get_audio_time (self->transcriber), >=, 1700 * GST_MSECOND);
    gst_harness_push_event (self->harness, gst_event_new_eos ());
    expect (self, "eos", NULL);
  }
}

static void
test_gaps (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  self->log_gaps = TRUE;
  push (self, 0, "0:700");
  expect (self, "gap 0-200", "gap 200-400", "gap 400-600", NULL);
  push (self, 700, "1:1000 0:120");
  /* No gaps during speech; gaps end at the begin of the text. */
  expect (self, "gap 600-700", "final w1 700-1700", NULL);
  push (self, 1820, "0:200");
  expect (self, "gap 1700-1900", NULL);
  gst_harness_push_event (self->harness, gst_event_new_eos ());
  expect (self, "gap 1900-2020", "eos", NULL);
}

static void
test_partials (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  self->log_partials = TRUE;
  g_object_set (self->transcriber, "partial-interval", 100, NULL);
  push (self, 0, "0:100 1:200 2:200 3:60 0:200");
  /* At once, then every 100 ms, except unchanged ones (at 240 and 440 ms). */
  expect (self, "partial w1 100-140", "partial w1  w2 100-340", "partial w1  w2  w3 100-540",
      "final w1  w2  w3 100-560", NULL);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "partials"), ==, 3);

  g_object_set (self->transcriber, "partial-interval", 1000, NULL);
  push (self, 760, "1:200 2:200 3:200 0:200");
  expect (self, "partial w1 760-800", "final w1  w2  w3 760-1360", NULL);

  /* The first hypothesis does not wait for the interval. */
  push (self, 1560, "299:300 1:200 0:200");
  expect (self, "partial w1 1560-1880", "final w1 1560-2060", NULL);

  g_object_set (self->transcriber, "partials", FALSE, NULL);
  push (self, 2260, "1:200 2:200 3:200 0:200");
  expect (self, "final w1  w2  w3 2260-2860", NULL);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "partials"), ==, 5);
}

/* One id from the first hypothesis to the final text; the next utterance has the next id. */
static GstPadProbeReturn
note_id (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GString *ids = data;
  g_autoptr (HablaUtterance) utterance = NULL;
  GstSegment segment;
  guint64 last_id = 0;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    utterance = habla_utterance_from_buffer (GST_PAD_PROBE_INFO_BUFFER (info), &segment, &last_id);
  else if (habla_utterance_is_event (GST_PAD_PROBE_INFO_EVENT (info)))
    utterance = habla_utterance_from_event (GST_PAD_PROBE_INFO_EVENT (info));
  if (utterance != NULL)
    g_string_append_printf (
        ids, "%s%" G_GUINT64_FORMAT " ", utterance->is_final ? "final" : "", utterance->id);
  return GST_PAD_PROBE_OK;
}

static void
test_ids (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GstPad) pad = gst_element_get_static_pad (GST_ELEMENT (self->transcriber), "src");
  g_autoptr (GString) ids = g_string_new (NULL);

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_id, ids, NULL);
  push (self, 0, "1:300 2:300 0:300 3:100 0:200");
  g_assert_cmpstr (ids->str, ==, "1 1 final1 2 final2 ");
  expect (self, "final w1  w2 0-600", "final w3 900-1000", NULL);
}

static void
test_cut (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  g_object_set (self->transcriber, "max-utterance", 2000, NULL);
  /* The limit is within w4 and w8; each is recognised as a whole in the next utterance. */
  push (self, 0, "0:200 1:500 2:500 3:500 4:700 5:500 6:500 7:200 8:500 9:100 0:300");
  expect (self, "final w1  w2  w3 200-1700", "final w4  w5  w6  w7 1700-3600",
      "final w8  w9 3600-4200", NULL);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "cuts"), ==, 2);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "utterances"), ==, 3);
}

/* A single word that is longer than the limit is cut in two, and the rest is recognised as well
 * if speech ends right after the cut. */
static void
test_cut_long_word (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  g_object_set (self->transcriber, "max-utterance", 2000, NULL);
  push (self, 0, "1:3000 0:300");
  expect (self, "final w1 0-2000", "final w1 2000-3000", NULL);
  push (self, 3300, "2:1900 3:100 0:300");
  expect (self, "final w2 3300-5200", "final w3 5200-5300", NULL);
}

static void
test_cut_without_boundaries (void)
{
  g_autoptr (Fixture) self = fixture_new_full (FALSE);

  g_object_set (self->transcriber, "max-utterance", 2000, NULL);
  push (self, 0, "1:900 2:900 3:900 0:300");
  expect (self, "final w1  w2  w3 0-2000", "final w3 2000-2700", NULL);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "cuts"), ==, 1);
}

/* A long silence does not stay in memory, and does not hide the speech after it. */
static void
test_long_silence (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  for (guint i = 0; i < 60; i++)
    push (self, i * 1000, "0:1000");
  g_object_set (self->transcriber, "max-utterance", 2000, NULL);
  push (self, 60000, "1:1500 2:1000 0:300");
  expect (self, "final w1 60000-61500", "final w2 61500-62500", NULL);
}

static void
test_short_hole (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  /* Lost packets count as silence: a short gap ends nothing, */
  push (self, 0, "1:200");
  push (self, 260, "2:200 0:40");
  expect (self, NULL);
  /* a longer one ends an utterance like a pause. */
  push (self, 800, "3:200 0:200");
  expect (self, "final w1  w2 0-460", "final w3 800-1000", NULL);
}

static void
test_discontinuity (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  self->log_gaps = TRUE;
  push (self, 0, "1:200");
  push (self, 5000, "2:200 0:200");
  expect (self, "final w1 0-200", "gap 200-5000", "final w2 5000-5200", NULL);
  /* A step back does so, too. */
  push (self, 5400, "3:200");
  push (self, 1000, "4:200 0:200");
  expect (self, "gap 5200-5400", "final w3 5400-5600", "final w4 1000-1200", NULL);
  self->log_gaps = FALSE;
}

/* A clock that is 1 % off neither ends utterances nor shifts times. */
static void
test_drift (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  for (guint i = 0; i < 20; i++) {
    g_autofree char *expected = NULL;

    push (self, i * 1010, "0:300 1:400 0:300");
    expected = g_strdup_printf ("final w1 %u-%u", i * 1010 + 300, i * 1010 + 700);
    expect (self, expected, NULL);
  }
}

static void
test_gap_event (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  push (self, 0, "1:200");
  /* A short gap is silence, */
  gst_harness_push_event (self->harness, gst_event_new_gap (200 * GST_MSECOND, 60 * GST_MSECOND));
  push (self, 260, "2:200");
  expect (self, NULL);
  gst_harness_push_event (self->harness, gst_event_new_gap (460 * GST_MSECOND, 540 * GST_MSECOND));
  expect (self, "final w1  w2 0-460", NULL);
  /* a long one and one without a duration end an utterance. */
  push (self, 1000, "3:200");
  self->log_gaps = TRUE;
  gst_harness_push_event (self->harness, gst_event_new_gap (1200 * GST_MSECOND, 9 * GST_SECOND));
  expect (self, "final w3 1000-1200", "gap 1200-10200", NULL);
  push (self, 10200, "4:200");
  gst_harness_push_event (
      self->harness, gst_event_new_gap (10400 * GST_MSECOND, GST_CLOCK_TIME_NONE));
  expect (self, "final w4 10200-10400", NULL);
}

/* Sparse input that begins with a gap. */
static void
test_gap_first (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  self->log_gaps = TRUE;
  gst_harness_push_event (self->harness, gst_event_new_gap (0, 3 * GST_SECOND));
  expect (self, "gap 0-3000", NULL);
  push (self, 3000, "1:200 0:200");
  expect (self, "final w1 3000-3200", NULL);
}

static void
test_segment (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  push (self, 0, "1:200");
  segment.base = 10 * GST_SECOND;
  segment.start = 5 * GST_SECOND;
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  expect (self, "final w1 0-200", "segment", NULL);
  /* Running time is 10 s later; the log has the PTS of the buffer. */
  push (self, 5000, "0:100 2:200 0:200");
  expect (self, "final w2 10100-10300", NULL);
}

static void
test_clip (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 1000 * GST_MSECOND;
  segment.stop = 2000 * GST_MSECOND;
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  push (self, 0, "1:500");
  push (self, 500, "2:600 3:400 0:200 4:600");
  push (self, 2300, "5:500");
  gst_harness_push_event (self->harness, gst_event_new_eos ());
  /* Stream times from 1 s on. */
  expect (self, "segment", "final w2  w3 0-500", "final w4 700-1000", "eos", NULL);
}

static void
test_without_pts (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  push (self, NO_PTS, "0:100 1:100");
  push (self, NO_PTS, "2:100 0:200");
  expect (self, "final w1  w2 100-300", NULL);
  push (self, 500, "3:100");
  push (self, NO_PTS, "4:100 0:200");
  expect (self, "final w3  w4 500-700", NULL);
}

static void
test_without_time (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GstMessage) message = NULL;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  push (self, NO_PTS, "1:200");
  g_assert_cmpint (self->flow, ==, GST_FLOW_ERROR);
  message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
}

static void
test_flush (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  push (self, 0, "1:210");
  gst_harness_push_event (self->harness, gst_event_new_flush_start ());
  gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  push (self, 7000, "2:200 0:200");
  expect (self, "flush-start", "flush-stop", "segment", "final w2 7000-7200", NULL);
}

static void
test_eos (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  /* Including samples that did not fill the last block. */
  push (self, 0, "0:100 1:200 2:7");
  expect (self, NULL);
  gst_harness_push_event (self->harness, gst_event_new_eos ());
  expect (self, "final w1  w2 100-307", "eos", NULL);
}

/* The utterance is sent before any following event. */
static void
test_new_stream (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  push (self, 0, "1:200");
  gst_harness_push_event (self->harness, gst_event_new_stream_start ("another"));
  gst_harness_push_event (self->harness, gst_event_new_caps (caps));
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  expect (self, "final w1 0-200", "stream-start", "caps", "segment", NULL);
  /* Equal caps are not sent again. */
  gst_harness_push_event (self->harness, gst_event_new_caps (caps));
  push (self, 0, "2:200 0:200");
  expect (self, "final w2 0-200", NULL);
}

static void
test_latency (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GstMessage) message = NULL;

  gst_harness_set_upstream_latency (self->harness, 30 * GST_MSECOND);
  g_assert_cmpuint (gst_harness_query_latency (self->harness), ==, 30 * GST_MSECOND);
  g_object_set (self->transcriber, "latency", 500, NULL);
  message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_LATENCY);
  g_assert_nonnull (message);
  g_assert_cmpuint (gst_harness_query_latency (self->harness), ==, 530 * GST_MSECOND);
}

static void
test_failure (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  /* Each failure costs one utterance and yields a warning; the next utterance is recognised. */
  push (self, 0, "1:200 300:20 0:500 2:200 0:200");
  g_assert_cmpint (self->flow, ==, GST_FLOW_OK);
  g_assert_cmpuint (count_warnings (self, "It does not understand"), ==, 1);
  expect (self, "final w2 720-920", NULL);
  push (self, 1120, "1:200 301:20 0:500 3:200 0:200");
  g_assert_cmpuint (count_warnings (self, "It does not answer"), ==, 1);
  expect (self, "final w3 1840-2040", NULL);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "failed"), ==, 2);
  g_assert_cmpuint (habla_test_get_stat (self->transcriber, "utterances"), ==, 2);
}

static void
test_failure_at_cut (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  g_object_set (self->transcriber, "max-utterance", 2000, NULL);
  push (self, 0, "301:1900 2:200 0:200 3:200 0:200");
  g_assert_cmpuint (count_warnings (self, "It does not answer"), ==, 1);
  /* Only speech up to the cut is lost. */
  expect (self, "final w2 2000-2100", "final w3 2300-2500", NULL);
}

/* A broken engine is not called for a second, then for two, while gaps are sent; it does not
 * flood the bus. */
static void
test_broken_engine (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  guint n_begun;

  self->log_gaps = TRUE;
  test_transcriber_fail_begin (self->transcriber, TRUE);
  push (self, 0, "1:200");
  g_assert_cmpuint (count_warnings (self, "It does not listen"), ==, 5);
  n_begun = test_transcriber_get_n_begun (self->transcriber);
  push (self, 200, "1:800");
  expect (self, "gap 0-200", "gap 200-400", "gap 400-600", "gap 600-800", NULL);
  g_assert_cmpuint (test_transcriber_get_n_begun (self->transcriber), ==, n_begun);
  push (self, 1000, "1:200");
  g_assert_cmpuint (test_transcriber_get_n_begun (self->transcriber), ==, n_begun + 1);
  g_assert_cmpuint (count_warnings (self, "It does not listen"), ==, 1);
  g_ptr_array_set_size (self->log, 0);

  self->log_gaps = FALSE;
  test_transcriber_fail_begin (self->transcriber, FALSE);
  push (self, 1200, "1:500 0:2000 2:200 0:200 3:200 0:200");
  g_assert_cmpuint (count_warnings (self, ""), ==, 0);
  expect (self, "final w2 3700-3900", "final w3 4100-4300", NULL);
}

/* Flow returns of downstream reach upstream. */
static void
test_downstream_ends (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  gst_pad_set_active (self->harness->sinkpad, FALSE);
  push (self, 0, "1:200 0:200");
  g_assert_cmpint (self->flow, ==, GST_FLOW_FLUSHING);
  expect (self, "final w1 0-200", NULL);
}

static void
test_start_error (void)
{
  static const char *const codes[] = { "xx", "not a language" };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    TestTranscriber *transcriber = test_transcriber_new (TRUE);
    g_autoptr (GstBus) bus = gst_bus_new ();
    g_autoptr (GstMessage) message = NULL;

    gst_element_set_bus (GST_ELEMENT (transcriber), bus);
    g_object_set (transcriber, "language-code", codes[i], NULL);
    g_assert_cmpint (gst_element_set_state (GST_ELEMENT (transcriber), GST_STATE_PAUSED), ==,
        GST_STATE_CHANGE_FAILURE);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    g_assert_nonnull (message);
    gst_element_set_state (GST_ELEMENT (transcriber), GST_STATE_NULL);
    gst_element_set_bus (GST_ELEMENT (transcriber), NULL);
    gst_bus_set_flushing (bus, TRUE);
    gst_clear_message (&message);
    g_assert_finalize_object (transcriber);
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/transcriber/times", test_times);
  g_test_add_func ("/transcriber/buffer-sizes", test_buffer_sizes);
  g_test_add_func ("/transcriber/gaps", test_gaps);
  g_test_add_func ("/transcriber/partials", test_partials);
  g_test_add_func ("/transcriber/ids", test_ids);
  g_test_add_func ("/transcriber/cut", test_cut);
  g_test_add_func ("/transcriber/cut/long-word", test_cut_long_word);
  g_test_add_func ("/transcriber/cut/without-boundaries", test_cut_without_boundaries);
  g_test_add_func ("/transcriber/long-silence", test_long_silence);
  g_test_add_func ("/transcriber/short-hole", test_short_hole);
  g_test_add_func ("/transcriber/discontinuity", test_discontinuity);
  g_test_add_func ("/transcriber/drift", test_drift);
  g_test_add_func ("/transcriber/gap-event", test_gap_event);
  g_test_add_func ("/transcriber/gap-first", test_gap_first);
  g_test_add_func ("/transcriber/segment", test_segment);
  g_test_add_func ("/transcriber/clip", test_clip);
  g_test_add_func ("/transcriber/without-pts", test_without_pts);
  g_test_add_func ("/transcriber/without-time", test_without_time);
  g_test_add_func ("/transcriber/flush", test_flush);
  g_test_add_func ("/transcriber/eos", test_eos);
  g_test_add_func ("/transcriber/new-stream", test_new_stream);
  g_test_add_func ("/transcriber/latency", test_latency);
  g_test_add_func ("/transcriber/failure", test_failure);
  g_test_add_func ("/transcriber/failure/at-cut", test_failure_at_cut);
  g_test_add_func ("/transcriber/broken-engine", test_broken_engine);
  g_test_add_func ("/transcriber/downstream-ends", test_downstream_ends);
  g_test_add_func ("/transcriber/start-error", test_start_error);
  return habla_test_run ();
}
