/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remote-url.h"

#include <habla/error.h>
#include <libsoup/soup.h>
#include <string.h>

static GUri *
remote_url_refuse (GError **error, HablaError code, const char *reason)
{
  g_set_error (error, HABLA_ERROR, code,
      "The property url %s; set it to the address of the server, such as http://127.0.0.1:11434",
      reason);
  return NULL;
}

/* Returns: whether it is a URL with a path, too: an IPv6 address with a zone is not */
static gboolean
remote_url_is_joinable (GUri *uri)
{
  g_autofree char *url = remote_url_join (uri, "v1");

  return g_uri_is_valid (url, SOUP_HTTP_URI_FLAGS, NULL);
}

GUri *
remote_url_parse (const char *text, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  const char *scheme;

  if (text == NULL || *text == '\0')
    return remote_url_refuse (error, HABLA_ERROR_PARAMETER, "is not set");
  if (strcspn (text, " \t\r\n") < strlen (text))
    return remote_url_refuse (error, HABLA_ERROR_PARAMETER, "contains white space");
  uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL)
    return remote_url_refuse (error, HABLA_ERROR_PARAMETER, "is not a URL");
  if (!remote_url_is_joinable (uri))
    return remote_url_refuse (error, HABLA_ERROR_PARAMETER, "has a host that cannot be requested");
  scheme = g_uri_get_scheme (uri);
  if (!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https"))
    return remote_url_refuse (error, HABLA_ERROR_PARAMETER, "is neither http nor https");
  if (g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return remote_url_refuse (error, HABLA_ERROR_PARAMETER, "has no host");
  if (g_uri_get_userinfo (uri) != NULL)
    return remote_url_refuse (error, HABLA_ERROR_PARAMETER,
        "contains a user or a password, which belong in api-key-file");
  if (g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return remote_url_refuse (error, HABLA_ERROR_PARAMETER, "contains a query or a fragment");
  return g_steal_pointer (&uri);
}

/* Returns: whether @segment is "v1", "v2" … */
static gboolean
remote_url_is_version (const char *segment, gsize length)
{
  return length == 2 && segment[0] == 'v' && g_ascii_isdigit (segment[1]);
}

char *
remote_url_join (GUri *base, const char *path)
{
  g_autofree char *root = g_uri_to_string (base);
  gsize length = strlen (root);

  while (length > 0 && root[length - 1] == '/')
    root[--length] = '\0';
  if (length > 3 && root[length - 3] == '/' && remote_url_is_version (root + length - 2, 2)) {
    if (!remote_url_is_version (path, strcspn (path, "/")))
      root[length - 3] = '\0';
    else
      path += strcspn (path, "/") + 1;
  }
  return g_strdup_printf ("%s/%s", root, path);
}

char *
remote_url_dup_origin (GUri *base)
{
  gboolean is_ipv6 = strchr (g_uri_get_host (base), ':') != NULL;
  int port = g_uri_get_port (base);
  const char *open = is_ipv6 ? "[" : "", *close = is_ipv6 ? "]" : "";
  g_autofree char *host = g_strconcat (open, g_uri_get_host (base), close, NULL);

  if (port < 0)
    return g_strdup_printf ("%s://%s", g_uri_get_scheme (base), host);
  return g_strdup_printf ("%s://%s:%d", g_uri_get_scheme (base), host, port);
}

gboolean
remote_url_is_local (GUri *base)
{
  const char *host = g_uri_get_host (base);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (host, "localhost") == 0;
}
