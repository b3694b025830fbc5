/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/relay/room-journal.h"

HablaRoomJournal *
habla_room_journal_new (guint64 next_exchange_id)
{
  HablaRoomJournal *self = g_new0 (HablaRoomJournal, 1);

  g_queue_init (&self->records);
  self->next_exchange_id = next_exchange_id;
  habla_room_journal_own (self);
  return self;
}

void
habla_room_journal_free (HablaRoomJournal *self)
{
  habla_room_journal_disown (self);
  g_clear_pointer (&self->remote, habla_room_snapshot_free);
  g_free (self);
}

void
habla_room_journal_own (HablaRoomJournal *self)
{
  g_autofree char *origin = g_uuid_string_random ();

  self->is_mirror = self->is_claimed = self->is_loading = self->is_full = FALSE;
  self->published = self->applied;
  g_free (self->origin);
  self->origin = g_steal_pointer (&origin);
}

void
habla_room_journal_disown (HablaRoomJournal *self)
{
  self->is_mirror = TRUE;
  self->is_claimed = FALSE;
  g_queue_clear_full (&self->records, (GDestroyNotify) habla_record_free);
  g_clear_pointer (&self->origin, g_free);
  g_clear_pointer (&self->state, g_bytes_unref);
}
