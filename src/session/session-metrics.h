/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>
#include <session/invariants.h>
#include <session/session.h>

G_BEGIN_DECLS

/**
 * HablaSessionMetrics:
 *
 * What all sessions of a daemon have come to, in families that Prometheus reads.
 */
typedef struct _HablaSessionMetrics HablaSessionMetrics;

/**
 * HablaUtteranceStage:
 * @HABLA_STAGE_TRANSCRIBED: its text is known
 * @HABLA_STAGE_TRANSLATED: into one language
 * @HABLA_STAGE_UNTRANSLATED: an engine failed on it
 * @HABLA_STAGE_UNANSWERED: its session was over before it was translated
 */
typedef enum {
  HABLA_STAGE_TRANSCRIBED,
  HABLA_STAGE_TRANSLATED,
  HABLA_STAGE_UNTRANSLATED,
  HABLA_STAGE_UNANSWERED,
} HablaUtteranceStage;

/**
 * HablaLatencyStage:
 * @HABLA_LATENCY_TRANSCRIPTION: from the end of speech to its text
 * @HABLA_LATENCY_TRANSLATION: from the text to its translation
 */
typedef enum {
  HABLA_LATENCY_TRANSCRIPTION,
  HABLA_LATENCY_TRANSLATION,
} HablaLatencyStage;

/* Levels of the moment, of all rooms together. */
typedef struct {
  guint rooms;
  guint members;
  guint64 audio_waiting; /* in bytes */
  guint64 lag;           /* in nanoseconds, the longest */
  guint queue;
  guint queue_peak;
  guint in_flight;
  guint overload;
  guint decoders; /* child processes, the spare included */
  guint stuck;    /* sessions that are closed, with a pipeline that is not */
} HablaSessionLevels;

HablaSessionMetrics *habla_session_metrics_new (HablaMetrics *metrics);
void habla_session_metrics_free (HablaSessionMetrics *self);

void habla_session_metrics_made (HablaSessionMetrics *self);
void habla_session_metrics_moved (
    HablaSessionMetrics *self, HablaSessionState from, HablaSessionState to, guint64 microseconds);
void habla_session_metrics_cleaned (
    HablaSessionMetrics *self, guint64 microseconds, HablaInvariants violated);
void habla_session_metrics_violated (HablaSessionMetrics *self, HablaInvariants violated);
void habla_session_metrics_count (HablaSessionMetrics *self, HablaUtteranceStage stage, guint n);
void habla_session_metrics_time (
    HablaSessionMetrics *self, HablaLatencyStage stage, guint64 microseconds);
void habla_session_metrics_add_figures (
    HablaSessionMetrics *self, HablaSessionFigures *counted, const HablaSessionFigures *figures);
void habla_session_metrics_count_lost (HablaSessionMetrics *self, gsize bytes);
void habla_session_metrics_set_levels (HablaSessionMetrics *self, const HablaSessionLevels *levels);
void habla_session_metrics_count_confidence (HablaSessionMetrics *self, double confidence);

double habla_session_metrics_get_confidence (HablaSessionMetrics *self);
guint64 habla_session_metrics_get_low_confidence (HablaSessionMetrics *self);
double habla_session_metrics_get_processing (HablaSessionMetrics *self);
void habla_session_metrics_log (HablaSessionMetrics *self, const HablaSessionLevels *levels);

G_END_DECLS
