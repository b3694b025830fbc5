/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sessions of a room, one after another. Commands say what is wanted, and
 * habla_room_advance() does what brings that nearer; it is called when anything has changed.
 * What comes while one session ends waits for the next, within bounds. */
#define G_LOG_USE_STRUCTURED
#include <recording/recording.h>
#include "room/room-private.h"

#include <string.h>
#include <util/source.h>

#define DEFAULT_TYPED_IDLE 60000 /* in milliseconds */

/* Warnings of an engine reach the client this often, in microseconds. */
#define WARNING_INTERVAL (10 * G_TIME_SPAN_SECOND)

static void
waiting_text_free (HablaWaitingText *text)
{
  g_free (text->text);
  g_free (text->speaker);
  habla_room_settings_clear (&text->settings);
  g_free (text);
}

void
habla_room_clear_waiting_audio (HablaRoom *self)
{
  g_queue_clear_full (&self->waiting_audio, (GDestroyNotify) g_bytes_unref);
  self->waiting_bytes = 0;
}

void
habla_room_clear_waiting (HablaRoom *self)
{
  habla_room_clear_waiting_audio (self);
  g_queue_clear_full (&self->waiting_texts, (GDestroyNotify) waiting_text_free);
  self->wants_listening = FALSE;
  self->wants_stop = FALSE;
  if (self->wants_playing)
    habla_room_end_playing (self);
}

/* Returns: whether its session hears somebody speak */
gboolean
habla_room_has_listener (HablaRoom *self)
{
  return self->session != NULL && !self->is_typed && !self->is_played;
}

void
habla_room_emit_stopped (HablaRoom *self)
{
  HablaEvent event = { .type = HABLA_EVENT_LISTENING_STOPPED,
    .segments = self->segments,
    .speech_time = self->speech_time };

  self->is_listening = FALSE;
  self->segments = 0;
  self->speech_time = 0;
  habla_room_emit (self, &event);
}

void
habla_room_stop_session (HablaRoom *self, gboolean takes_trail)
{
  self->is_stopping = TRUE;
  self->takes_trail = takes_trail && habla_room_has_listener (self);
  self->stopped_at = g_get_monotonic_time ();
  habla_source_clear (&self->idle_timer);
  habla_room_forget_silence (self);
  habla_pipeline_stop (self->session);
  if (!takes_trail && habla_room_has_listener (self)) {
    /* The session would wait for the last piece: this is it. */
    g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

    habla_pipeline_push_audio (self->session, nothing);
  }
}

static gboolean
on_idle (gpointer user_data)
{
  HablaRoom *self = user_data;

  habla_room_stop_session (self, FALSE);
  return G_SOURCE_REMOVE;
}

/* A session for typed text stays for a while after the last one. */
void
habla_room_keep_awake (HablaRoom *self)
{
  guint idle = self->context->options.typed_idle;

  if (self->session == NULL || !self->is_typed || self->is_stopping)
    return;
  habla_source_clear (&self->idle_timer);
  habla_source_start_timer (
      &self->idle_timer, idle != 0 ? idle : DEFAULT_TYPED_IDLE, "habla-room-idle", on_idle, self);
}

void
habla_room_hand_over_texts (HablaRoom *self)
{
  HablaWaitingText *text;

  while ((text = g_queue_peek_head (&self->waiting_texts)) != NULL) {
    if (!habla_room_settings_have_same_languages (&text->settings, &self->session_settings) ||
        !habla_pipeline_push_text (self->session, text->text, text->speaker))
      return;
    waiting_text_free (g_queue_pop_head (&self->waiting_texts));
    habla_room_keep_awake (self);
  }
}

gboolean
habla_room_give_audio (HablaRoom *self, GBytes *audio)
{
  if (!habla_pipeline_push_audio (self->session, audio))
    return FALSE;
  self->audio_taken += g_bytes_get_size (audio);
  return TRUE;
}

static void
hand_over_audio (HablaRoom *self)
{
  GBytes *audio;

  while ((audio = g_queue_pop_head (&self->waiting_audio)) != NULL) {
    habla_room_give_audio (self, audio);
    g_bytes_unref (audio);
  }
  self->waiting_bytes = 0;
}

static void
on_state_changed (HablaPipeline *session, HablaPipelineState from, HablaPipelineState to,
    guint64 microseconds, HablaRoom *self)
{
  habla_room_metrics_moved (self->context->metrics, from, to, microseconds);
  if (from == HABLA_PIPELINE_CLOSING || from == HABLA_PIPELINE_FAILED)
    self->cleanup_time += microseconds;
  if (to >= HABLA_PIPELINE_DRAINING && !self->is_stopping) {
    /* By itself: its source is at its end, or it has failed. */
    self->is_stopping = TRUE;
    self->takes_trail = habla_room_has_listener (self);
    habla_source_clear (&self->idle_timer);
    habla_room_forget_silence (self);
  }
  if (self->is_played && to == HABLA_PIPELINE_PLAYING)
    habla_room_begin_playing (self);
  else if (self->is_played && to >= HABLA_PIPELINE_DRAINING)
    habla_player_stop (self->player);
  else if ((to == HABLA_PIPELINE_LISTENING || to == HABLA_PIPELINE_PLAYING) &&
           !self->is_listening) {
    self->is_listening = TRUE;
    habla_room_emit_type (self, HABLA_EVENT_LISTENING_STARTED);
  }
  if (to == HABLA_PIPELINE_LISTENING || to == HABLA_PIPELINE_TYPING) {
    habla_room_hand_over_texts (self);
    habla_room_advance (self);
  }
}

static void
on_utterance (
    HablaPipeline *session, const char *language, HablaUtterance *utterance, HablaRoom *self)
{
  habla_room_on_utterance (self, language, utterance);
}

static void
on_language_failed (
    HablaPipeline *session, const char *language, const GError *error, HablaRoom *self)
{
  habla_room_on_language_failed (self, language, error);
}

static void
on_audio_lost (HablaPipeline *session, guint64 bytes, HablaRoom *self)
{
  habla_room_emit_error (self,
      "More audio came than could be heard: %" G_GUINT64_FORMAT " kB have been dropped",
      bytes / 1000);
}

static void
on_overload (HablaPipeline *session, guint level, HablaRoom *self)
{
  HablaEvent event = { .type = HABLA_EVENT_OVERLOAD, .overload = level };

  habla_room_emit (self, &event);
}

static void
on_failed (HablaPipeline *session, const GError *error, HablaRoom *self)
{
  self->has_failed = TRUE;
  habla_room_clear_waiting (self);
  habla_room_emit_error (self, "%s", error->message);
}

static void
on_warning (HablaPipeline *session, const GError *error, HablaRoom *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->warned_at != 0 && now - self->warned_at < WARNING_INTERVAL)
    return;
  self->warned_at = now;
  habla_room_emit_error (self, "%s", error->message);
}

static guint
count_sources (HablaRoom *self)
{
  return (self->idle_timer != NULL) + (self->late_timer != NULL) + (self->linger_timer != NULL) +
         (self->silence_timer != NULL);
}

static void
on_held (HablaInvariants violated, gpointer user_data)
{
  habla_room_metrics_violated (user_data, violated);
}

/* What the session has come to, when all its translations are settled. */
static void
take_stock (HablaRoom *self)
{
  HablaInvariantsInput input = {
    .state = habla_pipeline_get_state (self->session),
    .audio_taken = self->audio_taken,
    .pending = habla_exchange_log_count_pending (self->exchanges, self->session_number),
    .sources = count_sources (self),
    .is_stuck = habla_pipeline_is_stuck (self->session),
  };
  const char *label = habla_pipeline_get_label (self->session);

  habla_pipeline_get_stats (self->session, &input.stats);
  if (input.stats.overload != 0)
    on_overload (self->session, 0, self);
  habla_room_metrics_add_figures (self->context->metrics, &self->counted, &input.stats);
  habla_room_metrics_cleaned (
      self->context->metrics, self->cleanup_time, habla_invariants_check (&input, label));
  /* A stuck session is held, and has been counted. */
  if (!input.is_stuck)
    habla_pipeline_watch_leaks (self->session, on_held, self->context->metrics);
  if (habla_room_has_listener (self)) {
    GBytes *header = habla_pipeline_get_header (self->session);

    self->segments += input.stats.utterances;
    self->speech_time += input.stats.speech_time;
    if (header != NULL) {
      g_clear_pointer (&self->header, g_bytes_unref);
      self->header = header;
    }
  }
}

static void
on_closed (HablaPipeline *session, HablaRoom *self)
{
  gboolean was_listening = habla_room_has_listener (self);

  habla_source_clear (&self->idle_timer);
  habla_room_forget_unread (self);
  habla_room_settle (self);
  habla_room_end_recording (self);
  take_stock (self);
  g_signal_handlers_disconnect_by_data (session, self);
  g_hash_table_remove_all (self->languages);
  g_clear_object (&self->session);
  self->context->n_sessions--;
  self->context->session_ended (self->context->manager);
  if (self->is_played)
    habla_room_end_playing (self);
  if (was_listening)
    self->stopped_at = g_get_monotonic_time ();
  if ((was_listening || self->is_listening) && !self->wants_listening)
    habla_room_emit_stopped (self);
  habla_room_advance (self);
}

static void
connect_session (HablaRoom *self)
{
  static const struct {
    const char *name;
    GCallback callback;
  } signals[] = {
    { "state-changed", G_CALLBACK (on_state_changed) },
    { "utterance", G_CALLBACK (on_utterance) },
    { "audio-lost", G_CALLBACK (on_audio_lost) },
    { "overload", G_CALLBACK (on_overload) },
    { "language-failed", G_CALLBACK (on_language_failed) },
    { "failed", G_CALLBACK (on_failed) },
    { "warning", G_CALLBACK (on_warning) },
    { "closed", G_CALLBACK (on_closed) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect (self->session, signals[i].name, signals[i].callback, self);
}

/* Of what waits, the oldest first: text that was typed when the room had other languages has a
 * session of its own. */
static const HablaRoomSettings *
choose_settings (HablaRoom *self)
{
  const HablaWaitingText *text = g_queue_peek_head (&self->waiting_texts);

  return text != NULL ? &text->settings : &self->settings;
}

/* Returns: (transfer full): caps of S16LE mono audio */
static char *
describe_raw_audio (guint rate)
{
  return g_strdup_printf ("audio/x-raw, format=(string)S16LE, layout=(string)interleaved, "
                          "channels=(int)1, rate=(int)%u",
      rate);
}

static void
start_session (HablaRoom *self)
{
  HablaRoomContext *context = self->context;
  gboolean plays = self->wants_playing;
  gboolean listens =
      !plays && self->wants_listening &&
      habla_room_settings_have_same_languages (choose_settings (self), &self->settings);
  g_autofree char *label = g_strdup_printf ("%s/%u", self->name, context->next_label++);
  g_autofree char *raw_caps = NULL;
  g_auto (GStrv) to = NULL;
  HablaPipelineOptions options = {
    .label = label,
    .pipeline = context->options.pipeline,
    .drain_timeout = context->options.drain_timeout,
    .max_drain = context->options.max_drain,
    .max_audio_backlog = context->options.max_audio_backlog,
  };

  if (listens && self->source != NULL) {
    options.input = HABLA_PIPELINE_INPUT_SOURCE;
    options.source = g_hash_table_lookup (context->options.sources, self->source);
  } else if (listens) {
    options.input = HABLA_PIPELINE_INPUT_PUSHED;
    options.header = self->header;
    if (self->raw_rate != 0)
      options.raw_caps = raw_caps = describe_raw_audio (self->raw_rate);
  } else if (plays) {
    options.input = HABLA_PIPELINE_INPUT_PUSHED;
    options.raw_caps = raw_caps = describe_raw_audio (HABLA_RECORDING_RATE);
    options.is_played = TRUE;
  }
  self->session_number++;
  if (plays)
    habla_room_get_played_settings (self, &self->session_settings);
  else
    habla_room_settings_copy (&self->session_settings, choose_settings (self));
  options.from = self->session_settings.source_language;
  self->is_typed = !listens && !plays;
  self->is_played = plays;
  self->wants_playing = FALSE;
  self->is_stopping = FALSE;
  self->has_failed = FALSE;
  self->takes_trail = FALSE;
  self->audio_taken = 0;
  self->cleanup_time = 0;
  self->origin = 0;
  memset (&self->counted, 0, sizeof self->counted);
  to = habla_room_choose_languages (self);
  options.to = (const char *const *) to;
  if (listens)
    habla_room_begin_recording (self, &options);

  self->session = habla_pipeline_new (&options);
  context->n_sessions++;
  habla_room_metrics_made (context->metrics);
  connect_session (self);
  context->session_began (context->manager);
  habla_pipeline_start (self->session);
  if (listens) {
    self->wants_listening = FALSE;
    habla_room_watch_silence (self);
    hand_over_audio (self);
  }
  habla_room_hand_over_texts (self);
  habla_room_keep_awake (self);
  if (listens && (self->wants_stop || self->owner == NULL)) {
    self->wants_stop = FALSE;
    habla_room_stop_session (self, TRUE);
  }
}

/* Returns: whether the session has done its part */
static gboolean
is_session_done (HablaRoom *self)
{
  const HablaWaitingText *text = g_queue_peek_head (&self->waiting_texts);

  if (self->is_played)
    return FALSE;
  if (text != NULL)
    return !habla_room_settings_have_same_languages (&text->settings, &self->session_settings);
  return self->wants_listening || self->wants_playing ||
         !habla_room_settings_have_same_languages (&self->settings, &self->session_settings) ||
         self->owner == NULL;
}

/**
 * habla_room_advance:
 *
 * Does what comes next. The room may be gone when it returns.
 */
void
habla_room_advance (HablaRoom *self)
{
  if (self->session != NULL) {
    if (!self->is_stopping && is_session_done (self))
      habla_room_stop_session (self, FALSE);
  } else if (!self->is_closing && (self->wants_listening || self->wants_playing ||
                                      !g_queue_is_empty (&self->waiting_texts))) {
    start_session (self);
  } else if (self->members->len == 0 && self->resume_timer == NULL) {
    self->context->room_emptied (self, self->context->manager);
  }
}

/* The languages have changed. */
void
habla_room_turn (HablaRoom *self)
{
  gboolean listens = habla_room_has_listener (self) && !self->is_stopping;
  g_autoptr (GError) error = NULL;

  if ((listens || self->wants_listening) && !habla_languages_check_heard (&self->context->languages,
                                                self->settings.source_language, &error)) {
    self->wants_listening = FALSE;
    self->wants_stop = FALSE;
    habla_room_clear_waiting_audio (self);
    habla_room_emit_error (self, "%s", error->message);
    if (self->session == NULL && self->is_listening)
      habla_room_emit_stopped (self);
  } else if (listens) {
    self->wants_listening = TRUE;
    self->is_loss_told = FALSE;
  }
  habla_room_advance (self);
}

/* No owner is there any more: what was said and typed is taken to its end, what is played
 * is not. */
void
habla_room_end_session (HablaRoom *self)
{
  habla_room_stop_playing (self);
  if (self->is_closing)
    habla_room_clear_waiting (self);
  else if (!g_queue_is_empty (&self->waiting_audio))
    self->wants_stop = TRUE;
  else
    self->wants_listening = FALSE;
  if (self->session != NULL && !self->is_stopping && g_queue_is_empty (&self->waiting_texts))
    habla_room_stop_session (self, FALSE);
}

/* Ends what drains. */
void
habla_room_cut (HablaRoom *self)
{
  habla_room_clear_waiting (self);
  if (self->session != NULL)
    habla_pipeline_abort (self->session);
}
