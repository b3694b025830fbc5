/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/phrases/speaker-names.h"

#include "store/database-private.h"
#include "store/store-private.h"

static const char set_sql[] =
    "INSERT INTO speaker_names (owner, id, custom_name, role_hint, updated_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (owner, id) DO UPDATE SET"
    " custom_name = excluded.custom_name, role_hint = excluded.role_hint,"
    " updated_at = excluded.updated_at";
static const char remove_sql[] = "DELETE FROM speaker_names WHERE owner = ?1 AND id = ?2";
static const char drop_sql[] = "DELETE FROM speaker_names WHERE owner = ?1";
static const char limit_sql[] =
    "DELETE FROM speaker_names WHERE (owner, id) IN (SELECT owner, id FROM speaker_names"
    " ORDER BY updated_at DESC LIMIT -1 OFFSET 1000)";
static const char list_sql[] =
    "SELECT owner, id, custom_name, role_hint FROM speaker_names ORDER BY updated_at";

static void
record_free (gpointer data)
{
  HablaSpeakerNameRecord *self = data;

  g_free (self->owner);
  g_free (self->id);
  g_free (self->custom_name);
  g_free (self->role_hint);
  g_free (self);
}

static gboolean
set_name (
    HablaDatabase *database, const char *owner, const HablaSpeakerRecord *speaker, GError **error)
{
  gboolean has_name = speaker->custom_name != NULL || speaker->role_hint != NULL;
  sqlite3_stmt *statement =
      habla_database_prepare_sql (database, has_name ? set_sql : remove_sql, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_text (statement, 1, owner);
  habla_sql_bind_text (statement, 2, speaker->id);
  if (has_name) {
    habla_sql_bind_text (statement, 3, speaker->custom_name);
    habla_sql_bind_text (statement, 4, speaker->role_hint);
    sqlite3_bind_int64 (statement, 5, g_get_real_time ());
  }
  return habla_database_run (database, statement, error);
}

static gpointer
request_save (HablaDatabase *database, HablaRequest *request, GError **error)
{
  const GPtrArray *speakers = request->data;
  sqlite3_stmt *statement;

  for (guint i = 0; i < speakers->len; i++)
    if (!set_name (database, request->text, speakers->pdata[i], error))
      return NULL;
  statement = habla_database_prepare_sql (database, limit_sql, error);
  if (statement != NULL)
    habla_database_run (database, statement, error);
  return NULL;
}

void
habla_speaker_names_save (HablaStore *store, const char *owner, GPtrArray *speakers)
{
  const HablaRequest request = { .run = request_save,
    .text = g_strdup (owner),
    .data = speakers,
    .free_data = (GDestroyNotify) g_ptr_array_unref };

  habla_store_push_change (
      store, habla_request_new_task (store, &request, habla_speaker_names_save, NULL, NULL, NULL));
}

static gpointer
request_drop (HablaDatabase *database, HablaRequest *request, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, drop_sql, error);

  if (statement == NULL)
    return NULL;
  habla_sql_bind_text (statement, 1, request->text);
  habla_database_run (database, statement, error);
  return NULL;
}

void
habla_speaker_names_drop (HablaStore *store, const char *owner)
{
  const HablaRequest request = { .run = request_drop, .text = g_strdup (owner) };

  habla_store_push_change (
      store, habla_request_new_task (store, &request, habla_speaker_names_drop, NULL, NULL, NULL));
}

static gpointer
request_list (HablaDatabase *database, HablaRequest *request, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, list_sql, error);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (record_free);
  gboolean failed = statement == NULL;

  while (!failed && habla_database_step (database, statement, &failed, error)) {
    HablaSpeakerNameRecord *record = g_new0 (HablaSpeakerNameRecord, 1);

    record->owner = habla_sql_dup_text (statement, 0);
    record->id = habla_sql_dup_text (statement, 1);
    record->custom_name = habla_sql_dup_text (statement, 2);
    record->role_hint = habla_sql_dup_text (statement, 3);
    g_ptr_array_add (all, record);
  }
  return failed ? NULL : g_steal_pointer (&all);
}

void
habla_speaker_names_list_async (HablaStore *store, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_list,
    .free_result = (GDestroyNotify) g_ptr_array_unref };

  habla_store_push_query (store, habla_request_new_task (store, &request,
                                     habla_speaker_names_list_async, NULL, callback, user_data));
}
