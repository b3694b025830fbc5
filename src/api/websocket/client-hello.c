/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/client-hello.h"

#include "api/websocket/protocol.h"

#include <http/access-control.h>
#include <util/source.h>

#define HELLO_TIMEOUT 5000 /* in milliseconds */

struct _HablaClientHello {
  char *token;
  HablaConnection *connection; /* (nullable) */
  void (*on_timeout) (gpointer user_data);
  gpointer user_data;
  GSource *timer;
};

static gboolean
client_hello_on_timer (gpointer user_data)
{
  HablaClientHello *self = user_data;

  habla_source_clear (&self->timer);
  self->on_timeout (self->user_data);
  return G_SOURCE_REMOVE;
}

HablaClientHello *
habla_client_hello_new (const char *token, HablaConnection *connection,
    void (*on_timeout) (gpointer user_data), gpointer user_data)
{
  HablaClientHello *self = g_new0 (HablaClientHello, 1);

  self->token = g_strdup (token);
  self->connection = connection != NULL ? habla_connection_ref (connection) : NULL;
  self->on_timeout = on_timeout;
  self->user_data = user_data;
  habla_source_start_timer (
      &self->timer, HELLO_TIMEOUT, "[habla] HablaClientHello timeout", client_hello_on_timer, self);
  return self;
}

void
habla_client_hello_free (HablaClientHello *self)
{
  habla_source_clear (&self->timer);
  g_clear_pointer (&self->connection, habla_connection_unref);
  g_free (self->token);
  g_free (self);
}

static gboolean
client_hello_is_throttled (HablaClientHello *self)
{
  return self->connection != NULL &&
         habla_connection_get_token_wait (self->connection, g_get_monotonic_time ()) != 0;
}

static void
client_hello_note_token (HablaClientHello *self, gboolean is_right)
{
  if (self->connection != NULL)
    habla_connection_note_token (self->connection, is_right, g_get_monotonic_time ());
}

HablaHelloResult
habla_client_hello_check (HablaClientHello *self, GBytes *message)
{
  gsize length = 0;
  const char *text = message != NULL ? g_bytes_get_data (message, &length) : NULL;
  g_autofree char *token = text != NULL ? habla_protocol_find_token (text, length) : NULL;
  g_autoptr (HablaCommand) command = NULL;

  if (token == NULL)
    return HABLA_HELLO_REJECTED;
  if (client_hello_is_throttled (self))
    return HABLA_HELLO_THROTTLED;
  if (!habla_access_control_token_is_equal (token, self->token)) {
    client_hello_note_token (self, FALSE);
    return HABLA_HELLO_REJECTED;
  }
  command = habla_protocol_parse (text, length, NULL);
  if (command == NULL || command->type != HABLA_COMMAND_HELLO)
    return HABLA_HELLO_REJECTED;
  client_hello_note_token (self, TRUE);
  return HABLA_HELLO_ACCEPTED;
}
