/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <api/routes.h>

G_BEGIN_DECLS

/* Answers that take their time. */

/**
 * HablaAsyncResponse:
 * @store: (nullable): that may be asked for the answer
 * @message: paused
 * @connection: that it came by
 * @cancellable: cancelled when nobody waits for the answer any more
 * @is_gone: nobody does: there is no use in an answer
 * @watch: (nullable): looks whether the client is still there
 *
 * A request whose answer is somebody else's work. The main thread's own.
 */
typedef struct {
  HablaStore *store;
  SoupServerMessage *message;
  HablaConnection *connection;
  GCancellable *cancellable;
  gboolean is_gone;
  GSource *watch;
} HablaAsyncResponse;

/* Returns: (transfer full): @request stays unanswered until habla_async_response_finish() */
HablaAsyncResponse *habla_async_response_new (const HablaRequest *request);
/* While whose work it is works, no time counts for the client. */
void habla_async_response_pause (HablaAsyncResponse *self);
/* What was put into its message goes out, and the client has its time to take it. */
void habla_async_response_resume (HablaAsyncResponse *self);
/* Of an answer that has begun and cannot be completed: once it goes on, or is finished, the
 * connection ends, which is all that can tell the client. */
void habla_async_response_abort (HablaAsyncResponse *self);
/* (transfer full) of @self: what was put into its message goes out. */
void habla_async_response_finish (HablaAsyncResponse *self);
/* (transfer full) of @self: with what @error of the store means. */
void habla_async_response_fail (HablaAsyncResponse *self, const GError *error);

/* Runs @function in one of the worker threads for requests, of which there are few, so that
 * requests never hold up sessions. Like g_task_run_in_thread(). */
void habla_async_response_run (GTask *task, GTaskThreadFunc function);

/**
 * HablaAnswer:
 * @status: 200 with @json, or another with @detail; without both the request was cancelled
 *
 * What a worker thread found.
 */
typedef struct {
  guint status;
  JsonNode *json;
  char *detail;
} HablaAnswer;

/* Worker thread. @cancellable: cancelled when nobody waits for @answer any more; work that changes
 * something goes on all the same */
typedef void (*HablaWork) (gpointer input, GCancellable *cancellable, HablaAnswer *answer);

/* @input: freed with @free_input in any thread */
void habla_response_by_worker (
    const HablaRequest *request, HablaWork work, gpointer input, GDestroyNotify free_input);

/* (transfer full) of @self: sends a file, or the range of it that was asked for; worker threads
 * read it piece by piece.
 * @path: (transfer full) (nullable): %NULL, or no file: 404. @type: static */
void habla_async_response_send_file (HablaAsyncResponse *self, char *path, const char *type);

G_END_DECLS
