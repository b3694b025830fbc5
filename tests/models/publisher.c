/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "publisher.h"

#include "habla-test.h"

#include <string.h>

#define PIECE 4096
#define MAX_HEAD 16384

struct _Publisher {
  GSocketService *service;
  GTlsCertificate *certificate;
  GCancellable *stop;
  guint16 port;
  GMutex lock;
  GCond idle;
  guint n_active;       /* protected by lock; threads that answer */
  GPtrArray *all;       /* files, also those that were replaced; for the main thread */
  GHashTable *files;    /* protected by lock; path → file */
  GHashTable *requests; /* protected by lock; path → number */
  guint64 sent;         /* protected by lock */
};

typedef struct {
  Publisher *publisher;
  PublisherFile file; /* as it is at the begin of the answer */
  GOutputStream *output;
  gsize begin;
  gboolean is_partial;
} Answer;

static void
file_free (gpointer data)
{
  PublisherFile *self = data;

  g_bytes_unref (self->data);
  g_free (self->type);
  g_free (self->etag);
  g_free (self->location);
  g_free (self);
}

static char *
find_header (const char *head, const char *name)
{
  g_autofree char *begin = g_strdup_printf ("\r\n%s: ", name);
  const char *found = strstr (head, begin);

  if (found == NULL)
    return NULL;
  found += strlen (begin);
  return g_strndup (found, strcspn (found, "\r"));
}

/* Returns: the first byte that is asked for; 0 = everything */
static gsize
find_begin (const PublisherFile *file, const char *head)
{
  g_autofree char *range = find_header (head, "Range");
  g_autofree char *validator = find_header (head, "If-Range");

  if (range == NULL || file->ignores_ranges || !g_str_has_prefix (range, "bytes=") ||
      (validator != NULL && g_strcmp0 (validator, file->etag) != 0))
    return 0;
  return g_ascii_strtoull (range + strlen ("bytes="), NULL, 10);
}

static gboolean
send_bytes (Answer *self, const void *data, gsize size)
{
  return g_output_stream_write_all (self->output, data, size, NULL, self->publisher->stop, NULL);
}

static gboolean
send_head (Answer *self, guint status)
{
  gsize size = g_bytes_get_size (self->file.data);
  g_autoptr (GString) head = g_string_new (NULL);

  g_string_append_printf (
      head, "HTTP/1.1 %u Answer\r\nContent-Type: %s\r\n", status, self->file.type);
  if (self->file.etag != NULL)
    g_string_append_printf (head, "ETag: %s\r\n", self->file.etag);
  if (self->file.location != NULL)
    g_string_append_printf (head, "Location: %s\r\n", self->file.location);
  if (status == 206)
    g_string_append_printf (
        head, "Content-Range: bytes %zu-%zu/%zu\r\n", self->begin, size - 1, size);
  if (status != 304 && !self->file.hides_length)
    g_string_append_printf (head, "Content-Length: %zu\r\n", size - self->begin);
  g_string_append (head, "Connection: close\r\n\r\n");
  return send_bytes (self, head->str, head->len);
}

/* Returns: how many bytes of the body are sent before it stops */
static gsize
get_limit (Answer *self)
{
  if (self->file.n_faults == 0 || self->file.cut_after + self->file.stall_after == 0)
    return G_MAXSIZE;
  return MAX (self->file.cut_after, self->file.stall_after);
}

static void
stall (Answer *self)
{
  GPollFD poll;

  if (!g_cancellable_make_pollfd (self->publisher->stop, &poll))
    return;
  g_poll (&poll, 1, 60000);
  g_cancellable_release_fd (self->publisher->stop);
}

static void
send_body (Answer *self)
{
  gsize size, limit = get_limit (self);
  const char *data = g_bytes_get_data (self->file.data, &size);

  for (gsize at = 0; self->begin + at < size; at += PIECE) {
    gsize n = MIN (PIECE, size - self->begin - at);

    if (at >= limit || !send_bytes (self, data + self->begin + at, MIN (n, limit - at)))
      break;
    g_mutex_lock (&self->publisher->lock);
    self->publisher->sent += MIN (n, limit - at);
    g_mutex_unlock (&self->publisher->lock);
  }
  if (limit < size - self->begin && self->file.stall_after > 0)
    stall (self);
}

/* Counts the request, and takes a copy of the file. */
static gboolean
take_file (Answer *self, const char *path)
{
  Publisher *publisher = self->publisher;
  PublisherFile *file;
  guint n;

  g_mutex_lock (&publisher->lock);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (publisher->requests, path));
  g_hash_table_insert (publisher->requests, g_strdup (path), GUINT_TO_POINTER (n + 1));
  file = g_hash_table_lookup (publisher->files, path);
  if (file != NULL) {
    self->file = *file;
    if (file->n_faults > 0)
      file->n_faults--;
  }
  g_mutex_unlock (&publisher->lock);
  return file != NULL;
}

static void
answer (Answer *self, const char *head)
{
  static const char not_found[] =
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  g_auto (GStrv) words = g_strsplit (head, " ", 3);
  g_autofree char *etag = find_header (head, "If-None-Match");
  guint status;

  if (!take_file (self, words[1])) {
    send_bytes (self, not_found, strlen (not_found));
    return;
  }
  self->begin = find_begin (&self->file, head);
  status = self->begin > 0 ? 206 : 200;
  if (self->begin > 0 && self->begin >= g_bytes_get_size (self->file.data))
    status = 416;
  if (etag != NULL && g_strcmp0 (etag, self->file.etag) == 0)
    status = 304;
  if (self->file.status != 0)
    status = self->file.status;
  if (status == 416)
    self->begin = g_bytes_get_size (self->file.data);
  if (send_head (self, status) && status != 304 && status != 416)
    send_body (self);
}

/* Returns: (transfer full) (nullable): the head of a request */
static char *
read_head (GInputStream *input, GCancellable *stop)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char piece[1024];

  while (head->len < MAX_HEAD && strstr (head->str, "\r\n\r\n") == NULL) {
    gssize n = g_input_stream_read (input, piece, sizeof piece, stop, NULL);

    if (n <= 0)
      return NULL;
    g_string_append_len (head, piece, n);
  }
  return g_string_free (g_steal_pointer (&head), FALSE);
}

static void
serve (Publisher *self, GSocketConnection *connection)
{
  g_autoptr (GIOStream) tls =
      g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, NULL);
  Answer reply = { .publisher = self };
  g_autofree char *head = NULL;

  if (tls == NULL)
    return;
  head = read_head (g_io_stream_get_input_stream (tls), self->stop);
  reply.output = g_io_stream_get_output_stream (tls);
  if (head != NULL)
    answer (&reply, head);
  g_io_stream_close (tls, NULL, NULL);
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection, GObject *source,
    Publisher *self)
{
  g_mutex_lock (&self->lock);
  self->n_active++;
  g_mutex_unlock (&self->lock);
  serve (self, connection);
  g_mutex_lock (&self->lock);
  self->n_active--;
  g_cond_signal (&self->idle);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
make_certificate (Publisher *self)
{
  g_autofree char *cert = g_build_filename (habla_test_get_dir (), "publisher-cert.pem", NULL);
  g_autofree char *key = g_build_filename (habla_test_get_dir (), "publisher-key.pem", NULL);
  const char *const command[] = { "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-subj", "/CN=publisher", "-addext",
    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) command, NULL,
      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
      NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  self->certificate = g_tls_certificate_new_from_files (cert, key, &error);
  g_assert_no_error (error);
  g_setenv ("HABLA_MODELS_CA_FILE", cert, TRUE);
}

Publisher *
publisher_new (void)
{
  Publisher *self = g_new0 (Publisher, 1);
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->lock);
  g_cond_init (&self->idle);
  self->all = g_ptr_array_new_with_free_func (file_free);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->stop = g_cancellable_new ();
  make_certificate (self);
  self->service = g_threaded_socket_service_new (-1);
  self->port =
      g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  address = publisher_get_address (self);
  g_setenv ("HABLA_MODELS_MIRROR", address, TRUE);
  return self;
}

void
publisher_free (Publisher *self)
{
  g_cancellable_cancel (self->stop);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_mutex_lock (&self->lock);
  while (self->n_active > 0)
    g_cond_wait (&self->idle, &self->lock);
  g_mutex_unlock (&self->lock);
  g_object_unref (self->service);
  g_object_unref (self->stop);
  g_object_unref (self->certificate);
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->requests);
  g_ptr_array_unref (self->all);
  g_cond_clear (&self->idle);
  g_mutex_clear (&self->lock);
  g_free (self);
}

char *
publisher_get_address (Publisher *self)
{
  return g_strdup_printf ("https://127.0.0.1:%u/", self->port);
}

static char *
get_path (const char *url)
{
  return g_strconcat ("/", url + strlen ("https://"), NULL);
}

PublisherFile *
publisher_add (Publisher *self, const char *url, GBytes *data)
{
  PublisherFile *file = g_new0 (PublisherFile, 1);

  file->data = data;
  file->type = g_strdup ("application/octet-stream");
  file->n_faults = -1;
  g_ptr_array_add (self->all, file);
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->files, get_path (url), file);
  g_mutex_unlock (&self->lock);
  return file;
}

guint
publisher_take_requests (Publisher *self, const char *url)
{
  g_autofree char *path = get_path (url);
  guint n;

  g_mutex_lock (&self->lock);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->requests, path));
  g_hash_table_remove (self->requests, path);
  g_mutex_unlock (&self->lock);
  return n;
}

guint64
publisher_take_sent (Publisher *self)
{
  guint64 sent;

  g_mutex_lock (&self->lock);
  sent = self->sent;
  self->sent = 0;
  g_mutex_unlock (&self->lock);
  return sent;
}
