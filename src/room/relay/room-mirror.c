/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions of rooms for a relay. */
#define G_LOG_USE_STRUCTURED
#include "room/room-private.h"

#include <util/source.h>

/* Records of an owned room */

void
habla_room_commit (HablaRoom *self)
{
  g_autoptr (HablaRecord) record =
      self->journal != NULL ? g_queue_pop_head (&self->journal->records) : NULL;

  if (record == NULL)
    return;
  habla_room_apply_record (self, record);
  if (!g_queue_is_empty (&self->journal->records))
    return;
  self->journal->is_full = FALSE;
  if (habla_room_is_empty (self))
    self->context->room_emptied (self->context->manager);
}

guint
habla_room_count_uncommitted (HablaRoom *self)
{
  return self->journal != NULL ? g_queue_get_length (&self->journal->records) : 0;
}

void
habla_room_set_degraded (HablaRoom *self, gboolean is_degraded)
{
  if (self->journal == NULL || self->journal->is_mirror ||
      self->journal->is_degraded == is_degraded)
    return;
  self->journal->is_degraded = is_degraded;
  habla_room_notify_type (self, HABLA_EVENT_STATUS);
}

gboolean
habla_room_is_degraded (HablaRoom *self)
{
  return self->journal != NULL && self->journal->is_degraded;
}

/* Readers */

void
habla_room_set_remote_readers (HablaRoom *self, const char *node, GArray *readers)
{
  g_autoptr (GArray) offered = g_array_new (FALSE, FALSE, sizeof (HablaReaders));
  g_auto (GStrv) languages = habla_room_list_offered (self);

  if (habla_room_is_mirror (self))
    return;
  for (guint i = 0; readers != NULL && i < readers->len; i++) {
    HablaReaders reader = g_array_index (readers, HablaReaders, i);

    if (offered->len < HABLA_MAX_REMOTE_LANGUAGES &&
        g_strv_contains ((const char *const *) languages, reader.language))
      g_array_append_val (offered, reader);
  }
  habla_audience_set_remote_readers (self->audience, node, offered);
  habla_room_update_targets (self);
  habla_room_report_readers (self);
  habla_room_advance (self);
}

GArray *
habla_room_list_readers (HablaRoom *self)
{
  return habla_audience_list_local_readers (self->audience, &self->settings);
}

void
habla_room_report_readers (HablaRoom *self)
{
  const HablaRoomRelay *relay = self->context->relay;

  if (!habla_room_is_mirror (self))
    habla_audience_report_update (self->report);
  else if (relay != NULL)
    relay->readers_changed (self, relay->user_data);
}

/* Mirrors */

gboolean
habla_room_is_mirror (HablaRoom *self)
{
  return self->journal != NULL && self->journal->is_mirror;
}

gboolean
habla_room_is_claimed (HablaRoom *self)
{
  return self->journal != NULL && self->journal->is_claimed;
}

const HablaRoomSnapshot *
habla_room_get_remote (HablaRoom *self)
{
  return habla_room_is_mirror (self) ? self->journal->remote : NULL;
}

gboolean
habla_room_check_owned (HablaRoom *self, GError **error)
{
  if (!habla_room_is_mirror (self))
    return TRUE;
  if (self->journal->is_claimed)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "The room is moving to this server; try again in a moment");
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "The speaker of this room is connected to another server; only listeners are here. To "
        "speak, connect again");
  return FALSE;
}

gboolean
habla_room_apply (HablaRoom *self, GBytes *bytes, GError **error)
{
  g_autoptr (HablaRecord) record = NULL;

  if (!habla_room_is_mirror (self)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "This server owns the room, so it takes no records of others");
    return FALSE;
  }
  record = habla_record_decode (bytes, error);
  if (record == NULL)
    return FALSE;
  if (record->number == 0 || record->number > self->journal->applied)
    habla_room_apply_record (self, record);
  return TRUE;
}

void
habla_room_set_loaded (HablaRoom *self)
{
  HablaRoomJournal *journal = self->journal;

  if (!habla_room_is_mirror (self) || !journal->is_loading)
    return;
  journal->is_loading = FALSE;
  if (journal->has_news) {
    habla_audience_notify (self->audience, &(HablaEvent){ .type = HABLA_EVENT_STATUS });
    habla_audience_notify (self->audience, &(HablaEvent){ .type = HABLA_EVENT_SPEAKERS });
  }
  habla_audience_replay_deferred (self->audience, self->exchanges);
  habla_room_deliver (self);
}

void
habla_room_claim (HablaRoom *self, const char *key)
{
  const HablaRoomRelay *relay = self->context->relay;

  g_free (self->key);
  self->key = g_strdup (key);
  if (self->journal->is_claimed)
    return;
  self->journal->is_claimed = TRUE;
  relay->room_claimed (self, relay->user_data);
}

static gboolean
room_check_ids (HablaRoom *self, GError **error)
{
  const HablaRoomContext *context = self->context;

  if (context->next_exchange_id >= self->journal->next_exchange_id &&
      context->next_session_id > self->session_id)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      "The next ids of this server are not greater than those of room %s; raise them first",
      self->name);
  return FALSE;
}

/* The translations that the former owner's node had begun will not come. */
static void
room_give_up_remote (HablaRoom *self)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_record_free);
  HablaExchangeEntry *entry;

  for (guint64 id = 0; (entry = habla_exchange_log_get_from (self->exchanges, id)) != NULL;
       id = entry->exchange.id + 1) {
    GHashTableIter iter;
    gpointer language;

    g_hash_table_iter_init (&iter, entry->awaited);
    while (!entry->is_forgotten && g_hash_table_iter_next (&iter, &language, NULL)) {
      HablaRecord *record = habla_record_new (HABLA_RECORD_TRANSLATION);

      record->exchange.id = entry->exchange.id;
      record->exchange.processing = entry->exchange.processing;
      record->language = g_strdup (language);
      g_ptr_array_add (records, record);
    }
  }
  while (records->len > 0)
    habla_room_publish (self, g_ptr_array_steal_index (records, 0));
}

/* The pipelines of this node go on where those of the other ended. */
static void
room_continue_draft (HablaRoom *self)
{
  if (self->draft == self->transcript)
    habla_room_make_draft (self);
  habla_transcript_continue (self->draft, self->transcript);
  self->draft_session_id = self->session_id;
}

static void
room_take_settings (HablaRoom *self)
{
  HablaRoomSnapshot *remote = self->journal->remote;

  g_strfreev (self->offered);
  self->offered =
      remote->chosen != NULL && *remote->chosen != NULL ? g_strdupv (remote->chosen) : NULL;
  habla_languages_adapt_settings (&self->context->languages, &self->settings);
  if (self->annotator != NULL)
    habla_room_annotator_update (self->annotator, &self->settings);
}

gboolean
habla_room_promote (HablaRoom *self, GError **error)
{
  const HablaRoomRelay *relay = self->context->relay;

  if (!habla_room_is_claimed (self) || relay == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "The owner of room %s is not connected to this server", self->name);
    return FALSE;
  }
  if (!room_check_ids (self, error))
    return FALSE;
  habla_room_set_loaded (self);
  room_continue_draft (self);
  room_take_settings (self);
  self->is_listening = FALSE;
  habla_room_journal_own (self->journal);
  relay->mirror_closed (self, relay->user_data);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "HABLA_ROOM", self->name, "MESSAGE",
      "Room %s moved to this server", self->name);
  room_give_up_remote (self);
  habla_room_update_readers (self);
  habla_room_notify_type (self, HABLA_EVENT_STATUS);
  habla_room_advance (self);
  return TRUE;
}

static void
room_end_ownership (HablaRoom *self)
{
  HablaRoomJournal *journal = self->journal;

  g_clear_pointer (&journal->remote, habla_room_snapshot_free);
  journal->remote = habla_room_describe (self);
  habla_room_journal_disown (journal);
  journal->remote_number = journal->applied;
  journal->is_degraded = FALSE;
  habla_audience_clear_remote_readers (self->audience);
  self->is_ending = self->has_ended = FALSE;
}

void
habla_room_demote (HablaRoom *self, const char *reason)
{
  const HablaRoomRelay *relay = self->context->relay;
  HablaEvent event = { .type = HABLA_EVENT_MOVED, .text = reason };
  gboolean was_owned = self->journal != NULL && !self->journal->is_mirror;

  if (!was_owned && !habla_room_is_claimed (self))
    return;
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "HABLA_ROOM", self->name, "MESSAGE",
      "Room %s is owned by another server: %s", self->name, reason);
  habla_source_clear (&self->resume_timer);
  if (was_owned)
    room_end_ownership (self);
  self->journal->is_claimed = FALSE;
  g_clear_pointer (&self->key, g_free);
  habla_room_cut (self);
  habla_audience_notify_owner (self->audience, &event);
  if (was_owned && relay != NULL)
    relay->mirror_opened (self, relay->user_data);
  habla_room_advance (self);
}
