/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* POLLRDHUP */
#define G_LOG_USE_STRUCTURED
#include "http/connection.h"
#include "http/https-redirect.h"

#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <util/source.h>

/* Timeout of a TLS handshake once the client's first message has arrived, in milliseconds. */
#define HANDSHAKE_TIMEOUT 3000
/* A TLS record has a header: type, version, length. */
#define TLS_HEADER 5
#define TLS_HANDSHAKE 22
#define MAX_TLS_RECORD (16 * 1024)

/* A socket that is closed with unread input loses what it has sent: so input is read and dropped
 * until the other side closes, for at most this many milliseconds and bytes. The kernels of both
 * sides hold less. */
#define LINGER_TIMEOUT 1000
#define MAX_LINGER_BYTES (8 * 1024 * 1024)

#define REFUSAL_RESPONSE \
  "HTTP/1.1 %u %s\r\n" \
  "Connection: close\r\n" \
  "Content-Type: application/json\r\n" \
  "X-Content-Type-Options: nosniff\r\n" \
  "%s" \
  "\r\n" \
  "{\"detail\":\"%s\"}"

struct _HablaConnection {
  GList link; /* in the owner's queue */
  GSocketConnection *socket;
  GSocketAddress *local;
  GSocketAddress *remote;     /* libsoup hands it back; see habla_connection_find() */
  GIOStream *base;            /* @socket, or TLS over it */
  HablaMeteredStream *stream; /* (nullable): until TLS is set up */
  HablaPeer *peer;            /* (nullable) */
  gboolean is_loopback;
  HablaConnectionTraits traits;
  gboolean has_token; /* the last token that came by it was right */
  const HablaConnectionLimits *limits;
  HablaConnectionHandler handler;
  gboolean has_ended;

  HablaConnectionPhase phase;
  gint64 since;         /* when @phase began; 0 = it has no timeout */
  gint64 request_began; /* the last one */
  guint64 taken_before; /* bytes that libsoup had taken when @phase began */
  guint refusal;        /* status of the response instead of libsoup's; 0 = none */

  GCancellable *cancellable; /* of TLS */
  HablaHandshakeQueue *handshakes;
  HablaHandshake *handshake; /* (nullable): while the TLS handshake waits or is in progress */
  gint64 handshake_began;    /* 0 = it is not in progress */
  GSource *hello;            /* (nullable): waits for a whole ClientHello */
  GSource *linger;           /* (nullable): reads and drops input */
  gsize linger_bytes;
};

static GQuark
connection_get_quark (void)
{
  return g_quark_from_static_string ("habla-connection");
}

HablaConnection *
habla_connection_new (
    GSocket *socket, const HablaConnectionLimits *limits, const HablaConnectionHandler *handler)
{
  g_autoptr (HablaConnection) self = g_rc_box_new0 (HablaConnection);

  self->socket = g_socket_connection_factory_create_connection (socket);
  self->local = g_socket_get_local_address (socket, NULL);
  self->remote = g_socket_get_remote_address (socket, NULL);
  self->cancellable = g_cancellable_new ();
  self->limits = limits;
  self->handler = *handler;
  self->link.data = self;
  if (self->local == NULL || self->remote == NULL || !G_IS_INET_SOCKET_ADDRESS (self->remote))
    return NULL;
  self->is_loopback = g_inet_address_get_is_loopback (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (self->remote)));
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_object_set_qdata (G_OBJECT (self->remote), connection_get_quark (), self);
  habla_connection_set_phase (self, HABLA_CONNECTION_OPENING, g_get_monotonic_time ());
  self->request_began = self->since;
  return g_steal_pointer (&self);
}

HablaConnection *
habla_connection_ref (HablaConnection *self)
{
  return g_rc_box_acquire (self);
}

static void
connection_clear (gpointer data)
{
  HablaConnection *self = data;

  if (self->remote != NULL)
    g_object_set_qdata (G_OBJECT (self->remote), connection_get_quark (), NULL);
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
  g_rc_box_release_full (self, connection_clear);
}

HablaConnection *
habla_connection_find (GSocketAddress *remote)
{
  return remote != NULL ? g_object_get_qdata (G_OBJECT (remote), connection_get_quark ()) : NULL;
}

GList *
habla_connection_get_link (HablaConnection *self)
{
  return &self->link;
}

void
habla_connection_set_peer (HablaConnection *self, HablaPeer *peer)
{
  /* Behind a proxy, that was another client's. */
  if (peer != self->peer)
    self->has_token = FALSE;
  self->peer = peer;
}

HablaPeer *
habla_connection_get_peer (HablaConnection *self)
{
  return self->peer;
}

GSocketAddress *
habla_connection_get_local_address (HablaConnection *self)
{
  return self->local;
}

GSocketAddress *
habla_connection_get_remote_address (HablaConnection *self)
{
  return self->remote;
}

void
habla_connection_set_traits (HablaConnection *self, HablaConnectionTraits traits)
{
  if ((traits & HABLA_CONNECTION_PROXIED) != 0)
    self->is_loopback = FALSE;
  if (self->is_loopback)
    traits &= ~HABLA_CONNECTION_FOR_LISTENERS;
  self->traits = traits;
}

gboolean
habla_connection_has_trait (HablaConnection *self, HablaConnectionTraits trait)
{
  return (self->traits & trait) != 0;
}

void
habla_connection_set_unknown_proxy (HablaConnection *self)
{
  self->traits |= HABLA_CONNECTION_UNKNOWN_PROXY;
  self->is_loopback = FALSE;
}

gboolean
habla_connection_is_loopback (HablaConnection *self)
{
  return self->is_loopback;
}

HablaMeteredStream *
habla_connection_get_stream (HablaConnection *self)
{
  return self->stream;
}

HablaConnectionPhase
habla_connection_get_phase (HablaConnection *self)
{
  return self->phase;
}

void
habla_connection_set_phase (HablaConnection *self, HablaConnectionPhase phase, gint64 now)
{
  self->phase = phase;
  self->since = now;
  if (self->stream == NULL)
    return;
  self->taken_before = habla_metered_stream_get_taken (self->stream);
  habla_metered_stream_set_checked (
      self->stream, phase != HABLA_CONNECTION_WEBSOCKET && phase != HABLA_CONNECTION_LIVE);
  habla_metered_stream_set_idle (self->stream, phase == HABLA_CONNECTION_IDLE);
  if (phase == HABLA_CONNECTION_OPENING || phase == HABLA_CONNECTION_IDLE)
    habla_metered_stream_set_budget (self->stream, self->limits->max_header);
  else if (phase == HABLA_CONNECTION_BODY)
    habla_metered_stream_set_budget (
        self->stream, self->limits->max_body + self->limits->max_header);
  else if (phase == HABLA_CONNECTION_WEBSOCKET)
    habla_metered_stream_set_budget (self->stream, G_MAXUINT64);
}

void
habla_connection_begin_live (HablaConnection *self, guint buffer)
{
  GSocket *socket = g_socket_connection_get_socket (self->socket);

  habla_connection_set_phase (self, HABLA_CONNECTION_LIVE, g_get_monotonic_time ());
  g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, buffer, NULL);
}

void
habla_connection_begin_headers (HablaConnection *self, gint64 now)
{
  if (self->phase == HABLA_CONNECTION_OPENING)
    return;
  if (self->phase == HABLA_CONNECTION_IDLE)
    self->request_began = now;
  habla_connection_set_phase (self, HABLA_CONNECTION_HEADERS, self->request_began);
}

void
habla_connection_begin_body (HablaConnection *self, gint64 now)
{
  if (self->phase == HABLA_CONNECTION_OPENING)
    self->request_began = now;
  habla_connection_set_phase (self, HABLA_CONNECTION_BODY, now);
}

gint64
habla_connection_get_request_began (HablaConnection *self)
{
  return self->request_began;
}

guint
habla_connection_get_refusal (HablaConnection *self)
{
  return self->refusal;
}

void
habla_connection_set_refusal (HablaConnection *self, guint status)
{
  self->refusal = status;
}

/* The end */

static void
connection_leave_queue (HablaConnection *self)
{
  habla_source_clear (&self->hello);
  self->handshake_began = 0;
  g_clear_pointer (&self->handshake, habla_handshake_end);
}

void
habla_connection_end (HablaConnection *self)
{
  if (self->has_ended)
    return;
  self->has_ended = TRUE;
  connection_leave_queue (self);
  habla_source_clear (&self->linger);
  g_socket_close (g_socket_connection_get_socket (self->socket), NULL);
  self->handler.ended (self, self->handler.user_data);
}

static void
connection_on_tls_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HablaConnection) self = user_data;

  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  habla_connection_end (self);
}

static void
connection_close_base (HablaConnection *self)
{
  habla_source_clear (&self->linger);
  if (G_IS_TLS_CONNECTION (self->base))
    g_io_stream_close_async (self->base, G_PRIORITY_DEFAULT, self->cancellable,
        connection_on_tls_closed, habla_connection_ref (self));
  else
    habla_connection_end (self);
}

/* Reads and drops input until the other side ends. */
static gboolean
connection_on_linger (GObject *stream, gpointer user_data)
{
  HablaConnection *self = user_data;
  char buffer[4096];
  gssize n;
  g_autoptr (GError) error = NULL;

  n = g_pollable_input_stream_read_nonblocking (
      G_POLLABLE_INPUT_STREAM (stream), buffer, sizeof buffer, NULL, &error);
  if (n > 0)
    self->linger_bytes += n;
  if ((n > 0 && self->linger_bytes < MAX_LINGER_BYTES) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  connection_close_base (self);
  return G_SOURCE_REMOVE;
}

static const char *
connection_explain_refusal (HablaConnection *self)
{
  const HablaRequestError *error = habla_metered_stream_get_error (self->stream);

  switch (self->refusal) {
  case 408:
    return "The request did not arrive in time";
  case 413:
    return "The request's body is too large";
  case 429:
    return "Too many requests from this address; wait a second";
  case 431:
    return "The request's headers are too large";
  default:
    return error != NULL ? error->detail : NULL;
  }
}

/* Returns: (transfer full) (nullable): the response that libsoup did not give */
static char *
connection_make_refusal (HablaConnection *self)
{
  const char *detail = connection_explain_refusal (self);

  if (detail == NULL || habla_metered_stream_is_at_end (self->stream))
    return NULL;
  return g_strdup_printf (REFUSAL_RESPONSE, self->refusal, soup_status_get_phrase (self->refusal),
      self->refusal == 429 ? "Retry-After: 1\r\n" : "", detail);
}

static guint
connection_find_refusal (HablaConnection *self)
{
  const HablaRequestError *error = habla_metered_stream_get_error (self->stream);

  if (error != NULL)
    return error->status;
  if (habla_metered_stream_is_over_budget (self->stream))
    return self->phase == HABLA_CONNECTION_BODY ? 413 : 431;
  return self->refusal;
}

/* libsoup, or the WebSocket, has closed the stream: closes the base. */
static void
connection_on_stream_closed (HablaMeteredStream *stream, gpointer user_data)
{
  HablaConnection *self = user_data;
  GOutputStream *output = g_io_stream_get_output_stream (self->base);
  GInputStream *input = g_io_stream_get_input_stream (self->base);
  g_autofree char *response = NULL;
  gboolean lingers;

  self->refusal = connection_find_refusal (self);
  if (self->refusal != 0 && !self->has_ended)
    self->handler.refused (self, self->handler.user_data);
  response = connection_make_refusal (self);
  habla_connection_set_phase (self, HABLA_CONNECTION_LINGERING, g_get_monotonic_time ());
  if (response != NULL)
    g_pollable_output_stream_write_nonblocking (
        G_POLLABLE_OUTPUT_STREAM (output), response, strlen (response), NULL, NULL);
  lingers = habla_metered_stream_lingers (stream)
                ? !habla_metered_stream_is_at_end (stream)
                : response != NULL && !G_IS_TLS_CONNECTION (self->base);
  if (lingers) {
    if (!G_IS_TLS_CONNECTION (self->base))
      g_socket_shutdown (g_socket_connection_get_socket (self->socket), FALSE, TRUE, NULL);
    habla_source_attach (&self->linger,
        g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL),
        "[habla] HablaConnection linger", G_SOURCE_FUNC (connection_on_linger), self);
  } else {
    connection_close_base (self);
  }
}

/* Opening */

static void
connection_begin (HablaConnection *self)
{
  self->stream = habla_metered_stream_new (self->base);
  habla_metered_stream_set_budget (self->stream, self->limits->max_header);
  habla_metered_stream_set_checked (self->stream, TRUE);
  habla_metered_stream_set_closed (self->stream, connection_on_stream_closed, self);
  self->handler.opened (self, self->handler.user_data);
}

static void
connection_on_handshake (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HablaConnection) self = user_data;
  g_autoptr (GError) error = NULL;

  connection_leave_queue (self);
  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error) &&
      !self->has_ended) {
    connection_begin (self);
    return;
  }
  if (error != NULL)
    g_debug ("TLS handshake failed: %s", error->message);
  habla_connection_end (self);
}

/* Makes the server's side of TLS over @stream. Clients have no certificates, so none are checked,
 * and no database is set: g_tls_server_connection_new() would load the system's CA certificates
 * for each connection (3.7 MB and 6 ms with Debian's).
 *
 * Returns: (transfer full) (nullable): the TLS connection */
static GIOStream *
connection_new_tls (GIOStream *stream, GTlsCertificate *certificate, GError **error)
{
  GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());

  return g_initable_new (type, NULL, error, "base-io-stream", stream, "certificate", certificate,
      "database", NULL, NULL);
}

static void
connection_start_handshake (gpointer user_data)
{
  HablaConnection *self = user_data;

  self->handshake_began = g_get_monotonic_time ();
  g_tls_connection_handshake_async (G_TLS_CONNECTION (self->base), G_PRIORITY_DEFAULT,
      self->cancellable, connection_on_handshake, habla_connection_ref (self));
}

/* Makes @socket readable when @n bytes have arrived, or the other side has ended. */
static void
connection_wait_for_bytes (GSocket *socket, int n)
{
  g_socket_set_option (socket, SOL_SOCKET, SO_RCVLOWAT, n, NULL);
}

/* Returns: how many bytes must have arrived for the first TLS record, with the ClientHello, to be
 * whole; 0 = it is, or never will be */
static int
connection_count_hello (GSocket *socket)
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

/* Answers plain HTTP with the address that begins with https. Returns: whether @socket sent plain
 * HTTP: if so, the connection is over and may be freed */
static HablaHttpsRedirect
connection_redirect (HablaConnection *self, GSocket *socket)
{
  char text[HABLA_HTTPS_REDIRECT_SIZE];
  int fd = g_socket_get_fd (socket);
  gssize n = recv (fd, text, sizeof text, MSG_PEEK | MSG_DONTWAIT);
  g_autofree char *response = NULL;
  HablaHttpsRedirect result = habla_https_redirect_make (text, MAX (n, 0), &response);

  if (result == HABLA_HTTPS_REDIRECT_INCOMPLETE)
    connection_wait_for_bytes (socket, n + 1);
  if (result != HABLA_HTTPS_REDIRECT_YES)
    return result;
  /* A socket that is closed with unread input loses what it has sent. */
  if (recv (fd, text, n, MSG_DONTWAIT) > 0)
    send (fd, response, strlen (response), MSG_DONTWAIT | MSG_NOSIGNAL);
  habla_connection_end (self);
  return result;
}

/* Starts the handshake when the client's first message is whole: so a client that is silent, or
 * sends half a message, occupies no thread. */
static gboolean
connection_on_hello (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  HablaConnection *self = user_data;
  HablaHttpsRedirect redirect = connection_redirect (self, socket);
  int lowat = 1, wanted;

  if (redirect == HABLA_HTTPS_REDIRECT_YES)
    return G_SOURCE_REMOVE;
  if (redirect == HABLA_HTTPS_REDIRECT_INCOMPLETE && (condition & (G_IO_HUP | G_IO_ERR)) == 0)
    return G_SOURCE_CONTINUE;
  wanted = connection_count_hello (socket);

  g_socket_get_option (socket, SOL_SOCKET, SO_RCVLOWAT, &lowat, NULL);
  if (wanted > lowat && (condition & (G_IO_HUP | G_IO_ERR)) == 0) {
    connection_wait_for_bytes (socket, wanted);
    return G_SOURCE_CONTINUE;
  }
  connection_wait_for_bytes (socket, 1);
  habla_source_clear (&self->hello);
  if (wanted > 0)
    habla_connection_end (self);
  else
    self->handshake =
        habla_handshake_queue_add (self->handshakes, self->peer, connection_start_handshake, self);
  return G_SOURCE_REMOVE;
}

void
habla_connection_open (
    HablaConnection *self, GTlsCertificate *certificate, HablaHandshakeQueue *handshakes)
{
  g_autoptr (GError) error = NULL;

  if (certificate == NULL) {
    self->base = G_IO_STREAM (g_object_ref (self->socket));
    connection_begin (self);
    return;
  }
  self->base = connection_new_tls (G_IO_STREAM (self->socket), certificate, &error);
  if (self->base == NULL) {
    g_warning ("Failed to set up TLS: %s; install glib-networking", error->message);
    habla_connection_end (self);
    return;
  }
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (self->base), FALSE);
  self->handshakes = handshakes;
  habla_source_attach (&self->hello,
      g_socket_create_source (g_socket_connection_get_socket (self->socket), G_IO_IN, NULL),
      "[habla] HablaConnection hello", G_SOURCE_FUNC (connection_on_hello), self);
}

/* Timeouts */

static gboolean
connection_is_incomplete (HablaConnection *self)
{
  if (self->phase == HABLA_CONNECTION_OPENING)
    return habla_metered_stream_get_read (self->stream) > 0;
  return self->phase == HABLA_CONNECTION_HEADERS || self->phase == HABLA_CONNECTION_BODY;
}

/* libsoup reports that a request has begun only when its first line is whole. */
static void
connection_note_begun (HablaConnection *self, gint64 now)
{
  if (self->phase == HABLA_CONNECTION_IDLE &&
      habla_metered_stream_get_read (self->stream) > self->taken_before) {
    self->phase = HABLA_CONNECTION_HEADERS;
    self->since = now;
    self->request_began = now;
  }
}

/* Sets @since to the begin of what has a timeout, or 0. Returns: the timeout, in milliseconds */
static guint
connection_get_timeout (HablaConnection *self, gint64 *since)
{
  *since = self->since;
  switch (self->phase) {
  case HABLA_CONNECTION_IDLE:
    return self->limits->idle_timeout;
  case HABLA_CONNECTION_WEBSOCKET:
    *since = habla_metered_stream_get_blocked_since (self->stream);
    return self->limits->idle_timeout;
  case HABLA_CONNECTION_LIVE:
    *since = habla_metered_stream_get_blocked_since (self->stream);
    break;
  case HABLA_CONNECTION_LINGERING:
    return LINGER_TIMEOUT;
  case HABLA_CONNECTION_OPENING:
  case HABLA_CONNECTION_HEADERS:
  case HABLA_CONNECTION_BODY:
  case HABLA_CONNECTION_RESPONSE:
    break;
  }
  return self->limits->request_timeout;
}

void
habla_connection_check_time (HablaConnection *self, gint64 now)
{
  gint64 since;
  guint timeout;

  connection_note_begun (self, now);
  timeout = connection_get_timeout (self, &since);
  if (self->handshake_began != 0 &&
      now - self->handshake_began >= HANDSHAKE_TIMEOUT * (gint64) 1000) {
    habla_connection_cut (self);
    return;
  }
  if (since == 0 || now - since < timeout * (gint64) 1000)
    return;
  if (self->phase == HABLA_CONNECTION_LINGERING && self->linger != NULL) {
    self->since = now; /* closing TLS has a timeout of the same length */
    connection_close_base (self);
  } else if (self->stream != NULL && connection_is_incomplete (self)) {
    self->refusal = 408;
    habla_metered_stream_abort (self->stream);
  } else {
    habla_connection_cut (self);
  }
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
    if (!G_IS_TLS_CONNECTION (self->base) || self->linger != NULL)
      habla_connection_end (self);
  } else if (self->stream == NULL && self->handshake_began == 0) {
    habla_connection_end (self);
  } else if (self->stream != NULL) {
    habla_metered_stream_abort (self->stream);
  }
}
