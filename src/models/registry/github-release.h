/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <models/available-model.h>
#include <models/registry/http-client.h>

G_BEGIN_DECLS

/**
 * HablaGithubAsset:
 * @size: in bytes; 0 = unknown
 * @sha256: (nullable): in hexadecimal
 *
 * What GitHub says about a file of a release.
 */
typedef struct {
  guint64 size;
  char *sha256;
} HablaGithubAsset;

/**
 * habla_github_release_find:
 * @client: a client
 * @url: of a file of a release: `https://github.com/OWNER/NAME/releases/download/TAG/FILE`
 * @asset: (out): the answer; free @sha256 with g_free()
 * @cancellable: (nullable): to cancel it
 * @error: return location for an error of habla_http_client_get() or a %HABLA_ERROR_INPUT
 *
 * Asks GitHub's API, page by page, and keeps its answers for a day. Blocks.
 *
 * Returns: whether the file was found
 */
gboolean habla_github_release_find (HablaHttpClient *client, const char *url,
    HablaGithubAsset *asset, GCancellable *cancellable, GError **error);

/**
 * habla_github_release_has:
 * @url: an address
 *
 * Returns: whether @url is of a file of a release
 */
gboolean habla_github_release_has (const char *url);

/**
 * habla_github_release_read_page:
 * @root: a page of the list
 * @file: name of the file
 * @asset: (out): the answer
 *
 * Returns: whether @file is on this page
 */
gboolean habla_github_release_read_page (
    JsonArray *root, const char *file, HablaGithubAsset *asset);

G_END_DECLS
