/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/async-response.h"

#include "http/response.h"

#include <string.h>
#include <util/source.h>
#include <util/task-pool.h>

/* Interval of checks whether the client is still there, in milliseconds. */
#define WATCH_INTERVAL 500

/* More threads would only wait for the same disk. */
static HablaTaskPool pool = HABLA_TASK_POOL_INIT (4);

void
habla_async_response_run_task (GTask *task, GTaskThreadFunc function)
{
  habla_task_pool_run (&pool, task, function);
}

static void
async_response_on_finished (SoupServerMessage *message, gpointer user_data)
{
  HablaAsyncResponse *self = user_data;

  self->is_gone = TRUE;
  g_cancellable_cancel (self->cancellable);
}

/* libsoup does not watch the connection of a paused message. */
static gboolean
async_response_on_watch (gpointer user_data)
{
  HablaAsyncResponse *self = user_data;

  if (habla_connection_has_peer_left (self->connection))
    g_cancellable_cancel (self->cancellable);
  return G_SOURCE_CONTINUE;
}

HablaAsyncResponse *
habla_async_response_new (const HablaRequest *request)
{
  HablaAsyncResponse *self = g_new0 (HablaAsyncResponse, 1);

  self->message = g_object_ref (request->message);
  self->connection = habla_connection_ref (request->connection);
  self->user_data = request->user_data;
  self->cancellable = g_cancellable_new ();
  g_signal_connect (self->message, "finished", G_CALLBACK (async_response_on_finished), self);
  g_signal_connect (self->message, "disconnected", G_CALLBACK (async_response_on_finished), self);
  habla_source_start_timer (&self->watch, WATCH_INTERVAL, "[habla] HablaAsyncResponse watch",
      async_response_on_watch, self);
  habla_async_response_pause (self);
  return self;
}

void
habla_async_response_pause (HablaAsyncResponse *self)
{
  habla_connection_set_phase (self->connection, HABLA_CONNECTION_RESPONSE, 0);
  soup_server_message_pause (self->message);
}

void
habla_async_response_resume (HablaAsyncResponse *self)
{
  habla_connection_set_phase (self->connection, HABLA_CONNECTION_RESPONSE, g_get_monotonic_time ());
  soup_server_message_unpause (self->message);
}

void
habla_async_response_abort (HablaAsyncResponse *self)
{
  habla_connection_cut (self->connection);
  /* libsoup notices the end of the connection when it fails to write. */
  soup_message_body_append (
      soup_server_message_get_response_body (self->message), SOUP_MEMORY_STATIC, "-", 1);
}

void
habla_async_response_finish (HablaAsyncResponse *self)
{
  g_signal_handlers_disconnect_by_data (self->message, self);
  habla_source_clear (&self->watch);
  if (!self->is_gone)
    habla_async_response_resume (self);
  g_object_unref (self->message);
  g_object_unref (self->cancellable);
  habla_connection_unref (self->connection);
  g_free (self);
}

/* Work in another thread */

typedef struct {
  HablaWork work;
  gpointer input;
  GDestroyNotify free_input;
  GCancellable *cancellable;
  HablaWorkResult result;
} Job;

static void
job_free (Job *job)
{
  if (job->free_input != NULL)
    job->free_input (job->input);
  g_object_unref (job->cancellable);
  g_clear_pointer (&job->result.json, json_node_unref);
  g_free (job->result.detail);
  g_free (job);
}

/* Worker thread. */
static void
job_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  job->work (job->input, job->cancellable, &job->result);
  g_task_return_boolean (task, TRUE);
}

static void
job_answer (const Job *job, SoupServerMessage *message)
{
  if (job->result.json != NULL) {
    char *text = json_to_string (job->result.json, FALSE);
    g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));

    habla_response_set (message, job->result.status, "application/json", body);
  } else if (job->result.detail != NULL) {
    habla_response_set_error (message, job->result.status, "%s", job->result.detail);
  } else {
    habla_response_set_error (
        message, SOUP_STATUS_SERVICE_UNAVAILABLE, "The request was cancelled; send it again");
  }
}

static void
job_on_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *response = user_data;

  if (!response->is_gone)
    job_answer (g_task_get_task_data (G_TASK (result)), response->message);
  habla_async_response_finish (response);
}

void
habla_async_response_run (
    const HablaRequest *request, HablaWork work, gpointer input, GDestroyNotify free_input)
{
  HablaAsyncResponse *response = habla_async_response_new (request);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, job_on_done, response);
  Job *job = g_new0 (Job, 1);

  job->cancellable = g_object_ref (response->cancellable);
  job->work = work;
  job->input = input;
  job->free_input = free_input;
  g_task_set_name (task, "[habla] work for a request");
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  habla_async_response_run_task (task, job_run);
}
