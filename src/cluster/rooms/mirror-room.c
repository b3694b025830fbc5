/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/rooms/mirror-room.h"

#include "cluster/rooms/log-entry.h"
#include "cluster/rooms/subjects.h"

#include <string.h>

/* Live records that wait until the log has been read. */
#define MAX_WAITING 2000

struct _HablaMirrorRoom {
  HablaNatsLink *link;
  HablaRoom *room;
  char *part;
  char *log; /* subjects */
  char *readers;
  char *node;

  HablaNatsSubscription *live_subscription;
  HablaNatsSubscription *log_subscription; /* (nullable): while the log is read */
  GQueue waiting;                          /* of HablaLogEntry: live ones, while the log is read */
  guint64 epoch;                           /* of the last entry */
  guint64 last;                            /* sequence of the last entry of the log */
  HablaMirrorReadFunc func;                /* (nullable) */
  gpointer user_data;
};

static void
entry_free (gpointer data)
{
  habla_log_entry_clear (data);
  g_free (data);
}

static void
mirror_apply (HablaMirrorRoom *self, const HablaLogEntry *entry)
{
  g_autoptr (GError) error = NULL;

  if (entry->record != NULL && !habla_room_apply (self->room, entry->record, &error))
    g_warning ("A record of the room %s is damaged: %s", self->part, error->message);
}

/* The log */

static void mirror_read_log (HablaMirrorRoom *self);

/* Returns: %FALSE if records of the log before @entry are missing */
static gboolean
mirror_take (HablaMirrorRoom *self, const HablaLogEntry *entry)
{
  if (entry->epoch < self->epoch)
    return TRUE;
  if (entry->epoch > self->epoch) {
    /* Another node owns the room, and does not know our readers. */
    self->epoch = entry->epoch;
    habla_mirror_room_send_readers (self);
  }
  if (entry->previous > self->last)
    return FALSE;
  if (entry->sequence != 0 && entry->sequence <= self->last)
    return TRUE;
  self->last = MAX (self->last, entry->sequence);
  mirror_apply (self, entry);
  return TRUE;
}

static void
mirror_wait (HablaMirrorRoom *self, const HablaLogEntry *entry)
{
  HablaLogEntry *copy = g_new (HablaLogEntry, 1);

  *copy = *entry;
  if (copy->record != NULL)
    g_bytes_ref (copy->record);
  g_queue_push_tail (&self->waiting, copy);
  if (self->waiting.length > MAX_WAITING)
    entry_free (g_queue_pop_head (&self->waiting));
}

static void
mirror_take_waiting (HablaMirrorRoom *self)
{
  HablaLogEntry *entry;

  while (self->log_subscription == NULL && (entry = g_queue_pop_head (&self->waiting)) != NULL) {
    if (!mirror_take (self, entry)) {
      g_queue_push_head (&self->waiting, entry);
      mirror_read_log (self);
      return;
    }
    entry_free (entry);
  }
}

static void
mirror_finish_log (HablaMirrorRoom *self)
{
  HablaMirrorReadFunc func = g_steal_pointer (&self->func);

  g_clear_pointer (&self->log_subscription, habla_nats_subscription_free);
  habla_room_set_loaded (self->room);
  if (func != NULL)
    func (self->last, self->user_data);
  else
    mirror_take_waiting (self);
}

static void
mirror_on_log (const HablaNatsEvent *event, gpointer user_data)
{
  HablaMirrorRoom *self = user_data;
  g_auto (HablaLogEntry) entry = { 0 };

  if (event->type == HABLA_NATS_CURRENT) {
    mirror_finish_log (self);
  } else if (event->type == HABLA_NATS_MESSAGE) {
    self->last = event->sequence;
    if (!habla_log_entry_decode (&entry, event->data))
      return;
    self->epoch = MAX (self->epoch, entry.epoch);
    mirror_apply (self, &entry);
  }
}

static void
mirror_read_log (HablaMirrorRoom *self)
{
  g_clear_pointer (&self->log_subscription, habla_nats_subscription_free);
  self->log_subscription = habla_nats_link_read (
      self->link, HABLA_LOG_STREAM, self->log, self->last + 1, mirror_on_log, self);
}

void
habla_mirror_room_read_on (HablaMirrorRoom *self, HablaMirrorReadFunc func, gpointer user_data)
{
  self->func = func;
  self->user_data = user_data;
  g_clear_pointer (&self->live_subscription, habla_nats_subscription_free);
  mirror_read_log (self);
}

/* Live records */

static void
mirror_on_live (const HablaNatsEvent *event, gpointer user_data)
{
  HablaMirrorRoom *self = user_data;
  g_auto (HablaLogEntry) entry = { 0 };

  if (event->type == HABLA_NATS_GAP && self->log_subscription == NULL)
    mirror_read_log (self);
  if (event->type != HABLA_NATS_MESSAGE || !habla_log_entry_decode (&entry, event->data))
    return;
  if (self->log_subscription != NULL) {
    mirror_wait (self, &entry);
  } else if (!mirror_take (self, &entry)) {
    mirror_wait (self, &entry);
    mirror_read_log (self);
  }
}

/* Readers */

static void
mirror_publish_readers (HablaMirrorRoom *self, GArray *readers)
{
  g_autofree char *text = habla_subjects_encode_readers (self->node, readers);
  g_autoptr (GBytes) message = g_bytes_new (text, strlen (text));

  habla_nats_link_publish (self->link, self->readers, message, NULL);
}

void
habla_mirror_room_send_readers (HablaMirrorRoom *self)
{
  g_autoptr (GArray) readers = habla_room_list_readers (self->room);

  mirror_publish_readers (self, readers);
}

HablaMirrorRoom *
habla_mirror_room_new (const HablaMirrorRoomOptions *options)
{
  HablaMirrorRoom *self = g_new0 (HablaMirrorRoom, 1);
  g_autofree char *live = habla_subjects_make (HABLA_SUBJECT_LIVE, options->part);

  self->link = options->link;
  self->room = options->room;
  self->part = g_strdup (options->part);
  self->node = g_strdup (options->node);
  self->log = habla_subjects_make (HABLA_SUBJECT_LOG, options->part);
  self->readers = habla_subjects_make (HABLA_SUBJECT_READERS, options->part);
  self->last = options->begin > 0 ? options->begin - 1 : 0;
  g_queue_init (&self->waiting);
  self->live_subscription = habla_nats_link_subscribe (self->link, live, mirror_on_live, self);
  mirror_read_log (self);
  habla_mirror_room_send_readers (self);
  return self;
}

void
habla_mirror_room_free (HablaMirrorRoom *self)
{
  mirror_publish_readers (self, NULL);
  g_clear_pointer (&self->live_subscription, habla_nats_subscription_free);
  g_clear_pointer (&self->log_subscription, habla_nats_subscription_free);
  g_queue_clear_full (&self->waiting, entry_free);
  g_free (self->part);
  g_free (self->node);
  g_free (self->log);
  g_free (self->readers);
  g_free (self);
}
