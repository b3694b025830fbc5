/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remote-client-private.h"
#include "retry.h"

#include <habla/error.h>
#include <string.h>

#define READ_SIZE (16 * 1024)
#define MAX_ERROR_BODY (64 * 1024)

struct _RemoteJob {
  int ref_count; /* atomic */
  RemoteClient *client;
  gsize max_response;
  gboolean wants_chunks;

  /* Used by the thread of the client only. */
  SoupMessage *message;
  GCancellable *cancellable;
  GInputStream *stream;
  GSource *timer;
  GSource *connect_timer;
  GByteArray *buffer; /* body that is collected */
  gsize n_received;
  gint64 began;          /* monotonic time from which @remaining counts down, µs */
  gboolean is_stream;    /* whether the caller gets the body */
  gboolean is_error;     /* whether the body is that of an error */
  gboolean is_paused;    /* whether the caller has a chunk */
  const char *timed_out; /* what took too long */

  gint64 remaining;   /* protected by lock; µs */
  gboolean done;      /* protected by lock */
  GBytes *chunk;      /* protected by lock; waits for the caller */
  GError *error;      /* protected by lock */
  guint status;       /* protected by lock */
  char *content_type; /* protected by lock */
  GBytes *body;       /* protected by lock */
  gint64 retry_after; /* protected by lock; s */
};

static void remote_job_read (RemoteJob *self);

static void
remote_job_free (RemoteJob *self)
{
  g_clear_object (&self->message);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->buffer, g_byte_array_unref);
  g_clear_pointer (&self->chunk, g_bytes_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->content_type, g_free);
  g_clear_error (&self->error);
  g_free (self);
}

static RemoteJob *
remote_job_ref (RemoteJob *self)
{
  __atomic_fetch_add (&self->ref_count, 1, __ATOMIC_RELAXED);
  return self;
}

static void
remote_job_unref (gpointer data)
{
  RemoteJob *self = data;

  if (__atomic_sub_fetch (&self->ref_count, 1, __ATOMIC_ACQ_REL) == 0)
    remote_job_free (self);
}

/* Calls @func in the thread of the client. */
static void
remote_job_invoke (RemoteJob *self, GSourceFunc func)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, remote_job_ref (self), remote_job_unref);
  g_source_set_static_name (source, "[habla] RemoteJob invoke");
  g_source_attach (source, self->client->context);
}

static void
remote_job_clear_timer (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

static GSource *
remote_job_add_timer (RemoteJob *self, gint64 microseconds, GSourceFunc func)
{
  GSource *timer = g_timeout_source_new (CLAMP (microseconds / 1000, 0, G_MAXINT));

  g_source_set_callback (timer, func, self, NULL);
  g_source_set_static_name (timer, "[habla] RemoteJob timeout");
  g_source_attach (timer, self->client->context);
  return timer;
}

static gboolean
remote_job_on_timeout (gpointer data)
{
  RemoteJob *self = data;

  self->timed_out = "did not respond in time";
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
remote_job_on_connect_timeout (gpointer data)
{
  RemoteJob *self = data;

  self->timed_out = "could not be reached in time";
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
remote_job_on_wrote_headers (SoupMessage *message, gpointer data)
{
  remote_job_clear_timer (&((RemoteJob *) data)->connect_timer);
}

static void
remote_job_start_clock (RemoteJob *self)
{
  self->began = g_get_monotonic_time ();
  self->timer = remote_job_add_timer (self, self->remaining, remote_job_on_timeout);
}

/* Called with lock of the client held. */
static void
remote_job_stop_clock (RemoteJob *self)
{
  remote_job_clear_timer (&self->timer);
  self->remaining -= g_get_monotonic_time () - self->began;
}

/* Returns: (transfer full): the body, followed by a NUL that does not count */
static GBytes *
remote_job_take_body (RemoteJob *self)
{
  g_autoptr (GBytes) whole = NULL;

  g_byte_array_append (self->buffer, (const guint8 *) "", 1);
  whole = g_byte_array_free_to_bytes (g_steal_pointer (&self->buffer));
  return g_bytes_new_from_bytes (whole, 0, g_bytes_get_size (whole) - 1);
}

/* @error: (transfer full) (nullable) */
static void
remote_job_end (RemoteJob *self, GError *error)
{
  RemoteClient *client = self->client;

  if (self->timed_out != NULL) {
    g_clear_error (&error);
    error = g_error_new (HABLA_ERROR, HABLA_ERROR_TIMEOUT, "%s", self->timed_out);
  }
  g_signal_handlers_disconnect_by_data (self->message, self);
  remote_job_clear_timer (&self->connect_timer);
  g_clear_object (&self->stream);

  g_mutex_lock (&client->lock);
  remote_job_stop_clock (self);
  self->error = error;
  if (error == NULL && !self->is_stream)
    self->body = remote_job_take_body (self);
  self->done = TRUE;
  client->n_jobs--;
  g_cond_broadcast (&client->changed);
  g_mutex_unlock (&client->lock);
  remote_job_unref (self);
}

static GError *
remote_job_refuse_size (RemoteJob *self)
{
  return g_error_new (HABLA_ERROR, HABLA_ERROR_ENGINE,
      "the response is larger than %" G_GSIZE_FORMAT " bytes", self->max_response);
}

/* @bytes: (transfer full): passed to the caller, who asks for the next ones */
static void
remote_job_pass (RemoteJob *self, GBytes *bytes)
{
  self->is_paused = TRUE;
  g_mutex_lock (&self->client->lock);
  remote_job_stop_clock (self);
  self->chunk = bytes;
  g_cond_broadcast (&self->client->changed);
  g_mutex_unlock (&self->client->lock);
}

static void
remote_job_on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  RemoteJob *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (self->stream, result, &error);
  gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  self->n_received += size;
  if (size == 0) {
    remote_job_end (self, g_steal_pointer (&error));
  } else if (self->n_received > self->max_response && self->is_error) {
    remote_job_end (self, NULL);
  } else if (self->n_received > self->max_response) {
    g_cancellable_cancel (self->cancellable);
    remote_job_end (self, remote_job_refuse_size (self));
  } else if (self->is_stream) {
    remote_job_pass (self, g_steal_pointer (&bytes));
  } else {
    g_byte_array_append (self->buffer, g_bytes_get_data (bytes, NULL), size);
    remote_job_read (self);
  }
}

static void
remote_job_read (RemoteJob *self)
{
  g_input_stream_read_bytes_async (
      self->stream, READ_SIZE, G_PRIORITY_DEFAULT, self->cancellable, remote_job_on_read, self);
}

/* The caller has used the chunk. */
static gboolean
remote_job_continue (gpointer data)
{
  RemoteJob *self = data;

  self->is_paused = FALSE;
  remote_job_start_clock (self);
  remote_job_read (self);
  return G_SOURCE_REMOVE;
}

static void
remote_job_on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  RemoteJob *self = data;
  RemoteClient *client = self->client;
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
  GError *error = NULL;
  const char *type;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL) {
    remote_job_end (self, error);
    return;
  }

  type = soup_message_headers_get_content_type (headers, NULL);
  g_mutex_lock (&client->lock);
  self->status = soup_message_get_status (self->message);
  self->is_error = !SOUP_STATUS_IS_SUCCESSFUL (self->status);
  self->is_stream = !self->is_error && self->wants_chunks;
  self->content_type = type != NULL ? g_ascii_strdown (type, -1) : NULL;
  self->retry_after = retry_parse_after (
      soup_message_headers_get_one (headers, "Retry-After"), g_get_real_time () / G_USEC_PER_SEC);
  g_mutex_unlock (&client->lock);
  if (self->is_error)
    self->max_response = MIN (self->max_response, MAX_ERROR_BODY);
  self->buffer = g_byte_array_new ();
  remote_job_read (self);
}

static gboolean
remote_job_start (gpointer data)
{
  RemoteJob *self = data;
  RemoteClient *client = self->client;

  remote_job_start_clock (self);
  self->connect_timer = remote_job_add_timer (
      self, client->active.connect_timeout * (gint64) 1000, remote_job_on_connect_timeout);
  g_signal_connect (self->message, "wrote-headers", G_CALLBACK (remote_job_on_wrote_headers), self);
  soup_session_send_async (client->session, self->message, G_PRIORITY_DEFAULT, self->cancellable,
      remote_job_on_sent, self);
  return G_SOURCE_REMOVE;
}

/* The caller needs no more. */
static gboolean
remote_job_abandon (gpointer data)
{
  RemoteJob *self = data;
  gboolean done;

  g_mutex_lock (&self->client->lock);
  done = self->done;
  g_mutex_unlock (&self->client->lock);
  g_cancellable_cancel (self->cancellable);
  if (self->is_paused && !done)
    remote_job_end (self, NULL);
  return G_SOURCE_REMOVE;
}

/* Returns: (transfer full): a job of the thread and the caller */
static RemoteJob *
remote_job_new (RemoteClient *client, const RemoteRequest *request, gint64 remaining)
{
  RemoteJob *self = g_new0 (RemoteJob, 1);
  gsize max = request->max_response > 0 ? request->max_response : REMOTE_CLIENT_MAX_RESPONSE;

  self->ref_count = 1;
  self->client = client;
  self->max_response = MIN (max, REMOTE_CLIENT_MAX_AUDIO);
  self->wants_chunks = request->on_chunk != NULL;
  self->remaining = remaining;
  self->retry_after = -1;
  self->cancellable = g_cancellable_new ();
  self->message =
      remote_client_new_message (client, request->body != NULL ? "POST" : "GET", request->path);
  if (request->body != NULL)
    soup_message_set_request_body_from_bytes (self->message,
        request->content_type != NULL ? request->content_type : "application/json", request->body);
  if (request->accept != NULL)
    soup_message_headers_replace (
        soup_message_get_request_headers (self->message), "Accept", request->accept);
  return self;
}

/* Called with lock held, which is released meanwhile. Returns: whether to go on */
static gboolean
remote_job_give_chunk (RemoteJob *self, const RemoteRequest *request)
{
  g_autoptr (GBytes) chunk = g_steal_pointer (&self->chunk);
  gsize size;
  const guint8 *data = g_bytes_get_data (chunk, &size);
  gboolean more;

  g_mutex_unlock (&self->client->lock);
  more = request->on_chunk (data, size, request->user_data);
  if (more)
    remote_job_invoke (self, remote_job_continue);
  g_mutex_lock (&self->client->lock);
  return more;
}

/* Called with lock held. */
static gboolean
remote_job_take_result (RemoteJob *self, RemoteResponse *response, GError **error)
{
  response->status = self->status;
  response->content_type = g_steal_pointer (&self->content_type);
  response->body = g_steal_pointer (&self->body);
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

gboolean
remote_job_run (RemoteClient *client, const RemoteRequest *request, RemoteResponse *response,
    RemoteAttempt *attempt, GCancellable *cancellable, GError **error)
{
  RemoteJob *self = remote_job_new (client, request, attempt->remaining);
  gboolean more = TRUE;
  gboolean ok = TRUE;

  g_mutex_lock (&client->lock);
  client->n_jobs++;
  remote_job_ref (self);
  remote_job_invoke (self, remote_job_start);
  while (!self->done && more && !g_cancellable_is_cancelled (cancellable)) {
    if (self->chunk == NULL) {
      g_cond_wait (&client->changed, &client->lock);
    } else {
      attempt->n_chunks++;
      more = remote_job_give_chunk (self, request);
    }
  }
  attempt->remaining = self->remaining;
  attempt->retry_after = self->retry_after;
  if (self->done)
    ok = remote_job_take_result (self, response, error);
  else if (more)
    ok = !g_cancellable_set_error_if_cancelled (cancellable, error);
  else
    response->status = self->status;
  if (!self->done)
    remote_job_invoke (self, remote_job_abandon);
  g_mutex_unlock (&client->lock);
  remote_job_unref (self);
  return ok;
}
