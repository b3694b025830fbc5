/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/pipeline-leak-check.h>
#include <pipeline/pipeline.h>
#include <recording/recorder.h>
#include <room/room-event.h>
#include <room/parts/target-languages.h>

G_BEGIN_DECLS

/**
 * HablaRunKind:
 * @HABLA_RUN_TYPED: the pipeline takes typed text only
 * @HABLA_RUN_LISTENING: it takes live audio, and typed text
 * @HABLA_RUN_PLAYED: it takes a recording
 */
typedef enum {
  HABLA_RUN_TYPED,
  HABLA_RUN_LISTENING,
  HABLA_RUN_PLAYED,
} HablaRunKind;

/**
 * HablaSilence:
 * @HABLA_SILENCE_SHORT: something was heard lately
 * @HABLA_SILENCE_WARN: the owner must be warned now
 * @HABLA_SILENCE_TOO_LONG: nothing was heard for the whole timeout
 */
typedef enum {
  HABLA_SILENCE_SHORT,
  HABLA_SILENCE_WARN,
  HABLA_SILENCE_TOO_LONG,
} HablaSilence;

/**
 * HablaPipelineRun:
 * @number: of the room's pipelines, from 1
 * @kind: where its input comes from
 * @settings: languages of the room when it started
 * @targets: languages that it translates into
 * @pipeline: (nullable): set once, by the room
 * @recorder: (nullable): records it
 * @n_starts: answers to commands to listen that it owes
 * @has_failed: members have been notified why
 * @cleanup_time: duration of its teardown, in microseconds
 * @counted: statistics that the metrics have
 * @unused_timer: (nullable): ends a typed run
 * @late_timer: (nullable): gives up translations
 * @linger_timer: (nullable): removes languages that no one reads
 * @silence_timer: (nullable): ends a run that hears nothing
 * @audio_taken: bytes that the pipeline took
 * @origin: wall-clock time of running time 0, in microseconds since 1970; 0 = not known yet
 * @heard_at: when something was heard last, on the monotonic clock, in microseconds
 * @is_silence_warned: the owner was warned since
 *
 * What lives as long as one pipeline of a room: allocated when it starts, freed when it is closed.
 * A new run keeps nothing of the last one.
 */
typedef struct {
  guint number;
  HablaRunKind kind;
  HablaRoomSettings settings;
  HablaTargetLanguages *targets;
  HablaPipeline *pipeline;
  HablaRecorder *recorder;
  guint n_starts;
  gboolean has_failed;
  guint64 cleanup_time;
  HablaPipelineStats counted;
  GSource *unused_timer;
  GSource *late_timer;
  GSource *linger_timer;
  GSource *silence_timer;
  guint64 audio_taken;
  gint64 origin;
  gint64 heard_at;
  gboolean is_silence_warned;
} HablaPipelineRun;

/**
 * habla_pipeline_run_new:
 * @number: of the room's pipelines, from 1
 * @kind: where its input comes from
 * @settings: languages of the room
 *
 * Returns: (transfer full): a run without a pipeline
 */
HablaPipelineRun *habla_pipeline_run_new (
    guint number, HablaRunKind kind, const HablaRoomSettings *settings);

/**
 * habla_pipeline_run_free:
 * @self: (transfer full): a run whose recorder was finished
 */
void habla_pipeline_run_free (HablaPipelineRun *self);

/**
 * habla_pipeline_run_is_source:
 * @self: a run
 * @language: BCP 47 code of an utterance
 *
 * Returns: whether @language is the source language of the run
 */
gboolean habla_pipeline_run_is_source (const HablaPipelineRun *self, const char *language);

/**
 * habla_pipeline_run_push_audio:
 * @self: a run
 * @audio: a chunk
 *
 * Returns: whether the pipeline took @audio
 */
gboolean habla_pipeline_run_push_audio (HablaPipelineRun *self, GBytes *audio);

/**
 * habla_pipeline_run_end_silence:
 * @self: a run
 *
 * Notes that something was heard or typed, or that the owner wants to go on.
 */
void habla_pipeline_run_end_silence (HablaPipelineRun *self);

/**
 * habla_pipeline_run_check_silence:
 * @self: a run
 * @timeout: in milliseconds
 * @warning: how long before the end of @timeout to warn, in milliseconds
 * @next: (out): when to check again, on the monotonic clock, in microseconds
 *
 * Returns: how long nothing has been heard; %HABLA_SILENCE_WARN once in a silence
 */
HablaSilence habla_pipeline_run_check_silence (
    HablaPipelineRun *self, guint timeout, guint warning, gint64 *next);

/**
 * habla_pipeline_run_time_exchange:
 * @self: a run
 * @exchange: (inout): its begin and end are set if @utterance was spoken
 * @utterance: the utterance of @exchange
 *
 * The first speech of a run ties running time to the wall clock, so that audio that
 * arrives in a burst keeps the distances of its utterances.
 */
void habla_pipeline_run_time_exchange (
    HablaPipelineRun *self, HablaExchange *exchange, const HablaUtterance *utterance);

/**
 * habla_pipeline_run_get_transcription_time:
 * @self: a run
 * @utterance: a final utterance
 *
 * Returns: time since its audio was decoded, in microseconds; -1 if it was typed, or that is not
 *   known
 */
gint64 habla_pipeline_run_get_transcription_time (
    HablaPipelineRun *self, const HablaUtterance *utterance);

/**
 * habla_pipeline_run_record_exchange:
 * @self: a run
 * @session_id: of the room
 * @exchange: (inout): gets the id of the recording, if it is recorded
 * @utterance: the utterance of @exchange
 */
void habla_pipeline_run_record_exchange (HablaPipelineRun *self, guint64 session_id,
    HablaExchange *exchange, const HablaUtterance *utterance);

/**
 * habla_pipeline_run_record_translation:
 * @self: a run
 * @exchange: an exchange
 * @language: BCP 47 code
 * @text: (nullable): the translation of @exchange
 */
void habla_pipeline_run_record_translation (
    HablaPipelineRun *self, const HablaExchange *exchange, const char *language, const char *text);

/**
 * habla_pipeline_run_check_invariants:
 * @self: a run whose pipeline is closed
 * @pending: number of its exchanges without a translation
 * @stats: (out): last statistics of its pipeline
 *
 * Returns: the violated invariants, which are logged
 */
HablaInvariants habla_pipeline_run_check_invariants (
    HablaPipelineRun *self, guint pending, HablaPipelineStats *stats);

G_END_DECLS
