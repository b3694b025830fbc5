/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"

#include <libsoup/soup.h>
#include <api/websocket/websocket-client.h>

G_BEGIN_DECLS

/**
 * TestConnection:
 * @websocket: of the other side, over a socket of loopback; %NULL until it reads
 * @client: %NULL when it has ended
 * @messages: (element-type utf8): that came until now
 * @close_code: that came, or 0
 *
 * A real WebSocket with a #HablaWebsocketClient at its server's end. Nothing of the server's end is
 * left when it is freed: that is asserted.
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
/* It does not read, and little fits into the buffers between, until test_connection_read(). */
TestConnection *test_connection_new_slow (
    HablaClientRegistry *registry, const HablaWebsocketClientOptions *options);
/* Likewise, with the kernel's own buffers. */
TestConnection *test_connection_new_unread (
    HablaClientRegistry *registry, const HablaWebsocketClientOptions *options);
void test_connection_read (TestConnection *self);
void test_connection_free (TestConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestConnection, test_connection_free)

void test_connection_send (TestConnection *self, const char *text);
/* Bytes as they are, between messages. */
void test_connection_write (TestConnection *self, const void *data, gsize size);
/* Waits for the next message; it must have the @type. Returns: (transfer full): it */
char *test_connection_expect (TestConnection *self, const char *type);
void test_connection_expect_close (TestConnection *self, guint code);

/* Runs the main context until @condition, for ten seconds at most, or what the lane takes. */
#define test_wait_for(condition) \
  G_STMT_START \
  { \
    gint64 deadline_ = g_get_monotonic_time () + habla_test_scale (10) * G_USEC_PER_SEC; \
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
