/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous requests for vocabulary items, each with the function that the thread runs. */
#include "store/vocabulary/vocabulary.h"

#include "store/store-private.h"
#include "store/vocabulary/vocabulary-rows.h"

static gpointer
request_add (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_vocabulary_rows_add (database, request->data, g_get_real_time (), error);
}

void
habla_vocabulary_add_async (
    HablaStore *store, HablaVocabularyItem *item, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_add,
    .free_result = (GDestroyNotify) habla_vocabulary_item_free,
    .free_data = (GDestroyNotify) habla_vocabulary_item_free,
    .data = item };

  habla_store_push_query (store, habla_request_new_task (store, &request,
                                     habla_vocabulary_add_async, NULL, callback, user_data));
}

static gpointer
request_get (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_vocabulary_rows_get (database, request->id, error);
}

void
habla_vocabulary_get_async (HablaStore *store, guint64 id, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = {
    .run = request_get, .free_result = (GDestroyNotify) habla_vocabulary_item_free, .id = id
  };

  habla_store_push_query (store, habla_request_new_task (store, &request,
                                     habla_vocabulary_get_async, cancellable, callback, user_data));
}

static gpointer
request_change (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_vocabulary_rows_change (database, request->data, error);
}

void
habla_vocabulary_change_async (HablaStore *store, HablaVocabularyItem *change,
    GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_change,
    .free_result = (GDestroyNotify) habla_vocabulary_item_free,
    .free_data = (GDestroyNotify) habla_vocabulary_item_free,
    .data = change };

  habla_store_push_query (store, habla_request_new_task (store, &request,
                                     habla_vocabulary_change_async, NULL, callback, user_data));
}

static gpointer
request_review (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_vocabulary_rows_review (
      database, request->id, request->limit, g_get_real_time (), error);
}

void
habla_vocabulary_review_async (
    HablaStore *store, guint64 id, guint quality, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_review,
    .free_result = (GDestroyNotify) habla_vocabulary_item_free,
    .id = id,
    .limit = quality };

  habla_store_push_query (store, habla_request_new_task (store, &request,
                                     habla_vocabulary_review_async, NULL, callback, user_data));
}

HablaVocabularyItem *
habla_vocabulary_item_finish (HablaStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
request_delete (HablaDatabase *database, HablaRequest *request, GError **error)
{
  habla_vocabulary_rows_delete (database, request->id, error);
  return NULL;
}

void
habla_vocabulary_delete_async (
    HablaStore *store, guint64 id, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_delete, .id = id };

  habla_store_push_query (store, habla_request_new_task (store, &request,
                                     habla_vocabulary_delete_async, NULL, callback, user_data));
}

static gpointer
request_list (HablaDatabase *database, HablaRequest *request, GError **error)
{
  const HablaVocabularyQuery query = { .order = request->id,
    .category = request->text,
    .words = request->data,
    .after = request->since,
    .limit = request->limit,
    .offset = request->offset };

  return habla_vocabulary_rows_list (database, &query, g_get_real_time (), error);
}

void
habla_vocabulary_list_async (HablaStore *store, const HablaVocabularyQuery *query,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_list,
    .free_result = (GDestroyNotify) g_ptr_array_unref,
    .free_data = (GDestroyNotify) g_strfreev,
    .data = g_strdupv ((GStrv) query->words),
    .id = query->order,
    .text = g_strdup (query->category),
    .since = query->after,
    .limit = query->limit,
    .offset = query->offset };

  habla_store_push_query (
      store, habla_request_new_task (
                 store, &request, habla_vocabulary_list_async, cancellable, callback, user_data));
}

static gpointer
request_get_stats (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_vocabulary_rows_get_stats (database, g_get_real_time (), error);
}

void
habla_vocabulary_get_stats_async (
    HablaStore *store, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_get_stats,
    .free_result = (GDestroyNotify) habla_vocabulary_stats_free };

  habla_store_push_query (
      store, habla_request_new_task (store, &request, habla_vocabulary_get_stats_async, cancellable,
                 callback, user_data));
}

HablaVocabularyStats *
habla_vocabulary_get_stats_finish (HablaStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
request_get_session (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_vocabulary_rows_get_session (database, request->limit, g_get_real_time (), error);
}

void
habla_vocabulary_get_session_async (HablaStore *store, guint size, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_get_session,
    .free_result = (GDestroyNotify) habla_review_session_free,
    .limit = size };

  habla_store_push_query (
      store, habla_request_new_task (store, &request, habla_vocabulary_get_session_async,
                 cancellable, callback, user_data));
}

HablaReviewSession *
habla_vocabulary_get_session_finish (HablaStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
