/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "room/parts/room-metrics.h"

#define LOW_CONFIDENCE 0.5

struct _HablaRoomMetrics {
  HablaMetric *sessions;
  HablaMetric *transitions;
  HablaMetric *state_time;
  HablaMetric *cleanups;
  HablaMetric *cleanup_time;
  HablaMetric *violations;
  HablaMetric *utterances;
  HablaMetric *latency;
  HablaMetric *audio;
  HablaMetric *speech_time;
  HablaMetric *restarts;
  HablaMetric *rooms;
  HablaMetric *members;
  HablaMetric *queue;
  HablaMetric *queue_peak;
  HablaMetric *in_flight;
  HablaMetric *audio_waiting;
  HablaMetric *lag;
  HablaMetric *overload;
  HablaMetric *decoders;
  HablaMetric *stuck;
  HablaMetric *corrections;
  HablaMetric *idioms;

  double confidence; /* sum */
  guint64 n_confidence;
  guint64 n_low_confidence;
  guint64 latency_sum[2]; /* in microseconds, by HablaLatencyStage */
  guint64 latency_count[2];
};

static const char *state_names[HABLA_PIPELINE_N_STATES + 1];
static const char *const stage_names[] = { "transcribed", "translated", "untranslated",
  "unanswered", NULL };
static const char *const latency_names[] = { "transcription", "translation", NULL };
static const char *const idiom_names[] = { "patterns", "model", NULL };
static const char *const audio_names[] = { "received", "lost", NULL };

HablaRoomMetrics *
habla_room_metrics_new (HablaMetrics *metrics)
{
  HablaRoomMetrics *self = g_new0 (HablaRoomMetrics, 1);
  const struct {
    HablaMetric **metric;
    HablaMetricKind kind;
    const char *name;
    const char *help;
    const char *label;
    const char *const *values;
  } families[] = {
    { &self->sessions, HABLA_METRIC_GAUGE, "habla_sessions", "Sessions, by state.", "state",
        state_names },
    { &self->transitions, HABLA_METRIC_COUNTER, "habla_session_transitions_total",
        "State changes of sessions, by new state.", "state", state_names },
    { &self->state_time, HABLA_METRIC_DURATIONS, "habla_session_state_seconds",
        "Time that sessions spent in each state, in seconds.", "state", state_names },
    { &self->cleanups, HABLA_METRIC_COUNTER, "habla_session_cleanups_total",
        "Sessions torn down completely.", NULL, NULL },
    { &self->cleanup_time, HABLA_METRIC_DURATIONS, "habla_session_cleanup_seconds",
        "Duration of session teardowns, in seconds.", NULL, NULL },
    { &self->violations, HABLA_METRIC_COUNTER, "habla_session_violations_total",
        "Finished sessions that violated an invariant, by invariant.", "invariant",
        habla_invariant_names },
    { &self->utterances, HABLA_METRIC_COUNTER, "habla_utterances_total",
        "Final utterances, by stage reached; translations count once per target language.", "stage",
        stage_names },
    { &self->latency, HABLA_METRIC_DURATIONS, "habla_latency_seconds",
        "Latency from the end of speech to text, and from text to each translation, in seconds.",
        "stage", latency_names },
    { &self->audio, HABLA_METRIC_COUNTER, "habla_audio_bytes_total",
        "Bytes of audio received from clients, and dropped because the input queue was full.",
        "fate", audio_names },
    { &self->speech_time, HABLA_METRIC_COUNTER, "habla_speech_seconds_total",
        "Duration of all detected speech, in seconds.", NULL, NULL },
    { &self->restarts, HABLA_METRIC_COUNTER, "habla_engine_restarts_total",
        "Retries of a failed engine.", NULL, NULL },
    { &self->rooms, HABLA_METRIC_GAUGE, "habla_rooms", "Open rooms.", NULL, NULL },
    { &self->members, HABLA_METRIC_GAUGE, "habla_members", "Clients in rooms.", NULL, NULL },
    { &self->queue, HABLA_METRIC_GAUGE, "habla_queue_length",
        "Utterances and buffers queued in all sessions.", NULL, NULL },
    { &self->queue_peak, HABLA_METRIC_GAUGE, "habla_queue_length_peak",
        "Largest queue length that a current session has reached.", NULL, NULL },
    { &self->in_flight, HABLA_METRIC_GAUGE, "habla_translations_in_flight",
        "Pending translation requests.", NULL, NULL },
    { &self->audio_waiting, HABLA_METRIC_GAUGE, "habla_audio_waiting_bytes",
        "Bytes of received audio waiting for their session to start.", NULL, NULL },
    { &self->lag, HABLA_METRIC_GAUGE, "habla_audio_lag_seconds",
        "Duration of unrecognised audio in the session that lags most, in seconds.", NULL, NULL },
    { &self->overload, HABLA_METRIC_GAUGE, "habla_overload_level",
        "Overload level: 0 none, 1 no partial translations, 2 no partial transcripts either, 3 "
        "text is late.",
        NULL, NULL },
    { &self->decoders, HABLA_METRIC_GAUGE, "habla_decoders",
        "Decoder child processes, including the spare one.", NULL, NULL },
    { &self->stuck, HABLA_METRIC_GAUGE, "habla_stuck_pipelines",
        "Pipelines whose teardown exceeded its deadline and that still exist.", NULL, NULL },
    { &self->corrections, HABLA_METRIC_COUNTER, "habla_corrections_total",
        "Exchanges in which errors were corrected.", NULL, NULL },
    { &self->idioms, HABLA_METRIC_COUNTER, "habla_idioms_total",
        "Idioms and false friends in exchanges, by what found them.", "source", idiom_names },
  };

  for (guint i = 0; i < HABLA_PIPELINE_N_STATES; i++)
    state_names[i] = habla_pipeline_state_get_name (i);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    *families[i].metric = habla_metrics_add (metrics, families[i].kind, families[i].name,
        families[i].help, families[i].label, families[i].values);
  return self;
}

void
habla_room_metrics_free (HablaRoomMetrics *self)
{
  habla_pipeline_leak_check_unwatch (self);
  g_free (self);
}

void
habla_room_metrics_count_created (HablaRoomMetrics *self)
{
  habla_metric_add (self->sessions, HABLA_PIPELINE_IDLE, 1);
}

void
habla_room_metrics_count_transition (
    HablaRoomMetrics *self, HablaPipelineState from, HablaPipelineState to, guint64 microseconds)
{
  habla_metric_add (self->sessions, from, -1);
  if (to != HABLA_PIPELINE_CLOSED)
    habla_metric_add (self->sessions, to, 1);
  habla_metric_add (self->transitions, to, 1);
  habla_metric_observe (self->state_time, from, microseconds / 1e6);
}

void
habla_room_metrics_count_violated (HablaRoomMetrics *self, HablaInvariants violated)
{
  for (guint i = 0; i < HABLA_N_INVARIANTS; i++)
    if (violated & (1 << i))
      habla_metric_add (self->violations, i, 1);
}

void
habla_room_metrics_count_teardown (
    HablaRoomMetrics *self, guint64 microseconds, HablaInvariants violated)
{
  habla_metric_add (self->cleanups, 0, 1);
  habla_metric_observe (self->cleanup_time, 0, microseconds / 1e6);
  habla_room_metrics_count_violated (self, violated);
}

void
habla_room_metrics_count (HablaRoomMetrics *self, HablaUtteranceStage stage, guint n)
{
  habla_metric_add (self->utterances, stage, n);
}

void
habla_room_metrics_observe_latency (
    HablaRoomMetrics *self, HablaLatencyStage stage, guint64 microseconds)
{
  habla_metric_observe (self->latency, stage, microseconds / 1e6);
  self->latency_sum[stage] += microseconds;
  self->latency_count[stage]++;
}

void
habla_room_metrics_count_lost (HablaRoomMetrics *self, gsize bytes)
{
  habla_metric_add (self->audio, 0, bytes);
  habla_metric_add (self->audio, 1, bytes);
}

void
habla_room_metrics_add_stats (
    HablaRoomMetrics *self, HablaPipelineStats *counted, const HablaPipelineStats *stats)
{
  habla_metric_add (self->audio, 0, stats->audio_received - counted->audio_received);
  habla_metric_add (self->audio, 1, stats->audio_lost - counted->audio_lost);
  habla_metric_add (self->speech_time, 0, (stats->speech_time - counted->speech_time) / 1e9);
  habla_metric_add (self->restarts, 0, stats->engine_restarts - counted->engine_restarts);
  *counted = *stats;
}

void
habla_room_metrics_set_levels (HablaRoomMetrics *self, const HablaPipelineLevels *levels)
{
  habla_metric_set (self->rooms, 0, levels->rooms);
  habla_metric_set (self->members, 0, levels->members);
  habla_metric_set (self->queue, 0, levels->queue);
  habla_metric_set (self->queue_peak, 0, levels->queue_peak);
  habla_metric_set (self->in_flight, 0, levels->in_flight);
  habla_metric_set (self->audio_waiting, 0, levels->audio_waiting);
  habla_metric_set (self->lag, 0, levels->lag / 1e9);
  habla_metric_set (self->overload, 0, levels->overload);
  habla_metric_set (self->decoders, 0, levels->decoders);
  habla_metric_set (self->stuck, 0, levels->stuck);
}

void
habla_room_metrics_count_confidence (HablaRoomMetrics *self, double confidence)
{
  self->confidence += confidence;
  self->n_confidence++;
  if (confidence < LOW_CONFIDENCE)
    self->n_low_confidence++;
}

double
habla_room_metrics_get_confidence (HablaRoomMetrics *self)
{
  return self->n_confidence > 0 ? self->confidence / self->n_confidence : 0.0;
}

guint64
habla_room_metrics_get_low_confidence (HablaRoomMetrics *self)
{
  return self->n_low_confidence;
}

static double
room_metrics_get_average (HablaRoomMetrics *self, HablaLatencyStage stage)
{
  return self->latency_count[stage] > 0
             ? (double) self->latency_sum[stage] / self->latency_count[stage]
             : 0.0;
}

double
habla_room_metrics_get_processing (HablaRoomMetrics *self)
{
  return (room_metrics_get_average (self, HABLA_LATENCY_TRANSCRIPTION) +
             room_metrics_get_average (self, HABLA_LATENCY_TRANSLATION)) /
         1000.0;
}

void
habla_room_metrics_count_found (HablaRoomMetrics *self, const HablaAnnotations *annotations)
{
  if (annotations == NULL)
    return;
  habla_metric_add (self->corrections, 0, annotations->corrections->len > 0);
  for (guint i = 0; i < annotations->notes->len; i++) {
    const HablaNote *note = annotations->notes->pdata[i];

    habla_metric_add (self->idioms, g_str_equal (note->source, HABLA_NOTE_SOURCE_MODEL), 1);
  }
}

void
habla_room_metrics_get_found (
    HablaRoomMetrics *self, guint64 *corrections, guint64 *idioms, guint64 *model_idioms)
{
  *corrections = habla_metric_get (self->corrections, 0);
  *idioms = habla_metric_get (self->idioms, 0);
  *model_idioms = habla_metric_get (self->idioms, 1);
}

void
habla_room_metrics_log (HablaRoomMetrics *self, const HablaPipelineLevels *levels)
{
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "MESSAGE",
      "rooms=%u members=%u queue=%u queue-peak=%u in-flight=%u audio-waiting=%" G_GUINT64_FORMAT
      " lag-ms=%" G_GUINT64_FORMAT " overload=%u transcribed=%.0f translated=%.0f "
      "untranslated=%.0f unanswered=%.0f audio-lost=%.0f cleanups=%.0f",
      levels->rooms, levels->members, levels->queue, levels->queue_peak, levels->in_flight,
      levels->audio_waiting, levels->lag / 1000000, levels->overload,
      habla_metric_get (self->utterances, HABLA_STAGE_TRANSCRIBED),
      habla_metric_get (self->utterances, HABLA_STAGE_TRANSLATED),
      habla_metric_get (self->utterances, HABLA_STAGE_UNTRANSLATED),
      habla_metric_get (self->utterances, HABLA_STAGE_UNANSWERED),
      habla_metric_get (self->audio, 1), habla_metric_get (self->cleanups, 0));
}
