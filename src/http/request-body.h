/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/request.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Reads JSON bodies of requests. Each function answers the request itself when the body is wrong.
 */

/**
 * habla_request_body_get_object:
 * @request: a request whose body must be a JSON object
 *
 * Returns: (transfer full) (nullable): the object; %NULL if the request has been answered: with
 *   400 if the body is not JSON, with 422 if it is not an object
 */
JsonObject *habla_request_body_get_object (const HablaRequest *request);

/**
 * habla_request_body_get_string:
 * @request: the request that @object is from
 * @object: its body
 * @name: of the member
 *
 * Returns: (transfer none) (nullable): the string; %NULL if there is none, and the request has
 *   been answered with 422
 */
const char *habla_request_body_get_string (
    const HablaRequest *request, JsonObject *object, const char *name);

/**
 * habla_request_body_get_boolean:
 * @request: the request that @object is from
 * @object: its body
 * @name: of the member
 * @value: (out): the boolean
 *
 * Returns: whether @value is set; if not, the request has been answered with 422
 */
gboolean habla_request_body_get_boolean (
    const HablaRequest *request, JsonObject *object, const char *name, gboolean *value);

G_END_DECLS
