/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/decode-watchdog.h>
#include <pipeline/input-queue.h>
#include <pipeline/overload.h>
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
  HABLA_PIPELINE_SIGNAL_TOPIC,
  HABLA_PIPELINE_SIGNAL_CLOSED,
  HABLA_PIPELINE_N_SIGNALS
} HablaPipelineSignal;

/* Main thread only, except that worker threads read @options, which never changes. */
struct _HablaPipeline {
  GObject parent_instance;

  HablaPipelineOptions options;
  HablaPipelineState state;
  gint64 state_since;
  GQueue events; /* of HablaPipelineEvent + 1 */
  gboolean is_dispatching;
  GError *error; /* the first one */

  HablaPipelineGraph *graph; /* NULL before it is built and after teardown has begun */
  GQueue tasks;              /* of HablaPipelineTask, not started yet */
  gboolean is_busy;          /* a task runs that others wait for */
  guint n_concurrent;        /* tasks that run beside it */
  gboolean is_torn_down;
  gboolean is_stuck; /* closed, but teardown has not ended */
  HablaPipelineLeakCheck *leak_check;
  GSource *teardown_timer;
  GSource *bus_watch;
  GSource *last_audio_timer;
  GSource *drain_timer;
  GSource *sample_timer;

  GHashTable *languages;  /* set of the source language and the requested target languages */
  GHashTable *speech;     /* from BCP 47 code to HablaSpeechTap */
  char *warning_language; /* the language that is being added, as captions or speech */
  GError *warning;        /* the first one while it is being added */

  HablaInputQueue *input_queue;
  gint64 stopped; /* monotonic time of habla_pipeline_stop(); 0 = not called */
  gboolean has_last_audio;
  gboolean is_input_over; /* the source element has ended */
  gboolean is_decoding;   /* the decoder has not finished */
  gboolean is_drained;    /* the graph has reached EOS */
  HablaDecodeWatchdog decode_watchdog;
  HablaPipelineStats drain_stats; /* at the last check for progress */

  HablaPipelineStats stats;
  HablaOverload overload;
};

/**
 * habla_pipeline_log:
 * @self: a pipeline
 * @level: severity
 * @message: text of the log line, which the label is put before
 */
void habla_pipeline_log (HablaPipeline *self, GLogLevelFlags level, const char *message);

/**
 * habla_pipeline_emit:
 * @self: a pipeline
 * @signal: the signal
 * @...: its arguments
 */
void habla_pipeline_emit (HablaPipeline *self, HablaPipelineSignal signal, ...);

/**
 * habla_pipeline_fail:
 * @self: a pipeline
 * @error: why it cannot continue; only the first error is reported
 */
void habla_pipeline_fail (HablaPipeline *self, const GError *error);

/**
 * habla_pipeline_dispatch:
 * @self: a pipeline
 * @event: what has happened
 *
 * Changes the state and acts as the table in pipeline-state.c says. An event that occurs meanwhile
 * is handled afterwards.
 */
void habla_pipeline_dispatch (HablaPipeline *self, HablaPipelineEvent event);

/**
 * habla_pipeline_build:
 * @self: a starting pipeline
 *
 * Starts the decoder, if pushed audio needs one, and queues the task that builds the graph.
 */
void habla_pipeline_build (HablaPipeline *self);

/**
 * habla_pipeline_add_task:
 * @self: a pipeline
 * @kind: what a worker thread has to do
 * @language: (nullable): BCP 47 code, for the kinds that need one
 *
 * Tasks run one after another, in the order in which they were added.
 */
void habla_pipeline_add_task (
    HablaPipeline *self, HablaPipelineTaskKind kind, const char *language);

/**
 * habla_pipeline_tear_down:
 * @self: a pipeline that closes or has failed
 *
 * Discards the tasks that have not started, and queues the one that tears the graph down. Closes
 * the pipeline when that takes too long.
 */
void habla_pipeline_tear_down (HablaPipeline *self);

/**
 * habla_pipeline_set_teardown_limit:
 * @limit: how long tearing down may take, in milliseconds
 *
 * For tests on a busy machine.
 */
void habla_pipeline_set_teardown_limit (guint limit);

/**
 * habla_pipeline_watch_bus:
 * @self: a pipeline with a graph
 *
 * Handles the messages of the graph's bus from now on.
 */
void habla_pipeline_watch_bus (HablaPipeline *self);

/**
 * habla_pipeline_read_bus:
 * @self: a pipeline
 *
 * Handles the messages that are on the bus. No-op unless it is watched.
 */
void habla_pipeline_read_bus (HablaPipeline *self);

G_END_DECLS
