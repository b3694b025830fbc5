/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/router.h>
#include <llm/llm.h>
#include <monitoring/health.h>
#include <phrases/phrasebook.h>
#include <room/room-manager.h>
#include <store/store.h>

G_BEGIN_DECLS

/* The server's prefix: below it, Habla's own pages are found even if there is a client folder. */
#define HABLA_API_PREFIX "/habla"

/**
 * HablaApi:
 *
 * hablad's REST paths, pages and WebSocket protocol: routes for an HTTP server, and the clients
 * that are connected. The pages are resources of the program below /habla/web: `/` is
 * /habla/web/speak.html, with `listen=1` /habla/web/listen.html; `/display` is
 * /habla/web/display.html; `/sw.js` and `/static/...` have their own names there. With a client
 * folder, its files come instead, except below %HABLA_API_PREFIX. The main thread uses it.
 */
typedef struct _HablaApi HablaApi;

/**
 * HablaApiOptions:
 * @health: must outlive the API, like the next five
 * @manager: the rooms
 * @store: (nullable): where sessions are kept
 * @phrasebook: the idioms
 * @llm: the servers of language models
 * @metrics: what /metrics shows
 * @get_cluster: (nullable): gets @cluster, and returns (transfer full) the JSON of /api/cluster;
 *   %NULL = this server is alone
 * @cluster: must outlive the API
 * @codes: (nullable): the file that keeps the join codes of rooms; %NULL = none
 * @token: (nullable): the server's, for clients that send it in their first message
 * @client_folder: (nullable): files of another client that are served at `/`
 * @client_policy: (nullable): Content-Security-Policy of these files; empty = that of Habla's own
 *   pages; %NULL = none
 * @soft_backlog: see HablaWebsocketClientOptions, also for the next two
 * @hard_backlog: in bytes
 * @idle_timeout: in milliseconds
 * @max_webrtc_listeners: clients that hear rooms over WebRTC; 0 = none
 */
typedef struct {
  HablaHealth *health;
  HablaRoomManager *manager;
  HablaStore *store;
  HablaPhrasebook *phrasebook;
  HablaLlm *llm;
  HablaMetrics *metrics;
  GBytes *(*get_cluster) (gpointer cluster);
  gpointer cluster;
  const char *codes;
  const char *token;
  const char *client_folder;
  const char *client_policy;
  gsize soft_backlog;
  gsize hard_backlog;
  guint idle_timeout;
  guint max_webrtc_listeners;
} HablaApiOptions;

/**
 * habla_api_new:
 * @options: copied
 *
 * Returns: (transfer full): an API without clients
 */
HablaApi *habla_api_new (const HablaApiOptions *options);

/**
 * habla_api_open_room:
 * @name: of a room that has opened on another node
 * @api: a #HablaApi
 *
 * Lets in those who wait for the room.
 */
void habla_api_open_room (const char *name, gpointer api);

/**
 * habla_api_free:
 * @self: (transfer full): an API whose server has been freed
 *
 * Iterates the main context until all clients have left, about a second at most.
 */
void habla_api_free (HablaApi *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaApi, habla_api_free)

/**
 * habla_api_get_router:
 * @self: an API
 *
 * Returns: (transfer none): the routes, for the server
 */
HablaRouter *habla_api_get_router (HablaApi *self);

/**
 * habla_api_set_public_url:
 * @self: an API
 * @url: (nullable): where other machines reach the server, such as "https://192.0.2.7:8443/", with
 *   a slash at the end; %NULL = they do not
 *
 * May be called at any time, since a machine's address may change.
 */
void habla_api_set_public_url (HablaApi *self, const char *url);

/**
 * habla_api_get_public_url:
 * @self: an API
 *
 * Returns: (transfer none) (nullable): what was set last; valid until it is set again
 */
const char *habla_api_get_public_url (HablaApi *self);

/**
 * habla_api_check_code:
 * @self: an API
 * @path: of a request, decoded
 * @code: what the client sent
 *
 * For the server: see #HablaHttpServerOptions.check_code.
 *
 * Returns: whether @path is below /api/rooms/R/, and @code is the join code of the room R
 */
gboolean habla_api_check_code (HablaApi *self, const char *path, const char *code);

/**
 * habla_api_suggest_room:
 * @self: an API
 *
 * Returns: (transfer full): the name of the room that was used last, so that its printed link stays
 *   the one that people get; "class" if there was none
 */
char *habla_api_suggest_room (HablaApi *self);

/**
 * habla_api_make_join_url:
 * @self: an API
 * @room: a valid name of a room
 *
 * Returns: (transfer full) (nullable): the link for listeners of @room, with its join code, which
 * is made if it has none; %NULL if other machines cannot reach the server
 */
char *habla_api_make_join_url (HablaApi *self, const char *room);

/**
 * habla_api_restore_language_model:
 * @self: an API
 * @text: what habla_api_save_language_model() wrote
 * @error: return location for an error
 *
 * Returns: whether the language model of the last run is used again
 */
gboolean habla_api_restore_language_model (HablaApi *self, const char *text, GError **error);

/**
 * habla_api_save_language_model:
 * @self: an API
 *
 * Writes the chosen language model and the tokens so far to the store, if there is one. Does not
 * block.
 */
void habla_api_save_language_model (HablaApi *self);

/**
 * habla_api_watch_language_model:
 * @self: an API
 * @interval: in milliseconds; 0 = a minute
 *
 * Calls habla_api_save_language_model() every @interval if tokens were used. No-op without a store.
 */
void habla_api_watch_language_model (HablaApi *self, guint interval);

/**
 * habla_api_close_clients:
 * @self: an API
 *
 * Begins to close all WebSockets with 1001, since the server shuts down.
 */
void habla_api_close_clients (HablaApi *self);

G_END_DECLS
