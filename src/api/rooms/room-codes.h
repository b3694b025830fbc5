/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/rooms/room-codes-file.h>

G_BEGIN_DECLS

/**
 * HablaRoomCodes:
 *
 * The join codes of rooms, by name. A code outlives its room and the daemon, so that a printed link
 * stays valid. Beyond %HABLA_MAX_ROOM_CODES, the closed room that was not used for the longest time
 * is forgotten. The main thread uses it.
 */
typedef struct _HablaRoomCodes HablaRoomCodes;

/**
 * habla_room_codes_new:
 * @path: (nullable): the file that keeps the codes; %NULL = none. Is read at once. If it is
 *   damaged, this is logged, and rooms get new codes
 * @is_open: (nullable): tells whether there is a room of a name; %NULL = never
 * @user_data: for @is_open
 *
 * Returns: (transfer full): codes
 */
HablaRoomCodes *habla_room_codes_new (const char *path,
    gboolean (*is_open) (const char *room, gpointer user_data), gpointer user_data);

/**
 * habla_room_codes_free:
 * @self: (transfer full): codes
 *
 * Waits until changes are written.
 */
void habla_room_codes_free (HablaRoomCodes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRoomCodes, habla_room_codes_free)

/**
 * habla_room_codes_find:
 * @self: codes
 * @room: any text
 *
 * Returns: (transfer none) (nullable): the code of @room; valid until a code is made or renewed
 */
const HablaRoomCode *habla_room_codes_find (HablaRoomCodes *self, const char *room);

/**
 * habla_room_codes_use:
 * @self: codes
 * @room: a valid name of a room
 *
 * Makes a code if @room has none. Changes are written soon, in a worker thread.
 *
 * Returns: (transfer none) (nullable): the code, as from habla_room_codes_find(); %NULL if there
 *   are too many open rooms
 */
const HablaRoomCode *habla_room_codes_use (HablaRoomCodes *self, const char *room);

/**
 * habla_room_codes_renew:
 * @self: codes
 * @room: any text
 *
 * Returns: (transfer none) (nullable): the new code, as from habla_room_codes_find(); %NULL if
 *   @room has none
 */
const HablaRoomCode *habla_room_codes_renew (HablaRoomCodes *self, const char *room);

/**
 * habla_room_codes_check:
 * @self: codes
 * @room: any text
 * @given: the code that a client sent, as for habla_join_code_is_equal()
 *
 * Takes as long for rooms that do not exist, so that their names cannot be found out.
 *
 * Returns: whether @given is the code of @room
 */
gboolean habla_room_codes_check (HablaRoomCodes *self, const char *room, const char *given);

/**
 * habla_room_codes_list:
 * @self: codes
 *
 * Returns: (transfer container) (element-type HablaRoomCode): all codes, the last used first; valid
 *   as from habla_room_codes_find()
 */
GPtrArray *habla_room_codes_list (HablaRoomCodes *self);

/**
 * habla_room_codes_set_public_url:
 * @self: codes
 * @url: (nullable): where other machines reach the server, with a slash at the end
 */
void habla_room_codes_set_public_url (HablaRoomCodes *self, const char *url);

/**
 * habla_room_codes_make_url:
 * @self: codes
 * @code: one of them
 *
 * Returns: (transfer full) (nullable): the link for listeners; %NULL if other machines cannot reach
 *   the server
 */
char *habla_room_codes_make_url (HablaRoomCodes *self, const HablaRoomCode *code);

G_END_DECLS
