/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/request.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * HablaAsyncResponse:
 * @message: the request and its response
 * @connection: the request's connection
 * @user_data: of the router
 * @cancellable: cancelled when the client has gone
 * @is_gone: whether the request is over, so that nothing can be sent
 *
 * A response that is not known yet when the route's handler returns. libsoup does not handle the
 * connection meanwhile. The main thread uses it.
 */
typedef struct {
  SoupServerMessage *message;
  HablaConnection *connection;
  gpointer user_data;
  GCancellable *cancellable;
  gboolean is_gone;
  GSource *watch; /* looks whether the client is still there */
} HablaAsyncResponse;

/**
 * habla_async_response_new:
 * @request: a request
 *
 * The response is paused; see habla_async_response_pause().
 *
 * Returns: (transfer full): a response to @request; end it with habla_async_response_finish()
 */
HablaAsyncResponse *habla_async_response_new (const HablaRequest *request);

/**
 * habla_async_response_pause:
 * @self: a response
 *
 * Sends nothing until the response is resumed or finished. The time that passes meanwhile does not
 * count against the client.
 */
void habla_async_response_pause (HablaAsyncResponse *self);

/**
 * habla_async_response_resume:
 * @self: a response
 *
 * Sends the new part of the message's body. The client must take it within the server's request
 * timeout.
 */
void habla_async_response_resume (HablaAsyncResponse *self);

/**
 * habla_async_response_abort:
 * @self: a response that has begun and cannot be completed
 *
 * Ends the connection as soon as the response is resumed or finished: only that can tell the
 * client that the body is not complete.
 */
void habla_async_response_abort (HablaAsyncResponse *self);

/**
 * habla_async_response_finish:
 * @self: (transfer full): a response
 *
 * Sends the rest of the response and frees @self.
 */
void habla_async_response_finish (HablaAsyncResponse *self);

/**
 * habla_async_response_run_task:
 * @task: (transfer none): a task
 * @function: called in a worker thread; must return from @task
 *
 * Like g_task_run_in_thread(), with four threads that only requests use.
 */
void habla_async_response_run_task (GTask *task, GTaskThreadFunc function);

/**
 * HablaWorkResult:
 * @status: of HTTP
 * @json: (transfer full) (nullable): the response's body
 * @detail: (transfer full) (nullable): an error for people, without @json
 *
 * What a worker found. Without @json and @detail the work was cancelled.
 */
typedef struct {
  guint status;
  JsonNode *json;
  char *detail;
} HablaWorkResult;

/**
 * HablaWork:
 * @input: of habla_async_response_run()
 * @cancellable: cancelled when the client has gone; work that changes something
 *   ignores it
 * @result: (out): what it found; cleared
 *
 * Work of a worker thread.
 */
typedef void (*HablaWork) (gpointer input, GCancellable *cancellable, HablaWorkResult *result);

/**
 * habla_async_response_run:
 * @request: a request
 * @work: called in a worker thread
 * @input: (transfer full): for @work
 * @free_input: frees @input, in any thread
 *
 * Answers @request in JSON with what @work finds.
 */
void habla_async_response_run (
    const HablaRequest *request, HablaWork work, gpointer input, GDestroyNotify free_input);

G_END_DECLS
