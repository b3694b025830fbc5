/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/pipeline-graph.h>

G_BEGIN_DECLS

/* What a worker thread does for a session. */
typedef enum {
  HABLA_PIPELINE_TASK_BUILD,
  HABLA_PIPELINE_TASK_ADD_LANGUAGE,
  HABLA_PIPELINE_TASK_REMOVE_LANGUAGE,
  HABLA_PIPELINE_TASK_PLAY,
  HABLA_PIPELINE_TASK_NEW_CLOCK,
  HABLA_PIPELINE_TASK_NEW_LATENCY,
  HABLA_PIPELINE_TASK_TEAR_DOWN,
  HABLA_PIPELINE_TASK_END_INPUT,
} HablaPipelineTaskKind;

/**
 * HablaPipelineTask:
 * @language: (nullable): that comes or goes
 * @graph: (nullable): comes from %HABLA_PIPELINE_TASK_BUILD, goes into all others
 * @samples: for %HABLA_PIPELINE_TASK_BUILD: see habla_pipeline_graph_new()
 * @leak_check: (nullable): result of %HABLA_PIPELINE_TASK_TEAR_DOWN
 */
typedef struct {
  HablaPipelineTaskKind kind;
  char *language;
  HablaPipelineGraph *graph;
  int samples;
  HablaPipelineLeakCheck *leak_check;
} HablaPipelineTask;

/* Key of the pipeline's object data with its #HablaPipelineLeakCheck, which tearing down sets and
 * habla_invariants_watch_free() takes. */
#define HABLA_PIPELINE_LEAK_CHECK "habla-pipeline-leak-check"

HablaPipelineTask *habla_pipeline_task_new (HablaPipelineTaskKind kind, const char *language);
void habla_pipeline_task_free (HablaPipelineTask *self);

gboolean habla_pipeline_task_is_aside (const HablaPipelineTask *self);
void habla_pipeline_task_start (HablaPipelineTask *self, HablaPipeline *session,
    const HablaPipelineOptions *options, GAsyncReadyCallback done);
HablaPipelineTask *habla_pipeline_task_finish (
    HablaPipeline *session, GAsyncResult *result, GError **error);

G_END_DECLS
