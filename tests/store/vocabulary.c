/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vocabulary items: when to review them, their table, their search, and their file for Anki. */
#include "store-test.h"

#include "habla-test.h"

#include <math.h>
#include <store/vocabulary/anki-row.h>
#include <store/vocabulary/vocabulary-rows.h>
#include <store/vocabulary/vocabulary-search.h>
#include <string.h>

static const HablaReviewState fresh = { .ease = 2.5, .interval = 1 };

/* Reviews with these grades have these results. */
static void
test_schedule (void)
{
  static const struct {
    guint quality;
    guint interval;
    double ease;
    guint lapses;
  } rows[] = { { 4, 1, 2.5, 0 }, { 4, 6, 2.5, 0 }, { 4, 15, 2.5, 0 }, { 5, 37, 2.6, 0 },
    { 3, 96, 2.46, 0 }, { 2, 1, 2.14, 1 }, { 5, 1, 2.24, 1 }, { 0, 1, 1.44, 2 }, { 0, 1, 1.3, 2 } };
  HablaReviewState state = fresh;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    habla_review_state_grade (&state, rows[i].quality, STORE_TEST_TIME);
    g_assert_cmpuint (state.interval, ==, rows[i].interval);
    g_assert_cmpfloat (state.ease, ==, rows[i].ease);
    g_assert_cmpuint (state.lapse_count, ==, rows[i].lapses);
    g_assert_cmpint (state.next_review, ==, STORE_TEST_TIME + rows[i].interval * G_TIME_SPAN_DAY);
  }
}

/* What holds after any grade, in any state. */
static void
assert_graded (const HablaReviewState *before, const HablaReviewState *after, guint quality)
{
  double change = 0.1 - (5 - quality) * (0.08 + (5 - quality) * 0.02);

  g_assert_cmpfloat (after->ease, >=, 1.3);
  g_assert_cmpfloat (after->ease, <=, 5.0);
  g_assert_cmpfloat_with_epsilon (after->ease, CLAMP (before->ease + change, 1.3, 5.0), 1e-9);
  g_assert_cmpuint (after->interval, >=, 1);
  g_assert_cmpuint (after->interval, <=, 36500);
  if (quality < 3) {
    g_assert_cmpuint (after->interval, ==, 1);
    g_assert_cmpuint (after->repetitions, ==, 0);
    g_assert_cmpuint (after->lapse_count, ==, before->lapse_count + (before->repetitions > 0));
    return;
  }
  g_assert_cmpuint (after->repetitions, ==, before->repetitions + 1);
  g_assert_cmpuint (after->lapse_count, ==, before->lapse_count);
  if (before->repetitions < 2)
    g_assert_cmpuint (after->interval, ==, before->repetitions == 0 ? 1 : 6);
  else
    g_assert_cmpuint (after->interval, ==, MIN (trunc (before->interval * before->ease), 36500));
}

static void
test_schedule_properties (void)
{
  for (guint run = 0; run < 2000; run++) {
    HablaReviewState state = fresh;

    for (guint i = 0; i < 60; i++) {
      /* Some runs remember everything, so that intervals become as long as they can. */
      guint quality = run % 10 == 0 ? 5 : g_test_rand_int_range (0, 6);
      HablaReviewState before = state;

      habla_review_state_grade (&state, quality, STORE_TEST_TIME);
      assert_graded (&before, &state, quality);
    }
  }
}

static HablaDatabase *
open_database (const char *path)
{
  g_autoptr (GError) error = NULL;
  HablaDatabase *database = habla_database_open (path, &error);

  g_assert_no_error (error);
  return database;
}

static HablaVocabularyItem *
new_item (const char *term)
{
  HablaVocabularyItem *item = habla_vocabulary_item_new ();

  item->term = g_strdup (term);
  item->literal = g_strdup ("");
  item->meaning = g_strdup ("");
  item->category = g_strdup ("phrase");
  item->region = g_strdup ("universal");
  item->save_worthy = 1;
  return item;
}

/* @item: (transfer full). Returns: (transfer full): the item of the table */
static HablaVocabularyItem *
add_item (HablaDatabase *database, HablaVocabularyItem *item, gint64 now)
{
  g_autoptr (HablaVocabularyItem) owned = item;
  g_autoptr (GError) error = NULL;
  HablaVocabularyItem *added = habla_vocabulary_rows_add (database, owned, now, &error);

  g_assert_no_error (error);
  return added;
}

static guint64
add (HablaDatabase *database, const char *term)
{
  g_autoptr (HablaVocabularyItem) item = add_item (database, new_item (term), STORE_TEST_TIME);

  return item->id;
}

static HablaVocabularyItem *
get (HablaDatabase *database, guint64 id)
{
  g_autoptr (GError) error = NULL;
  HablaVocabularyItem *item = habla_vocabulary_rows_get (database, id, &error);

  g_assert_no_error (error);
  return item;
}

/* @expected: terms, separated by spaces */
static void
assert_items (GPtrArray *items, const char *expected)
{
  g_autoptr (GString) actual = g_string_new (NULL);

  g_assert_nonnull (items);
  for (guint i = 0; i < items->len; i++)
    g_string_append_printf (actual, "%s%s", i > 0 ? " " : "",
        ((HablaVocabularyItem *) g_ptr_array_index (items, i))->term);
  g_assert_cmpstr (actual->str, ==, expected);
}

static void
assert_list (HablaDatabase *database, HablaVocabularyQuery query, gint64 now, const char *expected)
{
  g_autoptr (GPtrArray) items = habla_vocabulary_rows_list (database, &query, now, NULL);

  assert_items (items, expected);
}

static void
test_add (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = open_database (path);
  g_autoptr (HablaVocabularyItem) item = new_item ("Straße");
  g_autoptr (HablaVocabularyItem) added = NULL;
  g_autoptr (HablaVocabularyItem) again = NULL;

  g_free (item->meaning);
  item->meaning = g_strdup ("street");
  item->source_sentence = g_strdup ("Die Straße.");
  item->exchange_id = 12; /* there is none */
  added = add_item (database, g_steal_pointer (&item), STORE_TEST_TIME);
  g_assert_cmpuint (added->id, ==, 1);
  g_assert_cmpuint (added->exchange_id, ==, 0);
  g_assert_cmpstr (added->term, ==, "Straße");
  g_assert_cmpstr (added->meaning, ==, "street");
  g_assert_cmpstr (added->source_sentence, ==, "Die Straße.");
  g_assert_null (added->language);
  g_assert_cmpint (added->save_worthy, ==, 1);
  g_assert_cmpuint (added->times_encountered, ==, 1);
  g_assert_cmpfloat (added->review.ease, ==, 2.5);
  g_assert_cmpuint (added->review.interval, ==, 1);
  g_assert_cmpint (added->review.next_review, ==, STORE_TEST_TIME);
  g_assert_cmpint (added->created_at, ==, STORE_TEST_TIME);
  /* Only counted. */
  item = new_item ("STRASSE");
  g_free (item->meaning);
  item->meaning = g_strdup ("other");
  again = add_item (database, g_steal_pointer (&item), STORE_TEST_TIME + 1);
  g_assert_cmpuint (again->id, ==, 1);
  g_assert_cmpuint (again->times_encountered, ==, 2);
  g_assert_cmpstr (again->meaning, ==, "street");
  g_assert_cmpint (again->created_at, ==, STORE_TEST_TIME);
}

/* Case does not distinguish terms, in any script; accents do. */
static void
test_duplicates (void)
{
  static const struct {
    const char *first;
    const char *second;
    gboolean is_same;
  } rows[] = { { "año", "AÑO", TRUE }, { "ano", "año", FALSE }, { "año", "an\u0303o", TRUE },
    { "привет", "ПРИВЕТ", TRUE }, { "Σίσυφος", "ΣΊΣΥΦΟΣ", TRUE }, { "ﬁn", "FIN", TRUE },
    { "東京", "東京", TRUE }, { "🦜", "🦜🦜", FALSE }, { "كتاب", "كتب", FALSE },
    { "'; DROP TABLE vocabulary; --", "'; drop table VOCABULARY; --", TRUE }, { "%", "_", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = store_test_make_path ();
    g_autoptr (HablaDatabase) database = open_database (path);
    guint64 id = add (database, rows[i].first);

    g_test_message ("%s, %s", rows[i].first, rows[i].second);
    if (rows[i].is_same)
      g_assert_cmpuint (add (database, rows[i].second), ==, id);
    else
      g_assert_cmpuint (add (database, rows[i].second), !=, id);
  }
}

/* A full table still counts the terms that it has. */
static void
test_limit (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = open_database (path);
  g_autoptr (HablaVocabularyItem) item = new_item ("one more");
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = g_strdup_printf (
      "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
      " INSERT INTO vocabulary (term, term_key, due_at, created_at)"
      " SELECT 'w' || i, 'w' || i, 1, 1 FROM n",
      HABLA_VOCABULARY_MAX_ITEMS);
  guint64 id = add (database, "first");

  g_free (store_test_query (path, sql));
  g_assert_null (habla_vocabulary_rows_add (database, item, 1, &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_CONFLICT);
  g_assert_cmpuint (add (database, "FIRST"), ==, id);
  g_assert_true (habla_vocabulary_rows_delete (database, 77, NULL));
  g_assert_cmpuint (add (database, "one more"), >, HABLA_VOCABULARY_MAX_ITEMS);
}

static void
assert_not_found (GError **error)
{
  g_assert_error (*error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);
  g_clear_error (error);
}

static void
test_change (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = open_database (path);
  g_autoptr (HablaVocabularyItem) change = habla_vocabulary_item_new ();
  g_autoptr (HablaVocabularyItem) item = NULL;
  g_autoptr (GError) error = NULL;
  guint64 casa = add (database, "casa"), perro = add (database, "perro");

  change->id = casa;
  change->save_worthy = -1;
  item = habla_vocabulary_rows_change (database, change, NULL);
  g_assert_cmpstr (item->term, ==, "casa");
  g_assert_cmpint (item->save_worthy, ==, 1);
  g_clear_pointer (&item, habla_vocabulary_item_free);

  /* The same term in another case is no conflict with itself. */
  change->term = g_strdup ("Casa");
  change->meaning = g_strdup ("house");
  change->language = g_strdup ("es");
  change->save_worthy = 0;
  item = habla_vocabulary_rows_change (database, change, NULL);
  g_assert_cmpstr (item->term, ==, "Casa");
  g_assert_cmpstr (item->meaning, ==, "house");
  g_assert_cmpstr (item->language, ==, "es");
  g_assert_cmpint (item->save_worthy, ==, 0);
  g_assert_cmpstr (item->category, ==, "phrase");

  g_free (change->term);
  change->term = g_strdup ("PERRO");
  g_assert_null (habla_vocabulary_rows_change (database, change, &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (habla_vocabulary_rows_delete (database, perro, NULL));
  g_clear_pointer (&item, habla_vocabulary_item_free);
  item = habla_vocabulary_rows_change (database, change, NULL);
  g_assert_cmpstr (item->term, ==, "PERRO");
  g_assert_cmpuint (add (database, "perro"), ==, casa);

  change->id = 99;
  g_clear_pointer (&change->term, g_free);
  g_assert_null (habla_vocabulary_rows_change (database, change, &error));
  assert_not_found (&error);
  g_assert_null (habla_vocabulary_rows_get (database, G_MAXUINT64, &error));
  assert_not_found (&error);
  g_assert_null (habla_vocabulary_rows_review (database, perro, 5, 1, &error));
  assert_not_found (&error);
  g_assert_false (habla_vocabulary_rows_delete (database, perro, &error));
  assert_not_found (&error);
}

/* The id of a deleted item is not used again: a page that still shows it must not change another.
 */
static void
test_ids (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = open_database (path);

  for (guint64 id = 1; id <= 3; id++) {
    g_assert_cmpuint (add (database, "casa"), ==, id);
    g_assert_true (habla_vocabulary_rows_delete (database, id, NULL));
  }
}

static guint64
add_due (HablaDatabase *database, const char *term, const char *category, gint64 due)
{
  HablaVocabularyItem *item = new_item (term);
  g_autoptr (HablaVocabularyItem) added = NULL;

  g_free (item->category);
  item->category = g_strdup (category);
  added = add_item (database, item, due);
  return added->id;
}

static void
test_lists (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = open_database (path);
  g_autoptr (HablaVocabularyStats) stats = NULL;

  add_due (database, "a", "idiom", 30);
  add_due (database, "b", "slang", 10);
  add_due (database, "c", "idiom", 20);
  add_due (database, "d", "idiom", 40);
  assert_list (database, (HablaVocabularyQuery){ .limit = 9 }, 0, "d c b a");
  assert_list (database, (HablaVocabularyQuery){ .limit = 2, .offset = 1 }, 0, "c b");
  assert_list (database, (HablaVocabularyQuery){ .limit = 2, .after = 3 }, 0, "b a");
  assert_list (database, (HablaVocabularyQuery){ .limit = 9, .offset = G_MAXUINT64 }, 0, "");
  assert_list (database, (HablaVocabularyQuery){ .limit = 9, .category = "idiom" }, 0, "d c a");
  assert_list (database, (HablaVocabularyQuery){ .limit = 9, .category = "x" }, 0, "");
  assert_list (database, (HablaVocabularyQuery){ .order = HABLA_VOCABULARY_OLDEST, .limit = 9 }, 0,
      "a b c d");
  assert_list (database,
      (HablaVocabularyQuery){ .order = HABLA_VOCABULARY_OLDEST, .limit = 1, .after = 2 }, 0, "c");
  assert_list (
      database, (HablaVocabularyQuery){ .order = HABLA_VOCABULARY_DUE, .limit = 9 }, 30, "b c a");
  assert_list (
      database, (HablaVocabularyQuery){ .order = HABLA_VOCABULARY_DUE, .limit = 1 }, 30, "b");
  stats = habla_vocabulary_rows_get_stats (database, 30, NULL);
  g_assert_cmpuint (stats->total, ==, 4);
  g_assert_cmpuint (stats->due, ==, 3);
  g_assert_cmpuint (stats->categories->len, ==, 2);
  g_assert_cmpstr (((HablaVocabularyCount *) stats->categories->pdata[0])->category, ==, "idiom");
  g_assert_cmpuint (((HablaVocabularyCount *) stats->categories->pdata[0])->n, ==, 3);
}

/* @expected: terms; NULL = the search is malformed */
static void
assert_found (HablaDatabase *database, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = habla_vocabulary_parse_search (text, &error);
  g_autofree char *escaped = g_strescape (text, NULL);

  g_test_message ("search %s: %s", escaped, error != NULL ? error->message : "");
  if (expected == NULL) {
    g_assert_null (words);
    g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_REFUSED);
    return;
  }
  g_assert_no_error (error);
  assert_list (
      database, (HablaVocabularyQuery){ .words = (gpointer) words, .limit = 9 }, 0, expected);
}

static void
test_search (void)
{
  static const char *const malformed[] = { "", " ", "\t\n", "\"", "\"casa", "casa\"", "(", "*", "?",
    "AND", "casa AND", "AND casa", "casa AND AND perro", "OR", "casa OR perro", "NOT casa",
    "\u0301", "\xff", "a\xc3" };
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = open_database (path);
  HablaVocabularyItem *item = new_item ("Canción");
  g_autoptr (GString) words = g_string_new (NULL);

  g_free (item->meaning);
  item->meaning = g_strdup ("song; don't AND c++");
  g_free (item->literal);
  item->literal = g_strdup ("🦜 سلام");
  item->source_sentence = g_strdup ("hidden");
  habla_vocabulary_item_free (add_item (database, item, 1));
  add_due (database, "pan", "false_friend", 1);
  assert_found (database, "cancion", "Canción");
  assert_found (database, "CANCIÓN", "Canción");
  assert_found (database, "song cion", "Canción");
  assert_found (database, "song AND cion", "Canción");
  assert_found (database, "song pan", "");
  assert_found (database, "can*", "Canción");
  assert_found (database, "\"song; don't\"", "Canción");
  assert_found (database, "\"don't\"song", "Canción");
  assert_found (database, "c++", "Canción");
  assert_found (database, "\"AND\"", "Canción");
  assert_found (database, "FALSE_friend", "pan");
  assert_found (database, "an", "pan Canción");
  assert_found (database, "🦜", "Canción");
  assert_found (database, "سلام", "Canción");
  assert_found (database, "hidden", "");
  assert_found (database, "%", NULL);
  assert_found (database, "x%", "");
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    assert_found (database, malformed[i], NULL);
  for (guint i = 0; i < 33; i++)
    g_string_append (words, "a ");
  assert_found (database, words->str, NULL);
}

/* Any bytes are parsed or refused. */
static void
test_search_noise (void)
{
  static const char *const pieces[] = { "\"", " ", "AND", "OR", "NOT", "casa", "(", "*", "\u0301",
    "\xff", "🦜", "\xe2\x80", "\n", "é" };

  for (guint run = 0; run < 5000; run++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) words = NULL;

    for (guint i = g_test_rand_int_range (0, 8); i > 0; i--)
      g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    words = habla_vocabulary_parse_search (text->str, &error);
    g_assert_true ((words == NULL) == (error != NULL));
    for (guint i = 0; words != NULL && words[i] != NULL; i++)
      g_assert_true (*words[i] != '\0' && g_utf8_validate (words[i], -1, NULL));
  }
}

static void
review (HablaDatabase *database, guint64 id, const char *qualities)
{
  for (const char *c = qualities; *c != '\0'; c++) {
    g_autoptr (HablaVocabularyItem) item =
        habla_vocabulary_rows_review (database, id, *c - '0', 100, NULL);
    g_autoptr (HablaVocabularyItem) stored = get (database, id);

    g_assert_true (memcmp (&item->review, &stored->review, sizeof item->review) == 0);
  }
}

static void
assert_session (HablaDatabase *database, guint size, const char *due, const char *new_items,
    const char *struggling)
{
  g_autoptr (HablaReviewSession) session =
      habla_vocabulary_rows_get_session (database, size, 100 + G_TIME_SPAN_DAY, NULL);

  assert_items (session->groups[HABLA_REVIEW_DUE], due);
  assert_items (session->groups[HABLA_REVIEW_NEW], new_items);
  assert_items (session->groups[HABLA_REVIEW_STRUGGLING], struggling);
}

/* Each group has its part; gaps are filled from the others. */
static void
test_review_session (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = open_database (path);

  assert_session (database, 10, "", "", "");
  for (guint i = 0; i < 4; i++) {
    g_autofree char *term = g_strdup_printf ("n%u", i);

    add_due (database, term, "phrase", 10 + i);
  }
  assert_session (database, 10, "", "n0 n1 n2 n3", "");
  assert_session (database, 1, "", "n0", "");
  for (guint i = 0; i < 8; i++) {
    g_autofree char *term = g_strdup_printf ("d%u", i);

    review (database, add_due (database, term, "phrase", 10), "5");
  }
  for (guint i = 0; i < 2; i++) {
    g_autofree char *term = g_strdup_printf ("s%u", i);

    review (database, add_due (database, term, "phrase", 10), "5050");
  }
  /* Not due. */
  review (database, add_due (database, "later", "phrase", 10), "55");
  assert_session (database, 10, "d0 d1 d2 d3 d4 d5 d6", "n0 n1", "s0");
  assert_session (database, 13, "d0 d1 d2 d3 d4 d5 d6 d7", "n0 n1 n2 n3", "s0");
  assert_session (database, 100, "d0 d1 d2 d3 d4 d5 d6 d7", "n0 n1 n2 n3", "s0 s1");
  assert_session (database, 1, "d0", "", "");
}

/* An item outlives the exchange that it was met in. */
static void
test_deletion (void)
{
  g_autofree char *path = store_test_make_path ();
  g_autoptr (HablaDatabase) database = open_database (path);
  g_autoptr (HablaUtteranceRecord) utterance = store_test_utterance (5, 1, "The house.", NULL);
  HablaVocabularyItem *item = new_item ("casa");
  g_autoptr (HablaVocabularyItem) before = NULL;
  g_autoptr (HablaVocabularyItem) hidden = NULL;
  g_autoptr (HablaVocabularyItem) after = NULL;

  g_assert_true (habla_database_add_utterance (database, utterance, NULL));
  item->exchange_id = 5;
  item->source_sentence = g_strdup ("The house.");
  before = add_item (database, item, 1);
  g_assert_cmpuint (before->exchange_id, ==, 5);
  g_assert_cmpstr (before->speaker_id, ==, "MANUAL");
  g_assert_true (habla_database_delete_session (database, 1, NULL));
  hidden = get (database, before->id);
  g_assert_cmpuint (hidden->exchange_id, ==, 0);
  g_assert_null (hidden->speaker_id);
  while (habla_database_has_deleted (database))
    g_assert_true (habla_database_remove_deleted (database, NULL));
  after = get (database, before->id);
  g_assert_cmpuint (after->exchange_id, ==, 0);
  g_assert_cmpstr (after->source_sentence, ==, "The house.");
  g_autofree char *n = store_test_query (path, "SELECT count(utterance_id) FROM vocabulary");
  g_assert_cmpstr (n, ==, "0");
}

static void
test_anki (void)
{
  static const struct {
    const char *term, *literal, *meaning, *sentence, *category, *expected;
  } rows[] = {
    { "casa", "", "house", NULL, "phrase", "casa\thouse\thabla phrase universal\r\n" },
    { "dar en el clavo", "hit the nail", "be right", "Ella “dio” en el clavo.", "idiom",
        "dar en el clavo (lit: hit the nail)\t\"be right\n\nExample: Ella “dio” en el clavo.\"\t"
        "habla idiom universal\r\n" },
    { "a\tb", "", "say \"x\"\r\n", NULL, "false friend",
        "\"a\tb\"\t\"say \"\"x\"\"\r\n\"\thabla false_friend universal\r\n" },
    { "#html:true", "", "=1+1", "", " ", "\"#html:true\"\t'=1+1\thabla universal\r\n" },
    { "@SUM(1)", "", "+1", NULL, "x", "'@SUM(1)\t'+1\thabla x universal\r\n" },
    { "-ito", "little", "-cmd|' /C calc'!A0", NULL, "x",
        "-ito (lit: little)\t'-cmd|' /C calc'!A0\thabla x universal\r\n" },
    { "مرحبا", "", "🦜", NULL, "x", "مرحبا\t🦜\thabla x universal\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const HablaVocabularyItem item = { .term = (char *) rows[i].term,
      .literal = (char *) rows[i].literal,
      .meaning = (char *) rows[i].meaning,
      .source_sentence = (char *) rows[i].sentence,
      .category = (char *) rows[i].category,
      .region = (char *) "universal" };
    g_autoptr (GString) out = g_string_new (NULL);

    habla_anki_row_append (out, &item);
    g_assert_cmpstr (out->str, ==, rows[i].expected);
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/vocabulary/schedule", test_schedule);
  g_test_add_func ("/vocabulary/schedule-properties", test_schedule_properties);
  g_test_add_func ("/vocabulary/add", test_add);
  g_test_add_func ("/vocabulary/duplicates", test_duplicates);
  g_test_add_func ("/vocabulary/limit", test_limit);
  g_test_add_func ("/vocabulary/change", test_change);
  g_test_add_func ("/vocabulary/ids", test_ids);
  g_test_add_func ("/vocabulary/lists", test_lists);
  g_test_add_func ("/vocabulary/search", test_search);
  g_test_add_func ("/vocabulary/search-noise", test_search_noise);
  g_test_add_func ("/vocabulary/review-session", test_review_session);
  g_test_add_func ("/vocabulary/deletion", test_deletion);
  g_test_add_func ("/vocabulary/anki", test_anki);
  return habla_test_run ();
}
