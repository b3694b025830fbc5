/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * remote_error_redact:
 * @text: text from a server
 * @key: (nullable): a key
 *
 * Returns: (transfer full): at most 200 characters of @text in one line, without @key
 */
char *remote_error_redact (const char *text, const char *key);

/**
 * remote_error_find_message:
 * @object: what a server says: `{"error": {"message": …}}`, `{"error": …}`, `{"message": …}` or
 *   `{"detail": …}`
 *
 * Returns: (transfer none) (nullable): the message, in its own words
 */
const char *remote_error_find_message (JsonObject *object);

/**
 * remote_error_from_status:
 * @origin: scheme, host and port of the server
 * @status: status of HTTP
 * @body: (nullable): body of the response, followed by a NUL that does not count
 * @key: (nullable): a key, which must not be in the message
 *
 * Returns: (transfer full): a %HABLA_ERROR_ENGINE with the message of the server and what to do
 */
GError *remote_error_from_status (const char *origin, guint status, GBytes *body, const char *key);

/**
 * remote_error_from_failure:
 * @origin: scheme, host and port of the server
 * @failure: an error of GIO, or of a #RemoteJob
 *
 * Returns: (transfer full): a %HABLA_ERROR_TIMEOUT or %HABLA_ERROR_ENGINE for people; a copy of
 *   %G_IO_ERROR_CANCELLED
 */
GError *remote_error_from_failure (const char *origin, const GError *failure);

/**
 * remote_error_is_transient:
 * @failure: an error of GIO, or of a #RemoteJob
 *
 * Returns: whether the same request may succeed at once: the connection broke
 */
gboolean remote_error_is_transient (const GError *failure);

G_END_DECLS
