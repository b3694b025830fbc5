/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"

#include <libsoup/soup.h>
#include <api/websocket/websocket-client.h>

G_BEGIN_DECLS

/**
 * TestConnection:
 * @websocket: (nullable): the browser's end; %NULL until test_connection_read()
 * @client: (nullable): the server's end; %NULL when it has ended
 * @messages: (element-type utf8): messages that have arrived
 * @close_code: close code that has arrived, or 0
 *
 * A real WebSocket over a loopback socket. Freeing it asserts that nothing of the server's end is
 * left.
 */
typedef struct {
  GSocketConnection *socket;
  SoupWebsocketConnection *websocket;
  HablaWebsocketClient *client;
  GPtrArray *messages;
  guint close_code;
  gboolean is_closed;
  SoupWebsocketConnection *server;
  HablaMeteredStream *stream;
} TestConnection;

void test_socket_pair (GSocketConnection **server, GSocketConnection **client);
SoupWebsocketConnection *test_make_websocket (GIOStream *stream, SoupWebsocketConnectionType type);

TestConnection *test_connection_new (
    HablaClientRegistry *registry, const HablaWebsocketClientOptions *options);
/* Like test_connection_new(), but with small socket buffers, and does not read until
 * test_connection_read(). */
TestConnection *test_connection_new_slow (
    HablaClientRegistry *registry, const HablaWebsocketClientOptions *options);
/* Like test_connection_new_slow(), but with socket buffers of the usual size. */
TestConnection *test_connection_new_unread (
    HablaClientRegistry *registry, const HablaWebsocketClientOptions *options);
void test_connection_read (TestConnection *self);
void test_connection_free (TestConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestConnection, test_connection_free)

void test_connection_send (TestConnection *self, const char *text);
/* Writes raw bytes between two messages. */
void test_connection_write (TestConnection *self, const void *data, gsize size);
/* Waits for the next message, and asserts that it has @type. Returns: (transfer full): the message
 */
char *test_connection_expect (TestConnection *self, const char *type);
void test_connection_expect_close (TestConnection *self, guint code);

/* Runs the main context until @condition holds; the test fails after ten seconds, or longer in a
 * slow lane. */
#define test_wait_for(condition) \
  G_STMT_START \
  { \
    gint64 deadline_ = g_get_monotonic_time () + habla_test_scale (60) * G_USEC_PER_SEC; \
    test_begin_wait (); \
    while (!(condition)) { \
      g_main_context_iteration (NULL, TRUE); \
      if (g_get_monotonic_time () > deadline_) \
        g_error ("%s: not in time", #condition); \
    } \
    test_end_wait (); \
  } \
  G_STMT_END
void test_begin_wait (void);
void test_end_wait (void);

G_END_DECLS
