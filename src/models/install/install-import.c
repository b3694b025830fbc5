/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Installs a model from the disk. */
#include "models/install/install-import.h"

#include "models/install/install-run.h"
#include "models/install/install-staging.h"
#include "models/install/model-folder.h"
#include "models/install/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>
#include <unistd.h>
#include <util/regular-file.h>

#define MAX_FILES 1000

static char *
get_url_name (const char *url)
{
  g_autofree char *escaped = g_path_get_basename (url);
  char *name = g_uri_unescape_string (escaped, "/");

  return name != NULL ? name : g_steal_pointer (&escaped);
}

/* Returns: (transfer full) (nullable): the files of all sources of @model, beside @path */
static GPtrArray *
find_sources (HablaAvailableModel *model, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  gboolean has_name = FALSE;

  for (guint i = 0; i < model->sources->len; i++) {
    const HablaModelSource *source = g_ptr_array_index (model->sources, i);
    g_autofree char *file = get_url_name (source->url);
    char *candidate = g_build_filename (folder, file, NULL);

    has_name |= g_str_equal (file, name);
    g_ptr_array_add (paths, candidate);
    if (!habla_regular_file_exists (candidate))
      return NULL;
  }
  return has_name ? g_steal_pointer (&paths) : NULL;
}

static gboolean
copy_folder (HablaInstallRun *self, const char *from, const char *to, GError **error)
{
  g_autoptr (GPtrArray) paths = habla_model_folder_list (from);

  if (paths->len > MAX_FILES) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "%s has more than %d files; name the folder of one model", from, MAX_FILES);
    return FALSE;
  }
  for (guint i = 0; i < paths->len; i++) {
    g_autofree char *source = g_build_filename (from, g_ptr_array_index (paths, i), NULL);
    g_autofree char *target = g_build_filename (to, g_ptr_array_index (paths, i), NULL);
    g_autofree char *parent = g_path_get_dirname (target);

    if (g_mkdir_with_parents (parent, 0755) != 0) {
      g_set_error (
          error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", parent, g_strerror (errno));
      return FALSE;
    }
    if (!habla_model_folder_copy_file (source, target, self->cancellable, error))
      return FALSE;
  }
  return TRUE;
}

/* Checks a folder that came with a description, and installs it. */
static HablaModel *
import_described (HablaInstallRun *self, const char *path, const char *folder, GError **error)
{
  g_autofree char *hashes = g_build_filename (folder, HABLA_MODEL_FOLDER_HASHES, NULL);
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (HablaInstallStaging) staging = NULL;

  model = habla_model_load (folder, error);
  if (model == NULL) {
    g_prefix_error (error,
        "%s is no model that Habla knows; use its original name, or pack the folder of an "
        "installed "
        "model: ",
        path);
    return NULL;
  }
  if ((habla_regular_file_exists (hashes) &&
          !habla_model_folder_verify (folder, self->cancellable, error)) ||
      !habla_model_folder_mark (folder, NULL, error))
    return NULL;
  staging = habla_install_staging_new (self->folder, habla_model_get_id (model), error);
  if (staging == NULL)
    return NULL;
  g_rmdir (staging->model);
  if (g_rename (folder, staging->model) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", staging->model,
        g_strerror (errno));
    return NULL;
  }
  return habla_install_staging_commit (staging, self, error);
}

static void
on_progress (guint64 done, guint64 total, gpointer data)
{
  HablaInstallRun *self = data;

  if (self->progress != NULL)
    self->progress (HABLA_INSTALL_UNPACKING, done, total, self->progress_data);
}

/* The id of the model is in the archive, so it is unpacked before the model can be locked. */
static HablaModel *
import_unknown (HablaInstallRun *self, const char *path, GError **error)
{
  g_autofree char *name =
      g_strdup_printf (HABLA_INSTALL_STAGING_IMPORT "%d-%08x", (int) getpid (), g_random_int ());
  g_autoptr (HablaInstallStaging) place = habla_install_staging_new (self->folder, name, error);
  HablaUnpack unpack = { path, place != NULL ? place->model : NULL, NULL, on_progress, self };
  gboolean is_placed;

  if (place == NULL)
    return NULL;
  is_placed = g_file_test (path, G_FILE_TEST_IS_DIR)
                  ? copy_folder (self, path, place->model, error)
                  : habla_unpack_archive (&unpack, self->cancellable, error);
  return is_placed ? import_described (self, path, place->model, error) : NULL;
}

HablaModel *
habla_install_run_import (
    HablaInstallRun *self, const char *path, GPtrArray *models, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "%s does not exist; name an archive, a file or a folder of a model", path);
    return NULL;
  }
  for (guint i = 0; models != NULL && i < models->len; i++) {
    HablaAvailableModel *model = g_ptr_array_index (models, i);
    g_autoptr (GPtrArray) paths = find_sources (model, path);

    if (paths != NULL)
      return habla_install_run_known (self, model, paths, error);
  }
  return import_unknown (self, path, error);
}
