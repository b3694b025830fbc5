/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Installs a model from the network, or one that the catalogue knows from the disk. */
#include "models/install/install-run.h"

#include "models/install/download.h"
#include "models/registry/github-release.h"
#include "models/install/install-staging.h"
#include "models/install/model-folder.h"
#include "models/install/piper-voice.h"
#include "models/install/unpack.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>
#include <sys/statvfs.h>

/* For descriptions, hashes, and what the file system needs itself. */
#define MARGIN (16 * 1024 * 1024)

typedef struct {
  HablaInstallRun *run;
  HablaInstallPhase phase;
  guint64 before; /* bytes of earlier parts */
  guint64 total;
} Progress;

static void
on_progress (guint64 done, guint64 total, gpointer data)
{
  Progress *self = data;

  if (self->run->progress != NULL)
    self->run->progress (self->phase, self->before + done, MAX (self->total, self->before + total),
        self->run->progress_data);
}

static gboolean
check_space (HablaInstallRun *self, HablaAvailableModel *model, GError **error)
{
  guint64 needed = model->download_size + model->disk_size + MARGIN;
  g_autofree char *free_text = NULL, *needed_text = NULL;
  struct statvfs status;
  guint64 available;

  if (statvfs (self->folder, &status) != 0)
    return TRUE;
  available = (guint64) status.f_bavail * status.f_frsize;
  if (available >= needed)
    return TRUE;
  free_text = g_format_size (available);
  needed_text = g_format_size (needed);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
      "%s has %s free, but the model “%s” needs %s for a moment; make room, or choose another "
      "folder "
      "with HABLA_MODELS_PATH",
      self->folder, free_text, model->id, needed_text);
  return FALSE;
}

/* Fills in what GitHub knows about a file without a pinned hash. */
static gboolean
find_hash (HablaInstallRun *self, HablaHttpClient *client, HablaModelSource *source,
    HablaGithubAsset *asset, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (source->hash != NULL || source->kind == HABLA_MODEL_SOURCE_GZIP ||
      !habla_github_release_has (source->url))
    return TRUE;
  if (habla_github_release_find (client, source->url, asset, self->cancellable, &problem)) {
    source->hash = asset->sha256;
    source->hash_type = G_CHECKSUM_SHA256;
    if (source->size == 0)
      source->size = asset->size;
  } else if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (source->hash == NULL && self->warning == NULL)
    self->warning = g_strdup_printf ("The hash of %s is not known: %s", source->url,
        problem != NULL ? problem->message : "GitHub does not give it");
  return TRUE;
}

static char *
get_download_path (HablaInstallStaging *staging, guint number)
{
  g_autofree char *name = g_strdup_printf ("%u", number);

  return g_build_filename (staging->downloads, name, NULL);
}

static gboolean
download_all (
    HablaInstallRun *self, HablaAvailableModel *model, HablaInstallStaging *staging, GError **error)
{
  g_autoptr (HablaHttpClient) client = habla_http_client_new (error);
  Progress progress = { self, HABLA_INSTALL_DOWNLOADING, 0, model->download_size };

  if (client == NULL)
    return FALSE;
  for (guint i = 0; i < model->sources->len; i++) {
    HablaModelSource source = *(HablaModelSource *) g_ptr_array_index (model->sources, i);
    HablaGithubAsset asset = { 0 };
    g_autofree char *path = get_download_path (staging, i);
    HablaDownload download = { client, &source, path, on_progress, &progress };
    gboolean is_done;
    GStatBuf status;

    is_done = find_hash (self, client, &source, &asset, error) &&
              habla_download_run (&download, self->cancellable, error);
    g_free (asset.sha256);
    if (!is_done)
      return FALSE;
    if (g_stat (path, &status) == 0)
      progress.before += status.st_size;
  }
  progress.total = progress.before;
  on_progress (0, 0, &progress);
  return TRUE;
}

/* Only the files that the model needs: archives have test recordings and larger variants, too. */
static gboolean
place_archive (HablaInstallRun *self, HablaAvailableModel *model, const char *path,
    const char *folder, GError **error)
{
  Progress progress = { self, HABLA_INSTALL_UNPACKING, 0, 0 };
  g_autoptr (GPtrArray) patterns = g_ptr_array_new ();
  HablaUnpack unpack = { path, folder, patterns, on_progress, &progress };
  GHashTableIter iter;
  gpointer pattern;

  g_hash_table_iter_init (&iter, model->files);
  while (g_hash_table_iter_next (&iter, NULL, &pattern))
    g_ptr_array_add (patterns, pattern);
  return habla_unpack_archive (&unpack, self->cancellable, error);
}

static gboolean
place_gzip (HablaInstallRun *self, const HablaModelSource *source, const char *path,
    const char *target, GError **error)
{
  HablaModelSource contents = *source;

  contents.kind = HABLA_MODEL_SOURCE_FILE;
  contents.size = source->unpacked_size;
  return habla_unpack_gzip (path, target, source->unpacked_size, self->cancellable, error) &&
         habla_download_check_hash (&contents, target, self->cancellable, error);
}

/* Puts a file into the folder of the model; moves it if it is ours. */
static gboolean
place_file (HablaInstallRun *self, const char *path, const char *target,
    HablaInstallStaging *staging, GError **error)
{
  if (g_str_has_prefix (path, staging->downloads) && g_rename (path, target) == 0)
    return TRUE;
  return habla_model_folder_copy_file (path, target, self->cancellable, error);
}

/* Puts one download into the folder of the model. */
static gboolean
place (HablaInstallRun *self, HablaAvailableModel *model, guint number, const char *path,
    HablaInstallStaging *staging, GError **error)
{
  const HablaModelSource *source = g_ptr_array_index (model->sources, number);
  g_autofree char *target = NULL;
  g_autofree char *parent = NULL;

  if (source->kind == HABLA_MODEL_SOURCE_ARCHIVE)
    return place_archive (self, model, path, staging->model, error);
  target = g_build_filename (staging->model, source->path, NULL);
  parent = g_path_get_dirname (target);
  g_mkdir_with_parents (parent, 0755);
  if (source->kind == HABLA_MODEL_SOURCE_GZIP)
    return place_gzip (self, source, path, target, error);
  return place_file (self, path, target, staging, error);
}

static HablaModel *
finish (
    HablaInstallRun *self, HablaAvailableModel *model, HablaInstallStaging *staging, GError **error)
{
  g_autoptr (HablaModel) described = NULL;

  if (model->is_piper && !habla_piper_voice_prepare (staging->model, error))
    return NULL;
  described = habla_model_folder_describe (staging->model, model, error);
  if (described == NULL)
    return NULL;
  return habla_install_staging_commit (staging, self, error);
}

static HablaModel *
place_downloads (
    HablaInstallRun *self, HablaAvailableModel *model, HablaInstallStaging *staging, GError **error)
{
  for (guint i = 0; i < model->sources->len; i++) {
    g_autofree char *path = get_download_path (staging, i);

    if (!place (self, model, i, path, staging, error))
      return NULL;
  }
  return finish (self, model, staging, error);
}

HablaModel *
habla_install_run_download (HablaInstallRun *self, HablaAvailableModel *model, GError **error)
{
  g_autoptr (HablaInstallStaging) staging = NULL;
  HablaModel *installed;
  GError *problem = NULL;

  if (!habla_available_model_check (model, error))
    return NULL;
  staging = habla_install_staging_new (self->folder, model->id, error);
  if (staging == NULL || !check_space (self, model, error) ||
      !download_all (self, model, staging, error))
    return NULL;
  installed = place_downloads (self, model, staging, &problem);
  if (installed != NULL)
    return installed;
  /* Complete, but wrong: the next attempt must not use these downloads. */
  if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      !g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    habla_model_folder_delete (staging->downloads);
  g_propagate_error (error, problem);
  return NULL;
}

HablaModel *
habla_install_run_known (
    HablaInstallRun *self, HablaAvailableModel *model, GPtrArray *paths, GError **error)
{
  g_autoptr (HablaInstallStaging) staging =
      habla_install_staging_new (self->folder, model->id, error);

  if (staging == NULL)
    return NULL;
  for (guint i = 0; i < model->sources->len; i++) {
    const HablaModelSource *source = g_ptr_array_index (model->sources, i);
    const char *path = g_ptr_array_index (paths, i);

    if (!habla_download_check_hash (source, path, self->cancellable, error) ||
        !place (self, model, i, path, staging, error))
      return NULL;
  }
  return finish (self, model, staging, error);
}
