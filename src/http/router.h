/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/request.h>

G_BEGIN_DECLS

/**
 * HablaRouteFlags:
 * @HABLA_ROUTE_PUBLIC: clients need no token
 * @HABLA_ROUTE_NOT_LIMITED: requests do not count in the client's rate: rejecting one would cost
 *   as much as answering it
 * @HABLA_ROUTE_WEBSOCKET: opens a WebSocket, so that pages of other sites may not ask for it
 *   although the method is GET, and the token may be in the first message
 * @HABLA_ROUTE_CODE: GET needs no token with the code of the resource; see
 *   #HablaAccessRules.check_code
 * @HABLA_ROUTE_CODE_CHANGES: the same for all other methods
 */
typedef enum {
  HABLA_ROUTE_PUBLIC = 1 << 0,
  HABLA_ROUTE_NOT_LIMITED = 1 << 1,
  HABLA_ROUTE_WEBSOCKET = 1 << 2,
  HABLA_ROUTE_CODE = 1 << 3,
  HABLA_ROUTE_CODE_CHANGES = 1 << 4,
} HablaRouteFlags;

/**
 * HablaRouteHandler:
 * @request: (transfer none): a request for the route
 *
 * Answers a request, at once or by a HablaAsyncResponse. Called in the main thread when the body
 * has arrived.
 */
typedef void (*HablaRouteHandler) (const HablaRequest *request);

/**
 * HablaRoute:
 * @path: of the URL; "{}" is any segment that is not empty, and "{...}" at the end any rest that
 *   is not empty
 * @methods: such as "GET, POST"; GET includes HEAD
 * @flags: see HablaRouteFlags
 * @handler: answers requests
 */
typedef struct {
  const char *path;
  const char *methods;
  HablaRouteFlags flags;
  HablaRouteHandler handler;
} HablaRoute;

/**
 * HablaRouter:
 *
 * The routes of a server, by path. The main thread uses it.
 */
typedef struct _HablaRouter HablaRouter;

/**
 * habla_router_new:
 * @user_data: for the handlers, as the requests' `user_data`
 *
 * Returns: (transfer full): a router without routes
 */
HablaRouter *habla_router_new (gpointer user_data);

/**
 * habla_router_free:
 * @self: (transfer full): a router whose server is freed
 */
void habla_router_free (HablaRouter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRouter, habla_router_free)

/**
 * habla_router_add:
 * @self: a router
 * @routes: (array zero-terminated=1): routes, up to one without a path; must outlive the router
 *
 * A path without "{" takes precedence over patterns; the first of several patterns that fit wins.
 */
void habla_router_add (HablaRouter *self, const HablaRoute *routes);

/**
 * habla_router_set_fallback:
 * @self: a router
 * @route: answers paths that no other route has; its own path is not used; must outlive the router
 * @reserved: (array zero-terminated=1): beginnings of paths that @route does not answer; must
 * outlive the router
 */
void habla_router_set_fallback (
    HablaRouter *self, const HablaRoute *route, const char *const *reserved);

/**
 * habla_router_find:
 * @self: a router
 * @path: of a URL, decoded
 *
 * Returns: (transfer none) (nullable): the route for @path
 */
const HablaRoute *habla_router_find (HablaRouter *self, const char *path);

/**
 * habla_router_get_user_data:
 * @self: a router
 *
 * Returns: (transfer none) (nullable): the handlers' user data
 */
gpointer habla_router_get_user_data (HablaRouter *self);

/**
 * habla_route_has_method:
 * @self: a route
 * @method: of a request
 *
 * Returns: whether the route answers requests with @method
 */
gboolean habla_route_has_method (const HablaRoute *self, const char *method);

/**
 * habla_route_get_allow:
 * @self: a route
 *
 * Returns: (transfer full): the route's methods, for the header Allow
 */
char *habla_route_get_allow (const HablaRoute *self);

G_END_DECLS
