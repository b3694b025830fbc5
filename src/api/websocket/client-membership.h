/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/rooms/room-codes.h>
#include <api/websocket/lobby.h>
#include <api/websocket/protocol.h>
#include <api/websocket/send-queue.h>
#include <room/room-manager.h>
#include <store/store.h>

G_BEGIN_DECLS

/**
 * HablaClientMembership:
 *
 * The place of one client in a room: joins the room, and sends the room's events to the client,
 * after those that the client has missed.
 */
typedef struct _HablaClientMembership HablaClientMembership;

/**
 * HablaMembershipOptions:
 * @manager: (transfer none): the rooms; outlives the membership
 * @store: (transfer none) (nullable): where exchanges are that the room no longer remembers
 * @codes: (transfer none) (nullable): the join codes, for the status of owners; outlive the
 *   membership
 * @lobby: (transfer none) (nullable): where listeners wait for their room; outlives the membership;
 *   %NULL = they cannot wait
 * @key: (nullable): identifies an owner that reconnects
 * @tab: (nullable): identifies one page of an owner
 * @room: (nullable): name of the room that the client joins, or makes as its owner
 * @listener: whether the client joins as a listener
 * @waits: whether a listener knows that it may have to wait, or to choose another language
 * @is_screen: whether a listener is no person, but a projector or a video
 * @language: (nullable): BCP 47 code of the language that a listener reads
 * @has_webrtc: whether the client can hear translations over WebRTC
 * @resume: whether to send the exchanges after @since
 * @since: id of the last exchange that the client has; 0 = none
 * @max_replay: bytes of messages that the room sends again, about
 */
typedef struct {
  HablaRoomManager *manager;
  HablaStore *store;
  HablaRoomCodes *codes;
  HablaLobby *lobby;
  const char *key;
  const char *tab;
  const char *room;
  gboolean listener;
  gboolean waits;
  gboolean is_screen;
  const char *language;
  gboolean has_webrtc;
  gboolean resume;
  guint64 since;
  gsize max_replay;
} HablaMembershipOptions;

/**
 * HablaMembershipHandler:
 * @refused: the client has waited, but cannot join, as in habla_client_membership_join()
 * @ended: the owner has ended the room, and the client has got all its messages. The membership
 * must be freed, but not during the call
 * @moved: another server owns the room, and the owner has got the reason: it must connect again. As
 * for @ended
 * @user_data: for these functions
 */
typedef struct {
  void (*refused) (const GError *error, gpointer user_data);
  void (*ended) (gpointer user_data);
  void (*moved) (gpointer user_data);
  gpointer user_data;
} HablaMembershipHandler;

/**
 * habla_client_membership_new:
 * @options: copied
 * @queue: (transfer none): sends to the client; outlives the membership
 * @handler: copied
 *
 * Returns: (transfer full): a membership of no room
 */
HablaClientMembership *habla_client_membership_new (const HablaMembershipOptions *options,
    HablaSendQueue *queue, const HablaMembershipHandler *handler);

/**
 * habla_client_membership_free:
 * @self: (transfer full): a membership
 *
 * Leaves the room.
 */
void habla_client_membership_free (HablaClientMembership *self);

/**
 * habla_client_membership_join:
 * @self: a membership of no room
 * @error: return location for an error of the room manager, whose message is for the client
 *
 * Joins the room, and sends its status and what the client has missed. If there is no such room, a
 * listener that can wait is told so, and joins when the room opens.
 *
 * Returns: whether the client is a member now, or waits
 */
gboolean habla_client_membership_join (HablaClientMembership *self, GError **error);

/**
 * habla_client_membership_get_member:
 * @self: a membership
 *
 * Returns: (transfer none) (nullable): the member, or %NULL before the client has joined
 */
HablaMember *habla_client_membership_get_member (HablaClientMembership *self);

/**
 * habla_client_membership_reclaim:
 * @self: a membership of a client that has joined
 * @command: which the client sent
 *
 * A client of the first Habla has no tab, and cannot ask for the room: if another page of the same
 * browser has it, it takes it over by using it. No-op for others.
 */
void habla_client_membership_reclaim (HablaClientMembership *self, HablaCommandType command);

/**
 * habla_client_membership_note_command:
 * @self: a membership of a client that has joined
 * @command: which the client sent, and the room obeyed
 * @took_audio: habla_room_takes_audio() before that
 * @error: return location for an error of the room
 *
 * A client of the first Habla continues recording when it toggles the direction, even to a language
 * that cannot be heard here. It would not start again if it got `listening_stopped`: that message
 * is kept until it stops by itself, and listening continues when it toggles back.
 *
 * Returns: %FALSE with @error if listening should continue, and cannot
 */
gboolean habla_client_membership_note_command (
    HablaClientMembership *self, HablaCommandType command, gboolean took_audio, GError **error);

/**
 * habla_client_membership_set_language:
 * @self: a membership that waits
 * @language: tag of what the client wants to read
 */
void habla_client_membership_set_language (HablaClientMembership *self, const char *language);

G_END_DECLS
