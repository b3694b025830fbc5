/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/sessions/empty-sessions.h"

#include "store/database-private.h"
#include "store/store-private.h"

static const char add_sql[] = "INSERT INTO sessions (id, room, owner, direction, mode, started_at,"
                              " ended_at, exchange_count) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, -1)"
                              " ON CONFLICT (id) DO NOTHING";
static const char limit_sql[] =
    "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE exchange_count = -1"
    " AND saved_at IS NULL ORDER BY id DESC LIMIT -1 OFFSET ?1)";

static gpointer
request_add (HablaDatabase *database, HablaRequest *request, GError **error)
{
  const HablaSessionRecord *session = request->data;
  sqlite3_stmt *statement = habla_database_prepare_sql (database, add_sql, error);

  if (statement == NULL)
    return NULL;
  habla_sql_bind_id (statement, 1, session->id);
  habla_sql_bind_text (statement, 2, session->room);
  habla_sql_bind_text (statement, 3, request->text);
  habla_sql_bind_text (statement, 4, session->direction);
  habla_sql_bind_text (statement, 5, session->mode);
  sqlite3_bind_int64 (statement, 6, session->started_at);
  if (!habla_database_run (database, statement, error))
    return NULL;
  statement = habla_database_prepare_sql (database, limit_sql, error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int (statement, 1, HABLA_MAX_EMPTY_SESSIONS);
  habla_database_run (database, statement, error);
  return NULL;
}

void
habla_empty_sessions_add (HablaStore *store, HablaSessionRecord *session, const char *owner)
{
  const HablaRequest request = { .run = request_add,
    .text = g_strdup (owner),
    .data = session,
    .free_data = (GDestroyNotify) habla_session_record_free };

  habla_store_push_change (
      store, habla_request_new_task (store, &request, habla_empty_sessions_add, NULL, NULL, NULL));
}
