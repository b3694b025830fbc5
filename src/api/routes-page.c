/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/api-private.h"
#include "api/client-key.h"
#include "api/client/client-folder.h"

#include <http/access/access-control.h>
#include <http/files/content-type.h>
#include <http/response.h>
#include <string.h>

#define ROOT "/habla/web"

/* In bytes; less fits into one packet in any case. */
#define MIN_COMPRESSED 512

/* Only content of this server, no inline scripts, and no other page may embed it in a frame. */
const char habla_page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

typedef struct {
  GBytes *body;
  GBytes *gzip; /* (nullable): the body compressed */
  char *etag;
  const char *type;
} HablaPage;

void
habla_page_free (gpointer data)
{
  HablaPage *page = data;

  g_bytes_unref (page->body);
  g_clear_pointer (&page->gzip, g_bytes_unref);
  g_free (page->etag);
  g_free (page);
}

/* Returns: (transfer full) (nullable): @body compressed, if that makes it smaller */
static GBytes *
compress (GBytes *body, const char *type)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_bytes (body);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (plain, G_CONVERTER (compressor));
  gsize size = g_bytes_get_size (body), length;
  g_autofree char *buffer = NULL;

  if (strcmp (type, "image/png") == 0 || strcmp (type, "font/woff2") == 0 || size < MIN_COMPRESSED)
    return NULL;
  buffer = g_malloc (size);
  if (!g_input_stream_read_all (stream, buffer, size, &length, NULL, NULL) || length == size)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&buffer), length);
}

/* Returns: (transfer none) (nullable): the resource @name, cached with its tag */
static HablaPage *
find_page (HablaApi *api, const char *name)
{
  HablaPage *page = g_hash_table_lookup (api->pages, name);
  g_autoptr (GBytes) body = NULL;
  g_autofree char *path = NULL;
  g_autofree char *digest = NULL;

  if (page != NULL)
    return page;
  path = g_strconcat (ROOT, name, NULL);
  body = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (body == NULL)
    return NULL;
  digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, body);
  page = g_new0 (HablaPage, 1);
  page->body = g_steal_pointer (&body);
  page->etag = g_strdup_printf ("\"%.32s\"", digest);
  page->type = habla_content_type_from_name (name);
  page->gzip = compress (page->body, page->type);
  g_hash_table_insert (api->pages, g_strdup (name), page);
  return page;
}

/* Returns: (transfer none) (nullable): the file or the page at @path */
static HablaPage *
find_page_at (HablaApi *api, const char *path)
{
  HablaPage *page = find_page (api, path);
  g_autofree char *name = g_strconcat (path, ".html", NULL);

  return page != NULL ? page : find_page (api, name);
}

/* Returns: (transfer none): the body as the client takes it; its encoding is in the headers */
static GBytes *
choose_encoding (HablaPage *page, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (page->gzip == NULL)
    return page->body;
  soup_message_headers_append (headers, "Vary", "Accept-Encoding");
  if (!soup_message_headers_header_contains (
          soup_server_message_get_request_headers (message), "Accept-Encoding", "gzip"))
    return page->body;
  soup_message_headers_replace (headers, "Content-Encoding", "gzip");
  return page->gzip;
}

static void
send_page (HablaApi *api, SoupServerMessage *message, const char *path)
{
  HablaPage *page = find_page_at (api, path);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *known = soup_message_headers_get_list (
      soup_server_message_get_request_headers (message), "If-None-Match");

  if (page == NULL) {
    habla_response_set_error (message, SOUP_STATUS_NOT_FOUND, "There is no %s", path);
    return;
  }
  soup_message_headers_replace (headers, "ETag", page->etag);
  soup_message_headers_replace (headers, "Cache-Control", "no-cache");
  soup_message_headers_replace (headers, "Content-Security-Policy", habla_page_policy);
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
  soup_message_headers_replace (headers, "Permissions-Policy", "microphone=(self), camera=()");
  if (known != NULL && strstr (known, page->etag) != NULL)
    soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
  else
    habla_response_set (message, SOUP_STATUS_OK, page->type, choose_encoding (page, message));
}

static void
send_page_instead (HablaAsyncResponse *response, const char *path)
{
  send_page (habla_api_from_response (response), response->message,
      strcmp (path, "/") == 0 ? "/speak" : path);
  habla_async_response_finish (response);
}

static gboolean
has_client_folder (const HablaRequest *request)
{
  return habla_api_from_request (request)->client_folder != NULL && !request->has_prefix;
}

static void
answer_page (const HablaRequest *request)
{
  if (has_client_folder (request))
    habla_client_folder_answer (request, send_page_instead);
  else
    send_page (habla_api_from_request (request), request->message, request->path);
}

char *
habla_page_keep_client_key (SoupServerMessage *message, HablaConnection *connection)
{
  g_autofree char *key = habla_access_control_get_cookie (
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Cookie"),
      HABLA_CLIENT_COOKIE);
  g_autofree char *new_key = NULL;
  g_autofree char *cookie = NULL;

  if (key != NULL && habla_client_key_is_valid (key))
    return g_steal_pointer (&key);
  new_key = habla_client_key_new ();
  cookie = g_strdup_printf (HABLA_CLIENT_COOKIE
      "=%s; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict%s",
      new_key, habla_connection_has_trait (connection, HABLA_CONNECTION_SECURE) ? "; Secure" : "");
  soup_message_headers_append (
      soup_server_message_get_response_headers (message), "Set-Cookie", cookie);
  return g_steal_pointer (&new_key);
}

/* Links to Habla's own pages have a room. */
static void
answer_index (const HablaRequest *request)
{
  const char *room = habla_request_get_parameter (request, "room");
  const char *listen = habla_request_get_parameter (request, "listen");

  if (has_client_folder (request) && room == NULL && listen == NULL) {
    habla_client_folder_answer (request, send_page_instead);
    return;
  }
  g_free (habla_page_keep_client_key (request->message, request->connection));
  send_page (habla_api_from_request (request), request->message,
      g_strcmp0 (listen, "1") == 0 ? "/listen" : "/speak");
}

static void
answer_prefix (const HablaRequest *request)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (request->message));
  g_autofree char *location =
      g_strconcat ("." HABLA_API_PREFIX "/", query != NULL ? "?" : NULL, query, NULL);

  soup_message_headers_replace (
      soup_server_message_get_response_headers (request->message), "Location", location);
  soup_server_message_set_status (request->message, SOUP_STATUS_TEMPORARY_REDIRECT, NULL);
}

static void
answer_client (const HablaRequest *request)
{
  if (has_client_folder (request))
    habla_client_folder_answer (request, send_page_instead);
  else
    habla_response_set_error (
        request->message, SOUP_STATUS_NOT_FOUND, "There is no %s", request->path);
}

const HablaRoute habla_routes_page[] = {
  { .path = "/", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_index },
  { .path = "/bookmarks", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/correct", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/corrections", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/display", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/favicon.ico", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = HABLA_API_PREFIX,
      .methods = "GET",
      .flags = HABLA_ROUTE_PUBLIC,
      .handler = answer_prefix },
  { .path = "/history", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/lessons", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/offline", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/overlay", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/sign-in", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/static/{...}",
      .methods = "GET",
      .flags = HABLA_ROUTE_PUBLIC,
      .handler = answer_page },
  { .path = "/sw.js", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/vocabulary", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  { .path = "/vocab", .methods = "GET", .flags = HABLA_ROUTE_PUBLIC, .handler = answer_page },
  {},
};

const HablaRoute habla_route_client = {
  .methods = "GET",
  .flags = HABLA_ROUTE_PUBLIC,
  .handler = answer_client,
};
