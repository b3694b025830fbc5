/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>
#include <api/websocket-client.h>
#include <http/connection.h>
#include <api/health.h>
#include <room/room-manager.h>

G_BEGIN_DECLS

/* Of any list. */
#define HABLA_MAX_LIMIT 500

/**
 * HablaRouteContext:
 * @clients: (element-type HablaWebsocketClient): the WebSockets
 * @pages: (element-type utf8 HablaPage): what of the page has been asked for
 *
 * What requests are answered from.
 */
typedef struct {
  HablaHealth *health;
  HablaRoomManager *manager;
  HablaStore *store; /* (nullable) */
  HablaMetrics *metrics;
  HablaClientMetrics *client_metrics;
  GPtrArray *clients;
  GHashTable *pages;
  const char *token;
  gboolean secure;
  gsize soft_backlog;
  gsize hard_backlog;
  guint idle_timeout;
} HablaRouteContext;

/**
 * HablaRequest:
 * @path: of the URL
 * @query: (nullable): its parameters
 * @needs_hello: a WebSocket whose first message must have the token
 */
typedef struct {
  HablaRouteContext *context;
  HablaConnection *connection;
  SoupServerMessage *message;
  const char *path;
  GHashTable *query;
  gboolean needs_hello;
} HablaRequest;

/**
 * HablaRoute:
 * @path: in which {} is any one segment, and a last {...} is all that follows
 * @methods: "GET" is HEAD too
 * @is_open: nothing that is secret: no token needed
 * @is_free: not counted against a peer's rate: a refusal would cost as much
 * @is_websocket: changes something though it is a GET
 * @answer: replies
 */
typedef struct {
  const char *path;
  const char *methods;
  gboolean is_open;
  gboolean is_free;
  gboolean is_websocket;
  void (*answer) (const HablaRequest *request);
} HablaRoute;

/* Each ends with an empty one. */
extern const HablaRoute habla_routes_monitoring[];
extern const HablaRoute habla_routes_system[];
extern const HablaRoute habla_routes_sessions[];
extern const HablaRoute habla_routes_websocket[];
extern const HablaRoute habla_routes_page[];
extern const HablaRoute habla_routes_playback[];
extern const HablaRoute habla_routes_recordings[];
extern const HablaRoute habla_routes_later[];

/**
 * HablaRoutes:
 *
 * All of them, by path.
 */
typedef struct _HablaRoutes HablaRoutes;
HablaRoutes *habla_routes_new (void);
void habla_routes_free (HablaRoutes *self);
/* Returns: (nullable): the first one that is for @path */
const HablaRoute *habla_routes_find (HablaRoutes *self, const char *path);
gboolean habla_route_has_method (const HablaRoute *route, const char *method);
/* Returns: (transfer full): for the header `Allow` */
char *habla_route_get_allow (const HablaRoute *route);

void habla_page_free (gpointer page);
/* Returns: whether there is a store; if not, that has been answered */
gboolean habla_request_has_store (const HablaRequest *request);
/* Returns: whether its path has the id of a session; if not, that has been answered */
gboolean habla_request_get_session_id (const HablaRequest *request, guint64 *id);
/* Returns: whether the parameter @name is a number in its bounds, or left out; if not, that has
 * been answered */
gboolean habla_request_get_number (const HablaRequest *request, const char *name, guint64 fallback,
    guint64 min, guint64 max, guint64 *number);
/* session-export.c */
void habla_answer_export (const HablaRequest *request);
/* Returns: (transfer full) (nullable): of the caller: parameter `client` or its cookie */
char *habla_request_get_key (const HablaRequest *request);

G_END_DECLS
