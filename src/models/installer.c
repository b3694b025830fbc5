/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/installer.h"

#include "models/install/install-import.h"
#include "models/install/install-run.h"

#include <unistd.h>
#include <util/task-pool.h>

#define MACHINE_FOLDER "/var/lib/habla/models"
#define PROGRESS_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  HablaAvailableModel *model; /* nullable: import */
  char *path;                 /* nullable: download */
  GPtrArray *models;          /* nullable */
  char *folder;
  HablaInstallOptions options;
  GMainContext *context; /* of the caller */
  gint64 reported_at;
  HablaInstallPhase phase;
  char *warning;
} Job;

typedef struct {
  HablaInstallProgressFunc function;
  gpointer data;
  HablaInstallPhase phase;
  guint64 done;
  guint64 total;
} Report;

/* Most of the time is spent on the network, and two at once use it well. */
static HablaTaskPool pool = HABLA_TASK_POOL_INIT (2);

char *
habla_install_get_folder (void)
{
  g_auto (GStrv) path = habla_model_get_search_path ();

  if (path[0] == NULL || (g_getenv ("HABLA_MODELS_PATH") == NULL && geteuid () == 0))
    return g_strdup (MACHINE_FOLDER);
  return g_strdup (path[0]);
}

static void
job_free (gpointer data)
{
  Job *self = data;

  g_clear_pointer (&self->model, habla_available_model_unref);
  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_free (self->path);
  g_free (self->folder);
  g_main_context_unref (self->context);
  g_free (self->warning);
  g_free (self);
}

static Job *
job_new (const HablaInstallOptions *options)
{
  Job *self = g_new0 (Job, 1);

  if (options != NULL)
    self->options = *options;
  self->folder =
      self->options.folder != NULL ? g_strdup (self->options.folder) : habla_install_get_folder ();
  self->options.folder = self->folder;
  self->context = g_main_context_ref_thread_default ();
  return self;
}

static gboolean
report (gpointer data)
{
  Report *self = data;

  self->function (self->phase, self->done, self->total, self->data);
  return G_SOURCE_REMOVE;
}

static void
on_progress (HablaInstallPhase phase, guint64 done, guint64 total, gpointer data)
{
  Job *self = data;
  gint64 now = g_get_monotonic_time ();
  Report *message;
  GSource *source;

  if (self->options.progress == NULL ||
      (phase == self->phase && done != total && now - self->reported_at < PROGRESS_INTERVAL))
    return;
  self->phase = phase;
  self->reported_at = now;
  message = g_new (Report, 1);
  *message = (Report){ self->options.progress, self->options.progress_data, phase, done, total };
  /* The result comes by a source of the same priority, so later. */
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "[habla] HablaInstaller progress");
  g_source_set_callback (source, report, message, g_free);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static void
install_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *self = task_data;
  HablaInstallRun run = {
    .folder = self->folder,
    .skip_check = self->options.skip_check,
    .cancellable = cancellable,
    .progress = on_progress,
    .progress_data = self,
  };
  GError *error = NULL;
  HablaModel *model = self->model != NULL
                          ? habla_install_run_download (&run, self->model, &error)
                          : habla_install_run_import (&run, self->path, self->models, &error);

  self->warning = run.warning;
  if (model != NULL)
    g_task_return_pointer (task, model, (GDestroyNotify) habla_model_unref);
  else
    g_task_return_error (task, error);
}

static void
job_run (Job *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, habla_install_async);
  /* A model that is installed already is not taken back. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, job_free);
  habla_task_pool_run (&pool, task, install_in_thread);
}

void
habla_install_async (HablaAvailableModel *model, const HablaInstallOptions *options,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Job *self = job_new (options);

  self->model = habla_available_model_ref (model);
  job_run (self, cancellable, callback, user_data);
}

void
habla_install_import_async (const char *path, GPtrArray *models, const HablaInstallOptions *options,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Job *self = job_new (options);

  self->path = g_canonicalize_filename (path, NULL);
  self->models = models != NULL ? g_ptr_array_ref (models) : NULL;
  job_run (self, cancellable, callback, user_data);
}

HablaModel *
habla_install_finish (GAsyncResult *result, char **warning, GError **error)
{
  Job *self;

  g_return_val_if_fail (g_async_result_is_tagged (result, habla_install_async), NULL);

  self = g_task_get_task_data (G_TASK (result));
  if (warning != NULL)
    *warning = g_strdup (self->warning);
  return g_task_propagate_pointer (G_TASK (result), error);
}
