/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include <http/websocket-meter.h>
#include <http/response.h>
#include "api/routes.h"
#include <http/websocket-stream.h>

#include <string.h>

#define MAX_ROOM_NAME 64

/* What is to be a client when the handshake has been sent. */
typedef struct {
  HablaRouteContext *context;
  HablaConnection *connection;
  char *key;
  char *room;
  char *language;
  gboolean listener;
  gboolean resume;
  guint64 since;
  gboolean needs_hello;
} Upgrade;

static void
upgrade_free (Upgrade *self)
{
  habla_connection_unref (self->connection);
  g_free (self->key);
  g_free (self->room);
  g_free (self->language);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Upgrade, upgrade_free)

static gboolean
is_word (const char *text, gsize max_length)
{
  gsize length = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

  return length > 0 && length <= max_length && text[length] == '\0';
}

/* Returns: whether the parameters are good; else that has been answered */
static gboolean
parse_parameters (Upgrade *self, const HablaRequest *request)
{
  GHashTable *query = request->query;
  const char *room = query != NULL ? g_hash_table_lookup (query, "room") : NULL;
  const char *listen = query != NULL ? g_hash_table_lookup (query, "listen") : NULL;
  const char *language = query != NULL ? g_hash_table_lookup (query, "language") : NULL;
  const char *since = query != NULL ? g_hash_table_lookup (query, "since") : NULL;
  const char *wrong = NULL;

  self->key = habla_request_get_key (request);
  if (query != NULL && g_hash_table_contains (query, "client") && self->key == NULL)
    wrong = "\"client\" is to be 16 to 64 letters, digits, - or _";
  else if (room != NULL && !is_word (room, MAX_ROOM_NAME))
    wrong = "\"room\" is to be at most 64 letters, digits, -, _ or .";
  else if (listen != NULL && strcmp (listen, "0") != 0 && strcmp (listen, "1") != 0)
    wrong = "\"listen\" is to be 0 or 1";
  else if (language != NULL && (!is_word (language, 35) || strpbrk (language, "_.") != NULL))
    wrong = "\"language\" is to be a BCP 47 code, as fr or pt-BR";
  else if (since != NULL &&
           !g_ascii_string_to_unsigned (since, 10, 0, G_MAXINT64, &self->since, NULL))
    wrong = "\"since\" is to be the id of an exchange, a whole number from 0 on";
  else if (g_strcmp0 (listen, "1") == 0 && room == NULL)
    wrong = "\"room\" is missing: with listen=1 it names the room to follow, or is latest";
  if (wrong != NULL) {
    habla_response_with_detail (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "%s", wrong);
    return FALSE;
  }
  self->room = g_strdup (room);
  self->language = g_strdup (language);
  self->listener = g_strcmp0 (listen, "1") == 0;
  self->resume = since != NULL;
  return TRUE;
}

static void
client_ended (HablaWebsocketClient *client, gpointer user_data)
{
  HablaRouteContext *context = user_data;

  g_ptr_array_remove_fast (context->clients, client);
}

/* The handshake has been sent. */
static void
complete_upgrade (SoupServerMessage *message, gpointer user_data)
{
  Upgrade *self = user_data;
  HablaConnection *connection = self->connection;
  HablaRouteContext *context = self->context;
  const char *origin =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Origin");
  HablaWebsocketClientOptions options = {
    .key = self->key,
    .room = self->room,
    .listener = self->listener,
    .language = self->language,
    .resume = self->resume,
    .since = self->since,
    .store = context->store,
    .token = self->needs_hello ? context->token : NULL,
    .connection = connection,
    .soft_backlog = context->soft_backlog,
    .hard_backlog = context->hard_backlog,
    .idle_timeout = context->idle_timeout,
  };
  g_autoptr (SoupServerMessage) kept = g_object_ref (message);
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  g_autoptr (GIOStream) limited = NULL;
  g_autoptr (SoupWebsocketConnection) websocket = NULL;

  if (stream == NULL)
    return;
  habla_connection_set_phase (connection, HABLA_CONNECTION_WEBSOCKET, g_get_monotonic_time ());
  limited = habla_websocket_stream_new (stream);
  websocket = soup_websocket_connection_new (limited, soup_server_message_get_uri (message),
      SOUP_WEBSOCKET_CONNECTION_SERVER, origin, NULL,
      g_list_prepend (NULL, habla_websocket_meter_new ()));
  g_ptr_array_add (
      context->clients, habla_websocket_client_new (websocket, connection->stream, context->manager,
                            context->client_metrics, &options, client_ended, context));
}

static void
answer_websocket (const HablaRequest *request)
{
  SoupServerMessage *message = request->message;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *upgrade_to = soup_message_headers_get_one (headers, "Upgrade");
  g_autoptr (Upgrade) upgrade = g_new0 (Upgrade, 1);
  g_autoptr (GError) error = NULL;

  upgrade->context = request->context;
  upgrade->connection = habla_connection_ref (request->connection);
  upgrade->needs_hello = request->needs_hello;
  if (upgrade_to == NULL || g_ascii_strcasecmp (upgrade_to, "websocket") != 0) {
    SoupMessageHeaders *answer = soup_server_message_get_response_headers (message);

    soup_message_headers_replace (answer, "Upgrade", "websocket");
    soup_message_headers_append (answer, "Connection", "Upgrade");
    habla_response_with_detail (message, 426, "This is a WebSocket: ask for an upgrade");
    return;
  }
  if (!parse_parameters (upgrade, request))
    return;
  if (!soup_websocket_server_check_handshake (message, NULL, NULL, NULL, &error)) {
    habla_response_with_detail (message, SOUP_STATUS_BAD_REQUEST, "%s", error->message);
    return;
  }
  soup_websocket_server_process_handshake (message, NULL, NULL, NULL, NULL);
  g_signal_connect_data (message, "wrote-informational", G_CALLBACK (complete_upgrade),
      g_steal_pointer (&upgrade), (GClosureNotify) (void (*) (void)) upgrade_free, 0);
}

const HablaRoute habla_routes_websocket[] = {
  { .path = "/ws/translate", .methods = "GET", .is_websocket = TRUE, .answer = answer_websocket },
  {},
};
