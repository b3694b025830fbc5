/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "api/api-private.h"
#include "api/rooms/room-name.h"

#include <http/access/access-control.h>
#include <http/response.h>
#include <websocket/websocket-meter.h>
#include <websocket/websocket-stream.h>
#include <string.h>

/* Longest id of a page, in characters. */
#define MAX_TAB 64

/* Data of a client until the response to the handshake has been sent. */
typedef struct {
  HablaApi *api;
  HablaConnection *connection;
  char *key;
  char *tab;
  char *room;
  char *language;
  gboolean listener;
  gboolean waits;
  gboolean is_screen;
  gboolean resume;
  guint64 since;
  gboolean needs_token;
} Upgrade;

static void
upgrade_free (Upgrade *self)
{
  habla_connection_unref (self->connection);
  g_free (self->key);
  g_free (self->tab);
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

/* Returns: whether the parameters are good; if not, the request has been answered */
static gboolean
parse_parameters (Upgrade *self, const HablaRequest *request)
{
  const char *tab = habla_request_get_parameter (request, "tab");
  const char *room = habla_request_get_parameter (request, "room");
  const char *listen = habla_request_get_parameter (request, "listen");
  const char *wait = habla_request_get_parameter (request, "wait");
  const char *screen = habla_request_get_parameter (request, "screen");
  const char *language = habla_request_get_parameter (request, "language");
  const char *since = habla_request_get_parameter (request, "since");
  const char *wrong = NULL;

  self->key = habla_api_get_client_key (request);
  if (habla_request_get_parameter (request, "client") != NULL && self->key == NULL)
    wrong = "\"client\" must be 16 to 64 letters, digits, - or _";
  else if (tab != NULL && !is_word (tab, MAX_TAB))
    wrong = "\"tab\" must be at most 64 letters, digits, -, _ or .";
  else if (room != NULL && !habla_room_name_is_valid (room))
    wrong = "\"room\" must be at most 64 letters, digits, -, _ or ., and not only dots";
  else if (listen != NULL && strcmp (listen, "0") != 0 && strcmp (listen, "1") != 0)
    wrong = "\"listen\" must be 0 or 1";
  else if (wait != NULL && strcmp (wait, "0") != 0 && strcmp (wait, "1") != 0)
    wrong = "\"wait\" must be 0 or 1";
  else if (screen != NULL && strcmp (screen, "0") != 0 && strcmp (screen, "1") != 0)
    wrong = "\"screen\" must be 0 or 1";
  else if (language != NULL &&
           (!is_word (language, HABLA_MAX_LANGUAGE_TAG) || strpbrk (language, "_.") != NULL))
    wrong = "\"language\" must be a BCP 47 code, such as fr or pt-BR";
  else if (since != NULL &&
           !g_ascii_string_to_unsigned (since, 10, 0, G_MAXINT64, &self->since, NULL))
    wrong = "\"since\" must be the id of an exchange: a whole number from 0 on";
  else if (g_strcmp0 (listen, "1") == 0 && room == NULL)
    wrong = "\"room\" is missing; with listen=1, set it to the room's name, or to latest";
  if (wrong != NULL) {
    habla_response_set_error (request->message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "%s", wrong);
    return FALSE;
  }
  self->tab = g_strdup (tab);
  self->room = g_strdup (room);
  self->language = g_strdup (language);
  self->listener = g_strcmp0 (listen, "1") == 0;
  self->waits = g_strcmp0 (wait, "1") == 0;
  self->is_screen = g_strcmp0 (screen, "1") == 0;
  self->resume = since != NULL;
  return TRUE;
}

/* Returns: (nullable): the token that opens the connection; an empty one is never given: the owner
 * does not come over plain HTTP */
static const char *
get_token (Upgrade *self)
{
  return habla_connection_has_trait (self->connection, HABLA_CONNECTION_FOR_LISTENERS)
             ? ""
             : self->api->token;
}

/* The response to the handshake has been sent. */
static void
complete_upgrade (SoupServerMessage *message, gpointer user_data)
{
  Upgrade *self = user_data;
  HablaConnection *connection = self->connection;
  HablaApi *api = self->api;
  const char *origin =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Origin");
  HablaWebsocketClientOptions options = {
    .registry = api->clients,
    .membership = {
        .manager = api->manager,
        .store = api->store,
        .codes = api->codes,
        .lobby = api->lobby,
        .key = self->key,
        .tab = self->tab,
        .room = self->room,
        .listener = self->listener,
        .waits = self->waits,
        .is_screen = self->is_screen,
        .language = self->language,
        .has_webrtc = habla_whep_sessions_are_offered (api->whep) &&
                      !habla_connection_has_trait (connection, HABLA_CONNECTION_PROXIED),
        .resume = self->resume,
        .since = self->since,
        /* Beyond the hard backlog the client would be disconnected. */
        .max_replay = api->hard_backlog / 4 * 3,
    },
    .token = self->needs_token ? get_token (self) : NULL,
    .connection = connection,
    .soft_backlog = api->soft_backlog,
    .hard_backlog = api->hard_backlog,
    .idle_timeout = api->idle_timeout,
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
  habla_websocket_client_new (
      websocket, habla_connection_get_stream (connection), &options, NULL, NULL);
}

/* A page that another server sent has no cookie from this one: without it, the browser would not
 * come back to its room. Not for pages of other sites, which would not send it. */
static void
upgrade_add_key (Upgrade *self, const HablaRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (request->message);
  const char *origin = soup_message_headers_get_one (headers, "Origin");
  const char *host = soup_message_headers_get_one (headers, "Host");

  if (self->key == NULL && !self->listener && origin != NULL && host != NULL &&
      habla_access_control_origin_is_same (origin, host, FALSE))
    self->key = habla_page_keep_client_key (request->message, request->connection);
}

static void
answer_websocket (const HablaRequest *request)
{
  SoupServerMessage *message = request->message;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *upgrade_to = soup_message_headers_get_one (headers, "Upgrade");
  g_autoptr (Upgrade) upgrade = g_new0 (Upgrade, 1);
  g_autoptr (GError) error = NULL;

  upgrade->api = habla_api_from_request (request);
  upgrade->connection = habla_connection_ref (request->connection);
  upgrade->needs_token = request->needs_token;
  if (upgrade_to == NULL || g_ascii_strcasecmp (upgrade_to, "websocket") != 0) {
    SoupMessageHeaders *answer = soup_server_message_get_response_headers (message);

    soup_message_headers_replace (answer, "Upgrade", "websocket");
    soup_message_headers_append (answer, "Connection", "Upgrade");
    habla_response_set_error (
        message, 426, "%s is a WebSocket; send the header Upgrade: websocket", request->path);
    return;
  }
  if (!parse_parameters (upgrade, request))
    return;
  if (!upgrade->listener &&
      habla_connection_has_trait (request->connection, HABLA_CONNECTION_FOR_LISTENERS)) {
    habla_response_set_error (message, SOUP_STATUS_FORBIDDEN,
        "This address is for listeners; to speak, use the address that begins with https");
    return;
  }
  if (!soup_websocket_server_check_handshake (message, NULL, NULL, NULL, &error)) {
    habla_response_set_error (message, SOUP_STATUS_BAD_REQUEST, "%s", error->message);
    return;
  }
  upgrade_add_key (upgrade, request);
  soup_websocket_server_process_handshake (message, NULL, NULL, NULL, NULL);
  g_signal_connect_data (message, "wrote-informational", G_CALLBACK (complete_upgrade),
      g_steal_pointer (&upgrade), (GClosureNotify) (void (*) (void)) upgrade_free, 0);
}

const HablaRoute habla_routes_websocket[] = {
  { .path = "/ws/translate",
      .methods = "GET",
      .flags = HABLA_ROUTE_WEBSOCKET,
      .handler = answer_websocket },
  {},
};
