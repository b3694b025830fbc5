/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * remote_url_parse:
 * @text: (nullable): URL of a server
 * @error: return location for a %HABLA_ERROR_PARAMETER
 *
 * Accepts http and https with a host; refuses passwords, queries and fragments.
 *
 * Returns: (transfer full) (nullable): the URL
 */
GUri *remote_url_parse (const char *text, GError **error);

/**
 * remote_url_join:
 * @base: URL of a server, with or without its version at the end ("/v1") and a slash
 * @path: path with version, "v1/models", or without, "api/tags"; may have a query
 *
 * A version that is at the end of @base is not repeated, and is removed before a path without one.
 *
 * Returns: (transfer full): the URL of @path
 */
char *remote_url_join (GUri *base, const char *path);

/**
 * remote_url_dup_origin:
 * @base: URL of a server
 *
 * Returns: (transfer full): scheme, host and port, for people
 */
char *remote_url_dup_origin (GUri *base);

/**
 * remote_url_is_local:
 * @base: URL of a server
 *
 * Returns: whether the host is this machine: "localhost" or a loopback address
 */
gboolean remote_url_is_local (GUri *base);

G_END_DECLS
