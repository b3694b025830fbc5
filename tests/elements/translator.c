/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Output of a translator for utterances and partial hypotheses, and its order. */
#include "text-harness.h"

#define MARKUP_CAPS "text/x-raw, format = (string) pango-markup"

static void
test_utterance (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (HablaUtterance) sent = habla_utterance_new (7, "good day", "en-GB");
  g_autoptr (HablaUtterance) got = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  GstSegment segment;
  guint64 last_id = 0;

  sent->begin = 2 * GST_SECOND;
  sent->end = 5 * GST_SECOND;
  sent->confidence = 0.5;
  sent->speaker = g_strdup ("teacher");
  g_assert_true (text_harness_push_utterance (h, sent));
  text_harness_expect (h, "final GOOD DAY", NULL);

  buffer = gst_harness_pull (h->harness);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, 2 * GST_SECOND);
  g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, 3 * GST_SECOND);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  got = habla_utterance_from_buffer (buffer, &segment, &last_id);
  g_assert_cmpuint (got->id, ==, 7);
  g_assert_cmpuint (got->begin, ==, 2 * GST_SECOND);
  g_assert_cmpuint (got->end, ==, 5 * GST_SECOND);
  g_assert_cmpstr (got->text, ==, "GOOD DAY");
  g_assert_cmpstr (got->language, ==, "es");
  g_assert_cmpstr (got->source_text, ==, "good day");
  g_assert_cmpstr (got->source_language, ==, "en-GB");
  g_assert_cmpstr (got->speaker, ==, "teacher");
  g_assert_cmpfloat (got->confidence, ==, 0.5);
  g_assert_false (got->untranslated);
}

/* Times of a buffer of another element are preserved, also outside of its segment. */
static void
test_foreign_times (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 10 * GST_SECOND;
  segment.base = 100 * GST_SECOND;
  g_assert_true (gst_harness_push_event (h->harness, gst_event_new_segment (&segment)));
  text_harness_expect (h, "segment", NULL);

  for (guint i = 1; i <= 3; i++) {
    GstClockTime pts = i < 3 ? (8 + 4 * i) * GST_SECOND : 2 * GST_SECOND;
    g_autoptr (HablaUtterance) utterance = NULL;
    g_autoptr (GstBuffer) buffer = text_harness_make_buffer ("one", pts);
    guint64 last_id = 0;

    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    gst_harness_push (h->harness, g_steal_pointer (&buffer));
    text_harness_expect (h, "final ONE", NULL);
    buffer = gst_harness_pull (h->harness);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, pts);
    g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND);
    g_assert_true (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
    utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
    g_assert_cmpuint (utterance->id, ==, i);
    g_assert_cmpuint (
        utterance->begin, ==, i < 3 ? pts - segment.start + segment.base : GST_CLOCK_TIME_NONE);
    g_assert_cmpstr (utterance->source_language, ==, "en");
  }
}

static void
test_order (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 3);

  test_translator_hold (h->translator, "one");
  test_translator_hold (h->translator, "two");
  g_assert_cmpint (text_harness_push (h, "one"), ==, GST_FLOW_OK);
  gst_harness_push_event (h->harness, gst_event_new_gap (0, GST_SECOND));
  g_assert_cmpint (text_harness_push (h, "two"), ==, GST_FLOW_OK);
  gst_harness_push_event (h->harness, gst_event_new_tag (gst_tag_list_new_empty ()));
  g_assert_cmpint (text_harness_push (h, "three"), ==, GST_FLOW_OK);
  gst_harness_push_event (h->harness, gst_event_new_eos ());

  /* The last translation completes first. */
  test_translator_wait_for_call (h->translator, "three");
  text_harness_wait_for_stat (h, "in-flight", 2);
  g_assert_cmpuint (gst_harness_buffers_in_queue (h->harness), ==, 0);
  test_translator_release (h->translator, "two");
  text_harness_wait_for_stat (h, "in-flight", 1);
  g_assert_cmpuint (gst_harness_buffers_in_queue (h->harness), ==, 0);
  test_translator_release (h->translator, "one");
  text_harness_expect (h, "final ONE", "gap", "final TWO", "tag", "final THREE", "eos", NULL);
  g_assert_cmpuint (text_harness_get_stat (h, "done"), ==, 3);
  g_assert_cmpuint (text_harness_get_stat (h, "in-flight"), ==, 0);
  g_assert_cmpuint (text_harness_get_stat (h, "in-flight-peak"), ==, 3);
}

static void
test_backpressure (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  TestTranslatorCounts counts;
  GThread *thread;

  test_translator_hold (h->translator, "one");
  test_translator_hold (h->translator, "two");
  text_harness_push (h, "one");
  text_harness_push (h, "two");
  thread = text_harness_push_in_thread (h, "three");
  test_translator_wait_for_call (h->translator, "one");
  test_translator_wait_for_call (h->translator, "two");

  /* The second translation is done, but stays inside until the first is. */
  test_translator_release (h->translator, "two");
  text_harness_wait_for_stat (h, "in-flight", 1);
  g_usleep (20 * G_TIME_SPAN_MILLISECOND);
  g_assert_false (test_translator_has_request (h->translator, "three"));

  test_translator_release (h->translator, "one");
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, GST_FLOW_OK);
  text_harness_expect (h, "final ONE", "final TWO", "final THREE", NULL);
  test_translator_get_counts (h->translator, &counts);
  g_assert_cmpuint (counts.peak, ==, 2);
  g_assert_cmpuint (text_harness_get_stat (h, "in-flight-peak"), ==, 2);
}

static void
test_partials_conflated (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);

  test_translator_hold (h->translator, "a");
  text_harness_push_partial (h, 1, "a");
  test_translator_wait_for_call (h->translator, "a");
  text_harness_push_partial (h, 1, "a b");
  text_harness_push_partial (h, 1, "a b c");
  gst_harness_push_event (h->harness, gst_event_new_gap (0, GST_SECOND));
  text_harness_push_partial (h, 1, "a b c d");
  test_translator_release (h->translator, "a");
  text_harness_expect (h, "partial A", "gap", "partial A B C D", NULL);
  g_assert_false (test_translator_has_request (h->translator, "a b"));
  g_assert_false (test_translator_has_request (h->translator, "a b c"));
  g_assert_cmpuint (text_harness_get_stat (h, "partials-translated"), ==, 2);
  g_assert_cmpuint (text_harness_get_stat (h, "partials-dropped"), ==, 2);
  g_assert_cmpuint (text_harness_get_stat (h, "done"), ==, 0);
}

/* A final utterance neither waits for a partial hypothesis, even if the engine ignores
 * cancellation, nor is it followed by its own. */
static void
test_final_beats_partials (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (HablaUtterance) final = habla_utterance_new (4, "stubborn as it is", "en");

  test_translator_hold (h->translator, "stubborn");
  text_harness_push_partial (h, 4, "stubborn");
  test_translator_wait_for_call (h->translator, "stubborn");
  text_harness_push_partial (h, 4, "stubborn as");
  g_assert_true (text_harness_push_utterance (h, final));
  g_assert_true (text_harness_push_partial (h, 4, "stubborn as it"));
  text_harness_expect (h, "final STUBBORN AS IT IS", NULL);

  text_harness_push_partial (h, 5, "next");
  test_translator_release (h->translator, "stubborn");
  text_harness_expect (h, "partial NEXT", NULL);
  g_assert_false (test_translator_has_request (h->translator, "stubborn as"));
  g_assert_false (test_translator_has_request (h->translator, "stubborn as it"));
  g_assert_cmpuint (text_harness_get_stat (h, "partials-dropped"), ==, 3);
}

static void
test_partials_wait_for_finals (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 1);

  test_translator_hold (h->translator, "one");
  text_harness_push (h, "one");
  test_translator_wait_for_call (h->translator, "one");
  text_harness_push_partial (h, 2, "t");
  text_harness_push_partial (h, 2, "tw");
  g_assert_false (test_translator_has_request (h->translator, "tw"));
  test_translator_release (h->translator, "one");
  text_harness_expect (h, "final ONE", "partial TW", NULL);
  g_assert_false (test_translator_has_request (h->translator, "t"));
}

/* With a free worker it is translated at once but keeps its place; of those that are translated
 * too early only the newest is kept. */
static void
test_partials_keep_place (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);

  test_translator_hold (h->translator, "one");
  text_harness_push (h, "one");
  text_harness_push_partial (h, 2, "t");
  test_translator_wait_for_call (h->translator, "t");
  text_harness_wait_for_stat (h, "in-flight", 1);
  text_harness_push_partial (h, 2, "tw");
  test_translator_wait_for_call (h->translator, "tw");
  text_harness_wait_for_stat (h, "in-flight", 1);
  test_translator_release (h->translator, "one");
  text_harness_expect (h, "final ONE", "partial TW", NULL);
  g_assert_cmpuint (text_harness_get_stat (h, "partials-dropped"), ==, 1);
}

static void
test_blank (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  TestTranslatorCounts counts;

  text_harness_push (h, "");
  text_harness_push (h, " \n\t\xc2\xa0\xe3\x80\x80");
  text_harness_push_partial (h, 3, "");
  text_harness_expect (h, "final ", "final  \n\t\xc2\xa0\xe3\x80\x80", "partial ", NULL);
  test_translator_get_counts (h->translator, &counts);
  g_assert_cmpuint (counts.calls, ==, 0);
  g_assert_cmpuint (text_harness_get_stat (h, "passed"), ==, 2);
}

static void
test_same_language (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  static const char *const languages[] = { "es", "es-MX" };
  TestTranslatorCounts counts;

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++) {
    g_autoptr (HablaUtterance) sent = habla_utterance_new (i + 1, "hola", languages[i]);
    g_autoptr (HablaUtterance) got = NULL;
    g_autoptr (GstBuffer) buffer = NULL;
    GstSegment segment;
    guint64 last_id = 0;

    text_harness_push_utterance (h, sent);
    text_harness_expect (h, "final hola", NULL);
    buffer = gst_harness_pull (h->harness);
    gst_segment_init (&segment, GST_FORMAT_TIME);
    got = habla_utterance_from_buffer (buffer, &segment, &last_id);
    g_assert_cmpstr (got->language, ==, languages[i]);
    g_assert_null (got->source_text);
  }
  test_translator_get_counts (h->translator, &counts);
  g_assert_cmpuint (counts.calls, ==, 0);
}

static void
test_markup (void)
{
  g_autoptr (TextHarness) h = text_harness_new (MARKUP_CAPS, 2);

  text_harness_push (h, "<i>fish</i> &amp; <b>chips</b>");
  text_harness_expect (h, "final FISH & CHIPS", NULL);
}

static void
test_plain_lines (void)
{
  g_autoptr (TextHarness) h = text_harness_new ("text/plain", 2);

  text_harness_push (h, "a <b> & c\n");
  text_harness_expect (h, "final A <B> & C", NULL);
}

static void
test_utf8_exact (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);

  text_harness_push (h, " &amp; <i>\n");
  text_harness_expect (h, "final  &AMP; <I>\n", NULL);
}

/* Without pads and states. */
static void
test_open (void)
{
  g_autoptr (TestTranslator) translator = test_translator_new ();
  HablaTranslator *self = HABLA_TRANSLATOR (translator);
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (1, "fish", "en");
  g_autoptr (HablaAnnotations) annotations = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *translation = NULL;
  TestTranslatorCounts counts;

  g_assert_true (habla_translator_open (self, &error));
  translation = habla_translator_run (self, utterance, &annotations, cancellable, &error);
  g_assert_cmpstr (translation, ==, "FISH");
  g_assert_no_error (error);
  habla_translator_close (self);
  habla_translator_close (self);

  g_object_set (self, "output-language-code", "xx", NULL);
  g_assert_false (habla_translator_open (self, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
  habla_translator_close (self);
  test_translator_get_counts (translator, &counts);
  g_assert_cmpuint (counts.starts, ==, 1);
  g_assert_cmpuint (counts.stops, ==, 1);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/translator/utterance", test_utterance);
  g_test_add_func ("/translator/foreign-times", test_foreign_times);
  g_test_add_func ("/translator/order", test_order);
  g_test_add_func ("/translator/backpressure", test_backpressure);
  g_test_add_func ("/translator/partials/conflated", test_partials_conflated);
  g_test_add_func ("/translator/partials/final-beats", test_final_beats_partials);
  g_test_add_func ("/translator/partials/wait-for-finals", test_partials_wait_for_finals);
  g_test_add_func ("/translator/partials/keep-place", test_partials_keep_place);
  g_test_add_func ("/translator/blank", test_blank);
  g_test_add_func ("/translator/same-language", test_same_language);
  g_test_add_func ("/translator/markup", test_markup);
  g_test_add_func ("/translator/plain-lines", test_plain_lines);
  g_test_add_func ("/translator/utf8-exact", test_utf8_exact);
  g_test_add_func ("/translator/open", test_open);
  return habla_test_run ();
}
