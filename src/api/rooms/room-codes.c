/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "api/rooms/room-codes.h"

#include "api/rooms/join-code.h"
#include "api/rooms/room-codes-file.h"

#include <util/source.h>

/* Many rooms that are made at once are written once; in milliseconds. */
#define WRITE_DELAY 50

typedef struct {
  HablaRoomCode code; /* owns its strings */
  GList link;         /* in by_use */
} Entry;

struct _HablaRoomCodes {
  HablaRoomCodesFile *file; /* (nullable) */
  gboolean (*is_open) (const char *room, gpointer user_data);
  gpointer user_data;
  GHashTable *by_room; /* from name to Entry */
  GQueue by_use;       /* of Entry.link, the last used at the tail */
  char *public_url;    /* (nullable) */
  gboolean is_changed; /* since the last write */
  GSource *write_timer;
};

static void
entry_free (Entry *entry)
{
  g_free ((char *) entry->code.room);
  g_free ((char *) entry->code.code);
  g_free (entry);
}

static void
room_codes_write (HablaRoomCodes *self)
{
  g_autoptr (GPtrArray) codes = NULL;
  g_autoptr (GBytes) contents = NULL;

  habla_source_clear (&self->write_timer);
  if (self->file == NULL || !self->is_changed)
    return;
  self->is_changed = FALSE;
  codes = habla_room_codes_list (self);
  contents = habla_room_codes_file_encode (codes);
  habla_room_codes_file_write (self->file, contents);
}

static gboolean
room_codes_on_write_timer (gpointer user_data)
{
  room_codes_write (user_data);
  return G_SOURCE_REMOVE;
}

static void
room_codes_write_later (HablaRoomCodes *self)
{
  self->is_changed = TRUE;
  if (self->write_timer == NULL)
    habla_source_start_timer (&self->write_timer, WRITE_DELAY, "[habla] HablaRoomCodes write",
        room_codes_on_write_timer, self);
}

/* @code: copied. Returns: its entry, the last used */
static Entry *
room_codes_add (HablaRoomCodes *self, const HablaRoomCode *code)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->code.room = g_strdup (code->room);
  entry->code.code = g_strdup (code->code);
  entry->code.used = code->used;
  entry->link.data = entry;
  g_hash_table_insert (self->by_room, (char *) entry->code.room, entry);
  g_queue_push_tail_link (&self->by_use, &entry->link);
  return entry;
}

/* The file begins with the last used. */
static void
room_codes_on_read (const HablaRoomCode *code, gpointer user_data)
{
  HablaRoomCodes *self = user_data;
  Entry *entry;

  if (g_hash_table_contains (self->by_room, code->room))
    return;
  entry = room_codes_add (self, code);
  g_queue_unlink (&self->by_use, &entry->link);
  g_queue_push_head_link (&self->by_use, &entry->link);
}

HablaRoomCodes *
habla_room_codes_new (const char *path, gboolean (*is_open) (const char *room, gpointer user_data),
    gpointer user_data)
{
  HablaRoomCodes *self = g_new0 (HablaRoomCodes, 1);
  g_autoptr (GError) error = NULL;

  self->is_open = is_open;
  self->user_data = user_data;
  self->by_room =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
  if (path == NULL)
    return self;
  self->file = habla_room_codes_file_new (path);
  if (!habla_room_codes_file_read (self->file, room_codes_on_read, self, &error))
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "MESSAGE",
        "Failed to read the join codes of rooms: %s; rooms get new codes", error->message);
  return self;
}

void
habla_room_codes_free (HablaRoomCodes *self)
{
  room_codes_write (self);
  g_clear_pointer (&self->file, habla_room_codes_file_free);
  g_hash_table_unref (self->by_room);
  g_free (self->public_url);
  g_free (self);
}

const HablaRoomCode *
habla_room_codes_find (HablaRoomCodes *self, const char *room)
{
  Entry *entry = g_hash_table_lookup (self->by_room, room);

  return entry != NULL ? &entry->code : NULL;
}

static void
room_codes_move_to_tail (HablaRoomCodes *self, Entry *entry)
{
  g_queue_unlink (&self->by_use, &entry->link);
  g_queue_push_tail_link (&self->by_use, &entry->link);
}

/* Returns: whether there is room for one more code */
static gboolean
room_codes_make_space (HablaRoomCodes *self)
{
  guint n = self->by_use.length;

  if (n < HABLA_MAX_ROOM_CODES)
    return TRUE;
  /* Open rooms are in use, so that the next search need not ask for them again. */
  for (; n > 0; n--) {
    Entry *entry = self->by_use.head->data;

    if (self->is_open == NULL || !self->is_open (entry->code.room, self->user_data)) {
      g_queue_unlink (&self->by_use, &entry->link);
      g_hash_table_remove (self->by_room, entry->code.room);
      return TRUE;
    }
    room_codes_move_to_tail (self, entry);
  }
  return FALSE;
}

const HablaRoomCode *
habla_room_codes_use (HablaRoomCodes *self, const char *room)
{
  Entry *entry = g_hash_table_lookup (self->by_room, room);

  if (entry != NULL) {
    room_codes_move_to_tail (self, entry);
    /* Written with the next code: it only decides which room is forgotten. */
    self->is_changed = TRUE;
  } else {
    g_autofree char *code = NULL;

    if (!room_codes_make_space (self))
      return NULL;
    code = habla_join_code_new ();
    entry = room_codes_add (self, &(HablaRoomCode){ .room = room, .code = code });
    room_codes_write_later (self);
  }
  entry->code.used = g_get_real_time () / G_USEC_PER_SEC;
  return &entry->code;
}

const HablaRoomCode *
habla_room_codes_renew (HablaRoomCodes *self, const char *room)
{
  Entry *entry = g_hash_table_lookup (self->by_room, room);

  if (entry == NULL)
    return NULL;
  g_free ((char *) entry->code.code);
  entry->code.code = habla_join_code_new ();
  room_codes_write_later (self);
  return &entry->code;
}

gboolean
habla_room_codes_check (HablaRoomCodes *self, const char *room, const char *given)
{
  static const char unknown[] = "????????";
  const HablaRoomCode *code = habla_room_codes_find (self, room);
  gboolean is_equal = habla_join_code_is_equal (given, code != NULL ? code->code : unknown);

  return is_equal && code != NULL;
}

GPtrArray *
habla_room_codes_list (HablaRoomCodes *self)
{
  GPtrArray *codes = g_ptr_array_sized_new (self->by_use.length);

  for (GList *link = self->by_use.tail; link != NULL; link = link->prev)
    g_ptr_array_add (codes, &((Entry *) link->data)->code);
  return codes;
}

void
habla_room_codes_set_public_url (HablaRoomCodes *self, const char *url)
{
  g_free (self->public_url);
  self->public_url = g_strdup (url);
}

char *
habla_room_codes_make_url (HablaRoomCodes *self, const HablaRoomCode *code)
{
  return habla_join_code_make_url (self->public_url, code->room, code->code);
}
