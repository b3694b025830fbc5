/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cluster/nats-link.h>
#include <room/relay/room-relay.h>

G_BEGIN_DECLS

/**
 * HablaMirrorRoom:
 *
 * Feeds a mirror: reads the log of its room, and then the live records. If one is missing, it reads
 * the log from there. Belongs to the thread of the default main context.
 */
typedef struct _HablaMirrorRoom HablaMirrorRoom;

/**
 * HablaMirrorRoomOptions:
 * @link: must outlive it
 * @room: (transfer none): a mirror, which must outlive it
 * @part: the name of the room in subjects
 * @node: name of this node
 * @begin: sequence in the log of the first record of the session; 0 = unknown
 */
typedef struct {
  HablaNatsLink *link;
  HablaRoom *room;
  const char *part;
  const char *node;
  guint64 begin;
} HablaMirrorRoomOptions;

/**
 * habla_mirror_room_new:
 * @options: copied
 *
 * Returns: (transfer full): reads the log
 */
HablaMirrorRoom *habla_mirror_room_new (const HablaMirrorRoomOptions *options);

/**
 * habla_mirror_room_free:
 * @self: (transfer full): a mirror
 *
 * Tells the owner's node that there are no readers here.
 */
void habla_mirror_room_free (HablaMirrorRoom *self);

/**
 * habla_mirror_room_send_readers:
 * @self: a mirror
 *
 * Tells the owner's node what listeners here read.
 */
void habla_mirror_room_send_readers (HablaMirrorRoom *self);

/**
 * HablaMirrorReadFunc:
 * @last: sequence of the last entry of the log; 0 = it is empty
 * @user_data: as passed
 */
typedef void (*HablaMirrorReadFunc) (guint64 last, gpointer user_data);

/**
 * habla_mirror_room_read_on:
 * @self: a mirror
 * @func: called when the mirror has applied all that is in the log now
 * @user_data: passed to @func
 *
 * For a node that becomes the owner. From now on, live records are ignored.
 */
void habla_mirror_room_read_on (
    HablaMirrorRoom *self, HablaMirrorReadFunc func, gpointer user_data);

G_END_DECLS
