/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failures of a translator's engine. */
#include "text-harness.h"

static GstMessage *
wait_for_warning (TextHarness *h)
{
  GstMessage *message = gst_bus_timed_pop_filtered (h->bus, 30 * GST_SECOND, GST_MESSAGE_WARNING);

  g_assert_nonnull (message);
  return message;
}

static void
assert_warning (TextHarness *h, guint64 id, int code, const char *part)
{
  g_autoptr (GstMessage) message = wait_for_warning (h);
  g_autoptr (GError) error = NULL;
  const GstStructure *details;
  guint64 got_id;

  gst_message_parse_warning (message, &error, NULL);
  g_assert_error (error, HABLA_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
  gst_message_parse_warning_details (message, &details);
  g_assert_true (gst_structure_get_uint64 (details, "utterance-id", &got_id));
  g_assert_cmpuint (got_id, ==, id);
  g_assert_cmpstr (gst_structure_get_string (details, "reason"), ==, error->message);
}

static void
assert_no_warning (TextHarness *h)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (h->bus, GST_MESSAGE_WARNING);

  g_assert_null (message);
}

static char *
get_breaker (TextHarness *h)
{
  g_autoptr (GstStructure) stats = NULL;

  g_object_get (h->translator, "stats", &stats, NULL);
  return g_strdup (gst_structure_get_string (stats, "breaker"));
}

static void
test_warning (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autoptr (HablaUtterance) sent = habla_utterance_new (12, "fail here", "en");
  g_autoptr (HablaUtterance) got = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  GstSegment segment;
  guint64 last_id = 0;

  text_harness_push_utterance (h, sent);
  text_harness_expect (h, "untranslated fail here", NULL);
  assert_warning (h, 12, HABLA_ERROR_ENGINE, "fail here");
  assert_no_warning (h);

  buffer = gst_harness_pull (h->harness);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  got = habla_utterance_from_buffer (buffer, &segment, &last_id);
  g_assert_cmpuint (got->id, ==, 12);
  g_assert_cmpstr (got->language, ==, "en");
  g_assert_null (got->source_text);
  g_assert_true (got->untranslated);
  g_assert_cmpuint (text_harness_get_stat (h, "failed"), ==, 1);
  g_assert_cmpuint (text_harness_get_stat (h, "done"), ==, 0);
}

static void
test_nonsense (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);

  text_harness_push (h, "invalid");
  text_harness_push (h, "nothing");
  text_harness_push (h, "retry");
  text_harness_expect (h, "untranslated invalid", "untranslated nothing", "final RETRY", NULL);
  assert_warning (h, 1, HABLA_ERROR_ENGINE, "UTF-8");
  assert_warning (h, 2, HABLA_ERROR_ENGINE, "neither");
  g_assert_cmpuint (text_harness_get_stat (h, "retried"), ==, 1);
}

/* A partial hypothesis that fails yields no warning, and does not open the circuit breaker. */
static void
test_partials (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);

  for (guint i = 0; i < 20; i++) {
    g_autofree char *text = g_strdup_printf ("fail %u", i);

    text_harness_push_partial (h, 1, text);
    text_harness_wait_for_stat (h, "partials-dropped", i + 1);
  }
  text_harness_push_partial (h, 1, "works");
  text_harness_expect (h, "partial WORKS", NULL);
  assert_no_warning (h);
  g_assert_cmpuint (text_harness_get_stat (h, "failed"), ==, 0);
}

/* Fails until the circuit breaker opens; the last warning says so. */
static void
open_breaker (TextHarness *h)
{
  g_autofree char *breaker = NULL;

  for (guint i = 1; i <= 5; i++) {
    g_autofree char *text = g_strdup_printf ("fail %u", i);
    g_autofree char *expected = g_strconcat ("untranslated ", text, NULL);

    text_harness_push (h, text);
    text_harness_expect (h, expected, NULL);
    assert_warning (h, i, HABLA_ERROR_ENGINE, i < 5 ? text : "5 times in a row");
  }
  breaker = get_breaker (h);
  g_assert_cmpstr (breaker, ==, "open");
}

static void
test_breaker (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  gint64 opened = g_get_monotonic_time ();
  gint64 deadline = opened + 30 * G_TIME_SPAN_SECOND;
  g_autofree char *breaker = NULL;
  TestTranslatorCounts before, after;
  guint n = 0;

  open_breaker (h);
  test_translator_get_counts (h->translator, &before);
  text_harness_push_partial (h, 100, "partial");
  text_harness_wait_for_stat (h, "partials-dropped", 1);

  do {
    text_harness_push (h, "well");
    n++;
    text_harness_wait_for_stat (h, "in-flight", 0);
    g_usleep (20 * G_TIME_SPAN_MILLISECOND);
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_assert_cmpuint (gst_harness_buffers_received (h->harness), <=, 5 + n);
  } while (text_harness_get_stat (h, "done") == 0);
  g_assert_cmpint (g_get_monotonic_time () - opened, >=, G_TIME_SPAN_SECOND);

  /* Only the last one was translated, and only the first failure of the test yielded a warning. */
  test_translator_get_counts (h->translator, &after);
  g_assert_cmpuint (after.calls, ==, before.calls + 1);
  for (guint i = 1; i < n; i++)
    text_harness_expect (h, "untranslated well", NULL);
  text_harness_expect (h, "final WELL", NULL);
  assert_no_warning (h);
  breaker = get_breaker (h);
  g_assert_cmpstr (breaker, ==, "closed");
  g_assert_cmpuint (text_harness_get_stat (h, "failed"), ==, 5 + n - 1);
}

/* One utterance tests the engine while others pass. If it is flushed, the next one does. */
static void
test_breaker_half_open (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
  g_autofree char *breaker = NULL;
  GstSegment segment;

  open_breaker (h);
  test_translator_hold (h->translator, "stubborn trial");
  g_usleep (1100 * G_TIME_SPAN_MILLISECOND);
  text_harness_push (h, "stubborn trial");
  test_translator_wait_for_call (h->translator, "stubborn trial");
  breaker = get_breaker (h);
  g_assert_cmpstr (breaker, ==, "half-open");

  gst_harness_push_event (h->harness, gst_event_new_flush_start ());
  gst_harness_push_event (h->harness, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h->harness, gst_event_new_segment (&segment));
  text_harness_expect (h, "flush-start", "flush-stop", "segment", NULL);
  text_harness_push (h, "meanwhile");
  text_harness_expect (h, "untranslated meanwhile", NULL);
  g_assert_false (test_translator_has_request (h->translator, "meanwhile"));

  test_translator_release (h->translator, "stubborn trial");
  text_harness_wait_for_stat (h, "in-flight", 0);
  text_harness_push (h, "again");
  text_harness_expect (h, "final AGAIN", NULL);
  assert_no_warning (h);
}

static void
test_start (void)
{
  g_autoptr (TestTranslator) translator = test_translator_new ();
  g_autoptr (GstBus) bus = gst_bus_new ();
  static const struct {
    const char *input;
    const char *output;
    int code;
  } cases[] = {
    { "en", "xx", HABLA_ERROR_NOT_INSTALLED },
    { "en", "", HABLA_ERROR_LANGUAGE },
    { "!", "es", HABLA_ERROR_LANGUAGE },
    { "en", NULL, HABLA_ERROR_LANGUAGE },
  };
  TestTranslatorCounts counts;

  gst_element_set_bus (GST_ELEMENT (translator), bus);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstMessage) message = NULL;
    g_autoptr (GError) error = NULL;

    g_object_set (translator, "input-language-code", cases[i].input, "output-language-code",
        cases[i].output, NULL);
    g_assert_cmpint (gst_element_set_state (GST_ELEMENT (translator), GST_STATE_PAUSED), ==,
        GST_STATE_CHANGE_FAILURE);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    gst_message_parse_error (message, &error, NULL);
    g_assert_error (error, HABLA_ERROR, cases[i].code);
    gst_element_set_state (GST_ELEMENT (translator), GST_STATE_NULL);
  }

  /* An engine that failed to start is not stopped, and may start later. */
  g_object_set (translator, "output-language-code", "spa", NULL);
  g_assert_cmpint (gst_element_set_state (GST_ELEMENT (translator), GST_STATE_PLAYING), ==,
      GST_STATE_CHANGE_SUCCESS);
  test_translator_get_counts (translator, &counts);
  g_assert_cmpuint (counts.starts, ==, 1);
  g_assert_cmpuint (counts.stops, ==, 0);
  gst_element_set_state (GST_ELEMENT (translator), GST_STATE_NULL);
  test_translator_get_counts (translator, &counts);
  g_assert_cmpuint (counts.stops, ==, 1);
  gst_element_set_bus (GST_ELEMENT (translator), NULL);
}

/* With equal languages the engine is not started. */
static void
test_same_languages (void)
{
  g_autoptr (TextHarness) h = text_harness_new (NULL, 2);
  TestTranslatorCounts before, after;

  test_translator_get_counts (h->translator, &before);
  gst_element_set_state (GST_ELEMENT (h->translator), GST_STATE_NULL);
  g_object_set (h->translator, "input-language-code", "en-GB", "output-language-code", "en", NULL);
  gst_element_set_state (GST_ELEMENT (h->translator), GST_STATE_PLAYING);
  gst_harness_set_src_caps_str (h->harness, HABLA_TEXT_CAPS);
  text_harness_push (h, "as it is");
  text_harness_expect (h, "stream-start", "caps", "segment", "final as it is", NULL);
  test_translator_get_counts (h->translator, &after);
  g_assert_cmpuint (after.starts, ==, before.starts);
  g_assert_cmpuint (after.calls, ==, 0);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/translator/failure/warning", test_warning);
  g_test_add_func ("/translator/failure/nonsense", test_nonsense);
  g_test_add_func ("/translator/failure/partials", test_partials);
  g_test_add_func ("/translator/failure/breaker", test_breaker);
  g_test_add_func ("/translator/failure/breaker-half-open", test_breaker_half_open);
  g_test_add_func ("/translator/failure/start", test_start);
  g_test_add_func ("/translator/failure/same-languages", test_same_languages);
  return habla_test_run ();
}
