/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/router.h"

#include <string.h>

struct _HablaRouter {
  GHashTable *exact;           /* from path to HablaRoute */
  GPtrArray *patterns;         /* of HablaRoute, with a {} */
  const HablaRoute *fallback;  /* (nullable) */
  const char *const *reserved; /* (nullable): for @fallback */
  gpointer user_data;
};

HablaRouter *
habla_router_new (gpointer user_data)
{
  HablaRouter *self = g_new0 (HablaRouter, 1);

  self->exact = g_hash_table_new (g_str_hash, g_str_equal);
  self->patterns = g_ptr_array_new ();
  self->user_data = user_data;
  return self;
}

void
habla_router_free (HablaRouter *self)
{
  g_hash_table_unref (self->exact);
  g_ptr_array_unref (self->patterns);
  g_free (self);
}

void
habla_router_add (HablaRouter *self, const HablaRoute *routes)
{
  for (const HablaRoute *route = routes; route->path != NULL; route++)
    if (strchr (route->path, '{') != NULL)
      g_ptr_array_add (self->patterns, (gpointer) route);
    else
      g_hash_table_insert (self->exact, (gpointer) route->path, (gpointer) route);
}

void
habla_router_set_fallback (HablaRouter *self, const HablaRoute *route, const char *const *reserved)
{
  self->fallback = route;
  self->reserved = reserved;
}

static const HablaRoute *
router_find_fallback (HablaRouter *self, const char *path)
{
  for (guint i = 0; self->fallback != NULL && self->reserved[i] != NULL; i++)
    if (g_str_has_prefix (path, self->reserved[i]))
      return NULL;
  return self->fallback;
}

static gboolean
route_matches (const char *pattern, const char *path)
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
habla_router_find (HablaRouter *self, const char *path)
{
  const HablaRoute *route = g_hash_table_lookup (self->exact, path);

  for (guint i = 0; route == NULL && i < self->patterns->len; i++) {
    const HablaRoute *pattern = self->patterns->pdata[i];

    if (route_matches (pattern->path, path))
      route = pattern;
  }
  return route != NULL ? route : router_find_fallback (self, path);
}

gpointer
habla_router_get_user_data (HablaRouter *self)
{
  return self->user_data;
}

gboolean
habla_route_has_method (const HablaRoute *self, const char *method)
{
  const char *wanted = strcmp (method, "HEAD") == 0 ? "GET" : method;
  gsize length = strlen (wanted);

  for (const char *at = self->methods; (at = strstr (at, wanted)) != NULL; at += length)
    if ((at == self->methods || at[-1] == ' ') && (at[length] == '\0' || at[length] == ','))
      return TRUE;
  return FALSE;
}

char *
habla_route_get_allow (const HablaRoute *self)
{
  gboolean has_get = habla_route_has_method (self, "GET");

  return g_strconcat (self->methods, has_get ? ", HEAD" : NULL, NULL);
}
