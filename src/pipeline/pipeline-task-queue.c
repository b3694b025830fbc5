/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tasks of a pipeline, one after another, and handles their results. */
#include "pipeline/pipeline-private.h"

#include <util/source.h>

/* How long teardown may take, in milliseconds, and how long to wait for the task before it, which
 * may load an engine. */
#ifdef HABLA_SANITIZED
#define TEARDOWN_LIMIT 20000
#define LOADING_LIMIT 300000
#else
#define TEARDOWN_LIMIT 4000
#define LOADING_LIMIT 60000
#endif

static guint teardown_limit = TEARDOWN_LIMIT;

/* Number of pipelines that have closed, but whose teardown has not ended. */
static guint n_stuck; /* atomic */

static void pipeline_run_tasks (HablaPipeline *self);

void
habla_pipeline_set_teardown_limit (guint limit)
{
  teardown_limit = limit;
}

guint
habla_pipeline_count_stuck (void)
{
  return g_atomic_int_get (&n_stuck);
}

static HablaPipelineEvent
pipeline_get_started_event (HablaPipeline *self)
{
  if (self->options.input == HABLA_PIPELINE_INPUT_TYPED)
    return HABLA_PIPELINE_EVENT_TYPES;
  if (self->options.is_played || (self->options.input == HABLA_PIPELINE_INPUT_SOURCE &&
                                     !habla_pipeline_graph_is_live (self->graph)))
    return HABLA_PIPELINE_EVENT_PLAYS;
  return HABLA_PIPELINE_EVENT_LISTENS;
}

/* Adds the first languages before data flows. */
static void
pipeline_on_built (HablaPipeline *self, HablaPipelineTask *task, const GError *error)
{
  GHashTableIter iter;
  gpointer language;

  if (error != NULL) {
    habla_pipeline_fail (self, error);
    return;
  }
  self->graph = g_steal_pointer (&task->graph);
  if (self->state != HABLA_PIPELINE_STARTING)
    return;
  habla_pipeline_watch_bus (self);
  g_hash_table_iter_init (&iter, self->languages);
  while (g_hash_table_iter_next (&iter, &language, NULL))
    if (!g_str_equal (language, self->options.from))
      habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_ADD_LANGUAGE, language);
  g_hash_table_iter_init (&iter, self->speech);
  while (g_hash_table_iter_next (&iter, &language, NULL))
    habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_ADD_SPEECH, language);
  habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_PLAY, NULL);
}

/* Removes the task that would remove @language. */
static void
pipeline_cancel_removal (HablaPipeline *self, const char *language)
{
  for (GList *l = self->tasks.head; l != NULL; l = l->next) {
    HablaPipelineTask *task = l->data;

    if (task->kind == HABLA_PIPELINE_TASK_REMOVE_LANGUAGE &&
        g_str_equal (task->language, language)) {
      g_queue_delete_link (&self->tasks, l);
      habla_pipeline_task_free (task);
      return;
    }
  }
}

static void
pipeline_on_language_added (HablaPipeline *self, HablaPipelineTask *task, const GError *error)
{
  g_autofree char *language = g_steal_pointer (&self->warning_language);
  g_autoptr (GError) reason = g_steal_pointer (&self->warning);

  if (error == NULL) {
    if (reason != NULL)
      habla_pipeline_emit (self, HABLA_PIPELINE_SIGNAL_WARNING, reason);
    return;
  }
  if (reason == NULL)
    reason = g_error_copy (error);
  g_hash_table_remove (self->languages, task->language);
  pipeline_cancel_removal (self, task->language);
  habla_pipeline_emit (self, HABLA_PIPELINE_SIGNAL_LANGUAGE_FAILED, task->language, reason);
}

/* A listener hears silence then, and the next pipeline tries again. */
static void
pipeline_on_speech_added (HablaPipeline *self, const GError *error)
{
  g_autoptr (GError) reason = g_steal_pointer (&self->warning);

  g_clear_pointer (&self->warning_language, g_free);
  if (reason == NULL && error != NULL)
    reason = g_error_copy (error);
  if (reason != NULL)
    habla_pipeline_emit (self, HABLA_PIPELINE_SIGNAL_WARNING, reason);
}

static void
pipeline_check_torn_down (HablaPipeline *self)
{
  if (!self->is_torn_down || self->n_concurrent > 0)
    return;
  habla_source_clear (&self->teardown_timer);
  if (self->is_stuck) {
    self->is_stuck = FALSE;
    g_atomic_int_add (&n_stuck, -1);
    habla_pipeline_log (self, G_LOG_LEVEL_MESSAGE, "Stuck pipeline has stopped");
  }
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_TORN_DOWN);
}

/* The tasks continue, and hold a reference to the pipeline until they end. */
static gboolean
pipeline_on_teardown_timeout (gpointer data)
{
  HablaPipeline *self = data;

  habla_source_clear (&self->teardown_timer);
  self->is_stuck = TRUE;
  g_atomic_int_inc (&n_stuck);
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_STUCK);
  return G_SOURCE_REMOVE;
}

static void
pipeline_start_teardown_timer (HablaPipeline *self, guint limit)
{
  habla_source_start_timer (&self->teardown_timer, limit, "[habla] HablaPipeline teardown",
      pipeline_on_teardown_timeout, self);
}

static void
pipeline_on_task_done (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (HablaPipeline) self = data;
  g_autoptr (GError) error = NULL;
  HablaPipelineTask *task = habla_pipeline_task_finish (result, &error);

  if (habla_pipeline_task_is_concurrent (task)) {
    self->n_concurrent--;
    pipeline_check_torn_down (self);
    return;
  }
  /* Warnings that are on the bus now belong to this task. Read them before the next one starts. */
  if (habla_pipeline_task_loads_engines (task))
    habla_pipeline_read_bus (self);
  self->is_busy = FALSE;
  if (task->kind == HABLA_PIPELINE_TASK_BUILD)
    pipeline_on_built (self, task, error);
  else if (task->kind == HABLA_PIPELINE_TASK_ADD_LANGUAGE)
    pipeline_on_language_added (self, task, error);
  else if (task->kind == HABLA_PIPELINE_TASK_ADD_SPEECH)
    pipeline_on_speech_added (self, error);
  else if (task->kind == HABLA_PIPELINE_TASK_PLAY && error != NULL)
    habla_pipeline_fail (self, error);
  else if (task->kind == HABLA_PIPELINE_TASK_PLAY)
    habla_pipeline_dispatch (self, pipeline_get_started_event (self));
  else if (task->kind == HABLA_PIPELINE_TASK_TEAR_DOWN) {
    self->leak_check = g_steal_pointer (&task->leak_check);
    self->is_torn_down = TRUE;
  }
  pipeline_run_tasks (self);
  pipeline_check_torn_down (self);
}

static void
pipeline_start_task (HablaPipeline *self, HablaPipelineTask *task)
{
  habla_pipeline_task_start (task, &self->options, G_OBJECT (self), pipeline_on_task_done);
}

/* Concurrent tasks start in their turn: the input ends after the languages that were requested
 * before have been added. */
static void
pipeline_run_tasks (HablaPipeline *self)
{
  HablaPipelineTask *task = NULL;

  while (!self->is_busy && (task = g_queue_pop_head (&self->tasks)) != NULL &&
         habla_pipeline_task_is_concurrent (task)) {
    task->graph = habla_pipeline_graph_ref (self->graph);
    habla_input_queue_end_audio (self->input_queue);
    self->n_concurrent++;
    pipeline_start_task (self, task);
    task = NULL;
  }
  if (task == NULL)
    return;
  if (task->kind == HABLA_PIPELINE_TASK_TEAR_DOWN && self->graph == NULL) {
    self->is_torn_down = TRUE;
    habla_pipeline_task_free (task);
    pipeline_check_torn_down (self);
    return;
  }
  if (task->kind == HABLA_PIPELINE_TASK_TEAR_DOWN) {
    task->graph = g_steal_pointer (&self->graph);
    if (!self->is_stuck)
      pipeline_start_teardown_timer (self, teardown_limit);
  } else if (task->kind != HABLA_PIPELINE_TASK_BUILD)
    task->graph = habla_pipeline_graph_ref (self->graph);
  if (habla_pipeline_task_loads_engines (task))
    self->warning_language = g_strdup (task->language);
  self->is_busy = TRUE;
  pipeline_start_task (self, task);
}

void
habla_pipeline_add_task (HablaPipeline *self, HablaPipelineTaskKind kind, const char *language)
{
  HablaPipelineTask *task = habla_pipeline_task_new (kind, language);

  if (kind == HABLA_PIPELINE_TASK_ADD_SPEECH)
    task->tap = g_object_ref (g_hash_table_lookup (self->speech, language));
  g_queue_push_tail (&self->tasks, task);
  pipeline_run_tasks (self);
}

static void
pipeline_on_decoded (const GError *error, gpointer data)
{
  HablaPipeline *self = data;

  self->is_decoding = FALSE;
  if (error != NULL)
    habla_pipeline_fail (self, error);
  else if (self->is_drained)
    habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_DRAINED);
}

void
habla_pipeline_build (HablaPipeline *self)
{
  HablaPipelineTask *task = habla_pipeline_task_new (HABLA_PIPELINE_TASK_BUILD, NULL);
  g_autoptr (GError) error = NULL;

  if (self->options.input == HABLA_PIPELINE_INPUT_PUSHED && self->options.raw_caps == NULL) {
    self->is_decoding = habla_input_queue_start_decoder (
        self->input_queue, self->options.header, &task->samples, pipeline_on_decoded, self, &error);
    if (!self->is_decoding) {
      habla_pipeline_task_free (task);
      habla_pipeline_fail (self, error);
      return;
    }
  }
  g_queue_push_tail (&self->tasks, task);
  pipeline_run_tasks (self);
}

void
habla_pipeline_tear_down (HablaPipeline *self)
{
  g_queue_clear_full (&self->tasks, (GDestroyNotify) habla_pipeline_task_free);
  pipeline_start_teardown_timer (self, LOADING_LIMIT);
  habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_TEAR_DOWN, NULL);
}
