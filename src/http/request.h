/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/connection.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * HablaRequest:
 * @connection: the request's connection
 * @message: the request and its response
 * @path: the URL's path, decoded and without the server's prefix; need not be UTF-8
 * @has_prefix: whether the URL's path had the prefix
 * @query: (nullable): the URL's parameters, from name to value
 * @needs_token: for a WebSocket: its first message must have the server's token
 * @is_by_code: whether it is allowed only because it has the code of the resource
 * @user_data: of the router
 *
 * A request for a route. The main thread uses it, during the call of the route's handler.
 */
typedef struct {
  HablaConnection *connection;
  SoupServerMessage *message;
  const char *path;
  gboolean has_prefix;
  GHashTable *query;
  gboolean needs_token;
  gboolean is_by_code;
  gpointer user_data;
} HablaRequest;

/**
 * habla_request_get_segment:
 * @self: a request
 * @n: the number of the segment, from 0
 *
 * Returns: (transfer full): the @n-th segment of the path; "" if there are fewer
 */
char *habla_request_get_segment (const HablaRequest *self, guint n);

/**
 * habla_request_get_parameter:
 * @self: a request
 * @name: of the parameter
 *
 * Returns: (transfer none) (nullable): the value of the URL's parameter @name, decoded; need not
 *   be UTF-8
 */
const char *habla_request_get_parameter (const HablaRequest *self, const char *name);

/**
 * habla_request_get_number:
 * @self: a request
 * @name: of the parameter
 * @fallback: the number if there is no such parameter
 * @min: the smallest number that is accepted
 * @max: the largest number that is accepted
 * @number: (out): the number
 *
 * Returns: whether @number is set; if not, the request has been answered with 422
 */
gboolean habla_request_get_number (const HablaRequest *self, const char *name, guint64 fallback,
    guint64 min, guint64 max, guint64 *number);

/**
 * habla_request_get_cookie:
 * @self: a request
 * @name: of the cookie
 *
 * Returns: (transfer full) (nullable): the value of the request's first cookie @name
 */
char *habla_request_get_cookie (const HablaRequest *self, const char *name);

G_END_DECLS
