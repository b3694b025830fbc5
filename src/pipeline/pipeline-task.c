/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may take its time is done in worker threads. */
#include "pipeline/pipeline-task.h"

#include "pipeline/engines/engine-preloader.h"

#include <malloc.h>
#include <unistd.h>
#include <util/task-pool.h>

/* A session runs one job at a time, and the end of its input beside it. */
static HablaTaskPool pool = HABLA_TASK_POOL_INIT (-1);

HablaPipelineTask *
habla_pipeline_task_new (HablaPipelineTaskKind kind, const char *language)
{
  HablaPipelineTask *self = g_new0 (HablaPipelineTask, 1);

  self->kind = kind;
  self->language = g_strdup (language);
  self->samples = -1;
  return self;
}

void
habla_pipeline_task_free (HablaPipelineTask *self)
{
  g_free (self->language);
  if (self->samples >= 0)
    close (self->samples);
  g_clear_pointer (&self->graph, habla_pipeline_graph_unref);
  g_clear_pointer (&self->leak_check, habla_pipeline_leak_check_free);
  g_free (self);
}

/* Returns: whether it runs beside others, as it may wait for a streaming thread that only
 *   taking the pipeline down sets free */
gboolean
habla_pipeline_task_is_aside (const HablaPipelineTask *self)
{
  return self->kind == HABLA_PIPELINE_TASK_END_INPUT;
}

/* Worker thread. */
static void
run (HablaPipelineTask *self, const HablaPipelineOptions *options, GError **error)
{
  switch (self->kind) {
  case HABLA_PIPELINE_TASK_BUILD:
    habla_engine_preloader_wait ();
    self->graph = habla_pipeline_graph_new (options, g_steal_fd (&self->samples), error);
    break;
  case HABLA_PIPELINE_TASK_ADD_LANGUAGE:
    habla_pipeline_graph_add_language (self->graph, self->language, error);
    break;
  case HABLA_PIPELINE_TASK_REMOVE_LANGUAGE:
    habla_pipeline_graph_remove_language (self->graph, self->language);
    break;
  case HABLA_PIPELINE_TASK_PLAY:
    habla_pipeline_graph_play (self->graph, error);
    break;
  case HABLA_PIPELINE_TASK_NEW_CLOCK:
    habla_pipeline_graph_take_new_clock (self->graph);
    break;
  case HABLA_PIPELINE_TASK_NEW_LATENCY:
    habla_pipeline_graph_take_new_latency (self->graph);
    break;
  case HABLA_PIPELINE_TASK_TEAR_DOWN:
    self->leak_check = habla_pipeline_graph_start_leak_check (self->graph);
    habla_pipeline_graph_stop (self->graph);
    break;
  case HABLA_PIPELINE_TASK_END_INPUT:
    habla_pipeline_graph_end_input (self->graph);
    break;
  }
}

static void
run_task (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HablaPipelineTask *self = data;
  const HablaPipelineOptions *options = g_object_get_data (G_OBJECT (task), "options");
  GError *error = NULL;

  run (self, options, &error);
  /* The last reference goes here, where it may take its time. */
  if (self->kind != HABLA_PIPELINE_TASK_BUILD)
    g_clear_pointer (&self->graph, habla_pipeline_graph_unref);
  /* What the session needed goes back to the system: some ms, in which each arena of the heap is
   * locked for its part. docs/soak.md has figures. */
  if (self->kind == HABLA_PIPELINE_TASK_TEAR_DOWN)
    malloc_trim (0);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * habla_pipeline_task_start:
 * @self: (transfer full): a job
 * @options: of @session; not changed while that lives
 * @done: called in the main thread, with a reference on @session as its data
 *
 * The task does not know the session: it may lose its last reference in the worker thread.
 */
void
habla_pipeline_task_start (HablaPipelineTask *self, HablaPipeline *session,
    const HablaPipelineOptions *options, GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, g_object_ref (session));

  g_task_set_name (task, "habla: session job");
  g_task_set_task_data (task, self, (GDestroyNotify) habla_pipeline_task_free);
  g_object_set_data (G_OBJECT (task), "options", (gpointer) options);
  habla_task_pool_run (&pool, task, run_task);
}

/* Returns: (transfer none): the job, which lives as long as @result */
HablaPipelineTask *
habla_pipeline_task_finish (HablaPipeline *session, GAsyncResult *result, GError **error)
{
  HablaPipelineTask *self = g_task_get_task_data (G_TASK (result));

  g_task_propagate_boolean (G_TASK (result), error);
  if (self->leak_check != NULL)
    g_object_set_data_full (G_OBJECT (session), HABLA_PIPELINE_LEAK_CHECK,
        g_steal_pointer (&self->leak_check), (GDestroyNotify) habla_pipeline_leak_check_free);
  return self;
}
