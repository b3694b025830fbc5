/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The asynchronous requests for bookmarks, each with the function that the thread runs. */
#include "store/bookmarks/bookmarks.h"

#include "store/bookmarks/bookmark-rows.h"
#include "store/store-private.h"

static gpointer
request_change (HablaDatabase *database, HablaRequest *request, GError **error)
{
  return habla_bookmark_rows_change (
      database, request->id, request->limit, request->text, g_get_real_time (), error);
}

void
habla_bookmarks_change_async (HablaStore *store, guint64 exchange_id, HablaBookmarkChange change,
    const char *note, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_change,
    .free_result = (GDestroyNotify) habla_utterance_record_free,
    .id = exchange_id,
    .limit = change,
    .text = g_strdup (note) };

  habla_store_push_query (store, habla_request_new_task (store, &request,
                                     habla_bookmarks_change_async, NULL, callback, user_data));
}

HablaUtteranceRecord *
habla_bookmarks_change_finish (HablaStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
request_list (HablaDatabase *database, HablaRequest *request, GError **error)
{
  const HablaBookmarkQuery query = {
    .session_id = request->id, .limit = request->limit, .offset = request->offset
  };

  return habla_bookmark_rows_list (database, &query, error);
}

void
habla_bookmarks_list_async (HablaStore *store, const HablaBookmarkQuery *query,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  const HablaRequest request = { .run = request_list,
    .free_result = (GDestroyNotify) habla_bookmark_list_free,
    .id = query->session_id,
    .limit = query->limit,
    .offset = query->offset };

  habla_store_push_query (store, habla_request_new_task (store, &request,
                                     habla_bookmarks_list_async, cancellable, callback, user_data));
}

HablaBookmarkList *
habla_bookmarks_list_finish (HablaStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
