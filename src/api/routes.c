/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/routes.h"

#include <http/access-control.h>

#include <string.h>

struct _HablaRoutes {
  GHashTable *exact;   /* from path to HablaRoute */
  GPtrArray *patterns; /* of HablaRoute, with a {} */
};

HablaRoutes *
habla_routes_new (void)
{
  static const HablaRoute *const all[] = { habla_routes_monitoring, habla_routes_system,
    habla_routes_playback, habla_routes_recordings, habla_routes_sessions, habla_routes_websocket,
    habla_routes_page, habla_routes_later };
  HablaRoutes *self = g_new0 (HablaRoutes, 1);

  self->exact = g_hash_table_new (g_str_hash, g_str_equal);
  self->patterns = g_ptr_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (const HablaRoute *route = all[i]; route->path != NULL; route++)
      if (strchr (route->path, '{') != NULL)
        g_ptr_array_add (self->patterns, (gpointer) route);
      else
        g_hash_table_insert (self->exact, (gpointer) route->path, (gpointer) route);
  return self;
}

void
habla_routes_free (HablaRoutes *self)
{
  g_hash_table_unref (self->exact);
  g_ptr_array_unref (self->patterns);
  g_free (self);
}

static gboolean
matches (const char *pattern, const char *path)
{
  while (*pattern != '\0') {
    if (g_str_has_prefix (pattern, "{...}"))
      return *path != '\0';
    if (g_str_has_prefix (pattern, "{}")) {
      gsize length = strcspn (path, "/");

      if (length == 0)
        return FALSE;
      pattern += 2;
      path += length;
    } else if (*pattern++ != *path++) {
      return FALSE;
    }
  }
  return *path == '\0';
}

const HablaRoute *
habla_routes_find (HablaRoutes *self, const char *path)
{
  const HablaRoute *route = g_hash_table_lookup (self->exact, path);

  for (guint i = 0; route == NULL && i < self->patterns->len; i++) {
    const HablaRoute *pattern = self->patterns->pdata[i];

    if (matches (pattern->path, path))
      route = pattern;
  }
  return route;
}

gboolean
habla_route_has_method (const HablaRoute *route, const char *method)
{
  const char *wanted = strcmp (method, "HEAD") == 0 ? "GET" : method;
  gsize length = strlen (wanted);

  for (const char *at = route->methods; (at = strstr (at, wanted)) != NULL; at += length)
    if ((at == route->methods || at[-1] == ' ') && (at[length] == '\0' || at[length] == ','))
      return TRUE;
  return FALSE;
}

char *
habla_route_get_allow (const HablaRoute *route)
{
  gboolean reads = habla_route_has_method (route, "GET");

  return g_strconcat (route->methods, reads ? ", HEAD" : NULL, NULL);
}

char *
habla_request_get_key (const HablaRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (request->message);
  const char *parameter =
      request->query != NULL ? g_hash_table_lookup (request->query, "client") : NULL;
  g_autofree char *cookie = NULL;

  if (parameter != NULL)
    return habla_access_control_is_key (parameter) ? g_strdup (parameter) : NULL;
  cookie = habla_access_control_get_cookie (
      soup_message_headers_get_one (headers, "Cookie"), "habla-client");
  return cookie != NULL && habla_access_control_is_key (cookie) ? g_steal_pointer (&cookie) : NULL;
}
