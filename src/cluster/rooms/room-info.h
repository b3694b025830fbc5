/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaRoomInfo:
 * @begin: sequence in the log of the first record of the session; 0 = there is none yet
 * @owner: (nullable): hash of the key of the owner; %NULL = it has none
 * @is_present: whether the owner is connected
 * @state: (nullable): state record of the room
 *
 * What a node says about a room that it owns, in its lease.
 */
typedef struct {
  guint64 begin;
  char *owner;
  gboolean is_present;
  GBytes *state;
} HablaRoomInfo;

/**
 * habla_room_info_hash_key:
 * @key: (nullable): secret of a client
 *
 * Returns: (transfer full) (nullable): its hash, which does not reveal it; %NULL if @key is %NULL
 */
char *habla_room_info_hash_key (const char *key);

/**
 * habla_room_info_encode:
 * @self: an info
 * @max_size: without its state if it is larger
 *
 * Returns: (transfer full): the description of a lease
 */
GBytes *habla_room_info_encode (const HablaRoomInfo *self, gsize max_size);

/**
 * habla_room_info_decode:
 * @self: (out caller-allocates): free it with habla_room_info_clear()
 * @info: (nullable): from outside
 *
 * Returns: whether @info describes a room
 */
gboolean habla_room_info_decode (HablaRoomInfo *self, GBytes *info);

/**
 * habla_room_info_clear:
 * @self: an info
 */
void habla_room_info_clear (HablaRoomInfo *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HablaRoomInfo, habla_room_info_clear)

G_END_DECLS
