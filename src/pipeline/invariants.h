/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/pipeline.h>

G_BEGIN_DECLS

/**
 * HablaInvariants:
 * @HABLA_INVARIANT_CLOSED: its state is the last one
 * @HABLA_INVARIANT_AUDIO: what it received is what it took and what it lost; no more than
 *   it took waits
 * @HABLA_INVARIANT_ANSWERED: no exchange waits for a translation
 * @HABLA_INVARIANT_SOURCES: no timer or watch of it is left
 * @HABLA_INVARIANT_FREED: nobody holds the session any more
 * @HABLA_INVARIANT_GRAPH: nor its pipeline, its bus, an element or a pad of it
 * @HABLA_INVARIANT_TORN_DOWN: its pipeline was taken down in time
 *
 * What must hold when a session is over. As a set: what does not hold.
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
 * @state: of the session
 * @figures: of the session, the last
 * @audio_taken: bytes that it took
 * @pending: exchanges that wait for it
 * @sources: timers of the room that are about it
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

HablaInvariants habla_invariants_check (const HablaInvariantsInput *input, const char *label);
void habla_invariants_report (HablaInvariants violated, const char *label);

typedef void (*HablaInvariantsNotify) (HablaInvariants violated, gpointer user_data);
void habla_invariants_watch_free (
    HablaPipeline *session, HablaInvariantsNotify notify, gpointer user_data);
void habla_invariants_unwatch (gpointer user_data);

G_END_DECLS
