/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/https-redirect.h"

#include "http/framing/request-head.h"

#include <string.h>

#define MAX_HOST 255

/* Returns: (nullable): the path of @head, up to its length; %NULL if it could end the header
 * Location or is not a path */
static const char *
find_path (const char *head, gsize *length)
{
  const char *path = strchr (head, ' ');

  if (path == NULL || path[1] != '/')
    return NULL;
  path++;
  *length = 0;
  while (g_ascii_isgraph (path[*length]))
    (*length)++;
  return g_str_has_prefix (path + *length, " HTTP/1.") ? path : NULL;
}

/* Returns: (nullable): the header Host of @head, up to its length */
static const char *
find_host (const char *head, gsize *length)
{
  for (const char *line = strstr (head, "\r\n"); line != NULL; line = strstr (line + 2, "\r\n")) {
    const char *value = line + 2 + strlen ("Host:");

    if (g_ascii_strncasecmp (line + 2, "Host:", strlen ("Host:")) != 0)
      continue;
    value += strspn (value, " \t");
    *length = strspn (value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]");
    return *length > 0 && *length <= MAX_HOST && value[*length] == '\r' ? value : NULL;
  }
  return NULL;
}

static gboolean
is_beginning (const char *text, gsize length, const char *method)
{
  return strncmp (text, method, MIN (length, strlen (method))) == 0;
}

HablaHttpsRedirect
habla_https_redirect_make (const char *text, gsize length, char **response)
{
  gsize end, path_length, host_length;
  g_autofree char *head = NULL;
  const char *path, *host;

  *response = NULL;
  if (length == 0 ||
      (!is_beginning (text, length, "GET ") && !is_beginning (text, length, "HEAD ")))
    return HABLA_HTTPS_REDIRECT_NO;
  end = habla_request_head_find_end (text, length, 0);
  if (end == 0)
    return length < HABLA_HTTPS_REDIRECT_SIZE ? HABLA_HTTPS_REDIRECT_INCOMPLETE
                                              : HABLA_HTTPS_REDIRECT_NO;
  head = g_strndup (text, end);
  path = find_path (head, &path_length);
  host = find_host (head, &host_length);
  if (path == NULL || host == NULL)
    return HABLA_HTTPS_REDIRECT_NO;
  *response = g_strdup_printf ("HTTP/1.1 307 Temporary Redirect\r\n"
                               "Location: https://%.*s%.*s\r\n"
                               "Content-Length: 0\r\n"
                               "Connection: close\r\n\r\n",
      (int) host_length, host, (int) path_length, path);
  return HABLA_HTTPS_REDIRECT_YES;
}
