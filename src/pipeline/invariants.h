/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/pipeline.h>

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

/* %NULL-terminated, in order of the bits. */
extern const char *const habla_invariant_names[];

/**
 * HablaInvariantsInput:
 * @state: of the pipeline
 * @figures: the last statistics of the pipeline
 * @audio_taken: audio that the pipeline accepted, in bytes
 * @pending: number of exchanges without a translation
 * @sources: number of the room's timers for the pipeline
 * @is_stuck: see habla_pipeline_is_stuck()
 */
typedef struct {
  HablaPipelineState state;
  HablaPipelineStats figures;
  guint64 audio_taken;
  guint pending;
  guint sources;
  gboolean is_stuck;
} HablaInvariantsInput;

/* Checks all invariants but those of habla_invariants_watch_free(), and logs violations; @label
 * names the session. Returns: the violated invariants */
HablaInvariants habla_invariants_check (const HablaInvariantsInput *input, const char *label);

/* Logs a critical message for each invariant in @violated. If there is one and the environment has
 * HABLA_FATAL_INVARIANTS=1, as in tests, aborts the process. */
void habla_invariants_report (HablaInvariants violated, const char *label);

typedef void (*HablaInvariantsNotify) (HablaInvariants violated, gpointer user_data);

/**
 * habla_invariants_watch_free:
 * @session: a closed pipeline that is about to be unreferenced
 * @notify: called if the pipeline, or an object of its graph, is alive ten seconds later
 * @user_data: passed to @notify; also identifies the watch for habla_invariants_unwatch()
 *
 * Watches the release of a pipeline, and logs violations. Main thread only.
 */
void habla_invariants_watch_free (
    HablaPipeline *session, HablaInvariantsNotify notify, gpointer user_data);

/* Ends all watches with @user_data. */
void habla_invariants_unwatch (gpointer user_data);

G_END_DECLS
