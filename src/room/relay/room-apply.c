/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a committed record visible to the members of a room, on the node of its owner and in
 * mirrors alike. */
#include "room/room-private.h"

static gboolean
room_is_loading (HablaRoom *self)
{
  return self->journal->is_loading;
}

/* A mirror has no settings of its own. */
void
habla_room_set_remote (HablaRoom *self, HablaRoomSnapshot *state)
{
  HablaRoomJournal *journal = self->journal;

  g_clear_pointer (&journal->remote, habla_room_snapshot_free);
  journal->remote = state;
  journal->is_degraded = state->is_degraded;
  habla_room_settings_copy (&self->settings, &state->settings);
  self->is_listening = state->is_listening;
  self->was_reset |= state->was_reset;
  g_free (self->topic);
  self->topic = g_strdup (state->topic);
  habla_room_update_readers (self);
}

static void
room_apply_state (HablaRoom *self, HablaRecord *record)
{
  HablaRoomJournal *journal = self->journal;

  if (journal->is_mirror && record->number != 0 && record->number <= journal->remote_number)
    return;
  habla_transcript_set_speakers (self->transcript, record->state->speakers);
  habla_exchange_log_drop_replayed (self->exchanges);
  journal->has_news = TRUE;
  if (!journal->is_mirror)
    return;
  journal->remote_number = record->number;
  habla_room_set_remote (self, g_steal_pointer (&record->state));
}

static void
room_apply_event (HablaRoom *self, HablaRecord *record)
{
  const HablaRoomObserver *observer = &self->context->observer;
  HablaEvent event = record->event;

  if (record->state != NULL)
    room_apply_state (self, record);
  if (record->is_renamed && !self->journal->is_mirror && observer->speakers_changed != NULL)
    observer->speakers_changed (self, observer->user_data);
  if (!record->has_event || room_is_loading (self))
    return;
  if (event.language != NULL)
    habla_audience_notify_readers (self->audience, &event, event.language, &self->settings);
  else
    habla_audience_notify (self->audience, &event);
}

static void
room_apply_transcript (HablaRoom *self, HablaRecord *record)
{
  HablaEvent event = { .type = HABLA_EVENT_TRANSCRIPT };
  HablaExchangeEntry *entry;

  if (record->exchange.id < self->journal->next_exchange_id)
    return;
  if (habla_transcript_make_space (self->transcript))
    habla_room_deliver (self);
  entry = habla_transcript_insert (self->transcript, &record->exchange, record->speaker_id,
      record->utterance_count, (const char *const *) record->awaited);
  if (room_is_loading (self))
    return;
  event.exchange = &entry->exchange;
  habla_audience_notify (self->audience, &event);
}

static void
room_apply_translation (HablaRoom *self, HablaRecord *record)
{
  HablaExchange *found = &record->exchange;
  HablaExchangeEntry *entry = habla_exchange_log_get (self->exchanges, found->id);

  if (entry == NULL || entry->is_forgotten ||
      habla_exchange_log_is_answered (entry, record->language))
    return;
  if (found->annotations != NULL) {
    g_clear_pointer (&entry->exchange.annotations, habla_annotations_unref);
    entry->exchange.annotations = g_steal_pointer (&found->annotations);
  }
  entry->exchange.processing = found->processing;
  habla_exchange_log_resolve (self->exchanges, entry, record->language, record->text);
}

static void
room_apply_reset (HablaRoom *self, HablaRecord *record)
{
  HablaEvent event = { .type = HABLA_EVENT_SESSION_RESET };

  habla_transcript_reset (self->transcript);
  habla_audience_skip (self->audience, self->journal->next_exchange_id);
  habla_room_show_session (self, record->session_id);
  self->was_reset = TRUE;
  if (!room_is_loading (self))
    habla_audience_notify (self->audience, &event);
}

static void
room_apply_end (HablaRoom *self)
{
  HablaEvent event = { .type = HABLA_EVENT_ROOM_ENDED };

  self->is_ending = self->has_ended = TRUE;
  habla_audience_notify (self->audience, &event);
}

void
habla_room_apply_record (HablaRoom *self, HablaRecord *record)
{
  if (record->number != 0)
    self->journal->applied = record->number;
  switch (record->type) {
  case HABLA_RECORD_EVENT:
    room_apply_event (self, record);
    break;
  case HABLA_RECORD_TRANSCRIPT:
    room_apply_transcript (self, record);
    break;
  case HABLA_RECORD_TRANSLATION:
    room_apply_translation (self, record);
    break;
  case HABLA_RECORD_RESET:
    room_apply_reset (self, record);
    break;
  case HABLA_RECORD_ENDED:
    room_apply_end (self);
    break;
  }
  habla_room_deliver (self);
}
