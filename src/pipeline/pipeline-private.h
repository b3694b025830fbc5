/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/decode-watchdog.h>
#include <pipeline/overload.h>
#include <pipeline/input-queue.h>
#include <pipeline/pipeline-graph.h>
#include <pipeline/pipeline-task.h>
#include <pipeline/pipeline.h>

G_BEGIN_DECLS

typedef enum {
  HABLA_PIPELINE_SIGNAL_STATE_CHANGED,
  HABLA_PIPELINE_SIGNAL_UTTERANCE,
  HABLA_PIPELINE_SIGNAL_AUDIO_LOST,
  HABLA_PIPELINE_SIGNAL_OVERLOAD,
  HABLA_PIPELINE_SIGNAL_LANGUAGE_FAILED,
  HABLA_PIPELINE_SIGNAL_FAILED,
  HABLA_PIPELINE_SIGNAL_WARNING,
  HABLA_PIPELINE_SIGNAL_CLOSED,
  HABLA_PIPELINE_N_SIGNALS
} HablaPipelineSignal;

/* All in the main thread; @options may be read by any. */
struct _HablaPipeline {
  GObject parent_instance;

  HablaPipelineOptions options; /* never changed */
  HablaPipelineState state;
  gint64 state_since;
  GQueue events; /* of HablaPipelineEvent + 1 */
  gboolean is_dispatching;
  GError *error; /* of the event that failed it */

  HablaPipelineGraph *graph; /* NULL before it is built, and after it is taken down */
  GQueue jobs;               /* of HablaPipelineTask, that wait */
  gboolean is_busy;          /* a job of the queue runs */
  guint n_aside;             /* jobs that run beside it */
  gboolean is_torn_down;
  gboolean is_stuck; /* closed, while its pipeline is still being taken down */
  GSource *teardown_timer;
  GSource *bus_watch;
  GSource *last_audio_timer;
  GSource *drain_timer;
  GSource *look_timer;

  GHashTable *languages;  /* set: those that are wanted, and the one that is spoken */
  char *warning_language; /* that is being added; its first warning says why it fails */
  GError *warning;

  HablaInputQueue *backlog;
  gint64 stopped; /* when it was told to stop; 0 = it was not */
  gboolean has_last_audio;
  gboolean is_input_over; /* an own source has ended */
  gboolean is_decoding;   /* the decoder has not come to its end */
  gboolean is_drained;    /* the pipeline has */
  HablaDecodeWatchdog no_audio;
  HablaPipelineStats drained; /* when the time to drain began */

  HablaPipelineStats figures;
  HablaOverload overload;
};

/* @message: for the log */
void habla_pipeline_log (HablaPipeline *self, GLogLevelFlags level, const char *message);
void habla_pipeline_emit (HablaPipeline *self, HablaPipelineSignal signal, ...);
void habla_pipeline_fail (HablaPipeline *self, const GError *error);
void habla_pipeline_dispatch (HablaPipeline *self, HablaPipelineEvent event);
void habla_pipeline_add_task (
    HablaPipeline *self, HablaPipelineTaskKind kind, const char *language);

/* session-bus.c */
void habla_pipeline_watch_bus (HablaPipeline *self);
void habla_pipeline_read_bus (HablaPipeline *self);

/* For tests: how long taking a pipeline down may take, in milliseconds. */
void habla_pipeline_set_teardown_limit (guint limit);

G_END_DECLS
