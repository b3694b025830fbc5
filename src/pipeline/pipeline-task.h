/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <pipeline/pipeline-graph.h>
#include <pipeline/speech/speech-tap.h>

G_BEGIN_DECLS

/* Work of a pipeline that can block, and therefore runs in a worker thread. */
typedef enum {
  HABLA_PIPELINE_TASK_BUILD,
  HABLA_PIPELINE_TASK_ADD_LANGUAGE,
  HABLA_PIPELINE_TASK_REMOVE_LANGUAGE,
  HABLA_PIPELINE_TASK_ADD_SPEECH,
  HABLA_PIPELINE_TASK_REMOVE_SPEECH,
  HABLA_PIPELINE_TASK_PLAY,
  HABLA_PIPELINE_TASK_RESET_CLOCK,
  HABLA_PIPELINE_TASK_UPDATE_LATENCY,
  HABLA_PIPELINE_TASK_TEAR_DOWN,
  HABLA_PIPELINE_TASK_END_INPUT,
} HablaPipelineTaskKind;

/**
 * HablaPipelineTask:
 * @kind: the kind of task
 * @language: (nullable): BCP 47 code of the language to add or remove
 * @tap: (nullable): argument of %HABLA_PIPELINE_TASK_ADD_SPEECH
 * @graph: (nullable): result of %HABLA_PIPELINE_TASK_BUILD, argument of all others
 * @samples: argument of %HABLA_PIPELINE_TASK_BUILD, see habla_pipeline_graph_new()
 * @leak_check: (nullable): result of %HABLA_PIPELINE_TASK_TEAR_DOWN
 */
typedef struct {
  HablaPipelineTaskKind kind;
  char *language;
  HablaSpeechTap *tap;
  HablaPipelineGraph *graph;
  int samples;
  HablaPipelineLeakCheck *leak_check;
} HablaPipelineTask;

/**
 * habla_pipeline_task_new:
 * @kind: the kind of task
 * @language: (nullable): BCP 47 code of the language to add or remove
 *
 * Returns: (transfer full): a task without a graph and samples
 */
HablaPipelineTask *habla_pipeline_task_new (HablaPipelineTaskKind kind, const char *language);

/**
 * habla_pipeline_task_free:
 * @self: (transfer full): a task that was not started
 */
void habla_pipeline_task_free (HablaPipelineTask *self);

/**
 * habla_pipeline_task_is_concurrent:
 * @self: a task
 *
 * Returns: whether @self runs beside other tasks. It may wait for a streaming thread that only a
 *   teardown unblocks
 */
gboolean habla_pipeline_task_is_concurrent (const HablaPipelineTask *self);

/**
 * habla_pipeline_task_loads_engines:
 * @self: a task
 *
 * Returns: whether @self adds a language, so that warnings on the bus meanwhile are about it
 */
gboolean habla_pipeline_task_loads_engines (const HablaPipelineTask *self);

/**
 * habla_pipeline_task_start:
 * @self: (transfer full): a task with its arguments
 * @options: must not change while @owner lives
 * @owner: kept alive until @done has been called
 * @done: called in the main thread; its user data is a new reference to @owner
 *
 * Runs @self in a worker thread. The task drops its reference to the graph there, because the last
 * one can block.
 */
void habla_pipeline_task_start (HablaPipelineTask *self, const HablaPipelineOptions *options,
    GObject *owner, GAsyncReadyCallback done);

/**
 * habla_pipeline_task_finish:
 * @result: the argument of the callback
 * @error: return location for the error of the task
 *
 * Returns: (transfer none): the task, which lives as long as @result
 */
HablaPipelineTask *habla_pipeline_task_finish (GAsyncResult *result, GError **error);

G_END_DECLS
