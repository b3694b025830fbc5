/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <api/server.h>

G_BEGIN_DECLS

/**
 * TestServer:
 * @options: what test_server_start() starts it with; change it between
 * @port: of the first address
 *
 * A real server with all that it needs, on a port of its own, in this process. What asks it
 * runs in a thread meanwhile, with blocking sockets.
 */
typedef struct {
  HablaServerOptions options;
  HablaServer *server;
  guint16 port;
} TestServer;

typedef void (*TestServerBody) (TestServer *test, gpointer data);

TestServer *test_server_new (void);
void test_server_start (TestServer *self);
/* Runs @body in a thread and the main loop until that is done. */
void test_server_run (TestServer *self, TestServerBody body, gpointer data);
/* Runs the main loop until @condition holds, ten seconds at most. */
void test_server_wait (TestServer *self, gboolean (*condition) (TestServer *));
void test_server_free (TestServer *self);

/* Returns: (transfer full): a new one, signed by itself */
GTlsCertificate *test_make_certificate (void);

/* Blocking, for a @body; each fails the test when nothing happens for ten seconds. */
GSocketConnection *test_connect (TestServer *self);
void test_send (GSocketConnection *connection, const char *text);
/* Returns: (transfer full): all until the server ends the connection */
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
