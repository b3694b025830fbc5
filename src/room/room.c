/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Members and the state machine of a room. Commands and the pipeline change the pending input;
 * habla_room_advance() then decides which event the table of <room/parts/room-state.h> gets. */
#define G_LOG_USE_STRUCTURED
#include "room/room-private.h"

#include <pipeline/engines/engine-registry.h>

#include <util/source.h>

/* Notifications */

void
habla_room_notify (HablaRoom *self, HablaEvent *event)
{
  if (self->journal == NULL)
    habla_audience_notify (self->audience, event);
  else
    habla_room_publish (self, habla_record_new_event (event));
}

void
habla_room_notify_readers (HablaRoom *self, HablaEvent *event, const char *language)
{
  if (self->journal == NULL) {
    habla_audience_notify_readers (self->audience, event, language, &self->run->settings);
    return;
  }
  event->language = language;
  habla_room_publish (self, habla_record_new_event (event));
}

void
habla_room_notify_type (HablaRoom *self, HablaEventType type)
{
  HablaEvent event = { .type = type };

  habla_room_notify (self, &event);
}

/* To the owner: listeners can do nothing about it. */
void
habla_room_notify_error (HablaRoom *self, const char *format, ...)
{
  HablaEvent event = { .type = HABLA_EVENT_ERROR };
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "HABLA_ROOM", self->name, "MESSAGE",
      "Room %s: %s", self->name, text);
  event.text = text;
  habla_audience_notify_owner (self->audience, &event);
}

void
habla_room_notify_stopped (HablaRoom *self)
{
  HablaEvent event = { .type = HABLA_EVENT_LISTENING_STOPPED,
    .segments = self->segments,
    .speech_time = self->speech_time };

  self->is_listening = FALSE;
  self->must_notify_stopped = FALSE;
  self->segments = 0;
  self->speech_time = 0;
  /* A client that gets this message does not start again when it has reconnected after a restart.
   */
  if (!self->is_closing)
    habla_room_notify (self, &event);
}

/* Each member gets the translations that are next, the observer the exchanges that are finished. */
void
habla_room_deliver (HablaRoom *self)
{
  const HablaRoomObserver *observer = &self->context->observer;
  const HablaExchangeEntry *entry;

  if (self->journal == NULL || !self->journal->is_loading)
    habla_audience_deliver (self->audience, self->exchanges);
  while ((entry = habla_transcript_take_finished (self->transcript)) != NULL) {
    if (habla_room_is_mirror (self))
      continue;
    habla_room_metrics_count_found (self->context->metrics, entry->exchange.annotations);
    if (observer->exchange_finished != NULL)
      observer->exchange_finished (self, &entry->exchange, observer->user_data);
  }
}

void
habla_room_show_session (HablaRoom *self, guint64 session_id)
{
  const HablaRoomObserver *observer = &self->context->observer;

  self->session_id = session_id;
  if (observer->session_began != NULL && !habla_room_is_mirror (self))
    observer->session_began (self, observer->user_data);
}

/* Members */

/* @journal: (nullable): of a room that other nodes know */
static HablaRoom *
room_create (HablaRoomContext *context, const char *name, HablaRoomJournal *journal)
{
  HablaRoom *self = g_new0 (HablaRoom, 1);

  self->context = context;
  self->name = g_strdup (name);
  self->journal = journal;
  self->audience = habla_audience_new (self);
  self->report = habla_audience_report_new (self->audience, &self->settings);
  self->transcript = habla_transcript_new (
      journal != NULL ? &journal->next_exchange_id : &context->next_exchange_id);
  self->exchanges = habla_transcript_get_exchanges (self->transcript);
  self->draft = self->transcript;
  self->draft_exchanges = self->exchanges;
  if (context->phrasebook != NULL) {
    self->annotator = habla_room_annotator_new (context->phrasebook);
  }
  habla_pending_input_init (&self->input);
  return self;
}

void
habla_room_make_draft (HablaRoom *self)
{
  self->draft = habla_transcript_new (&self->context->next_exchange_id);
  self->draft_exchanges = habla_transcript_get_exchanges (self->draft);
  habla_exchange_log_set_resolved (self->draft_exchanges, habla_room_publish_translation, self);
}

HablaRoom *
habla_room_new (HablaRoomContext *context, const char *name, const char *key)
{
  const HablaRoomRelay *relay = context->relay;
  HablaRoom *self = room_create (
      context, name, relay != NULL ? habla_room_journal_new (context->next_exchange_id) : NULL);

  self->key = g_strdup (key);
  habla_room_settings_copy (&self->settings, &context->settings);
  habla_languages_adapt_settings (&context->languages, &self->settings);
  if (self->annotator != NULL)
    habla_room_annotator_update (self->annotator, &self->settings);
  self->draft_session_id = context->next_session_id++;
  habla_room_show_session (self, self->draft_session_id);
  if (relay != NULL) {
    habla_room_make_draft (self);
    relay->room_opened (self, relay->user_data);
    habla_room_publish (self, habla_record_new_event (NULL));
  }
  return self;
}

HablaRoom *
habla_room_new_mirror (HablaRoomContext *context, GBytes *state, GError **error)
{
  const HablaRoomRelay *relay = context->relay;
  g_autoptr (HablaRecord) record = habla_record_decode (state, error);
  HablaRoom *self;

  if (record != NULL && record->state == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "Another server describes a room by a record without a state");
  if (record == NULL || record->state == NULL)
    return NULL;
  self = room_create (context, record->state->room, habla_room_journal_new (1));
  habla_room_journal_disown (self->journal);
  self->session_id = self->draft_session_id = record->state->session_id;
  habla_transcript_set_speakers (self->transcript, record->state->speakers);
  self->journal->is_loading = TRUE;
  self->journal->remote_number = record->number;
  habla_room_set_remote (self, g_steal_pointer (&record->state));
  relay->mirror_opened (self, relay->user_data);
  return self;
}

static void
room_close_journal (HablaRoom *self)
{
  const HablaRoomRelay *relay = self->context->relay;

  if (self->journal == NULL || relay == NULL)
    return;
  if (self->journal->is_mirror)
    relay->mirror_closed (self, relay->user_data);
  else
    relay->room_closed (self, relay->user_data);
}

void
habla_room_free (HablaRoom *self)
{
  g_assert (self->run == NULL && self->playback == NULL);

  room_close_journal (self);
  habla_source_clear (&self->resume_timer);
  g_clear_pointer (&self->headphones, habla_headphones_free);
  habla_pending_input_clear (&self->input);
  g_clear_object (&self->annotator);
  habla_audience_report_free (self->report);
  habla_audience_free (self->audience);
  if (self->draft != self->transcript)
    habla_transcript_free (self->draft);
  habla_transcript_free (self->transcript);
  g_clear_pointer (&self->journal, habla_room_journal_free);
  habla_room_settings_clear (&self->settings);
  g_strfreev (self->offered);
  habla_language_votes_clear (&self->votes);
  g_free (self->topic);
  g_free (self->name);
  g_free (self->key);
  g_free (self);
}

HablaMember *
habla_room_join (HablaRoom *self, gboolean as_owner, const char *language, HablaMemberNotify notify,
    gpointer user_data, GError **error)
{
  guint n_members = habla_audience_count (self->audience);
  g_autofree char *readable = NULL;
  HablaMember *member;

  if (self->is_closing) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The server is shutting down; come back later");
    return NULL;
  }
  /* Listeners that fill the room do not keep its owner out. */
  if (!as_owner && n_members >= self->context->max_members) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "The room is full: it has %u connections, as many as max-members allows", n_members);
    return NULL;
  }
  if (language != NULL) {
    readable = habla_room_find_readable (self, language, error);
    if (readable == NULL)
      return NULL;
    if (self->run != NULL)
      habla_target_languages_retry (self->run->targets, readable);
  }
  member = habla_audience_add (self->audience, readable,
      habla_exchange_log_get_next_id (self->exchanges), notify, user_data);
  if (as_owner) {
    habla_audience_set_owner (self->audience, member);
    habla_source_clear (&self->resume_timer);
    habla_audience_report_reset (self->report);
  }
  habla_room_update_targets (self);
  habla_room_report_readers (self);
  return member;
}

static gboolean
room_on_resume_timer (gpointer user_data)
{
  HablaRoom *self = user_data;

  habla_source_clear (&self->resume_timer);
  habla_room_advance (self);
  return G_SOURCE_REMOVE;
}

void
habla_room_discard_pending (HablaRoom *self)
{
  habla_pending_input_discard (&self->input);
  if (self->playback != NULL && self->playback->is_waiting)
    habla_room_stop_playing (self);
}

/* Pending speech and text are still translated; a recording stops. */
static void
room_end_input (HablaRoom *self)
{
  habla_room_stop_playing (self);
  if (self->is_closing)
    habla_room_discard_pending (self);
  else if (habla_pending_input_has_audio (&self->input))
    self->input.wants_stop = TRUE;
  else
    self->input.wants_listening = FALSE;
  if (habla_pending_input_peek_text (&self->input) == NULL)
    habla_room_handle (self, HABLA_ROOM_EVENT_OWNER_LEFT);
}

void
habla_member_leave (HablaMember *member)
{
  HablaRoom *self = habla_audience_get_room (member);

  if (habla_audience_remove (self->audience, member)) {
    habla_audience_notify_candidates (self->audience, &(HablaEvent){ .type = HABLA_EVENT_STATUS });
    if (self->key != NULL && !self->is_closing && !self->is_ending)
      habla_source_start_timer (&self->resume_timer, self->context->resume_window,
          "[habla] HablaRoom resume", room_on_resume_timer, self);
    room_end_input (self);
  } else {
    habla_room_update_targets (self);
  }
  habla_room_report_readers (self);
  habla_room_advance (self);
}

/* Nothing is pending now. */
static void
room_finish_ending (HablaRoom *self)
{
  self->has_ended = TRUE;
  if (self->journal != NULL)
    habla_room_publish (self, habla_record_new (HABLA_RECORD_ENDED));
  else
    habla_room_notify_type (self, HABLA_EVENT_ROOM_ENDED);
}

void
habla_room_end (HablaRoom *self)
{
  if (self->is_ending || habla_room_is_mirror (self))
    return;
  self->is_ending = TRUE;
  habla_source_clear (&self->resume_timer);
  habla_room_stop_playing (self);
  habla_room_stop_listening (self);
  habla_room_advance (self);
}

gboolean
habla_room_is_ending (HablaRoom *self)
{
  return self->is_ending;
}

gboolean
habla_room_is_abandoned (HablaRoom *self)
{
  return !habla_room_has_owner (self) && self->resume_timer == NULL && !self->is_ending &&
         (habla_audience_count (self->audience) > 0 ||
             habla_audience_has_remote_readers (self->audience));
}

void
habla_room_adopt (HablaRoom *self, const char *key)
{
  g_free (self->key);
  self->key = g_strdup (key);
  habla_room_reset (self);
}

void
habla_room_close (HablaRoom *self)
{
  self->is_closing = TRUE;
  habla_source_clear (&self->resume_timer);
  g_clear_pointer (&self->headphones, habla_headphones_free);
  room_end_input (self);
  habla_room_advance (self);
}

void
habla_room_cut (HablaRoom *self)
{
  habla_room_discard_pending (self);
  habla_room_handle (self, HABLA_ROOM_EVENT_CUT);
}

gboolean
habla_member_is_owner (HablaMember *member)
{
  return member == habla_audience_get_owner (habla_audience_get_room (member)->audience);
}

void
habla_member_set_page (HablaMember *member, const char *key, const char *tab)
{
  habla_audience_set_page (member, key, tab);
}

void
habla_member_set_screen (HablaMember *member)
{
  habla_audience_set_screen (member);
}

gboolean
habla_member_may_own (HablaMember *member)
{
  return habla_audience_may_own (member);
}

gboolean
habla_member_is_owner_elsewhere (HablaMember *member)
{
  return habla_audience_may_own (member) && !habla_member_is_owner (member) &&
         habla_room_has_owner (habla_audience_get_room (member));
}

gboolean
habla_member_take_over (HablaMember *member, GError **error)
{
  HablaRoom *self = habla_audience_get_room (member);

  if (!habla_audience_may_own (member)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "Only a page of the room's owner may take the room over; listeners only read");
    return FALSE;
  }
  if (!habla_member_is_owner (member)) {
    if (habla_room_takes_audio (self))
      habla_room_stop_listening (self);
    habla_audience_set_owner (self->audience, member);
    habla_source_clear (&self->resume_timer);
    /* The owner may have another device now. */
    g_free (self->key);
    self->key = g_strdup (habla_audience_get_key (member));
    habla_room_update_targets (self);
    habla_audience_report_reset (self->report);
  }
  habla_audience_notify_owner (self->audience, &(HablaEvent){ .type = HABLA_EVENT_STATUS });
  habla_room_advance (self);
  return TRUE;
}

HablaRoom *
habla_member_get_room (HablaMember *member)
{
  return habla_audience_get_room (member);
}

/* State machine */

void
habla_room_handle (HablaRoom *self, HablaRoomEvent event)
{
  gboolean took_input = habla_room_state_takes_input (self->state);
  HablaRoomActions actions;

  self->state = habla_room_state_next (self->state, event, &actions);
  if (took_input && !habla_room_state_takes_input (self->state)) {
    habla_source_clear (&self->run->unused_timer);
    habla_source_clear (&self->run->silence_timer);
  }
  if (actions & HABLA_ROOM_START_PIPELINE)
    habla_room_start_run (self);
  if (actions & HABLA_ROOM_STOP_PLAYER)
    habla_player_stop (self->playback->player);
  if (actions & HABLA_ROOM_STOP_PIPELINE)
    habla_pipeline_stop (self->run->pipeline);
  if (actions & HABLA_ROOM_END_AUDIO) {
    g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

    habla_pipeline_push_audio (self->run->pipeline, nothing);
  }
  if (actions & HABLA_ROOM_CLOSE_PIPELINE)
    habla_pipeline_abort (self->run->pipeline);
  if (actions & HABLA_ROOM_FREE_PIPELINE)
    habla_room_free_run (self);
}

/* Returns: whether pending input, or the room's languages, need another pipeline */
static gboolean
room_is_run_obsolete (HablaRoom *self)
{
  const HablaPendingText *text = habla_pending_input_peek_text (&self->input);

  if (text != NULL)
    return !habla_room_settings_can_share_pipeline (&text->settings, &self->run->settings);
  return self->input.wants_listening || self->playback != NULL || !habla_room_has_owner (self) ||
         self->is_ending ||
         !habla_room_settings_can_share_pipeline (&self->settings, &self->run->settings);
}

void
habla_room_advance (HablaRoom *self)
{
  gboolean can_start = self->run == NULL && !self->is_closing && !habla_room_is_mirror (self);
  gboolean has_text = habla_pending_input_peek_text (&self->input) != NULL;

  if (self->run != NULL) {
    if (room_is_run_obsolete (self))
      habla_room_handle (self, HABLA_ROOM_EVENT_OBSOLETE);
  } else if (can_start && self->playback != NULL) {
    habla_room_handle (self, HABLA_ROOM_EVENT_START_PLAYING);
  } else if (can_start && self->input.wants_listening &&
             habla_room_settings_can_share_pipeline (
                 habla_pending_input_choose_settings (&self->input, &self->settings),
                 &self->settings)) {
    habla_room_handle (self, HABLA_ROOM_EVENT_START_LISTENING);
  } else if (can_start && has_text) {
    habla_room_handle (self, HABLA_ROOM_EVENT_START_TYPING);
  } else {
    if (self->is_ending && !self->has_ended)
      room_finish_ending (self);
    if (habla_room_is_empty (self))
      self->context->room_emptied (self->context->manager);
  }
}

void
habla_room_replay (HablaRoom *self, HablaMember *member, guint64 since, gsize max_size)
{
  if (self->journal != NULL && self->journal->is_loading)
    habla_audience_defer_replay (member, since, max_size);
  else
    habla_audience_replay (self->audience, member, self->exchanges, since, max_size);
}

void
habla_room_notify_available (HablaRoom *self)
{
  habla_room_update_readers (self);
  habla_room_update_targets (self);
  habla_room_notify_type (self, HABLA_EVENT_STATUS);
}

void
habla_room_notify_owner (HablaRoom *self, HablaEventType type)
{
  habla_audience_notify_owner (self->audience, &(HablaEvent){ .type = type });
}

void
habla_room_notify_stored (HablaRoom *self, guint64 exchange_id)
{
  HablaEvent event = { .type = HABLA_EVENT_STORED, .exchange_id = exchange_id };

  habla_room_notify (self, &event);
}

/* Properties */

gboolean
habla_room_is_empty (HablaRoom *self)
{
  return habla_audience_count (self->audience) == 0 && self->run == NULL &&
         self->resume_timer == NULL && habla_room_count_uncommitted (self) == 0 &&
         (self->has_ended || self->is_closing ||
             !habla_audience_has_remote_readers (self->audience));
}

gboolean
habla_room_has_owner (HablaRoom *self)
{
  return habla_audience_get_owner (self->audience) != NULL;
}

gboolean
habla_room_has_owner_in_other_tab (HablaRoom *self, const char *tab)
{
  return habla_audience_has_owner_in_other_tab (self->audience, tab);
}

guint
habla_room_count_members (HablaRoom *self)
{
  return habla_audience_count (self->audience);
}

guint
habla_room_count_listeners (HablaRoom *self)
{
  return habla_audience_count_listeners (self->audience);
}

void
habla_room_add_levels (HablaRoom *self, HablaPipelineLevels *levels)
{
  HablaPipelineStats stats;

  levels->members += habla_audience_count (self->audience);
  levels->audio_waiting += self->input.audio_bytes;
  if (self->run == NULL)
    return;
  habla_pipeline_get_stats (self->run->pipeline, &stats);
  habla_room_metrics_add_stats (self->context->metrics, &self->run->counted, &stats);
  levels->audio_waiting += stats.audio_waiting;
  levels->lag = MAX (levels->lag, stats.lag);
  levels->queue += stats.queue;
  levels->queue_peak = MAX (levels->queue_peak, stats.queue_peak);
  levels->in_flight += stats.in_flight;
  levels->overload = MAX (levels->overload, stats.overload);
}

const char *
habla_room_get_name (HablaRoom *self)
{
  return self->name;
}

const char *
habla_room_get_key (HablaRoom *self)
{
  return self->key;
}

guint64
habla_room_get_session_id (HablaRoom *self)
{
  return self->session_id;
}

const HablaRoomSettings *
habla_room_get_settings (HablaRoom *self)
{
  return &self->settings;
}

const char *
habla_room_get_source_language (HablaRoom *self)
{
  return self->settings.source_language;
}

const char *const *
habla_room_get_target_languages (HablaRoom *self)
{
  return (const char *const *) self->settings.target_languages;
}

GStrv
habla_room_list_engines (HablaRoom *self, HablaEngineKind kind)
{
  const HablaRoomSnapshot *remote = habla_room_get_remote (self);

  if (remote != NULL)
    return g_strdupv (
        kind == HABLA_ENGINE_TRANSCRIBER ? remote->transcribers : remote->translators);
  return habla_engine_registry_list_offering (self->context->engines, kind,
      self->settings.source_language, (const char *const *) self->settings.target_languages);
}

const char *
habla_room_get_engine (HablaRoom *self, HablaEngineKind kind)
{
  g_auto (GStrv) offered = habla_room_list_engines (self, kind);
  const char *chosen =
      kind == HABLA_ENGINE_TRANSCRIBER ? self->settings.transcriber : self->settings.translator;

  return chosen != NULL && g_strv_contains ((const char *const *) offered, chosen) ? chosen : NULL;
}

HablaMode
habla_room_get_mode (HablaRoom *self)
{
  return self->settings.mode;
}

gboolean
habla_room_can_hear (HablaRoom *self)
{
  const HablaRoomSnapshot *remote = habla_room_get_remote (self);

  if (remote != NULL)
    return remote->can_hear;
  return habla_languages_check_heard (
      &self->context->languages, self->settings.source_language, NULL);
}

gboolean
habla_room_is_listening (HablaRoom *self)
{
  return self->is_listening;
}

gboolean
habla_room_takes_audio (HablaRoom *self)
{
  return self->input.source == NULL &&
         (self->input.wants_listening ||
             (self->run != NULL && self->run->kind == HABLA_RUN_LISTENING));
}

gboolean
habla_room_is_recording (HablaRoom *self)
{
  const HablaRoomSnapshot *remote = habla_room_get_remote (self);

  if (remote != NULL)
    return remote->is_recording;
  return self->run != NULL && self->run->recorder != NULL;
}

GPtrArray *
habla_room_get_speakers (HablaRoom *self)
{
  return habla_transcript_get_speakers (self->transcript);
}

guint64
habla_room_get_first_exchange_id (HablaRoom *self)
{
  return habla_exchange_log_get_first_id (self->exchanges);
}

GPtrArray *
habla_room_list_exchanges (HablaRoom *self, gboolean *is_complete)
{
  GPtrArray *list = g_ptr_array_new ();
  HablaExchangeEntry *entry;

  *is_complete = habla_transcript_is_complete (self->transcript);
  for (guint64 id = 0; (entry = habla_exchange_log_get_from (self->exchanges, id)) != NULL;
       id = entry->exchange.id + 1)
    if (!entry->is_forgotten)
      g_ptr_array_add (list, &entry->exchange);
  return list;
}

gint64
habla_room_get_origin (HablaRoom *self)
{
  return habla_transcript_get_origin (self->transcript);
}

gboolean
habla_room_was_reset (HablaRoom *self)
{
  return self->was_reset;
}
