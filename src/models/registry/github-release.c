/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/registry/github-release.h"

#include "models/registry/catalogue-json.h"
#include "models/registry/document-cache.h"

#include <habla/error.h>
#include <string.h>

#define HOST "https://github.com/"
#define API "https://api.github.com/repos/"
#define PAGE_SIZE 100
#define MAX_PAGES 30
#define DIGEST_PREFIX "sha256:"
#define SHA256_LENGTH 64

/* OWNER/NAME/releases/download/TAG/FILE */
enum { OWNER, NAME, RELEASES, DOWNLOAD, TAG, FILE_NAME, N_PARTS };

static char **
split_url (const char *url)
{
  g_auto (GStrv) parts = NULL;

  if (!g_str_has_prefix (url, HOST))
    return NULL;
  parts = g_strsplit (url + strlen (HOST), "/", N_PARTS + 1);
  if (g_strv_length (parts) != N_PARTS || !g_str_equal (parts[RELEASES], "releases") ||
      !g_str_equal (parts[DOWNLOAD], "download"))
    return NULL;
  return g_steal_pointer (&parts);
}

gboolean
habla_github_release_has (const char *url)
{
  g_auto (GStrv) parts = split_url (url);

  return parts != NULL;
}

gboolean
habla_github_release_read_page (JsonArray *root, const char *file, HablaGithubAsset *asset)
{
  for (guint i = 0; i < json_array_get_length (root); i++) {
    JsonNode *node = json_array_get_element (root, i);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *name = object != NULL ? habla_catalogue_json_get_string (object, "name") : NULL;
    const char *digest;

    if (name == NULL || !g_str_equal (name, file))
      continue;
    digest = habla_catalogue_json_get_string (object, "digest");
    asset->size = habla_catalogue_json_get_size (object, "size");
    asset->sha256 = NULL;
    if (digest != NULL && g_str_has_prefix (digest, DIGEST_PREFIX) &&
        strlen (digest) == strlen (DIGEST_PREFIX) + SHA256_LENGTH)
      asset->sha256 = g_strdup (digest + strlen (DIGEST_PREFIX));
    return TRUE;
  }
  return FALSE;
}

/* Returns: (transfer full) (nullable): the answer, of today */
static JsonNode *
get_document (HablaHttpClient *client, const char *name, const char *url, GCancellable *cancellable,
    GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (habla_document_cache_is_old (name) &&
      !habla_document_cache_update (name, client, url, cancellable, error))
    return NULL;
  text = habla_document_cache_read (name, &length, error);
  return text != NULL ? habla_catalogue_json_parse_any (text, length, error) : NULL;
}

static char *
make_name (char **parts, const char *suffix)
{
  g_autofree char *name =
      g_strdup_printf ("github-%s-%s-%s-%s.json", parts[OWNER], parts[NAME], parts[TAG], suffix);

  return g_strdup (g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".-_", '_'));
}

/* Returns: the number of the release; 0 with @error */
static guint64
find_release (HablaHttpClient *client, char **parts, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = make_name (parts, "release");
  g_autofree char *url =
      g_strdup_printf (API "%s/%s/releases/tags/%s", parts[OWNER], parts[NAME], parts[TAG]);
  g_autoptr (JsonNode) root = get_document (client, name, url, cancellable, error);
  guint64 id = 0;

  if (root == NULL)
    return 0;
  if (JSON_NODE_HOLDS_OBJECT (root))
    id = habla_catalogue_json_get_size (json_node_get_object (root), "id");
  if (id == 0)
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT, "%s: the answer is no release", url);
  return id;
}

gboolean
habla_github_release_find (HablaHttpClient *client, const char *url, HablaGithubAsset *asset,
    GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) parts = split_url (url);
  guint64 id = parts != NULL ? find_release (client, parts, cancellable, error) : 0;

  if (id == 0)
    return FALSE;
  for (guint page = 1; page <= MAX_PAGES; page++) {
    g_autofree char *suffix = g_strdup_printf ("%u", page);
    g_autofree char *name = make_name (parts, suffix);
    g_autofree char *page_url =
        g_strdup_printf (API "%s/%s/releases/%" G_GUINT64_FORMAT "/assets?per_page=%d&page=%u",
            parts[OWNER], parts[NAME], id, PAGE_SIZE, page);
    g_autoptr (JsonNode) root = get_document (client, name, page_url, cancellable, error);

    if (root == NULL)
      return FALSE;
    if (!JSON_NODE_HOLDS_ARRAY (root) || json_array_get_length (json_node_get_array (root)) == 0)
      break;
    if (habla_github_release_read_page (json_node_get_array (root), parts[FILE_NAME], asset))
      return TRUE;
  }
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "%s: GitHub's list of the release does not have it; update Habla", url);
  return FALSE;
}
