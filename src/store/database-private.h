/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sqlite3.h>
#include <store/database.h>

G_BEGIN_DECLS

/* The file reserves ids this far ahead of those in use, so that none is reused after a crash. */
#define HABLA_ID_BLOCK 10000

/* All statements; each is prepared on first use. */
typedef enum {
  SQL_BEGIN,
  SQL_COMMIT,
  SQL_SAVEPOINT,
  SQL_RELEASE,
  SQL_ROLL_BACK_TO,
  SQL_DROP_DELETED,
  SQL_ADD_SESSION,
  SQL_ADD_SPEAKER,
  SQL_ADD_UTTERANCE,
  SQL_HAS_UTTERANCE,
  SQL_ADD_TRANSLATION,
  SQL_ADD_TEXT,
  SQL_EXTEND_SESSION,
  SQL_LIST_UTTERANCES,
  SQL_LIST_MISSED,
  SQL_FIND_TEXT,
  SQL_FIND_SHORT_TEXT,
  SQL_FIND_TITLE,
  SQL_GET_UTTERANCE,
  SQL_SEARCH_UTTERANCES,
  SQL_FIND_RECORDING,
  SQL_LIST_RECORDINGS,
  SQL_LIST_TRANSLATIONS,
  SQL_GET_STATE,
  SQL_SET_STATE,
  SQL_GET_LAST_IDS,
  SQL_RENAME_SPEAKER,
  SQL_LIST_SESSIONS,
  SQL_GET_SESSION,
  SQL_FIND_SESSION,
  SQL_LIST_SPEAKERS,
  SQL_COUNT_UTTERANCES,
  SQL_LIST_LANGUAGES,
  SQL_SAVE_SESSION,
  SQL_SET_TOPIC,
  SQL_DELETE_SESSION,
  SQL_FIND_DELETED,
  SQL_REMOVE_UTTERANCES,
  SQL_N_STATEMENTS,
} HablaSql;

struct _HablaDatabase {
  char *path;
  sqlite3 *connection;
  sqlite3_stmt *statements[SQL_N_STATEMENTS];
  GHashTable *more_statements; /* from SQL to sqlite3_stmt; see habla_database_prepare_sql() */
  int lock;                    /* descriptor of the lock file; -1 = none */
  gboolean is_read_only;
  gboolean has_deleted; /* rows of deleted sessions may be left */
  gint64 deadline;      /* of the current query, in monotonic microseconds; 0 = none */
  guint64 reserved_session_id;
  guint64 reserved_exchange_id;
};

/**
 * habla_database_prepare:
 * @self: a connection
 * @sql: a statement
 * @error: return location for an error
 *
 * Returns: (transfer none) (nullable): the statement, reset and without bindings; %NULL on error
 */
sqlite3_stmt *habla_database_prepare (HablaDatabase *self, HablaSql sql, GError **error);

/**
 * habla_database_prepare_sql:
 * @self: a connection
 * @sql: a static string: its address identifies the statement
 * @error: return location for an error
 *
 * Like habla_database_prepare(), for the statements of the folders below this one.
 *
 * Returns: (transfer none) (nullable): the statement, reset and without bindings; %NULL on error
 */
sqlite3_stmt *habla_database_prepare_sql (HablaDatabase *self, const char *sql, GError **error);

/**
 * habla_database_step:
 * @self: a connection
 * @statement: a statement of it, with all parameters bound
 * @failed: (out): whether there was an error
 * @error: return location for an error
 *
 * Returns: whether there is a row to read; %FALSE after the last row, and on error
 */
gboolean habla_database_step (
    HablaDatabase *self, sqlite3_stmt *statement, gboolean *failed, GError **error);

/**
 * habla_database_run:
 * @self: a connection
 * @statement: a statement of it that yields no rows, with all parameters bound
 * @error: return location for an error
 *
 * Returns: %FALSE on error
 */
gboolean habla_database_run (HablaDatabase *self, sqlite3_stmt *statement, GError **error);

/**
 * habla_database_set_time_limit:
 * @self: a connection
 * @has_limit: whether statements are interrupted five seconds from now
 */
void habla_database_set_time_limit (HablaDatabase *self, gboolean has_limit);

/**
 * habla_sql_bind_text:
 * @statement: a statement
 * @index: of the parameter, from 1
 * @text: (nullable): must stay valid until the statement has run; %NULL binds an SQL NULL
 */
void habla_sql_bind_text (sqlite3_stmt *statement, int index, const char *text);

/**
 * habla_sql_dup_text:
 * @statement: a statement that has a row
 * @column: from 0
 *
 * Returns: (transfer full) (nullable): the text; %NULL for an SQL NULL
 */
char *habla_sql_dup_text (sqlite3_stmt *statement, int column);

/**
 * habla_sql_bind_id:
 * @statement: a statement
 * @index: of the parameter, from 1
 * @id: an id from outside; binds 2^63 - 1, which no row has, if it is larger
 */
void habla_sql_bind_id (sqlite3_stmt *statement, int index, guint64 id);

/**
 * habla_database_read_session:
 * @self: a connection
 * @id: a session
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the session without its languages; %NULL with
 *   %HABLA_STORE_ERROR_NOT_FOUND if there is none
 */
HablaSessionRecord *habla_database_read_session (HablaDatabase *self, guint64 id, GError **error);

/**
 * habla_database_read_utterance:
 * @self: a connection
 * @id: an exchange
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the exchange; %NULL with %HABLA_STORE_ERROR_NOT_FOUND if
 *   there is none
 */
HablaUtteranceRecord *habla_database_read_utterance (
    HablaDatabase *self, guint64 id, GError **error);

/**
 * habla_database_search_utterances:
 * @self: a connection
 * @session_id: a session
 * @part: result of habla_text_fold()
 * @limit: maximum length of the list
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type HablaUtteranceRecord) (nullable): the first utterances of
 *   the session whose text or translations contain @part; %NULL on error
 */
GPtrArray *habla_database_search_utterances (
    HablaDatabase *self, guint64 session_id, const char *part, guint limit, GError **error);

/**
 * habla_database_reserve_ids:
 * @self: a connection with a transaction in progress
 * @session_id: a session id in use
 * @exchange_id: an exchange id in use
 * @error: return location for an error
 *
 * Extends the reservation in the file when less than half of a block is left.
 *
 * Returns: %FALSE on error
 */
gboolean habla_database_reserve_ids (
    HablaDatabase *self, guint64 session_id, guint64 exchange_id, GError **error);

G_END_DECLS
