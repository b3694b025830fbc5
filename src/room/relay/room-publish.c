/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records that a room publishes, and those that wait for their commit. */
#include "room/room-private.h"

/* Limit of waiting records. Beyond it, those that may be lost are dropped. */
#define MAX_LIVE 200

/* Beyond this limit, the room takes no more input. Earlier input is still published. */
#define MAX_RECORDS 2000

HablaRoomSnapshot *
habla_room_describe (HablaRoom *self)
{
  HablaRoomSnapshot *state = habla_room_snapshot_new ();
  GPtrArray *speakers = habla_transcript_get_speakers (self->draft);

  state->room = g_strdup (self->name);
  state->session_id = self->draft_session_id;
  habla_room_settings_copy (&state->settings, &self->settings);
  state->chosen = g_strdupv (self->offered);
  state->offered = habla_room_list_offered (self);
  state->transcribers = habla_room_list_engines (self, HABLA_ENGINE_TRANSCRIBER);
  state->translators = habla_room_list_engines (self, HABLA_ENGINE_TRANSLATOR);
  state->topic = g_strdup (self->topic);
  state->can_hear = habla_room_can_hear (self);
  state->is_listening = self->is_listening;
  state->is_recording = habla_room_is_recording (self);
  state->is_abandoned = !habla_room_has_owner (self) && self->resume_timer == NULL;
  state->is_degraded = habla_room_is_degraded (self);
  state->was_reset = self->was_reset;
  for (guint i = 0; i < speakers->len; i++)
    habla_room_snapshot_add_speaker (state, speakers->pdata[i]);
  return state;
}

GBytes *
habla_room_encode_state (HablaRoom *self)
{
  g_autoptr (HablaRecord) record = habla_record_new_event (NULL);

  record->number = self->journal != NULL ? self->journal->applied : 0;
  record->state = habla_room_describe (self);
  return habla_record_encode (record);
}

/* Events after which members may read the state of the room. */
static gboolean
journal_shows_state (const HablaRecord *record)
{
  if (!record->has_event)
    return TRUE;
  switch (record->event.type) {
  case HABLA_EVENT_STATUS:
  case HABLA_EVENT_SPEAKERS:
  case HABLA_EVENT_LANGUAGES:
  case HABLA_EVENT_MODE:
  case HABLA_EVENT_LISTENING_STARTED:
  case HABLA_EVENT_LISTENING_STOPPED:
    return TRUE;
  default:
    return FALSE;
  }
}

/* Adds the state to @record if it has changed. */
static void
room_add_state (HablaRoom *self, HablaRecord *record)
{
  HablaRecord only = { .type = HABLA_RECORD_EVENT, .state = habla_room_describe (self) };
  g_autoptr (GBytes) state = habla_record_encode (&only);

  if (self->journal->state != NULL && g_bytes_equal (state, self->journal->state)) {
    habla_room_snapshot_free (only.state);
    return;
  }
  g_clear_pointer (&self->journal->state, g_bytes_unref);
  self->journal->state = g_steal_pointer (&state);
  record->state = only.state;
}

/* Earlier input is still published: only input is bounded. */
static void
room_stop_input (HablaRoom *self)
{
  if (self->journal->is_full || g_queue_get_length (&self->journal->records) < MAX_RECORDS)
    return;
  self->journal->is_full = TRUE;
  habla_room_notify_error (self,
      "Listening has stopped: %d captions wait until other servers have them. Check the network "
      "between the servers and start again",
      MAX_RECORDS);
  habla_room_stop_listening (self);
}

gboolean
habla_room_check_journal (HablaRoom *self, GError **error)
{
  if (self->journal == NULL || !self->journal->is_full)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
      "%d captions wait until other servers have them; check the network between the servers and "
      "try again",
      MAX_RECORDS);
  return FALSE;
}

void
habla_room_publish (HablaRoom *self, HablaRecord *record)
{
  HablaRoomJournal *journal = self->journal;
  const HablaRoomRelay *relay = self->context->relay;
  gboolean is_durable;
  g_autofree char *message_id = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!journal->is_mirror && record->type == HABLA_RECORD_EVENT && journal_shows_state (record))
    room_add_state (self, record);
  is_durable = record->type != HABLA_RECORD_EVENT || record->state != NULL;
  if (journal->is_mirror || (!is_durable && g_queue_get_length (&journal->records) >= MAX_LIVE)) {
    habla_record_free (record);
    return;
  }
  if (is_durable)
    record->number = ++journal->published;
  g_queue_push_tail (&journal->records, record);
  if (relay == NULL) {
    habla_room_commit (self);
    return;
  }
  bytes = habla_record_encode (record);
  if (is_durable)
    message_id = g_strdup_printf ("%s/%" G_GUINT64_FORMAT, journal->origin, record->number);
  relay->publish (self, bytes, is_durable, message_id, relay->user_data);
  room_stop_input (self);
}

void
habla_room_publish_transcript (HablaRoom *self, const HablaExchangeEntry *entry)
{
  const HablaExchange *exchange = &entry->exchange;
  HablaRecord *record = habla_record_new (HABLA_RECORD_TRANSCRIPT);
  g_autoptr (GStrvBuilder) awaited = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer language;

  record->session_id = self->draft_session_id;
  record->exchange = *exchange;
  record->exchange.speaker = NULL;
  record->exchange.translations = NULL;
  record->exchange.language = g_strdup (exchange->language);
  record->exchange.target_language = g_strdup (exchange->target_language);
  record->exchange.source = g_strdup (exchange->source);
  record->exchange.recording = g_strdup (exchange->recording);
  if (exchange->annotations != NULL)
    habla_annotations_ref (exchange->annotations);
  if (exchange->speaker != NULL) {
    record->speaker_id = g_strdup (exchange->speaker->id);
    record->utterance_count = exchange->speaker->utterance_count;
  }
  g_hash_table_iter_init (&iter, entry->awaited);
  while (g_hash_table_iter_next (&iter, &language, NULL))
    g_strv_builder_add (awaited, language);
  record->awaited = g_strv_builder_end (awaited);
  habla_room_publish (self, record);
}

void
habla_room_publish_translation (
    HablaExchangeEntry *entry, const char *language, const char *text, gpointer room)
{
  HablaRecord *record;

  if (entry->is_forgotten)
    return;
  record = habla_record_new (HABLA_RECORD_TRANSLATION);
  record->exchange.id = entry->exchange.id;
  record->exchange.processing = entry->exchange.processing;
  if (text != NULL && entry->exchange.annotations != NULL)
    record->exchange.annotations = habla_annotations_ref (entry->exchange.annotations);
  record->language = g_strdup (language);
  record->text = g_strdup (text);
  habla_room_publish (room, record);
}
