/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cluster/cluster-leases.h>
#include <cluster/nats-link.h>
#include <cluster/spool/cluster-spool.h>
#include <room/relay/room-relay.h>

G_BEGIN_DECLS

/**
 * HablaOwnedRoom:
 *
 * Carries the records of a room that this node owns, in order: stores the durable ones in its log,
 * publishes all of them, and commits them. While NATS is away, durable records go to the spool.
 * Belongs to the thread of the default main context.
 */
typedef struct _HablaOwnedRoom HablaOwnedRoom;

/**
 * HablaOwnedRoomOptions:
 * @link: must outlive it
 * @leases: must outlive it
 * @spool: must outlive it
 * @room: (transfer none): must outlive it
 * @part: the name of the room in subjects
 * @local: called when NATS does not answer: call habla_owned_room_reopen() when it does; and when
 *   the spool must be drained
 * @lost: called when another node owns the room. Free it later, not in this function
 * @spooled: called after habla_owned_room_store_spooled() with whether the record is in the log,
 * also when the room is freed
 * @user_data: passed to them
 */
typedef struct {
  HablaNatsLink *link;
  HablaClusterLeases *leases;
  HablaClusterSpool *spool;
  HablaRoom *room;
  const char *part;
  void (*local) (HablaOwnedRoom *self, gpointer user_data);
  void (*lost) (HablaOwnedRoom *self, gpointer user_data);
  void (*spooled) (gboolean is_stored, gpointer user_data);
  gpointer user_data;
} HablaOwnedRoomOptions;

/**
 * habla_owned_room_new:
 * @options: copied
 *
 * Takes the lease of the room, and becomes the writer of its log. Records wait meanwhile.
 *
 * Returns: (transfer full): a room
 */
HablaOwnedRoom *habla_owned_room_new (const HablaOwnedRoomOptions *options);

/**
 * habla_owned_room_new_promoted:
 * @options: copied; the lease of the room is taken
 * @epoch: of the lease
 * @last: sequence of the last entry of the log, which this node has written
 * @begin: sequence of the first record of the session; 0 = unknown
 *
 * Returns: (transfer full): a room
 */
HablaOwnedRoom *habla_owned_room_new_promoted (
    const HablaOwnedRoomOptions *options, guint64 epoch, guint64 last, guint64 begin);

/**
 * habla_owned_room_free:
 * @self: (transfer full): a room
 *
 * Releases the lease.
 */
void habla_owned_room_free (HablaOwnedRoom *self);

/**
 * habla_owned_room_get_room:
 * @self: a room
 *
 * Returns: (transfer none): what it carries
 */
HablaRoom *habla_owned_room_get_room (HablaOwnedRoom *self);

/**
 * habla_owned_room_publish:
 * @self: a room
 * @record: (transfer none): the next record
 * @is_durable: whether it belongs into the log
 * @id: (nullable): of the message, if durable
 *
 * habla_room_commit() follows, from the main loop.
 */
void habla_owned_room_publish (
    HablaOwnedRoom *self, GBytes *record, gboolean is_durable, const char *id);

/**
 * habla_owned_room_get_log:
 * @self: a room
 *
 * Returns: (transfer none): the subject of its log, and of its records in the spool
 */
const char *habla_owned_room_get_log (HablaOwnedRoom *self);

/**
 * habla_owned_room_is_local:
 * @self: a room
 *
 * Returns: whether NATS is away, and durable records go to the spool
 */
gboolean habla_owned_room_is_local (HablaOwnedRoom *self);

/**
 * habla_owned_room_disconnect:
 * @self: a room
 *
 * NATS is away: records that wait for it go to the spool.
 */
void habla_owned_room_disconnect (HablaOwnedRoom *self);

/**
 * habla_owned_room_reopen:
 * @self: a room
 *
 * If the room is local and NATS is there again, takes the lease, and becomes the writer of the log.
 * New records wait until habla_owned_room_resume().
 */
void habla_owned_room_reopen (HablaOwnedRoom *self);

/**
 * habla_owned_room_is_draining:
 * @self: a room
 *
 * Returns: whether it is the writer of the log, and new records wait for those in the spool
 */
gboolean habla_owned_room_is_draining (HablaOwnedRoom *self);

/**
 * habla_owned_room_store_spooled:
 * @self: a room that is draining
 * @record: its oldest in the spool
 *
 * Stores the record in the log.
 */
void habla_owned_room_store_spooled (HablaOwnedRoom *self, const HablaSpoolRecord *record);

/**
 * habla_owned_room_resume:
 * @self: a room
 *
 * The spool has no record of it: if it is draining, new records are stored.
 */
void habla_owned_room_resume (HablaOwnedRoom *self);

G_END_DECLS
