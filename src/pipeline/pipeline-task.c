/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/pipeline-task.h"

#include "pipeline/engines/engine-preloader.h"

#include <malloc.h>
#include <unistd.h>
#include <util/task-pool.h>

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
  g_clear_object (&self->tap);
  if (self->samples >= 0)
    close (self->samples);
  g_clear_pointer (&self->graph, habla_pipeline_graph_unref);
  g_clear_pointer (&self->leak_check, habla_pipeline_leak_check_free);
  g_free (self);
}

gboolean
habla_pipeline_task_is_concurrent (const HablaPipelineTask *self)
{
  return self->kind == HABLA_PIPELINE_TASK_END_INPUT;
}

gboolean
habla_pipeline_task_loads_engines (const HablaPipelineTask *self)
{
  return self->kind == HABLA_PIPELINE_TASK_ADD_LANGUAGE ||
         self->kind == HABLA_PIPELINE_TASK_ADD_SPEECH;
}

static void
task_run (HablaPipelineTask *self, const HablaPipelineOptions *options, GError **error)
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
  case HABLA_PIPELINE_TASK_ADD_SPEECH:
    habla_pipeline_graph_add_speech (self->graph, self->language, self->tap, error);
    break;
  case HABLA_PIPELINE_TASK_REMOVE_SPEECH:
    habla_pipeline_graph_remove_speech (self->graph, self->language);
    break;
  case HABLA_PIPELINE_TASK_PLAY:
    habla_pipeline_graph_play (self->graph, error);
    break;
  case HABLA_PIPELINE_TASK_RESET_CLOCK:
    habla_pipeline_graph_reset_clock (self->graph);
    break;
  case HABLA_PIPELINE_TASK_UPDATE_LATENCY:
    habla_pipeline_graph_update_latency (self->graph);
    break;
  case HABLA_PIPELINE_TASK_TEAR_DOWN:
    self->leak_check = habla_pipeline_graph_start_leak_check (self->graph);
    habla_pipeline_graph_tear_down (self->graph);
    break;
  case HABLA_PIPELINE_TASK_END_INPUT:
    habla_pipeline_graph_end_input (self->graph);
    break;
  }
}

static void
task_run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HablaPipelineTask *self = data;
  const HablaPipelineOptions *options = g_object_get_data (G_OBJECT (task), "options");
  GError *error = NULL;

  task_run (self, options, &error);
  if (self->kind != HABLA_PIPELINE_TASK_BUILD)
    g_clear_pointer (&self->graph, habla_pipeline_graph_unref);
  g_clear_object (&self->tap);
  /* Returns the memory of the graph to the system. This takes some ms, in which it locks one arena
   * of the heap after another. docs/soak.md has measurements. */
  if (self->kind == HABLA_PIPELINE_TASK_TEAR_DOWN)
    malloc_trim (0);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* The GTask has no source object, whose last reference the worker thread could drop. */
void
habla_pipeline_task_start (HablaPipelineTask *self, const HablaPipelineOptions *options,
    GObject *owner, GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, g_object_ref (owner));

  g_task_set_name (task, "[habla] HablaPipeline task");
  g_task_set_task_data (task, self, (GDestroyNotify) habla_pipeline_task_free);
  g_object_set_data (G_OBJECT (task), "options", (gpointer) options);
  habla_task_pool_run (&pool, task, task_run_in_thread);
}

HablaPipelineTask *
habla_pipeline_task_finish (GAsyncResult *result, GError **error)
{
  g_task_propagate_boolean (G_TASK (result), error);
  return g_task_get_task_data (G_TASK (result));
}
