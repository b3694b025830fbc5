/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/metered-stream.h>
#include <http/rate-limiter.h>

G_BEGIN_DECLS

/**
 * HablaConnectionPhase:
 * @HABLA_CONNECTION_OPENING: TLS is being set up, or the first request has not come
 * @HABLA_CONNECTION_IDLE: between two requests
 * @HABLA_CONNECTION_HEADERS: a request has begun
 * @HABLA_CONNECTION_BODY: its headers are there
 * @HABLA_CONNECTION_RESPONSE: it is being answered
 * @HABLA_CONNECTION_WEBSOCKET: it is a WebSocket's now
 * @HABLA_CONNECTION_LINGERING: the other side may read the last words
 */
typedef enum {
  HABLA_CONNECTION_OPENING,
  HABLA_CONNECTION_IDLE,
  HABLA_CONNECTION_HEADERS,
  HABLA_CONNECTION_BODY,
  HABLA_CONNECTION_RESPONSE,
  HABLA_CONNECTION_WEBSOCKET,
  HABLA_CONNECTION_LINGERING,
} HablaConnectionPhase;

/**
 * HablaConnectionLimits:
 * @request_timeout: for opening, for a request to be complete, and for its response to be
 *   taken, in milliseconds each
 * @idle_timeout: between two requests, and for a WebSocket that takes nothing of what
 *   waits for it, in milliseconds
 * @max_header: bytes of a request's line and headers
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
 * One TCP connection: its phase, how long that may last, and its end.
 */
typedef struct _HablaConnection HablaConnection;
typedef struct _HablaHandshakes HablaHandshakes;

typedef void (*HablaConnectionEvent) (HablaConnection *connection, gpointer user_data);

struct _HablaConnection {
  GList link; /* in the server's queue */
  GSocketConnection *socket;
  GSocketAddress *local;
  GSocketAddress *remote;     /* libsoup hands it back; see habla_connection_of() */
  GIOStream *base;            /* @socket, or TLS over it */
  HablaMeteredStream *stream; /* (nullable): until TLS is set up */
  HablaPeer *peer;            /* (nullable): until it has ended */
  gboolean is_loopback;
  gboolean has_token; /* the last token that came by it was right */
  const HablaConnectionLimits *limits;

  HablaConnectionPhase phase;
  gint64 since;        /* when @phase began */
  gint64 request;      /* when the request began */
  guint64 read_before; /* what had been read when @phase began */
  guint refusal;       /* status of the last response, which libsoup did not give; 0 = none */

  GCancellable *cancellable;   /* of TLS */
  HablaHandshakes *handshakes; /* (nullable): while the handshake waits or is in progress */
  GSource *hello;              /* (nullable): waits for a whole ClientHello */
  gint64 handshake_began;      /* 0 = it is not in progress */
  GSource *farewell;           /* (nullable) */
  gsize farewell_bytes;
  HablaConnectionEvent refused;
  HablaConnectionEvent ended;
  gpointer user_data;
};

/* @refused: is called when `refusal` is given.
 * @ended: is called once, before the last reference of the server's is to be given up.
 * Returns: (nullable): %NULL if the other side is gone already */
HablaConnection *habla_connection_new (GSocket *socket, const HablaConnectionLimits *limits,
    HablaConnectionEvent refused, HablaConnectionEvent ended, gpointer user_data);
HablaConnection *habla_connection_ref (HablaConnection *self);
void habla_connection_unref (HablaConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaConnection, habla_connection_unref)

/* @certificate: (nullable): for TLS. @handshakes: outlives it. @opened is called when `stream` is
 * there, or never. */
void habla_connection_open (HablaConnection *self, GTlsCertificate *certificate,
    HablaHandshakes *handshakes, HablaConnectionEvent opened);
/* Of TLS, when its turn has come. */
void habla_connection_start_handshake (HablaConnection *self);

/* Returns: (nullable): the connection that @remote, the address of a message, belongs to */
HablaConnection *habla_connection_of (GSocketAddress *remote);

void habla_connection_set_phase (HablaConnection *self, HablaConnectionPhase phase, gint64 now);
/* Returns: whether its time was up and it is being ended */
gboolean habla_connection_check_time (HablaConnection *self, gint64 now);
/* Whether the other side has closed its end, or is gone. A client that waits for a response keeps
 * its end open. */
gboolean habla_connection_has_peer_left (HablaConnection *self);
/* Wrong tokens of its peer slow down further ones, but for a connection whose last one was right
 * and for this machine's.
 * Returns: after how many seconds a token is looked at; 0 = now */
guint habla_connection_get_token_wait (HablaConnection *self, gint64 now);
void habla_connection_note_token (HablaConnection *self, gboolean is_right, gint64 now);
/* Ends it without further ado, when who uses the stream has let go. */
void habla_connection_cut (HablaConnection *self);
/* Ends it now, whoever uses the stream. */
void habla_connection_end (HablaConnection *self);

G_END_DECLS
