/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/api-private.h"
#include "api/client-key.h"

#include <http/response.h>
#include <util/source.h>

#define DEFAULT_ROOM "class"

static gboolean
api_is_open (const char *room, gpointer user_data)
{
  HablaApi *self = user_data;

  return habla_room_manager_find_by_name (self->manager, room) != NULL;
}

HablaApi *
habla_api_new (const HablaApiOptions *options)
{
  static const HablaRoute *const all[] = { habla_routes_monitoring, habla_routes_system,
    habla_routes_models, habla_routes_playback, habla_routes_recordings, habla_routes_rooms,
    habla_routes_sessions, habla_routes_glossary, habla_routes_transcript, habla_routes_websocket,
    habla_routes_page, habla_routes_vocabulary, habla_routes_bookmarks, habla_routes_idioms,
    habla_routes_whep, habla_routes_llm };
  static const char *const reserved[] = { "/api/", "/ws/", "/health/", "/metrics/", NULL };
  HablaApi *self = g_new0 (HablaApi, 1);

  self->router = habla_router_new (self);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    habla_router_add (self->router, all[i]);
  if (options->client_folder != NULL)
    habla_router_set_fallback (self->router, &habla_route_client, reserved);
  self->health = options->health;
  self->manager = options->manager;
  self->store = options->store;
  self->phrasebook = options->phrasebook;
  self->llm = options->llm;
  self->metrics = options->metrics;
  self->get_cluster = options->get_cluster;
  self->cluster = options->cluster;
  self->clients = habla_client_registry_new (options->metrics);
  self->codes = habla_room_codes_new (options->codes, api_is_open, self);
  self->lobby = habla_lobby_new ();
  self->streams = habla_code_streams_new ();
  self->whep = habla_whep_sessions_new (&(HablaWhepSessionsOptions){ .manager = options->manager,
      .streams = self->streams,
      .max_sessions = options->max_webrtc_listeners });
  self->pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, habla_page_free);
  self->token = g_strdup (options->token);
  self->client_folder = g_strdup (options->client_folder);
  self->client_policy = g_strdup (
      g_strcmp0 (options->client_policy, "") == 0 ? habla_page_policy : options->client_policy);
  self->soft_backlog = options->soft_backlog;
  self->hard_backlog = options->hard_backlog;
  self->idle_timeout = options->idle_timeout;
  return self;
}

void
habla_api_free (HablaApi *self)
{
  /* Each has a timeout of its own. */
  habla_api_close_clients (self);
  while (habla_client_registry_get_length (self->clients) > 0)
    g_main_context_iteration (NULL, TRUE);
  habla_source_clear (&self->save_timer);
  habla_router_free (self->router);
  habla_client_registry_free (self->clients);
  habla_room_codes_free (self->codes);
  habla_lobby_free (self->lobby);
  habla_whep_sessions_free (self->whep);
  habla_code_streams_free (self->streams);
  g_hash_table_unref (self->pages);
  g_free (self->public_url);
  g_free (self->token);
  g_free (self->client_folder);
  g_free (self->client_policy);
  g_free (self);
}

void
habla_api_open_room (const char *name, gpointer api)
{
  HablaApi *self = api;

  habla_lobby_open (self->lobby, name);
}

HablaRouter *
habla_api_get_router (HablaApi *self)
{
  return self->router;
}

void
habla_api_set_public_url (HablaApi *self, const char *url)
{
  g_autofree char *pages = url != NULL && self->client_folder != NULL
                               ? g_strconcat (url, HABLA_API_PREFIX + 1, "/", NULL)
                               : g_strdup (url);

  g_free (self->public_url);
  self->public_url = g_strdup (url);
  habla_room_codes_set_public_url (self->codes, pages);
}

const char *
habla_api_get_public_url (HablaApi *self)
{
  return self->public_url;
}

char *
habla_api_suggest_room (HablaApi *self)
{
  g_autoptr (GPtrArray) codes = habla_room_codes_list (self->codes);
  const HablaRoomCode *last = codes->len > 0 ? codes->pdata[0] : NULL;

  return g_strdup (last != NULL ? last->room : DEFAULT_ROOM);
}

char *
habla_api_make_join_url (HablaApi *self, const char *room)
{
  const HablaRoomCode *code =
      self->public_url != NULL ? habla_room_codes_use (self->codes, room) : NULL;

  return code != NULL ? habla_room_codes_make_url (self->codes, code) : NULL;
}

void
habla_api_close_clients (HablaApi *self)
{
  habla_client_registry_close_all (
      self->clients, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "The server is shutting down");
}

HablaApi *
habla_api_from_request (const HablaRequest *request)
{
  return request->user_data;
}

HablaApi *
habla_api_from_response (const HablaAsyncResponse *response)
{
  return response->user_data;
}

static guint
api_get_status (const GError *error)
{
  if (g_error_matches (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND))
    return SOUP_STATUS_NOT_FOUND;
  if (g_error_matches (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_CONFLICT))
    return SOUP_STATUS_CONFLICT;
  return SOUP_STATUS_SERVICE_UNAVAILABLE;
}

void
habla_api_fail_response (HablaAsyncResponse *response, const GError *error)
{
  if (!response->is_gone)
    habla_response_set_error (response->message, api_get_status (error), "%s", error->message);
  habla_async_response_finish (response);
}

gboolean
habla_api_check_store (const HablaRequest *request)
{
  if (habla_api_from_request (request)->store != NULL)
    return TRUE;
  habla_response_set_error (request->message, SOUP_STATUS_SERVICE_UNAVAILABLE,
      "This server keeps no sessions: the setting path of [store] is none");
  return FALSE;
}

/* Accepts 7, but neither 007 nor +7. */
gboolean
habla_api_get_id (const HablaRequest *request, const char *what, guint64 *id)
{
  g_autofree char *segment = habla_request_get_segment (request, 2);

  if (*segment != '0' && g_ascii_string_to_unsigned (segment, 10, 1, G_MAXINT64, id, NULL))
    return TRUE;
  habla_response_set_error (
      request->message, SOUP_STATUS_NOT_FOUND, "There is no %s %s", what, segment);
  return FALSE;
}

gboolean
habla_api_get_session_id (const HablaRequest *request, guint64 *id)
{
  return habla_api_get_id (request, "session", id);
}

char *
habla_api_get_client_key (const HablaRequest *request)
{
  const char *parameter = habla_request_get_parameter (request, "client");
  g_autofree char *cookie = NULL;

  if (parameter != NULL)
    return habla_client_key_is_valid (parameter) ? g_strdup (parameter) : NULL;
  cookie = habla_request_get_cookie (request, HABLA_CLIENT_COOKIE);
  return cookie != NULL && habla_client_key_is_valid (cookie) ? g_steal_pointer (&cookie) : NULL;
}
