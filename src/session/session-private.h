/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <session/no-audio.h>
#include <session/overload.h>
#include <session/session-backlog.h>
#include <session/session-graph.h>
#include <session/session-job.h>
#include <session/session.h>

G_BEGIN_DECLS

typedef enum {
  HABLA_SESSION_SIGNAL_STATE_CHANGED,
  HABLA_SESSION_SIGNAL_UTTERANCE,
  HABLA_SESSION_SIGNAL_AUDIO_LOST,
  HABLA_SESSION_SIGNAL_OVERLOAD,
  HABLA_SESSION_SIGNAL_LANGUAGE_FAILED,
  HABLA_SESSION_SIGNAL_FAILED,
  HABLA_SESSION_SIGNAL_WARNING,
  HABLA_SESSION_SIGNAL_CLOSED,
  HABLA_SESSION_N_SIGNALS
} HablaSessionSignal;

/* All in the main thread; @options may be read by any. */
struct _HablaSession {
  GObject parent_instance;

  HablaSessionOptions options; /* never changed */
  HablaSessionState state;
  gint64 state_since;
  GQueue events; /* of HablaSessionEvent + 1 */
  gboolean is_dispatching;
  GError *error; /* of the event that failed it */

  HablaSessionGraph *graph; /* NULL before it is built, and after it is taken down */
  GQueue jobs;              /* of HablaSessionJob, that wait */
  gboolean is_busy;         /* a job of the queue runs */
  guint n_aside;            /* jobs that run beside it */
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

  HablaSessionBacklog *backlog;
  gint64 stopped; /* when it was told to stop; 0 = it was not */
  gboolean has_last_audio;
  gboolean is_input_over; /* an own source has ended */
  gboolean is_decoding;   /* the decoder has not come to its end */
  gboolean is_drained;    /* the pipeline has */
  HablaNoAudio no_audio;
  HablaSessionFigures drained; /* when the time to drain began */

  HablaSessionFigures figures;
  HablaOverload overload;
};

/* @message: for the log */
void habla_session_log (HablaSession *self, GLogLevelFlags level, const char *message);
void habla_session_emit (HablaSession *self, HablaSessionSignal signal, ...);
void habla_session_fail (HablaSession *self, const GError *error);
void habla_session_dispatch (HablaSession *self, HablaSessionEvent event);
void habla_session_add_job (HablaSession *self, HablaSessionJobKind kind, const char *language);

/* session-bus.c */
void habla_session_watch_bus (HablaSession *self);
void habla_session_read_bus (HablaSession *self);

/* For tests: how long taking a pipeline down may take, in milliseconds. */
void habla_session_set_teardown_limit (guint limit);

G_END_DECLS
