/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* WebSockets whose other side does nothing any more are ended all the same, in time. */
#include "habla-test.h"
#include "test-server.h"

#include <string.h>
#include <sys/socket.h>

#define HANDSHAKE \
  "GET /ws/translate HTTP/1.1\r\nHost: localhost\r\n" \
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

/* When nothing was taken for so long, in seconds, all that is kept between the two is full. */
#define FULL_AFTER 3

/* What the other side does after the handshake, beside reading nothing. */
typedef enum {
  SILENT,
  HALF_A_FRAME, /* that never comes to its end */
  PINGS,        /* whose pongs nobody takes */
} Behaviour;

typedef struct {
  const char *name;
  Behaviour behaviour;
  gboolean tls;
} Case;

/* In each way, with room for what waits as if there was no bound. */
static const Case cases[] = {
  { "silent", SILENT },
  { "half a frame", HALF_A_FRAME },
  { "no reader", PINGS },
  { "silent, TLS", SILENT, TRUE },
  { "half a frame, TLS", HALF_A_FRAME, TRUE },
  { "no reader, TLS", PINGS, TRUE },
};

typedef struct {
  const Case *what;
  gboolean goes_on; /* to send messages, so that it is not idle */
  GSocketConnection *socket;
  GIOStream *stream;
  gboolean was_ended; /* while it still wrote */
} Peer;

static GTlsCertificate *certificate;

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *peer, GTlsCertificateFlags errors,
    gpointer user_data)
{
  return TRUE;
}

/* Masked with zeros. */
static const guint8 ping[131] = { 0x89, 0x80 | 125 };
static const guint8 message[7] = { 0x81, 0x80 | 1, 0, 0, 0, 0, '?' };

/* More answers than the kernel keeps for one who does not read them. */
static void
flood (Peer *self)
{
  GOutputStream *output = g_io_stream_get_output_stream (self->stream);
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  gint64 end;

  for (guint i = 0; i < 500; i++)
    g_byte_array_append (frames, ping, sizeof ping);
  for (guint i = 0; i < 100 && error == NULL; i++)
    g_output_stream_write_all (output, frames->data, frames->len, NULL, NULL, &error);
  end = g_get_monotonic_time () + habla_test_scale (8) * G_USEC_PER_SEC;
  while (self->goes_on && error == NULL && g_get_monotonic_time () < end) {
    g_output_stream_write_all (output, message, sizeof message, NULL, NULL, &error);
    g_usleep (20000);
  }
  self->was_ended = error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
open_peer (TestServer *test, gpointer data)
{
  Peer *self = data;
  g_autoptr (GError) error = NULL;
  char first;

  self->socket = test_connect (test);
  g_socket_set_option (
      g_socket_connection_get_socket (self->socket), SOL_SOCKET, SO_RCVBUF, 256 * 1024, NULL);
  if (self->what->tls) {
    self->stream = g_tls_client_connection_new (G_IO_STREAM (self->socket), NULL, &error);
    g_assert_no_error (error);
    g_signal_connect (self->stream, "accept-certificate", G_CALLBACK (accept_any), NULL);
  } else {
    self->stream = g_object_ref (G_IO_STREAM (self->socket));
  }
  g_output_stream_write_all (g_io_stream_get_output_stream (self->stream), HANDSHAKE,
      strlen (HANDSHAKE), NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (
      g_input_stream_read (g_io_stream_get_input_stream (self->stream), &first, 1, NULL, &error),
      ==, 1);
  g_socket_set_timeout (g_socket_connection_get_socket (self->socket),
      self->goes_on ? habla_test_scale (10) : FULL_AFTER);
  if (self->what->behaviour == HALF_A_FRAME)
    g_output_stream_write_all (
        g_io_stream_get_output_stream (self->stream), "\x82\xfe", 2, NULL, NULL, &error);
  else if (self->what->behaviour == PINGS)
    flood (self);
}

static void
clear_peer (Peer *self)
{
  g_clear_object (&self->stream);
  g_clear_object (&self->socket);
}

static TestServer *
start (const Case *what)
{
  TestServer *test = test_server_new ();

  test->options.hard_backlog = G_MAXSIZE;
  if (what->tls)
    test->options.certificate = certificate;
  return test;
}

static void
assert_within (gint64 began, guint milliseconds)
{
  g_test_message ("%" G_GINT64_FORMAT " ms", (g_get_monotonic_time () - began) / 1000);
  g_assert_cmpint (
      g_get_monotonic_time () - began, <, habla_test_scale (milliseconds) * (gint64) 1000);
}

static void
test_freed (gconstpointer data)
{
  TestServer *test = start (data);
  Peer peer = { data };
  gint64 began;

  test_server_start (test);
  test_server_run (test, open_peer, &peer);
  began = g_get_monotonic_time ();
  g_clear_pointer (&test->server, habla_server_free);
  assert_within (began, 6000);
  test_server_free (test);
  clear_peer (&peer);
}

static void
note_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;

  *done = TRUE;
}

static gboolean
is_alone (TestServer *test)
{
  return habla_server_count_connections (test->server) == 0;
}

static void
test_shut_down (gconstpointer data)
{
  TestServer *test = start (data);
  Peer peer = { data };
  gboolean done = FALSE;
  gint64 began;

  test_server_start (test);
  test_server_run (test, open_peer, &peer);
  began = g_get_monotonic_time ();
  habla_server_shut_down (test->server, note_done, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  assert_within (began, 4000);
  test_server_wait (test, is_alone);
  assert_within (began, 6000);
  test_server_free (test);
  clear_peer (&peer);
}

/* One that takes nothing of what waits for it. */
static void
test_no_progress (gconstpointer data)
{
  TestServer *test = start (data);
  Peer peer = { data, TRUE };

  test->options.request_timeout = habla_test_scale (1000); /* TLS is opened within it, too */
  /* Full as its buffers are, the kernel finds room for a few bytes more each second or so. */
  test->options.idle_timeout = 400;
  test_server_start (test);
  test_server_run (test, open_peer, &peer);
  g_assert_true (peer.was_ended);
  test_server_wait (test, is_alone);
  test_server_free (test);
  clear_peer (&peer);
}

static void
add (const char *name, const Case *what, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/cut/%s/%s", name, what->name);

  g_test_add_data_func (path, what, function);
}

/* It has something to say of each frame. */
static void
ignore (const char *domain, GLogLevelFlags level, const char *text, gpointer user_data)
{
}

int
main (int argc, char **argv)
{
  int status;

  habla_test_init (&argc, &argv);
  g_log_set_handler ("libsoup", G_LOG_LEVEL_DEBUG, ignore, NULL);
  certificate = test_make_certificate ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    add ("freed", &cases[i], test_freed);
    add ("shut down", &cases[i], test_shut_down);
    if (cases[i].behaviour == PINGS)
      add ("no progress", &cases[i], test_no_progress);
  }
  status = habla_test_run ();
  g_object_unref (certificate);
  return status;
}
