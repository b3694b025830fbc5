/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/api.h>
#include <api/rooms/code-streams.h>
#include <api/rooms/room-codes.h>
#include <api/websocket/websocket-client.h>
#include <api/whep/whep-sessions.h>
#include <http/async-response.h>

G_BEGIN_DECLS

/* Largest number of elements in a list. */
#define HABLA_MAX_LIMIT 500

/* The cookie that has the key of a client. */
#define HABLA_CLIENT_COOKIE "habla-client"

struct _HablaApi {
  HablaRouter *router;
  HablaHealth *health;
  HablaRoomManager *manager;
  HablaStore *store; /* (nullable) */
  HablaPhrasebook *phrasebook;
  HablaLlm *llm;
  GSource *save_timer;  /* (nullable): without a store */
  guint64 saved_tokens; /* of this run */
  HablaMetrics *metrics;
  GBytes *(*get_cluster) (gpointer cluster); /* (nullable) */
  gpointer cluster;
  HablaClientRegistry *clients;
  HablaRoomCodes *codes;
  HablaLobby *lobby;
  HablaCodeStreams *streams;
  HablaWhepSessions *whep;
  GHashTable *pages;   /* from name to HablaPage: those that were requested */
  char *public_url;    /* (nullable): see habla_api_set_public_url() */
  char *token;         /* (nullable) */
  char *client_folder; /* (nullable) */
  char *client_policy; /* (nullable): Content-Security-Policy of the files in client_folder */
  gsize soft_backlog;
  gsize hard_backlog;
  guint idle_timeout;
};

/* Each ends with an empty route. */
extern const HablaRoute habla_routes_models[];
extern const HablaRoute habla_routes_monitoring[];
extern const HablaRoute habla_routes_system[];
extern const HablaRoute habla_routes_sessions[];
extern const HablaRoute habla_routes_glossary[];
extern const HablaRoute habla_routes_transcript[];
extern const HablaRoute habla_routes_websocket[];
extern const HablaRoute habla_routes_page[];

/* For paths that only a client folder has. */
extern const HablaRoute habla_route_client;
extern const HablaRoute habla_routes_playback[];
extern const HablaRoute habla_routes_recordings[];
extern const HablaRoute habla_routes_rooms[];
extern const HablaRoute habla_routes_idioms[];
extern const HablaRoute habla_routes_vocabulary[];
extern const HablaRoute habla_routes_bookmarks[];
extern const HablaRoute habla_routes_whep[];
extern const HablaRoute habla_routes_llm[];

/* Content-Security-Policy of Habla's own pages. */
extern const char habla_page_policy[];

/**
 * habla_api_from_request:
 * @request: a request for one of the routes
 *
 * Returns: (transfer none): the API
 */
HablaApi *habla_api_from_request (const HablaRequest *request);

/**
 * habla_api_from_response:
 * @response: the response to a request for one of the routes
 *
 * Returns: (transfer none): the API
 */
HablaApi *habla_api_from_response (const HablaAsyncResponse *response);

/**
 * habla_api_fail_response:
 * @response: (transfer full): a response that has not begun
 * @error: of the store
 *
 * Answers with the status and the text of @error.
 */
void habla_api_fail_response (HablaAsyncResponse *response, const GError *error);

/**
 * habla_api_check_store:
 * @request: a request
 *
 * Returns: whether there is a store; if not, the request has been answered with 503
 */
gboolean habla_api_check_store (const HablaRequest *request);

/**
 * habla_api_get_id:
 * @request: a request for a path below /api/NAME/, whose next segment is an id
 * @what: what has the id, for people
 * @id: (out): the id
 *
 * Returns: whether the path has an id; if not, the request has been answered with 404
 */
gboolean habla_api_get_id (const HablaRequest *request, const char *what, guint64 *id);

/**
 * habla_api_get_session_id:
 * @request: a request below /api/sessions/
 * @id: (out): the id
 *
 * Returns: whether the path has the id of a session; if not, the request has been answered with 404
 */
gboolean habla_api_get_session_id (const HablaRequest *request, guint64 *id);

/**
 * habla_api_get_client_key:
 * @request: a request
 *
 * Returns: (transfer full) (nullable): the caller's key: the parameter `client`, or its cookie;
 *   %NULL if it has none, or one that is malformed
 */
char *habla_api_get_client_key (const HablaRequest *request);

/**
 * habla_api_renew_code:
 * @self: an API
 * @room: any text
 *
 * Gives the room another join code. Disconnects the listeners that the old one let in.
 *
 * Returns: (transfer none) (nullable): the new code; %NULL if @room has none
 */
const HablaRoomCode *habla_api_renew_code (HablaApi *self, const char *room);

/**
 * habla_api_export_session:
 * @request: a request for /api/sessions/{}/export
 *
 * The route's handler; see session-export.c.
 */
void habla_api_export_session (const HablaRequest *request);

/**
 * habla_api_hear_room:
 * @request: a request for /api/rooms/{}/audio/{}
 *
 * The route's handler; see rooms/routes-audio.c.
 */
void habla_api_hear_room (const HablaRequest *request);

/**
 * habla_page_keep_client_key:
 * @message: a request for a page
 * @connection: its connection
 *
 * Gives the browser a cookie that identifies it: to its room, when it reconnects, and to the REST
 * calls that concern that room. No-op if it has one.
 *
 * Returns: (transfer full): the key in the cookie
 */
char *habla_page_keep_client_key (SoupServerMessage *message, HablaConnection *connection);

/**
 * habla_page_free:
 * @page: (transfer full): a page of `pages`; see routes-page.c
 */
void habla_page_free (gpointer page);

G_END_DECLS
