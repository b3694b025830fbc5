/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads Habla's own catalogue. docs/models.md documents its schema. */
#include "models/registry/catalogue-json.h"

#include <habla/error.h>
#include <json/json-validator.h>

#define VERSION 1
#define MAX_SIZE (G_GINT64_CONSTANT (1) << 40)
#define MAX_MODELS 4096
#define MEGABYTE 1000000

static const HablaJsonLimits limits = {
  .max_size = HABLA_CATALOGUE_MAX_SIZE,
  .max_depth = 16,
  .max_members = 4096,
  .max_values = 1000000,
};

JsonNode *
habla_catalogue_json_parse_any (const char *text, gsize length, GError **error)
{
  return habla_json_parse (text, length, &limits, error);
}

JsonObject *
habla_catalogue_json_parse (const char *text, gsize length, GError **error)
{
  return habla_json_parse_object (text, length, &limits, error);
}

static JsonNode *
get_value (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type
             ? node
             : NULL;
}

const char *
habla_catalogue_json_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = get_value (object, name, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : NULL;
}

guint64
habla_catalogue_json_get_size (JsonObject *object, const char *name)
{
  JsonNode *node = get_value (object, name, G_TYPE_INT64);
  gint64 size = node != NULL ? json_node_get_int (node) : 0;

  return size >= 0 && size <= MAX_SIZE ? size : 0;
}

double
habla_catalogue_json_get_number (JsonObject *object, const char *name, double max)
{
  JsonNode *node = json_object_get_member (object, name);
  double number = 0;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
      (json_node_get_value_type (node) == G_TYPE_DOUBLE ||
          json_node_get_value_type (node) == G_TYPE_INT64))
    number = json_node_get_double (node);
  return number >= 0 && number <= max ? number : 0;
}

JsonObject *
habla_catalogue_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
habla_catalogue_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

void
habla_catalogue_json_add_checked (GPtrArray *models, HablaAvailableModel *model)
{
  g_autoptr (GError) error = NULL;

  if (models->len < MAX_MODELS && habla_available_model_check (model, &error)) {
    g_ptr_array_add (models, model);
    return;
  }
  g_debug ("Model skipped: %s", error != NULL ? error->message : "too many models");
  habla_available_model_unref (model);
}

static gboolean
read_boolean (JsonObject *object, const char *name)
{
  JsonNode *node = get_value (object, name, G_TYPE_BOOLEAN);

  return node != NULL && json_node_get_boolean (node);
}

/* Returns: (transfer full): the strings of an array */
static char **
read_strings (JsonObject *object, const char *name)
{
  JsonArray *array = habla_catalogue_json_get_array (object, name);
  guint n = array != NULL ? json_array_get_length (array) : 0;
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);
    gboolean is_string =
        JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;

    /* An empty one is refused later. */
    g_ptr_array_add (strings, is_string ? json_node_dup_string (node) : g_strdup (""));
  }
  g_ptr_array_add (strings, NULL);
  return (char **) g_ptr_array_steal (strings, NULL);
}

static void
read_table (JsonObject *object, const char *name, GHashTable *table)
{
  JsonObject *members = habla_catalogue_json_get_object (object, name);
  JsonObjectIter iter;
  const char *key;

  if (members == NULL)
    return;
  json_object_iter_init (&iter, members);
  while (json_object_iter_next (&iter, &key, NULL)) {
    const char *value = habla_catalogue_json_get_string (members, key);

    g_hash_table_insert (table, g_strdup (key), g_strdup (value != NULL ? value : ""));
  }
}

static void
read_source (HablaAvailableModel *model, JsonObject *object)
{
  const char *path = habla_catalogue_json_get_string (object, "path");
  const char *url = habla_catalogue_json_get_string (object, "url");
  HablaModelSource *source;

  source = habla_available_model_add_source (
      model, path != NULL ? HABLA_MODEL_SOURCE_FILE : HABLA_MODEL_SOURCE_ARCHIVE, url, path);
  source->size = habla_catalogue_json_get_size (object, "size");
  source->hash = g_strdup (habla_catalogue_json_get_string (object, "sha256"));
}

static void
read_sources (HablaAvailableModel *model, JsonObject *object)
{
  JsonArray *sources = habla_catalogue_json_get_array (object, "sources");
  guint n = sources != NULL ? json_array_get_length (sources) : 0;

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (sources, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      read_source (model, json_node_get_object (node));
  }
}

static HablaAvailableModel *
read_model (JsonObject *object)
{
  const char *id = habla_catalogue_json_get_string (object, "id");
  HablaAvailableModel *model = habla_available_model_new (id != NULL ? id : "");

  model->title = g_strdup (habla_catalogue_json_get_string (object, "title"));
  model->engine = g_strdup (habla_catalogue_json_get_string (object, "engine"));
  model->job = g_strdup (habla_catalogue_json_get_string (object, "job"));
  model->architecture = g_strdup (habla_catalogue_json_get_string (object, "architecture"));
  g_strfreev (model->languages);
  model->languages = read_strings (object, "languages");
  model->quality = MIN (habla_catalogue_json_get_size (object, "quality"), G_MAXUINT);
  model->license = g_strdup (habla_catalogue_json_get_string (object, "license"));
  model->license_note = g_strdup (habla_catalogue_json_get_string (object, "license_note"));
  model->download_size = habla_catalogue_json_get_size (object, "download_mb") * MEGABYTE;
  model->disk_size = habla_catalogue_json_get_size (object, "disk_mb") * MEGABYTE;
  model->memory = habla_catalogue_json_get_size (object, "memory_mb") * MEGABYTE;
  model->cpu = MIN (habla_catalogue_json_get_size (object, "cpu_percent"), G_MAXUINT);
  model->needs_voice_activity = read_boolean (object, "needs_voice_activity");
  read_sources (model, object);
  read_table (object, "files", model->files);
  read_table (object, "settings", model->settings);
  return model;
}

gboolean
habla_catalogue_json_read (JsonObject *root, GPtrArray *models, GError **error)
{
  JsonArray *array = habla_catalogue_json_get_array (root, "models");

  if (habla_catalogue_json_get_size (root, "version") != VERSION || array == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "models.json is not a catalogue of version 1; install Habla again");
    return FALSE;
  }
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      habla_catalogue_json_add_checked (models, read_model (json_node_get_object (node)));
  }
  return TRUE;
}
