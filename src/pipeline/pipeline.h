/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <habla/utterance.h>
#include <pipeline/pipeline-leak-check.h>
#include <pipeline/pipeline-options.h>
#include <pipeline/pipeline-state.h>
#include <pipeline/pipeline-stats.h>
#include <pipeline/speech/speech-tap.h>

G_BEGIN_DECLS

/**
 * HablaPipeline:
 *
 * One GStreamer pipeline, from start to teardown. It takes audio or typed text, and reacts to
 * commands, to messages of the #GstBus and to timers as the table in pipeline-state.c says. All
 * functions belong to the thread of the default main context unless they say otherwise. None
 * blocks: worker threads build, start and tear down the #GstPipeline. A child process decodes audio
 * in a container; it exits with the pipeline at the latest.
 *
 * A pipeline that was started or closed ends in %HABLA_PIPELINE_CLOSED and emits `closed`, in every
 * case. The #GstPipeline is then gone or stuck, see habla_pipeline_is_stuck().
 *
 * Signals, all in the default main context:
 *   state-changed (HablaPipelineState from, HablaPipelineState to, guint64 duration): @duration is
 *     the time in @from, in microseconds
 *   utterance (const char *language, HablaUtterance *utterance): partial or final
 *   audio-lost (guint64 bytes): the input queue has become full; emitted once until audio is
 *     taken again
 *   overload (guint level): see #HablaPipelineStats
 *   language-failed (const char *language, GError *error): @language was removed
 *   failed (GError *error): the pipeline is being torn down
 *   warning (GError *error): something was lost, but the pipeline continues
 *   topic (const char *topic): a language model has summarised the session
 *   closed (): the last signal
 */
#define HABLA_TYPE_PIPELINE (habla_pipeline_get_type ())
G_DECLARE_FINAL_TYPE (HablaPipeline, habla_pipeline, HABLA, PIPELINE, GObject)

/**
 * habla_pipeline_new:
 * @options: copied
 *
 * Returns: (transfer full): a pipeline in %HABLA_PIPELINE_IDLE
 */
HablaPipeline *habla_pipeline_new (const HablaPipelineOptions *options);

/**
 * habla_pipeline_start:
 * @self: an idle pipeline
 *
 * Starts the pipeline. It holds a reference to itself until it has closed.
 */
void habla_pipeline_start (HablaPipeline *self);

/**
 * habla_pipeline_stop:
 * @self: a pipeline
 *
 * Processes all input that has been pushed, within the timeouts of #HablaPipelineOptions, and then
 * closes. For pushed audio, one more chunk is expected first: see habla_pipeline_push_audio().
 * No-op the second time.
 */
void habla_pipeline_stop (HablaPipeline *self);

/**
 * habla_pipeline_abort:
 * @self: a pipeline
 *
 * Discards pending work and closes. No-op while it closes already.
 */
void habla_pipeline_abort (HablaPipeline *self);

/**
 * habla_pipeline_push_audio:
 * @self: a pipeline with %HABLA_PIPELINE_INPUT_PUSHED
 * @audio: a chunk; empty if the client has no more audio
 *
 * Audio is taken from the start of the pipeline, also before it listens, until it drains. After
 * habla_pipeline_stop(), one more chunk is taken: the last one of a recorder.
 *
 * Returns: whether @audio was taken; if not, the input queue is full, or the pipeline takes no
 * audio
 */
gboolean habla_pipeline_push_audio (HablaPipeline *self, GBytes *audio);

/**
 * habla_pipeline_push_text:
 * @self: a pipeline
 * @text: typed text in the source language, in UTF-8
 * @speaker: (nullable): the `speaker` of its utterances
 *
 * Typed text and speech keep their order. Text is taken from the start until the pipeline drains.
 *
 * Returns: whether @text was taken
 */
gboolean habla_pipeline_push_text (HablaPipeline *self, const char *text, const char *speaker);

/**
 * habla_pipeline_add_language:
 * @self: a pipeline
 * @language: BCP 47 code of a target language
 *
 * Adds @language as soon as earlier changes are done; if that fails, `language-failed` is emitted.
 * No-op if the pipeline has it already.
 */
void habla_pipeline_add_language (HablaPipeline *self, const char *language);

/**
 * habla_pipeline_remove_language:
 * @self: a pipeline
 * @language: BCP 47 code of a target language
 *
 * Removes @language as soon as earlier changes are done. No-op for the source language, and for a
 * language that the pipeline does not have.
 */
void habla_pipeline_remove_language (HablaPipeline *self, const char *language);

/**
 * habla_pipeline_update_glossary:
 * @self: a pipeline whose room has another glossary now, see #HablaPipelineOptions
 *
 * The next text is translated with it.
 */
void habla_pipeline_update_glossary (HablaPipeline *self);

/**
 * habla_pipeline_set_topic:
 * @self: a pipeline
 * @topic: (nullable): a topic; %NULL = a new session
 *
 * Replaces the topic that a language model has written, see habla_pipeline_topic_set().
 */
void habla_pipeline_set_topic (HablaPipeline *self, const char *topic);

/**
 * habla_pipeline_add_speech:
 * @self: a pipeline
 * @language: BCP 47 code
 * @tap: (transfer none): gets the translations into @language, or the transcript if it is the
 *   source language, as synthesized speech
 *
 * Adds speech as soon as earlier changes are done; if that fails, `warning` is emitted. Nothing is
 * synthesized in a language without a tap. No-op if @language has one.
 */
void habla_pipeline_add_speech (HablaPipeline *self, const char *language, HablaSpeechTap *tap);

/**
 * habla_pipeline_remove_speech:
 * @self: a pipeline
 * @language: BCP 47 code
 *
 * Removes the speech in @language as soon as earlier changes are done. No-op if there is none.
 */
void habla_pipeline_remove_speech (HablaPipeline *self, const char *language);

/**
 * habla_pipeline_find_decode_time:
 * @self: a pipeline
 * @end: end of an utterance, in nanoseconds of running time
 *
 * Returns: when the audio up to @end was decoded, in microseconds of monotonic time; 0 if the
 *   utterance was typed, or is older than about 50 s
 */
gint64 habla_pipeline_find_decode_time (HablaPipeline *self, guint64 end);

/**
 * habla_pipeline_get_state:
 * @self: a pipeline
 *
 * Returns: its state
 */
HablaPipelineState habla_pipeline_get_state (HablaPipeline *self);

/**
 * habla_pipeline_is_stuck:
 * @self: a pipeline
 *
 * Returns: whether it has closed although its #GstPipeline is still being torn down
 */
gboolean habla_pipeline_is_stuck (HablaPipeline *self);

/**
 * habla_pipeline_get_label:
 * @self: a pipeline
 *
 * Returns: (transfer none): its name in logs
 */
const char *habla_pipeline_get_label (HablaPipeline *self);

/**
 * habla_pipeline_get_stats:
 * @self: a pipeline
 * @stats: (out caller-allocates): its counters and levels
 */
void habla_pipeline_get_stats (HablaPipeline *self, HablaPipelineStats *stats);

/**
 * habla_pipeline_get_header:
 * @self: a pipeline
 *
 * Returns: (transfer full) (nullable): the header of the pushed recording, for a pipeline that
 *   continues it; %NULL if there is none
 */
GBytes *habla_pipeline_get_header (HablaPipeline *self);

/**
 * habla_pipeline_watch_leaks:
 * @self: a closed pipeline that is about to be unreferenced
 * @notify: called if @self or an object of its graph is alive ten seconds later
 * @user_data: passed to @notify; also identifies the watch for habla_pipeline_leak_check_unwatch()
 */
void habla_pipeline_watch_leaks (
    HablaPipeline *self, HablaInvariantsNotify notify, gpointer user_data);

/**
 * habla_pipeline_count:
 *
 * Returns: number of pipelines of the process that have not closed
 */
guint habla_pipeline_count (void);

/**
 * habla_pipeline_count_stuck:
 *
 * Any thread may call this function.
 *
 * Returns: number of pipelines that have closed, but whose #GstPipeline is still being torn down.
 *   Its threads remain until that ends
 */
guint habla_pipeline_count_stuck (void);

G_END_DECLS
