/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remote-server.h"

#include <string.h>

struct _RemoteServer {
  RemoteServerFunc func;
  gpointer data;
  GTlsCertificate *certificate;
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  char *url;

  GMutex lock;
  GCond changed;
  GPtrArray *threads; /* used by the accepting thread, and by the last one */
  guint n_calls;      /* protected by lock */
};

typedef struct {
  RemoteServer *server;
  GSocketConnection *connection;
} RemotePeer;

static void
remote_call_clear (RemoteCall *call)
{
  g_free (call->method);
  g_free (call->path);
  g_free (call->headers);
  g_free (call->body);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RemoteCall, remote_call_clear)

static void
remote_reply_clear (RemoteReply *reply)
{
  g_free (reply->headers);
  g_free (reply->body);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RemoteReply, remote_reply_clear)

static gboolean
remote_server_read_head (RemoteServer *self, GDataInputStream *input, RemoteCall *call)
{
  g_autofree char *first = g_data_input_stream_read_line (input, NULL, self->cancellable, NULL);
  g_autoptr (GString) headers = g_string_new (NULL);
  g_auto (GStrv) words = NULL;

  if (first == NULL)
    return FALSE;
  words = g_strsplit (first, " ", 3);
  if (g_strv_length (words) != 3)
    return FALSE;
  call->method = g_strdup (words[0]);
  call->path = g_strdup (words[1]);
  for (;;) {
    g_autofree char *line = g_data_input_stream_read_line (input, NULL, self->cancellable, NULL);

    if (line == NULL)
      return FALSE;
    if (*g_strchomp (line) == '\0')
      break;
    g_string_append_printf (headers, "%s\n", line);
  }
  call->headers = g_strdup (headers->str);
  return TRUE;
}

static gboolean
remote_server_read (RemoteServer *self, GDataInputStream *input, RemoteCall *call)
{
  const char *length;
  gboolean whole;

  if (!remote_server_read_head (self, input, call))
    return FALSE;
  length = strstr (call->headers, "Content-Length: ");
  if (length != NULL)
    call->size = g_ascii_strtoull (length + strlen ("Content-Length: "), NULL, 10);
  call->body = g_malloc0 (call->size + 1);
  whole = g_input_stream_read_all (
      G_INPUT_STREAM (input), call->body, call->size, NULL, self->cancellable, NULL);
  return whole;
}

static gboolean
remote_server_write (RemoteServer *self, GOutputStream *output, const char *data, gsize size)
{
  return g_output_stream_write_all (output, data, size, NULL, self->cancellable, NULL);
}

/* Waits until the test ends or, if there is a time, as long, in milliseconds. */
static gboolean
remote_server_pause (RemoteServer *self, int time)
{
  GPollFD fd;
  gboolean made = g_cancellable_make_pollfd (self->cancellable, &fd);
  int n;

  g_assert_true (made);
  n = g_poll (&fd, 1, time);
  g_cancellable_release_fd (self->cancellable);
  return n == 0;
}

static gboolean
remote_server_write_pieces (
    RemoteServer *self, GOutputStream *output, const char *body, gsize size, gsize piece)
{
  for (gsize i = 0; i < size; i += piece) {
    gsize n = MIN (piece, size - i);
    g_autofree char *head = g_strdup_printf ("%" G_GSIZE_MODIFIER "x\r\n", n);

    if (!remote_server_write (self, output, head, strlen (head)) ||
        !remote_server_write (self, output, body + i, n) ||
        !remote_server_write (self, output, "\r\n", 2))
      return FALSE;
  }
  return remote_server_write (self, output, "0\r\n\r\n", 5);
}

static gboolean
remote_server_write_slowly (RemoteServer *self, GOutputStream *output, const char *body, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (!remote_server_write (self, output, body + i, 1) || !remote_server_pause (self, 20))
      return FALSE;
  return TRUE;
}

static gboolean
remote_server_write_forever (RemoteServer *self, GOutputStream *output)
{
  g_autofree char *block = g_strnfill (65536, ' ');

  while (remote_server_write (self, output, block, 65536))
    ;
  return FALSE;
}

/* Returns: whether the connection can be used again */
static gboolean
remote_server_reply (RemoteServer *self, GOutputStream *output, const RemoteReply *reply)
{
  const char *body = reply->body != NULL ? reply->body : "";
  gsize size = reply->size > 0 ? reply->size : strlen (body);
  g_autofree char *length = reply->fault == REMOTE_FAULT_PIECES
                                ? g_strdup ("Transfer-Encoding: chunked")
                                : g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT,
                                      reply->fault == REMOTE_FAULT_HUGE ? 1u << 30 : size);
  g_autofree char *head =
      g_strdup_printf ("HTTP/1.1 %u Whatever\r\nContent-Type: %s\r\n%s\r\n%s\r\n", reply->status,
          reply->type, length, reply->headers != NULL ? reply->headers : "");

  if (reply->fault == REMOTE_FAULT_STALL)
    remote_server_pause (self, -1);
  if (reply->fault == REMOTE_FAULT_STALL || reply->fault == REMOTE_FAULT_HANG_UP ||
      !remote_server_write (self, output, head, strlen (head)))
    return FALSE;
  switch (reply->fault) {
  case REMOTE_FAULT_DRIP:
    return remote_server_write_slowly (self, output, body, size);
  case REMOTE_FAULT_HUGE:
    return remote_server_write_forever (self, output);
  case REMOTE_FAULT_PIECES:
    return remote_server_write_pieces (self, output, body, size, 3);
  case REMOTE_FAULT_CLOSE:
    remote_server_write (self, output, body, size / 2);
    return FALSE;
  default:
    return remote_server_write (self, output, body, size);
  }
}

static gboolean
remote_server_serve (RemoteServer *self, GDataInputStream *input, GOutputStream *output)
{
  g_auto (RemoteCall) call = { 0 };
  g_auto (RemoteReply) reply = { .status = 200, .type = "application/json" };

  if (!remote_server_read (self, input, &call))
    return FALSE;
  g_mutex_lock (&self->lock);
  call.number = self->n_calls++;
  self->func (&call, &reply, self->data);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return remote_server_reply (self, output, &reply);
}

static gpointer
remote_server_run_peer (gpointer data)
{
  g_autofree RemotePeer *peer = data;
  RemoteServer *self = peer->server;
  g_autoptr (GSocketConnection) connection = peer->connection;
  g_autoptr (GIOStream) stream =
      self->certificate != NULL
          ? g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, NULL)
          : g_object_ref (G_IO_STREAM (connection));
  g_autoptr (GDataInputStream) input =
      g_data_input_stream_new (g_io_stream_get_input_stream (stream));

  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_LF);
  while (remote_server_serve (self, input, g_io_stream_get_output_stream (stream)))
    ;
  g_io_stream_close (stream, NULL, NULL);
  return NULL;
}

static gpointer
remote_server_run (gpointer data)
{
  RemoteServer *self = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (self->listener, NULL, self->cancellable, NULL)) !=
         NULL) {
    RemotePeer *peer = g_new (RemotePeer, 1);

    *peer = (RemotePeer){ self, connection };
    g_ptr_array_add (self->threads, g_thread_new ("peer", remote_server_run_peer, peer));
  }
  return NULL;
}

RemoteServer *
remote_server_new (RemoteServerFunc func, gpointer data, GTlsCertificate *certificate)
{
  RemoteServer *self = g_new0 (RemoteServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->func = func;
  self->data = data;
  self->certificate = certificate != NULL ? g_object_ref (certificate) : NULL;
  self->cancellable = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  self->threads = g_ptr_array_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_socket_listener_add_address (
      self->listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->url = g_strdup_printf ("%s://127.0.0.1:%u", certificate != NULL ? "https" : "http",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  self->thread = g_thread_new ("server", remote_server_run, self);
  return self;
}

void
remote_server_free (RemoteServer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (self->threads->pdata[i]);
  g_ptr_array_unref (self->threads);
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_clear_object (&self->certificate);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self->url);
  g_free (self);
}

const char *
remote_server_get_url (RemoteServer *self)
{
  return self->url;
}

guint
remote_server_get_n_calls (RemoteServer *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_calls;
  g_mutex_unlock (&self->lock);
  return n;
}

void
remote_server_wait_for_calls (RemoteServer *self, guint n)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->lock);
  while (self->n_calls < n)
    g_assert_true (g_cond_wait_until (&self->changed, &self->lock, deadline));
  g_mutex_unlock (&self->lock);
}
