/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Responses to HTTP requests. Each function sets the status, the headers and the whole body. */

/**
 * habla_response_set:
 * @message: a request
 * @status: of HTTP
 * @type: the body's media type
 * @body: the body
 *
 * Unless the message's headers have a Cache-Control already, the response is not cached.
 */
void habla_response_set (SoupServerMessage *message, guint status, const char *type, GBytes *body);

/**
 * habla_response_set_json:
 * @message: a request
 * @status: of HTTP
 * @builder: with one whole value
 */
void habla_response_set_json (SoupServerMessage *message, guint status, JsonBuilder *builder);

/**
 * habla_response_set_error:
 * @message: a request
 * @status: of HTTP, from 400 on
 * @format: the problem and the remedy, for people; as of printf()
 * @...: arguments of @format; need not be UTF-8
 *
 * The body is the object {"detail": TEXT}, with "code" if habla_message_code_find() knows TEXT.
 */
void habla_response_set_error (SoupServerMessage *message, guint status, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
