/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sqlite3.h>
#include <store/database.h>

G_BEGIN_DECLS

/* Ids that the file says are used are so many ahead of what is used, so that none is used
 * again after a crash. */
#define HABLA_ID_BLOCK 10000

/* All of them; each is prepared when it is first used. */
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
  SQL_ADD_TRANSLATION,
  SQL_ADD_TEXT,
  SQL_EXTEND_SESSION,
  SQL_LIST_UTTERANCES,
  SQL_LIST_MISSED,
  SQL_SEARCH,
  SQL_FIND_RECORDING,
  SQL_LIST_TRANSLATIONS,
  SQL_GET_STATE,
  SQL_SET_STATE,
  SQL_GET_LAST_IDS,
  SQL_RENAME_SPEAKER,
  SQL_LIST_SESSIONS,
  SQL_GET_SESSION,
  SQL_LIST_SPEAKERS,
  SQL_LIST_LANGUAGES,
  SQL_SAVE_SESSION,
  SQL_DELETE_SESSION,
  SQL_FIND_DELETED,
  SQL_REMOVE_UTTERANCES,
  SQL_N_STATEMENTS,
} HablaSql;

struct _HablaDatabase {
  char *path;
  sqlite3 *connection;
  sqlite3_stmt *statements[SQL_N_STATEMENTS];
  int lock; /* descriptor of the file that says that it is in use; -1 = none */
  gboolean is_read_only;
  gboolean has_deleted; /* there may be something to remove */
  gint64 deadline;      /* of a question, monotonic; 0 = none */
  guint64 reserved_session_id;
  guint64 reserved_exchange_id;
};

/* Returns: (transfer none) (nullable): ready to be bound */
sqlite3_stmt *habla_database_prepare (HablaDatabase *self, HablaSql sql, GError **error);
/* Steps @statement. Returns: whether there is a row; if not, @failed tells a failure */
gboolean habla_database_step (
    HablaDatabase *self, sqlite3_stmt *statement, gboolean *failed, GError **error);
/* Runs @statement, which gives no rows. */
gboolean habla_database_run (HablaDatabase *self, sqlite3_stmt *statement, GError **error);
void habla_database_set_error (HablaDatabase *self, int result, GError **error);
/* Questions are given up after a while. */
void habla_database_set_time_limit (HablaDatabase *self, gboolean has_limit);

/* @text: (nullable): lives until the statement has run */
void habla_sql_bind_text (sqlite3_stmt *statement, int index, const char *text);
char *habla_sql_dup_text (sqlite3_stmt *statement, int column);

gboolean habla_database_set_state (
    HablaDatabase *self, const char *key, const char *value, GError **error);
/* Called for what is used in a transaction: says so in the file before it gets tight. */
gboolean habla_database_reserve_ids (
    HablaDatabase *self, guint64 session_id, guint64 exchange_id, GError **error);

G_END_DECLS
