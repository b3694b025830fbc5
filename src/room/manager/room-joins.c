/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which room a client joins: one that is there, that of another node, or a new one. */
#define G_LOG_USE_STRUCTURED
#include "room/room-manager-private.h"

#include "room/room-limits.h"

#include <broadcast/speech-encoder.h>
#include <habla/error.h>

static gboolean
room_manager_check_name (const char *name, const char *what, GError **error)
{
  if (*name != '\0' && g_utf8_validate (name, -1, NULL) &&
      g_utf8_strlen (name, -1) <= HABLA_MAX_ROOM_NAME)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s must have 1 to %d characters",
      what, HABLA_MAX_ROOM_NAME);
  return FALSE;
}

/* @name: of a room to make or to come back to */
static gboolean
room_manager_check_room_name (const char *name, GError **error)
{
  if (!room_manager_check_name (name, "The name of a room", error))
    return FALSE;
  if (!g_str_equal (name, HABLA_ROOM_LATEST))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      "No room can have the name “%s”, by which listeners join the room that was made last; choose "
      "another name",
      name);
  return FALSE;
}

/* A room that ends is not found: its name is free, and its owner may open the room again. */
static gboolean
room_manager_is_open (HablaRoom *room)
{
  return !habla_room_is_empty (room) && !habla_room_is_ending (room);
}

HablaRoom *
habla_room_manager_find_by_name (HablaRoomManager *self, const char *name)
{
  for (guint i = self->rooms->len; i > 0; i--) {
    HablaRoom *room = g_ptr_array_index (self->rooms, i - 1);

    if (room_manager_is_open (room) && g_str_equal (habla_room_get_name (room), name))
      return room;
  }
  return NULL;
}

/* @name: (nullable): that the room must have; %NULL = any */
static HablaRoom *
room_manager_find_by_key (HablaRoomManager *self, const char *key, const char *name)
{
  for (guint i = self->rooms->len; key != NULL && i > 0; i--) {
    HablaRoom *room = g_ptr_array_index (self->rooms, i - 1);

    if (room_manager_is_open (room) && g_strcmp0 (habla_room_get_key (room), key) == 0 &&
        (name == NULL || g_str_equal (habla_room_get_name (room), name)))
      return room;
  }
  return NULL;
}

/* Returns: (transfer full): a name that no room of another node has */
static char *
room_manager_generate_name (HablaRoomManager *self)
{
  const HablaRoomRelay *relay = self->context.relay;
  guint n = self->next_room++;

  return relay != NULL ? g_strdup_printf ("room-%s-%u", relay->node, n)
                       : g_strdup_printf ("room-%u", n);
}

static HablaRoom *
room_manager_add_room (HablaRoomManager *self, const char *key, const char *name)
{
  g_autofree char *generated = NULL;
  HablaRoom *room;

  while (name == NULL) {
    generated = room_manager_generate_name (self);
    if (habla_room_manager_find_by_name (self, generated) == NULL)
      name = generated;
    else
      g_clear_pointer (&generated, g_free);
  }
  room = habla_room_new (&self->context, name, key);
  g_ptr_array_add (self->rooms, room);
  return room;
}

static gboolean
room_manager_check_open (HablaRoomManager *self, GError **error)
{
  if (!self->is_closing)
    return TRUE;
  g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The server is shutting down; come back later");
  return FALSE;
}

HablaMember *
habla_room_manager_join_as_owner (HablaRoomManager *self, const char *key, const char *room_name,
    HablaMemberNotify notify, gpointer user_data, GError **error)
{
  const HablaOwnerPage page = { .key = key };

  return habla_room_manager_join_in_tab (self, &page, room_name, notify, user_data, error);
}

/* @name: (nullable): of a room; %NULL and no @key = the latest. Returns: (nullable): the room of
 * another node, without members; %NULL without @error = there is none */
static HablaRoom *
room_manager_add_mirror (HablaRoomManager *self, const char *name, const char *key, GError **error)
{
  const HablaRoomRelay *relay = self->context.relay;
  g_autoptr (GBytes) state = relay != NULL ? relay->find_room (name, key, relay->user_data) : NULL;
  HablaRoom *room = state != NULL ? habla_room_new_mirror (&self->context, state, error) : NULL;

  if (room == NULL)
    return NULL;
  g_ptr_array_add (self->rooms, room);
  /* It may stay without members. */
  habla_room_manager_sweep_later (self);
  return room;
}

/* The owner of a room of another node has connected to this one.
 *
 * @room: (nullable): a mirror; %NULL = there is none yet
 * Returns: (nullable): the mirror, which is claimed; %NULL without @error = there is no such room
 */
static HablaRoom *
room_manager_claim (HablaRoomManager *self, HablaRoom *room, const HablaOwnerPage *page,
    const char *name, GError **error)
{
  const HablaRoomRelay *relay = self->context.relay;

  if (room == NULL && (name != NULL || page->key != NULL))
    room = room_manager_add_mirror (self, name, page->key, error);
  if (room == NULL ||
      !relay->may_own (habla_room_get_name (room), page->key, error, relay->user_data))
    return NULL;
  habla_room_claim (room, page->key);
  return room;
}

/* @name: (nullable): that the room must have; %NULL = any. Returns: (nullable): the room that the
 * owner comes back to, may take over, or that is left to it; %NULL without @error = there is none
 */
static HablaRoom *
room_manager_find_for_owner (
    HablaRoomManager *self, const HablaOwnerPage *page, const char *name, GError **error)
{
  HablaRoom *room = room_manager_find_by_key (self, page->key, name);
  gboolean has_key = room != NULL;

  if (room == NULL && name != NULL)
    room = habla_room_manager_find_by_name (self, name);
  if (self->context.relay != NULL && (room == NULL || habla_room_is_mirror (room)))
    return room_manager_claim (self, room, page, name, error);
  if (room == NULL || has_key)
    return room;
  /* Listeners of yesterday do not keep today's owner out. */
  if (habla_room_is_abandoned (room)) {
    habla_room_adopt (room, page->key);
    return room;
  }
  /* The page of another device asks its user, as another tab does. */
  if (page->key != NULL && habla_room_has_owner_in_other_tab (room, page->tab))
    return room;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
      "Another browser or device speaks in the room of that name. End the class there, or choose "
      "another name; to read along, join with listen=1");
  return NULL;
}

HablaMember *
habla_room_manager_join_in_tab (HablaRoomManager *self, const HablaOwnerPage *page,
    const char *room_name, HablaMemberNotify notify, gpointer user_data, GError **error)
{
  const char *key = page->key;
  g_autoptr (GError) problem = NULL;
  HablaRoom *room;
  HablaMember *member;

  if (!room_manager_check_open (self, error) ||
      (key != NULL && !room_manager_check_name (key, "The key of a client", error)) ||
      (room_name != NULL && !room_manager_check_room_name (room_name, error)))
    return NULL;
  room = room_manager_find_for_owner (self, page, room_name, &problem);
  if (problem != NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
  }
  if (room == NULL)
    room = room_manager_add_room (self, key, room_name);
  member = habla_room_join (
      room, !habla_room_has_owner_in_other_tab (room, page->tab), NULL, notify, user_data, error);
  if (member == NULL)
    habla_room_manager_sweep_later (self);
  else if (key != NULL)
    habla_member_set_page (member, key, page->tab);
  return member;
}

/* @room_name: of a room, or HABLA_ROOM_LATEST */
static HablaRoom *
room_manager_find_open_room (HablaRoomManager *self, const char *room_name, GError **error)
{
  HablaRoom *room = NULL;

  if (!room_manager_check_open (self, error))
    return NULL;
  if (g_str_equal (room_name, HABLA_ROOM_LATEST)) {
    for (guint i = self->rooms->len; i > 0 && room == NULL; i--)
      if (room_manager_is_open (g_ptr_array_index (self->rooms, i - 1)))
        room = g_ptr_array_index (self->rooms, i - 1);
  } else {
    room = habla_room_manager_find_by_name (self, room_name);
  }
  if (room == NULL) {
    g_autoptr (GError) problem = NULL;

    room = room_manager_add_mirror (
        self, g_str_equal (room_name, HABLA_ROOM_LATEST) ? NULL : room_name, NULL, &problem);
    if (problem != NULL)
      g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "MESSAGE",
          "Failed to mirror room %s: %s", room_name, problem->message);
  }
  if (room == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "There is no room of that name; it opens when its owner connects");
  return room;
}

HablaMember *
habla_room_manager_join_as_listener (HablaRoomManager *self, const char *room_name,
    const char *language, HablaMemberNotify notify, gpointer user_data, GError **error)
{
  HablaRoom *room = room_manager_find_open_room (self, room_name, error);

  if (room == NULL)
    return NULL;
  return habla_room_join (room, FALSE, language, notify, user_data, error);
}

HablaHeadphonesListener *
habla_room_manager_add_headphones (HablaRoomManager *self, const char *room_name,
    const char *language, const HablaBroadcastClient *client, GError **error)
{
  HablaRoom *room = room_manager_find_open_room (self, room_name, error);

  if (room == NULL)
    return NULL;
  if (!habla_speech_encoder_is_installed ()) {
    g_set_error_literal (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "There is no MP3 encoder; install " HABLA_SPEECH_PACKAGE " on the server");
    return NULL;
  }
  return habla_room_add_headphones (room, language, client, error);
}

HablaRoom *
habla_room_manager_find_room (HablaRoomManager *self, const char *key)
{
  if (key != NULL)
    return room_manager_find_by_key (self, key, NULL);
  for (guint i = self->rooms->len; i > 0; i--) {
    HablaRoom *room = g_ptr_array_index (self->rooms, i - 1);

    if (habla_room_get_key (room) == NULL && habla_room_has_owner (room) &&
        !habla_room_is_ending (room))
      return room;
  }
  return NULL;
}
