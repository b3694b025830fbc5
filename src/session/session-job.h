/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <session/session-graph.h>

G_BEGIN_DECLS

/* What a worker thread does for a session. */
typedef enum {
  HABLA_SESSION_JOB_BUILD,
  HABLA_SESSION_JOB_ADD_LANGUAGE,
  HABLA_SESSION_JOB_REMOVE_LANGUAGE,
  HABLA_SESSION_JOB_PLAY,
  HABLA_SESSION_JOB_NEW_CLOCK,
  HABLA_SESSION_JOB_NEW_LATENCY,
  HABLA_SESSION_JOB_TEAR_DOWN,
  HABLA_SESSION_JOB_END_INPUT,
} HablaSessionJobKind;

/**
 * HablaSessionJob:
 * @language: (nullable): that comes or goes
 * @graph: (nullable): comes from %HABLA_SESSION_JOB_BUILD, goes into all others
 * @samples: for %HABLA_SESSION_JOB_BUILD: see habla_session_graph_new()
 * @remains: (nullable): comes from %HABLA_SESSION_JOB_TEAR_DOWN
 */
typedef struct {
  HablaSessionJobKind kind;
  char *language;
  HablaSessionGraph *graph;
  int samples;
  HablaRemains *remains;
} HablaSessionJob;

/* What tearing it down leaves with the session, a #HablaRemains: for habla_invariants_watch_free().
 */
#define HABLA_SESSION_REMAINS "habla-session-remains"

HablaSessionJob *habla_session_job_new (HablaSessionJobKind kind, const char *language);
void habla_session_job_free (HablaSessionJob *self);

gboolean habla_session_job_is_aside (const HablaSessionJob *self);
void habla_session_job_start (HablaSessionJob *self, HablaSession *session,
    const HablaSessionOptions *options, GAsyncReadyCallback done);
HablaSessionJob *habla_session_job_finish (
    HablaSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
