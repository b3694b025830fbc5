/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Idioms of users: rows, and the asynchronous requests for them. */
#include "store/phrases/idioms.h"

#include "store/database-private.h"
#include "store/store-private.h"

static const char add_sql[] =
    "INSERT INTO idioms (language, canonical, canonical_key, pattern, literal, meaning, region,"
    " frequency, created_at) VALUES (?1, ?2, habla_caseless (?2), ?3, ?4, ?5, ?6, ?7, ?8)"
    " ON CONFLICT (canonical_key) DO NOTHING";
static const char list_sql[] = "SELECT id, language, canonical, pattern, literal, meaning, region,"
                               " frequency FROM idioms ORDER BY id";
static const char remove_sql[] = "DELETE FROM idioms WHERE id = ?1";

HablaIdiomRecord *
habla_idiom_record_copy (const HablaIdiomRecord *self)
{
  HablaIdiomRecord *copy = g_memdup2 (self, sizeof *self);

  copy->language = g_strdup (self->language);
  copy->canonical = g_strdup (self->canonical);
  copy->pattern = g_strdup (self->pattern);
  copy->literal = g_strdup (self->literal);
  copy->meaning = g_strdup (self->meaning);
  copy->region = g_strdup (self->region);
  copy->frequency = g_strdup (self->frequency);
  return copy;
}

void
habla_idiom_record_free (HablaIdiomRecord *self)
{
  g_free (self->language);
  g_free (self->canonical);
  g_free (self->pattern);
  g_free (self->literal);
  g_free (self->meaning);
  g_free (self->region);
  g_free (self->frequency);
  g_free (self);
}

static gpointer
request_add (HablaDatabase *database, HablaRequest *request, GError **error)
{
  const HablaIdiomRecord *idiom = request->data;
  sqlite3_stmt *statement = habla_database_prepare_sql (database, add_sql, error);
  HablaIdiomRecord *added;

  if (statement == NULL)
    return NULL;
  habla_sql_bind_text (statement, 1, idiom->language);
  habla_sql_bind_text (statement, 2, idiom->canonical);
  habla_sql_bind_text (statement, 3, idiom->pattern);
  habla_sql_bind_text (statement, 4, idiom->literal);
  habla_sql_bind_text (statement, 5, idiom->meaning);
  habla_sql_bind_text (statement, 6, idiom->region);
  habla_sql_bind_text (statement, 7, idiom->frequency);
  sqlite3_bind_int64 (statement, 8, g_get_real_time ());
  if (!habla_database_run (database, statement, error))
    return NULL;
  if (sqlite3_changes (database->connection) == 0) {
    g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_REFUSED,
        "There is an idiom “%s” already", idiom->canonical);
    return NULL;
  }
  added = habla_idiom_record_copy (idiom);
  added->id = sqlite3_last_insert_rowid (database->connection);
  return added;
}

void
habla_idioms_add_async (
    HablaStore *store, HablaIdiomRecord *idiom, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_add,
    .free_result = (GDestroyNotify) habla_idiom_record_free,
    .data = idiom,
    .free_data = (GDestroyNotify) habla_idiom_record_free };

  habla_store_push_query (store,
      habla_request_new_task (store, &request, habla_idioms_add_async, NULL, callback, user_data));
}

HablaIdiomRecord *
habla_idioms_add_finish (HablaStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static HablaIdiomRecord *
read_row (sqlite3_stmt *statement)
{
  HablaIdiomRecord *idiom = g_new0 (HablaIdiomRecord, 1);

  idiom->id = sqlite3_column_int64 (statement, 0);
  idiom->language = habla_sql_dup_text (statement, 1);
  idiom->canonical = habla_sql_dup_text (statement, 2);
  idiom->pattern = habla_sql_dup_text (statement, 3);
  idiom->literal = habla_sql_dup_text (statement, 4);
  idiom->meaning = habla_sql_dup_text (statement, 5);
  idiom->region = habla_sql_dup_text (statement, 6);
  idiom->frequency = habla_sql_dup_text (statement, 7);
  return idiom;
}

static gpointer
request_list (HablaDatabase *database, HablaRequest *request, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, list_sql, error);
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_idiom_record_free);
  gboolean failed = statement == NULL;

  while (!failed && habla_database_step (database, statement, &failed, error))
    g_ptr_array_add (all, read_row (statement));
  return failed ? NULL : g_steal_pointer (&all);
}

void
habla_idioms_list_async (HablaStore *store, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_list,
    .free_result = (GDestroyNotify) g_ptr_array_unref };

  habla_store_push_query (store,
      habla_request_new_task (store, &request, habla_idioms_list_async, NULL, callback, user_data));
}

static gpointer
request_remove (HablaDatabase *database, HablaRequest *request, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, remove_sql, error);

  if (statement == NULL)
    return NULL;
  habla_sql_bind_id (statement, 1, request->id);
  if (habla_database_run (database, statement, error) &&
      sqlite3_changes (database->connection) == 0)
    g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND,
        "There is no idiom %" G_GUINT64_FORMAT, request->id);
  return NULL;
}

void
habla_idioms_remove_async (
    HablaStore *store, gint64 id, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_remove, .id = id };

  habla_store_push_query (store, habla_request_new_task (store, &request, habla_idioms_remove_async,
                                     NULL, callback, user_data));
}
