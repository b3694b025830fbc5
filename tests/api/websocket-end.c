/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* WebSockets end in time although the other side does not answer. */
#define _GNU_SOURCE /* memmem() */
#include "habla-test.h"
#include "test-api.h"

#include <string.h>
#include <sys/socket.h>

#define HANDSHAKE \
  "GET /ws/translate HTTP/1.1\r\nHost: localhost\r\n" \
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

/* When nothing was taken for this time, in seconds, all buffers between the two are full. */
#define FULL_AFTER 3

/* The behaviour of the other side after the handshake. It reads nothing. */
typedef enum {
  SILENT,
  HALF_A_FRAME,
  PINGS, /* and does not read the pongs */
} Behaviour;

typedef struct {
  const char *name;
  Behaviour behaviour;
  gboolean tls;
} Case;

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
  gboolean goes_on; /* sends messages, so that it is not idle */
  GSocketConnection *socket;
  GIOStream *stream;
  gboolean was_ended; /* before it had written everything */
} Peer;

static GTlsCertificate *certificate;

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *peer, GTlsCertificateFlags errors,
    gpointer user_data)
{
  return TRUE;
}

/* With a mask of zeros. */
static const guint8 ping[131] = { 0x89, 0x80 | 125 };
static const guint8 message[7] = { 0x81, 0x80 | 1, 0, 0, 0, 0, '?' };

/* Makes the server send more than the kernel holds for a client that does not read. */
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
connect_peer (TestServer *test, Peer *self)
{
  g_autoptr (GError) error = NULL;

  self->socket = test_connect (test);
  if (!self->what->tls) {
    self->stream = g_object_ref (G_IO_STREAM (self->socket));
    return;
  }
  self->stream = g_tls_client_connection_new (G_IO_STREAM (self->socket), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (self->stream, "accept-certificate", G_CALLBACK (accept_any), NULL);
}

static void
write_bytes (Peer *self, gconstpointer bytes, gsize n)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (
      g_io_stream_get_output_stream (self->stream), bytes, n, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
open_peer (TestServer *test, gpointer data)
{
  Peer *self = data;
  g_autoptr (GError) error = NULL;
  char first;

  connect_peer (test, self);
  g_socket_set_option (
      g_socket_connection_get_socket (self->socket), SOL_SOCKET, SO_RCVBUF, 256 * 1024, NULL);
  write_bytes (self, HANDSHAKE, strlen (HANDSHAKE));
  g_assert_cmpint (
      g_input_stream_read (g_io_stream_get_input_stream (self->stream), &first, 1, NULL, &error),
      ==, 1);
  g_socket_set_timeout (g_socket_connection_get_socket (self->socket),
      self->goes_on ? habla_test_scale (10) : FULL_AFTER);
  if (self->what->behaviour == HALF_A_FRAME)
    write_bytes (self, "\x82\xfe", 2);
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
  TestServer *test = test_api_new ();

  test_api_get (test)->options.hard_backlog = G_MAXSIZE;
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
  g_clear_pointer (&test->server, habla_http_server_free);
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
  habla_http_server_shut_down (test->server, note_done, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  assert_within (began, 4000);
  test_server_wait (test, test_server_is_alone);
  assert_within (began, 6000);
  test_server_free (test);
  clear_peer (&peer);
}

/* A client that reads nothing. */
static void
test_no_progress (gconstpointer data)
{
  TestServer *test = start (data);
  Peer peer = { data, TRUE };

  test->options.request_timeout = habla_test_scale (1000); /* includes the TLS handshake */
  /* Although its buffers are full, the kernel takes a few bytes more each second or so. */
  test->options.idle_timeout = 400;
  test_server_start (test);
  test_server_run (test, open_peer, &peer);
  g_assert_true (peer.was_ended);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
  clear_peer (&peer);
}

#define FRAME_SIZE (2 * 1024 * 1024)

static GByteArray *
read_to_end (Peer *self)
{
  GInputStream *input = g_io_stream_get_input_stream (self->stream);
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  guint8 buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (input, buffer, sizeof buffer, NULL, &error)) > 0)
    g_byte_array_append (bytes, buffer, n);
  g_assert_no_error (error);
  return bytes;
}

static void
send_oversized (TestServer *test, gpointer data)
{
  static const guint8 header[14] = { 0x82, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0 };
  static const char reason[] = "\x03\xf1message too large";
  Peer *self = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) answer = NULL;
  g_autofree char *metrics = NULL;

  g_byte_array_append (bytes, (const guint8 *) HANDSHAKE, strlen (HANDSHAKE));
  g_byte_array_append (bytes, header, sizeof header);
  g_byte_array_set_size (bytes, bytes->len + FRAME_SIZE);
  connect_peer (test, self);
  write_bytes (self, bytes->data, bytes->len);
  answer = read_to_end (self);
  g_assert_nonnull (memmem (answer->data, answer->len, reason, strlen (reason)));
  if (self->what->tls)
    return;
  metrics = test_ask (test, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_assert_nonnull (strstr (metrics, "habla_client_refusals_total{reason=\"message_size\"} 1"));
}

/* The client gets the close frame although it is still sending, and although the frame began in
 * the bytes that came with the request. */
static void
test_oversized (gconstpointer data)
{
  TestServer *test = start (data);
  Peer peer = { data };

  test_server_start (test);
  test_server_run (test, send_oversized, &peer);
  clear_peer (&peer);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
}

static void
add (const char *name, const Case *what, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/websocket-end/%s/%s", name, what->name);

  g_test_add_data_func (path, what, function);
}

/* libsoup logs each frame. */
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
  g_test_add_data_func ("/websocket-end/oversized/plain", &cases[0], test_oversized);
  g_test_add_data_func ("/websocket-end/oversized/tls", &cases[3], test_oversized);
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
