/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "http/access/access-control.h"
#include "http/http-server.h"
#include <net/tcp-listener.h>
#include <util/token-bucket.h>

G_BEGIN_DECLS

/**
 * HablaHttpRefusal:
 * @HABLA_HTTP_REFUSED_CONNECTIONS: too many connections, of all addresses
 * @HABLA_HTTP_REFUSED_PEER: too many connections of one address
 * @HABLA_HTTP_REFUSED_RATE: too many requests of one address
 * @HABLA_HTTP_REFUSED_HOST: wrong `Host`
 * @HABLA_HTTP_REFUSED_ORIGIN: wrong `Origin`
 * @HABLA_HTTP_REFUSED_PROXY: forwarded by a proxy of this machine that the settings do not name
 * @HABLA_HTTP_REFUSED_TOKEN: no token, or a wrong one
 * @HABLA_HTTP_REFUSED_TOKEN_RATE: too many wrong tokens of one address
 * @HABLA_HTTP_REFUSED_HEADER_SIZE: the headers are too large
 * @HABLA_HTTP_REFUSED_BODY_SIZE: the body is too large
 * @HABLA_HTTP_REFUSED_TIME: the request took too long
 * @HABLA_HTTP_REFUSED_MALFORMED: the request is malformed
 *
 * Why a connection or a request was rejected.
 */
typedef enum {
  HABLA_HTTP_REFUSED_CONNECTIONS,
  HABLA_HTTP_REFUSED_PEER,
  HABLA_HTTP_REFUSED_RATE,
  HABLA_HTTP_REFUSED_HOST,
  HABLA_HTTP_REFUSED_ORIGIN,
  HABLA_HTTP_REFUSED_PROXY,
  HABLA_HTTP_REFUSED_TOKEN,
  HABLA_HTTP_REFUSED_TOKEN_RATE,
  HABLA_HTTP_REFUSED_HEADER_SIZE,
  HABLA_HTTP_REFUSED_BODY_SIZE,
  HABLA_HTTP_REFUSED_TIME,
  HABLA_HTTP_REFUSED_MALFORMED,
} HablaHttpRefusal;

/**
 * HablaHttpEndpoint:
 * @server: the server
 * @listener: where it listens
 * @is_secure: whether connections have TLS
 * @is_for_listeners: whether it takes no token and no speaker of another machine
 *
 * One address of a server.
 */
typedef struct {
  HablaHttpServer *server;
  HablaTcpListener *listener;
  gboolean is_secure;
  gboolean is_for_listeners;
} HablaHttpEndpoint;

/**
 * HablaHttpServer:
 *
 * Shared by http-server.c (connections, start and end), http-server-endpoints.c and
 * http-server-requests.c.
 */
struct _HablaHttpServer {
  SoupServer *soup;
  GSocket *keep_alive;  /* the other end of the socket that libsoup listens on */
  GPtrArray *endpoints; /* of HablaHttpEndpoint */
  GQueue connections;   /* of HablaConnection */
  GSource *clock;
  gboolean is_cut;  /* the server is being freed, and all of @connections were cut */
  GTask *shut_down; /* (nullable) */
  GSource *shut_down_timeout;

  HablaRouter *router;
  void (*close_websockets) (gpointer user_data);
  gpointer user_data;
  HablaConnectionLimits limits;
  HablaAccessRules rules;
  HablaRateLimiter *peers;
  HablaHandshakeQueue *handshakes;
  GTlsCertificate *certificate;
  char *token;
  GStrv hosts;
  char *public_url;    /* (nullable) */
  char *public_host;   /* (nullable): of @public_url */
  char *public_origin; /* (nullable): scheme, host and port of @public_url */
  char *public_path;   /* (nullable): of @public_url */
  GPtrArray *proxies;  /* of GInetAddress */
  GStrv origins;       /* (nullable) */
  char *prefix;        /* (nullable) */
  gboolean trusts_local_proxies;
  gboolean has_logged_proxy;
  HablaTokenBucket refusal_log;
  guint max_connections;

  HablaMetrics *metrics;
  HablaMetric *requests;
  HablaMetric *durations;
  HablaMetric *refusals;
  HablaMetric *open_connections;
};

/**
 * habla_http_server_count_refusal:
 * @self: a server
 * @reason: why something was rejected
 */
void habla_http_server_count_refusal (HablaHttpServer *self, HablaHttpRefusal reason);

/**
 * habla_http_server_listen:
 * @self: a server whose options are set
 * @options: its options
 * @accepted: called with a HablaHttpEndpoint for each connection
 * @error: return location for a %G_IO_ERROR
 *
 * Opens all addresses.
 *
 * Returns: whether the server listens
 */
gboolean habla_http_server_listen (HablaHttpServer *self, const HablaHttpServerOptions *options,
    HablaTcpListenerAccepted accepted, GError **error);

/**
 * habla_http_endpoint_free:
 * @endpoint: (transfer full): a HablaHttpEndpoint
 */
void habla_http_endpoint_free (gpointer endpoint);

/**
 * habla_http_server_handle_requests:
 * @self: a server whose options are set
 *
 * Connects to the requests that libsoup reads.
 */
void habla_http_server_handle_requests (HablaHttpServer *self);

G_END_DECLS
