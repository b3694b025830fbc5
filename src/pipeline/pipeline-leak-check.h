/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <pipeline/pipeline-state.h>
#include <pipeline/pipeline-stats.h>

G_BEGIN_DECLS

/**
 * HablaInvariants:
 * @HABLA_INVARIANT_CLOSED: the pipeline is in its last state
 * @HABLA_INVARIANT_AUDIO: the audio received is the sum of audio taken and lost, and no more audio
 *   waits than was taken
 * @HABLA_INVARIANT_ANSWERED: no exchange waits for a translation
 * @HABLA_INVARIANT_SOURCES: the room has no timer or watch for the pipeline
 * @HABLA_INVARIANT_FREED: the #HablaPipeline is freed
 * @HABLA_INVARIANT_GRAPH: the #GstPipeline, its bus, elements and pads are freed
 * @HABLA_INVARIANT_TORN_DOWN: the #GstPipeline stopped in time
 *
 * What must be true after a pipeline has closed. A set of flags has the invariants that are
 * violated.
 */
typedef enum {
  HABLA_INVARIANT_CLOSED = 1 << 0,
  HABLA_INVARIANT_AUDIO = 1 << 1,
  HABLA_INVARIANT_ANSWERED = 1 << 2,
  HABLA_INVARIANT_SOURCES = 1 << 3,
  HABLA_INVARIANT_FREED = 1 << 4,
  HABLA_INVARIANT_GRAPH = 1 << 5,
  HABLA_INVARIANT_TORN_DOWN = 1 << 6,
} HablaInvariants;

#define HABLA_N_INVARIANTS 7

/* %NULL-terminated, in order of the flags: names in the log and in metrics. */
extern const char *const habla_invariant_names[];

/**
 * HablaInvariantsInput:
 * @state: of the pipeline
 * @stats: the last statistics of the pipeline
 * @audio_taken: audio that the pipeline accepted, in bytes
 * @pending: number of exchanges without a translation
 * @sources: number of the room's timers for the pipeline
 * @is_stuck: see habla_pipeline_is_stuck()
 */
typedef struct {
  HablaPipelineState state;
  HablaPipelineStats stats;
  guint64 audio_taken;
  guint pending;
  guint sources;
  gboolean is_stuck;
} HablaInvariantsInput;

/**
 * habla_invariants_check:
 * @input: what is known of a closed pipeline
 * @label: name of the pipeline in the log
 *
 * Checks all invariants except those of habla_pipeline_leak_check_watch(), and logs a critical
 * message for each violation. If there is one and the environment has HABLA_FATAL_INVARIANTS=1, as
 * in tests, aborts the process.
 *
 * Returns: the violated invariants
 */
HablaInvariants habla_invariants_check (const HablaInvariantsInput *input, const char *label);

/**
 * HablaPipelineLeakCheck:
 *
 * Weak references to a #GstPipeline, its bus, its elements and their pads. Objects that are alive
 * long after the pipeline was stopped are leaked. A leak check may be created in one thread and
 * used in another one.
 */
typedef struct _HablaPipelineLeakCheck HablaPipelineLeakCheck;

/**
 * habla_pipeline_leak_check_new:
 * @pipeline: a #GstPipeline that is about to be stopped
 *
 * If the pipeline changes meanwhile, an object may be added twice.
 *
 * Returns: (transfer full): a check
 */
HablaPipelineLeakCheck *habla_pipeline_leak_check_new (GstElement *pipeline);

/**
 * habla_pipeline_leak_check_free:
 * @self: (transfer full): a check
 */
void habla_pipeline_leak_check_free (HablaPipelineLeakCheck *self);

/**
 * habla_pipeline_leak_check_describe:
 * @self: a check
 *
 * Returns: (transfer full) (nullable): names and reference counts of the first objects that are
 *   still alive; %NULL if there are none
 */
char *habla_pipeline_leak_check_describe (HablaPipelineLeakCheck *self);

/**
 * HablaInvariantsNotify:
 * @violated: the violated invariants, at least one
 * @user_data: the argument of habla_pipeline_leak_check_watch()
 */
typedef void (*HablaInvariantsNotify) (HablaInvariants violated, gpointer user_data);

/**
 * habla_pipeline_leak_check_watch:
 * @self: (transfer full) (nullable): the check of a pipeline's graph; %NULL if it never had one
 * @pipeline: the closed #HablaPipeline, about to be unreferenced
 * @label: name of the pipeline in the log
 * @notify: called if @pipeline, or an object of @self, is alive ten seconds later
 * @user_data: passed to @notify; also identifies the watch for
 *   habla_pipeline_leak_check_unwatch()
 *
 * Watches the release of a pipeline, and logs violations of %HABLA_INVARIANT_FREED and
 * %HABLA_INVARIANT_GRAPH as habla_invariants_check() does. Main thread only.
 */
void habla_pipeline_leak_check_watch (HablaPipelineLeakCheck *self, GObject *pipeline,
    const char *label, HablaInvariantsNotify notify, gpointer user_data);

/**
 * habla_pipeline_leak_check_unwatch:
 * @user_data: the argument of habla_pipeline_leak_check_watch()
 *
 * Ends all watches with @user_data. Main thread only.
 */
void habla_pipeline_leak_check_unwatch (gpointer user_data);

G_END_DECLS
