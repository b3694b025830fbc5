/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <models/registry/http-client.h>

G_BEGIN_DECLS

/**
 * habla_document_cache_read:
 * @name: of the document, without slashes
 * @length: (out): in bytes
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): the copy on the disk, followed by a NUL
 */
char *habla_document_cache_read (const char *name, gsize *length, GError **error);

/**
 * habla_document_cache_is_old:
 * @name: of the document
 *
 * Returns: whether there is no copy on the disk, or one that was asked for more than a day ago
 */
gboolean habla_document_cache_is_old (const char *name);

/**
 * habla_document_cache_update:
 * @name: of the document
 * @client: a client
 * @url: where it is published
 * @cancellable: (nullable): to cancel it
 * @error: return location for the error of habla_http_client_get(), or a %HABLA_ERROR_INPUT if the
 *   document is larger than %HABLA_CATALOGUE_MAX_SIZE or not JSON
 *
 * Downloads a JSON document if it has changed, and keeps it in `$XDG_CACHE_HOME/habla/models`.
 *
 * Returns: whether the copy on the disk is new
 */
gboolean habla_document_cache_update (const char *name, HablaHttpClient *client, const char *url,
    GCancellable *cancellable, GError **error);

G_END_DECLS
