/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds installed models. */
#include "habla/error.h"
#include "habla/language.h"
#include "habla/model.h"

#include <string.h>

#define MAX_FOLDERS 512
#define MAX_SEARCH_PATH 16

/* How well a model suits a language. */
enum { MATCH_NONE, MATCH_MORE_GENERAL, MATCH_FULL };

static void
add_default_folders (GPtrArray *path)
{
  g_ptr_array_add (path, g_build_filename (g_get_user_data_dir (), "habla", "models", NULL));
  g_ptr_array_add (path, g_strdup ("/var/lib/habla/models"));
  g_ptr_array_add (path, g_strdup ("/usr/share/habla/models"));
}

char **
habla_model_get_search_path (void)
{
  const char *list = g_getenv ("HABLA_MODELS_PATH");
  g_autoptr (GPtrArray) path = g_ptr_array_new_with_free_func (g_free);

  if (list != NULL) {
    g_auto (GStrv) folders = g_strsplit (list, G_SEARCHPATH_SEPARATOR_S, MAX_SEARCH_PATH);

    for (guint i = 0; folders[i] != NULL; i++) {
      if (*folders[i] != '\0')
        g_ptr_array_add (path, g_strdup (folders[i]));
      else
        add_default_folders (path);
    }
  } else {
    add_default_folders (path);
  }
  g_ptr_array_add (path, NULL);
  return (char **) g_ptr_array_steal (path, NULL);
}

static int
languages_match (const char *range, const char *tag)
{
  if (habla_language_matches (range, tag))
    return MATCH_FULL;
  return habla_language_matches (tag, range) ? MATCH_MORE_GENERAL : MATCH_NONE;
}

static int
pairs_match (const char *wanted, const char *offered)
{
  g_auto (GStrv) range = g_strsplit (wanted, ">", 2);
  g_auto (GStrv) tag = g_strsplit (offered, ">", 2);

  if (range[0] == NULL || tag[0] == NULL || (range[1] == NULL) != (tag[1] == NULL))
    return MATCH_NONE;
  if (range[1] == NULL)
    return languages_match (range[0], tag[0]);
  return MIN (languages_match (range[0], tag[0]), languages_match (range[1], tag[1]));
}

static int
model_match (HablaModel *self, const char *language)
{
  const char *const *languages = habla_model_get_languages (self);
  int best = MATCH_NONE;

  if (languages[0] == NULL)
    return MATCH_FULL;
  for (guint i = 0; languages[i] != NULL; i++)
    best = MAX (best, pairs_match (language, languages[i]));
  return best;
}

gboolean
habla_model_supports_language (HablaModel *self, const char *language)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (language != NULL, FALSE);

  return model_match (self, language) != MATCH_NONE;
}

/* Adds the models of one folder; @ids has those that are known already. */
static void
models_add_folder (GPtrArray *models, GHashTable *ids, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  for (guint i = 0; dir != NULL && i < MAX_FOLDERS && (name = g_dir_read_name (dir)) != NULL; i++) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    HablaModel *model;

    /* Unfinished installations begin with a dot. */
    if (*name == '.' || !g_file_test (path, G_FILE_TEST_IS_DIR))
      continue;
    model = habla_model_load (path, &error);
    if (model == NULL)
      g_debug ("Model skipped: %s", error->message);
    else if (!g_hash_table_add (ids, g_strdup (habla_model_get_id (model))))
      habla_model_unref (model);
    else
      g_ptr_array_add (models, model);
  }
}

static int
models_compare (gconstpointer a, gconstpointer b)
{
  HablaModel *left = *(HablaModel **) a, *right = *(HablaModel **) b;
  int difference = (int) habla_model_get_quality (right) - (int) habla_model_get_quality (left);

  return difference != 0 ? difference
                         : strcmp (habla_model_get_id (left), habla_model_get_id (right));
}

GPtrArray *
habla_model_list_installed (const char *engine, const char *job)
{
  g_auto (GStrv) path = habla_model_get_search_path ();
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_model_unref);
  GPtrArray *models = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_model_unref);

  for (guint i = 0; path[i] != NULL; i++)
    models_add_folder (all, ids, path[i]);
  for (guint i = 0; i < all->len; i++) {
    HablaModel *model = g_ptr_array_index (all, i);

    if (habla_model_get_unusable (model) == NULL &&
        (engine == NULL || g_str_equal (engine, habla_model_get_engine (model))) &&
        (job == NULL || g_str_equal (job, habla_model_get_job (model))))
      g_ptr_array_add (models, habla_model_ref (model));
  }
  g_ptr_array_sort (models, models_compare);
  return models;
}

static void
set_not_installed (const char *job, const char *language, GError **error)
{
  g_autofree char *start = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree char *arguments = NULL;

  if (language == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "No model for the job “%s” is installed; run “habla models list” to see those that can be, "
        "and “habla models install ID”",
        job);
    return;
  }
  start = g_utf8_make_valid (language, MIN (strlen (language), 80));
  words = g_strsplit (start, ">", 2);
  arguments = g_strjoinv (" ", words);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "No model for the job “%s” and the language “%s” is installed; run “habla models install %s”",
      job, start, arguments);
}

GPtrArray *
habla_model_list_for_language (const char *engine, const char *job, const char *language)
{
  g_autoptr (GPtrArray) models = NULL;
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_model_unref);

  g_return_val_if_fail (job != NULL, found);

  models = habla_model_list_installed (engine, job);
  for (int wanted = MATCH_FULL; wanted > MATCH_NONE; wanted--)
    for (guint i = 0; i < models->len; i++) {
      HablaModel *model = g_ptr_array_index (models, i);

      if ((language == NULL ? MATCH_FULL : model_match (model, language)) == wanted)
        g_ptr_array_add (found, habla_model_ref (model));
    }
  return found;
}

static char *
describe_replacement (HablaModel *used, HablaModel *best, const GError *error)
{
  const char *id = habla_model_get_id (best);

  return g_strdup_printf (
      "The model “%s” is used instead of “%s”, which failed to load (%s); run “habla models verify "
      "%s”, or install it again",
      habla_model_get_id (used), id, error->message, id);
}

gboolean
habla_model_load_first (
    GPtrArray *models, HablaModelLoadFunc load, gpointer data, char **warning, GError **error)
{
  g_autoptr (GError) first = NULL;

  g_return_val_if_fail (models != NULL && models->len > 0, FALSE);

  *warning = NULL;
  for (guint i = 0; i < models->len; i++) {
    HablaModel *model = g_ptr_array_index (models, i);
    g_autoptr (GError) problem = NULL;

    if (load (model, data, &problem)) {
      if (first != NULL)
        *warning = describe_replacement (model, g_ptr_array_index (models, 0), first);
      return TRUE;
    }
    if (first == NULL)
      first = g_error_copy (problem);
    if (g_error_matches (problem, HABLA_ERROR, HABLA_ERROR_LANGUAGE))
      break;
  }
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

HablaModel *
habla_model_find_installed (
    const char *engine, const char *job, const char *language, GError **error)
{
  g_autoptr (GPtrArray) models = NULL;

  g_return_val_if_fail (job != NULL, NULL);

  models = habla_model_list_for_language (engine, job, language);
  if (models->len > 0)
    return habla_model_ref (g_ptr_array_index (models, 0));
  set_not_installed (job, language, error);
  return NULL;
}

/* The folder of an installed model has the name of its id. */
static HablaModel *
find_by_id (const char *id, GError **error)
{
  g_auto (GStrv) path = habla_model_get_search_path ();

  for (guint i = 0; path[i] != NULL; i++) {
    g_autofree char *folder = g_build_filename (path[i], id, NULL);

    if (g_file_test (folder, G_FILE_TEST_IS_DIR))
      return habla_model_load (folder, error);
  }
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "The model “%s” is not installed; run “habla models install %s”", id, id);
  return NULL;
}

HablaModel *
habla_model_find_by_name (const char *name_or_folder, GError **error)
{
  g_autoptr (HablaModel) model = NULL;

  g_return_val_if_fail (name_or_folder != NULL, NULL);

  if (strchr (name_or_folder, '/') != NULL)
    return habla_model_load (name_or_folder, error);
  if (*name_or_folder == '\0' || *name_or_folder == '.' ||
      !g_utf8_validate (name_or_folder, -1, NULL)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "The name of a model must be an id of “habla models list” or the path of a folder");
    return NULL;
  }
  model = find_by_id (name_or_folder, error);
  if (model != NULL && habla_model_get_unusable (model) != NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The model “%s” failed its check: %s; run “habla models verify %s”", name_or_folder,
        habla_model_get_unusable (model), name_or_folder);
    return NULL;
  }
  return g_steal_pointer (&model);
}
