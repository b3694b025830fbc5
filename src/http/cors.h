/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/router.h>

G_BEGIN_DECLS

/* Pages of other sites that may use the server, by the rules of CORS. Each of them is listed: what
 * it may do is what its user may do. */

/**
 * habla_cors_parse_origin:
 * @text: of the settings, such as "https://school.example:8443"
 *
 * Returns: (transfer full) (nullable): the origin as browsers write it in the header Origin; %NULL
 * if
 *   @text is none, such as "*", "null", or an address with a path
 */
char *habla_cors_parse_origin (const char *text);

/**
 * habla_cors_is_allowed:
 * @origins: (nullable) (array zero-terminated=1): from habla_cors_parse_origin()
 * @origin: the header Origin
 *
 * Returns: whether @origin is one of @origins
 */
gboolean habla_cors_is_allowed (const char *const *origins, const char *origin);

/**
 * habla_cors_is_preflight:
 * @origins: (nullable) (array zero-terminated=1): sites whose pages may ask
 * @message: a request
 *
 * Returns: whether a browser asks what a page of one of @origins may do; it sends no token
 */
gboolean habla_cors_is_preflight (const char *const *origins, SoupServerMessage *message);

/**
 * habla_cors_add_headers:
 * @origins: (nullable) (array zero-terminated=1): pages of which sites may read the response
 * @message: a request whose response has not begun
 *
 * Lets the page that asks read the response, whatever its status, if it may.
 */
void habla_cors_add_headers (const char *const *origins, SoupServerMessage *message);

/**
 * habla_cors_answer_preflight:
 * @message: a request of an origin that is allowed
 * @route: what it asks for
 *
 * Says which methods and headers pages of other sites may use.
 */
void habla_cors_answer_preflight (SoupServerMessage *message, const HablaRoute *route);

G_END_DECLS
