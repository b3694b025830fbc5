/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/install/install-staging.h"

#include "models/install/model-check.h"
#include "models/install/model-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

/* In seconds. An import is never continued, because its name is new each time. */
#define MAX_AGE (7 * 24 * 60 * 60)
#define MAX_LOCK_AGE 60

#define PART ".part"
#define LOCK ".lock"

static char *
get_part (const char *folder, const char *id)
{
  g_autofree char *name = g_strdup_printf (".%s.part", id);

  return g_build_filename (folder, name, NULL);
}

static gboolean
fail (const char *path, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s%s", path, g_strerror (code),
      code == ENOSPC ? "; make room on this disk, then run the command again" : "");
  return FALSE;
}

gboolean
habla_install_staging_delete_part (const char *folder, const char *id)
{
  g_autofree char *part = get_part (folder, id);
  GStatBuf status;

  return g_lstat (part, &status) == 0 && habla_model_folder_delete (part);
}

/* A lock file exists for a moment before it is locked, and must not be locked by others then. */
static gint64
get_max_age (const char *name)
{
  if (!g_str_has_prefix (name, "." HABLA_INSTALL_STAGING_IMPORT))
    return MAX_AGE;
  return g_str_has_suffix (name, LOCK) ? MAX_LOCK_AGE : 0;
}

/* Deletes what has the name `.ID.part` or `.ID.lock`, if its lock is free. */
static void
delete_old_part (const char *folder, const char *name)
{
  g_autofree char *id = g_strndup (name + 1, strlen (name) - 1 - strlen (PART));
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (HablaInstallLock) lock = NULL;
  GStatBuf status;

  if (*id == '\0' || g_lstat (path, &status) != 0 ||
      status.st_mtime + get_max_age (name) > g_get_real_time () / G_USEC_PER_SEC)
    return;
  lock = habla_install_lock_take (folder, id, NULL);
  /* Its release deletes the lock file. */
  if (lock != NULL)
    habla_install_staging_delete_part (folder, id);
}

static gboolean
is_left_over (const char *name)
{
  return *name == '.' && (g_str_has_suffix (name, PART) ||
                             (g_str_has_prefix (name, "." HABLA_INSTALL_STAGING_IMPORT) &&
                                 g_str_has_suffix (name, LOCK)));
}

static void
delete_old_parts (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_left_over (name))
      delete_old_part (folder, name);
}

HablaInstallStaging *
habla_install_staging_new (const char *folder, const char *id, GError **error)
{
  g_autoptr (HablaInstallStaging) self = g_new0 (HablaInstallStaging, 1);

  self->lock = habla_install_lock_take (folder, id, error);
  if (self->lock == NULL)
    return NULL;
  self->id = g_strdup (id);
  self->part = get_part (folder, id);
  self->downloads = g_build_filename (self->part, "downloads", NULL);
  self->model = g_build_filename (self->part, "model", NULL);
  delete_old_parts (folder);
  habla_model_folder_delete (self->model);
  if (g_mkdir_with_parents (self->downloads, 0755) != 0 || g_mkdir (self->model, 0755) != 0) {
    fail (self->part, errno, error);
    return NULL;
  }
  /* Its age counts from the last attempt. */
  g_utime (self->part, NULL);
  return g_steal_pointer (&self);
}

void
habla_install_staging_free (HablaInstallStaging *self)
{
  if (self->model != NULL)
    habla_model_folder_delete (self->model);
  /* Only if they are empty. */
  if (self->downloads != NULL)
    g_rmdir (self->downloads);
  if (self->part != NULL)
    g_rmdir (self->part);
  g_clear_pointer (&self->lock, habla_install_lock_release);
  g_free (self->id);
  g_free (self->part);
  g_free (self->downloads);
  g_free (self->model);
  g_free (self);
}

static void
set_warning (HablaInstallRun *run, const char *id, const char *reason)
{
  if (run->warning == NULL)
    run->warning = g_strdup_printf ("The model “%s” was not checked: %s", id, reason);
}

/* A reason that names the final folder instead of the hidden one. */
static gboolean
staging_mark (HablaInstallStaging *self, const char *reason, const char *target, GError **error)
{
  g_autoptr (GString) text = g_string_new (reason);

  g_string_replace (text, self->model, target, 0);
  return habla_model_folder_mark (self->model, text->str, error);
}

static gboolean
staging_check (HablaInstallStaging *self, HablaInstallRun *run, const char *target, GError **error)
{
  g_autofree char *reason = NULL;
  GError *problem = NULL;

  if (run->progress != NULL)
    run->progress (HABLA_INSTALL_CHECKING, 0, 0, run->progress_data);
  switch (habla_model_check_run (self->model, &reason, run->cancellable, &problem)) {
  case HABLA_MODEL_CHECK_RESULT_UNUSABLE:
    return staging_mark (self, reason, target, error);
  case HABLA_MODEL_CHECK_RESULT_UNKNOWN:
    if (problem != NULL) {
      g_propagate_error (error, problem);
      return FALSE;
    }
    set_warning (run, self->id, reason);
    return TRUE;
  case HABLA_MODEL_CHECK_RESULT_USABLE:
  default:
    return TRUE;
  }
}

static gboolean
exchange (const char *a, const char *b)
{
  return renameat2 (AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0;
}

/* Makes @self->model the folder of the model. An existing folder is moved to @part. */
static gboolean
staging_move (HablaInstallStaging *self, const char *target, GError **error)
{
  g_autofree char *old = g_build_filename (self->part, "old", NULL);
  GStatBuf status;

  if (g_lstat (target, &status) == 0) {
    if (exchange (self->model, target))
      return TRUE;
    /* File systems without this operation. */
    habla_model_folder_delete (old);
    if (g_rename (target, old) != 0)
      return fail (target, errno, error);
  }
  if (g_rename (self->model, target) == 0)
    return TRUE;
  fail (target, errno, error);
  g_rename (old, target);
  return FALSE;
}

HablaModel *
habla_install_staging_commit (HablaInstallStaging *self, HablaInstallRun *run, GError **error)
{
  g_autofree char *target = g_build_filename (run->folder, self->id, NULL);

  if (!habla_model_folder_record_sizes (self->model, error) ||
      !habla_model_folder_record_hashes (self->model, run->cancellable, error))
    return NULL;
  if (!run->skip_check && !staging_check (self, run, target, error))
    return NULL;
  if (g_cancellable_set_error_if_cancelled (run->cancellable, error) ||
      !staging_move (self, target, error))
    return NULL;
  habla_model_folder_delete (self->part);
  return habla_model_load (target, error);
}
