/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* POLLRDHUP */
#define G_LOG_USE_STRUCTURED
#include "http/connection.h"

#include "http/handshakes.h"

#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <util/source.h>

/* How long a TLS handshake may take once the client's first message is there, in milliseconds. */
#define HANDSHAKE_TIME 3000
/* Of a TLS record: type, version, length. */
#define TLS_HEADER 5
#define TLS_HANDSHAKE 22
#define MAX_TLS_RECORD (16 * 1024)

/* How long the other side may take to read the last words, in milliseconds, and how much it
 * may send meanwhile: a socket closed with something unread loses what it sent. */
#define FAREWELL_TIME 1000
#define FAREWELL_BYTES (8 * 1024 * 1024) /* more than the kernels of both sides hold */

#define LAST_WORDS \
  "HTTP/1.1 %u %s\r\n" \
  "Connection: close\r\n" \
  "Content-Type: application/json\r\n" \
  "X-Content-Type-Options: nosniff\r\n" \
  "%s" \
  "\r\n" \
  "{\"detail\":\"%s\"}"

static G_DEFINE_QUARK (habla - connection, connection)

    HablaConnection *habla_connection_new (GSocket *socket, const HablaConnectionLimits *limits,
        HablaConnectionEvent refused, HablaConnectionEvent ended, gpointer user_data)
{
  g_autoptr (HablaConnection) self = g_rc_box_new0 (HablaConnection);

  self->socket = g_socket_connection_factory_create_connection (socket);
  self->local = g_socket_get_local_address (socket, NULL);
  self->remote = g_socket_get_remote_address (socket, NULL);
  self->cancellable = g_cancellable_new ();
  self->limits = limits;
  self->refused = refused;
  self->ended = ended;
  self->user_data = user_data;
  self->link.data = self;
  if (self->local == NULL || self->remote == NULL || !G_IS_INET_SOCKET_ADDRESS (self->remote))
    return NULL;
  self->is_loopback = g_inet_address_get_is_loopback (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (self->remote)));
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_object_set_qdata (G_OBJECT (self->remote), connection_quark (), self);
  habla_connection_set_phase (self, HABLA_CONNECTION_OPENING, g_get_monotonic_time ());
  self->request = self->since;
  return g_steal_pointer (&self);
}

HablaConnection *
habla_connection_ref (HablaConnection *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  HablaConnection *self = data;

  if (self->remote != NULL)
    g_object_set_qdata (G_OBJECT (self->remote), connection_quark (), NULL);
  if (self->stream != NULL)
    habla_metered_stream_set_closed (self->stream, NULL, NULL);
  g_clear_object (&self->stream);
  g_clear_object (&self->base);
  g_clear_object (&self->socket);
  g_clear_object (&self->local);
  g_clear_object (&self->remote);
  g_clear_object (&self->cancellable);
}

void
habla_connection_unref (HablaConnection *self)
{
  g_rc_box_release_full (self, clear);
}

HablaConnection *
habla_connection_of (GSocketAddress *remote)
{
  return remote != NULL ? g_object_get_qdata (G_OBJECT (remote), connection_quark ()) : NULL;
}

void
habla_connection_set_phase (HablaConnection *self, HablaConnectionPhase phase, gint64 now)
{
  self->phase = phase;
  self->since = now;
  if (self->stream == NULL)
    return;
  self->read_before = habla_metered_stream_get_taken (self->stream);
  habla_metered_stream_set_checked (self->stream, phase != HABLA_CONNECTION_WEBSOCKET);
  habla_metered_stream_set_idle (self->stream, phase == HABLA_CONNECTION_IDLE);
  if (phase == HABLA_CONNECTION_OPENING || phase == HABLA_CONNECTION_IDLE)
    habla_metered_stream_set_budget (self->stream, self->limits->max_header);
  else if (phase == HABLA_CONNECTION_BODY)
    habla_metered_stream_set_budget (
        self->stream, self->limits->max_body + self->limits->max_header);
  else if (phase == HABLA_CONNECTION_WEBSOCKET)
    habla_metered_stream_set_budget (self->stream, G_MAXUINT64);
}

static void
leave_handshakes (HablaConnection *self)
{
  HablaHandshakes *handshakes = g_steal_pointer (&self->handshakes);

  habla_source_clear (&self->hello);
  if (handshakes != NULL)
    habla_handshakes_remove (handshakes, self);
}

void
habla_connection_end (HablaConnection *self)
{
  HablaConnectionEvent ended = g_steal_pointer (&self->ended);

  leave_handshakes (self);
  habla_source_clear (&self->farewell);
  g_socket_close (g_socket_connection_get_socket (self->socket), NULL);
  if (ended != NULL)
    ended (self, self->user_data);
}

static void
tls_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HablaConnection) self = user_data;

  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  habla_connection_end (self);
}

static void
close_base (HablaConnection *self)
{
  habla_source_clear (&self->farewell);
  if (G_IS_TLS_CONNECTION (self->base))
    g_io_stream_close_async (
        self->base, G_PRIORITY_DEFAULT, self->cancellable, tls_closed, habla_connection_ref (self));
  else
    habla_connection_end (self);
}

/* Reads until the other side ends. */
static gboolean
read_farewell (GObject *stream, gpointer user_data)
{
  HablaConnection *self = user_data;
  char buffer[4096];
  gssize n;
  g_autoptr (GError) error = NULL;

  n = g_pollable_input_stream_read_nonblocking (
      G_POLLABLE_INPUT_STREAM (stream), buffer, sizeof buffer, NULL, &error);
  if (n > 0)
    self->farewell_bytes += n;
  if ((n > 0 && self->farewell_bytes < FAREWELL_BYTES) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  close_base (self);
  return G_SOURCE_REMOVE;
}

static const char *
explain_refusal (HablaConnection *self)
{
  const HablaRequestError *error = habla_metered_stream_get_error (self->stream);

  switch (self->refusal) {
  case 408:
    return "The request was not complete in time";
  case 413:
    return "The request's body is too large";
  case 429:
    return "Too many requests from this address: wait a second";
  case 431:
    return "The request's headers are too large";
  default:
    return error != NULL ? error->detail : NULL;
  }
}

/* Returns: (transfer full) (nullable): the response that libsoup did not give */
static char *
make_last_words (HablaConnection *self)
{
  const char *detail = explain_refusal (self);

  if (detail == NULL || habla_metered_stream_is_at_end (self->stream))
    return NULL;
  return g_strdup_printf (LAST_WORDS, self->refusal, soup_status_get_phrase (self->refusal),
      self->refusal == 429 ? "Retry-After: 1\r\n" : "", detail);
}

static guint
get_refusal (HablaConnection *self)
{
  const HablaRequestError *error = habla_metered_stream_get_error (self->stream);

  if (error != NULL)
    return error->status;
  if (habla_metered_stream_is_over_budget (self->stream))
    return self->phase == HABLA_CONNECTION_BODY ? 413 : 431;
  return self->refusal;
}

/* libsoup or the WebSocket is done with the stream; what is below it is closed here. */
static void
say_farewell (HablaMeteredStream *stream, gpointer user_data)
{
  HablaConnection *self = user_data;
  GOutputStream *output = g_io_stream_get_output_stream (self->base);
  GInputStream *input = g_io_stream_get_input_stream (self->base);
  g_autofree char *words = NULL;
  gboolean lingers;

  self->refusal = get_refusal (self);
  if (self->refusal != 0)
    self->refused (self, self->user_data);
  words = make_last_words (self);
  habla_connection_set_phase (self, HABLA_CONNECTION_LINGERING, g_get_monotonic_time ());
  if (words != NULL)
    g_pollable_output_stream_write_nonblocking (
        G_POLLABLE_OUTPUT_STREAM (output), words, strlen (words), NULL, NULL);
  lingers = habla_metered_stream_lingers (stream)
                ? !habla_metered_stream_is_at_end (stream)
                : words != NULL && !G_IS_TLS_CONNECTION (self->base);
  if (lingers) {
    if (!G_IS_TLS_CONNECTION (self->base))
      g_socket_shutdown (g_socket_connection_get_socket (self->socket), FALSE, TRUE, NULL);
    habla_source_attach (&self->farewell,
        g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL),
        "habla-connection-farewell", G_SOURCE_FUNC (read_farewell), self);
  } else {
    close_base (self);
  }
}

static void
begin (HablaConnection *self, HablaConnectionEvent opened)
{
  self->stream = habla_metered_stream_new (self->base);
  habla_metered_stream_set_budget (self->stream, self->limits->max_header);
  habla_metered_stream_set_checked (self->stream, TRUE);
  habla_metered_stream_set_closed (self->stream, say_farewell, self);
  opened (self, self->user_data);
}

static void
handshaken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HablaConnection) self = user_data;
  HablaConnectionEvent opened = g_object_steal_data (source, "habla-opened");
  g_autoptr (GError) error = NULL;

  leave_handshakes (self);
  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error) &&
      self->ended != NULL) {
    begin (self, opened);
    return;
  }
  if (error != NULL)
    g_debug ("No TLS with a client: %s", error->message);
  habla_connection_end (self);
}

/* Clients have no certificates, so none are checked: without a database, which
 * g_tls_server_connection_new() would load from the system's bundle for each connection (3.7 MB
 * and 6 ms with Debian's).
 *
 * Returns: (transfer full) (nullable): the server's side of TLS over @stream */
static GIOStream *
new_tls_connection (GIOStream *stream, GTlsCertificate *certificate, GError **error)
{
  GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());

  return g_initable_new (type, NULL, error, "base-io-stream", stream, "certificate", certificate,
      "database", NULL, NULL);
}

void
habla_connection_start_handshake (HablaConnection *self)
{
  self->handshake_began = g_get_monotonic_time ();
  g_tls_connection_handshake_async (G_TLS_CONNECTION (self->base), G_PRIORITY_DEFAULT,
      self->cancellable, handshaken, habla_connection_ref (self));
}

/* Makes @socket readable when @n bytes are there, or the other side has ended. */
static void
wait_for_bytes (GSocket *socket, int n)
{
  g_socket_set_option (socket, SOL_SOCKET, SO_RCVLOWAT, n, NULL);
}

/* Returns: how many bytes must be there for the first TLS record, with the ClientHello, to be
 * whole; 0 = it is, or never will be */
static int
get_missing (GSocket *socket)
{
  guint8 header[TLS_HEADER];
  gssize n = recv (g_socket_get_fd (socket), header, sizeof header, MSG_PEEK | MSG_DONTWAIT);
  int length;

  if (n <= 0)
    return 0;
  if (header[0] != TLS_HANDSHAKE)
    return 0;
  if (n < TLS_HEADER)
    return TLS_HEADER;
  length = TLS_HEADER + header[3] * 256 + header[4];
  if (length > TLS_HEADER + MAX_TLS_RECORD || g_socket_get_available_bytes (socket) >= length)
    return 0;
  return length;
}

/* So a client that is silent, or sends half a message, occupies no thread. */
static gboolean
on_hello (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  HablaConnection *self = user_data;
  int missing = get_missing (socket);
  int lowat = 1;

  g_socket_get_option (socket, SOL_SOCKET, SO_RCVLOWAT, &lowat, NULL);
  if (missing > lowat && (condition & (G_IO_HUP | G_IO_ERR)) == 0) {
    wait_for_bytes (socket, missing);
    return G_SOURCE_CONTINUE;
  }
  wait_for_bytes (socket, 1);
  habla_source_clear (&self->hello);
  if (missing > 0)
    habla_connection_end (self);
  else
    habla_handshakes_add (self->handshakes, self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_hello (HablaConnection *self)
{
  habla_source_attach (&self->hello,
      g_socket_create_source (g_socket_connection_get_socket (self->socket), G_IO_IN, NULL),
      "habla-connection-hello", G_SOURCE_FUNC (on_hello), self);
}

void
habla_connection_open (HablaConnection *self, GTlsCertificate *certificate,
    HablaHandshakes *handshakes, HablaConnectionEvent opened)
{
  g_autoptr (GError) error = NULL;

  if (certificate == NULL) {
    self->base = G_IO_STREAM (g_object_ref (self->socket));
    begin (self, opened);
    return;
  }
  self->base = new_tls_connection (G_IO_STREAM (self->socket), certificate, &error);
  if (self->base == NULL) {
    g_warning ("TLS cannot be used: %s; is glib-networking installed?", error->message);
    habla_connection_end (self);
    return;
  }
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (self->base), FALSE);
  g_object_set_data (G_OBJECT (self->base), "habla-opened", opened);
  self->handshakes = handshakes;
  wait_for_hello (self);
}

static gboolean
is_incomplete (HablaConnection *self)
{
  if (self->phase == HABLA_CONNECTION_OPENING)
    return habla_metered_stream_get_read (self->stream) > 0;
  return self->phase == HABLA_CONNECTION_HEADERS || self->phase == HABLA_CONNECTION_BODY;
}

/* libsoup tells that a request has begun only when its first line is whole. */
static void
note_begun (HablaConnection *self, gint64 now)
{
  if (self->phase == HABLA_CONNECTION_IDLE &&
      habla_metered_stream_get_read (self->stream) > self->read_before) {
    self->phase = HABLA_CONNECTION_HEADERS;
    self->since = now;
    self->request = now;
  }
}

gboolean
habla_connection_check_time (HablaConnection *self, gint64 now)
{
  gint64 since = self->since;
  guint limit = self->limits->request_timeout;

  note_begun (self, now);
  if (self->phase == HABLA_CONNECTION_IDLE) {
    limit = self->limits->idle_timeout;
  } else if (self->phase == HABLA_CONNECTION_WEBSOCKET) {
    since = habla_metered_stream_get_blocked_since (self->stream);
    limit = self->limits->idle_timeout;
  } else if (self->phase == HABLA_CONNECTION_LINGERING) {
    limit = FAREWELL_TIME;
  }
  if (self->handshake_began != 0 && now - self->handshake_began >= HANDSHAKE_TIME * (gint64) 1000) {
    habla_connection_cut (self);
    return TRUE;
  }
  if (since == 0 || now - since < limit * (gint64) 1000)
    return FALSE;
  if (self->phase == HABLA_CONNECTION_LINGERING && self->farewell != NULL) {
    self->since = now; /* TLS may take as long again for its own last words */
    close_base (self);
  } else if (self->stream != NULL && is_incomplete (self)) {
    self->refusal = 408;
    habla_metered_stream_abort (self->stream);
  } else {
    habla_connection_cut (self);
  }
  return TRUE;
}

gboolean
habla_connection_has_peer_left (HablaConnection *self)
{
  struct pollfd fd = { g_socket_get_fd (g_socket_connection_get_socket (self->socket)), POLLRDHUP,
    0 };

  return poll (&fd, 1, 0) > 0;
}

guint
habla_connection_get_token_wait (HablaConnection *self, gint64 now)
{
  if (self->is_loopback || self->has_token || self->peer == NULL)
    return 0;
  return (habla_peer_get_token_wait (self->peer, now) + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
}

void
habla_connection_note_token (HablaConnection *self, gboolean is_right, gint64 now)
{
  self->has_token = is_right;
  if (!is_right && !self->is_loopback && self->peer != NULL)
    habla_peer_add_wrong_token (self->peer, now);
}

void
habla_connection_cut (HablaConnection *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->phase == HABLA_CONNECTION_LINGERING) {
    if (!G_IS_TLS_CONNECTION (self->base) || self->farewell != NULL)
      habla_connection_end (self);
  } else if (self->stream == NULL && self->handshake_began == 0) {
    habla_connection_end (self);
  } else if (self->stream != NULL) {
    habla_metered_stream_abort (self->stream);
  }
}
