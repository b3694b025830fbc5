/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/utterance-meta.h>

static const HablaNote *
get_note (const HablaAnnotations *annotations, guint i)
{
  g_assert_cmpuint (annotations->notes->len, >, i);
  return g_ptr_array_index (annotations->notes, i);
}

static HablaAnnotations *
make (const char *phrase, const char *wrong)
{
  HablaAnnotations *self = habla_annotations_new ();

  habla_annotations_add_note (
      self, &(HablaNote){ .phrase = (char *) phrase, .begin = 3, .end = 9 });
  if (wrong != NULL) {
    habla_annotations_set_corrected (self, "right");
    habla_annotations_add_correction (
        self, &(HablaCorrection){ (char *) wrong, (char *) "right", NULL });
  }
  return self;
}

/* Through a buffer, an event and a copy, as in a pipeline. */
static void
test_round_trip (void)
{
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (1, "soy caliente", "es");
  g_autoptr (HablaUtterance) copy = NULL;
  g_autoptr (HablaUtterance) back = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  const HablaCorrection *correction;
  GstSegment segment;
  guint64 last_id = 0;

  utterance->annotations = make ("tomar el pelo", "soy caliente");
  copy = habla_utterance_copy (utterance);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  buffer = habla_utterance_to_buffer (copy, &segment);
  back = habla_utterance_from_buffer (buffer, &segment, &last_id);
  g_assert_cmpstr (back->annotations->corrected, ==, "right");
  correction = g_ptr_array_index (back->annotations->corrections, 0);
  g_assert_cmpstr (correction->wrong, ==, "soy caliente");
  g_assert_cmpstr (correction->explanation, ==, "");
  g_assert_cmpstr (get_note (back->annotations, 0)->phrase, ==, "tomar el pelo");
  g_assert_cmpint (get_note (back->annotations, 0)->end, ==, 9);
}

static void
test_merge (void)
{
  g_autoptr (HablaAnnotations) rules = make ("Tomar el pelo", "a");
  g_autoptr (HablaAnnotations) model = make ("tomar el PELO", "b");
  g_autoptr (HablaAnnotations) merged = NULL;
  g_autoptr (HablaAnnotations) notes = make ("meter la pata", NULL);
  g_autoptr (HablaAnnotations) more = NULL;
  g_autoptr (HablaAnnotations) same = habla_annotations_merge (NULL, rules);

  g_assert_true (same == rules);
  g_assert_null (habla_annotations_merge (NULL, NULL));
  merged = habla_annotations_merge (rules, model);
  g_assert_cmpuint (merged->notes->len, ==, 1);
  g_assert_cmpstr (get_note (merged, 0)->phrase, ==, "Tomar el pelo");
  g_assert_cmpuint (merged->corrections->len, ==, 1);
  g_assert_cmpstr (((HablaCorrection *) merged->corrections->pdata[0])->wrong, ==, "b");
  more = habla_annotations_merge (merged, notes);
  g_assert_cmpuint (more->notes->len, ==, 2);
  g_assert_cmpstr (((HablaCorrection *) more->corrections->pdata[0])->wrong, ==, "b");
  g_assert_cmpstr (more->corrected, ==, "right");
}

static void
test_bounds (void)
{
  g_autoptr (HablaAnnotations) self = habla_annotations_new ();
  g_autofree char *long_text = g_strnfill (2 * HABLA_MAX_NOTE_TEXT, 'x');

  g_assert_true (habla_annotations_is_empty (self));
  for (guint i = 0; i < 2 * HABLA_MAX_NOTES; i++) {
    g_autofree char *phrase = g_strdup_printf ("phrase %u", i);

    habla_annotations_add_note (self, &(HablaNote){ .phrase = phrase, .meaning = long_text });
    habla_annotations_add_correction (
        self, &(HablaCorrection){ (char *) "\xff", long_text, long_text });
  }
  g_assert_cmpuint (self->notes->len, ==, HABLA_MAX_NOTES);
  g_assert_cmpuint (self->corrections->len, ==, HABLA_MAX_CORRECTIONS);
  g_assert_cmpuint (strlen (get_note (self, 1)->meaning), ==, HABLA_MAX_NOTE_TEXT);
  g_assert_cmpstr (((HablaCorrection *) self->corrections->pdata[0])->wrong, ==, "\xef\xbf\xbd");
  g_assert_false (habla_annotations_is_empty (self));
}

static void
leak_cycle (gpointer data)
{
  test_round_trip ();
  test_merge ();
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
  g_test_add_func ("/annotations/round-trip", test_round_trip);
  g_test_add_func ("/annotations/merge", test_merge);
  g_test_add_func ("/annotations/bounds", test_bounds);
  g_test_add_func ("/annotations/leaks", test_leaks);
  return habla_test_run ();
}
