/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that owners and other parts of hablad want from a room. */
#include "room/room-private.h"

#include <habla/error.h>
#include <pipeline/engines/engine-registry.h>

static void
room_report_settings (HablaRoom *self)
{
  const HablaRoomObserver *observer = &self->context->observer;

  if (self->annotator != NULL)
    habla_room_annotator_update (self->annotator, &self->settings);
  if (observer->settings_changed != NULL)
    observer->settings_changed (&self->settings, observer->user_data);
}

/* Returns: whether the room has a pipeline or may have one */
static gboolean
room_may_start (HablaRoom *self, GError **error)
{
  const HablaRoomContext *context = self->context;

  /* Input of the owner while the room moves to this node is heard when it has. */
  if ((!habla_room_is_claimed (self) && !habla_room_check_owned (self, error)) ||
      !habla_room_check_journal (self, error))
    return FALSE;
  if (self->is_ending) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The room is ending; connect again to open it");
    return FALSE;
  }
  if (self->is_closing) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The server is shutting down; come back later");
    return FALSE;
  }
  if (self->run == NULL && context->n_sessions >= context->max_sessions) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "%u rooms are active, as many as max-sessions allows; try again when one of them has "
        "stopped",
        context->n_sessions);
    return FALSE;
  }
  return TRUE;
}

static gboolean
room_check_source (HablaRoom *self, const char *source, guint raw_rate, GError **error)
{
  if (self->playback != NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
        "A recording is being played; stop it before you speak");
    return FALSE;
  }
  if (source != NULL && !g_hash_table_contains (self->context->sources, source)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "This server has no audio source of that name; its configuration lists them");
    return FALSE;
  }
  if (raw_rate != 0 && (raw_rate < HABLA_MIN_SAMPLE_RATE || raw_rate > HABLA_MAX_SAMPLE_RATE)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "A sample rate of %u Hz is not supported; it must be from %d to %d Hz", raw_rate,
        HABLA_MIN_SAMPLE_RATE, HABLA_MAX_SAMPLE_RATE);
    return FALSE;
  }
  return TRUE;
}

gboolean
habla_room_can_listen (
    HablaRoom *self, const char *language, const char *source, guint raw_rate, GError **error)
{
  const HablaLanguages *available = &self->context->languages;
  g_autofree char *found = NULL;

  if (language == NULL)
    found = g_strdup (self->settings.source_language);
  else
    found = habla_languages_find_source (available, language, error);
  return found != NULL && room_may_start (self, error) &&
         room_check_source (self, source, raw_rate, error) &&
         habla_languages_check_heard (available, found, error);
}

/* Returns: whether the room listens and will go on; between the pipelines of two languages, too */
static gboolean
room_goes_on_listening (HablaRoom *self)
{
  return self->state == HABLA_ROOM_LISTENING ||
         (self->is_listening && self->input.wants_listening && !self->input.wants_stop);
}

gboolean
habla_room_start_listening (HablaRoom *self, const char *source, guint raw_rate, GError **error)
{
  gboolean goes_on = room_goes_on_listening (self);

  if (!habla_room_can_listen (self, NULL, source, raw_rate, error))
    return FALSE;
  if (goes_on && habla_pending_input_has_source (&self->input, source, raw_rate)) {
    /* Again, as after a reconnect, or with another recorder: answer the client. */
    self->input.may_restart = TRUE;
    if (self->run != NULL)
      habla_pipeline_run_end_silence (self->run);
    if (self->is_listening)
      habla_room_notify_type (self, HABLA_EVENT_LISTENING_STARTED);
    else if (self->input.wants_listening)
      self->input.n_starts++;
    else
      self->run->n_starts++;
    return TRUE;
  }
  if (self->is_listening && !goes_on && self->run != NULL)
    self->must_notify_stopped = TRUE;
  else if (self->is_listening && !goes_on)
    habla_room_notify_stopped (self);
  habla_pending_input_listen (&self->input, source, raw_rate);
  habla_room_advance (self);
  return TRUE;
}

void
habla_room_stop_listening (HablaRoom *self)
{
  if (self->input.wants_listening &&
      (habla_pending_input_has_audio (&self->input) || self->run == NULL)) {
    self->input.wants_stop = TRUE;
  } else if (self->input.wants_listening) {
    habla_pending_input_stop_listening (&self->input);
    if (self->run->kind == HABLA_RUN_TYPED)
      habla_room_notify_stopped (self);
  }
  habla_room_handle (self, HABLA_ROOM_EVENT_STOP_LISTENING);
}

/* Returns: whether the recorder of the client has sent audio, and may send more */
static gboolean
room_has_audio (HablaRoom *self)
{
  if (self->input.wants_listening)
    return habla_pending_input_has_audio (&self->input);
  return self->state == HABLA_ROOM_LISTENING && self->run->audio_taken > 0;
}

/* The recording that begins with @audio gets a pipeline of its own. Words spoken before are still
 * translated. */
static void
room_replace_stream (HablaRoom *self, GBytes *audio)
{
  habla_pending_input_resume (&self->input);
  habla_pending_input_push_audio (&self->input, audio, self->context->max_audio_backlog);
  habla_room_advance (self);
}

gboolean
habla_room_push_audio (HablaRoom *self, GBytes *audio, GError **error)
{
  gboolean waits = self->input.wants_listening;
  gboolean is_taken =
      !waits && (self->state == HABLA_ROOM_LISTENING || self->state == HABLA_ROOM_TRAILING);

  if ((is_taken || waits) && self->input.source != NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "The room listens to an audio source of the server; start listening without a source to "
        "send audio");
    return FALSE;
  }
  if (room_has_audio (self) && habla_pending_input_restart (&self->input, audio)) {
    room_replace_stream (self, audio);
    return TRUE;
  }
  if (is_taken) {
    habla_pipeline_run_push_audio (self->run, audio);
    return TRUE;
  }
  if (waits) {
    HablaPendingResult result =
        habla_pending_input_push_audio (&self->input, audio, self->context->max_audio_backlog);

    if (result != HABLA_PENDING_KEPT)
      habla_room_metrics_count_lost (self->context->metrics, g_bytes_get_size (audio));
    if (result == HABLA_PENDING_FIRST_DROPPED)
      habla_room_notify_error (
          self, "Audio dropped: too much is waiting for the pipeline to start");
    return TRUE;
  }
  /* A recorder continues after a start that was refused, a stop, and silence that was too long. An
   * error for each chunk would be one each second. */
  return TRUE;
}

gboolean
habla_room_push_text (HablaRoom *self, const char *text, const char *speaker_id, GError **error)
{
  GPtrArray *speakers = habla_transcript_get_speakers (self->draft);
  const char *speaker = speaker_id != NULL ? speaker_id : HABLA_SPEAKER_TYPED;

  if (!room_may_start (self, error) ||
      !habla_pending_input_check_text (&self->input, text, error) ||
      !habla_speaker_list_check (speakers, speaker, error))
    return FALSE;
  habla_pending_input_push_text (&self->input, text, speaker, &self->settings);
  if (habla_room_state_takes_input (self->state) && !self->input.wants_listening)
    habla_room_hand_over_texts (self);
  habla_room_advance (self);
  return TRUE;
}

gboolean
habla_room_can_play (HablaRoom *self, GError **error)
{
  const char *cause = NULL;

  if (!habla_room_has_owner (self)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
        "The owner is not connected; connect to /ws/translate first");
    return FALSE;
  }
  if (self->playback != NULL)
    cause = "A recording is being played already; stop it first";
  else if (self->is_listening || self->input.wants_listening ||
           (self->run != NULL && self->run->kind == HABLA_RUN_LISTENING))
    cause = "The room is listening; stop listening first";
  if (cause != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, cause);
  return cause == NULL && room_may_start (self, error);
}

gboolean
habla_room_play (HablaRoom *self, HablaPlayer *player, GError **error)
{
  HablaRoomSettings settings = { NULL };
  gboolean can_play = habla_room_can_play (self, error);

  if (can_play) {
    habla_playback_get_settings (player, &self->settings, &settings);
    can_play =
        habla_languages_check_heard (&self->context->languages, settings.source_language, error);
    habla_room_settings_clear (&settings);
  }
  if (!can_play) {
    habla_player_free (player);
    return FALSE;
  }
  self->playback = habla_playback_new (player, &self->context->playback);
  habla_room_advance (self);
  return TRUE;
}

gboolean
habla_room_stop_playing (HablaRoom *self)
{
  if (self->playback == NULL)
    return FALSE;
  self->playback->is_stopped = TRUE;
  if (self->playback->is_waiting)
    habla_room_end_playing (self, FALSE);
  else
    habla_room_handle (self, HABLA_ROOM_EVENT_STOP_PLAYING);
  return TRUE;
}

/* Returns: (transfer full) (nullable): the nearest available languages, each once */
static GStrv
room_find_targets (HablaRoom *self, const char *source, const char *const *targets, GError **error)
{
  const HablaLanguages *available = &self->context->languages;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (targets == NULL || targets[0] == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "A room needs at least one target language");
    return NULL;
  }
  for (guint i = 0; targets[i] != NULL; i++) {
    g_autofree char *target = habla_languages_find_readable (available, targets[i], error);

    if (target == NULL || !habla_languages_check_pair (available, source, target, error))
      return NULL;
    if (g_hash_table_contains (seen, target))
      continue;
    g_strv_builder_add (builder, target);
    g_hash_table_add (seen, g_steal_pointer (&target));
  }
  return g_strv_builder_end (builder);
}

void
habla_room_restart_listening (HablaRoom *self)
{
  gboolean listens = self->state == HABLA_ROOM_LISTENING;
  g_autoptr (GError) error = NULL;

  if ((listens || self->input.wants_listening) &&
      !habla_languages_check_heard (
          &self->context->languages, self->settings.source_language, &error)) {
    habla_pending_input_stop_listening (&self->input);
    habla_room_notify_error (self, "%s", error->message);
    if (self->run == NULL && self->is_listening)
      habla_room_notify_stopped (self);
  } else if (listens) {
    habla_pending_input_resume (&self->input);
  }
  habla_room_advance (self);
}

/* Returns: (nullable): the engine that the owner has chosen, if it has the languages of @settings
 */
static const char *
room_keep_engine (HablaRoom *self, HablaEngineKind kind, const HablaRoomSettings *settings)
{
  const char *chosen =
      kind == HABLA_ENGINE_TRANSCRIBER ? self->settings.transcriber : self->settings.translator;
  g_auto (GStrv) offered = habla_engine_registry_list_offering (self->context->engines, kind,
      settings->source_language, (const char *const *) settings->target_languages);

  return chosen != NULL && g_strv_contains ((const char *const *) offered, chosen) ? chosen : NULL;
}

/* @settings: (out): with the nearest available languages. Returns: whether there are some */
static gboolean
room_find_languages (HablaRoom *self, const char *source, const char *const *targets,
    HablaRoomSettings *settings, GError **error)
{
  *settings = (HablaRoomSettings){ .mode = self->settings.mode,
    .detects_language = self->settings.detects_language };
  settings->source_language =
      habla_languages_find_source (&self->context->languages, source, error);
  if (settings->source_language != NULL)
    settings->target_languages =
        room_find_targets (self, settings->source_language, targets, error);
  if (settings->target_languages == NULL) {
    habla_room_settings_clear (settings);
    return FALSE;
  }
  habla_room_settings_set_engines (settings,
      room_keep_engine (self, HABLA_ENGINE_TRANSCRIBER, settings),
      room_keep_engine (self, HABLA_ENGINE_TRANSLATOR, settings));
  return TRUE;
}

gboolean
habla_room_can_set_languages (
    HablaRoom *self, const char *source, const char *const *targets, GError **error)
{
  HablaRoomSettings settings;

  if (!habla_room_check_owned (self, error) ||
      !room_find_languages (self, source, targets, &settings, error))
    return FALSE;
  habla_room_settings_clear (&settings);
  return TRUE;
}

gboolean
habla_room_set_languages (
    HablaRoom *self, const char *source, const char *const *targets, GError **error)
{
  HablaRoomSettings settings;
  gboolean has_changed;

  if (!habla_room_check_owned (self, error) ||
      !room_find_languages (self, source, targets, &settings, error))
    return FALSE;
  has_changed = !habla_room_settings_can_share_pipeline (&settings, &self->settings);
  habla_room_settings_clear (&self->settings);
  self->settings = settings;
  room_report_settings (self);
  habla_room_update_readers (self);
  habla_room_notify_type (self, HABLA_EVENT_LANGUAGES);
  if (has_changed) {
    habla_room_notify_type (self, HABLA_EVENT_STATUS);
    habla_room_restart_listening (self);
  }
  return TRUE;
}

/* @chosen: (inout) (nullable): the present choice; becomes @wanted, or %NULL if that is empty */
static gboolean
room_choose_engine (
    HablaRoom *self, HablaEngineKind kind, const char *wanted, const char **chosen, GError **error)
{
  const char *name = habla_engine_kind_get_name (kind);
  g_auto (GStrv) offered = NULL;
  g_autofree char *known = NULL;

  if (wanted == NULL)
    return TRUE;
  *chosen = *wanted != '\0' ? wanted : NULL;
  if (*chosen == NULL)
    return TRUE;
  offered = habla_room_list_engines (self, kind);
  if (g_strv_contains ((const char *const *) offered, wanted))
    return TRUE;
  known = *offered != NULL ? g_strjoinv (", ", offered) : g_strdup ("none");
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "“%s” is no %s for the languages of this room (available: %s); an empty name chooses the "
      "best one",
      wanted, name, known);
  return FALSE;
}

gboolean
habla_room_set_engines (
    HablaRoom *self, const char *transcriber, const char *translator, GError **error)
{
  const char *chosen[] = { self->settings.transcriber, self->settings.translator };
  HablaRoomSettings settings = { NULL };
  gboolean has_changed;

  if (!habla_room_check_owned (self, error) ||
      !room_choose_engine (self, HABLA_ENGINE_TRANSCRIBER, transcriber, &chosen[0], error) ||
      !room_choose_engine (self, HABLA_ENGINE_TRANSLATOR, translator, &chosen[1], error))
    return FALSE;
  habla_room_settings_copy (&settings, &self->settings);
  habla_room_settings_set_engines (&settings, chosen[0], chosen[1]);
  has_changed = !habla_room_settings_can_share_pipeline (&settings, &self->settings);
  habla_room_settings_clear (&self->settings);
  self->settings = settings;
  habla_room_notify_type (self, HABLA_EVENT_STATUS);
  if (has_changed)
    habla_room_restart_listening (self);
  return TRUE;
}

void
habla_room_set_mode (HablaRoom *self, HablaMode mode)
{
  if (habla_room_is_mirror (self))
    return;
  self->settings.mode = mode;
  room_report_settings (self);
  habla_room_notify_type (self, HABLA_EVENT_MODE);
}

/* A speaker has another name or role, which the next rooms of this owner remember. */
static void
room_report_speaker (HablaRoom *self, const char *speaker_id)
{
  const HablaRoomObserver *observer = &self->context->observer;
  GPtrArray *speakers = habla_transcript_get_speakers (self->draft);
  g_autofree char *owner = habla_speaker_names_make_owner (self->key);

  habla_speaker_names_set (
      self->context->names, owner, habla_speaker_list_find (speakers, speaker_id));
  if (self->journal != NULL) {
    HablaRecord *record = habla_record_new_event (&(HablaEvent){ .type = HABLA_EVENT_SPEAKERS });

    record->is_renamed = TRUE;
    habla_room_publish (self, record);
    return;
  }
  habla_exchange_log_drop_replayed (self->exchanges);
  if (observer->speakers_changed != NULL)
    observer->speakers_changed (self, observer->user_data);
  habla_room_notify_type (self, HABLA_EVENT_SPEAKERS);
}

gboolean
habla_room_rename_speaker (
    HablaRoom *self, const char *speaker_id, const char *name, GError **error)
{
  GPtrArray *speakers = habla_transcript_get_speakers (self->draft);

  if (!habla_room_check_owned (self, error) ||
      !habla_speaker_list_rename (speakers, speaker_id, name, error))
    return FALSE;
  room_report_speaker (self, speaker_id);
  return TRUE;
}

gboolean
habla_room_set_role (HablaRoom *self, const char *speaker_id, const char *role, GError **error)
{
  GPtrArray *speakers = habla_transcript_get_speakers (self->draft);

  if (!habla_room_check_owned (self, error) ||
      !habla_speaker_list_set_role (speakers, speaker_id, role, error))
    return FALSE;
  room_report_speaker (self, speaker_id);
  return TRUE;
}

void
habla_room_forget_names (HablaRoom *self)
{
  const HablaRoomObserver *observer = &self->context->observer;
  g_autofree char *owner = habla_speaker_names_make_owner (self->key);

  habla_speaker_names_forget (self->context->names, owner);
  if (observer->names_forgotten != NULL)
    observer->names_forgotten (self, observer->user_data);
}

void
habla_room_reset (HablaRoom *self)
{
  if (habla_room_is_mirror (self))
    return;
  if (self->run != NULL)
    habla_room_settle (self);
  if (self->run != NULL && self->run->pipeline != NULL)
    habla_pipeline_set_topic (self->run->pipeline, NULL);
  g_clear_pointer (&self->topic, g_free);
  habla_transcript_reset (self->draft);
  self->draft_session_id = self->context->next_session_id++;
  if (self->journal != NULL) {
    HablaRecord *record = habla_record_new (HABLA_RECORD_RESET);

    record->session_id = self->draft_session_id;
    habla_room_publish (self, record);
    return;
  }
  habla_audience_skip (self->audience, habla_exchange_log_get_next_id (self->exchanges));
  habla_room_show_session (self, self->draft_session_id);
  self->was_reset = TRUE;
  habla_room_notify_type (self, HABLA_EVENT_SESSION_RESET);
}
