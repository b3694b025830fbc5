/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A deleted session disappears at once, and its rows in batches. */
#include "store-test.h"

#include "habla-test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <store/database.h>
#include <sys/resource.h>

/* As many exchanges as in a week: removing them takes many batches. */
#define MANY 6000
/* A write that takes longer waits for more than one batch, in microseconds. */
#define MAX_WAIT (10 * G_USEC_PER_SEC)

static void
begin (HablaDatabase *database)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_database_begin (database, &error));
  g_assert_no_error (error);
}

static void
commit (HablaDatabase *database)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_database_commit (database, &error));
  g_assert_no_error (error);
}

static void
add (HablaDatabase *database, guint64 id, guint64 session_id)
{
  g_autoptr (HablaUtteranceRecord) utterance =
      store_test_utterance (id, session_id, "The house.", "La casa.");
  g_autoptr (GError) error = NULL;

  utterance->recording_id = g_strdup ("20261125-abc");
  utterance->owner = g_strdup ("somebody");
  g_assert_true (habla_database_add_utterance (database, utterance, &error));
  g_assert_no_error (error);
}

/* Session 1 has the exchanges 1 to @n, session 2 has @n + 1. */
static HablaDatabase *
make_lessons (const char *path, guint n)
{
  g_autoptr (GError) error = NULL;
  HablaDatabase *database = habla_database_open (path, &error);

  g_assert_no_error (error);
  begin (database);
  for (guint id = 1; id <= n; id++)
    add (database, id, 1);
  add (database, n + 1, 2);
  commit (database);
  return database;
}

static void
remove_piece (HablaDatabase *database)
{
  g_autoptr (GError) error = NULL;

  begin (database);
  g_assert_true (habla_database_remove_deleted (database, &error));
  g_assert_no_error (error);
  commit (database);
}

static guint
count_rows (const char *path, guint session_id)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT count(*) FROM utterances WHERE session_id = %u", session_id);
  g_autofree char *n = store_test_query (path, sql);

  return atoi (n);
}

static void
assert_sound (const char *path)
{
  g_autofree char *integrity = store_test_query (path, "PRAGMA integrity_check");
  g_autofree char *keys = store_test_query (path, "SELECT count(*) FROM pragma_foreign_key_check");
  g_autofree char *counts = store_test_query (path,
      "SELECT (SELECT sum(exchange_count) FROM sessions) - (SELECT count(*) FROM utterances)");

  g_assert_cmpstr (integrity, ==, "ok");
  g_assert_cmpstr (keys, ==, "0");
  g_assert_cmpstr (counts, ==, "0");
}

static void
assert_not_found (GError **error)
{
  g_assert_error (*error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND);
  g_clear_error (error);
}

/* No query returns session 1; all others together have @n exchanges. */
static void
assert_hidden (HablaDatabase *database, guint n)
{
  const HablaUtteranceQuery all = { .session_id = 1, .limit = 500 };
  g_autoptr (GPtrArray) sessions = habla_database_list_sessions (database, 500, 0, NULL);
  g_autoptr (GPtrArray) exchanges = habla_database_list_utterances (database, &all, NULL);
  g_autoptr (GPtrArray) found = habla_database_search (database, "casa", 500, NULL);
  const HablaUtteranceQuery query = { 1, "somebody", 0, G_MAXINT64, 500, 0 };
  const HablaSessionDetails details = { .notes = "x" };
  g_autoptr (GPtrArray) missed = habla_database_list_missed (database, &query, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sessions->len, ==, 1);
  g_assert_cmpuint (((HablaSessionRecord *) sessions->pdata[0])->id, ==, 2);
  g_assert_cmpuint (exchanges->len, ==, 0);
  g_assert_cmpuint (found->len, ==, n > 0);
  g_assert_cmpuint (missed->len, ==, n);
  if (n > 0)
    g_assert_cmpuint (((HablaSessionRecord *) found->pdata[0])->id, ==, 2);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (((HablaUtteranceRecord *) missed->pdata[i])->session_id, ==, 2);
  g_assert_null (habla_database_get_session (database, 1, &error));
  assert_not_found (&error);
  g_assert_null (habla_database_find_recording (database, 1, 1, &error));
  assert_not_found (&error);
  g_assert_false (habla_database_save_session (database, 1, &details, 1, &error));
  assert_not_found (&error);
  g_assert_false (habla_database_delete_session (database, 1, &error));
  assert_not_found (&error);
}

/* The session stays hidden, and removal continues after a restart. */
static void
test_pieces (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaDatabase *database = make_lessons (path, 450);
  g_autoptr (GError) error = NULL;
  guint left = 450;

  g_assert_true (habla_database_delete_session (database, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_rows (path, 1), ==, left);
  assert_hidden (database, 1);
  for (guint i = 0; i < 2; i++) {
    remove_piece (database);
    g_assert_cmpuint (count_rows (path, 1), <, left);
    left = count_rows (path, 1);
    g_assert_cmpuint (left, >, 0);
    begin (database);
    add (database, 1000 + i, 2);
    commit (database);
    assert_hidden (database, 2 + i);
    habla_database_close (database);
    database = habla_database_open (path, &error);
    g_assert_no_error (error);
    g_assert_true (habla_database_has_deleted (database));
    assert_hidden (database, 2 + i);
  }
  for (guint i = 0; habla_database_has_deleted (database); i++) {
    g_assert_cmpuint (i, <, 10);
    remove_piece (database);
  }
  assert_hidden (database, 3);
  habla_database_close (database);
  g_assert_cmpuint (count_rows (path, 1), ==, 0);
  g_assert_cmpuint (count_rows (path, 2), ==, 3);
  assert_sound (path);
}

static void
limit_files (rlim_t size)
{
  struct rlimit both;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &both), ==, 0);
  both.rlim_cur = MIN (size, both.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &both), ==, 0);
}

/* Removal needs disk space as well: until there is some, the session stays hidden. */
static void
test_no_room (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaDatabase *database = make_lessons (path, 450);
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_database_delete_session (database, 1, &error));
  signal (SIGXFSZ, SIG_IGN);
  limit_files (1);
  begin (database);
  g_assert_false (
      habla_database_remove_deleted (database, &error) && habla_database_commit (database, &error));
  g_assert_true (habla_store_error_is_general (error));
  g_clear_error (&error);
  habla_database_rollback (database);
  g_assert_true (habla_database_has_deleted (database));
  assert_hidden (database, 1);
  limit_files (RLIM_INFINITY);
  while (habla_database_has_deleted (database))
    remove_piece (database);
  habla_database_close (database);
  g_assert_cmpuint (count_rows (path, 1), ==, 0);
  assert_sound (path);
}

/* An exchange added after the deletion recreates the session without the old ones. */
static void
test_speak_on (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaDatabase *database = make_lessons (path, 450);
  g_autoptr (GPtrArray) exchanges = NULL;
  g_autoptr (HablaSessionRecord) session = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_database_delete_session (database, 1, &error));
  remove_piece (database);
  begin (database);
  add (database, 1000, 1);
  commit (database);
  while (habla_database_has_deleted (database))
    remove_piece (database);
  exchanges = habla_database_list_utterances (
      database, &(HablaUtteranceQuery){ .session_id = 1, .limit = 500 }, &error);
  g_assert_cmpuint (exchanges->len, ==, 1);
  g_assert_cmpuint (((HablaUtteranceRecord *) exchanges->pdata[0])->id, ==, 1000);
  session = habla_database_get_session (database, 1, &error);
  g_assert_cmpuint (session->exchange_count, ==, 1);
  g_assert_cmpint (session->started_at, ==, STORE_TEST_TIME + 1000 * G_USEC_PER_SEC);
  habla_database_close (database);
  assert_sound (path);
}

/* Writes happen between two batches: a trigger records the number of rows left at that moment. */
static void
test_meanwhile (void)
{
  g_autofree char *path = store_test_make_path ();
  HablaStore *store;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *between = NULL;
  gint64 longest = 0;

  habla_database_close (make_lessons (path, MANY));
  g_free (store_test_query (path, "CREATE TABLE seen (n INTEGER)"));
  g_free (store_test_query (path,
      "CREATE TRIGGER look AFTER INSERT ON utterances BEGIN INSERT INTO seen"
      " SELECT count(*) FROM utterances WHERE session_id = 1; END"));
  store = habla_store_new (path);
  store_test_wait_for_status (store, HABLA_STORE_OK);
  habla_store_delete_session_async (store, 1, store_test_keep_result, &result);
  for (guint i = 0; count_rows (path, 1) > 0; i++) {
    gint64 began = g_get_monotonic_time ();

    g_assert_true (
        store_test_add (store, store_test_utterance (MANY + 2 + i, 2, "Two.", "Dos."), NULL));
    longest = MAX (longest, g_get_monotonic_time () - began);
  }
  g_assert_true (habla_store_finish (store, store_test_wait (&result), NULL));
  g_assert_true (store_test_flush (store, NULL));
  habla_store_free (store);
  between = g_strdup_printf ("SELECT count(*) FROM seen WHERE n > 0 AND n < %d", MANY);
  g_autofree char *n = store_test_query (path, between);
  g_test_message (
      "%s exchanges were stored meanwhile, the slowest in %u ms", n, (guint) (longest / 1000));
  g_assert_cmpstr (n, !=, "0");
  g_assert_cmpint (longest, <, MAX_WAIT);
  assert_sound (path);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/deletion/pieces", test_pieces);
  g_test_add_func ("/deletion/no-room", test_no_room);
  g_test_add_func ("/deletion/speak-on", test_speak_on);
  g_test_add_func ("/deletion/meanwhile", test_meanwhile);
  return habla_test_run ();
}
