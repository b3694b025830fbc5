/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/annotations.h>
#include <monitoring/metrics.h>
#include <pipeline/pipeline-leak-check.h>
#include <pipeline/pipeline.h>

G_BEGIN_DECLS

/**
 * HablaRoomMetrics:
 *
 * Metrics of all pipelines of a daemon. The published names say "session" where the code says
 * "pipeline".
 */
typedef struct _HablaRoomMetrics HablaRoomMetrics;

/**
 * HablaUtteranceStage:
 * @HABLA_STAGE_TRANSCRIBED: its text is known
 * @HABLA_STAGE_TRANSLATED: translated into one language
 * @HABLA_STAGE_UNTRANSLATED: an engine failed
 * @HABLA_STAGE_UNANSWERED: its pipeline was closed before it was translated
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

/**
 * HablaPipelineLevels:
 * @rooms: open rooms
 * @members: clients in them
 * @audio_waiting: bytes of audio that wait
 * @lag: audio that is not recognised yet, in nanoseconds, of the slowest pipeline
 * @queue: utterances and buffers in all queues
 * @queue_peak: the longest queue of a pipeline so far
 * @in_flight: pending translation requests
 * @overload: the highest level, 0 to 3
 * @decoders: decoder child processes, including the spare one
 * @stuck: pipelines whose teardown exceeded its deadline
 *
 * Present levels of all rooms together.
 */
typedef struct {
  guint rooms;
  guint members;
  guint64 audio_waiting;
  guint64 lag;
  guint queue;
  guint queue_peak;
  guint in_flight;
  guint overload;
  guint decoders;
  guint stuck;
} HablaPipelineLevels;

/**
 * habla_room_metrics_new:
 * @metrics: (transfer none): gets the families; must outlive the result. Once for each
 *   #HablaMetrics
 *
 * Returns: (transfer full): metrics with the value 0
 */
HablaRoomMetrics *habla_room_metrics_new (HablaMetrics *metrics);

/**
 * habla_room_metrics_free:
 * @self: (transfer full): metrics
 */
void habla_room_metrics_free (HablaRoomMetrics *self);

/**
 * habla_room_metrics_count_created:
 * @self: metrics
 *
 * Counts a new pipeline.
 */
void habla_room_metrics_count_created (HablaRoomMetrics *self);

/**
 * habla_room_metrics_count_transition:
 * @self: metrics
 * @from: previous state of a pipeline
 * @to: its new state; closed pipelines do not count
 * @microseconds: time that it spent in @from
 */
void habla_room_metrics_count_transition (
    HablaRoomMetrics *self, HablaPipelineState from, HablaPipelineState to, guint64 microseconds);

/**
 * habla_room_metrics_count_teardown:
 * @self: metrics
 * @microseconds: duration of the teardown of a pipeline
 * @violated: invariants that it violated
 */
void habla_room_metrics_count_teardown (
    HablaRoomMetrics *self, guint64 microseconds, HablaInvariants violated);

/**
 * habla_room_metrics_count_violated:
 * @self: metrics
 * @violated: invariants that a pipeline violated
 */
void habla_room_metrics_count_violated (HablaRoomMetrics *self, HablaInvariants violated);

/**
 * habla_room_metrics_count:
 * @self: metrics
 * @stage: that utterances have reached
 * @n: number of utterances
 */
void habla_room_metrics_count (HablaRoomMetrics *self, HablaUtteranceStage stage, guint n);

/**
 * habla_room_metrics_observe_latency:
 * @self: metrics
 * @stage: of an utterance
 * @microseconds: its latency
 */
void habla_room_metrics_observe_latency (
    HablaRoomMetrics *self, HablaLatencyStage stage, guint64 microseconds);

/**
 * habla_room_metrics_add_stats:
 * @self: metrics
 * @counted: (inout): statistics of a pipeline that were counted before; becomes equal to @stats
 * @stats: present statistics of this pipeline
 */
void habla_room_metrics_add_stats (
    HablaRoomMetrics *self, HablaPipelineStats *counted, const HablaPipelineStats *stats);

/**
 * habla_room_metrics_count_lost:
 * @self: metrics
 * @bytes: size of audio that was dropped before it reached a pipeline
 */
void habla_room_metrics_count_lost (HablaRoomMetrics *self, gsize bytes);

/**
 * habla_room_metrics_set_levels:
 * @self: metrics
 * @levels: present levels
 */
void habla_room_metrics_set_levels (HablaRoomMetrics *self, const HablaPipelineLevels *levels);

/**
 * habla_room_metrics_count_confidence:
 * @self: metrics
 * @confidence: of a final utterance, 0.0 to 1.0
 */
void habla_room_metrics_count_confidence (HablaRoomMetrics *self, double confidence);

/**
 * habla_room_metrics_get_confidence:
 * @self: metrics
 *
 * Returns: the average confidence; 0.0 before the first utterance
 */
double habla_room_metrics_get_confidence (HablaRoomMetrics *self);

/**
 * habla_room_metrics_get_low_confidence:
 * @self: metrics
 *
 * Returns: number of utterances with a confidence below 0.5
 */
guint64 habla_room_metrics_get_low_confidence (HablaRoomMetrics *self);

/**
 * habla_room_metrics_get_processing:
 * @self: metrics
 *
 * Returns: the average time from the end of speech to its translation, in milliseconds
 */
double habla_room_metrics_get_processing (HablaRoomMetrics *self);

/**
 * habla_room_metrics_count_found:
 * @self: metrics
 * @annotations: (nullable): errors and phrases in an exchange that is finished
 */
void habla_room_metrics_count_found (HablaRoomMetrics *self, const HablaAnnotations *annotations);

/**
 * habla_room_metrics_get_found:
 * @self: metrics
 * @corrections: (out): number of exchanges with errors
 * @idioms: (out): number of phrases that patterns have found
 * @model_idioms: (out): number of phrases that language models have found
 */
void habla_room_metrics_get_found (
    HablaRoomMetrics *self, guint64 *corrections, guint64 *idioms, guint64 *model_idioms);

/**
 * habla_room_metrics_log:
 * @self: metrics
 * @levels: present levels
 *
 * Logs one line of levels and totals.
 */
void habla_room_metrics_log (HablaRoomMetrics *self, const HablaPipelineLevels *levels);

G_END_DECLS
