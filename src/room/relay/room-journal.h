/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "room/relay/record.h"

G_BEGIN_DECLS

/**
 * HablaRoomJournal:
 * @records: (element-type HablaRecord): published, but not committed
 * @published: number of the last durable record that was published
 * @applied: number of the last durable record that members were notified of
 * @origin: (nullable): unique part of message ids, since this node owns the room
 * @state: (nullable): the last published state
 * @remote: (nullable): of a mirror: the last state of the room
 * @remote_number: number of the last record whose state is in @remote
 * @next_exchange_id: lower bound of the id of the next exchange that members see
 * @is_mirror: another node owns the room
 * @is_claimed: see habla_room_is_claimed()
 * @is_loading: records are applied silently
 * @has_news: the state has changed while the mirror was loading
 * @is_degraded: see habla_room_is_degraded()
 * @is_full: the owner was notified that too many records wait
 *
 * What a room has that is known to other nodes.
 */
typedef struct {
  GQueue records;
  guint64 published;
  guint64 applied;
  char *origin;
  GBytes *state;
  HablaRoomSnapshot *remote;
  guint64 remote_number;
  guint64 next_exchange_id;
  gboolean is_mirror;
  gboolean is_claimed;
  gboolean is_loading;
  gboolean has_news;
  gboolean is_degraded;
  gboolean is_full;
} HablaRoomJournal;

/**
 * habla_room_journal_new:
 * @next_exchange_id: lower bound of the id of the next exchange
 *
 * Returns: (transfer full): an empty journal of an owned room
 */
HablaRoomJournal *habla_room_journal_new (guint64 next_exchange_id);

/**
 * habla_room_journal_free:
 * @self: (transfer full): a journal
 */
void habla_room_journal_free (HablaRoomJournal *self);

/**
 * habla_room_journal_own:
 * @self: a journal
 *
 * This node owns the room from now on.
 */
void habla_room_journal_own (HablaRoomJournal *self);

/**
 * habla_room_journal_disown:
 * @self: a journal
 *
 * Another node owns the room from now on. Drops the records that are not committed.
 */
void habla_room_journal_disown (HablaRoomJournal *self);

G_END_DECLS
