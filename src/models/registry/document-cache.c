/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/registry/document-cache.h"

#include "models/registry/catalogue-json.h"

#include <habla/error.h>
#include <glib/gstdio.h>
#include <string.h>
#include <util/regular-file.h>
#include <utime.h>

#define MAX_AGE (24 * 60 * 60)
#define MAX_ETAG 256
#define BUFFER_SIZE 65536

static char *
get_path (const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);

  return g_build_filename (g_get_user_cache_dir (), "habla", "models", file, NULL);
}

char *
habla_document_cache_read (const char *name, gsize *length, GError **error)
{
  g_autofree char *path = get_path (name, "");

  return habla_regular_file_read (path, HABLA_CATALOGUE_MAX_SIZE, length, error);
}

gboolean
habla_document_cache_is_old (const char *name)
{
  g_autofree char *path = get_path (name, "");
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  GStatBuf status;

  return g_stat (path, &status) != 0 || status.st_mtime + MAX_AGE < now || status.st_mtime > now;
}

/* Returns: (transfer full) (nullable): the validator of the copy */
static char *
read_etag (const char *name)
{
  g_autofree char *path = get_path (name, ".etag");
  g_autofree char *copy = get_path (name, "");

  if (!habla_regular_file_exists (copy))
    return NULL;
  return habla_regular_file_read (path, MAX_ETAG, NULL, NULL);
}

static GBytes *
read_body (GInputStream *stream, const char *url, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, BUFFER_SIZE, cancellable, error)) > 0) {
    g_byte_array_append (body, buffer, n);
    if (body->len > HABLA_CATALOGUE_MAX_SIZE) {
      g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
          "%s: the answer is too large for a list of models; update Habla", url);
      return NULL;
    }
  }
  if (n < 0) {
    habla_http_client_explain (url, error);
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&body));
}

static gboolean
check_json (GBytes *body, const char *url, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (body, &size);
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);
  g_autoptr (GError) problem = NULL;
  g_autoptr (JsonNode) root = habla_catalogue_json_parse_any (text, size, &problem);

  if (root != NULL)
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "%s: the answer is no list of models: %s; run the command again later", url,
      problem->message);
  return FALSE;
}

/* The validator goes first and comes last: without one, the document is asked for whole. */
static gboolean
store (const char *name, GBytes *body, const char *etag, GError **error)
{
  g_autofree char *path = get_path (name, "");
  g_autofree char *etag_path = get_path (name, ".etag");
  g_autofree char *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0700);
  g_unlink (etag_path);
  if (!g_file_set_contents (path, g_bytes_get_data (body, NULL), g_bytes_get_size (body), error)) {
    g_prefix_error (error, "The list of models cannot be kept: ");
    return FALSE;
  }
  if (etag != NULL && strlen (etag) <= MAX_ETAG)
    g_file_set_contents (etag_path, etag, -1, NULL);
  return TRUE;
}

gboolean
habla_document_cache_update (const char *name, HablaHttpClient *client, const char *url,
    GCancellable *cancellable, GError **error)
{
  g_autofree char *etag = read_etag (name);
  HablaHttpRequest request = { .url = url, .accept_encoding = "identity", .etag = etag };
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes) body = NULL;

  stream = habla_http_client_get (client, &request, &message, cancellable, error);
  if (stream == NULL)
    return FALSE;
  if (soup_message_get_status (message) == SOUP_STATUS_NOT_MODIFIED && etag != NULL) {
    g_autofree char *path = get_path (name, "");

    utime (path, NULL);
    return TRUE;
  }
  body = read_body (stream, url, cancellable, error);
  if (body == NULL || !check_json (body, url, error))
    return FALSE;
  return store (name, body,
      soup_message_headers_get_one (soup_message_get_response_headers (message), "ETag"), error);
}
