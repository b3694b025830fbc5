/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room-event.h>

G_BEGIN_DECLS

/*
 * A relay carries rooms to other nodes: declared by rooms, implemented by a module that knows a
 * network. Without a relay, rooms live on this node alone, and cost the same as ever.
 *
 * A room is a log of records. The node of its owner makes them; members, on every node, are
 * notified of a record when it is committed, in the order of the log. A room on the node of its
 * owner is owned; on the nodes of other listeners it is a mirror. A mirror begins to load: it takes
 * records silently until habla_room_set_loaded(), and its members then get what they would have got
 * from a room that was there.
 *
 * <room/relay/record.h> reads records. The first record of a room and each %HABLA_RECORD_RESET
 * begin a session: a mirror needs the log from the last of them on.
 *
 * Everything here belongs to the thread of the default main context.
 */

/* Upper bound of a record, in bytes: a state with a hundred named speakers, or a typed text of
 * 10,000 characters, each of them escaped. */
#define HABLA_MAX_RECORD (256 * 1024)

/* Number of languages of another node whose readers count. */
#define HABLA_MAX_REMOTE_LANGUAGES 64

/**
 * HablaRoomRelay:
 * @node: name of this node, unique among all: part of generated names of rooms
 * @publish: appends @record, JSON in one line, to the log of an owned room. Durable records are
 *   kept for nodes that read the log later; all others may be lost. @message_id is unique among
 *   the durable records of all rooms and times; a record that is published again has the same. Must
 *   be followed by one habla_room_commit() for each record, in order, from the main loop and not
 *   from within @publish, at worst after the record was kept on this node only
 * @room_opened: @room is a new one, owned by this node. If another node turns out to own a room of
 *   this name, call habla_room_demote(). Its first record follows
 * @room_claimed: the owner of the mirror @room has connected to this node, and may_own() was true.
 *   Call habla_room_promote() when this node owns the room and has applied its whole log, or
 *   habla_room_demote() if that fails. Meanwhile, what the owner says waits
 * @room_closed: an owned @room is about to be freed; all its records are committed
 * @mirror_opened: @room is a mirror that loads: apply its log, and call habla_room_set_loaded().
 *   Also called by habla_room_demote() for a room that was owned, which has a part of the log, does
 *   not load, and ignores records that it has
 * @mirror_closed: the mirror @room is about to be freed, or was promoted
 * @readers_changed: other listeners, or other languages, at the mirror @room; see
 *   habla_room_list_readers()
 * @find_room: finds a room that another node owns, by its @name, or by the @key of its owner, or,
 *   if both are %NULL, the one that was opened last. Must not block. Returns: (transfer full)
 *   (nullable): its last state record; see habla_room_encode_state()
 * @may_own: whether a client with @key may become the owner of the room @name of another node: it
 *   is its owner, or that room has none. Otherwise sets a %G_IO_ERROR_EXISTS, or a
 *   %G_IO_ERROR_BUSY that says where to connect or when to try again. Must not block
 * @user_data: passed to the functions
 *
 * The functions must not call a room or the manager back, except to read.
 */
typedef struct {
  const char *node;
  void (*publish) (HablaRoom *room, GBytes *record, gboolean is_durable, const char *message_id,
      gpointer user_data);
  void (*room_opened) (HablaRoom *room, gpointer user_data);
  void (*room_claimed) (HablaRoom *room, gpointer user_data);
  void (*room_closed) (HablaRoom *room, gpointer user_data);
  void (*mirror_opened) (HablaRoom *room, gpointer user_data);
  void (*mirror_closed) (HablaRoom *room, gpointer user_data);
  void (*readers_changed) (HablaRoom *room, gpointer user_data);
  GBytes *(*find_room) (const char *name, const char *key, gpointer user_data);
  gboolean (*may_own) (const char *name, const char *key, GError **error, gpointer user_data);
  gpointer user_data;
} HablaRoomRelay;

/* For the relay. See also habla_room_manager_set_relay(), habla_room_manager_raise_ids() and
 * habla_room_manager_get_next_ids() in <room/room-manager.h>, and habla_room_get_name(),
 * habla_room_get_key() and habla_room_get_session_id() in <room/room.h>. */

/**
 * habla_room_commit:
 * @self: a room
 *
 * Its oldest published record is in the log: notifies members of it. No-op if no record waits, as
 * after habla_room_demote().
 */
void habla_room_commit (HablaRoom *self);

/**
 * habla_room_count_uncommitted:
 * @self: a room
 *
 * Returns: the number of published records that wait for habla_room_commit()
 */
guint habla_room_count_uncommitted (HablaRoom *self);

/**
 * habla_room_apply:
 * @self: a mirror
 * @record: the next record of its log; bounded and checked, because it comes from outside
 * @error: return location for a %G_IO_ERROR_INVALID_DATA that describes the error in @record, or
 *   a %G_IO_ERROR_PERMISSION_DENIED if @self is owned
 *
 * Notifies members of @record, unless the mirror loads. A durable record that was applied already
 * changes nothing. On an error, nothing has changed, and the next record can be applied.
 *
 * Returns: whether @record is a valid record
 */
gboolean habla_room_apply (HablaRoom *self, GBytes *record, GError **error);

/**
 * habla_room_set_loaded:
 * @self: a mirror to which the present log was applied
 *
 * Members get the transcript as they would from a room on its owner's node; from now on they are
 * notified of each record. No-op if it was called already.
 */
void habla_room_set_loaded (HablaRoom *self);

/**
 * habla_room_promote:
 * @self: a mirror that was claimed, and to which the whole log was applied
 * @error: return location for a %G_IO_ERROR_INVALID_ARGUMENT if the next ids of the manager are not
 *   greater than those of the room: call habla_room_manager_raise_ids() and try again
 *
 * This node owns the room. Translations that its former owner's node did not finish are given up;
 * what the owner has said meanwhile is heard now.
 *
 * Returns: whether the room is owned by this node
 */
gboolean habla_room_promote (HablaRoom *self, GError **error);

/**
 * habla_room_demote:
 * @self: an owned room, or a mirror that was claimed
 * @reason: why, for the owner, with what to do
 *
 * Another node owns the room. Its pipeline ends at once; records that are not committed are
 * dropped, without a habla_room_commit(). The owner is notified by a %HABLA_EVENT_MOVED and must
 * leave; listeners stay in the mirror that remains.
 */
void habla_room_demote (HablaRoom *self, const char *reason);

/**
 * habla_room_set_degraded:
 * @self: an owned room
 * @is_degraded: whether its records are kept on this node only, for the time being
 */
void habla_room_set_degraded (HablaRoom *self, gboolean is_degraded);

/**
 * habla_room_is_degraded:
 * @self: a room
 *
 * Returns: whether its records are kept on the node of its owner only, for the time being
 */
gboolean habla_room_is_degraded (HablaRoom *self);

/**
 * habla_room_set_remote_readers:
 * @self: an owned room
 * @node: name of another node
 * @readers: (nullable) (element-type HablaReaders): what listeners at the mirror of @node read;
 *   %NULL = there are none, or the node is gone. Languages that are not offered are left out, and
 *   so are those beyond %HABLA_MAX_REMOTE_LANGUAGES
 *
 * They count as listeners of the room, and their languages are translated into.
 */
void habla_room_set_remote_readers (HablaRoom *self, const char *node, GArray *readers);

/**
 * habla_room_list_readers:
 * @self: a room
 *
 * Returns: (transfer full) (element-type HablaReaders): what its local members read, by language;
 *   valid until the main loop runs. A language that is only read by screens has 0 listeners
 */
GArray *habla_room_list_readers (HablaRoom *self);

/**
 * habla_room_encode_state:
 * @self: a room
 *
 * Returns: (transfer full): a state record of its present state, for @find_room of other nodes
 */
GBytes *habla_room_encode_state (HablaRoom *self);

/**
 * habla_room_is_mirror:
 * @self: a room
 *
 * Returns: whether another node owns it
 */
gboolean habla_room_is_mirror (HablaRoom *self);

/**
 * habla_room_is_claimed:
 * @self: a room
 *
 * Returns: whether it is a mirror whose owner has connected to this node
 */
gboolean habla_room_is_claimed (HablaRoom *self);

G_END_DECLS
