/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/utterance-meta.h>

#define UTF8 "text/x-raw,format=utf8"
#define MARKUP "text/x-raw,format=pango-markup"

/* A captionsink in PLAYING, with a test clock and its own bus. */
typedef struct {
  GstHarness *harness;
  GstElement *sink;
  GstBus *bus;
} Fixture;

static Fixture *
create (gboolean sync, const char *caps)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->harness = gst_harness_new ("captionsink");
  /* GstHarness has set both to FALSE. */
  g_object_set (self->harness->element, "sync", sync, NULL);
  self->sink = self->harness->element;
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->sink, self->bus);
  gst_harness_use_testclock (self->harness);
  gst_harness_play (self->harness);
  if (caps != NULL)
    gst_harness_set_src_caps_str (self->harness, caps);
  return self;
}

static void
destroy (Fixture *self)
{
  gst_element_set_bus (self->sink, NULL);
  gst_object_unref (self->bus);
  gst_harness_teardown (self->harness);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, destroy)

static HablaUtterance *
pop (Fixture *self, GstClockTime timeout)
{
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (self->bus, timeout, GST_MESSAGE_ELEMENT);

  if (message == NULL)
    return NULL;
  g_assert_true (gst_message_has_name (message, "habla/caption"));
  return habla_utterance_from_structure (gst_message_get_structure (message));
}

static GstBuffer *
create_text (const char *text, GstClockTime pts, GstClockTime duration)
{
  GstBuffer *buffer = gst_buffer_new_and_alloc (strlen (text));

  gst_buffer_fill (buffer, 0, text, strlen (text));
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = duration;
  return buffer;
}

static HablaUtterance *
create_utterance (guint64 id, const char *text)
{
  HablaUtterance *self = habla_utterance_new (id, text, "es");

  self->begin = 2 * GST_SECOND;
  self->end = 3 * GST_SECOND;
  self->source_text = g_strdup ("source");
  self->source_language = g_strdup ("en");
  self->speaker = g_strdup ("teacher");
  self->confidence = 0.75;
  return self;
}

static GstFlowReturn
push_utterance (Fixture *self, const HablaUtterance *utterance)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  return gst_harness_push (self->harness, habla_utterance_to_buffer (utterance, &segment));
}

static gboolean
push_partial (Fixture *self, guint64 id, const char *text)
{
  g_autoptr (HablaUtterance) utterance = create_utterance (id, text);

  utterance->is_final = FALSE;
  return gst_harness_push_event (self->harness, habla_utterance_to_event (utterance));
}

static void
assert_text (Fixture *self, const char *text, gboolean is_final)
{
  g_autoptr (HablaUtterance) utterance = pop (self, 30 * GST_SECOND);

  g_assert_nonnull (utterance);
  g_assert_cmpstr (utterance->text, ==, text);
  g_assert_cmpint (utterance->is_final, ==, is_final);
}

static void
assert_nothing (Fixture *self)
{
  g_autoptr (HablaUtterance) utterance = pop (self, 0);

  g_assert_null (utterance);
}

/* All fields of an utterance of Habla arrive. */
static void
test_final (void)
{
  g_autoptr (Fixture) self = create (FALSE, UTF8);
  g_autoptr (HablaUtterance) sent = create_utterance (7, "hola");
  g_autoptr (HablaUtterance) got = NULL;

  sent->untranslated = TRUE;
  g_assert_cmpint (push_utterance (self, sent), ==, GST_FLOW_OK);
  got = pop (self, 30 * GST_SECOND);
  g_assert_nonnull (got);
  g_assert_cmpuint (got->id, ==, 7);
  g_assert_cmpuint (got->begin, ==, 2 * GST_SECOND);
  g_assert_cmpuint (got->end, ==, 3 * GST_SECOND);
  g_assert_cmpstr (got->text, ==, "hola");
  g_assert_cmpstr (got->language, ==, "es");
  g_assert_cmpstr (got->source_text, ==, "source");
  g_assert_cmpstr (got->source_language, ==, "en");
  g_assert_cmpstr (got->speaker, ==, "teacher");
  g_assert_cmpfloat (got->confidence, ==, 0.75);
  g_assert_true (got->is_final);
  g_assert_true (got->untranslated);
}

/* In order, between final captions. */
static void
test_partials (void)
{
  g_autoptr (Fixture) self = create (FALSE, UTF8);
  g_autoptr (HablaUtterance) final = create_utterance (1, "one two");

  g_assert_true (push_partial (self, 1, "one"));
  g_assert_cmpint (push_utterance (self, final), ==, GST_FLOW_OK);
  g_assert_true (push_partial (self, 2, "three"));
  assert_text (self, "one", FALSE);
  assert_text (self, "one two", TRUE);
  assert_text (self, "three", FALSE);
  assert_nothing (self);
}

static void
test_foreign (void)
{
  static const struct {
    const char *caps;
    const char *sent;
    const char *text;
  } cases[] = {
    { UTF8, "a <b>c</b> &amp; d\n", "a <b>c</b> &amp; d\n" },
    { MARKUP, "a <b>c</b> &amp; d", "a c & d" },
    { "text/plain", "good morning\n", "good morning" },
    { NULL, "good morning\n", "good morning" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Fixture) self = create (FALSE, cases[i].caps);
    g_autoptr (HablaUtterance) got = NULL;

    if (cases[i].caps == NULL) {
      GstSegment segment;

      gst_segment_init (&segment, GST_FORMAT_TIME);
      gst_harness_push_event (self->harness, gst_event_new_stream_start ("s"));
      gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
    }
    gst_harness_push (self->harness, create_text (cases[i].sent, 5, 7));
    got = pop (self, 30 * GST_SECOND);
    g_assert_nonnull (got);
    g_assert_cmpstr (got->text, ==, cases[i].text);
    g_assert_cmpuint (got->id, ==, 1);
    g_assert_cmpuint (got->begin, ==, 5);
    g_assert_cmpuint (got->end, ==, 12);
    g_assert_true (got->is_final);
  }
}

/* Times are running times in any segment. */
static void
test_segment (void)
{
  g_autoptr (Fixture) self = create (FALSE, UTF8);
  g_autoptr (HablaUtterance) got = NULL;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 10 * GST_SECOND;
  segment.base = 1 * GST_SECOND;
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  gst_harness_push (self->harness, create_text ("before", 5 * GST_SECOND, GST_SECOND));
  gst_harness_push (self->harness, create_text ("in", 12 * GST_SECOND, GST_SECOND));
  got = pop (self, 30 * GST_SECOND);
  g_assert_nonnull (got);
  g_assert_cmpstr (got->text, ==, "in");
  g_assert_cmpuint (got->begin, ==, 3 * GST_SECOND);
  g_assert_cmpuint (got->end, ==, 4 * GST_SECOND);
}

/* Text straight from a file has no times. */
static void
test_bytes (void)
{
  g_autoptr (Fixture) self = create (FALSE, UTF8);
  g_autoptr (HablaUtterance) got = NULL;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  gst_harness_push (self->harness, create_text ("text", GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE));
  got = pop (self, 30 * GST_SECOND);
  g_assert_nonnull (got);
  g_assert_cmpuint (got->begin, ==, HABLA_TIME_NONE);
}

static void
test_gaps (void)
{
  g_autoptr (Fixture) self = create (FALSE, UTF8);
  GstBuffer *gap = create_text ("", 1, 2);

  GST_BUFFER_FLAG_SET (gap, GST_BUFFER_FLAG_GAP);
  g_assert_cmpint (gst_harness_push (self->harness, gap), ==, GST_FLOW_OK);
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_gap (3, 4)));
  assert_nothing (self);
  /* An empty final text removes the partial one. */
  gst_harness_push (self->harness, create_text ("", 5, 6));
  assert_text (self, "", TRUE);
}

/* After a flush, ids continue. */
static void
test_flush_and_eos (void)
{
  g_autoptr (Fixture) self = create (FALSE, UTF8);
  g_autoptr (HablaUtterance) second = NULL;
  g_autoptr (GstMessage) eos = NULL;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push (self->harness, create_text ("first", 0, 1));
  assert_text (self, "first", TRUE);
  gst_harness_push_event (self->harness, gst_event_new_flush_start ());
  gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  gst_harness_push (self->harness, create_text ("second", 0, 1));
  second = pop (self, 30 * GST_SECOND);
  g_assert_nonnull (second);
  g_assert_cmpuint (second->id, ==, 2);

  gst_harness_push_event (self->harness, gst_event_new_eos ());
  eos = gst_bus_timed_pop_filtered (self->bus, 30 * GST_SECOND, GST_MESSAGE_EOS);
  g_assert_nonnull (eos);
}

typedef struct {
  Fixture *fixture;
  gboolean partial;
  GstFlowReturn flow;
} Push;

static gpointer
push_in_thread (gpointer data)
{
  Push *push = data;
  g_autoptr (HablaUtterance) utterance = create_utterance (1, "final");

  if (push->partial)
    push_partial (push->fixture, 1, "partial");
  else
    push->flow = push_utterance (push->fixture, utterance);
  return NULL;
}

static GstClockTime
get_awaited_time (Fixture *self)
{
  g_autoptr (GstTestClock) clock = gst_harness_get_testclock (self->harness);
  GstClockTime time = GST_CLOCK_TIME_NONE;
  GstClockID id;

  if (gst_test_clock_peek_next_pending_id (clock, &id)) {
    time = gst_clock_id_get_time (id);
    gst_clock_id_unref (id);
  }
  return time;
}

/* With sync=true, a final or partial caption is posted at its begin. */
static void
test_sync (void)
{
  for (guint partial = 0; partial < 2; partial++) {
    g_autoptr (Fixture) self = create (TRUE, UTF8);
    Push push = { self, partial, GST_FLOW_OK };
    GThread *thread = g_thread_new ("push", push_in_thread, &push);

    g_assert_true (gst_harness_wait_for_clock_id_waits (self->harness, 1, 30));
    assert_nothing (self);
    g_assert_cmpuint (get_awaited_time (self), ==, 2 * GST_SECOND);
    g_assert_true (gst_harness_crank_single_clock_wait (self->harness));
    g_thread_join (thread);
    g_assert_cmpint (push.flow, ==, GST_FLOW_OK);
    assert_text (self, partial ? "partial" : "final", !partial);
  }
}

/* A caption that waits for its time stops waiting when the pipeline is flushed or stopped. */
static void
test_sync_unlocks (void)
{
  for (guint i = 0; i < 4; i++) {
    g_autoptr (Fixture) self = create (TRUE, UTF8);
    Push push = { self, i % 2, GST_FLOW_OK };
    GThread *thread = g_thread_new ("push", push_in_thread, &push);

    g_assert_true (gst_harness_wait_for_clock_id_waits (self->harness, 1, 30));
    if (i < 2)
      gst_harness_push_event (self->harness, gst_event_new_flush_start ());
    else
      gst_element_set_state (self->sink, GST_STATE_READY);
    g_thread_join (thread);
    g_assert_cmpint (push.flow, ==, push.partial ? GST_FLOW_OK : GST_FLOW_FLUSHING);
    assert_nothing (self);
  }
}

/* A pipeline starts before there is speech, and a partial hypothesis arrives before the first
 * final text. */
static void
test_preroll (void)
{
  g_autoptr (GstElement) sink =
      gst_object_ref_sink (gst_element_factory_make ("captionsink", NULL));
  g_autoptr (GstElement) waiting = gst_parse_launch ("captionsink async=true", NULL);
  gboolean async, last_sample, sync;

  g_object_get (sink, "async", &async, "enable-last-sample", &last_sample, "sync", &sync, NULL);
  g_assert_false (async);
  g_assert_false (last_sample);
  g_assert_false (sync);
  g_assert_cmpint (gst_element_set_state (sink, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_SUCCESS);
  gst_element_set_state (sink, GST_STATE_NULL);
  /* With async=true the sink does wait, which validates the assertion above. */
  g_assert_cmpint (gst_element_set_state (waiting, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_ASYNC);
  gst_element_set_state (waiting, GST_STATE_NULL);
}

/* In a sink with async=true and sync=true, a partial hypothesis prerolls. */
static void
test_partial_prerolls (void)
{
  GstHarness *harness = gst_harness_new ("captionsink");
  Fixture self = { harness, harness->element, gst_bus_new () };
  Push push = { &self, TRUE, GST_FLOW_OK };
  GThread *thread;

  gst_element_set_state (self.sink, GST_STATE_READY);
  g_object_set (self.sink, "sync", TRUE, "async", TRUE, NULL);
  gst_element_set_bus (self.sink, self.bus);
  gst_harness_use_testclock (harness);
  gst_element_set_state (self.sink, GST_STATE_PAUSED);
  gst_harness_set_src_caps_str (harness, UTF8);
  thread = g_thread_new ("push", push_in_thread, &push);
  g_assert_cmpint (
      gst_element_get_state (self.sink, NULL, NULL, 30 * GST_SECOND), ==, GST_STATE_CHANGE_SUCCESS);
  assert_nothing (&self);
  gst_element_set_state (self.sink, GST_STATE_PLAYING);
  g_assert_true (gst_harness_wait_for_clock_id_waits (harness, 1, 30));
  g_assert_true (gst_harness_crank_single_clock_wait (harness));
  g_thread_join (thread);
  assert_text (&self, "partial", FALSE);
  gst_element_set_bus (self.sink, NULL);
  gst_object_unref (self.bus);
  gst_harness_teardown (harness);
}

/* Moves all captions from the bus to @keep. */
static guint
count_captions (Fixture *self, GPtrArray *keep, guint *n_warnings)
{
  GstMessage *message;
  guint n = 0;

  *n_warnings = 0;
  while ((message = gst_bus_pop (self->bus)) != NULL) {
    n += GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT;
    *n_warnings += GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING;
    g_ptr_array_add (keep, message);
  }
  return n;
}

/* On a bus that is not read, first partial captions stop, then all, with one warning. They
 * continue when it is read. */
static void
test_unread (void)
{
  g_autoptr (Fixture) self = create (FALSE, UTF8);
  g_autoptr (HablaUtterance) final = create_utterance (1, "final");
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_message_unref);
  guint n_captions, n_warnings;

  for (guint i = 0; i < 1000; i++)
    push_partial (self, 1, "partial");
  n_captions = count_captions (self, kept, &n_warnings);
  g_assert_cmpuint (n_captions, ==, 256);
  g_assert_cmpuint (n_warnings, ==, 0);

  /* These messages still exist, and therefore count. */
  for (guint i = 0; i < 10000; i++)
    g_assert_cmpint (push_utterance (self, final), ==, GST_FLOW_OK);
  n_captions = count_captions (self, kept, &n_warnings);
  g_assert_cmpuint (n_captions, ==, 8192 - 256);
  g_assert_cmpuint (n_warnings, ==, 1);

  g_ptr_array_set_size (kept, 0);
  push_utterance (self, final);
  assert_text (self, "final", TRUE);
  push_partial (self, 1, "partial");
  assert_text (self, "partial", FALSE);
}

/* Messages may outlive the sink. */
static void
test_messages_outlive (void)
{
  g_autoptr (Fixture) self = create (FALSE, UTF8);
  GstBus *bus = gst_object_ref (self->bus);
  GstMessage *message;

  push_partial (self, 1, "partial");
  destroy (g_steal_pointer (&self));
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
  g_assert_nonnull (message);
  gst_message_unref (message);
  gst_object_unref (bus);
}

/* The launch line of the documentation, with a real subtitle file. */
static void
test_subtitles (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "a.srt", NULL);
  g_autofree char *line = g_strdup_printf ("filesrc location=%s ! subparse ! captionsink", path);
  g_autoptr (GstElement) pipeline = NULL;
  static const char *const texts[] = { "Hello & good morning", "Bye" };

  g_file_set_contents (path,
      "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> & good morning\n\n"
      "2\n00:00:03,000 --> 00:00:04,000\nBye\n\n",
      -1, NULL);
  pipeline = gst_parse_launch (line, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GstMessage) message =
        habla_test_wait_for_message (pipeline, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS, 30);
    g_autoptr (HablaUtterance) got = NULL;

    g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ELEMENT);
    got = habla_utterance_from_structure (gst_message_get_structure (message));
    g_assert_cmpstr (got->text, ==, texts[i]);
    g_assert_cmpuint (got->id, ==, i + 1);
    g_assert_cmpuint (got->begin, ==, (1 + 2 * i) * GST_SECOND);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/captionsink/final", test_final);
  g_test_add_func ("/captionsink/partials", test_partials);
  g_test_add_func ("/captionsink/foreign", test_foreign);
  g_test_add_func ("/captionsink/segment", test_segment);
  g_test_add_func ("/captionsink/bytes", test_bytes);
  g_test_add_func ("/captionsink/gaps", test_gaps);
  g_test_add_func ("/captionsink/flush-and-eos", test_flush_and_eos);
  g_test_add_func ("/captionsink/sync", test_sync);
  g_test_add_func ("/captionsink/sync-unlocks", test_sync_unlocks);
  g_test_add_func ("/captionsink/preroll", test_preroll);
  g_test_add_func ("/captionsink/partial-prerolls", test_partial_prerolls);
  g_test_add_func ("/captionsink/unread", test_unread);
  g_test_add_func ("/captionsink/messages-outlive", test_messages_outlive);
  g_test_add_func ("/captionsink/subtitles", test_subtitles);
  return habla_test_run ();
}
