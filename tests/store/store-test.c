/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-test.h"

#include "habla-test.h"

#include <sqlite3.h>

#define PATIENCE (60 * G_USEC_PER_SEC)

HablaUtteranceRecord *
store_test_utterance (guint64 id, guint64 session_id, const char *source, const char *spanish)
{
  HablaUtteranceRecord *utterance = habla_utterance_record_new ();

  utterance->id = id;
  utterance->session_id = session_id;
  utterance->room = g_strdup ("room-1");
  utterance->direction = g_strdup ("en_to_es");
  utterance->mode = g_strdup ("classroom");
  utterance->speaker = habla_speaker_record_new ("MANUAL", "Typed", NULL, "#0072b2");
  utterance->language = g_strdup ("en");
  utterance->source = g_strdup (source);
  if (spanish != NULL)
    habla_utterance_record_add_translation (utterance, "es", spanish);
  utterance->confidence = 0.75;
  utterance->created_at = STORE_TEST_TIME + (gint64) MIN (id, 1000000) * G_USEC_PER_SEC;
  utterance->begin = utterance->created_at * 1000;
  utterance->end = utterance->begin;
  return utterance;
}

void
store_test_keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

GAsyncResult *
store_test_wait (GAsyncResult **result)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  guint ticks = g_timeout_add (100, tick, NULL);

  while (*result == NULL) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (ticks);
  return *result;
}

gboolean
store_test_add (HablaStore *store, HablaUtteranceRecord *utterance, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  habla_store_add_utterance_async (store, utterance, store_test_keep_result, &result);
  return habla_store_finish (store, store_test_wait (&result), error);
}

gboolean
store_test_flush (HablaStore *store, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  habla_store_flush_async (store, store_test_keep_result, &result);
  return habla_store_finish (store, store_test_wait (&result), error);
}

GPtrArray *
store_test_list (HablaStore *store, guint64 session_id, guint64 after, guint limit)
{
  const HablaUtteranceQuery query = { .session_id = session_id, .since = after, .limit = limit };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *all;

  habla_store_list_utterances_async (store, &query, NULL, store_test_keep_result, &result);
  all = habla_store_list_finish (store, store_test_wait (&result), &error);
  g_assert_no_error (error);
  return all;
}

GPtrArray *
store_test_search (HablaStore *store, const char *query, guint limit, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  habla_store_search_async (store, query, limit, NULL, store_test_keep_result, &result);
  return habla_store_list_finish (store, store_test_wait (&result), error);
}

HablaSessionRecord *
store_test_get_session (HablaStore *store, guint64 id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  habla_store_get_session_async (store, id, NULL, store_test_keep_result, &result);
  return habla_store_get_session_finish (store, store_test_wait (&result), error);
}

GPtrArray *
store_test_list_sessions (HablaStore *store, guint limit, guint64 offset)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *all;

  habla_store_list_sessions_async (store, limit, offset, NULL, store_test_keep_result, &result);
  all = habla_store_list_finish (store, store_test_wait (&result), &error);
  g_assert_no_error (error);
  return all;
}

void
store_test_wait_for_status (HablaStore *store, HablaStoreStatus status)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (habla_store_get_status (store, NULL) != status) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
}

char *
store_test_make_path (void)
{
  static guint count;
  g_autofree char *folder = g_strdup_printf ("store-%u", ++count);

  return g_build_filename (habla_test_get_dir (), folder, "below", "habla.db", NULL);
}

char *
store_test_query (const char *path, const char *sql)
{
  sqlite3 *connection = NULL;
  sqlite3_stmt *statement = NULL;
  char *value;

  g_assert_cmpint (sqlite3_open (path, &connection), ==, SQLITE_OK);
  sqlite3_busy_timeout (connection, 10000);
  g_assert_cmpint (sqlite3_prepare_v2 (connection, sql, -1, &statement, NULL), ==, SQLITE_OK);
  value = sqlite3_step (statement) == SQLITE_ROW
              ? g_strdup ((const char *) sqlite3_column_text (statement, 0))
              : NULL;
  g_assert_cmpint (sqlite3_finalize (statement), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (connection), ==, SQLITE_OK);
  return value;
}
