/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "http/access-control.h"
#include "http/http-server.h"
#include <net/tcp-listener.h>

G_BEGIN_DECLS

/**
 * HablaHttpRefusal:
 * @HABLA_HTTP_REFUSED_CONNECTIONS: too many connections, of all addresses
 * @HABLA_HTTP_REFUSED_PEER: too many connections of one address
 * @HABLA_HTTP_REFUSED_RATE: too many requests of one address
 * @HABLA_HTTP_REFUSED_HOST: wrong `Host`
 * @HABLA_HTTP_REFUSED_ORIGIN: wrong `Origin`
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
  HABLA_HTTP_REFUSED_TOKEN,
  HABLA_HTTP_REFUSED_TOKEN_RATE,
  HABLA_HTTP_REFUSED_HEADER_SIZE,
  HABLA_HTTP_REFUSED_BODY_SIZE,
  HABLA_HTTP_REFUSED_TIME,
  HABLA_HTTP_REFUSED_MALFORMED,
} HablaHttpRefusal;

/* Shared by http-server.c (connections, start and end) and http-server-requests.c. */
struct _HablaHttpServer {
  SoupServer *soup;
  GSocket *keep_alive; /* the other end of the socket that libsoup listens on */
  GPtrArray *listeners;
  GQueue connections; /* of HablaConnection */
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
 * habla_http_server_handle_requests:
 * @self: a server whose options are set
 *
 * Connects to the requests that libsoup reads.
 */
void habla_http_server_handle_requests (HablaHttpServer *self);

G_END_DECLS
