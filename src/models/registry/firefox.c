/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the registry of Firefox's translation models:
 * {"baseUrl", "models": {PAIR: [{"architecture", "releaseStatus", "sourceLanguage",
 * "targetLanguage", "files": {"model": {"path", "uncompressedSize", "uncompressedHash"}, …},
 * "metrics": {"flores200-plus": {"comet22", "bleu", …}}}]}} */
#include "models/registry/catalogue-json.h"

#include <habla/error.h>
#include <habla/language.h>
#include <habla/model.h>
#include <string.h>

#define MEGABYTE 1000000
/* The shortlist and the vocabulary, whose sizes the registry does not have. */
#define OTHER_FILES (6 * MEGABYTE)

typedef struct {
  const char *name; /* in the registry */
  guint quality;
  guint cpu;
} Architecture;

static const Architecture architectures[] = {
  { "tiny", 60, 2 },
  { "base-memory", 70, 5 },
  { "base", 75, 7 },
};

typedef struct {
  const char *name; /* in the registry */
  const char *role;
  gboolean is_required;
} File;

static const File files[] = {
  { "model", "Model", TRUE },
  { "lexicalShortlist", "Shortlist", FALSE },
  { "vocab", "Vocabulary", FALSE },
  { "srcVocab", "SourceVocabulary", FALSE },
  { "trgVocab", "TargetVocabulary", FALSE },
};

static const Architecture *
find_architecture (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (architectures); i++)
    if (g_str_equal (name, architectures[i].name))
      return &architectures[i];
  return NULL;
}

static gboolean
add_file (HablaAvailableModel *model, const char *base, JsonObject *file, const char *role)
{
  const char *path = habla_catalogue_json_get_string (file, "path");
  g_autofree char *escaped = NULL, *url = NULL, *name = NULL;
  HablaModelSource *source;

  if (path == NULL || *path == '/' || strstr (path, "..") != NULL)
    return FALSE;
  escaped = g_uri_escape_string (path, "/", FALSE);
  url = g_strconcat (base, "/", escaped, NULL);
  name = g_path_get_basename (path);
  source = habla_available_model_add_source (model, HABLA_MODEL_SOURCE_FILE, url, NULL);
  if (g_str_has_suffix (name, ".gz")) {
    source->kind = HABLA_MODEL_SOURCE_GZIP;
    name[strlen (name) - strlen (".gz")] = '\0';
  }
  source->path = g_strdup (name);
  source->unpacked_size = habla_catalogue_json_get_size (file, "uncompressedSize");
  source->hash = g_strdup (habla_catalogue_json_get_string (file, "uncompressedHash"));
  g_hash_table_insert (model->files, g_strdup (role), g_steal_pointer (&name));
  return TRUE;
}

static gboolean
add_files (HablaAvailableModel *model, const char *base, JsonObject *entry)
{
  JsonObject *objects = habla_catalogue_json_get_object (entry, "files");

  for (guint i = 0; objects != NULL && i < G_N_ELEMENTS (files); i++) {
    JsonObject *file = habla_catalogue_json_get_object (objects, files[i].name);

    if (file == NULL ? files[i].is_required : !add_file (model, base, file, files[i].role))
      return FALSE;
  }
  return objects != NULL && (g_hash_table_contains (model->files, "Vocabulary") ||
                                (g_hash_table_contains (model->files, "SourceVocabulary") &&
                                    g_hash_table_contains (model->files, "TargetVocabulary")));
}

static void
set_sizes (HablaAvailableModel *model)
{
  const HablaModelSource *source = g_ptr_array_index (model->sources, 0);

  model->disk_size = source->unpacked_size + OTHER_FILES;
  model->download_size = model->disk_size;
  model->memory = source->unpacked_size * 3 / 2 + OTHER_FILES + 5 * MEGABYTE;
}

static void
set_quality (HablaAvailableModel *model, JsonObject *entry)
{
  JsonObject *metrics = habla_catalogue_json_get_object (entry, "metrics");
  JsonObject *flores =
      metrics != NULL ? habla_catalogue_json_get_object (metrics, "flores200-plus") : NULL;

  if (flores == NULL)
    return;
  model->comet = habla_catalogue_json_get_number (flores, "comet22", 1);
  model->bleu = habla_catalogue_json_get_number (flores, "bleu", 100);
}

static HablaAvailableModel *
read_entry (JsonObject *entry, const char *base)
{
  const char *status = habla_catalogue_json_get_string (entry, "releaseStatus");
  const Architecture *architecture =
      find_architecture (habla_catalogue_json_get_string (entry, "architecture"));
  g_autofree char *source = NULL, *target = NULL, *id = NULL;
  g_autoptr (HablaAvailableModel) model = NULL;

  source =
      habla_language_normalize (habla_catalogue_json_get_string (entry, "sourceLanguage"), NULL);
  target =
      habla_language_normalize (habla_catalogue_json_get_string (entry, "targetLanguage"), NULL);
  if (status == NULL || !g_str_has_prefix (status, "Release") || architecture == NULL ||
      source == NULL || target == NULL)
    return NULL;
  id = g_strdup_printf ("firefox-%s-%s-%s", source, target, architecture->name);
  model = habla_available_model_new (id);
  model->title = g_strdup_printf ("Firefox Translations, %s", architecture->name);
  model->engine = g_strdup ("marian");
  model->job = g_strdup (HABLA_MODEL_JOB_TRANSLATOR);
  model->architecture = g_strdup ("marian");
  g_strfreev (model->languages);
  model->languages = g_new0 (char *, 2);
  model->languages[0] = g_strconcat (source, ">", target, NULL);
  model->license = g_strdup ("MPL-2.0");
  model->quality = architecture->quality;
  model->cpu = architecture->cpu;
  if (!add_files (model, base, entry))
    return NULL;
  set_sizes (model);
  set_quality (model, entry);
  return g_steal_pointer (&model);
}

static void
read_pair (JsonArray *entries, const char *base, GPtrArray *models, GHashTable *ids)
{
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonNode *node = json_array_get_element (entries, i);
    HablaAvailableModel *model =
        JSON_NODE_HOLDS_OBJECT (node) ? read_entry (json_node_get_object (node), base) : NULL;

    if (model == NULL)
      continue;
    if (g_hash_table_add (ids, g_strdup (model->id)))
      habla_catalogue_json_add_checked (models, model);
    else
      habla_available_model_unref (model);
  }
}

gboolean
habla_registry_read_firefox (JsonObject *root, GPtrArray *models, GError **error)
{
  const char *base = habla_catalogue_json_get_string (root, "baseUrl");
  JsonObject *pairs = habla_catalogue_json_get_object (root, "models");
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *trimmed = NULL;
  JsonObjectIter iter;
  JsonNode *node;

  if (base == NULL || pairs == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The registry of Firefox's translation models has no “baseUrl” or no “models”");
    return FALSE;
  }
  trimmed = g_strdup (base);
  while (g_str_has_suffix (trimmed, "/"))
    trimmed[strlen (trimmed) - 1] = '\0';
  json_object_iter_init (&iter, pairs);
  while (json_object_iter_next (&iter, NULL, &node))
    if (JSON_NODE_HOLDS_ARRAY (node))
      read_pair (json_node_get_array (node), trimmed, models, ids);
  return TRUE;
}
