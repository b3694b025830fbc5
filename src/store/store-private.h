/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/database.h>
#include <store/store.h>

G_BEGIN_DECLS

typedef struct _HablaRequest HablaRequest;

/**
 * HablaRequest:
 * @run: called in the store's thread
 * @free_result: (nullable): frees what @run returns; %NULL if @run returns nothing
 * @free_data: (nullable): frees @data
 * @store: the store that runs it
 *
 * The task data of each request. All other fields are parameters of @run.
 */
struct _HablaRequest {
  gpointer (*run) (HablaDatabase *database, HablaRequest *self, GError **error);
  GDestroyNotify free_result;
  GDestroyNotify free_data;
  HablaStore *store;
  gpointer data;
  guint64 id;
  guint64 since;
  guint64 before;
  guint64 offset;
  guint limit;
  char *text;
  char *more_text;
};

/**
 * habla_request_new_task:
 * @store: a store
 * @request: copied; its pointers are taken over
 * @tag: the source tag of the task: the function that makes the request
 * @cancellable: (nullable): cancels the request
 * @callback: (nullable): called when the request is done
 * @user_data: passed to @callback
 *
 * Returns: (transfer full): a task for habla_store_push_change() or habla_store_push_query()
 */
GTask *habla_request_new_task (HablaStore *store, const HablaRequest *request, gpointer tag,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_push_change:
 * @self: a store
 * @task: (transfer full): its task data are a HablaRequest
 *
 * Queues a change, which is retried until it is written. Fails the task if the queue is full.
 */
void habla_store_push_change (HablaStore *self, GTask *task);

/**
 * habla_store_push_query:
 * @self: a store
 * @task: (transfer full): its task data are a HablaRequest
 *
 * Queues a request that runs once, after all changes that were queued before. Fails the task if
 * the queue is full.
 */
void habla_store_push_query (HablaStore *self, GTask *task);

/**
 * habla_store_has_pending_changes:
 * @self: a store
 *
 * From any thread.
 *
 * Returns: whether the queue of changes is not empty
 */
gboolean habla_store_has_pending_changes (HablaStore *self);

/**
 * habla_store_make_error:
 * @self: a store
 *
 * From any thread.
 *
 * Returns: (transfer full): a %HABLA_STORE_ERROR that explains the current status
 */
GError *habla_store_make_error (HablaStore *self);

G_END_DECLS
