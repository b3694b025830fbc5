/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/files/file-response.h"

#include "http/response.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util/regular-file.h>

/* Bytes of a file that are in memory at once. */
#define CHUNK_SIZE (256 * 1024)

typedef struct {
  HablaAsyncResponse *response;
  char *path;
  const char *type;

  /* Used by a worker thread while one runs, else by the main thread. */
  int fd;
  char *etag;         /* (nullable): of the file as it was opened */
  struct stat status; /* if there is an ETag: of the file as it was opened */
  guint64 size;
  guint64 at;  /* the next byte to read */
  guint64 end; /* of the range */
  gboolean is_reading;
} FileResponse;

static void
file_response_free (FileResponse *self)
{
  g_signal_handlers_disconnect_by_data (self->response->message, self);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->etag);
  habla_async_response_finish (self->response);
  g_free (self);
}

/* Worker thread. */
static void
file_response_open (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  FileResponse *self = data;
  struct stat status;

  self->fd = self->path != NULL ? habla_regular_file_open (self->path, O_RDONLY, NULL) : -1;
  if (self->fd < 0 || fstat (self->fd, &status) != 0) {
    g_task_return_boolean (task, FALSE);
    return;
  }
  self->size = status.st_size;
  g_task_return_boolean (task, TRUE);
}

char *
habla_file_response_make_etag (const struct stat *status)
{
  return g_strdup_printf ("\"%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER
                          "x.%lx-%" G_GINT64_MODIFIER "x.%lx\"",
      (guint64) status->st_ino, (guint64) status->st_size, (guint64) status->st_mtim.tv_sec,
      status->st_mtim.tv_nsec, (guint64) status->st_ctim.tv_sec, status->st_ctim.tv_nsec);
}

static gboolean
is_same_time (const struct timespec *a, const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Worker thread. Returns: whether the open file still has the bytes of its ETag, which the client
 * has already. A file that lost a name, as one does that was replaced or deleted, has another
 * change time with the same bytes */
static gboolean
file_response_is_unchanged (FileResponse *self)
{
  struct stat status;

  if (self->etag == NULL)
    return TRUE;
  return fstat (self->fd, &status) == 0 && status.st_size == self->status.st_size &&
         is_same_time (&status.st_mtim, &self->status.st_mtim) &&
         (is_same_time (&status.st_ctim, &self->status.st_ctim) ||
             status.st_nlink < self->status.st_nlink);
}

/* Worker thread. */
static void
file_response_read (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  FileResponse *self = data;
  gsize size = MIN (CHUNK_SIZE, self->end - self->at);
  g_autofree char *chunk = g_malloc (size + 1);
  gssize n = pread (self->fd, chunk, size, self->at);

  if (n >= 0 && (gsize) n == size && file_response_is_unchanged (self))
    g_task_return_pointer (
        task, g_bytes_new_take (g_steal_pointer (&chunk), size), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_new_error (
        task, G_IO_ERROR, g_io_error_from_errno (n < 0 ? errno : EIO), "Failed to read the file");
}

static void
file_response_on_read (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FileResponse *self = user_data;
  g_autoptr (GBytes) chunk = g_task_propagate_pointer (G_TASK (result), NULL);
  SoupMessageBody *body = soup_server_message_get_response_body (self->response->message);

  self->is_reading = FALSE;
  if (self->response->is_gone) {
    file_response_free (self);
    return;
  }
  if (chunk == NULL) {
    habla_async_response_abort (self->response);
    habla_async_response_resume (self->response);
    return;
  }
  self->at += g_bytes_get_size (chunk);
  soup_message_body_append_bytes (body, chunk);
  if (self->at == self->end)
    soup_message_body_complete (body);
  habla_async_response_resume (self->response);
}

static void
file_response_read_next (FileResponse *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, file_response_on_read, self);

  self->is_reading = TRUE;
  g_task_set_name (task, "[habla] read a file");
  g_task_set_task_data (task, self, NULL);
  habla_async_response_run_task (task, file_response_read);
}

static void
file_response_on_wrote_chunk (SoupServerMessage *message, gpointer user_data)
{
  FileResponse *self = user_data;

  /* The client has the whole time again for the next chunk. */
  habla_connection_set_phase (
      self->response->connection, HABLA_CONNECTION_RESPONSE, g_get_monotonic_time ());
  if (self->at == self->end || self->is_reading)
    return;
  habla_async_response_pause (self->response);
  file_response_read_next (self);
}

/* Connected after the HablaAsyncResponse's own handler, which sets `is_gone`. */
static void
file_response_on_finished (SoupServerMessage *message, gpointer user_data)
{
  FileResponse *self = user_data;

  if (!self->is_reading)
    file_response_free (self);
}

/* Returns: whether a range of the file fits to what the client has already: not if it has the range
 * of an earlier version, or of one that only a date describes */
static gboolean
file_response_range_applies (FileResponse *self, SoupMessageHeaders *request_headers)
{
  const char *version = soup_message_headers_get_one (request_headers, "If-Range");

  return version == NULL || self->etag == NULL || strcmp (version, self->etag) == 0;
}

/* Returns: whether there is something to send; if not, the request has been answered */
static gboolean
file_response_choose_range (FileResponse *self, SoupServerMessage *message)
{
  SoupMessageHeaders *request_headers = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *range = soup_message_headers_get_one (request_headers, "Range");
  SoupRange *ranges = NULL;
  gboolean has_range = TRUE;
  int n = 0;

  self->at = 0;
  self->end = self->size;
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  /* Several ranges, and other units, are ignored: no player asks for them. */
  if (range == NULL || !file_response_range_applies (self, request_headers) ||
      !soup_message_headers_get_ranges (request_headers, self->size, &ranges, &n))
    return TRUE;
  /* More of the last bytes than there are begin before the file. */
  if (n == 1 && (guint64) MAX (ranges[0].start, 0) < self->size) {
    self->at = MAX (ranges[0].start, 0);
    self->end = MIN ((guint64) ranges[0].end + 1, self->size);
    soup_message_headers_set_content_range (headers, self->at, self->end - 1, self->size);
    soup_server_message_set_status (message, SOUP_STATUS_PARTIAL_CONTENT, NULL);
  } else if (n == 1) {
    g_autofree char *whole = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, self->size);

    has_range = FALSE;
    soup_message_headers_replace (headers, "Content-Range", whole);
    habla_response_set_error (message, SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE,
        "The file has %" G_GUINT64_FORMAT " bytes", self->size);
  }
  soup_message_headers_free_ranges (request_headers, ranges);
  return has_range;
}

static void
file_response_begin (FileResponse *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  gboolean is_head = g_str_equal (soup_server_message_get_method (message), "HEAD");

  soup_message_headers_replace (headers, "Content-Type", self->type);
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Cache-Control", "no-cache");
  soup_message_headers_set_content_length (headers, self->end - self->at);
  soup_message_body_set_accumulate (body, FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (file_response_on_wrote_chunk), self);
  g_signal_connect (message, "finished", G_CALLBACK (file_response_on_finished), self);
  g_signal_connect (message, "disconnected", G_CALLBACK (file_response_on_finished), self);
  if (is_head || self->at == self->end) {
    self->at = self->end;
    soup_message_body_complete (body);
    habla_async_response_resume (self->response);
  } else {
    file_response_read_next (self);
  }
}

static void
file_response_on_open (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FileResponse *self = user_data;
  gboolean is_file = g_task_propagate_boolean (G_TASK (result), NULL);
  HablaAsyncResponse *response = self->response;

  if (!response->is_gone && is_file && file_response_choose_range (self, response->message)) {
    file_response_begin (self, response->message);
    return;
  }
  if (!response->is_gone && !is_file)
    habla_response_set_error (response->message, SOUP_STATUS_NOT_FOUND, "There is no such audio");
  file_response_free (self);
}

void
habla_file_response_send (HablaAsyncResponse *response, char *path, const char *type)
{
  FileResponse *self = g_new0 (FileResponse, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, file_response_on_open, self);

  self->response = response;
  self->path = path;
  self->type = type;
  self->fd = -1;
  g_task_set_name (task, "[habla] open a file");
  g_task_set_task_data (task, self, NULL);
  habla_async_response_run_task (task, file_response_open);
}

/* With an ETag */

/* @list: the header If-None-Match. */
static gboolean
is_listed (const char *list, const char *etag)
{
  return strcmp (list, "*") == 0 || strstr (list, etag) != NULL;
}

static gboolean
is_not_newer (const struct stat *status, const char *date)
{
  g_autoptr (GDateTime) known = soup_date_time_new_from_http_string (date);

  return known != NULL && status->st_mtim.tv_sec <= g_date_time_to_unix (known);
}

static gboolean
file_response_is_known (
    FileResponse *self, const struct stat *status, SoupMessageHeaders *request_headers)
{
  const char *list = soup_message_headers_get_list (request_headers, "If-None-Match");
  const char *date = soup_message_headers_get_one (request_headers, "If-Modified-Since");

  if (list != NULL)
    return is_listed (list, self->etag);
  return date != NULL && is_not_newer (status, date);
}

static void
file_response_add_version (
    FileResponse *self, const struct stat *status, SoupMessageHeaders *headers)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (status->st_mtim.tv_sec);
  g_autofree char *date = time != NULL ? soup_date_time_to_string (time, SOUP_DATE_HTTP) : NULL;

  soup_message_headers_replace (headers, "ETag", self->etag);
  soup_message_headers_replace (headers, "Cache-Control", "no-cache");
  if (date != NULL)
    soup_message_headers_replace (headers, "Last-Modified", date);
}

void
habla_file_response_send_open (
    HablaAsyncResponse *response, int fd, const struct stat *status, const char *type)
{
  SoupServerMessage *message = response->message;
  FileResponse *self = g_new0 (FileResponse, 1);

  self->response = response;
  self->type = type;
  self->fd = fd;
  self->status = *status;
  self->size = status->st_size;
  self->etag = habla_file_response_make_etag (status);
  if (response->is_gone) {
    file_response_free (self);
    return;
  }
  file_response_add_version (self, status, soup_server_message_get_response_headers (message));
  if (file_response_is_known (self, status, soup_server_message_get_request_headers (message))) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
    file_response_free (self);
  } else if (file_response_choose_range (self, message)) {
    file_response_begin (self, message);
  } else {
    file_response_free (self);
  }
}
