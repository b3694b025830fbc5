/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A translator with random delays, failures, flushes and state changes. */
#include "text-harness.h"

#include <stdlib.h>

#define N_UTTERANCES 600
#define CHAOS_TIME (1500 * G_TIME_SPAN_MILLISECOND)

static char *
make_text (GRand *rand, guint64 id)
{
  int kind = g_rand_int_range (rand, 0, 10);

  if (kind == 0)
    return g_strdup_printf ("fail %" G_GUINT64_FORMAT, id);
  return g_strdup_printf (
      "delay %d %" G_GUINT64_FORMAT, kind < 5 ? 0 : g_rand_int_range (rand, 0, 2000), id);
}

/* Called with lock held. Each final utterance and the gap after it arrive once and in order,
 * and no partial hypothesis follows its utterance. */
static void
check_item (TextHarness *h, guint64 *finals, guint64 *gaps)
{
  const char *item = h->log->pdata[0];
  const char *last = strrchr (item, ' ');
  guint64 id = last != NULL ? g_ascii_strtoull (last, NULL, 10) : 0;

  if (g_str_equal (item, "gap"))
    g_assert_cmpuint (++*gaps, ==, *finals);
  else if (g_str_has_prefix (item, "partial "))
    g_assert_cmpuint (id, >, *finals);
  else
    g_assert_cmpuint (id, ==, ++*finals);
  g_ptr_array_remove_index (h->log, 0);
}

static void
test_order (gconstpointer data)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, GPOINTER_TO_UINT (data));
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  guint64 finals = 0, gaps = 0;
  TestTranslatorCounts counts;

  for (guint64 id = 1; id <= N_UTTERANCES; id++) {
    g_autofree char *text = make_text (rand, id);
    g_autoptr (HablaUtterance) utterance = habla_utterance_new (id, text, "en");

    for (int i = g_rand_int_range (rand, 0, 4); i > 0; i--)
      text_harness_push_partial (h, id, text);
    g_assert_true (text_harness_push_utterance (h, utterance));
    gst_harness_push_event (h->harness, gst_event_new_gap (0, GST_SECOND));
  }
  gst_harness_push_event (h->harness, gst_event_new_eos ());

  g_mutex_lock (&h->lock);
  while (h->log->len == 0 || !g_str_equal (h->log->pdata[h->log->len - 1], "eos"))
    if (!g_cond_wait_until (
            &h->changed, &h->lock, g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND))
      g_error ("No end");
  while (h->log->len > 1)
    check_item (h, &finals, &gaps);
  g_mutex_unlock (&h->lock);
  text_harness_expect (h, "eos", NULL);

  g_assert_cmpuint (finals, ==, N_UTTERANCES);
  g_assert_cmpuint (gaps, ==, N_UTTERANCES);
  g_assert_cmpuint (
      text_harness_get_stat (h, "done") + text_harness_get_stat (h, "failed"), ==, N_UTTERANCES);
  test_translator_get_counts (h->translator, &counts);
  g_assert_cmpuint (counts.peak, <=, GPOINTER_TO_UINT (data));
}

typedef struct {
  TextHarness *harness;
  GMutex stream; /* locked while data or events are pushed */
  int stop;      /* atomic */
} Chaos;

static gpointer
run_pusher (gpointer data)
{
  Chaos *chaos = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint64 id = 1; !g_atomic_int_get (&chaos->stop); id++) {
    g_autofree char *text = make_text (rand, id);

    g_mutex_lock (&chaos->stream);
    if (g_rand_boolean (rand))
      text_harness_push_partial (chaos->harness, id, text);
    text_harness_push (chaos->harness, text);
    g_mutex_unlock (&chaos->stream);
  }
  return NULL;
}

static gpointer
run_reader (gpointer data)
{
  Chaos *chaos = data;

  while (!g_atomic_int_get (&chaos->stop)) {
    g_autoptr (GstStructure) stats = NULL;

    g_object_get (chaos->harness->translator, "stats", &stats, NULL);
    g_usleep (500);
  }
  return NULL;
}

static void
begin_segment (TextHarness *h)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h->harness, gst_event_new_segment (&segment));
}

static void
flush (Chaos *chaos)
{
  GstHarness *harness = chaos->harness->harness;

  gst_harness_push_event (harness, gst_event_new_flush_start ());
  g_mutex_lock (&chaos->stream);
  gst_harness_push_event (harness, gst_event_new_flush_stop (TRUE));
  begin_segment (chaos->harness);
  g_mutex_unlock (&chaos->stream);
}

static void
restart (Chaos *chaos)
{
  GstElement *translator = GST_ELEMENT (chaos->harness->translator);
  g_autoptr (GstCaps) caps = gst_caps_from_string (HABLA_TEXT_CAPS);

  gst_element_set_state (translator, GST_STATE_READY);
  g_mutex_lock (&chaos->stream);
  gst_element_set_state (translator, GST_STATE_PLAYING);
  gst_harness_push_event (chaos->harness->harness, gst_event_new_stream_start ("again"));
  gst_harness_push_event (chaos->harness->harness, gst_event_new_caps (caps));
  begin_segment (chaos->harness);
  g_mutex_unlock (&chaos->stream);
}

static void
test_chaos (void)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 3);
  gint64 end = g_get_monotonic_time () + CHAOS_TIME;
  Chaos chaos = { .harness = h };
  GThread *pusher, *reader;
  guint turns = 0;

  gst_harness_set_drop_buffers (h->harness, TRUE);
  g_mutex_init (&chaos.stream);
  pusher = g_thread_new ("pusher", run_pusher, &chaos);
  reader = g_thread_new ("reader", run_reader, &chaos);
  for (turns = 0; g_get_monotonic_time () < end; turns++) {
    g_usleep (g_test_rand_int_range (0, 5000));
    if (g_test_rand_int_range (0, 4) == 0)
      restart (&chaos);
    else
      flush (&chaos);
  }
  g_test_message ("%u turns", turns);
  g_atomic_int_set (&chaos.stop, 1);
  g_thread_join (pusher);
  g_thread_join (reader);

  /* Flushes and restarts do not impair it. */
  restart (&chaos);
  g_assert_cmpint (text_harness_push (h, "well"), ==, GST_FLOW_OK);
  text_harness_wait_for_stat (h, "done", 1);
  g_mutex_lock (&h->lock);
  while (!g_str_equal (h->log->pdata[h->log->len - 1], "final WELL"))
    g_cond_wait (&h->changed, &h->lock);
  g_ptr_array_set_size (h->log, 0);
  g_mutex_unlock (&h->lock);
  g_mutex_clear (&chaos.stream);
}

/* A FLUSH_STOP during the change to READY. */
static void
test_flush_and_stop (void)
{
  for (guint i = 0; i < 50; i++) {
    g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);
    Chaos chaos = { .harness = h };
    GThread *pusher;

    g_mutex_init (&chaos.stream);
    pusher = g_thread_new ("pusher", run_pusher, &chaos);
    flush (&chaos);
    g_atomic_int_set (&chaos.stop, 1);
    gst_element_set_state (GST_ELEMENT (h->translator), GST_STATE_NULL);
    g_thread_join (pusher);
    g_ptr_array_set_size (h->log, 0);
    g_mutex_clear (&chaos.stream);
  }
}

static void
leak_cycle (gpointer data)
{
  g_autoptr (TextHarness) h = text_harness_new (HABLA_TEXT_CAPS, 2);

  text_harness_push (h, "one");
  text_harness_push_partial (h, 2, "tw");
  text_harness_push (h, "fail two");
  gst_harness_push_event (h->harness, gst_event_new_gap (0, GST_SECOND));
  while (text_harness_get_stat (h, "failed") == 0)
    g_usleep (100);

  /* All kinds of items are inside when it stops. */
  test_translator_hold (h->translator, "three");
  text_harness_push (h, "three");
  text_harness_push_partial (h, 4, "fo");
  text_harness_push (h, "four");
  text_harness_push_partial (h, 5, "fi");
  gst_harness_push_event (h->harness, gst_event_new_eos ());
  gst_element_set_state (GST_ELEMENT (h->translator), GST_STATE_NULL);
  g_ptr_array_set_size (h->log, 0);
}

static void
test_leaks (void)
{
  habla_test_leak_gate (leak_cycle, NULL, 100);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_data_func ("/translator/stress/order/1", GUINT_TO_POINTER (1), test_order);
  g_test_add_data_func ("/translator/stress/order/2", GUINT_TO_POINTER (2), test_order);
  g_test_add_data_func ("/translator/stress/order/8", GUINT_TO_POINTER (8), test_order);
  g_test_add_func ("/translator/stress/chaos", test_chaos);
  g_test_add_func ("/translator/stress/flush-and-stop", test_flush_and_stop);
  g_test_add_func ("/translator/stress/leaks", test_leaks);
  return habla_test_run ();
}
