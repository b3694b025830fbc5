/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-test.h"

#include "habla-test.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static HablaStore *
open_store (const char *path, HablaStoreStart *start)
{
  HablaStore *store = habla_store_new (path);
  HablaStoreStart unused = { 0 };

  habla_store_wait_until_open (store, 30 * G_USEC_PER_SEC, &unused);
  if (start != NULL)
    *start = unused;
  else
    habla_store_start_clear (&unused);
  g_assert_cmpint (habla_store_get_status (store, NULL), ==, HABLA_STORE_OK);
  return store;
}

static void
add (HablaStore *store, HablaUtteranceRecord *utterance)
{
  g_autoptr (GError) error = NULL;

  store_test_add (store, utterance, &error);
  g_assert_no_error (error);
}

static void
assert_sound (const char *path)
{
  g_autofree char *integrity = store_test_query (path, "PRAGMA integrity_check");
  g_autofree char *keys = store_test_query (path, "SELECT count(*) FROM pragma_foreign_key_check");

  g_autofree char *texts = store_test_query (
      path, "SELECT (SELECT count(*) FROM utterance_text) - (SELECT count(*) FROM utterances)");

  g_assert_cmpstr (integrity, ==, "ok");
  g_assert_cmpstr (keys, ==, "0");
  g_assert_cmpstr (texts, ==, "0");
}

static void
assert_recording (HablaStore *store, guint64 session_id, guint64 id, const char *expected)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *recording_id = NULL;

  habla_store_find_recording_async (store, session_id, id, NULL, store_test_keep_result, &result);
  recording_id = habla_store_find_recording_finish (store, store_test_wait (&result), &error);
  g_assert_cmpstr (recording_id, ==, expected);
  if (expected == NULL)
    g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);
}

/* Reads back exchanges, also after reopening the store. */
static void
test_keep (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  HablaUtteranceRecord *spoken = store_test_utterance (2, 7, "Two.", "Dos.");
  HablaUtteranceRecord *one;

  add (store, store_test_utterance (1, 7, "One.", "Uno."));
  spoken->end = spoken->begin + 1500000000;
  spoken->corrected = g_strdup ("Too.");
  spoken->recording_id = g_strdup ("20261125-abc");
  habla_utterance_record_add_translation (spoken, "fr", "Deux.");
  g_free (spoken->speaker->custom_name);
  spoken->speaker->custom_name = g_strdup ("Ana");
  add (store, spoken);
  add (store, store_test_utterance (3, 8, "Three.", NULL));

  for (guint round = 0; round < 2; round++) {
    g_autoptr (GPtrArray) all = store_test_list (store, 7, 0, 10);
    g_autoptr (GPtrArray) after = store_test_list (store, 7, 1, 10);
    g_autoptr (GPtrArray) first = store_test_list (store, 7, 0, 1);
    g_autoptr (GPtrArray) sessions = store_test_list_sessions (store, 10, 0);
    g_autoptr (GPtrArray) older = store_test_list_sessions (store, 10, 1);
    g_autoptr (HablaSessionRecord) session = store_test_get_session (store, 7, NULL);

    g_assert_cmpuint (all->len, ==, 2);
    g_assert_cmpuint (after->len, ==, 1);
    g_assert_cmpuint (first->len, ==, 1);
    one = g_ptr_array_index (all, 1);
    g_assert_cmpuint (one->id, ==, 2);
    g_assert_cmpuint (one->session_id, ==, 7);
    g_assert_cmpstr (one->direction, ==, "en_to_es");
    g_assert_cmpstr (one->language, ==, "en");
    g_assert_cmpstr (one->source, ==, "Two.");
    g_assert_cmpstr (one->corrected, ==, "Too.");
    g_assert_cmpstr (habla_utterance_record_get_text (one, "en"), ==, "Too.");
    g_assert_cmpstr (habla_utterance_record_get_text (one, "es"), ==, "Dos.");
    g_assert_cmpstr (habla_utterance_record_get_text (one, "fr"), ==, "Deux.");
    g_assert_null (habla_utterance_record_get_text (one, "de"));
    g_assert_cmpfloat (one->confidence, ==, 0.75);
    g_assert_cmpint (one->begin, ==, (STORE_TEST_TIME + 2000000) * 1000);
    g_assert_cmpint (one->end - one->begin, ==, 1500000000);
    g_assert_cmpint (one->created_at, ==, STORE_TEST_TIME + 2000000);
    g_assert_cmpstr (one->recording_id, ==, "20261125-abc");
    g_assert_cmpstr (one->speaker->id, ==, "MANUAL");
    g_assert_cmpstr (one->speaker->custom_name, ==, "Ana");

    assert_recording (store, 7, 2, "20261125-abc");
    assert_recording (store, 7, 1, NULL);
    assert_recording (store, 8, 2, NULL);
    assert_recording (store, G_MAXUINT64, G_MAXUINT64, NULL);

    g_assert_cmpuint (sessions->len, ==, 2);
    g_assert_cmpuint (((HablaSessionRecord *) sessions->pdata[0])->id, ==, 8);
    g_assert_cmpuint (older->len, ==, 1);
    g_assert_cmpstr (session->room, ==, "room-1");
    g_assert_cmpstr (session->mode, ==, "classroom");
    g_assert_cmpint (session->started_at, ==, STORE_TEST_TIME + 1000000);
    g_assert_cmpint (session->ended_at, ==, STORE_TEST_TIME + 3500000);
    g_assert_cmpuint (session->exchange_count, ==, 2);
    g_assert_cmpuint (session->speakers->len, ==, 1);
    g_assert_cmpuint (g_strv_length (session->languages), ==, 2);
    g_assert_cmpstr (session->languages[1], ==, "fr");

    habla_store_free (store);
    if (round == 0)
      store = open_store (path, NULL);
  }
  assert_sound (path);
}

/* Only the owner may read the files. */
static void
test_permissions (void)
{
  static const char *const names[] = { "", "-wal", "-lock" };
  g_autofree char *path = store_test_make_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  HablaStore *store = open_store (path, NULL);
  GStatBuf status;

  add (store, store_test_utterance (1, 1, "One.", NULL));
  g_assert_cmpint (g_stat (folder, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *name = g_strconcat (path, names[i], NULL);

    g_assert_cmpint (g_stat (name, &status), ==, 0);
    g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  }
  habla_store_free (store);
}

static void
assert_ids (const char *path, guint64 session_id, guint64 exchange_id, HablaStore **store)
{
  HablaStoreStart start;

  *store = open_store (path, &start);
  g_assert_cmpuint (start.session_id, ==, session_id);
  g_assert_cmpuint (start.exchange_id, ==, exchange_id);
  habla_store_start_clear (&start);
}

/* Ids continue after a restart. After a crash, no id that clients may know is reused. */
static void
test_ids (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store;

  assert_ids (path, 1, 1, &store);
  add (store, store_test_utterance (5, 2, "One.", NULL));
  habla_store_release_ids (store, 4, 9);
  habla_store_free (store);
  assert_ids (path, 4, 9, &store);
  /* A crash: no ids are released. */
  add (store, store_test_utterance (9, 4, "One.", NULL));
  habla_store_free (store);
  assert_ids (path, 10004, 10009, &store);
  /* Far above the reserved ids. */
  add (store, store_test_utterance (70000, 60000, "One.", NULL));
  habla_store_free (store);
  assert_ids (path, 70000, 80000, &store);
  /* The id of a row is in use, whatever was released. */
  habla_store_release_ids (store, 1, 1);
  habla_store_free (store);
  assert_ids (path, 60001, 70001, &store);
  habla_store_free (store);
}

static void
test_settings (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStoreStart start;
  HablaStore *store = open_store (path, &start);

  g_assert_null (start.direction);
  g_assert_null (start.mode);
  habla_store_set_settings (store, "es_to_en", "classroom");
  habla_store_set_settings (store, "es_to_en", "conversation");
  g_assert_true (store_test_flush (store, NULL));
  habla_store_free (store);
  store = open_store (path, &start);
  g_assert_cmpstr (start.direction, ==, "es_to_en");
  g_assert_cmpstr (start.mode, ==, "conversation");
  habla_store_start_clear (&start);
  habla_store_free (store);
}

/* @ids: of the matches in all sessions, in the order in which they are found */
static void
assert_found (HablaStore *store, const char *text, const char *ids)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = store_test_search (store, text, 100, &error);
  g_autoptr (GString) actual = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++) {
    const HablaSessionRecord *session = found->pdata[i];

    for (guint m = 0; m < session->matches->len; m++) {
      const HablaUtteranceRecord *match = session->matches->pdata[m];

      g_assert_cmpuint (match->session_id, ==, session->id);
      g_string_append_printf (
          actual, "%s%" G_GUINT64_FORMAT, actual->len > 0 ? " " : "", match->id);
    }
  }
  g_test_message ("search “%.40s”: %s", text, actual->str);
  g_assert_cmpstr (actual->str, ==, ids);
}

/* @ids: of the sessions, in the order in which they are found */
static void
assert_found_sessions (HablaStore *store, const char *text, const char *ids)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = store_test_search (store, text, 100, &error);
  g_autoptr (GString) actual = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++) {
    const HablaSessionRecord *session = found->pdata[i];

    g_string_append_printf (
        actual, "%s%" G_GUINT64_FORMAT, actual->len > 0 ? " " : "", session->id);
  }
  g_assert_cmpstr (actual->str, ==, ids);
}

/* Any part of any text is found, newest sessions first, and their oldest matches first. */
static void
test_search (void)
{
  static const char *const punctuation[] = { "don't", "c++", "a-b", "?", "\"", "AND NOT", "(",
    "NEAR(", "source:a", "*", "'", "--", "%", "_", "{a b", "a\\b", "+", ";" };
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  g_autofree char *deep = g_strnfill (5000, '(');
  guint64 id = 10;

  add (store, store_test_utterance (1, 1, "The house is big.", "La casa es grande."));
  add (store, store_test_utterance (2, 1, "See you tomorrow morning.", "Hasta mañana."));
  add (store, store_test_utterance (3, 2, "Привет, Straße 東京 🦜", "e\u0301cole"));
  add (store, store_test_utterance (4, 1, "My house.", "Mi casa."));
  add (store, store_test_utterance (5, 2, "A house, too.", "También una casa."));
  assert_found (store, "house", "5 1 4");
  assert_found (store, "HOUSE IS", "1");
  assert_found (store, "ous", "5 1 4");
  assert_found (store, "casa", "5 1 4");
  assert_found (store, "manana", "2");
  assert_found (store, "MAÑANA", "2");
  assert_found (store, "École", "3");
  assert_found (store, "ПРИВЕТ", "3");
  assert_found (store, "京", "3");
  assert_found (store, "🦜", "3");
  assert_found (store, "big house", "");
  assert_found (store, deep, "");
  assert_found (store, "\u0301", "");
  for (guint i = 0; i < G_N_ELEMENTS (punctuation); i++)
    assert_found (store, punctuation[i], "");
  for (guint i = 0; i < G_N_ELEMENTS (punctuation); i++) {
    g_autofree char *text = g_strdup_printf ("<%s>", punctuation[i]);
    g_autofree char *found = g_strdup_printf ("%" G_GUINT64_FORMAT, id);

    add (store, store_test_utterance (id++, 3, text, "¡!"));
    assert_found (store, text, found);
  }
  /* Five of the session that matches 18 times. */
  assert_found (store, "¡!", "10 11 12 13 14");
  /* So many that not all are read. */
  for (guint i = 0; i < 1100; i++)
    add (store, store_test_utterance (id++, 3 + i % 100, "The end.", "Fin."));
  add (store, store_test_utterance (id, 200, "The ending.", "Final."));
  {
    g_autoptr (GPtrArray) found = store_test_search (store, "the END", 3, NULL);
    const HablaSessionRecord *session = found->pdata[1];

    g_assert_cmpuint (found->len, ==, 3);
    g_assert_cmpuint (((HablaSessionRecord *) found->pdata[0])->id, ==, 200);
    g_assert_cmpuint (session->matches->len, ==, 5);
    for (guint i = 0; i < 5; i++)
      g_assert_cmpuint (((HablaUtteranceRecord *) session->matches->pdata[i])->id, ==,
          id - 1100 + (session->id - 3) + i * 100);
  }
  g_assert_cmpint (habla_store_get_status (store, NULL), ==, HABLA_STORE_OK);
  habla_store_free (store);
}

/* Text is never interpreted as SQL. */
static void
test_texts (void)
{
  static const char *const texts[] = { "'; DROP TABLE utterances; --", "\"quoted\" 'too'", "%_\\",
    "a\nb\tc\r", "", "🦜👩‍👩‍👧 مرحبا שלום", "\x01\x1f\x7f", "{\"a\":null}",
    "?1 :a @b $c", "\ufeff" };
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  g_autofree char *huge = g_strnfill (1000000, 'x');
  g_autoptr (GPtrArray) all = NULL;

  for (guint i = 0; i <= G_N_ELEMENTS (texts); i++) {
    const char *text = i < G_N_ELEMENTS (texts) ? texts[i] : huge;
    HablaUtteranceRecord *utterance = store_test_utterance (i + 1, 1, text, text);

    g_free (utterance->speaker->id);
    utterance->speaker->id = g_strndup (text, 60);
    add (store, utterance);
  }
  all = store_test_list (store, 1, 0, 100);
  g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (texts) + 1);
  for (guint i = 0; i < all->len; i++) {
    const HablaUtteranceRecord *utterance = all->pdata[i];
    const char *text = i < G_N_ELEMENTS (texts) ? texts[i] : huge;

    g_assert_cmpstr (utterance->source, ==, text);
    g_assert_cmpstr (habla_utterance_record_get_text (utterance, "es"), ==, text);
    g_assert_true (strncmp (utterance->speaker->id, text, 60) == 0);
  }
  habla_store_free (store);
  assert_sound (path);
}

/* A rejected record does not affect others. */
static void
test_odd (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  HablaUtteranceRecord *backwards = store_test_utterance (3, 1, "x", "y");
  HablaUtteranceRecord *twice = store_test_utterance (4, 1, "x", "y");
  HablaStoreStats stats;
  g_autoptr (GError) error = NULL;

  add (store, store_test_utterance (1, 1, "One.", "Uno."));
  backwards->end = backwards->begin - 1;
  habla_utterance_record_add_translation (twice, "es", "z");
  const struct {
    HablaUtteranceRecord *utterance;
  } odd[] = { { store_test_utterance (1, 1, "x", "y") }, { store_test_utterance (0, 1, "x", "y") },
    { store_test_utterance (G_MAXUINT64, 1, "x", "y") }, { store_test_utterance (2, 0, "x", "y") },
    { backwards }, { twice } };
  GAsyncResult *results[G_N_ELEMENTS (odd) + 1] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    habla_store_add_utterance_async (store, odd[i].utterance, store_test_keep_result, &results[i]);
  habla_store_add_utterance_async (store, store_test_utterance (G_MAXINT64, 1, "Last.", NULL),
      store_test_keep_result, &results[G_N_ELEMENTS (odd)]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    gboolean works = habla_store_finish (store, store_test_wait (&results[i]), &error);

    g_test_message ("odd one %u", i);
    if (i < G_N_ELEMENTS (odd))
      g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_REFUSED);
    else
      g_assert_true (works);
    g_clear_error (&error);
    g_object_unref (results[i]);
  }
  habla_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.stored, ==, 2);
  g_assert_cmpuint (stats.lost, ==, G_N_ELEMENTS (odd));
  g_assert_cmpuint (stats.pending, ==, 0);
  g_assert_cmpint (habla_store_get_status (store, NULL), ==, HABLA_STORE_OK);
  habla_store_free (store);
  assert_sound (path);
  g_autofree char *n = store_test_query (path, "SELECT exchange_count FROM sessions");
  g_assert_cmpstr (n, ==, "2");
}

/* Several may report the same exchange. */
static void
test_again (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  HablaStoreStats stats;

  for (guint i = 0; i < 3; i++) {
    add (store, store_test_utterance (1, 1, "One.", "Uno."));
    add (store, store_test_utterance (2, 1, "Two.", "Dos."));
  }
  habla_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.lost, ==, 0);
  habla_store_free (store);
  assert_sound (path);
  g_autofree char *n = store_test_query (path, "SELECT exchange_count FROM sessions");
  g_assert_cmpstr (n, ==, "2");
  g_autofree char *texts = store_test_query (path, "SELECT count(*) FROM translations");
  g_assert_cmpstr (texts, ==, "2");
}

typedef struct {
  const char *path;
  guint n; /* number of exchanges reported as stored */
} Told;

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Told *told = user_data;
  g_autofree char *n = store_test_query (told->path, "SELECT count(*) FROM utterances");

  g_assert_true (g_task_propagate_boolean (G_TASK (result), NULL));
  g_assert_cmpint (atoi (n), >=, ++told->n);
}

/* An exchange is reported as stored only when another program can see it in the file. */
static void
test_told (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  Told told = { path, 0 };

  for (guint64 id = 1; id <= 100; id++) {
    habla_store_add_utterance_async (
        store, store_test_utterance (id, 1, "One.", "Uno."), on_told, &told);
    while (told.n < id)
      g_main_context_iteration (NULL, TRUE);
  }
  habla_store_free (store);
}

static gboolean
change (HablaStore *store, guint64 id, const char *notes, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (notes != NULL)
    habla_store_save_session_async (
        store, id, &(HablaSessionDetails){ .notes = notes }, store_test_keep_result, &result);
  else
    habla_store_delete_session_async (store, id, store_test_keep_result, &result);
  return habla_store_finish (store, store_test_wait (&result), error);
}

static void
test_change (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  GPtrArray *speakers = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_speaker_record_free);
  g_autoptr (HablaSessionRecord) session = NULL;
  g_autoptr (GError) error = NULL;

  add (store, store_test_utterance (1, 1, "One.", "Uno."));
  add (store, store_test_utterance (2, 2, "Two.", "Dos."));
  g_ptr_array_add (speakers, habla_speaker_record_new ("MANUAL", "Typed", "Ana", "#fff"));
  g_ptr_array_add (speakers, habla_speaker_record_new ("S9", "Speaker 9", "Bea", "#fff"));
  habla_store_update_speakers (store, 1, speakers);
  g_assert_true (change (store, 1, "Unit 3; “ser”", &error));
  session = store_test_get_session (store, 1, NULL);
  g_assert_cmpstr (session->notes, ==, "Unit 3; “ser”");
  g_assert_cmpint (session->saved_at, >, 0);
  g_assert_cmpuint (session->speakers->len, ==, 1);
  g_assert_cmpstr (((HablaSpeakerRecord *) session->speakers->pdata[0])->custom_name, ==, "Ana");

  g_assert_false (change (store, 3, "x", &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (change (store, 1, NULL, &error));
  g_assert_false (change (store, 1, NULL, &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (store_test_get_session (store, 1, &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);
  assert_found (store, "uno", "");
  assert_found (store, "dos", "2");
  habla_store_free (store);
  assert_sound (path);
  g_autofree char *left = store_test_query (
      path, "SELECT (SELECT count(*) FROM translations) || ' ' || (SELECT count(*) FROM speakers)");
  g_assert_cmpstr (left, ==, "1 1");
}

static void
assert_missed_of (HablaStore *store, const HablaUtteranceQuery *query, const char *wanted)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) missed = NULL;
  g_autoptr (GString) ids = g_string_new (NULL);

  habla_store_list_missed_async (store, query, NULL, store_test_keep_result, &result);
  missed = habla_store_list_finish (store, store_test_wait (&result), NULL);
  for (guint i = 0; i < missed->len; i++)
    g_string_append_printf (ids, "%d ", (int) ((HablaUtteranceRecord *) missed->pdata[i])->id);
  g_assert_cmpstr (ids->str, ==, wanted);
}

static void
assert_missed (HablaStore *store, guint64 session_id, const char *owner, guint64 since,
    guint64 before, guint limit, const char *wanted)
{
  const HablaUtteranceQuery query = { session_id, owner, since, before, limit };

  assert_missed_of (store, &query, wanted);
}

static void
test_missed (void)
{
  HablaUtteranceQuery query = { 50, "an", 0, 100, 10 };
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);

  for (guint i = 1; i <= 9; i++) {
    HablaUtteranceRecord *utterance = store_test_utterance (i, 1 + i % 3, "One.", NULL);

    if (utterance->session_id != 1)
      utterance->owner = g_strdup ("an");
    add (store, utterance);
  }
  assert_missed (store, 1, "an", 0, 100, 10, "3 6 9 ");
  assert_missed (store, 1, NULL, 3, 9, 10, "6 ");
  assert_missed (store, 2, "an", 0, 100, 2, "4 7 ");
  assert_missed (store, 50, "an", 2, 100, 10, "5 8 ");
  assert_missed (store, 50, "other", 0, 100, 10, "");
  assert_missed (store, 50, NULL, 0, 100, 10, "");
  query.room = "room-1";
  assert_missed_of (store, &query, "2 5 8 ");
  query.room = "other";
  assert_missed_of (store, &query, "");
  assert_missed (store, G_MAXUINT64, NULL, G_MAXUINT64, G_MAXUINT64, 10, "");
  habla_store_free (store);
}

/* A file of a newer version is not changed. */
static void
test_versions (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  g_autofree char *message = NULL;

  add (store, store_test_utterance (1, 1, "One.", "Uno."));
  habla_store_free (store);
  g_autofree char *version = store_test_query (path, "PRAGMA user_version");
  g_assert_cmpstr (version, ==, "6");
  g_free (store_test_query (path, "PRAGMA user_version = 99"));

  store = habla_store_new (path);
  store_test_wait_for_status (store, HABLA_STORE_FAILED);
  habla_store_get_status (store, &message);
  g_assert_nonnull (strstr (message, "newer version"));
  habla_store_free (store);
  g_free (store_test_query (path, "PRAGMA user_version = 6"));
  store = open_store (path, NULL);
  assert_found (store, "uno", "1");
  habla_store_free (store);
}

static void
set_title (HablaStore *store, guint64 id, const char *notes, const char *title)
{
  const HablaSessionDetails details = { .notes = notes, .title = title };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  habla_store_save_session_async (store, id, &details, store_test_keep_result, &result);
  habla_store_finish (store, store_test_wait (&result), &error);
  g_assert_no_error (error);
}

static void
assert_details (HablaStore *store, guint64 id, const char *notes, const char *title)
{
  g_autoptr (HablaSessionRecord) session = store_test_get_session (store, id, NULL);

  g_assert_cmpstr (session->notes, ==, notes);
  g_assert_cmpstr (session->title, ==, title);
}

/* Notes and title do not change each other, and the search finds titles. */
static void
test_title (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);

  for (guint64 id = 1; id <= 3; id++)
    add (store, store_test_utterance (id, id, "One.", "Uno."));
  set_title (store, 1, "", "Él y “uno”");
  assert_details (store, 1, "", "Él y “uno”");
  set_title (store, 1, "Unit 3", NULL);
  assert_details (store, 1, "Unit 3", "Él y “uno”");
  set_title (store, 2, "", "El mar");
  assert_found_sessions (store, "el y", "1");
  assert_found_sessions (store, "EL", "2 1");
  assert_found_sessions (store, "uno", "3 2 1");
  set_title (store, 1, "", "");
  assert_details (store, 1, "Unit 3", NULL);
  assert_found_sessions (store, "el y", "");
  habla_store_free (store);
}

/* The recordings of a session, without those of others. */
static void
test_recordings (void)
{
  static const char *const ids[] = { "b", NULL, "a", "b", "c" };
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    HablaUtteranceRecord *utterance = store_test_utterance (i + 1, i < 4 ? 1 : 2, "One.", "Uno.");

    g_free (utterance->recording_id);
    utterance->recording_id = g_strdup (ids[i]);
    add (store, utterance);
  }
  habla_store_list_recordings_async (store, 1, store_test_keep_result, &result);
  found = habla_store_list_finish (store, store_test_wait (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_true (g_ptr_array_find_with_equal_func (found, "a", g_str_equal, NULL));
  g_assert_true (g_ptr_array_find_with_equal_func (found, "b", g_str_equal, NULL));
  habla_store_free (store);
}

/* A cancelled query fails with G_IO_ERROR_CANCELLED. */
static void
test_cancel (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  habla_store_list_sessions_async (store, 1, 0, cancellable, store_test_keep_result, &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (habla_store_list_finish (store, store_test_wait (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  habla_store_free (store);
}

/* Returns: bytes of cached pages outside of the preallocated page cache */
static int
fill (HablaStore *store, guint64 from, guint64 to)
{
  g_autofree char *text = g_strnfill (2000, 'x');
  g_autoptr (GError) error = NULL;
  int current, highest;

  for (guint64 id = from; id < to; id++)
    habla_store_add_utterance_async (store, store_test_utterance (id, 7, text, text), NULL, NULL);
  g_assert_true (store_test_flush (store, &error));
  g_assert_no_error (error);
  g_assert_cmpint (
      sqlite3_status (SQLITE_STATUS_PAGECACHE_OVERFLOW, &current, &highest, FALSE), ==, SQLITE_OK);
  return current;
}

/* Memory use does not grow with a database that exceeds the cache. */
static void
test_memory (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = open_store (path, NULL);
  int few = fill (store, 1, 50);
  g_autofree char *small = store_test_query (path, "PRAGMA page_count");
  int many = fill (store, 50, 1000);
  g_autofree char *large = store_test_query (path, "PRAGMA page_count");

  g_assert_cmpint (atoi (small), <, 400);
  g_assert_cmpint (atoi (large), >, 1000);
  g_assert_cmpint (many, ==, few);
  habla_store_free (store);
}

/* Returns: (transfer full) (nullable): the newest session of @room */
static HablaSessionRecord *
find_session (HablaStore *store, const char *room, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  habla_store_find_session_async (store, room, NULL, store_test_keep_result, &result);
  return habla_store_get_session_finish (store, store_test_wait (&result), error);
}

static void
test_find_session (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store = habla_store_new (path);
  g_autoptr (HablaSessionRecord) session = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= 3; i++) {
    HablaUtteranceRecord *utterance = store_test_utterance (i, i, "One.", "Uno.");

    g_free (utterance->room);
    utterance->room = g_strdup (i < 3 ? "class" : "other");
    g_assert_true (store_test_add (store, utterance, &error));
    g_assert_no_error (error);
  }
  session = find_session (store, "class", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (session->id, ==, 2);
  g_assert_cmpstr (session->languages[0], ==, "es");
  g_assert_cmpuint (session->speakers->len, ==, 1);
  g_assert_null (find_session (store, "none", &error));
  g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);
  habla_store_free (store);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  /* The store logs warnings in these tests. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_test_add_func ("/store/keep", test_keep);
  g_test_add_func ("/store/find-session", test_find_session);
  g_test_add_func ("/store/permissions", test_permissions);
  g_test_add_func ("/store/ids", test_ids);
  g_test_add_func ("/store/settings", test_settings);
  g_test_add_func ("/store/search", test_search);
  g_test_add_func ("/store/texts", test_texts);
  g_test_add_func ("/store/odd", test_odd);
  g_test_add_func ("/store/again", test_again);
  g_test_add_func ("/store/told", test_told);
  g_test_add_func ("/store/change", test_change);
  g_test_add_func ("/store/missed", test_missed);
  g_test_add_func ("/store/versions", test_versions);
  g_test_add_func ("/store/title", test_title);
  g_test_add_func ("/store/recordings", test_recordings);
  g_test_add_func ("/store/cancel", test_cancel);
  g_test_add_func ("/store/memory", test_memory);
  return habla_test_run ();
}
