/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/cors.h"

#include "http/access/access-control.h"

#include <string.h>

#define ALLOWED_HEADERS \
  "Authorization, Content-Type, If-None-Match, If-Range, Range, " HABLA_ACCESS_CODE_HEADER
#define EXPOSED_HEADERS "Content-Disposition, Content-Range, ETag, Retry-After"
/* For which browsers remember the answer, in seconds. */
#define MAX_AGE "600"

char *
habla_cors_parse_origin (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  g_autofree char *host = NULL;
  const char *scheme;
  gboolean is_default_port;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL || *g_uri_get_path (uri) != '\0' ||
      strpbrk (g_uri_get_host (uri), "*,; \t") != NULL)
    return NULL;
  host = g_hostname_to_ascii (g_uri_get_host (uri));
  if (host == NULL)
    return NULL;
  scheme = g_uri_get_scheme (uri);
  is_default_port = (g_str_equal (scheme, "https") && g_uri_get_port (uri) == 443) ||
                    (g_str_equal (scheme, "http") && g_uri_get_port (uri) == 80);
  return g_uri_join (G_URI_FLAGS_NONE, scheme, NULL, host,
      is_default_port ? -1 : g_uri_get_port (uri), "", NULL, NULL);
}

gboolean
habla_cors_is_allowed (const char *const *origins, const char *origin)
{
  return origins != NULL && g_strv_contains (origins, origin);
}

gboolean
habla_cors_is_preflight (const char *const *origins, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *origin = soup_message_headers_get_one (headers, "Origin");

  return strcmp (soup_server_message_get_method (message), "OPTIONS") == 0 && origin != NULL &&
         habla_cors_is_allowed (origins, origin) &&
         soup_message_headers_get_one (headers, "Access-Control-Request-Method") != NULL;
}

void
habla_cors_add_headers (const char *const *origins, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *origin =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Origin");

  if (origins == NULL || origins[0] == NULL)
    return;
  /* A cache must not give the response for one site to another. */
  soup_message_headers_append (headers, "Vary", "Origin");
  if (origin == NULL || !habla_cors_is_allowed (origins, origin))
    return;
  soup_message_headers_replace (headers, "Access-Control-Allow-Origin", origin);
  soup_message_headers_replace (headers, "Access-Control-Allow-Credentials", "true");
  soup_message_headers_replace (headers, "Access-Control-Expose-Headers", EXPOSED_HEADERS);
}

void
habla_cors_answer_preflight (SoupServerMessage *message, const HablaRoute *route)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *methods = habla_route_get_allow (route);

  soup_message_headers_replace (headers, "Access-Control-Allow-Methods", methods);
  soup_message_headers_replace (headers, "Access-Control-Allow-Headers", ALLOWED_HEADERS);
  soup_message_headers_replace (headers, "Access-Control-Max-Age", MAX_AGE);
  /* Chromium asks this for pages of the internet that use a server of the local network. */
  if (soup_message_headers_get_one (soup_server_message_get_request_headers (message),
          "Access-Control-Request-Private-Network") != NULL)
    soup_message_headers_replace (headers, "Access-Control-Allow-Private-Network", "true");
  soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
}
