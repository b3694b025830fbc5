/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>
#include <pipeline/pipeline-leak-check.h>
#include <pipeline/pipeline.h>

G_BEGIN_DECLS

/**
 * HablaRoomMetrics:
 *
 * What all sessions of a daemon have come to, in families that Prometheus reads.
 */
typedef struct _HablaRoomMetrics HablaRoomMetrics;

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
} HablaPipelineLevels;

HablaRoomMetrics *habla_room_metrics_new (HablaMetrics *metrics);
void habla_room_metrics_free (HablaRoomMetrics *self);

void habla_room_metrics_made (HablaRoomMetrics *self);
void habla_room_metrics_moved (
    HablaRoomMetrics *self, HablaPipelineState from, HablaPipelineState to, guint64 microseconds);
void habla_room_metrics_cleaned (
    HablaRoomMetrics *self, guint64 microseconds, HablaInvariants violated);
void habla_room_metrics_violated (HablaRoomMetrics *self, HablaInvariants violated);
void habla_room_metrics_count (HablaRoomMetrics *self, HablaUtteranceStage stage, guint n);
void habla_room_metrics_time (
    HablaRoomMetrics *self, HablaLatencyStage stage, guint64 microseconds);
void habla_room_metrics_add_figures (
    HablaRoomMetrics *self, HablaPipelineStats *counted, const HablaPipelineStats *figures);
void habla_room_metrics_count_lost (HablaRoomMetrics *self, gsize bytes);
void habla_room_metrics_set_levels (HablaRoomMetrics *self, const HablaPipelineLevels *levels);
void habla_room_metrics_count_confidence (HablaRoomMetrics *self, double confidence);

double habla_room_metrics_get_confidence (HablaRoomMetrics *self);
guint64 habla_room_metrics_get_low_confidence (HablaRoomMetrics *self);
double habla_room_metrics_get_processing (HablaRoomMetrics *self);
void habla_room_metrics_log (HablaRoomMetrics *self, const HablaPipelineLevels *levels);

G_END_DECLS
