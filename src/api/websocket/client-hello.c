/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/client-hello.h"

#include "api/websocket/protocol.h"

#include <http/access/access-control.h>
#include <util/source.h>

#define HELLO_TIMEOUT 5000 /* in milliseconds */

struct _HablaClientHello {
  HablaClientHelloOptions options;
  GSource *timer;
};

static gboolean
client_hello_on_timer (gpointer user_data)
{
  HablaClientHello *self = user_data;

  habla_source_clear (&self->timer);
  self->options.on_timeout (self->options.user_data);
  return G_SOURCE_REMOVE;
}

HablaClientHello *
habla_client_hello_new (const HablaClientHelloOptions *options)
{
  HablaClientHello *self = g_new0 (HablaClientHello, 1);

  self->options = *options;
  self->options.token = g_strdup (options->token);
  self->options.room = g_strdup (options->room);
  if (options->connection != NULL)
    habla_connection_ref (options->connection);
  habla_source_start_timer (
      &self->timer, HELLO_TIMEOUT, "[habla] HablaClientHello timeout", client_hello_on_timer, self);
  return self;
}

void
habla_client_hello_free (HablaClientHello *self)
{
  habla_source_clear (&self->timer);
  g_clear_pointer (&self->options.connection, habla_connection_unref);
  g_free ((char *) self->options.token);
  g_free ((char *) self->options.room);
  g_free (self);
}

static gboolean
client_hello_is_throttled (HablaClientHello *self)
{
  return self->options.connection != NULL &&
         habla_connection_get_token_wait (self->options.connection, g_get_monotonic_time ()) != 0;
}

static void
client_hello_note_token (HablaClientHello *self, gboolean is_right)
{
  if (self->options.connection != NULL)
    habla_connection_note_token (self->options.connection, is_right, g_get_monotonic_time ());
}

/* A token makes its client an owner, so it is checked first. A page may send an old token with a
 * right code: it is let in, but the token counts as wrong, or a client with a code could guess
 * tokens. A right code does not count as a right token, after which the connection may send wrong
 * ones without a delay. */
static HablaHelloResult
client_hello_check_secrets (HablaClientHello *self, const char *token, const char *code)
{
  const HablaClientHelloOptions *options = &self->options;
  gboolean is_code_right = code != NULL && options->room != NULL && options->codes != NULL &&
                           habla_room_codes_check (options->codes, options->room, code);

  if (token != NULL && habla_access_control_token_is_equal (token, options->token))
    return HABLA_HELLO_ACCEPTED;
  if (token != NULL || !is_code_right)
    client_hello_note_token (self, FALSE);
  if (is_code_right)
    return HABLA_HELLO_ACCEPTED_BY_CODE;
  return token != NULL ? HABLA_HELLO_REJECTED : HABLA_HELLO_WRONG_CODE;
}

HablaHelloResult
habla_client_hello_check (HablaClientHello *self, GBytes *message)
{
  gsize length = 0;
  const char *text = message != NULL ? g_bytes_get_data (message, &length) : NULL;
  g_autofree char *token = text != NULL ? habla_protocol_find_token (text, length) : NULL;
  g_autofree char *code = text != NULL ? habla_protocol_find_code (text, length) : NULL;
  g_autoptr (HablaCommand) command = NULL;
  HablaHelloResult result;

  if (token == NULL && code == NULL)
    return HABLA_HELLO_REJECTED;
  if (client_hello_is_throttled (self))
    return HABLA_HELLO_THROTTLED;
  result = client_hello_check_secrets (self, token, code);
  if (result != HABLA_HELLO_ACCEPTED && result != HABLA_HELLO_ACCEPTED_BY_CODE)
    return result;
  command = habla_protocol_parse (text, length, NULL);
  if (command == NULL || command->type != HABLA_COMMAND_HELLO)
    return HABLA_HELLO_REJECTED;
  if (result == HABLA_HELLO_ACCEPTED)
    client_hello_note_token (self, TRUE);
  return result;
}
