/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>
#include <api/client-registry.h>
#include <http/connection.h>
#include <room/room-manager.h>
#include <store/store.h>

G_BEGIN_DECLS

/**
 * HablaWebsocketClient:
 *
 * One WebSocket at `/ws/translate`: parses what comes, commands a room, and sends what the
 * room tells, within bounds. It ends with its connection and frees itself then.
 */
typedef struct _HablaWebsocketClient HablaWebsocketClient;

/**
 * HablaWebsocketClientOptions:
 * @manager: (transfer none): has the rooms; outlives the client
 * @registry: (transfer none): where the client is listed and counted; outlives the client
 * @key: (nullable): tells a client that comes back
 * @room: (nullable): name of the room that it joins or makes
 * @listener: it joins as a listener
 * @language: (nullable): that a listener reads
 * @resume: it wants what it has missed after @since
 * @since: the last exchange that it has
 * @store: (nullable): what is not in memory any more is looked for there
 * @token: (nullable): that its first message must be {"type":"hello","token":…} with; %NULL
 *   = it is trusted already
 * @connection: (nullable): that wrong tokens are charged to
 * @soft_backlog: from so many waiting bytes on partials are conflated
 * @hard_backlog: from so many on it is closed with 1013
 * @idle_timeout: in milliseconds without a message from it, then it is closed with 1000
 */
typedef struct {
  HablaRoomManager *manager;
  HablaClientRegistry *registry;
  const char *key;
  const char *room;
  gboolean listener;
  const char *language;
  gboolean resume;
  guint64 since;
  HablaStore *store;
  const char *token;
  HablaConnection *connection;
  gsize soft_backlog;
  gsize hard_backlog;
  guint idle_timeout;
} HablaWebsocketClientOptions;

typedef void (*HablaWebsocketClientEnded) (HablaWebsocketClient *client, gpointer user_data);

/* @stream: that @websocket writes to. @ended (nullable) is called when the connection is over, just
 * before the client is freed. */
HablaWebsocketClient *habla_websocket_client_new (SoupWebsocketConnection *websocket,
    HablaMeteredStream *stream, const HablaWebsocketClientOptions *options,
    HablaWebsocketClientEnded ended, gpointer user_data);

/* Sends a close frame; the connection is cut after a second if the other side does not
 * answer. */
void habla_websocket_client_close (HablaWebsocketClient *self, gushort code, const char *reason);

/* Bytes that wait for it. */
gsize habla_websocket_client_get_backlog (HablaWebsocketClient *self);

G_END_DECLS
