/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/async-response.h"

#include <http/response.h>

#include <errno.h>
#include <fcntl.h>
#include <util/regular-file.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util/task-pool.h>
#include <util/source.h>

/* Of a file, at once in memory. */
#define PIECE (256 * 1024)
/* Between two looks at whether a client still waits, in milliseconds. */
#define WATCH_INTERVAL 500

/* More would only wait for the same disk. */
static HablaTaskPool pool = HABLA_TASK_POOL_INIT (4);

void
habla_async_response_run (GTask *task, GTaskThreadFunc function)
{
  habla_task_pool_run (&pool, task, function);
}

static void
on_finished (SoupServerMessage *message, gpointer user_data)
{
  HablaAsyncResponse *self = user_data;

  self->is_gone = TRUE;
  g_cancellable_cancel (self->cancellable);
}

/* libsoup does not look at the connection of a message that is paused. */
static gboolean
on_watch (gpointer user_data)
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

  self->store = request->context->store;
  self->message = g_object_ref (request->message);
  self->connection = habla_connection_ref (request->connection);
  self->cancellable = g_cancellable_new ();
  g_signal_connect (self->message, "finished", G_CALLBACK (on_finished), self);
  g_signal_connect (self->message, "disconnected", G_CALLBACK (on_finished), self);
  habla_source_start_timer (
      &self->watch, WATCH_INTERVAL, "habla: client that waits", on_watch, self);
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

/* libsoup does not look at the connection of a message that is paused; it has to fail to write. */
void
habla_async_response_abort (HablaAsyncResponse *self)
{
  habla_connection_cut (self->connection);
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

static guint
get_status (const GError *error)
{
  if (g_error_matches (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND))
    return SOUP_STATUS_NOT_FOUND;
  if (g_error_matches (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_QUERY))
    return SOUP_STATUS_BAD_REQUEST;
  return SOUP_STATUS_SERVICE_UNAVAILABLE;
}

void
habla_async_response_fail (HablaAsyncResponse *self, const GError *error)
{
  if (!self->is_gone)
    habla_response_with_detail (self->message, get_status (error), "%s", error->message);
  habla_async_response_finish (self);
}

/* Answers in JSON. */

typedef struct {
  HablaWork work;
  gpointer input;
  GDestroyNotify free_input;
  GCancellable *cancellable;
  HablaAnswer answer;
} Job;

static void
job_free (Job *job)
{
  if (job->free_input != NULL)
    job->free_input (job->input);
  g_object_unref (job->cancellable);
  g_clear_pointer (&job->answer.json, json_node_unref);
  g_free (job->answer.detail);
  g_free (job);
}

static void
run_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  job->work (job->input, job->cancellable, &job->answer);
  g_task_return_boolean (task, TRUE);
}

static void
on_job (GObject *object, GAsyncResult *result, gpointer user_data)
{
  HablaAsyncResponse *later = user_data;
  const Job *job = g_task_get_task_data (G_TASK (result));
  SoupServerMessage *message = later->message;

  if (!later->is_gone && job->answer.json != NULL) {
    g_autofree char *text = json_to_string (job->answer.json, FALSE);
    g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

    habla_response_with (message, job->answer.status, "application/json", body);
  } else if (!later->is_gone && job->answer.detail == NULL) {
    habla_response_with_detail (
        message, SOUP_STATUS_SERVICE_UNAVAILABLE, "The request was cancelled; send it again");
  } else if (!later->is_gone) {
    habla_response_with_detail (message, job->answer.status, "%s", job->answer.detail);
  }
  habla_async_response_finish (later);
}

void
habla_response_by_worker (
    const HablaRequest *request, HablaWork work, gpointer input, GDestroyNotify free_input)
{
  HablaAsyncResponse *later = habla_async_response_new (request);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_job, later);
  Job *job = g_new0 (Job, 1);

  job->cancellable = g_object_ref (later->cancellable);
  job->work = work;
  job->input = input;
  job->free_input = free_input;
  g_task_set_name (task, "habla: answer");
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  habla_async_response_run (task, run_job);
}

/* Files. */

typedef struct {
  HablaAsyncResponse *later;
  char *path;
  const char *type;

  /* Whose turn it is: the worker's while it reads, else the main thread's. */
  int fd;
  guint64 size;
  guint64 at;
  guint64 end;
  gboolean is_reading;
} Sending;

static void
sending_free (Sending *self)
{
  g_signal_handlers_disconnect_by_data (self->later->message, self);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  habla_async_response_finish (self->later);
  g_free (self);
}

/* Worker thread. Returns: (nullable): the next piece; %NULL with an error */
static GBytes *
read_piece (Sending *self, GError **error)
{
  gsize size = MIN (PIECE, self->end - self->at);
  g_autofree char *data = g_malloc (size + 1);
  gssize n = pread (self->fd, data, size, self->at);

  if (n >= 0 && (gsize) n == size)
    return g_bytes_new_take (g_steal_pointer (&data), size);
  g_set_error (
      error, G_IO_ERROR, g_io_error_from_errno (n < 0 ? errno : EIO), "the file cannot be read");
  return NULL;
}

static void
run_open (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Sending *self = data;
  struct stat status;

  self->fd = self->path != NULL ? habla_regular_file_open (self->path, O_RDONLY, NULL) : -1;
  if (self->fd < 0 || fstat (self->fd, &status) != 0) {
    g_task_return_boolean (task, FALSE);
    return;
  }
  self->size = status.st_size;
  g_task_return_boolean (task, TRUE);
}

static void
run_read (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  GBytes *piece = read_piece (data, &error);

  if (piece != NULL)
    g_task_return_pointer (task, piece, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
on_piece (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Sending *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) piece = g_task_propagate_pointer (G_TASK (result), &error);
  SoupMessageBody *body = soup_server_message_get_response_body (self->later->message);

  self->is_reading = FALSE;
  if (self->later->is_gone) {
    sending_free (self);
    return;
  }
  if (piece == NULL) {
    /* More was promised: whoever reads must see that it is not whole. */
    habla_async_response_abort (self->later);
    habla_async_response_resume (self->later);
    return;
  }
  self->at += g_bytes_get_size (piece);
  soup_message_body_append_bytes (body, piece);
  if (self->at == self->end)
    soup_message_body_complete (body);
  habla_async_response_resume (self->later);
}

static void
read_next (Sending *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_piece, self);

  self->is_reading = TRUE;
  g_task_set_name (task, "habla: read a file");
  g_task_set_task_data (task, self, NULL);
  habla_async_response_run (task, run_read);
}

/* One has been sent: a client that is slow but reads has its time anew. */
static void
on_wrote_chunk (SoupServerMessage *message, gpointer user_data)
{
  Sending *self = user_data;

  habla_connection_set_phase (
      self->later->connection, HABLA_CONNECTION_RESPONSE, g_get_monotonic_time ());
  if (self->at == self->end || self->is_reading)
    return;
  habla_async_response_pause (self->later);
  read_next (self);
}

static void
on_sent (SoupServerMessage *message, gpointer user_data)
{
  Sending *self = user_data;

  /* Connected after the later's own, so that one knows. */
  if (!self->is_reading)
    sending_free (self);
}

/* Returns: whether there is something to send; else it has been answered */
static gboolean
choose_range (Sending *self, SoupServerMessage *message)
{
  SoupMessageHeaders *asked = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *range = soup_message_headers_get_one (asked, "Range");
  SoupRange *ranges = NULL;
  gboolean is_there = TRUE;
  int n = 0;

  self->at = 0;
  self->end = self->size;
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  /* Several at once, or another unit, are nothing that a player asks for: it gets all. */
  if (range == NULL || !soup_message_headers_get_ranges (asked, self->size, &ranges, &n))
    return TRUE;
  if (n == 1 && ranges[0].start >= 0 && (guint64) ranges[0].start < self->size) {
    self->at = ranges[0].start;
    self->end = MIN ((guint64) ranges[0].end + 1, self->size);
    soup_message_headers_set_content_range (headers, self->at, self->end - 1, self->size);
    soup_server_message_set_status (message, SOUP_STATUS_PARTIAL_CONTENT, NULL);
  } else if (n == 1) {
    g_autofree char *whole = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, self->size);

    is_there = FALSE;
    soup_message_headers_replace (headers, "Content-Range", whole);
    habla_response_with_detail (message, SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE,
        "The file has %" G_GUINT64_FORMAT " bytes", self->size);
  }
  soup_message_headers_free_ranges (asked, ranges);
  return is_there;
}

static void
begin_sending (Sending *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  gboolean is_head = g_str_equal (soup_server_message_get_method (message), "HEAD");

  soup_message_headers_replace (headers, "Content-Type", self->type);
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Cache-Control", "no-cache");
  soup_message_headers_set_content_length (headers, self->end - self->at);
  soup_message_body_set_accumulate (body, FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), self);
  g_signal_connect (message, "finished", G_CALLBACK (on_sent), self);
  g_signal_connect (message, "disconnected", G_CALLBACK (on_sent), self);
  if (is_head || self->at == self->end) {
    self->at = self->end;
    soup_message_body_complete (body);
    habla_async_response_resume (self->later);
  } else {
    read_next (self);
  }
}

static void
on_open (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Sending *self = user_data;
  gboolean is_there = g_task_propagate_boolean (G_TASK (result), NULL);
  HablaAsyncResponse *later = self->later;

  if (!later->is_gone && is_there && choose_range (self, later->message)) {
    begin_sending (self, later->message);
    return;
  }
  if (!later->is_gone && !is_there)
    habla_response_with_detail (later->message, SOUP_STATUS_NOT_FOUND, "There is no such audio");
  sending_free (self);
}

void
habla_async_response_send_file (HablaAsyncResponse *later, char *path, const char *type)
{
  Sending *self = g_new0 (Sending, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_open, self);

  self->later = later;
  self->path = path;
  self->type = type;
  self->fd = -1;
  g_task_set_name (task, "habla: open a file");
  g_task_set_task_data (task, self, NULL);
  habla_async_response_run (task, run_open);
}
