/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/utterance-meta.h>

static void
assert_equal (const HablaUtterance *a, const HablaUtterance *b)
{
  g_assert_cmpuint (a->id, ==, b->id);
  g_assert_cmpuint (a->begin, ==, b->begin);
  g_assert_cmpuint (a->end, ==, b->end);
  g_assert_cmpstr (a->text, ==, b->text);
  g_assert_cmpstr (a->language, ==, b->language);
  g_assert_cmpstr (a->source_text, ==, b->source_text);
  g_assert_cmpstr (a->source_language, ==, b->source_language);
  g_assert_cmpstr (a->speaker, ==, b->speaker);
  g_assert_cmpfloat (a->confidence, ==, b->confidence);
  g_assert_cmpint (a->is_final, ==, b->is_final);
  g_assert_cmpint (a->untranslated, ==, b->untranslated);
  g_assert_cmpint (a->words != NULL, ==, b->words != NULL);
  for (guint i = 0; a->words != NULL && i < MAX (a->words->len, b->words->len); i++) {
    const HablaWord *first = a->words->pdata[i], *second = b->words->pdata[i];

    g_assert_cmpstr (first->text, ==, second->text);
    g_assert_cmpuint (first->begin, ==, second->begin);
    g_assert_cmpuint (first->end, ==, second->end);
  }
}

static HablaUtterance *
make_full (void)
{
  HablaUtterance *self = habla_utterance_new (7, "hola «mundo» 🌍\n", "es-MX");

  self->begin = 1 * GST_SECOND;
  self->end = 3 * GST_SECOND;
  self->source_text = g_strdup ("hello \"world\"; $^[]{}\\");
  self->source_language = g_strdup ("en");
  self->speaker = g_strdup ("teacher");
  self->confidence = 0.5;
  self->is_final = FALSE;
  self->untranslated = TRUE;
  self->words = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_word_free);
  g_ptr_array_add (self->words, habla_word_new ("hola", GST_SECOND, 2 * GST_SECOND));
  g_ptr_array_add (self->words, habla_word_new ("«mun\"do», <x> 🌍", 2 * GST_SECOND, GST_SECOND));
  g_assert_cmpuint (((HablaWord *) self->words->pdata[1])->end, ==, 2 * GST_SECOND);
  return self;
}

static void
test_round_trip (void)
{
  g_autoptr (HablaUtterance) full = make_full ();
  g_autoptr (HablaUtterance) bare = habla_utterance_new (0, "", NULL);
  const HablaUtterance *all[] = { full, bare };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    g_autoptr (HablaUtterance) copy = habla_utterance_copy (all[i]);
    g_autoptr (GstStructure) structure = habla_utterance_to_structure (all[i], "habla/caption");
    g_autofree char *text = gst_structure_to_string (structure);
    g_autoptr (GstStructure) parsed = gst_structure_from_string (text, NULL);
    g_autoptr (HablaUtterance) back = habla_utterance_from_structure (parsed);

    assert_equal (all[i], copy);
    assert_equal (all[i], back);
  }
}

static void
test_invalid_utf8 (void)
{
  g_autoptr (HablaUtterance) self = habla_utterance_new (1,
      "a\xff"
      "b",
      NULL);

  g_assert_cmpstr (self->text, ==,
      "a\xef\xbf\xbd"
      "b");
}

static void
test_foreign_structure (void)
{
  g_autoptr (GstStructure) structure =
      gst_structure_new ("x", "id", G_TYPE_STRING, "seven", "text", G_TYPE_INT, 3, NULL);
  g_autoptr (HablaUtterance) self = habla_utterance_from_structure (structure);

  g_assert_cmpuint (self->id, ==, 0);
  g_assert_cmpstr (self->text, ==, "");
  g_assert_true (self->is_final);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/utterance/round-trip", test_round_trip);
  g_test_add_func ("/utterance/invalid-utf8", test_invalid_utf8);
  g_test_add_func ("/utterance/foreign-structure", test_foreign_structure);
  return habla_test_run ();
}
