/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Clients that may wait for one room; as many as a room usually takes. */
#define HABLA_LOBBY_MAX 1000

/**
 * HablaLobby:
 *
 * Listeners who came before the owner of their room. They are let in when the room opens, some in
 * each iteration of the main loop, so that a thousand of them do not delay captions of other rooms.
 * The main thread uses it.
 */
typedef struct _HablaLobby HablaLobby;

/**
 * HablaLobbyEntry:
 *
 * The place of a listener in the lobby; part of the listener's own struct. Its fields are private.
 */
typedef struct {
  GList link;
  HablaLobby *lobby; /* NULL = it does not wait */
  char *room;
  GQueue *queue;
  void (*let_in) (gpointer user_data);
} HablaLobbyEntry;

/**
 * habla_lobby_new:
 *
 * Returns: (transfer full): an empty lobby
 */
HablaLobby *habla_lobby_new (void);

/**
 * habla_lobby_free:
 * @self: (transfer full): an empty lobby
 */
void habla_lobby_free (HablaLobby *self);

/**
 * habla_lobby_wait:
 * @self: a lobby
 * @entry: (transfer none): an entry that does not wait
 * @room: name of the room, or %HABLA_ROOM_LATEST for any
 * @let_in: called once, from the main loop, when the room has opened; @entry does not wait then.
 *   The room may have closed again
 * @user_data: for @let_in
 *
 * Returns: whether @entry waits; %FALSE if %HABLA_LOBBY_MAX others wait for @room
 */
gboolean habla_lobby_wait (HablaLobby *self, HablaLobbyEntry *entry, const char *room,
    void (*let_in) (gpointer user_data), gpointer user_data);

/**
 * habla_lobby_leave:
 * @entry: an entry
 *
 * No-op if it does not wait.
 */
void habla_lobby_leave (HablaLobbyEntry *entry);

/**
 * habla_lobby_open:
 * @self: a lobby
 * @room: name of a room that has opened
 */
void habla_lobby_open (HablaLobby *self, const char *room);

/**
 * habla_lobby_count:
 * @self: a lobby
 * @room: name of a room
 *
 * Returns: the number of listeners that wait for @room
 */
guint habla_lobby_count (HablaLobby *self, const char *room);

G_END_DECLS
