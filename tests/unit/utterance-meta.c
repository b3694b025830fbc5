/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/utterance-meta.h>

static HablaUtterance *
make (guint64 id, const char *text)
{
  HablaUtterance *self = habla_utterance_new (id, text, "en");

  self->begin = 2 * GST_SECOND;
  self->end = 3 * GST_SECOND;
  self->confidence = 0.25;
  return self;
}

static void
test_round_trip (void)
{
  g_autoptr (HablaUtterance) utterance = make (5, "good morning");
  g_autoptr (HablaUtterance) back = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (GstBuffer) copy = NULL;
  GstSegment segment;
  guint64 last_id = 0;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 10 * GST_SECOND;
  buffer = habla_utterance_to_buffer (utterance, &segment);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, 12 * GST_SECOND);
  g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND);
  g_assert_cmpint (gst_buffer_memcmp (buffer, 0, "good morning", 12), ==, 0);
  g_assert_cmpuint (gst_buffer_get_size (buffer), ==, 12);

  copy = gst_buffer_copy (buffer);
  back = habla_utterance_from_buffer (copy, &segment, &last_id);
  g_assert_cmpuint (last_id, ==, 5);
  g_assert_cmpuint (back->id, ==, 5);
  g_assert_cmpuint (back->begin, ==, 2 * GST_SECOND);
  g_assert_cmpuint (back->end, ==, 3 * GST_SECOND);
  g_assert_cmpstr (back->text, ==, "good morning");
  g_assert_cmpstr (back->language, ==, "en");
  g_assert_cmpfloat (back->confidence, ==, 0.25);
}

static void
test_foreign_buffers (void)
{
  static const struct {
    const char *data;
    gsize size;
    const char *text;
  } cases[] = {
    { "one", 3, "one" },
    { "two\0\0", 5, "two" },
    { "", 0, "" },
    { "\0", 1, "" },
    { "a\0b", 3,
        "a\xef\xbf\xbd"
        "b" },
    { "\xff", 1, "\xef\xbf\xbd" },
  };
  GstSegment segment;
  guint64 last_id = 0;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, cases[i].size, NULL);
    g_autoptr (HablaUtterance) utterance = NULL;

    gst_buffer_fill (buffer, 0, cases[i].data, cases[i].size);
    GST_BUFFER_PTS (buffer) = i * GST_SECOND;
    utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
    g_assert_cmpuint (utterance->id, ==, i + 1);
    g_assert_cmpstr (utterance->text, ==, cases[i].text);
    g_assert_cmpuint (utterance->begin, ==, i * GST_SECOND);
    g_assert_cmpuint (utterance->end, ==, i * GST_SECOND);
    g_assert_true (utterance->is_final);
  }
}

static void
test_event (void)
{
  g_autoptr (HablaUtterance) utterance = make (9, "good mor");
  g_autoptr (HablaUtterance) back = NULL;
  g_autoptr (GstEvent) event = NULL;
  g_autoptr (GstEvent) other = gst_event_new_eos ();

  utterance->is_final = FALSE;
  event = habla_utterance_to_event (utterance);
  g_assert_true (habla_utterance_is_event (event));
  g_assert_false (habla_utterance_is_event (other));
  g_assert_true (GST_EVENT_IS_SERIALIZED (event));
  back = habla_utterance_from_event (event);
  g_assert_cmpuint (back->id, ==, 9);
  g_assert_cmpstr (back->text, ==, "good mor");
  g_assert_false (back->is_final);
}

/* A signal with an utterance and the meta work in one process, although their types share a
 * namespace. */
static void
test_types (void)
{
  habla_utterance_meta_register ();
  g_assert_cmpuint (HABLA_TYPE_UTTERANCE, !=, G_TYPE_INVALID);
  g_assert_nonnull (gst_meta_get_info (HABLA_UTTERANCE_META));
}

static void
leak_cycle (gpointer data)
{
  test_round_trip ();
  test_event ();
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
  g_test_add_func ("/utterance-meta/round-trip", test_round_trip);
  g_test_add_func ("/utterance-meta/foreign-buffers", test_foreign_buffers);
  g_test_add_func ("/utterance-meta/event", test_event);
  g_test_add_func ("/utterance-meta/types", test_types);
  g_test_add_func ("/utterance-meta/leaks", test_leaks);
  return habla_test_run ();
}
