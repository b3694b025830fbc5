/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <api/health.h>
#include <room/room-manager.h>
#include <store/store.h>

G_BEGIN_DECLS

/**
 * HablaServer:
 *
 * HTTP and WebSocket in the default main context. The page and what belongs to it are
 * resources of the program below /habla/web: `/` is /habla/web/index.html, `/history` is
 * /habla/web/history.html, `/sw.js` and `/static/…` have their own names there.
 */
typedef struct _HablaServer HablaServer;

/**
 * HablaServerOptions:
 * @listen: "ADDRESS:PORT"; port 0 picks one; IPv6 as "[::1]:8700"
 * @sockets: (nullable): (element-type GSocket): listening ones that were passed on (socket
 *   activation), beside @listen
 * @certificate: (nullable): with it all is TLS
 * @token: (nullable): who does not come from loopback must have it; required for addresses
 *   that are not loopback, else habla_server_new() fails
 * @hosts: (nullable): names that a `Host` may have, beside addresses and localhost
 * @max_connections: further ones are closed at once; fewer if the process may not open so
 *   many files
 * @max_connections_per_peer: likewise, of one address; 0 = any number
 * @max_request_rate: of one address, in a second, on average, for twice as many at once;
 *   0 = any number. What goes beyond is answered with 429. Health does not count
 * @max_body: bytes of a request's body
 * @request_timeout: for TLS and the first request to come, for a request to be complete,
 *   and for its response to be taken, in milliseconds each
 * @soft_backlog, @hard_backlog, @idle_timeout: see HablaWebsocketClientOptions
 * @store: (nullable): where lessons are kept; outlives the server
 * @health, @manager, @metrics: (transfer none): outlive the server
 */
typedef struct {
  const char *const *listen;
  GPtrArray *sockets;
  GTlsCertificate *certificate;
  const char *token;
  const char *const *hosts;
  guint max_connections;
  guint max_connections_per_peer;
  guint max_request_rate;
  gsize max_body;
  guint request_timeout;
  gsize soft_backlog;
  gsize hard_backlog;
  guint idle_timeout;
  HablaHealth *health;
  HablaRoomManager *manager;
  HablaStore *store;
  HablaMetrics *metrics;
} HablaServerOptions;

HablaServer *habla_server_new (const HablaServerOptions *options, GError **error);
void habla_server_free (HablaServer *self);

/* Returns: (transfer full): "http://127.0.0.1:8700/", one for each address */
GStrv habla_server_get_urls (HablaServer *self);

/* No new connections. */
void habla_server_stop_accepting (HablaServer *self);
/* Closes all WebSockets with 1001 and all else. @done is called once, when no connection is
 * left, after two seconds at the latest. */
void habla_server_shut_down (HablaServer *self, GAsyncReadyCallback done, gpointer user_data);
gboolean habla_server_shut_down_finish (HablaServer *self, GAsyncResult *result, GError **error);

guint habla_server_count_connections (HablaServer *self);

G_END_DECLS
