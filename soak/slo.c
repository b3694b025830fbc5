/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "slo.h"

struct _SoakSlo {
  JsonNode *root;
  char *scenario; /* (nullable) */
};

SoakSlo *
soak_slo_parse (const char *text, GError **error)
{
  g_autoptr (JsonNode) root = json_from_string (text, error);
  SoakSlo *self;

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (
        error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA, "Limits must be a JSON object");
    return NULL;
  }
  self = g_new0 (SoakSlo, 1);
  self->root = g_steal_pointer (&root);
  return self;
}

SoakSlo *
soak_slo_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  SoakSlo *self;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  self = soak_slo_parse (text, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", path);
  return self;
}

void
soak_slo_free (SoakSlo *self)
{
  json_node_unref (self->root);
  g_free (self->scenario);
  g_free (self);
}

void
soak_slo_set_scenario (SoakSlo *self, const char *scenario)
{
  g_free (self->scenario);
  self->scenario = g_strdup (scenario);
}

static JsonNode *
slo_find_from_root (const SoakSlo *self, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  JsonNode *node = self->root;

  for (guint i = 0; names[i] != NULL && node != NULL; i++)
    node = JSON_NODE_HOLDS_OBJECT (node)
               ? json_object_get_member (json_node_get_object (node), names[i])
               : NULL;
  return node;
}

static JsonNode *
slo_find (const SoakSlo *self, const char *path)
{
  g_autofree char *own = g_strdup_printf ("scenarios/%s/%s", self->scenario, path);
  JsonNode *node = self->scenario != NULL ? slo_find_from_root (self, own) : NULL;

  return node != NULL ? node : slo_find_from_root (self, path);
}

double
soak_slo_get (const SoakSlo *self, const char *path, double otherwise)
{
  JsonNode *node = slo_find (self, path);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : otherwise;
}

JsonObject *
soak_slo_get_object (const SoakSlo *self, const char *path)
{
  JsonNode *node = slo_find (self, path);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}
