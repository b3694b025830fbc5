/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the registry of Piper's voices: {KEY: {"key", "language": {"code"}, "quality", "files":
 * {PATH: {"size_bytes", "md5_digest"}}}}. Paths are relative to the address of the registry. */
#include "models/registry/catalogue-json.h"

#include <habla/error.h>
#include <habla/model.h>
#include <string.h>

#define BASE_URL "https://huggingface.co/rhasspy/piper-voices/resolve/main/"
#define MEGABYTE 1000000

typedef struct {
  const char *name; /* in the registry */
  guint quality;
  guint cpu; /* while it speaks */
} Quality;

static const Quality qualities[] = {
  { "x_low", 30, 3 },
  { "low", 45, 4 },
  { "medium", 60, 6 },
  { "high", 70, 25 },
};

static const Quality *
find_quality (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (qualities); i++)
    if (g_str_equal (name, qualities[i].name))
      return &qualities[i];
  return NULL;
}

/* Returns: (nullable): the role of a file, "" for one without a role, %NULL for one not needed */
static const char *
get_role (const char *path)
{
  if (g_str_has_suffix (path, ".onnx"))
    return "Model";
  if (g_str_has_suffix (path, ".onnx.json"))
    return "Config";
  return g_str_has_suffix (path, "/MODEL_CARD") ? "" : NULL;
}

static void
add_file (HablaAvailableModel *model, const char *path, JsonObject *file)
{
  const char *role = get_role (path);
  g_autofree char *escaped = NULL, *url = NULL, *name = NULL;
  HablaModelSource *source;

  if (role == NULL || g_hash_table_contains (model->files, role))
    return;
  escaped = g_uri_escape_string (path, "/", FALSE);
  url = g_strconcat (BASE_URL, escaped, NULL);
  name = g_path_get_basename (path);
  source = habla_available_model_add_source (model, HABLA_MODEL_SOURCE_FILE, url, name);
  source->size = habla_catalogue_json_get_size (file, "size_bytes");
  source->hash = g_strdup (habla_catalogue_json_get_string (file, "md5_digest"));
  source->hash_type = G_CHECKSUM_MD5;
  model->download_size += source->size;
  if (*role != '\0')
    g_hash_table_insert (model->files, g_strdup (role), g_steal_pointer (&name));
}

static gboolean
add_files (HablaAvailableModel *model, JsonObject *voice)
{
  JsonObject *files = habla_catalogue_json_get_object (voice, "files");
  JsonObjectIter iter;
  const char *path;
  JsonNode *node;

  if (files == NULL)
    return FALSE;
  json_object_iter_init (&iter, files);
  while (json_object_iter_next (&iter, &path, &node))
    if (JSON_NODE_HOLDS_OBJECT (node) && *path != '/' && strstr (path, "..") == NULL)
      add_file (model, path, json_node_get_object (node));
  return g_hash_table_contains (model->files, "Model") &&
         g_hash_table_contains (model->files, "Config");
}

static HablaAvailableModel *
read_voice (const char *key, JsonObject *voice)
{
  JsonObject *language = habla_catalogue_json_get_object (voice, "language");
  const char *code = language != NULL ? habla_catalogue_json_get_string (language, "code") : NULL;
  const Quality *quality = find_quality (habla_catalogue_json_get_string (voice, "quality"));
  g_autoptr (HablaAvailableModel) model = NULL;
  g_autofree char *ascii = NULL, *id = NULL;

  if (code == NULL || quality == NULL)
    return NULL;
  /* "pt_PT-tugão-medium" */
  ascii = g_str_to_ascii (key, "C");
  id = g_strconcat ("piper-", ascii, NULL);
  model = habla_available_model_new (id);
  model->title = g_strdup_printf ("Piper voice %s", key);
  model->engine = g_strdup ("sherpa");
  model->job = g_strdup (HABLA_MODEL_JOB_SYNTHESIZER);
  model->architecture = g_strdup ("piper");
  g_strfreev (model->languages);
  model->languages = g_new0 (char *, 2);
  model->languages[0] = g_strdup (code);
  model->quality = quality->quality;
  model->cpu = quality->cpu;
  model->license = g_strdup ("see MODEL_CARD");
  model->license_note =
      g_strdup ("The file MODEL_CARD in the folder of the model names the license "
                "of the voice; some forbid commercial use.");
  model->is_piper = TRUE;
  if (!add_files (model, voice))
    return NULL;
  g_hash_table_insert (model->files, g_strdup ("Tokens"), g_strdup ("tokens.txt"));
  model->disk_size = model->download_size;
  model->memory = model->download_size * 2 + 40 * MEGABYTE;
  return g_steal_pointer (&model);
}

gboolean
habla_registry_read_piper (JsonObject *root, GPtrArray *models, GError **error)
{
  guint n_before = models->len;
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init (&iter, root);
  while (json_object_iter_next (&iter, &key, &node)) {
    HablaAvailableModel *model =
        JSON_NODE_HOLDS_OBJECT (node) ? read_voice (key, json_node_get_object (node)) : NULL;

    if (model != NULL)
      habla_catalogue_json_add_checked (models, model);
  }
  if (models->len > n_before)
    return TRUE;
  g_set_error (
      error, HABLA_ERROR, HABLA_ERROR_INPUT, "The registry of Piper has no voice that Habla knows");
  return FALSE;
}
