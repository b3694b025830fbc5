/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "room/relay/record-reader.h"
#include "room/room-event.h"

G_BEGIN_DECLS

/* Languages that listeners can choose, and engines of one kind: more are left out. */
#define HABLA_MAX_OFFERED 256

/**
 * HablaRoomSnapshot:
 * @room: name of the room
 * @session_id: of the room
 * @settings: languages, mode and engines
 * @chosen: (array zero-terminated=1): tags that the owner offers; empty = all
 * @offered: (array zero-terminated=1): BCP 47 codes that listeners can choose
 * @transcribers: (array zero-terminated=1): names of engines that the owner can choose
 * @translators: (array zero-terminated=1): as @transcribers
 * @topic: (nullable): of the session
 * @can_hear: speech in the source language can be recognised
 * @is_listening: members know that it listens
 * @is_recording: it is recorded
 * @is_abandoned: its owner will not come back
 * @is_degraded: see habla_room_is_degraded()
 * @was_reset: see habla_room_was_reset()
 * @speakers: (element-type HablaSpeaker): in order of appearance
 *
 * What members of a room can see besides its exchanges.
 */
typedef struct {
  char *room;
  guint64 session_id;
  HablaRoomSettings settings;
  GStrv chosen;
  GStrv offered;
  GStrv transcribers;
  GStrv translators;
  char *topic;
  gboolean can_hear;
  gboolean is_listening;
  gboolean is_recording;
  gboolean is_abandoned;
  gboolean is_degraded;
  gboolean was_reset;
  GPtrArray *speakers;
} HablaRoomSnapshot;

/**
 * habla_room_snapshot_new:
 *
 * Returns: (transfer full): an empty snapshot; set the fields that are not nullable
 */
HablaRoomSnapshot *habla_room_snapshot_new (void);

/**
 * habla_room_snapshot_free:
 * @self: (transfer full): a snapshot
 */
void habla_room_snapshot_free (HablaRoomSnapshot *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRoomSnapshot, habla_room_snapshot_free)

/**
 * habla_room_snapshot_add_speaker:
 * @self: a snapshot
 * @speaker: (transfer none): the next one, with the next label and colour
 */
void habla_room_snapshot_add_speaker (HablaRoomSnapshot *self, const HablaSpeaker *speaker);

/**
 * habla_room_snapshot_write:
 * @self: a snapshot
 * @builder: gets it as the member "state" of an object
 */
void habla_room_snapshot_write (const HablaRoomSnapshot *self, JsonBuilder *builder);

/**
 * habla_room_snapshot_read:
 * @reader: (inout): of the object "state"
 *
 * Returns: (transfer full) (nullable): the snapshot; %NULL if @reader has an error
 */
HablaRoomSnapshot *habla_room_snapshot_read (HablaRecordReader *reader);

G_END_DECLS
