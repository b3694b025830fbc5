/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/installed-model.h"

#include "models/install/install-lock.h"
#include "models/install/install-staging.h"
#include "models/install/model-check.h"
#include "models/install/model-folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>
#include <util/regular-file.h>
#include <util/task-pool.h>

#define MAX_FOLDERS 512

typedef struct {
  char *id;
  char *warning;
} Verification;

static HablaTaskPool pool = HABLA_TASK_POOL_INIT (1);

static void
list_folder (const char *folder, GHashTable *ids, GPtrArray *models)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  for (guint i = 0; dir != NULL && i < MAX_FOLDERS && (name = g_dir_read_name (dir)) != NULL; i++) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    HablaModel *model = *name != '.' ? habla_model_load (path, NULL) : NULL;

    if (model == NULL)
      continue;
    if (g_hash_table_add (ids, g_strdup (habla_model_get_id (model))))
      g_ptr_array_add (models, model);
    else
      habla_model_unref (model);
  }
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (habla_model_get_id (*(HablaModel **) a), habla_model_get_id (*(HablaModel **) b));
}

GPtrArray *
habla_installed_model_list (void)
{
  g_auto (GStrv) path = habla_model_get_search_path ();
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *models = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_model_unref);

  for (guint i = 0; path[i] != NULL; i++)
    list_folder (path[i], ids, models);
  g_ptr_array_sort (models, compare_ids);
  return models;
}

guint64
habla_installed_model_get_size (HablaModel *model)
{
  g_autoptr (GDir) dir = g_dir_open (habla_model_get_path (model), 0, NULL);
  guint64 size = 0;
  const char *name;

  for (guint i = 0; dir != NULL && i < MAX_FOLDERS && (name = g_dir_read_name (dir)) != NULL; i++) {
    g_autofree char *path = g_build_filename (habla_model_get_path (model), name, NULL);
    GStatBuf status;

    if (g_lstat (path, &status) == 0 && S_ISREG (status.st_mode))
      size += status.st_size;
  }
  return size;
}

static gboolean
check_id (const char *id, GError **error)
{
  if (*id != '\0' && *id != '.' && strchr (id, '/') == NULL && g_utf8_validate (id, -1, NULL))
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "The name of a model must be an id of “habla models list”");
  return FALSE;
}

static gboolean
set_missing (const char *id, GError **error)
{
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "The model “%s” is not installed; run “habla models list” to see those that are", id);
  return FALSE;
}

/* Returns: (transfer full) (nullable): the folder of models that contains the model or what an
 * interrupted installation left of it */
static char *
find_folder (const char *id)
{
  g_auto (GStrv) path = habla_model_get_search_path ();
  g_autofree char *part = g_strdup_printf (".%s.part", id);

  for (guint i = 0; path[i] != NULL; i++) {
    g_autofree char *model = g_build_filename (path[i], id, NULL);
    g_autofree char *rest = g_build_filename (path[i], part, NULL);

    if (g_file_test (model, G_FILE_TEST_EXISTS) || g_file_test (rest, G_FILE_TEST_EXISTS))
      return g_strdup (path[i]);
  }
  return NULL;
}

/* Engines must not find half a model, so it gets a hidden name first. */
static gboolean
delete_model (const char *folder, const char *id, GError **error)
{
  g_autofree char *target = g_build_filename (folder, id, NULL);
  g_autofree char *hidden_name = g_strdup_printf (".%s.part", id);
  g_autofree char *hidden = g_build_filename (folder, hidden_name, NULL);
  g_autofree char *description = g_build_filename (target, HABLA_MODEL_DESCRIPTION, NULL);

  habla_install_staging_delete_part (folder, id);
  if (!g_file_test (target, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_file_test (description, G_FILE_TEST_EXISTS)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "%s has no " HABLA_MODEL_DESCRIPTION ", so it is no model; remove it yourself", target);
    return FALSE;
  }
  if (g_rename (target, hidden) == 0 && habla_model_folder_delete (hidden))
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
      "%s cannot be removed: %s; run the command as its owner", target, g_strerror (errno));
  return FALSE;
}

gboolean
habla_installed_model_remove (const char *id, GError **error)
{
  g_autofree char *folder = NULL;
  g_autoptr (HablaInstallLock) lock = NULL;

  if (!check_id (id, error))
    return FALSE;
  folder = find_folder (id);
  if (folder == NULL)
    return set_missing (id, error);
  lock = habla_install_lock_take (folder, id, error);
  return lock != NULL && delete_model (folder, id, error);
}

gboolean
habla_installed_model_has_hashes (const char *id)
{
  g_autofree char *folder = check_id (id, NULL) ? find_folder (id) : NULL;
  g_autofree char *path =
      folder != NULL ? g_build_filename (folder, id, HABLA_MODEL_FOLDER_HASHES, NULL) : NULL;

  return path != NULL && habla_regular_file_exists (path);
}

static void
verification_free (gpointer data)
{
  Verification *self = data;

  g_free (self->id);
  g_free (self->warning);
  g_free (self);
}

static gboolean
verification_check (
    Verification *self, HablaModel *model, GCancellable *cancellable, GError **error)
{
  const char *path = habla_model_get_path (model), *mark = habla_model_get_unusable (model);
  g_autofree char *reason = NULL;
  GError *problem = NULL;

  /* Engines do not load a model that is marked. */
  if (!habla_model_folder_mark (path, NULL, error))
    return FALSE;
  switch (habla_model_check_run (path, &reason, cancellable, &problem)) {
  case HABLA_MODEL_CHECK_RESULT_USABLE:
    return TRUE;
  case HABLA_MODEL_CHECK_RESULT_UNUSABLE:
    habla_model_folder_mark (path, reason, NULL);
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The model “%s” is not usable: %s; install it again, or remove it", self->id, reason);
    return FALSE;
  case HABLA_MODEL_CHECK_RESULT_UNKNOWN:
  default:
    if (mark != NULL)
      habla_model_folder_mark (path, mark, NULL);
    if (problem != NULL) {
      g_propagate_error (error, problem);
      return FALSE;
    }
    self->warning = g_strdup_printf ("The model “%s” was not loaded: %s", self->id, reason);
    return TRUE;
  }
}

static gboolean
verification_run (Verification *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = NULL, *path = NULL;
  g_autoptr (HablaInstallLock) lock = NULL;
  g_autoptr (HablaModel) model = NULL;

  if (!check_id (self->id, error))
    return FALSE;
  folder = find_folder (self->id);
  if (folder == NULL)
    return set_missing (self->id, error);
  path = g_build_filename (folder, self->id, NULL);
  model = habla_model_load (path, error);
  if (model == NULL || !habla_model_folder_verify (path, cancellable, error))
    return FALSE;
  /* A folder of the machine can be verified by everybody, but only its owner can mark a model. */
  lock = habla_install_lock_take (folder, self->id, error);
  return lock != NULL && verification_check (self, model, cancellable, error);
}

static void
verify_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (verification_run (task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
habla_installed_model_verify_async (
    const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Verification *self = g_new0 (Verification, 1);

  self->id = g_strdup (id);
  g_task_set_source_tag (task, habla_installed_model_verify_async);
  g_task_set_task_data (task, self, verification_free);
  habla_task_pool_run (&pool, task, verify_in_thread);
}

gboolean
habla_installed_model_verify_finish (GAsyncResult *result, char **warning, GError **error)
{
  Verification *self;

  g_return_val_if_fail (
      g_async_result_is_tagged (result, habla_installed_model_verify_async), FALSE);

  self = g_task_get_task_data (G_TASK (result));
  if (warning != NULL)
    *warning = g_strdup (self->warning);
  return g_task_propagate_boolean (G_TASK (result), error);
}
