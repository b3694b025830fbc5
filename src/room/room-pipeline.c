/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pipeline of a room: start, input, end. */
#define G_LOG_USE_STRUCTURED
#include "room/room-private.h"

#include <recording/recording.h>
#include <util/source.h>

#define DEFAULT_TYPED_IDLE 60000 /* milliseconds */

/* Warnings of an engine reach the owner at most this often, in microseconds. */
#define WARNING_INTERVAL (10 * G_TIME_SPAN_SECOND)

#define MAX_SILENCE_WARNING 60000 /* milliseconds */
#define MINUTE 60000              /* milliseconds */

static void room_watch_silence (HablaRoom *self);

/* Typed text */

static gboolean
room_on_unused_timer (gpointer user_data)
{
  HablaRoom *self = user_data;

  habla_source_clear (&self->run->unused_timer);
  habla_room_handle (self, HABLA_ROOM_EVENT_UNUSED);
  return G_SOURCE_REMOVE;
}

/* A pipeline for typed text stays for a while after the last text. */
static void
room_keep_typing (HablaRoom *self)
{
  guint idle = self->context->typed_idle;

  if (self->state != HABLA_ROOM_TYPING)
    return;
  habla_source_clear (&self->run->unused_timer);
  habla_source_start_timer (&self->run->unused_timer, idle != 0 ? idle : DEFAULT_TYPED_IDLE,
      "[habla] HablaRoom unused", room_on_unused_timer, self);
}

void
habla_room_hand_over_texts (HablaRoom *self)
{
  const HablaPendingText *text;

  while ((text = habla_pending_input_peek_text (&self->input)) != NULL &&
         habla_room_settings_can_share_pipeline (&text->settings, &self->run->settings) &&
         habla_pipeline_push_text (self->run->pipeline, text->text, text->speaker)) {
    habla_pending_input_drop_text (&self->input);
    room_keep_typing (self);
  }
}

/* Silence */

static guint
room_get_silence_warning (HablaRoom *self)
{
  return MIN (MAX_SILENCE_WARNING, self->context->silence_timeout / 2);
}

/* Returns: (transfer full): "15 minutes" or "90 seconds" */
static char *
room_describe_time (guint milliseconds)
{
  guint seconds = (milliseconds + 999) / 1000;

  if (milliseconds >= 2 * MINUTE)
    return g_strdup_printf ("%u minutes", milliseconds / MINUTE);
  return g_strdup_printf ("%u second%s", seconds, seconds != 1 ? "s" : "");
}

static gboolean
room_on_silence_timer (gpointer user_data)
{
  HablaRoom *self = user_data;

  room_watch_silence (self);
  return G_SOURCE_REMOVE;
}

static void
room_watch_silence (HablaRoom *self)
{
  guint timeout = self->context->silence_timeout, warning = room_get_silence_warning (self);
  gint64 next;
  HablaSilence silence = habla_pipeline_run_check_silence (self->run, timeout, warning, &next);
  g_autofree char *silent =
      room_describe_time (silence == HABLA_SILENCE_WARN ? timeout - warning : timeout);
  g_autofree char *left = room_describe_time (warning);

  habla_source_clear (&self->run->silence_timer);
  if (silence == HABLA_SILENCE_TOO_LONG) {
    habla_room_notify_error (self,
        "Nothing was heard for %s; listening has stopped. Check the microphone and start again",
        silent);
    habla_room_handle (self, HABLA_ROOM_EVENT_SILENT);
    return;
  }
  if (silence == HABLA_SILENCE_WARN)
    habla_room_notify_error (self,
        "Nothing was heard for %s; listening stops in %s. Speak, or start listening again to go on",
        silent, left);
  habla_source_start_timer_at (
      &self->run->silence_timer, next, "[habla] HablaRoom silence", room_on_silence_timer, self);
}

/* Recording */

void
habla_room_end_recording (HablaRoom *self)
{
  if (self->run != NULL && self->run->recorder != NULL)
    habla_recording_library_finish (
        self->context->recordings, g_steal_pointer (&self->run->recorder));
}

static void
room_on_recording_failed (const GError *error, gpointer user_data)
{
  HablaRoom *self = user_data;

  habla_room_notify_error (self, "%s", error->message);
  habla_room_end_recording (self);
}

static void
room_start_recording (HablaRoom *self, HablaPipelineOptions *options)
{
  HablaRoomContext *context = self->context;
  HablaPipelineRun *run = self->run;
  HablaRecorderOptions recorder = {
    .room = self->name,
    .session_id = self->draft_session_id,
    .source_language = run->settings.source_language,
    .target_languages = (const char *const *) run->settings.target_languages,
    .records_decoded = options->input == HABLA_PIPELINE_INPUT_SOURCE,
    .raw_rate = options->input == HABLA_PIPELINE_INPUT_PUSHED ? self->input.raw_rate : 0,
  };

  if (context->recordings == NULL || !context->is_recording)
    return;
  run->recorder = habla_recording_library_start (
      context->recordings, &recorder, room_on_recording_failed, self);
  options->tap = HABLA_AUDIO_TAP (run->recorder);
}

/* Playback */

static void
room_play_chunk (GBytes *audio, guint index, gpointer user_data)
{
  HablaRoom *self = user_data;
  HablaEvent event;

  habla_pipeline_run_push_audio (self->run, audio);
  habla_playback_count_chunk (self->playback, index, &event);
  habla_room_notify (self, &event);
}

static guint64
room_get_audio_waiting (gpointer user_data)
{
  HablaRoom *self = user_data;
  HablaPipelineStats stats;

  habla_pipeline_get_stats (self->run->pipeline, &stats);
  return stats.audio_waiting;
}

static void
room_on_played (guint n_chunks, const GError *error, gpointer user_data)
{
  HablaRoom *self = user_data;

  if (error != NULL) {
    self->run->has_failed = TRUE;
    habla_room_notify_error (self, "Playback failed: %s", error->message);
  }
  self->playback->is_all_played = TRUE;
  habla_room_handle (self, HABLA_ROOM_EVENT_PLAYED);
}

static void
room_start_playing (HablaRoom *self)
{
  static const HablaPlayerTarget target = { room_play_chunk, room_get_audio_waiting,
    room_on_played };
  HablaEvent event;

  habla_playback_describe_start (self->playback, &event);
  habla_room_notify (self, &event);
  habla_playback_start (self->playback, &target, self);
}

void
habla_room_end_playing (HablaRoom *self, gboolean has_failed)
{
  HablaPlayback *playback = g_steal_pointer (&self->playback);
  HablaEvent event;

  habla_playback_end (playback, has_failed, &event);
  habla_room_notify (self, &event);
  habla_playback_free (playback);
}

/* Signals of the pipeline */

/* Answers each command to listen, also those that came while the pipeline started. */
static void
room_notify_started (HablaRoom *self)
{
  guint n = self->is_listening ? self->run->n_starts : MAX (self->run->n_starts, 1);

  self->is_listening = TRUE;
  self->run->n_starts = 0;
  for (guint i = 0; i < n; i++)
    habla_room_notify_type (self, HABLA_EVENT_LISTENING_STARTED);
}

static void
room_on_state_changed (HablaPipeline *pipeline, HablaPipelineState from, HablaPipelineState to,
    guint64 microseconds, HablaRoom *self)
{
  HablaPipelineRun *run = self->run;

  habla_room_metrics_count_transition (self->context->metrics, from, to, microseconds);
  if (from == HABLA_PIPELINE_CLOSING || from == HABLA_PIPELINE_FAILED)
    run->cleanup_time += microseconds;
  if (to >= HABLA_PIPELINE_DRAINING)
    habla_room_handle (self, HABLA_ROOM_EVENT_INPUT_ENDED);
  if (run->kind == HABLA_RUN_PLAYED) {
    if (to == HABLA_PIPELINE_PLAYING)
      room_start_playing (self);
  } else if (to == HABLA_PIPELINE_LISTENING) {
    room_notify_started (self);
  }
  if (to == HABLA_PIPELINE_LISTENING || to == HABLA_PIPELINE_TYPING) {
    habla_room_hand_over_texts (self);
    habla_room_advance (self);
  }
}

static void
room_on_utterance (
    HablaPipeline *pipeline, const char *language, HablaUtterance *utterance, HablaRoom *self)
{
  habla_room_take_utterance (self, language, utterance);
  room_keep_typing (self);
}

static void
room_on_language_failed (
    HablaPipeline *pipeline, const char *language, const GError *error, HablaRoom *self)
{
  habla_target_languages_set_failed (self->run->targets, language);
  habla_room_fail_language (self, language, error->message);
}

static void
room_on_audio_lost (HablaPipeline *pipeline, guint64 bytes, HablaRoom *self)
{
  habla_room_notify_error (
      self, "Audio dropped: input queue is full (%" G_GUINT64_FORMAT " kB so far)", bytes / 1000);
}

static void
room_on_overload (HablaPipeline *pipeline, guint level, HablaRoom *self)
{
  HablaEvent event = { .type = HABLA_EVENT_OVERLOAD, .overload = level };

  habla_room_notify (self, &event);
}

static void
room_on_failed (HablaPipeline *pipeline, const GError *error, HablaRoom *self)
{
  self->run->has_failed = TRUE;
  /* What waits is for another recording, which may be in order. */
  if (!self->input.wants_listening)
    habla_room_discard_pending (self);
  habla_room_notify_error (self, "%s", error->message);
}

static void
room_on_warning (HablaPipeline *pipeline, const GError *error, HablaRoom *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->warned_at != 0 && now - self->warned_at < WARNING_INTERVAL)
    return;
  self->warned_at = now;
  habla_room_notify_error (self, "%s", error->message);
}

static void
room_on_topic (HablaPipeline *pipeline, const char *topic, HablaRoom *self)
{
  const HablaRoomObserver *observer = &self->context->observer;

  g_free (self->topic);
  self->topic = g_strdup (topic);
  if (observer->topic_changed != NULL)
    observer->topic_changed (self, topic, observer->user_data);
}

static void
room_on_closed (HablaPipeline *pipeline, HablaRoom *self)
{
  habla_room_handle (self, HABLA_ROOM_EVENT_CLOSED);
  habla_room_advance (self);
}

static void
room_connect (HablaRoom *self)
{
  static const struct {
    const char *name;
    GCallback callback;
  } signals[] = {
    { "state-changed", G_CALLBACK (room_on_state_changed) },
    { "utterance", G_CALLBACK (room_on_utterance) },
    { "audio-lost", G_CALLBACK (room_on_audio_lost) },
    { "overload", G_CALLBACK (room_on_overload) },
    { "language-failed", G_CALLBACK (room_on_language_failed) },
    { "failed", G_CALLBACK (room_on_failed) },
    { "warning", G_CALLBACK (room_on_warning) },
    { "topic", G_CALLBACK (room_on_topic) },
    { "closed", G_CALLBACK (room_on_closed) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect (self->run->pipeline, signals[i].name, signals[i].callback, self);
}

/* Start and end */

/* Returns: (transfer full): caps of S16LE mono audio */
static char *
room_describe_raw_audio (guint rate)
{
  return g_strdup_printf ("audio/x-raw, format=(string)S16LE, layout=(string)interleaved, "
                          "channels=(int)1, rate=(int)%u",
      rate);
}

static void
room_create_run (HablaRoom *self)
{
  HablaRoomContext *context = self->context;
  HablaRoomSettings settings = { NULL };
  HablaRunKind kind = HABLA_RUN_TYPED;

  if (self->state == HABLA_ROOM_PLAYING) {
    kind = HABLA_RUN_PLAYED;
    habla_playback_get_settings (self->playback->player, &self->settings, &settings);
    self->playback->is_waiting = FALSE;
  } else {
    if (self->state == HABLA_ROOM_LISTENING)
      kind = HABLA_RUN_LISTENING;
    habla_room_settings_copy (
        &settings, habla_pending_input_choose_settings (&self->input, &self->settings));
  }
  self->run = habla_pipeline_run_new (++self->n_runs, kind, &settings);
  self->run->targets =
      habla_target_languages_new (settings.source_language, &context->languages, context->linger);
  habla_room_settings_clear (&settings);
}

static void
room_create_pipeline (HablaRoom *self)
{
  HablaRoomContext *context = self->context;
  HablaPipelineRun *run = self->run;
  HablaTargetChanges changes = { NULL };
  g_autofree char *label = g_strdup_printf ("%s/%u", self->name, context->next_label++);
  g_autofree char *raw_caps = NULL;
  g_autofree char *detected = NULL;
  HablaPipelineOptions options = {
    .label = label,
    .pipeline = context->pipeline,
    .from = run->settings.source_language,
    .transcriber = context->transcriber,
    .translator = context->translator,
    .synthesizer = context->synthesizer,
    .preferred_transcriber = run->settings.transcriber,
    .preferred_translator = run->settings.translator,
    .glossary = context->glossary,
    .glossaries = context->glossaries,
    .glossary_room = self->name,
    .topic = self->topic,
    .annotator = self->annotator != NULL ? HABLA_ANNOTATOR (self->annotator) : NULL,
    .drain_timeout = context->drain_timeout,
    .max_drain = context->max_drain,
    .max_audio_backlog = context->max_audio_backlog,
  };

  if (run->kind == HABLA_RUN_LISTENING && self->input.source != NULL) {
    options.input = HABLA_PIPELINE_INPUT_SOURCE;
    options.source = g_hash_table_lookup (context->sources, self->input.source);
  } else if (run->kind == HABLA_RUN_LISTENING) {
    options.input = HABLA_PIPELINE_INPUT_PUSHED;
    options.header = self->input.header;
    options.has_rival = self->input.has_restarted;
    if (self->input.raw_rate != 0)
      options.raw_caps = raw_caps = room_describe_raw_audio (self->input.raw_rate);
  } else if (run->kind == HABLA_RUN_PLAYED) {
    options.input = HABLA_PIPELINE_INPUT_PUSHED;
    options.raw_caps = raw_caps = room_describe_raw_audio (HABLA_RECORDING_RATE);
    options.is_played = TRUE;
  }
  options.detected = detected = habla_room_prepare_detection (self, &options.preferred_transcriber);
  habla_room_find_target_changes (self, &changes);
  g_ptr_array_add (changes.added, NULL);
  options.to = (const char *const *) changes.added->pdata;
  if (run->kind == HABLA_RUN_LISTENING)
    room_start_recording (self, &options);
  run->pipeline = habla_pipeline_new (&options);
  habla_room_connect_headphones (self, run->pipeline);
  habla_target_changes_clear (&changes);
}

void
habla_room_start_run (HablaRoom *self)
{
  HablaRoomContext *context = self->context;
  GBytes *audio;

  room_create_run (self);
  room_create_pipeline (self);
  context->n_sessions++;
  habla_room_metrics_count_created (context->metrics);
  room_connect (self);
  context->session_began (context->manager);
  habla_pipeline_start (self->run->pipeline);
  if (self->run->kind == HABLA_RUN_LISTENING) {
    self->input.wants_listening = FALSE;
    self->run->n_starts = habla_pending_input_take_starts (&self->input);
    if (context->silence_timeout > 0)
      room_watch_silence (self);
    while ((audio = habla_pending_input_pop_audio (&self->input)) != NULL) {
      habla_pipeline_run_push_audio (self->run, audio);
      g_bytes_unref (audio);
    }
  }
  habla_room_hand_over_texts (self);
  room_keep_typing (self);
  if (self->run->kind == HABLA_RUN_LISTENING &&
      (self->input.wants_stop || !habla_room_has_owner (self))) {
    self->input.wants_stop = FALSE;
    habla_room_handle (self, HABLA_ROOM_EVENT_STOP_LISTENING);
  }
}

static void
room_on_invariant_violated (HablaInvariants violated, gpointer user_data)
{
  habla_room_metrics_count_violated (user_data, violated);
}

/* Adds the pipeline's statistics to those of the room, when none of its translations is pending. */
static void
room_collect_run (HablaRoom *self)
{
  HablaRoomMetrics *metrics = self->context->metrics;
  HablaPipelineRun *run = self->run;
  guint pending = habla_exchange_log_count_pending (self->draft_exchanges, run->number);
  HablaPipelineStats stats;
  HablaInvariants violated = habla_pipeline_run_check_invariants (run, pending, &stats);

  if (stats.overload != 0)
    room_on_overload (run->pipeline, 0, self);
  habla_room_metrics_add_stats (metrics, &run->counted, &stats);
  habla_room_metrics_count_teardown (metrics, run->cleanup_time, violated);
  /* A stuck pipeline stays referenced, and is counted elsewhere. */
  if (!habla_pipeline_is_stuck (run->pipeline))
    habla_pipeline_watch_leaks (run->pipeline, room_on_invariant_violated, metrics);
  if (run->kind == HABLA_RUN_LISTENING) {
    GBytes *header = habla_pipeline_get_header (run->pipeline);

    self->segments += stats.utterances;
    self->speech_time += stats.speech_time;
    if (header != NULL)
      habla_pending_input_set_header (&self->input, header);
  }
}

void
habla_room_free_run (HablaRoom *self)
{
  HablaRunKind kind = self->run->kind;
  gboolean has_failed = self->run->has_failed;

  habla_source_clear (&self->run->unused_timer);
  habla_source_clear (&self->run->linger_timer);
  if (self->input.wants_listening)
    self->input.n_starts += self->run->n_starts;
  habla_room_settle (self);
  habla_room_end_recording (self);
  room_collect_run (self);
  g_signal_handlers_disconnect_by_data (self->run->pipeline, self);
  g_clear_pointer (&self->run, habla_pipeline_run_free);
  self->context->n_sessions--;
  self->context->session_ended (self->context->manager);
  if (kind == HABLA_RUN_PLAYED)
    habla_room_end_playing (self, has_failed);
  if ((kind == HABLA_RUN_LISTENING || self->is_listening) &&
      (!self->input.wants_listening || self->must_notify_stopped))
    habla_room_notify_stopped (self);
}

void
habla_room_update_glossary (HablaRoom *self)
{
  if (self->run != NULL)
    habla_pipeline_update_glossary (self->run->pipeline);
}
