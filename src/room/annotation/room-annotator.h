/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <phrases/phrasebook.h>
#include <pipeline/annotation/annotator.h>
#include <room/room-settings.h>

G_BEGIN_DECLS

#define HABLA_TYPE_ROOM_ANNOTATOR (habla_room_annotator_get_type ())

/**
 * HablaRoomAnnotator:
 *
 * Looks for idioms in the texts of a room, and for errors and false friends while it is in
 * classroom mode.
 */
G_DECLARE_FINAL_TYPE (HablaRoomAnnotator, habla_room_annotator, HABLA, ROOM_ANNOTATOR, GObject)

/**
 * habla_room_annotator_new:
 * @phrasebook: where to look up phrases
 *
 * Returns: (transfer full): an annotator
 */
HablaRoomAnnotator *habla_room_annotator_new (HablaPhrasebook *phrasebook);

/**
 * habla_room_annotator_update:
 * @self: an annotator
 * @settings: of the room: its mode, and its target languages, which learners are taken to have
 *
 * Any thread. The next text is looked at with these settings.
 */
void habla_room_annotator_update (HablaRoomAnnotator *self, const HablaRoomSettings *settings);

G_END_DECLS
