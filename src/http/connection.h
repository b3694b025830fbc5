/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <net/handshake-queue.h>
#include <http/metered-stream.h>

G_BEGIN_DECLS

/**
 * HablaConnectionPhase:
 * @HABLA_CONNECTION_OPENING: TLS is being set up, or the first request has not begun
 * @HABLA_CONNECTION_IDLE: between two requests
 * @HABLA_CONNECTION_HEADERS: a request's first line and headers are arriving
 * @HABLA_CONNECTION_BODY: a request's body is arriving
 * @HABLA_CONNECTION_RESPONSE: a request is being answered
 * @HABLA_CONNECTION_WEBSOCKET: it has become a WebSocket
 * @HABLA_CONNECTION_LIVE: it has become a stream without an end; see HablaLiveResponse
 * @HABLA_CONNECTION_LINGERING: it is over for the server; the other side may read the last
 *   response
 */
typedef enum {
  HABLA_CONNECTION_OPENING,
  HABLA_CONNECTION_IDLE,
  HABLA_CONNECTION_HEADERS,
  HABLA_CONNECTION_BODY,
  HABLA_CONNECTION_RESPONSE,
  HABLA_CONNECTION_WEBSOCKET,
  HABLA_CONNECTION_LIVE,
  HABLA_CONNECTION_LINGERING,
} HablaConnectionPhase;

/**
 * HablaConnectionTraits:
 * @HABLA_CONNECTION_SECURE: the data sent is encrypted on its way to the client
 * @HABLA_CONNECTION_FOR_LISTENERS: it came to an address at which no one may speak or be the owner
 * @HABLA_CONNECTION_PROXIED: it comes from a proxy, also if that runs on this machine
 * @HABLA_CONNECTION_UNKNOWN_PROXY: it comes from a proxy of this machine that the settings do not
 *   name
 *
 * What is special about a connection.
 */
typedef enum {
  HABLA_CONNECTION_SECURE = 1 << 0,
  HABLA_CONNECTION_FOR_LISTENERS = 1 << 1,
  HABLA_CONNECTION_PROXIED = 1 << 2,
  HABLA_CONNECTION_UNKNOWN_PROXY = 1 << 3,
} HablaConnectionTraits;

/**
 * HablaConnectionLimits:
 * @request_timeout: for opening, for a request to arrive, for its response to be taken, and for a
 *   live stream that is not read, in milliseconds each
 * @idle_timeout: between two requests, and for a WebSocket that does not read its output, in
 *   milliseconds
 * @max_header: bytes of a request's first line and headers
 * @max_body: bytes of a request's body
 */
typedef struct {
  guint request_timeout;
  guint idle_timeout;
  gsize max_header;
  gsize max_body;
} HablaConnectionLimits;

/**
 * HablaConnection:
 *
 * One TCP connection, with or without TLS: its phase, how long each may last, and its end. The
 * main thread uses it.
 */
typedef struct _HablaConnection HablaConnection;

/**
 * HablaConnectionEvent:
 * @connection: a connection
 * @user_data: of habla_connection_new()
 *
 * Called in the main thread when something has happened to a connection.
 */
typedef void (*HablaConnectionEvent) (HablaConnection *connection, gpointer user_data);

/**
 * HablaConnectionHandler:
 * @opened: requests can be read from the connection's stream; called once, or never
 * @refused: the connection is about to answer a request itself, and to end; see
 *   habla_connection_get_refusal()
 * @ended: the connection is over; called once, by whatever ends it. The owner drops its reference
 * @user_data: for these
 */
typedef struct {
  HablaConnectionEvent opened;
  HablaConnectionEvent refused;
  HablaConnectionEvent ended;
  gpointer user_data;
} HablaConnectionHandler;

/**
 * habla_connection_new:
 * @socket: (transfer none): an accepted socket
 * @limits: (transfer none): must outlive the connection
 * @handler: what to notify of events; copied
 *
 * Returns: (transfer full) (nullable): a connection, to be opened by habla_connection_open();
 *   %NULL if the other side has gone already
 */
HablaConnection *habla_connection_new (
    GSocket *socket, const HablaConnectionLimits *limits, const HablaConnectionHandler *handler);

/**
 * habla_connection_ref:
 * @self: a connection
 *
 * Returns: (transfer full): @self
 */
HablaConnection *habla_connection_ref (HablaConnection *self);

/**
 * habla_connection_unref:
 * @self: (transfer full): a connection
 */
void habla_connection_unref (HablaConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaConnection, habla_connection_unref)

/**
 * habla_connection_open:
 * @self: a connection that has a peer, unless it has ended
 * @certificate: (nullable): the server's, for TLS; %NULL = plain HTTP
 * @handshakes: limits TLS handshakes; must outlive the connection
 *
 * Sets up TLS and the stream, then notifies the handler's `opened`.
 */
void habla_connection_open (
    HablaConnection *self, GTlsCertificate *certificate, HablaHandshakeQueue *handshakes);

/**
 * habla_connection_find:
 * @remote: (nullable): the remote address of a SoupServerMessage
 *
 * Returns: (transfer none) (nullable): the connection that the message came by; %NULL if it is
 *   freed
 */
HablaConnection *habla_connection_find (GSocketAddress *remote);

/**
 * habla_connection_get_link:
 * @self: a connection
 *
 * Returns: (transfer none): a link whose data is @self, for one queue of the owner's
 */
GList *habla_connection_get_link (HablaConnection *self);

/**
 * habla_connection_set_peer:
 * @self: a connection
 * @peer: (nullable): the share of the remote address; the owner's
 */
void habla_connection_set_peer (HablaConnection *self, HablaPeer *peer);

/**
 * habla_connection_get_peer:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): the peer that was set
 */
HablaPeer *habla_connection_get_peer (HablaConnection *self);

/**
 * habla_connection_get_local_address:
 * @self: a connection
 *
 * Returns: (transfer none): the server's end
 */
GSocketAddress *habla_connection_get_local_address (HablaConnection *self);

/**
 * habla_connection_get_remote_address:
 * @self: a connection
 *
 * Returns: (transfer none): the other end: an internet address
 */
GSocketAddress *habla_connection_get_remote_address (HablaConnection *self);

/**
 * habla_connection_set_traits:
 * @self: a connection that has not been opened
 * @traits: its traits
 */
void habla_connection_set_traits (HablaConnection *self, HablaConnectionTraits traits);

/**
 * habla_connection_has_trait:
 * @self: a connection
 * @trait: one of them
 *
 * Returns: whether the connection has @trait; those of this machine are not for listeners only
 */
gboolean habla_connection_has_trait (HablaConnection *self, HablaConnectionTraits trait);

/**
 * habla_connection_set_unknown_proxy:
 * @self: a connection that seemed to be of a program of this machine
 *
 * A request has shown that it is of a proxy.
 */
void habla_connection_set_unknown_proxy (HablaConnection *self);

/**
 * habla_connection_is_loopback:
 * @self: a connection
 *
 * Returns: whether the other end is a program of this machine, but no proxy
 */
gboolean habla_connection_is_loopback (HablaConnection *self);

/**
 * habla_connection_get_stream:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): what requests are read from; %NULL until it is opened
 */
HablaMeteredStream *habla_connection_get_stream (HablaConnection *self);

/**
 * habla_connection_get_phase:
 * @self: a connection
 *
 * Returns: the phase
 */
HablaConnectionPhase habla_connection_get_phase (HablaConnection *self);

/**
 * habla_connection_set_phase:
 * @self: a connection
 * @phase: the new phase
 * @now: when that has begun, in microseconds of the monotonic clock; 0 = it may take any time
 */
void habla_connection_set_phase (HablaConnection *self, HablaConnectionPhase phase, gint64 now);

/**
 * habla_connection_begin_live:
 * @self: a connection whose stream libsoup does not use any longer
 * @buffer: about how many bytes the system may hold that the other side has not read
 *
 * From now on, the connection may last any time, as long as the other side reads. Nothing is read
 * from it.
 */
void habla_connection_begin_live (HablaConnection *self, guint buffer);

/**
 * habla_connection_begin_headers:
 * @self: a connection
 * @now: in microseconds of the monotonic clock
 *
 * The first line of a request has arrived.
 */
void habla_connection_begin_headers (HablaConnection *self, gint64 now);

/**
 * habla_connection_begin_body:
 * @self: a connection
 * @now: in microseconds of the monotonic clock
 *
 * The headers of a request have arrived.
 */
void habla_connection_begin_body (HablaConnection *self, gint64 now);

/**
 * habla_connection_get_request_began:
 * @self: a connection
 *
 * Returns: when the last request began, in microseconds of the monotonic clock
 */
gint64 habla_connection_get_request_began (HablaConnection *self);

/**
 * habla_connection_get_refusal:
 * @self: a connection
 *
 * Returns: the status of the response that the connection gives itself, because libsoup cannot;
 *   0 = none
 */
guint habla_connection_get_refusal (HablaConnection *self);

/**
 * habla_connection_set_refusal:
 * @self: a connection, during its handler's `refused`
 * @status: gives another response: 408, 413, 429, 431
 */
void habla_connection_set_refusal (HablaConnection *self, guint status);

/**
 * habla_connection_check_time:
 * @self: a connection
 * @now: in microseconds of the monotonic clock
 *
 * Ends the connection if its phase has lasted too long. Call it several times a timeout.
 */
void habla_connection_check_time (HablaConnection *self, gint64 now);

/**
 * habla_connection_has_peer_left:
 * @self: a connection
 *
 * Returns: whether the other side has closed its end, or is gone; one that waits for a response
 *   keeps its end open
 */
gboolean habla_connection_has_peer_left (HablaConnection *self);

/**
 * habla_connection_get_token_wait:
 * @self: a connection
 * @now: in microseconds of the monotonic clock
 *
 * Wrong tokens of a peer delay further ones, except on a connection whose last token was right,
 * and on the loopback interface.
 *
 * Returns: the time until a token may be checked, in seconds, rounded up; 0 = now
 */
guint habla_connection_get_token_wait (HablaConnection *self, gint64 now);

/**
 * habla_connection_note_token:
 * @self: a connection
 * @is_right: whether the token that came by it was the server's
 * @now: in microseconds of the monotonic clock
 */
void habla_connection_note_token (HablaConnection *self, gboolean is_right, gint64 now);

/**
 * habla_connection_cut:
 * @self: a connection
 *
 * Ends the connection as soon as the user of its stream has closed it, which sees an end and
 * fails to write from now on.
 */
void habla_connection_cut (HablaConnection *self);

/**
 * habla_connection_end:
 * @self: a connection
 *
 * Closes the socket now, even if the stream is in use. No-op if it has ended.
 */
void habla_connection_end (HablaConnection *self);

G_END_DECLS
