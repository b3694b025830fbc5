/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <http/http-server.h>

G_BEGIN_DECLS

typedef struct _TestServer TestServer;

/**
 * TestServer:
 * @options: used by test_server_start(); may be changed before
 * @server: (nullable): the server, once it is started
 * @port: of the first address
 * @data: (nullable): for @make_router and @free_data
 * @make_router: called at start, with the options as they are then
 * @free_data: (nullable): frees @data, after the server
 *
 * A server on a port of its own, in this process. A thread with blocking sockets asks it.
 */
struct _TestServer {
  HablaHttpServerOptions options;
  HablaHttpServer *server;
  guint16 port;
  gpointer data;
  HablaRouter *(*make_router) (TestServer *self);
  void (*free_data) (TestServer *self);
};

/* Work of the thread. */
typedef void (*TestServerBody) (TestServer *test, gpointer data);

/**
 * test_server_new:
 *
 * Returns: (transfer full): a server that answers GET /health and GET /metrics without a token or
 *   a rate limit, GET /limited, POST /echo with the string "text" of a JSON object, and GET /wait
 *   when test_server_end_wait() is called
 */
TestServer *test_server_new (void);
void test_server_start (TestServer *self);
/* Runs @body in a thread, and the main loop until it has returned. */
void test_server_run (TestServer *self, TestServerBody body, gpointer data);
/* Runs the main loop until @condition holds, for at most ten seconds. */
void test_server_wait (TestServer *self, gboolean (*condition) (TestServer *));
void test_server_free (TestServer *self);

/* A condition: no connection is left. */
gboolean test_server_is_alone (TestServer *self);

/* In any thread: answers the requests for /wait, also those to come. */
void test_server_end_wait (void);

/* Returns: (transfer full): a new self-signed certificate */
GTlsCertificate *test_make_certificate (void);

/* Blocking, for a @body; each fails the test when nothing happens for ten seconds. */
GSocketConnection *test_connect (TestServer *self);
void test_send (GSocketConnection *connection, const char *text);
/* Returns: (transfer full): everything until the server ends the connection */
char *test_read_all (GSocketConnection *connection);
/* Returns: (transfer full): one response, headers and body */
char *test_read_response (gpointer stream);
/* Sends one request on a connection of its own. Returns: (transfer full): the response */
char *test_ask (TestServer *self, const char *request);
guint test_get_status (const char *response);
/* Returns: (transfer full) (nullable): the value of a header */
char *test_get_header (const char *response, const char *name);
const char *test_get_body (const char *response);

G_END_DECLS
