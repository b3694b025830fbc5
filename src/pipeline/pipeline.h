/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <habla/utterance.h>
#include <pipeline/pipeline-state.h>

G_BEGIN_DECLS

typedef struct _HablaAudioTap HablaAudioTap;

/**
 * HablaPipeline:
 *
 * One pipeline, from its making to its end. It listens or takes typed text, and is told by
 * commands, by its pipeline's bus and by timers; a table (pipeline-state.h) says what comes
 * of each. It is used in the thread of the default main context, and no function waits:
 * pipelines are made, started and taken down by worker threads.
 *
 * Whatever happens to it, it ends in %HABLA_PIPELINE_CLOSED: then the pipeline is gone, or stuck
 * (see habla_pipeline_is_stuck()), and the signal `closed` has been emitted, once. Audio in a
 * container is decoded in a child process, which ends with the session at the latest.
 */
#define HABLA_TYPE_PIPELINE (habla_pipeline_get_type ())

/* What a piece of audio that waits takes beside its bytes: as many may wait as have room in
 * max_audio_backlog at that, or pieces without bytes would have no bound. */
#define HABLA_CHUNK_COST 512

G_DECLARE_FINAL_TYPE (HablaPipeline, habla_pipeline, HABLA, PIPELINE, GObject)

/**
 * HablaPipelineInput:
 * @HABLA_PIPELINE_INPUT_TYPED: typed text only
 * @HABLA_PIPELINE_INPUT_PUSHED: audio comes by habla_pipeline_push_audio(), in a container
 *   that is told from its first bytes; and typed text
 * @HABLA_PIPELINE_INPUT_SOURCE: a source of the daemon's own; and typed text
 */
typedef enum {
  HABLA_PIPELINE_INPUT_TYPED,
  HABLA_PIPELINE_INPUT_PUSHED,
  HABLA_PIPELINE_INPUT_SOURCE,
} HablaPipelineInput;

/**
 * HablaPipelineOptions:
 * @label: names the session in logs
 * @pipeline: name or path of the pipeline description; "session" is the one for daemons
 * @input: where audio comes from
 * @source: (nullable): launch fragment of a %HABLA_PIPELINE_INPUT_SOURCE
 * @raw_caps: (nullable): caps of pushed audio that has no container; %NULL = it has one
 * @is_played: what is pushed is a recording, and all of it comes before a stop
 * @header: (nullable): what a recording that goes on without its header began with; see
 *   habla_pipeline_get_header()
 * @from: BCP 47 code of the language that is spoken and typed
 * @to: (nullable): BCP 47 codes of the languages at the beginning
 * @drain_timeout: how long, after a stop, nothing may come of what was said, in milliseconds:
 *   as long as any of it is recognised or translated meanwhile, it is waited for
 * @max_drain: how long what was said may take altogether after a stop, in milliseconds; 0 = any.
 *   Looked at every @drain_timeout
 * @max_audio_backlog: of pushed audio that waits, in bytes as it came; and %HABLA_CHUNK_COST
 *   for each piece
 * @tap: (nullable): gets what is pushed, if anything is, and what is heard
 *
 * Copied by habla_pipeline_new().
 */
typedef struct {
  const char *label;
  const char *pipeline;
  HablaPipelineInput input;
  const char *source;
  const char *raw_caps;
  gboolean is_played;
  GBytes *header;
  const char *from;
  const char *const *to;
  guint drain_timeout;
  guint max_drain;
  gsize max_audio_backlog;
  HablaAudioTap *tap;
} HablaPipelineOptions;

/**
 * HablaPipelineStats:
 * @audio_received: pushed, in bytes as it came
 * @audio_lost: of those, dropped because too much waited
 * @audio_waiting: of those, not read by the pipeline yet
 * @recognised: audio that has been through the transcriber, in nanoseconds
 * @lag: audio that was decoded and not recognised yet, in nanoseconds
 * @queue: utterances and audio buffers in all queues of the pipeline now
 * @queue_peak: the most that a look has found
 * @in_flight: translations asked for and not answered
 * @utterances: final, of the language that is spoken
 * @translations: final, in all languages
 * @untranslated: of those, passed on as they came since the engine failed
 * @engine_restarts: retries of the translators' engines
 * @speech_time: how long somebody spoke, in nanoseconds
 * @overload: 0 none, 1 no partial translations, 2 no partial transcripts either,
 *   3 text is late too
 *
 * As of the last look, less than a second ago while it runs.
 */
typedef struct {
  guint64 audio_received;
  guint64 audio_lost;
  guint64 audio_waiting;
  guint64 recognised;
  guint64 lag;
  guint queue;
  guint queue_peak;
  guint in_flight;
  guint64 utterances;
  guint64 translations;
  guint64 untranslated;
  guint64 engine_restarts;
  guint64 speech_time;
  guint overload;
} HablaPipelineStats;

/* Signals, all in the default main context:
 *   state-changed (HablaPipelineState from, HablaPipelineState to, guint64 microseconds in from)
 *   utterance (const char *language, HablaUtterance *utterance): partial or final
 *   audio-lost (guint64 bytes): too much waits; once each time that it begins
 *   overload (guint level)
 *   language-failed (const char *language, GError *error): it is not in the graph any more
 *   failed (GError *error): it is being taken down
 *   warning (GError *error): something was lost, the session goes on
 *   closed (): nothing is left; the last one */
HablaPipeline *habla_pipeline_new (const HablaPipelineOptions *options);

void habla_pipeline_start (HablaPipeline *self);
/* Takes what was said until now to its end, then closes. Does nothing the second time. */
void habla_pipeline_stop (HablaPipeline *self);
/* Closes without waiting for what was said. */
void habla_pipeline_close (HablaPipeline *self);

/* Audio is taken until the session drains, also while it starts, and for the recorder's
 * last chunk when habla_pipeline_stop() has been called. Returns: whether it was taken. */
gboolean habla_pipeline_push_audio (HablaPipeline *self, GBytes *audio);
/* @id: what the utterances of this text have as `speaker`; order with speech is kept.
 * Returns: whether it was taken */
gboolean habla_pipeline_push_text (HablaPipeline *self, const char *text, const char *speaker);

void habla_pipeline_add_language (HablaPipeline *self, const char *language);
void habla_pipeline_remove_language (HablaPipeline *self, const char *language);

/* @end: of an utterance. Returns: when the audio up to there had been decoded, in monotonic
 * time; 0 if that is not known any more, or it was typed */
gint64 habla_pipeline_find_heard (HablaPipeline *self, guint64 end);

HablaPipelineState habla_pipeline_get_state (HablaPipeline *self);
/* Returns: whether it was closed although its pipeline is still being taken down */
gboolean habla_pipeline_is_stuck (HablaPipeline *self);
const char *habla_pipeline_get_label (HablaPipeline *self);
void habla_pipeline_get_stats (HablaPipeline *self, HablaPipelineStats *figures);
/* Returns: (transfer full) (nullable): what the recording began with, for one that goes on
 * with it in another session */
GBytes *habla_pipeline_get_header (HablaPipeline *self);

/* Sessions that are not closed, of the whole process. */
guint habla_pipeline_count (void);
/* Sessions that are closed although their pipeline is still being taken down: it took too long.
 * Their threads stay until it ends. In any thread. */
guint habla_pipeline_count_stuck (void);

G_END_DECLS
