/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/lobby.h"

#include <room/room-manager.h>
#include <util/source.h>

/* Listeners that are let in per iteration of the main loop. */
#define BATCH 20

struct _HablaLobby {
  GHashTable *rooms; /* from name to GQueue of HablaLobbyEntry.link */
  GQueue ready;      /* of HablaLobbyEntry.link: their room has opened */
  GSource *source;   /* lets in those of @ready */
};

HablaLobby *
habla_lobby_new (void)
{
  HablaLobby *self = g_new0 (HablaLobby, 1);

  self->rooms =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_queue_free);
  return self;
}

void
habla_lobby_free (HablaLobby *self)
{
  g_return_if_fail (g_hash_table_size (self->rooms) == 0 && g_queue_is_empty (&self->ready));

  habla_source_clear (&self->source);
  g_hash_table_unref (self->rooms);
  g_free (self);
}

static void
lobby_enqueue (HablaLobbyEntry *entry, GQueue *queue)
{
  entry->queue = queue;
  g_queue_push_tail_link (queue, &entry->link);
}

static void
lobby_dequeue (HablaLobbyEntry *entry)
{
  g_queue_unlink (entry->queue, &entry->link);
  if (entry->queue != &entry->lobby->ready && g_queue_is_empty (entry->queue))
    g_hash_table_remove (entry->lobby->rooms, entry->room);
  entry->queue = NULL;
}

gboolean
habla_lobby_wait (HablaLobby *self, HablaLobbyEntry *entry, const char *room,
    void (*let_in) (gpointer user_data), gpointer user_data)
{
  GQueue *queue = g_hash_table_lookup (self->rooms, room);

  g_return_val_if_fail (entry->lobby == NULL, FALSE);

  if (queue != NULL && queue->length >= HABLA_LOBBY_MAX)
    return FALSE;
  if (queue == NULL) {
    queue = g_queue_new ();
    g_hash_table_insert (self->rooms, g_strdup (room), queue);
  }
  entry->lobby = self;
  entry->room = g_strdup (room);
  entry->let_in = let_in;
  entry->link.data = user_data;
  lobby_enqueue (entry, queue);
  return TRUE;
}

void
habla_lobby_leave (HablaLobbyEntry *entry)
{
  if (entry->lobby == NULL)
    return;
  lobby_dequeue (entry);
  entry->lobby = NULL;
  g_clear_pointer (&entry->room, g_free);
}

/* @link: of HablaLobbyEntry, whose first field it is */
static void
lobby_let_in (GList *link)
{
  HablaLobbyEntry *entry = (HablaLobbyEntry *) link;

  habla_lobby_leave (entry);
  entry->let_in (link->data);
}

static gboolean
lobby_on_idle (gpointer user_data)
{
  HablaLobby *self = user_data;

  for (guint i = 0; i < BATCH && self->ready.head != NULL; i++)
    lobby_let_in (self->ready.head);
  if (self->ready.head != NULL)
    return G_SOURCE_CONTINUE;
  habla_source_clear (&self->source);
  return G_SOURCE_REMOVE;
}

static void
lobby_open_queue (HablaLobby *self, const char *room)
{
  GQueue *queue = g_hash_table_lookup (self->rooms, room);

  for (guint n = queue != NULL ? queue->length : 0; n > 0; n--) {
    HablaLobbyEntry *entry = (HablaLobbyEntry *) queue->head;

    /* The last one frees the queue. */
    lobby_dequeue (entry);
    lobby_enqueue (entry, &self->ready);
  }
  if (self->ready.head != NULL && self->source == NULL) {
    GSource *source = g_idle_source_new ();

    /* Beside the events of sockets and timers, not after them: listeners wait. */
    g_source_set_priority (source, G_PRIORITY_DEFAULT);
    habla_source_attach (&self->source, source, "[habla] HablaLobby let in", lobby_on_idle, self);
  }
}

void
habla_lobby_open (HablaLobby *self, const char *room)
{
  lobby_open_queue (self, room);
  lobby_open_queue (self, HABLA_ROOM_LATEST);
}

guint
habla_lobby_count (HablaLobby *self, const char *room)
{
  GQueue *queue = g_hash_table_lookup (self->rooms, room);

  return queue != NULL ? queue->length : 0;
}
