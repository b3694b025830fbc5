/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "connection.h"

#include <websocket/websocket-meter.h>
#include <websocket/websocket-stream.h>
#include <string.h>
#include <sys/socket.h>

static guint wake_source;

static gboolean
on_wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Wakes the main context regularly, so that a deadline passes even if nothing happens. */
void
test_begin_wait (void)
{
  wake_source = g_timeout_add (50, on_wake, NULL);
}

void
test_end_wait (void)
{
  g_clear_handle_id (&wake_source, g_source_remove);
}

void
test_socket_pair (GSocketConnection **server, GSocketConnection **client)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_listener_add_address (
      listener, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &address, &error);
  g_assert_no_error (error);
  g_socket_client_set_enable_proxy (connector, FALSE);
  *client = g_socket_client_connect (connector, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  *server = g_socket_listener_accept (listener, NULL, NULL, &error);
  g_assert_no_error (error);
}

SoupWebsocketConnection *
test_make_websocket (GIOStream *stream, SoupWebsocketConnectionType type)
{
  g_autoptr (GUri) uri = g_uri_parse ("ws://127.0.0.1/ws/translate", SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (GIOStream) limited = NULL;

  if (type == SOUP_WEBSOCKET_CONNECTION_CLIENT)
    return soup_websocket_connection_new (stream, uri, type, NULL, NULL, NULL);
  limited = habla_websocket_stream_new (stream);
  return soup_websocket_connection_new (
      limited, uri, type, NULL, NULL, g_list_prepend (NULL, habla_websocket_meter_new ()));
}

static void
on_message (SoupWebsocketConnection *websocket, SoupWebsocketDataType type, GBytes *message,
    TestConnection *self)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);

  g_assert_cmpint (type, ==, SOUP_WEBSOCKET_DATA_TEXT);
  g_ptr_array_add (self->messages, g_strndup (data, size));
}

static void
on_closed (SoupWebsocketConnection *websocket, TestConnection *self)
{
  self->close_code = soup_websocket_connection_get_close_code (websocket);
  self->is_closed = TRUE;
}

static void
on_ended (HablaWebsocketClient *client, gpointer user_data)
{
  TestConnection *self = user_data;

  g_assert_true (self->client == client);
  self->client = NULL;
}

static void
set_buffers (GSocketConnection *connection, int size)
{
  GSocket *socket = g_socket_connection_get_socket (connection);

  g_assert_true (g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, size, NULL));
  g_assert_true (g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, size, NULL));
}

static TestConnection *
make_connection (
    gboolean small, HablaClientRegistry *registry, const HablaWebsocketClientOptions *options)
{
  TestConnection *self = g_new0 (TestConnection, 1);
  HablaWebsocketClientOptions all_options = *options;
  g_autoptr (GSocketConnection) server = NULL;
  g_autoptr (HablaMeteredStream) stream = NULL;
  g_autoptr (SoupWebsocketConnection) websocket = NULL;

  test_socket_pair (&server, &self->socket);
  if (small) {
    set_buffers (server, 8192);
    set_buffers (self->socket, 8192);
  }
  self->messages = g_ptr_array_new_with_free_func (g_free);

  stream = habla_metered_stream_new (G_IO_STREAM (server));
  websocket = test_make_websocket (G_IO_STREAM (stream), SOUP_WEBSOCKET_CONNECTION_SERVER);
  g_set_weak_pointer (&self->server, websocket);
  g_set_weak_pointer (&self->stream, stream);
  all_options.registry = registry;
  self->client = habla_websocket_client_new (websocket, stream, &all_options, on_ended, self);
  return self;
}

TestConnection *
test_connection_new_slow (HablaClientRegistry *registry, const HablaWebsocketClientOptions *options)
{
  return make_connection (TRUE, registry, options);
}

TestConnection *
test_connection_new_unread (
    HablaClientRegistry *registry, const HablaWebsocketClientOptions *options)
{
  return make_connection (FALSE, registry, options);
}

void
test_connection_read (TestConnection *self)
{
  self->websocket =
      test_make_websocket (G_IO_STREAM (self->socket), SOUP_WEBSOCKET_CONNECTION_CLIENT);
  soup_websocket_connection_set_max_incoming_payload_size (self->websocket, 0);
  g_signal_connect (self->websocket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->websocket, "closed", G_CALLBACK (on_closed), self);
}

TestConnection *
test_connection_new (HablaClientRegistry *registry, const HablaWebsocketClientOptions *options)
{
  TestConnection *self = make_connection (FALSE, registry, options);

  test_connection_read (self);
  return self;
}

void
test_connection_free (TestConnection *self)
{
  if (self->websocket != NULL &&
      soup_websocket_connection_get_state (self->websocket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->websocket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  test_wait_for (self->client == NULL);
  test_wait_for (self->server == NULL && self->stream == NULL);
  if (self->websocket != NULL) {
    test_wait_for (self->is_closed);
    g_signal_handlers_disconnect_by_data (self->websocket, self);
    g_object_unref (self->websocket);
  }
  g_object_unref (self->socket);
  g_ptr_array_unref (self->messages);
  g_free (self);
}

void
test_connection_write (TestConnection *self, const void *data, gsize size)
{
  GPollableOutputStream *stream =
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (G_IO_STREAM (self->socket)));
  gsize written = 0;

  /* The other end is served by this thread, too. */
  while (written < size) {
    g_autoptr (GError) error = NULL;
    gssize n = g_pollable_output_stream_write_nonblocking (
        stream, (const guint8 *) data + written, size - written, NULL, &error);

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      g_main_context_iteration (NULL, FALSE);
    else
      g_assert_no_error (error);
    written += MAX (n, 0);
  }
}

void
test_connection_send (TestConnection *self, const char *text)
{
  soup_websocket_connection_send_text (self->websocket, text);
}

char *
test_connection_expect (TestConnection *self, const char *type)
{
  g_autofree char *start = g_strdup_printf ("{\"type\":\"%s\"", type);
  char *message;

  test_wait_for (self->messages->len > 0 || self->is_closed);
  if (self->messages->len == 0)
    g_error ("closed with %u instead of a message %s", self->close_code, type);
  message = g_ptr_array_steal_index (self->messages, 0);
  if (!g_str_has_prefix (message, start))
    g_error ("%s is no %s", message, type);
  return message;
}

void
test_connection_expect_close (TestConnection *self, guint code)
{
  test_wait_for (self->is_closed);
  g_assert_cmpuint (self->close_code, ==, code);
  test_wait_for (self->client == NULL);
}
