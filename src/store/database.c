/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/database-private.h"

#include "store/schema/migrations.h"
#include "store/text-match.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

/* Time to wait for another connection, in milliseconds. */
#define BUSY_TIMEOUT 1000
/* Time limit of a query, in microseconds. */
#define QUERY_TIME_LIMIT (5 * G_TIME_SPAN_SECOND)
/* Virtual machine instructions of SQLite between two checks of the time limit. */
#define STEPS_BETWEEN_CHECKS 10000
/* Number of 4 KiB pages: slightly more than the 2 MB of SQLite's default cache. */
#define CACHE_PAGES 500

#define COLUMNS \
  "u.id, u.session_id, u.direction, u.language, u.source, u.corrected, u.confidence," \
  " u.begin_ns, u.end_ns, u.created_at, u.recording_id, s.id, s.label, s.custom_name, s.color," \
  " b.utterance_id, b.note"
#define FROM_UTTERANCES \
  " FROM utterances u" \
  " LEFT JOIN speakers s ON s.session_id = u.session_id AND s.id = u.speaker_id" \
  " LEFT JOIN bookmarks b ON b.utterance_id = u.id"
/* Deleted sessions whose rows are not removed yet have a count of 0; sessions in which nothing was
 * said yet have -1. */
#define IS_KEPT "exchange_count <> 0"
#define HAS_EXCHANGES "exchange_count > 0"
/* For the utterance u, with the parameter 1: the folded text to search for */
#define MATCHES \
  "(habla_has (u.source, ?1) OR habla_has (u.corrected, ?1) OR EXISTS (SELECT 1" \
  " FROM translations t WHERE t.utterance_id = u.id AND habla_has (t.text, ?1)))"
#define FIND_TEXT \
  "SELECT u.id, u.session_id FROM utterance_text t CROSS JOIN utterances u ON u.id = t.rowid" \
  " JOIN sessions k ON k.id = u.session_id AND k." IS_KEPT " WHERE "
#define SESSION_COLUMNS \
  "id, room, direction, mode, started_at, ended_at, exchange_count, notes, saved_at, title," \
  " (SELECT topic_summary FROM session_topics WHERE session_id = sessions.id)"

static const char *const texts[] = {
  [SQL_BEGIN] = "BEGIN IMMEDIATE",
  [SQL_COMMIT] = "COMMIT",
  [SQL_SAVEPOINT] = "SAVEPOINT one",
  [SQL_RELEASE] = "RELEASE one",
  [SQL_ROLL_BACK_TO] = "ROLLBACK TO one",
  [SQL_DROP_DELETED] = "DELETE FROM sessions WHERE id = ?1 AND exchange_count = 0",
  [SQL_ADD_SESSION] = "INSERT INTO sessions (id, room, owner, direction, mode, started_at,"
                      " ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                      " ON CONFLICT (id) DO NOTHING",
  [SQL_ADD_SPEAKER] = "INSERT INTO speakers (session_id, id, label, custom_name, color)"
                      " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (session_id, id) DO UPDATE"
                      " SET custom_name = excluded.custom_name"
                      " WHERE custom_name IS NOT excluded.custom_name",
  [SQL_ADD_UTTERANCE] = "INSERT INTO utterances (id, session_id, speaker_id, direction, language,"
                        " source, corrected, confidence, begin_ns, end_ns, created_at,"
                        " recording_id)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
  [SQL_HAS_UTTERANCE] =
      "SELECT 1 FROM utterances WHERE id = ?1 AND session_id = ?2 AND source = ?3",
  [SQL_ADD_TRANSLATION] =
      "INSERT INTO translations (utterance_id, language, text) VALUES (?1, ?2, ?3)",
  [SQL_ADD_TEXT] = "INSERT INTO utterance_text (rowid, source, translations) VALUES (?1, ?2, ?3)",
  [SQL_EXTEND_SESSION] = "UPDATE sessions SET"
                         " started_at = iif (exchange_count > 0, started_at, ?5),"
                         " ended_at = iif (exchange_count > 0, max (ended_at, ?2), ?2),"
                         " exchange_count = max (exchange_count, 0) + 1, direction = ?3, mode = ?4"
                         " WHERE id = ?1",
  [SQL_LIST_UTTERANCES] = "SELECT " COLUMNS FROM_UTTERANCES
                          " WHERE u.session_id = (SELECT id FROM sessions WHERE id = ?1"
                          " AND " IS_KEPT ") AND u.id > ?2 ORDER BY u.id LIMIT ?3 OFFSET ?4",
  [SQL_LIST_MISSED] = "SELECT " COLUMNS FROM_UTTERANCES " WHERE u.session_id = coalesce("
                      "(SELECT id FROM sessions WHERE id = ?1 AND " HAS_EXCHANGES "),"
                      " (SELECT max(id) FROM sessions WHERE owner = ?2"
                      " AND (?6 IS NULL OR room = ?6) AND " HAS_EXCHANGES "))"
                      " AND u.id > ?3 AND u.id < ?4 ORDER BY u.id DESC LIMIT ?5",
  /* Newest first: FTS5 keeps rows in this order, so it stops when enough are found. */
  [SQL_FIND_TEXT] = FIND_TEXT "utterance_text MATCH ?1 ORDER BY t.rowid DESC",
  [SQL_FIND_SHORT_TEXT] = FIND_TEXT "(instr (t.source, ?1) > 0 OR instr (t.translations, ?1) > 0)"
                                    " ORDER BY t.rowid DESC",
  [SQL_FIND_TITLE] = "SELECT id FROM sessions WHERE " IS_KEPT
                     " AND habla_has (title, ?1) ORDER BY id DESC LIMIT ?2",
  [SQL_GET_UTTERANCE] = "SELECT " COLUMNS FROM_UTTERANCES " WHERE u.id = ?1",
  [SQL_SEARCH_UTTERANCES] = "SELECT " COLUMNS FROM_UTTERANCES " WHERE u.session_id = ?2"
                            " AND " MATCHES " ORDER BY u.id LIMIT ?3",
  [SQL_FIND_RECORDING] = "SELECT u.recording_id FROM utterances u"
                         " JOIN sessions k ON k.id = u.session_id AND k." IS_KEPT
                         " WHERE u.id = ?2 AND u.session_id = ?1",
  [SQL_LIST_RECORDINGS] = "SELECT DISTINCT recording_id FROM utterances"
                          " WHERE session_id = ?1 AND recording_id IS NOT NULL",
  [SQL_LIST_TRANSLATIONS] = "SELECT key, language, text FROM json_each (?1) CROSS JOIN translations"
                            " ON utterance_id = value ORDER BY key, language",
  [SQL_GET_STATE] = "SELECT value FROM state WHERE key = ?1",
  [SQL_SET_STATE] = "INSERT INTO state (key, value) VALUES (?1, ?2)"
                    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  [SQL_GET_LAST_IDS] = "SELECT (SELECT max(id) FROM sessions), (SELECT max(id) FROM utterances)",
  [SQL_RENAME_SPEAKER] = "UPDATE speakers SET custom_name = ?3 WHERE session_id = ?1 AND id = ?2",
  [SQL_LIST_SESSIONS] =
      "SELECT " SESSION_COLUMNS " FROM sessions WHERE " IS_KEPT " ORDER BY id DESC"
      " LIMIT ?1 OFFSET ?2",
  [SQL_GET_SESSION] = "SELECT " SESSION_COLUMNS " FROM sessions WHERE id = ?1 AND " IS_KEPT,
  [SQL_FIND_SESSION] = "SELECT " SESSION_COLUMNS " FROM sessions WHERE room = ?1 AND " HAS_EXCHANGES
                       " ORDER BY id DESC LIMIT 1",
  [SQL_LIST_SPEAKERS] =
      "SELECT id, label, custom_name, color FROM speakers WHERE session_id = ?1 ORDER BY id",
  [SQL_COUNT_UTTERANCES] = "SELECT speaker_id, count(*) FROM utterances WHERE session_id = ?1"
                           " AND speaker_id IS NOT NULL GROUP BY speaker_id ORDER BY speaker_id",
  [SQL_LIST_LANGUAGES] = "SELECT DISTINCT t.language FROM utterances u"
                         " JOIN translations t ON t.utterance_id = u.id"
                         " WHERE u.session_id = ?1 ORDER BY t.language",
  [SQL_SAVE_SESSION] = "UPDATE sessions SET notes = CASE WHEN ?2 <> '' THEN ?2"
                       " WHEN notes <> '' OR ?5 IS NOT NULL THEN notes ELSE ?4 END,"
                       " title = CASE WHEN ?5 IS NULL THEN title ELSE nullif (?5, '') END,"
                       " saved_at = ?3 WHERE id = ?1 AND " IS_KEPT,
  [SQL_SET_TOPIC] = "INSERT OR REPLACE INTO session_topics (session_id, topic_summary)"
                    " SELECT id, ?2 FROM sessions WHERE id = ?1",
  [SQL_DELETE_SESSION] = "UPDATE sessions SET exchange_count = 0 WHERE id = ?1 AND " IS_KEPT,
  [SQL_FIND_DELETED] = "SELECT id FROM sessions WHERE exchange_count = 0 LIMIT 1",
  [SQL_REMOVE_UTTERANCES] = "DELETE FROM utterances WHERE id IN (SELECT id FROM utterances"
                            " WHERE session_id = ?1 ORDER BY id LIMIT ?2)",
};
G_STATIC_ASSERT (G_N_ELEMENTS (texts) == SQL_N_STATEMENTS);

static HablaStoreError
database_get_code (HablaDatabase *self, int result)
{
  int error_number = self->connection != NULL ? sqlite3_system_errno (self->connection) : 0;

  switch (result & 0xff) {
  case SQLITE_READONLY:
  case SQLITE_PERM:
    return HABLA_STORE_ERROR_READ_ONLY;
  case SQLITE_FULL:
    return HABLA_STORE_ERROR_FULL;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
  case SQLITE_PROTOCOL:
    return HABLA_STORE_ERROR_LOCKED;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return HABLA_STORE_ERROR_CORRUPT;
  case SQLITE_INTERRUPT:
    return HABLA_STORE_ERROR_TOO_SLOW;
  case SQLITE_IOERR:
  case SQLITE_CANTOPEN:
    return habla_store_error_from_errno (error_number);
  case SQLITE_SCHEMA:
  case SQLITE_NOMEM:
    return HABLA_STORE_ERROR_FAILED;
  default:
    return HABLA_STORE_ERROR_REFUSED;
  }
}

static const char *
database_get_advice (HablaStoreError code)
{
  switch (code) {
  case HABLA_STORE_ERROR_READ_ONLY:
    return "; make it and its folder writable for this user";
  case HABLA_STORE_ERROR_FULL:
    return "; free some space on its disk";
  case HABLA_STORE_ERROR_LOCKED:
    return "; stop the program that uses it";
  default:
    return "";
  }
}

static void
database_set_error (HablaDatabase *self, int result, GError **error)
{
  HablaStoreError code = database_get_code (self, result);
  const char *message =
      self->connection != NULL ? sqlite3_errmsg (self->connection) : sqlite3_errstr (result);

  if (result == SQLITE_SCHEMA)
    message = "a newer version of Habla created it; use that version";
  g_set_error (
      error, HABLA_STORE_ERROR, code, "%s: %s%s", self->path, message, database_get_advice (code));
}

/* A read-only file cannot be upgraded. */
static void
database_set_prepare_error (HablaDatabase *self, int result, GError **error)
{
  if (result == SQLITE_ERROR && self->is_read_only)
    g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_READ_ONLY,
        "%s is of an older version, and must be upgraded%s", self->path,
        database_get_advice (HABLA_STORE_ERROR_READ_ONLY));
  else
    database_set_error (self, result, error);
}

/* @statement: (nullable): prepared before. Returns: (nullable): the statement for @sql */
static sqlite3_stmt *
database_prepare_text (
    HablaDatabase *self, sqlite3_stmt *statement, const char *sql, GError **error)
{
  int result;

  if (statement != NULL) {
    sqlite3_reset (statement);
    sqlite3_clear_bindings (statement);
    return statement;
  }
  result =
      sqlite3_prepare_v3 (self->connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (result != SQLITE_OK)
    database_set_prepare_error (self, result, error);
  return statement;
}

sqlite3_stmt *
habla_database_prepare (HablaDatabase *self, HablaSql sql, GError **error)
{
  self->statements[sql] = database_prepare_text (self, self->statements[sql], texts[sql], error);
  return self->statements[sql];
}

sqlite3_stmt *
habla_database_prepare_sql (HablaDatabase *self, const char *sql, GError **error)
{
  sqlite3_stmt *known = g_hash_table_lookup (self->more_statements, sql);
  sqlite3_stmt *statement = database_prepare_text (self, known, sql, error);

  if (known == NULL && statement != NULL)
    g_hash_table_insert (self->more_statements, (char *) sql, statement);
  return statement;
}

gboolean
habla_database_step (HablaDatabase *self, sqlite3_stmt *statement, gboolean *failed, GError **error)
{
  int result = sqlite3_step (statement);

  *failed = result != SQLITE_ROW && result != SQLITE_DONE;
  if (*failed)
    database_set_error (self, result, error);
  if (result != SQLITE_ROW)
    sqlite3_reset (statement);
  return result == SQLITE_ROW;
}

gboolean
habla_database_run (HablaDatabase *self, sqlite3_stmt *statement, GError **error)
{
  gboolean failed;

  habla_database_step (self, statement, &failed, error);
  return !failed;
}

void
habla_sql_bind_text (sqlite3_stmt *statement, int index, const char *text)
{
  sqlite3_bind_text (statement, index, text, -1, SQLITE_STATIC);
}

void
habla_sql_bind_id (sqlite3_stmt *statement, int index, guint64 id)
{
  sqlite3_bind_int64 (statement, index, MIN (id, (guint64) G_MAXINT64));
}

char *
habla_sql_dup_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

static int
database_on_progress (gpointer data)
{
  HablaDatabase *self = data;

  return self->deadline != 0 && g_get_monotonic_time () > self->deadline;
}

void
habla_database_set_time_limit (HablaDatabase *self, gboolean has_limit)
{
  self->deadline = has_limit ? g_get_monotonic_time () + QUERY_TIME_LIMIT : 0;
}

gboolean
habla_database_begin (HablaDatabase *self, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_BEGIN, error);

  return statement != NULL && habla_database_run (self, statement, error);
}

gboolean
habla_database_commit (HablaDatabase *self, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_COMMIT, error);

  return statement != NULL && habla_database_run (self, statement, error);
}

void
habla_database_rollback (HablaDatabase *self)
{
  GHashTableIter iter;
  gpointer statement;

  g_hash_table_iter_init (&iter, self->more_statements);
  while (g_hash_table_iter_next (&iter, NULL, &statement))
    sqlite3_reset (statement);
  for (guint i = 0; i < SQL_N_STATEMENTS; i++)
    sqlite3_reset (self->statements[i]);
  if (!sqlite3_get_autocommit (self->connection))
    sqlite3_exec (self->connection, "ROLLBACK", NULL, NULL, NULL);
  self->reserved_session_id = 0;
  self->reserved_exchange_id = 0;
}

static gboolean
database_set_errno_error (HablaDatabase *self, int error_number, GError **error)
{
  HablaStoreError code = habla_store_error_from_errno (error_number);

  g_set_error (error, HABLA_STORE_ERROR, code, "%s: %s%s", self->path, g_strerror (error_number),
      database_get_advice (code));
  return FALSE;
}

/* Two daemons would give the same ids to different exchanges. The kernel releases the lock with
 * the process. The database itself is not locked: closing any descriptor of it would drop the
 * locks of SQLite. */
static gboolean
database_take_lock (HablaDatabase *self, GError **error)
{
  g_autofree char *path = g_strconcat (self->path, "-lock", NULL);

  self->lock = g_open (path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
  /* On a read-only file system there is no other writer. */
  if (self->lock < 0)
    return errno == EROFS || errno == EACCES || database_set_errno_error (self, errno, error);
  if (flock (self->lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_LOCKED,
      "%s: another hablad uses it; stop that one, or set another path in [store]", self->path);
  return FALSE;
}

/* Readable by its owner only, unlike files that SQLite creates. */
static gboolean
database_create_file (HablaDatabase *self, GError **error)
{
  int file = g_open (self->path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

  if (file < 0)
    return errno == EEXIST || database_set_errno_error (self, errno, error);
  close (file);
  return TRUE;
}

/* Allocates the page cache at its full size: a cache that grows for a day would hide leaks. Once
 * in a process, before the first use of SQLite; a cache size set per connection would be allocated
 * page by page. */
static void
database_size_cache (void)
{
  static gsize is_sized;

  if (g_once_init_enter (&is_sized)) {
    if (sqlite3_config (SQLITE_CONFIG_PAGECACHE, NULL, 0, CACHE_PAGES) != SQLITE_OK)
      g_debug ("SQLite is already initialized; its page cache grows on demand");
    g_once_init_leave (&is_sized, 1);
  }
}

static gboolean
database_connect_to (HablaDatabase *self, const char *name, int flags, GError **error)
{
  int result;

  database_size_cache ();
  result = sqlite3_open_v2 (
      name, &self->connection, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
  if (result == SQLITE_OK) {
    sqlite3_busy_timeout (self->connection, BUSY_TIMEOUT);
    sqlite3_progress_handler (self->connection, STEPS_BETWEEN_CHECKS, database_on_progress, self);
    result = habla_text_match_register (self->connection);
  }
  if (result == SQLITE_OK)
    return TRUE;
  database_set_error (self, result, error);
  return FALSE;
}

/* WAL: readers do not block the writer. FULL: commits are durable. */
static gboolean
database_set_up (HablaDatabase *self, GError **error)
{
  int result = sqlite3_exec (self->connection,
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
      "PRAGMA journal_size_limit = 16777216; PRAGMA temp_store = MEMORY;",
      NULL, NULL, NULL);

  if (result == SQLITE_OK)
    result = habla_migrations_run (self->connection);
  if (result == SQLITE_OK)
    return TRUE;
  database_set_error (self, result, error);
  return FALSE;
}

/* WAL needs files beside the database. Where they cannot be created the database cannot change, so
 * it is opened as immutable. */
static gboolean
database_open_read_only (HablaDatabase *self, GError **error)
{
  g_autofree char *escaped = g_uri_escape_string (self->path, "/", TRUE);
  g_autofree char *uri = g_strdup_printf ("file:%s?immutable=1", escaped);
  sqlite3_stmt *statement;

  self->is_read_only = TRUE;
  if (!database_connect_to (self, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error))
    return FALSE;
  /* Queries of sessions read this table, which a file of an older version cannot get. */
  if (sqlite3_table_column_metadata (self->connection, "main", "session_topics", NULL, NULL, NULL,
          NULL, NULL, NULL) != SQLITE_OK)
    sqlite3_exec (self->connection,
        "PRAGMA temp_store = MEMORY;"
        "CREATE TEMP TABLE session_topics (session_id INTEGER PRIMARY KEY, topic_summary TEXT)",
        NULL, NULL, NULL);
  statement = habla_database_prepare (self, SQL_GET_LAST_IDS, error);
  return statement != NULL && habla_database_run (self, statement, error);
}

static void
database_free_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

HablaDatabase *
habla_database_open (const char *path, GError **error)
{
  g_autoptr (HablaDatabase) self = g_new0 (HablaDatabase, 1);
  g_autofree char *folder = g_path_get_dirname (path);

  self->path = g_strdup (path);
  self->lock = -1;
  self->more_statements = g_hash_table_new_full (NULL, NULL, NULL, database_free_statement);
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    database_set_errno_error (self, errno, error);
    return NULL;
  }
  if (!database_take_lock (self, error))
    return NULL;
  if (g_access (path, F_OK) == 0 && (g_access (path, W_OK) != 0 || g_access (folder, W_OK) != 0)) {
    if (!database_open_read_only (self, error))
      return NULL;
  } else if (!database_create_file (self, error) ||
             !database_connect_to (self, path, SQLITE_OPEN_READWRITE, error) ||
             !database_set_up (self, error)) {
    return NULL;
  }
  self->has_deleted = !self->is_read_only;
  return g_steal_pointer (&self);
}

void
habla_database_close (HablaDatabase *self)
{
  for (guint i = 0; i < SQL_N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  g_hash_table_unref (self->more_statements);
  sqlite3_close (self->connection);
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->path);
  g_free (self);
}

gboolean
habla_database_is_read_only (HablaDatabase *self)
{
  return self->is_read_only || sqlite3_db_readonly (self->connection, "main") == 1;
}

char *
habla_database_quarantine (const char *path, GError **error)
{
  static const char *const suffixes[] = { "-wal", "-shm" };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%dT%H%M%S.%f");
  g_autofree char *to_path = g_strdup_printf ("%s.corrupt-%s", path, date);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
    g_autofree char *to = g_strconcat (to_path, suffixes[i], NULL);

    g_rename (from, to);
  }
  if (g_rename (path, to_path) == 0)
    return g_steal_pointer (&to_path);
  g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_CORRUPT,
      "%s is damaged and cannot be renamed: %s; move it to another place", path,
      g_strerror (errno));
  return NULL;
}
