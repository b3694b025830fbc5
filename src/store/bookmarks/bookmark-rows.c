/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/bookmarks/bookmark-rows.h"

#include "store/database-private.h"

/* The exchanges of a deleted session are hidden at once, and removed later. */
#define FROM_BOOKMARKS \
  " FROM bookmarks b JOIN utterances u ON u.id = b.utterance_id" \
  " JOIN sessions k ON k.id = u.session_id AND k.exchange_count > 0"
#define SELECT_BOOKMARKS \
  "SELECT b.utterance_id, k.started_at, coalesce (k.title, nullif (k.notes, ''))," \
  " b.created_at" FROM_BOOKMARKS

static const char find_sql[] =
    "SELECT 1 FROM utterances u JOIN sessions k ON k.id = u.session_id AND k.exchange_count > 0"
    " WHERE u.id = ?1";
static const char set_sql[] =
    "INSERT INTO bookmarks (utterance_id, note, created_at) VALUES (?1, coalesce (?2, ''), ?3)"
    " ON CONFLICT (utterance_id) DO UPDATE SET note = coalesce (?2, note)";
static const char remove_sql[] = "DELETE FROM bookmarks WHERE utterance_id = ?1";
static const char recent_sql[] =
    SELECT_BOOKMARKS " ORDER BY b.created_at DESC, b.utterance_id DESC LIMIT ?1 OFFSET ?2";
static const char session_sql[] = SELECT_BOOKMARKS " WHERE u.session_id = ?3"
                                                   " ORDER BY b.utterance_id LIMIT ?1 OFFSET ?2";
static const char count_sql[] =
    "SELECT count(*)" FROM_BOOKMARKS " WHERE ?1 = 0 OR u.session_id = ?1";

/* Returns: whether the exchange is there, and not of a deleted session */
static gboolean
check_exchange (HablaDatabase *database, guint64 id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, find_sql, error);
  gboolean failed = statement == NULL, is_found = FALSE;

  if (failed)
    return FALSE;
  habla_sql_bind_id (statement, 1, id);
  is_found = habla_database_step (database, statement, &failed, error);
  sqlite3_reset (statement);
  if (!is_found && !failed)
    g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND,
        "There is no exchange %" G_GUINT64_FORMAT, id);
  return is_found;
}

static gboolean
set_bookmark (HablaDatabase *database, guint64 id, const char *note, gint64 now, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, set_sql, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_id (statement, 1, id);
  habla_sql_bind_text (statement, 2, note);
  sqlite3_bind_int64 (statement, 3, now);
  return habla_database_run (database, statement, error);
}

static gboolean
remove_bookmark (HablaDatabase *database, guint64 id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, remove_sql, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_id (statement, 1, id);
  return habla_database_run (database, statement, error);
}

HablaUtteranceRecord *
habla_bookmark_rows_change (HablaDatabase *database, guint64 exchange_id,
    HablaBookmarkChange change, const char *note, gint64 now, GError **error)
{
  g_autoptr (HablaUtteranceRecord) exchange = NULL;
  gboolean works;

  if (!check_exchange (database, exchange_id, error))
    return NULL;
  exchange = habla_database_read_utterance (database, exchange_id, error);
  if (exchange == NULL)
    return NULL;
  if (change == HABLA_BOOKMARK_SET || (change == HABLA_BOOKMARK_TOGGLE && !exchange->is_bookmarked))
    works = set_bookmark (database, exchange_id, note, now, error);
  else
    works = remove_bookmark (database, exchange_id, error);
  return works ? habla_database_read_utterance (database, exchange_id, error) : NULL;
}

static gboolean
count_bookmarks (HablaDatabase *database, guint64 session_id, guint64 *n, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, count_sql, error);
  gboolean failed = statement == NULL;

  if (failed)
    return FALSE;
  habla_sql_bind_id (statement, 1, session_id);
  if (habla_database_step (database, statement, &failed, error))
    *n = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return !failed;
}

static gboolean
list_bookmarks (
    HablaDatabase *database, const HablaBookmarkQuery *query, GPtrArray *bookmarks, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (
      database, query->session_id != 0 ? session_sql : recent_sql, error);
  gboolean failed = statement == NULL;

  if (failed)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, query->limit);
  habla_sql_bind_id (statement, 2, query->offset);
  if (query->session_id != 0)
    habla_sql_bind_id (statement, 3, query->session_id);
  while (!failed && habla_database_step (database, statement, &failed, error)) {
    HablaBookmark *bookmark = g_new0 (HablaBookmark, 1);

    g_ptr_array_add (bookmarks, bookmark);
    bookmark->session_started = sqlite3_column_int64 (statement, 1);
    bookmark->session_name = habla_sql_dup_text (statement, 2);
    bookmark->created_at = sqlite3_column_int64 (statement, 3);
    bookmark->utterance =
        habla_database_read_utterance (database, sqlite3_column_int64 (statement, 0), error);
    failed = bookmark->utterance == NULL;
  }
  sqlite3_reset (statement);
  return !failed;
}

/* Returns: whether there is such a session; @session_id 0 stands for all */
static gboolean
check_session (HablaDatabase *database, guint64 session_id, GError **error)
{
  g_autoptr (HablaSessionRecord) session =
      session_id != 0 ? habla_database_read_session (database, session_id, error) : NULL;

  return session_id == 0 || session != NULL;
}

HablaBookmarkList *
habla_bookmark_rows_list (HablaDatabase *database, const HablaBookmarkQuery *query, GError **error)
{
  g_autoptr (HablaBookmarkList) list = habla_bookmark_list_new ();
  gboolean works;

  habla_database_set_time_limit (database, TRUE);
  works = check_session (database, query->session_id, error) &&
          count_bookmarks (database, query->session_id, &list->total, error) &&
          list_bookmarks (database, query, list->bookmarks, error);
  habla_database_set_time_limit (database, FALSE);
  return works ? g_steal_pointer (&list) : NULL;
}
