/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>
#include <api/websocket/client-membership.h>
#include <http/connection.h>

G_BEGIN_DECLS

/**
 * HablaWebsocketClient:
 *
 * One WebSocket at `/ws/translate`: parses the messages of the client, executes them in a room,
 * and sends the room's events to the client, within limits. It frees itself when its connection
 * ends. Belongs to the thread of the default main context.
 */
typedef struct _HablaWebsocketClient HablaWebsocketClient;

/**
 * HablaWebsocketClientOptions:
 * @registry: (transfer none): where the client is listed and counted; outlives the client
 * @membership: the room that the client joins
 * @token: (nullable): the token that the first message must have, unless it has the join code of
 *   the room; %NULL = the client is authenticated already
 * @connection: (transfer none) (nullable): its address is charged for wrong tokens
 * @soft_backlog: bytes queued for the client beyond which only the newest partial texts are kept
 * @hard_backlog: bytes queued for the client beyond which it is closed with 1013
 * @idle_timeout: in milliseconds; a client that sends no message for this time is closed with
 *   1000; 0 = never
 */
typedef struct {
  HablaClientRegistry *registry;
  HablaMembershipOptions membership;
  const char *token;
  HablaConnection *connection;
  gsize soft_backlog;
  gsize hard_backlog;
  guint idle_timeout;
} HablaWebsocketClientOptions;

/* Called when the connection has ended, just before @client is freed. */
typedef void (*HablaWebsocketClientEnded) (HablaWebsocketClient *client, gpointer user_data);

/**
 * habla_websocket_client_new:
 * @websocket: (transfer none): made with a #HablaWebsocketMeter, on a #HablaWebsocketStream
 * @stream: (transfer none): the stream that @websocket writes to
 * @options: copied
 * @ended: (nullable): called when the connection has ended
 * @user_data: for @ended
 *
 * Returns: (transfer none): a client that frees itself
 */
HablaWebsocketClient *habla_websocket_client_new (SoupWebsocketConnection *websocket,
    HablaMeteredStream *stream, const HablaWebsocketClientOptions *options,
    HablaWebsocketClientEnded ended, gpointer user_data);

/**
 * habla_websocket_client_close:
 * @self: a client
 * @code: a WebSocket close code
 * @reason: (nullable): the reason for the close frame, at most 123 bytes
 *
 * Sends a close frame after the queued messages. Cuts the connection after a second if the client
 * does not answer. No-op if it is already closing.
 */
void habla_websocket_client_close (HablaWebsocketClient *self, gushort code, const char *reason);

/**
 * habla_websocket_client_get_backlog:
 * @self: a client
 *
 * Returns: the number of bytes that are queued for the client
 */
gsize habla_websocket_client_get_backlog (HablaWebsocketClient *self);

G_END_DECLS
