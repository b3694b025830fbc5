/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/rooms/owned-room.h"

#include "cluster/rooms/handle.h"
#include "cluster/rooms/log-entry.h"
#include "cluster/rooms/room-info.h"
#include "cluster/rooms/subjects.h"

#include <room/relay/record.h>
#include <room/room.h>
#include <util/source.h>

/*
 * OPENING: takes the lease, reads the end of the log, and appends that this node is the owner, so
 * that the log refuses an earlier owner. DRAINING: the spool may have records of the room, which
 * come first. READY: writes the log. LOCAL: NATS is away. LOST: another node owns the room.
 */
typedef enum {
  OWNED_OPENING,
  OWNED_DRAINING,
  OWNED_READY,
  OWNED_LOCAL,
  OWNED_LOST,
} OwnedState;

/* A record that waits for its commit. */
typedef struct {
  GBytes *record;
  gboolean is_durable;
  char *id;
} Waiting;

struct _HablaOwnedRoom {
  gpointer handle; /* for calls that come back */
  HablaOwnedRoomOptions options;
  char *name;
  char *log; /* subjects */
  char *live;
  HablaNatsSubscription *readers;
  HablaNatsSubscription *tail; /* (nullable): reads the end of the log */

  OwnedState state;
  guint64 epoch;  /* of the lease; 0 = not taken yet */
  guint64 last;   /* sequence of the last entry of the log */
  guint64 begin;  /* sequence of the first record of the session; 0 = there is none yet */
  GQueue waiting; /* of Waiting; the first one is being kept while is_keeping */
  gboolean is_keeping;
  gboolean was_local; /* the spool may have records of the room */
  gboolean is_storing_spooled;
  GSource *pump; /* (nullable) */
};

static void owned_pump_later (HablaOwnedRoom *self);

static void
waiting_free (gpointer data)
{
  Waiting *self = data;

  g_bytes_unref (self->record);
  g_free (self->id);
  g_free (self);
}

/* State */

static void
owned_set_state (HablaOwnedRoom *self, OwnedState state)
{
  self->state = state;
  habla_room_set_degraded (self->options.room, state == OWNED_LOCAL);
  self->was_local |= state == OWNED_LOCAL;
  if (state == OWNED_LOCAL || state == OWNED_DRAINING)
    self->options.local (self, self->options.user_data);
  owned_pump_later (self);
}

static void
owned_lose (HablaOwnedRoom *self)
{
  if (self->state == OWNED_LOST)
    return;
  self->state = OWNED_LOST;
  self->options.lost (self, self->options.user_data);
}

static GBytes *
owned_make_info (HablaOwnedRoom *self)
{
  g_autofree char *owner = habla_room_info_hash_key (habla_room_get_key (self->options.room));
  g_autoptr (GBytes) state = habla_room_encode_state (self->options.room);
  HablaRoomInfo info = { self->begin, owner, habla_room_has_owner (self->options.room), state };

  return habla_room_info_encode (&info, HABLA_LEASE_MAX_INFO);
}

/* Records */

static GBytes *
owned_encode (HablaOwnedRoom *self, GBytes *record, guint64 previous, guint64 sequence)
{
  HablaLogEntry entry = { self->epoch, previous, sequence, record };

  return habla_log_entry_encode (&entry);
}

/* The record is where it belongs: other nodes get it, and members here. */
static void
owned_commit (HablaOwnedRoom *self, guint64 previous, guint64 sequence)
{
  Waiting *waiting = g_queue_pop_head (&self->waiting);

  if (self->state == OWNED_READY) {
    g_autoptr (GBytes) message = owned_encode (self, waiting->record, previous, sequence);

    habla_nats_link_publish (self->options.link, self->live, message, NULL);
  }
  waiting_free (waiting);
  habla_room_commit (self->options.room);
}

static void
owned_describe (HablaOwnedRoom *self)
{
  g_autoptr (GBytes) info = owned_make_info (self);

  habla_cluster_leases_describe (self->options.leases, self->name, info);
}

/* Returns: (transfer full) (nullable): the record that waits for its commit */
static HablaRecord *
owned_read_next (HablaOwnedRoom *self)
{
  const Waiting *waiting = g_queue_peek_head (&self->waiting);

  return habla_record_decode (waiting->record, NULL);
}

static void
owned_on_stored (guint64 sequence, const GError *error, gpointer user_data)
{
  HablaOwnedRoom *self = habla_handle_find (user_data);
  g_autoptr (HablaRecord) record = NULL;
  guint64 previous;

  if (self == NULL)
    return;
  self->is_keeping = FALSE;
  if (self->state != OWNED_READY)
    return;
  if (g_error_matches (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FENCED)) {
    owned_lose (self);
    return;
  }
  if (error != NULL) {
    owned_set_state (self, OWNED_LOCAL);
    return;
  }
  record = owned_read_next (self);
  if (self->begin == 0 || (record != NULL && record->type == HABLA_RECORD_RESET))
    self->begin = sequence;
  previous = self->last;
  self->last = sequence;
  owned_commit (self, previous, sequence);
  /* A transcript or a translation does not change the state. */
  if (record == NULL || record->type == HABLA_RECORD_EVENT || record->type == HABLA_RECORD_RESET)
    owned_describe (self);
  owned_pump_later (self);
}

static void
owned_on_spooled (const HablaSpoolRecord *record, const GError *error, gpointer user_data)
{
  HablaOwnedRoom *self = habla_handle_find (user_data);

  if (self == NULL)
    return;
  self->is_keeping = FALSE;
  if (self->state == OWNED_LOST)
    return;
  if (error != NULL)
    g_warning ("A sentence of the room %s is on no disk: %s", self->name, error->message);
  owned_commit (self, self->last, 0);
  owned_pump_later (self);
}

static void
owned_keep (HablaOwnedRoom *self, const Waiting *waiting)
{
  g_autoptr (GBytes) data = owned_encode (self, waiting->record, 0, 0);

  self->is_keeping = TRUE;
  if (self->state == OWNED_READY) {
    HablaNatsEntry entry = { self->log, waiting->id, self->last, TRUE, data };

    habla_nats_link_store (self->options.link, &entry, owned_on_stored, self->handle);
  } else {
    HablaSpoolRecord record = { self->log, waiting->id, data };

    habla_cluster_spool_append (self->options.spool, &record, owned_on_spooled, self->handle);
  }
}

/* Returns: (transfer none) (nullable): the record that can be kept or committed now */
static const Waiting *
owned_peek (HablaOwnedRoom *self)
{
  if ((self->state != OWNED_READY && self->state != OWNED_LOCAL) || self->is_keeping)
    return NULL;
  return g_queue_peek_head (&self->waiting);
}

static gboolean
owned_on_pump (gpointer user_data)
{
  HablaOwnedRoom *self = user_data;
  gpointer handle = self->handle;
  const Waiting *waiting;

  habla_source_clear (&self->pump);
  if (self->state == OWNED_OPENING && !habla_nats_link_is_connected (self->options.link))
    owned_set_state (self, OWNED_LOCAL);
  /* A commit may end the room. */
  while (habla_handle_find (handle) != NULL && (waiting = owned_peek (self)) != NULL) {
    if (waiting->is_durable)
      owned_keep (self, waiting);
    else
      owned_commit (self, self->last, 0);
  }
  return G_SOURCE_REMOVE;
}

static void
owned_pump_later (HablaOwnedRoom *self)
{
  if (self->pump == NULL)
    habla_source_start_timer (&self->pump, 0, "[habla] HablaOwnedRoom", owned_on_pump, self);
}

void
habla_owned_room_publish (HablaOwnedRoom *self, GBytes *record, gboolean is_durable, const char *id)
{
  Waiting *waiting = g_new (Waiting, 1);

  *waiting = (Waiting){ g_bytes_ref (record), is_durable, g_strdup (id) };
  g_queue_push_tail (&self->waiting, waiting);
  owned_pump_later (self);
}

/* Opening */

static void owned_read_tail (HablaOwnedRoom *self);

static void
owned_on_owner_stored (guint64 sequence, const GError *error, gpointer user_data)
{
  HablaOwnedRoom *self = habla_handle_find (user_data);

  if (self == NULL || self->state != OWNED_OPENING)
    return;
  if (g_error_matches (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FENCED)) {
    owned_read_tail (self);
  } else if (error != NULL) {
    owned_set_state (self, OWNED_LOCAL);
  } else {
    self->last = sequence;
    owned_set_state (self, self->was_local ? OWNED_DRAINING : OWNED_READY);
  }
}

static void
owned_store_owner (HablaOwnedRoom *self)
{
  g_autoptr (GBytes) data = owned_encode (self, NULL, 0, 0);
  g_autofree char *id = g_strdup_printf (
      "%s/owner/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, self->log, self->epoch, self->last);
  HablaNatsEntry entry = { self->log, id, self->last, TRUE, data };

  habla_nats_link_store (self->options.link, &entry, owned_on_owner_stored, self->handle);
}

static void
owned_on_tail (const HablaNatsEvent *event, gpointer user_data)
{
  HablaOwnedRoom *self = user_data;
  g_auto (HablaLogEntry) entry = { 0 };

  if (event->type == HABLA_NATS_CURRENT) {
    g_clear_pointer (&self->tail, habla_nats_subscription_free);
    owned_store_owner (self);
  } else if (event->type == HABLA_NATS_MESSAGE) {
    self->last = event->sequence;
    if (habla_log_entry_decode (&entry, event->data) && entry.epoch > self->epoch)
      owned_lose (self);
  }
}

static void
owned_read_tail (HablaOwnedRoom *self)
{
  g_clear_pointer (&self->tail, habla_nats_subscription_free);
  self->tail = habla_nats_link_read (
      self->options.link, HABLA_LOG_STREAM, self->log, 0, owned_on_tail, self);
}

static void
owned_on_lease (guint64 epoch, const GError *error, gpointer user_data)
{
  HablaOwnedRoom *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS)) {
    owned_lose (self);
  } else if (self->state != OWNED_OPENING) {
    return;
  } else if (error != NULL) {
    owned_set_state (self, OWNED_LOCAL);
  } else {
    self->epoch = epoch;
    owned_read_tail (self);
  }
}

static void
owned_open (HablaOwnedRoom *self)
{
  g_autoptr (GBytes) info = owned_make_info (self);

  owned_set_state (self, OWNED_OPENING);
  habla_cluster_leases_take (self->options.leases, self->name, info, owned_on_lease, self);
}

void
habla_owned_room_disconnect (HablaOwnedRoom *self)
{
  g_clear_pointer (&self->tail, habla_nats_subscription_free);
  if (self->state == OWNED_OPENING || self->state == OWNED_DRAINING)
    owned_set_state (self, OWNED_LOCAL);
}

void
habla_owned_room_reopen (HablaOwnedRoom *self)
{
  if (self->state == OWNED_LOCAL && !self->is_keeping)
    owned_open (self);
}

/* Readers */

static void
owned_on_readers (const HablaNatsEvent *event, gpointer user_data)
{
  HablaOwnedRoom *self = user_data;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GArray) readers = NULL;

  if (event->type != HABLA_NATS_MESSAGE || g_bytes_get_size (event->data) == 0)
    return;
  text = g_strndup (g_bytes_get_data (event->data, NULL), g_bytes_get_size (event->data));
  if (!g_utf8_validate (text, -1, NULL))
    return;
  readers = habla_subjects_decode_readers (text, &lines);
  if (readers != NULL)
    habla_room_set_remote_readers (self->options.room, lines[0], readers->len > 0 ? readers : NULL);
}

/* The room */

static HablaOwnedRoom *
owned_new (const HablaOwnedRoomOptions *options)
{
  HablaOwnedRoom *self = g_new0 (HablaOwnedRoom, 1);
  g_autofree char *readers = habla_subjects_make (HABLA_SUBJECT_READERS, options->part);

  self->handle = habla_handle_new (self);
  self->options = *options;
  self->name = g_strdup (habla_room_get_name (options->room));
  self->options.part = NULL;
  self->log = habla_subjects_make (HABLA_SUBJECT_LOG, options->part);
  self->live = habla_subjects_make (HABLA_SUBJECT_LIVE, options->part);
  g_queue_init (&self->waiting);
  self->readers = habla_nats_link_subscribe (options->link, readers, owned_on_readers, self);
  return self;
}

HablaOwnedRoom *
habla_owned_room_new (const HablaOwnedRoomOptions *options)
{
  HablaOwnedRoom *self = owned_new (options);

  owned_open (self);
  return self;
}

HablaOwnedRoom *
habla_owned_room_new_promoted (
    const HablaOwnedRoomOptions *options, guint64 epoch, guint64 last, guint64 begin)
{
  HablaOwnedRoom *self = owned_new (options);

  self->epoch = epoch;
  self->last = last;
  self->begin = begin;
  self->state = OWNED_READY;
  return self;
}

void
habla_owned_room_free (HablaOwnedRoom *self)
{
  habla_handle_free (self->handle);
  if (self->is_storing_spooled)
    self->options.spooled (FALSE, self->options.user_data);
  habla_source_clear (&self->pump);
  g_clear_pointer (&self->readers, habla_nats_subscription_free);
  g_clear_pointer (&self->tail, habla_nats_subscription_free);
  if (self->state != OWNED_LOST)
    habla_cluster_leases_release (self->options.leases, self->name);
  g_queue_clear_full (&self->waiting, waiting_free);
  g_free (self->name);
  g_free (self->log);
  g_free (self->live);
  g_free (self);
}

HablaRoom *
habla_owned_room_get_room (HablaOwnedRoom *self)
{
  return self->options.room;
}

const char *
habla_owned_room_get_log (HablaOwnedRoom *self)
{
  return self->log;
}

gboolean
habla_owned_room_is_local (HablaOwnedRoom *self)
{
  return self->state == OWNED_LOCAL;
}

gboolean
habla_owned_room_is_draining (HablaOwnedRoom *self)
{
  return self->state == OWNED_DRAINING;
}

/* Mirrors read the log, which has the records of the spool now. */
static void
owned_publish_last (HablaOwnedRoom *self)
{
  g_autoptr (GBytes) message = owned_encode (self, NULL, self->last, 0);

  habla_nats_link_publish (self->options.link, self->live, message, NULL);
}

void
habla_owned_room_resume (HablaOwnedRoom *self)
{
  if (self->state != OWNED_DRAINING)
    return;
  self->was_local = FALSE;
  owned_publish_last (self);
  owned_set_state (self, OWNED_READY);
}

/* Spooled records */

static void
owned_on_spooled_stored (guint64 sequence, const GError *error, gpointer user_data)
{
  HablaOwnedRoom *self = habla_handle_find (user_data);

  if (self == NULL)
    return;
  self->is_storing_spooled = FALSE;
  if (error == NULL) {
    self->last = sequence;
    if (self->begin == 0)
      self->begin = sequence;
  } else if (g_error_matches (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FENCED)) {
    owned_lose (self);
  }
  self->options.spooled (error == NULL, self->options.user_data);
}

void
habla_owned_room_store_spooled (HablaOwnedRoom *self, const HablaSpoolRecord *record)
{
  g_auto (HablaLogEntry) old = { 0 };
  g_autoptr (GBytes) data = NULL;
  HablaNatsEntry entry = { self->log, record->id, self->last, TRUE, record->data };

  /* It was written before this node took the lease. */
  if (habla_log_entry_decode (&old, record->data)) {
    data = owned_encode (self, old.record, 0, 0);
    entry.data = data;
  }
  self->is_storing_spooled = TRUE;
  habla_nats_link_store (self->options.link, &entry, owned_on_spooled_stored, self->handle);
}
