/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/database-private.h"
#include "store/phrases/annotation-rows.h"

#define SESSION_ID_KEY "next_session_id"
#define EXCHANGE_ID_KEY "next_exchange_id"
#define DIRECTION_KEY "direction"
#define MODE_KEY "mode"
#define LANGUAGE_MODEL_KEY "language_model"
/* Utterances removed in one transaction, which takes a few hundredths of a second. */
#define REMOVE_BATCH 200

static gboolean
database_set_state (HablaDatabase *self, const char *key, const char *value, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_SET_STATE, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_text (statement, 1, key);
  habla_sql_bind_text (statement, 2, value);
  return habla_database_run (self, statement, error);
}

/* @value: (out) (transfer full) (nullable) */
static gboolean
database_get_state (HablaDatabase *self, const char *key, char **value, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_GET_STATE, error);
  gboolean failed = statement == NULL;

  *value = NULL;
  if (failed)
    return FALSE;
  habla_sql_bind_text (statement, 1, key);
  if (habla_database_step (self, statement, &failed, error))
    *value = habla_sql_dup_text (statement, 0);
  sqlite3_reset (statement);
  return !failed;
}

static gboolean
database_get_id (HablaDatabase *self, const char *key, guint64 *id, GError **error)
{
  g_autofree char *value = NULL;

  if (!database_get_state (self, key, &value, error))
    return FALSE;
  if (value == NULL || !g_ascii_string_to_unsigned (value, 10, 1, G_MAXINT64, id, NULL))
    *id = 1;
  return TRUE;
}

static gboolean
database_set_id (HablaDatabase *self, const char *key, guint64 id, GError **error)
{
  g_autofree char *value = g_strdup_printf ("%" G_GUINT64_FORMAT, id);

  return database_set_state (self, key, value, error);
}

/* Never reuses the id of a row, whatever the state says. */
static gboolean
database_skip_used_ids (
    HablaDatabase *self, guint64 *session_id, guint64 *exchange_id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_GET_LAST_IDS, error);
  gboolean failed = statement == NULL;

  if (!failed && habla_database_step (self, statement, &failed, error)) {
    *session_id = MAX (*session_id, (guint64) sqlite3_column_int64 (statement, 0) + 1);
    *exchange_id = MAX (*exchange_id, (guint64) sqlite3_column_int64 (statement, 1) + 1);
    sqlite3_reset (statement);
  }
  return !failed;
}

gboolean
habla_database_reserve_ids (
    HablaDatabase *self, guint64 session_id, guint64 exchange_id, GError **error)
{
  if (session_id + HABLA_ID_BLOCK / 2 >= self->reserved_session_id) {
    if (!database_set_id (self, SESSION_ID_KEY, session_id + HABLA_ID_BLOCK, error))
      return FALSE;
    self->reserved_session_id = session_id + HABLA_ID_BLOCK;
  }
  if (exchange_id + HABLA_ID_BLOCK / 2 >= self->reserved_exchange_id) {
    if (!database_set_id (self, EXCHANGE_ID_KEY, exchange_id + HABLA_ID_BLOCK, error))
      return FALSE;
    self->reserved_exchange_id = exchange_id + HABLA_ID_BLOCK;
  }
  return TRUE;
}

gboolean
habla_database_start (HablaDatabase *self, HablaDatabaseStart *start, GError **error)
{
  return database_get_id (self, SESSION_ID_KEY, &start->session_id, error) &&
         database_get_id (self, EXCHANGE_ID_KEY, &start->exchange_id, error) &&
         database_skip_used_ids (self, &start->session_id, &start->exchange_id, error) &&
         database_get_state (self, DIRECTION_KEY, &start->direction, error) &&
         database_get_state (self, MODE_KEY, &start->mode, error) &&
         database_get_state (self, LANGUAGE_MODEL_KEY, &start->language_model, error) &&
         (habla_database_is_read_only (self) ||
             habla_database_reserve_ids (self, start->session_id, start->exchange_id, error));
}

gboolean
habla_database_release_ids (
    HablaDatabase *self, guint64 session_id, guint64 exchange_id, GError **error)
{
  return database_skip_used_ids (self, &session_id, &exchange_id, error) &&
         database_set_id (self, SESSION_ID_KEY, session_id, error) &&
         database_set_id (self, EXCHANGE_ID_KEY, exchange_id, error);
}

gboolean
habla_database_set_settings (
    HablaDatabase *self, const char *direction, const char *mode, GError **error)
{
  return database_set_state (self, DIRECTION_KEY, direction, error) &&
         database_set_state (self, MODE_KEY, mode, error);
}

gboolean
habla_database_set_language_model (HablaDatabase *self, const char *text, GError **error)
{
  return database_set_state (self, LANGUAGE_MODEL_KEY, text, error);
}

gboolean
habla_database_set_topic (
    HablaDatabase *self, guint64 session_id, const char *topic, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_SET_TOPIC, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, session_id);
  habla_sql_bind_text (statement, 2, topic);
  return habla_database_run (self, statement, error);
}

gboolean
habla_database_update_speakers (
    HablaDatabase *self, guint64 session_id, GPtrArray *speakers, GError **error)
{
  for (guint i = 0; i < speakers->len; i++) {
    const HablaSpeakerRecord *speaker = g_ptr_array_index (speakers, i);
    sqlite3_stmt *statement = habla_database_prepare (self, SQL_RENAME_SPEAKER, error);

    if (statement == NULL)
      return FALSE;
    sqlite3_bind_int64 (statement, 1, session_id);
    habla_sql_bind_text (statement, 2, speaker->id);
    habla_sql_bind_text (statement, 3, speaker->custom_name);
    if (!habla_database_run (self, statement, error) ||
        !habla_role_rows_set (self, session_id, speaker, error))
      return FALSE;
  }
  return TRUE;
}

static HablaSessionRecord *
database_read_row (sqlite3_stmt *statement)
{
  HablaSessionRecord *session = habla_session_record_new ();

  session->id = sqlite3_column_int64 (statement, 0);
  session->room = habla_sql_dup_text (statement, 1);
  session->direction = habla_sql_dup_text (statement, 2);
  session->mode = habla_sql_dup_text (statement, 3);
  session->started_at = sqlite3_column_int64 (statement, 4);
  session->ended_at = sqlite3_column_int64 (statement, 5);
  session->exchange_count = MAX (sqlite3_column_int64 (statement, 6), 0);
  session->notes = habla_sql_dup_text (statement, 7);
  session->saved_at = sqlite3_column_int64 (statement, 8);
  session->title = habla_sql_dup_text (statement, 9);
  session->topic = habla_sql_dup_text (statement, 10);
  return session;
}

static gboolean
database_read_speakers (HablaDatabase *self, HablaSessionRecord *session, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_LIST_SPEAKERS, error);
  gboolean failed = statement == NULL;

  if (failed)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, session->id);
  while (habla_database_step (self, statement, &failed, error))
    g_ptr_array_add (session->speakers,
        habla_speaker_record_new ((const char *) sqlite3_column_text (statement, 0),
            (const char *) sqlite3_column_text (statement, 1),
            (const char *) sqlite3_column_text (statement, 2),
            (const char *) sqlite3_column_text (statement, 3)));
  for (guint i = 0; !failed && i < session->speakers->len; i++)
    failed = !habla_role_rows_read (self, session->id, session->speakers->pdata[i], error);
  return !failed;
}

static void
session_set_count (HablaSessionRecord *session, const char *speaker_id, guint64 count)
{
  for (guint i = 0; i < session->speakers->len; i++) {
    HablaSpeakerRecord *speaker = g_ptr_array_index (session->speakers, i);

    if (g_str_equal (speaker->id, speaker_id))
      speaker->utterance_count = count;
  }
}

static gboolean
database_count_utterances (HablaDatabase *self, HablaSessionRecord *session, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_COUNT_UTTERANCES, error);
  gboolean failed = statement == NULL;

  if (failed)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, session->id);
  while (habla_database_step (self, statement, &failed, error))
    session_set_count (session, (const char *) sqlite3_column_text (statement, 0),
        sqlite3_column_int64 (statement, 1));
  return !failed;
}

static gboolean
database_read_languages (HablaDatabase *self, HablaSessionRecord *session, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_LIST_LANGUAGES, error);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean failed = statement == NULL;

  if (failed)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, session->id);
  while (habla_database_step (self, statement, &failed, error))
    g_strv_builder_add (builder, (const char *) sqlite3_column_text (statement, 0));
  session->languages = g_strv_builder_end (builder);
  return !failed;
}

/* @statement: with all parameters bound. Returns: (transfer full) (nullable): its rows */
static GPtrArray *
database_read_all (HablaDatabase *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_session_record_free);
  gboolean failed;

  habla_database_set_time_limit (self, TRUE);
  while (habla_database_step (self, statement, &failed, error))
    g_ptr_array_add (all, database_read_row (statement));
  for (guint i = 0; !failed && i < all->len; i++)
    failed = !database_read_speakers (self, g_ptr_array_index (all, i), error);
  habla_database_set_time_limit (self, FALSE);
  return failed ? NULL : g_steal_pointer (&all);
}

GPtrArray *
habla_database_list_sessions (HablaDatabase *self, guint limit, guint64 offset, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_LIST_SESSIONS, error);

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, limit);
  sqlite3_bind_int64 (statement, 2, MIN (offset, (guint64) G_MAXINT64));
  return database_read_all (self, statement, error);
}

static gboolean
database_set_not_found (guint64 id, GError **error)
{
  g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND,
      "There is no session %" G_GUINT64_FORMAT, id);
  return FALSE;
}

/* @statement: selects one session. Returns: (transfer full) (nullable): the session; %NULL without
 * @error = there is none */
static HablaSessionRecord *
database_read_session (HablaDatabase *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (HablaSessionRecord) session = NULL;
  gboolean failed = FALSE;

  habla_database_set_time_limit (self, TRUE);
  if (habla_database_step (self, statement, &failed, error))
    session = database_read_row (statement);
  sqlite3_reset (statement);
  if (session != NULL)
    failed = !database_read_speakers (self, session, error) ||
             !database_count_utterances (self, session, error) ||
             !database_read_languages (self, session, error);
  habla_database_set_time_limit (self, FALSE);
  return failed ? NULL : g_steal_pointer (&session);
}

HablaSessionRecord *
habla_database_read_session (HablaDatabase *self, guint64 id, GError **error)
{
  g_autoptr (HablaSessionRecord) session = NULL;
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_GET_SESSION, error);
  gboolean failed = statement == NULL;

  if (failed)
    return NULL;
  sqlite3_bind_int64 (statement, 1, MIN (id, (guint64) G_MAXINT64));
  if (habla_database_step (self, statement, &failed, error))
    session = database_read_row (statement);
  sqlite3_reset (statement);
  if (session == NULL && !failed)
    database_set_not_found (id, error);
  if (session == NULL || !database_read_speakers (self, session, error))
    return NULL;
  return g_steal_pointer (&session);
}

HablaSessionRecord *
habla_database_get_session (HablaDatabase *self, guint64 id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_GET_SESSION, error);
  HablaSessionRecord *session;
  GError *failure = NULL;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, MIN (id, (guint64) G_MAXINT64));
  session = database_read_session (self, statement, &failure);
  if (failure != NULL)
    g_propagate_error (error, failure);
  else if (session == NULL)
    database_set_not_found (id, error);
  return session;
}

HablaSessionRecord *
habla_database_find_session (HablaDatabase *self, const char *room, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_FIND_SESSION, error);
  HablaSessionRecord *session;
  GError *failure = NULL;

  if (statement == NULL)
    return NULL;
  habla_sql_bind_text (statement, 1, room);
  session = database_read_session (self, statement, &failure);
  if (failure != NULL)
    g_propagate_error (error, failure);
  else if (session == NULL)
    g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND,
        "Nothing was said in a room of the name “%s” yet", room);
  return session;
}

/* @statement: updates the session @id. Returns: whether there is such a session */
static gboolean
database_change (HablaDatabase *self, sqlite3_stmt *statement, guint64 id, GError **error)
{
  if (!habla_database_run (self, statement, error))
    return FALSE;
  return sqlite3_changes (self->connection) > 0 || database_set_not_found (id, error);
}

gboolean
habla_database_save_session (
    HablaDatabase *self, guint64 id, const HablaSessionDetails *details, gint64 now, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_SAVE_SESSION, error);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (now / G_USEC_PER_SEC);
  g_autofree char *name = g_date_time_format (time, "Saved %Y-%m-%d %H:%M");

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, MIN (id, (guint64) G_MAXINT64));
  habla_sql_bind_text (statement, 2, details->notes);
  sqlite3_bind_int64 (statement, 3, now);
  habla_sql_bind_text (statement, 4, name);
  habla_sql_bind_text (statement, 5, details->title);
  return database_change (self, statement, id, error);
}

gboolean
habla_database_delete_session (HablaDatabase *self, guint64 id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_DELETE_SESSION, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, MIN (id, (guint64) G_MAXINT64));
  if (!database_change (self, statement, id, error))
    return FALSE;
  self->has_deleted = TRUE;
  return TRUE;
}

gboolean
habla_database_has_deleted (HablaDatabase *self)
{
  return self->has_deleted;
}

/* @id: (out): a deleted session whose rows are not removed yet; 0 = none */
static gboolean
database_find_deleted (HablaDatabase *self, gint64 *id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_FIND_DELETED, error);
  gboolean failed = statement == NULL;

  *id = 0;
  if (!failed && habla_database_step (self, statement, &failed, error)) {
    *id = sqlite3_column_int64 (statement, 0);
    sqlite3_reset (statement);
  }
  return !failed;
}

/* @n: (out): number of removed rows, at most REMOVE_BATCH */
static gboolean
database_remove_utterances (HablaDatabase *self, gint64 session_id, int *n, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_REMOVE_UTTERANCES, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, session_id);
  sqlite3_bind_int (statement, 2, REMOVE_BATCH);
  if (!habla_database_run (self, statement, error))
    return FALSE;
  *n = sqlite3_changes (self->connection);
  return TRUE;
}

gboolean
habla_database_remove_deleted (HablaDatabase *self, GError **error)
{
  sqlite3_stmt *statement;
  gint64 id;
  int n;

  if (!database_find_deleted (self, &id, error))
    return FALSE;
  self->has_deleted = id != 0;
  if (id == 0)
    return TRUE;
  if (!database_remove_utterances (self, id, &n, error))
    return FALSE;
  if (n == REMOVE_BATCH)
    return TRUE;
  statement = habla_database_prepare (self, SQL_DROP_DELETED, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  return habla_database_run (self, statement, error);
}
