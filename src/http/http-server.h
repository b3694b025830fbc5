/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/access/access-control.h>
#include <http/router.h>
#include <monitoring/metrics.h>

G_BEGIN_DECLS

/**
 * HablaHttpServer:
 *
 * An HTTP/1 server with limits, in the default main context. The main thread uses it.
 */
typedef struct _HablaHttpServer HablaHttpServer;

/**
 * HablaHttpServerOptions:
 * @listen: (nullable) (array zero-terminated=1): "ADDRESS:PORT"; port 0 picks one; IPv6 as
 *   "[::1]:8700"
 * @sockets: (nullable) (element-type GSocket): listening sockets that were passed on (socket
 *   activation), besides @listen
 * @listen_for_listeners: (nullable) (array zero-terminated=1): further addresses, with plain HTTP
 *   even if there is a certificate, which take no token and no speaker of another machine
 * @certificate: (nullable): for TLS on the addresses of @listen and @sockets; %NULL = plain HTTP
 * @plain_loopback: whether addresses of loopback have plain HTTP in spite of @certificate
 * @token: (nullable): that clients of other machines must have; required for addresses that are
 *   not loopback
 * @hosts: (nullable) (array zero-terminated=1): names that the header Host may have, besides
 *   addresses and localhost
 * @public_url: (nullable): where clients of other machines reach the server through a proxy, such
 * as "https://school.example/captions/"
 * @proxies: (nullable) (array zero-terminated=1): addresses of proxies: what comes from them is
 * never taken for a program of this machine, and counts for the address in X-Forwarded-For
 * @origins: (nullable) (array zero-terminated=1): other sites whose pages may use the server, from
 *   habla_cors_parse_origin()
 * @prefix: (nullable): such as "/habla": a path below it is the same as one without it
 * @trusts_local_proxies: whether clients of a proxy of this machine that is not in @proxies are
 *   taken for programs of this machine; if not, only public routes are open to them
 * @max_connections: further ones are closed at once; fewer if the process may not open as many
 *   files
 * @max_connections_per_peer: the same for one address; 0 = no limit
 * @max_request_rate: requests of one address a second, on average, and twice as many in a burst;
 *   further ones are answered with 429. 0 = no limit
 * @max_body: bytes of a request's body
 * @request_timeout: for TLS and the first request to arrive, for each request to be complete, and
 *   for its response to be taken, in milliseconds each
 * @idle_timeout: between two requests, at most a minute, and for a WebSocket that does not read its
 *   output, in milliseconds
 * @router: what the server answers; must outlive the server
 * @close_websockets: (nullable): called when the server shuts down or is freed; must begin to close
 *   all WebSockets
 * @check_code: (nullable): checks the codes of routes with %HABLA_ROUTE_CODE
 * @user_data: for @close_websockets and @check_code
 * @metrics: for the server's metrics; must outlive the server
 */
typedef struct {
  const char *const *listen;
  const char *const *listen_for_listeners;
  GPtrArray *sockets;
  GTlsCertificate *certificate;
  gboolean plain_loopback;
  const char *token;
  const char *const *hosts;
  const char *public_url;
  const char *const *proxies;
  const char *const *origins;
  const char *prefix;
  gboolean trusts_local_proxies;
  guint max_connections;
  guint max_connections_per_peer;
  guint max_request_rate;
  gsize max_body;
  guint request_timeout;
  guint idle_timeout;
  HablaRouter *router;
  void (*close_websockets) (gpointer user_data);
  HablaAccessCodeCheck check_code;
  gpointer user_data;
  HablaMetrics *metrics;
} HablaHttpServerOptions;

/**
 * habla_http_server_new:
 * @options: copied
 * @error: return location for a %G_IO_ERROR: an address is wrong, taken, or needs a token
 *
 * Returns: (transfer full) (nullable): a server that listens
 */
HablaHttpServer *habla_http_server_new (const HablaHttpServerOptions *options, GError **error);

/**
 * habla_http_server_free:
 * @self: (transfer full): a server
 *
 * Ends the remaining connections, and iterates the main context for that, four seconds at most.
 */
void habla_http_server_free (HablaHttpServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaHttpServer, habla_http_server_free)

/**
 * habla_http_server_get_urls:
 * @self: a server
 *
 * Returns: (transfer full): one for each address, such as "http://127.0.0.1:8700/"
 */
GStrv habla_http_server_get_urls (HablaHttpServer *self);

/**
 * habla_http_server_get_public_url:
 * @self: a server
 * @addresses: (element-type GInetAddress): this machine's, as from habla_local_addresses_get()
 *
 * Returns: (transfer full) (nullable): where other machines reach the server: `public_url`, or the
 *   first address to which they can connect; a server on all addresses has the first of @addresses.
 *   %NULL if there is none
 */
char *habla_http_server_get_public_url (HablaHttpServer *self, GPtrArray *addresses);

/**
 * habla_http_server_set_certificate:
 * @self: a server that has a certificate
 * @certificate: the one for new connections; others go on with that which they have
 */
void habla_http_server_set_certificate (HablaHttpServer *self, GTlsCertificate *certificate);

/**
 * habla_http_server_set_hosts:
 * @self: a server
 * @hosts: (array zero-terminated=1): replaces `hosts` of the options
 */
void habla_http_server_set_hosts (HablaHttpServer *self, const char *const *hosts);

/**
 * habla_http_server_stop_accepting:
 * @self: a server
 *
 * Closes the listening sockets; connections go on.
 */
void habla_http_server_stop_accepting (HablaHttpServer *self);

/**
 * habla_http_server_shut_down:
 * @self: a server; may be called once
 * @callback: called once when no connection is left, after two seconds at the latest
 * @user_data: for @callback
 *
 * Closes WebSockets with 1001 and all other connections.
 */
void habla_http_server_shut_down (
    HablaHttpServer *self, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_http_server_shut_down_finish:
 * @self: a server
 * @result: what the callback got
 * @error: never set
 *
 * Returns: %TRUE
 */
gboolean habla_http_server_shut_down_finish (
    HablaHttpServer *self, GAsyncResult *result, GError **error);

/**
 * habla_http_server_count_connections:
 * @self: a server
 *
 * Returns: how many connections are open, WebSockets included
 */
guint habla_http_server_count_connections (HablaHttpServer *self);

G_END_DECLS
