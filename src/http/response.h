/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Answers to HTTP requests. Each sets the status and whole body of @message. */

/* @type: static: a media type */
void habla_response_with (SoupServerMessage *message, guint status, const char *type, GBytes *body);
/* @builder: holds one whole object or array */
void habla_response_with_json (SoupServerMessage *message, guint status, JsonBuilder *builder);
/* {"detail": …} */
void habla_response_with_detail (SoupServerMessage *message, guint status, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Returns: (transfer full) (nullable): the object that @message's body is; %NULL when it is
 * none and that has been answered: 400 for broken JSON, 422 for something else than an object */
JsonObject *habla_request_get_object (SoupServerMessage *message);
/* Returns: (nullable): the member @name of @object; %NULL when it is missing or no text, and
 * that has been answered with 422 */
const char *habla_request_get_text (
    SoupServerMessage *message, JsonObject *object, const char *name);
/* Returns: whether there is a boolean @name in @object; else it has been answered with 422 */
gboolean habla_request_get_boolean (
    SoupServerMessage *message, JsonObject *object, const char *name, gboolean *value);

/* @builder: holds one whole value. Returns: (transfer full): it, in JSON */
GBytes *habla_json_to_bytes (JsonBuilder *builder);

G_END_DECLS
