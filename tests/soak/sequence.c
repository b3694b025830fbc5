/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <sequence.h>

/* @messages: "t7" is a transcript with the text "text 7", "a7" is its translation.
 * Returns: (transfer full) (nullable): the first problem */
static char *
add_messages (SoakSequence *sequence, const char *messages)
{
  g_auto (GStrv) names = g_strsplit (messages, " ", -1);

  for (guint i = 0; names[i] != NULL; i++) {
    gboolean is_transcript = names[i][0] == 't';
    g_autofree char *json =
        g_strdup_printf ("{ \"type\": \"%s\", \"exchange_id\": %s, \"%s\": \"text %s\" }",
            is_transcript ? "transcript_final" : "translation", names[i] + 1,
            is_transcript ? "text" : "source", names[i] + 1);
    g_autoptr (JsonNode) node = json_from_string (json, NULL);
    char *problem = soak_sequence_add (sequence, json_node_get_object (node));

    if (problem != NULL)
      return problem;
  }
  return NULL;
}

static void
test_add (gconstpointer data)
{
  const char *const *row = data;
  SoakSequence *sequence = soak_sequence_new ();
  g_autofree char *problem = add_messages (sequence, row[1]);

  if (row[2] == NULL)
    g_assert_cmpstr (problem, ==, NULL);
  else if (problem == NULL || !g_str_has_prefix (problem, row[2]))
    g_error ("%s: %s", row[1], problem);
  soak_sequence_free (sequence);
}

static const char *const rows[][3] = {
  { "good", "t1 a1 t2 t3 a2 a3", NULL },
  { "late", "t5 a5 t6 a6", NULL },
  { "gaps-of-ids", "t1 a1 t3 a3", NULL },
  { "lost-translation", "t1 t2 a2", "lost" },
  { "duplicate-transcript", "t1 t1", "duplicate" },
  { "duplicate-translation", "t1 a1 a1", "duplicate" },
  { "transcripts-out-of-order", "t2 t1", "out of order" },
  { "translations-out-of-order", "t1 t2 t3 a1 a3 a2", "lost" },
  { "translation-before-transcript", "t1 a1 a2", "out of order" },
};

static void
test_mixed_up (void)
{
  SoakSequence *sequence = soak_sequence_new ();
  g_autoptr (JsonNode) node = json_from_string (
      "{ \"type\": \"translation\", \"exchange_id\": 1, \"source\": \"another\" }", NULL);
  g_autofree char *problem = NULL;

  g_assert_null (add_messages (sequence, "t1"));
  problem = soak_sequence_add (sequence, json_node_get_object (node));
  g_assert_true (g_str_has_prefix (problem, "mixed up"));
  soak_sequence_free (sequence);
}

/* Exchanges without a translation are sent again after a reconnect; they are no duplicates. */
static void
test_resume (void)
{
  SoakSequence *sequence = soak_sequence_new ();

  g_assert_null (add_messages (sequence, "t1 a1 t2 t3"));
  g_assert_cmpuint (soak_sequence_count_open (sequence), ==, 2);
  g_assert_cmpuint (soak_sequence_resume (sequence), ==, 1);
  g_assert_null (add_messages (sequence, "t2 a2 t3 a3"));
  g_assert_cmpuint (soak_sequence_get_texts (sequence)->len, ==, 3);
  g_assert_cmpuint (soak_sequence_count_open (sequence), ==, 0);
  g_assert_cmpuint (soak_sequence_count_missing (sequence), ==, 0);
  g_assert_null (add_messages (sequence, "t4 a4 t7 a7 t9"));
  g_assert_cmpuint (soak_sequence_count_missing (sequence), ==, 3);
  soak_sequence_free (sequence);
}

static GPtrArray *
list (const char *lines)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) parts = g_strsplit (lines, "|", -1);

  for (guint i = 0; parts[i] != NULL && lines[0] != '\0'; i++)
    g_ptr_array_add (texts, g_strdup (parts[i]));
  return texts;
}

static void
test_compare (gconstpointer data)
{
  const char *const *row = data;
  g_autoptr (GPtrArray) texts = list (row[1]);
  g_autoptr (GPtrArray) said = list ("the house is red|a book lies there|who comes tomorrow");
  g_autofree char *problem = soak_sequence_compare_speech (texts, said);

  if (row[2] == NULL)
    g_assert_cmpstr (problem, ==, NULL);
  else if (problem == NULL || !g_str_has_prefix (problem, row[2]))
    g_error ("%s: %s", row[1], problem);
}

static const char *const speech[][3] = {
  { "good", "the house is read|a book lies here|who comes to morrow", NULL },
  { "in-parts", "the house|is red|a book lies there|who comes|tomorrow", NULL },
  { "nonsense-between", "the house is red|uh|a book lies there|who comes tomorrow", NULL },
  { "lost", "the house is red|who comes tomorrow", "lost" },
  { "lost-at-the-end", "the house is red|a book lies there", "lost" },
  { "out-of-order", "a book lies there|the house is red|who comes tomorrow", "lost or out" },
  { "too-much", "the house is red|a book lies there|who comes tomorrow|a book lies there",
      "unexpected" },
  { "nothing", "", "lost" },
};

static void
test_typed (void)
{
  g_autoptr (GPtrArray) said = list ("one|two|three");
  g_autoptr (GPtrArray) same = list ("one|two|three");
  g_autoptr (GPtrArray) less = list ("one|two");
  g_autoptr (GPtrArray) more = list ("one|two|three|three");
  g_autoptr (GPtrArray) other = list ("two|one|three");
  g_autofree char *lost = soak_sequence_compare_typed (less, said);
  g_autofree char *too_much = soak_sequence_compare_typed (more, said);
  g_autofree char *out_of_order = soak_sequence_compare_typed (other, said);

  g_assert_null (soak_sequence_compare_typed (same, said));
  g_assert_cmpstr (lost, ==, "lost: “three”");
  g_assert_cmpstr (too_much, ==, "unexpected: “three”");
  g_assert_true (g_str_has_prefix (out_of_order, "lost or out of order: “two”"));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strdup_printf ("/sequence/add/%s", rows[i][0]);

    g_test_add_data_func (path, rows[i], test_add);
  }
  for (guint i = 0; i < G_N_ELEMENTS (speech); i++) {
    g_autofree char *path = g_strdup_printf ("/sequence/speech/%s", speech[i][0]);

    g_test_add_data_func (path, speech[i], test_compare);
  }
  g_test_add_func ("/sequence/mixed-up", test_mixed_up);
  g_test_add_func ("/sequence/resume", test_resume);
  g_test_add_func ("/sequence/typed", test_typed);
  return habla_test_run ();
}
