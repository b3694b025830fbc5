/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/rooms/cluster-rooms.h"

#include "cluster/rooms/handle.h"
#include "cluster/rooms/log-entry.h"
#include "cluster/rooms/mirror-room.h"
#include "cluster/rooms/owned-room.h"
#include "cluster/rooms/room-info.h"
#include "cluster/rooms/subjects.h"

#include <room/relay/room-relay.h>
#include <util/source.h>

/* Between attempts to reach NATS, in milliseconds. */
#define RETRY_INTERVAL 250
/* Ids of a block that are left when the next block is taken. */
#define FEW_IDS (HABLA_ID_BLOCK / 10)

struct _HablaClusterRooms {
  HablaClusterRoomsOptions options;
  GHashTable *owned;   /* from HablaRoom to HablaOwnedRoom */
  GHashTable *mirrors; /* from HablaRoom to Mirror */
  GPtrArray *lost;     /* of HablaRoom: to be demoted */
  GSource *retry;      /* (nullable): while NATS is away, or the spool is not empty */
  GSource *demote;     /* (nullable) */
  gboolean has_stream;
  gboolean has_warned; /* that there is none */
  gboolean is_draining;
  gboolean has_session_ids;
  gboolean has_exchange_ids;
};

/* A mirror, and what its node needs to become the owner. */
typedef struct {
  HablaClusterRooms *rooms;
  HablaRoom *room;
  HablaMirrorRoom *mirror;
  guint64 begin;
  guint64 epoch; /* 0 = not claimed */
  guint64 last;
  gpointer handle; /* for calls that come back */
} Mirror;

static void
mirror_free (gpointer data)
{
  Mirror *self = data;

  habla_handle_free (self->handle);
  habla_mirror_room_free (self->mirror);
  g_free (self);
}

static const char *
rooms_get_node (HablaClusterRooms *self)
{
  return habla_cluster_nodes_get_own (self->options.nodes)->name;
}

/* Rooms that another node owns */

/* In the main loop: the relay's functions must not change rooms. */
static gboolean
rooms_on_demote (gpointer user_data)
{
  HablaClusterRooms *self = user_data;

  habla_source_clear (&self->demote);
  while (self->lost->len > 0) {
    HablaRoom *room = g_ptr_array_steal_index (self->lost, self->lost->len - 1);

    g_hash_table_remove (self->owned, room);
    habla_room_demote (room, "The room has moved to another server of this cluster; connect again");
  }
  return G_SOURCE_REMOVE;
}

static void
rooms_demote_later (HablaClusterRooms *self, HablaRoom *room)
{
  if (!g_ptr_array_find (self->lost, room, NULL))
    g_ptr_array_add (self->lost, room);
  if (self->demote == NULL)
    habla_source_start_timer (
        &self->demote, 0, "[habla] HablaClusterRooms demote", rooms_on_demote, self);
}

static void
owned_on_lost (HablaOwnedRoom *owned, gpointer user_data)
{
  rooms_demote_later (user_data, habla_owned_room_get_room (owned));
}

void
habla_cluster_rooms_lose (HablaClusterRooms *self, const char *name)
{
  GHashTableIter iter;
  gpointer room;

  g_hash_table_iter_init (&iter, self->owned);
  while (g_hash_table_iter_next (&iter, &room, NULL))
    if (g_str_equal (habla_room_get_name (room), name))
      rooms_demote_later (self, room);
}

/* The spool */

static gboolean rooms_on_retry (gpointer user_data);
static void rooms_create_stream (HablaClusterRooms *self);
static void rooms_on_spool_read (
    const HablaSpoolRecord *record, const GError *error, gpointer user_data);

static void
rooms_retry_later (HablaClusterRooms *self)
{
  if (self->retry == NULL)
    habla_source_start_timer (
        &self->retry, RETRY_INTERVAL, "[habla] HablaClusterRooms retry", rooms_on_retry, self);
}

static void
owned_on_local (HablaOwnedRoom *owned, gpointer user_data)
{
  rooms_retry_later (user_data);
}

static void
rooms_on_spooled (gboolean is_stored, gpointer user_data)
{
  HablaClusterRooms *self = user_data;

  if (!is_stored) {
    self->is_draining = FALSE;
    rooms_retry_later (self);
    return;
  }
  habla_cluster_spool_remove (self->options.spool);
  habla_cluster_spool_read (self->options.spool, rooms_on_spool_read, self);
}

static void
rooms_on_late_stored (guint64 sequence, const GError *error, gpointer user_data)
{
  rooms_on_spooled (error == NULL, user_data);
}

/* Returns: (transfer none) (nullable) */
static HablaOwnedRoom *
rooms_find_log (HablaClusterRooms *self, const char *log)
{
  GHashTableIter iter;
  gpointer owned;

  g_hash_table_iter_init (&iter, self->owned);
  while (g_hash_table_iter_next (&iter, NULL, &owned))
    if (g_str_equal (habla_owned_room_get_log (owned), log))
      return owned;
  return NULL;
}

/* The room is another node's, or gone: its log is closed to us, but archives get the record. */
static void
rooms_store_late (HablaClusterRooms *self, const HablaSpoolRecord *record)
{
  g_autofree char *subject = habla_subjects_make (
      HABLA_SUBJECT_LATE, g_str_has_prefix (record->subject, HABLA_SUBJECT_LOG ".")
                              ? record->subject + strlen (HABLA_SUBJECT_LOG ".")
                              : "unknown");
  HablaNatsEntry entry = { subject, record->id, 0, FALSE, record->data };

  habla_nats_link_store (self->options.link, &entry, rooms_on_late_stored, self);
}

static void
rooms_resume (HablaClusterRooms *self)
{
  GHashTableIter iter;
  gpointer owned;

  g_hash_table_iter_init (&iter, self->owned);
  while (g_hash_table_iter_next (&iter, NULL, &owned))
    habla_owned_room_resume (owned);
}

static void
rooms_on_spool_read (const HablaSpoolRecord *record, const GError *error, gpointer user_data)
{
  HablaClusterRooms *self = user_data;
  HablaOwnedRoom *owned = record != NULL ? rooms_find_log (self, record->subject) : NULL;

  if (record == NULL) {
    self->is_draining = FALSE;
    if (error != NULL)
      g_warning ("The sentences on disk cannot be read: %s", error->message);
    else
      rooms_resume (self);
  } else if (owned == NULL) {
    rooms_store_late (self, record);
  } else if (habla_owned_room_is_draining (owned)) {
    habla_owned_room_store_spooled (owned, record);
  } else {
    self->is_draining = FALSE;
    rooms_retry_later (self);
  }
}

static gboolean
rooms_on_retry (gpointer user_data)
{
  HablaClusterRooms *self = user_data;
  GHashTableIter iter;
  gpointer owned;

  habla_source_clear (&self->retry);
  if (!habla_nats_link_is_connected (self->options.link))
    return G_SOURCE_REMOVE;
  if (!self->has_stream) {
    rooms_create_stream (self);
    return G_SOURCE_REMOVE;
  }
  g_hash_table_iter_init (&iter, self->owned);
  while (g_hash_table_iter_next (&iter, NULL, &owned))
    habla_owned_room_reopen (owned);
  if (!self->is_draining) {
    self->is_draining = TRUE;
    habla_cluster_spool_read (self->options.spool, rooms_on_spool_read, self);
  }
  return G_SOURCE_REMOVE;
}

/* Ids */

static void
rooms_raise (HablaClusterRooms *self, guint64 session_id, guint64 exchange_id)
{
  guint64 sessions, exchanges;

  habla_room_manager_get_next_ids (self->options.manager, &sessions, &exchanges);
  habla_room_manager_raise_ids (
      self->options.manager, MAX (sessions, session_id), MAX (exchanges, exchange_id));
}

static void
rooms_on_session_ids (guint64 first, const GError *error, gpointer user_data)
{
  HablaClusterRooms *self = user_data;

  if (error == NULL)
    rooms_raise (self, first, 0);
  self->has_session_ids = error == NULL;
}

static void
rooms_on_exchange_ids (guint64 first, const GError *error, gpointer user_data)
{
  HablaClusterRooms *self = user_data;

  if (error == NULL)
    rooms_raise (self, 0, first);
  self->has_exchange_ids = error == NULL;
}

static void
rooms_take_ids (HablaClusterRooms *self)
{
  guint64 session_id, exchange_id;

  habla_room_manager_get_next_ids (self->options.manager, &session_id, &exchange_id);
  if (!self->has_session_ids || session_id % HABLA_ID_BLOCK > HABLA_ID_BLOCK - FEW_IDS)
    habla_cluster_ids_take (self->options.ids, "session", session_id, rooms_on_session_ids, self);
  if (!self->has_exchange_ids || exchange_id % HABLA_ID_BLOCK > HABLA_ID_BLOCK - FEW_IDS)
    habla_cluster_ids_take (
        self->options.ids, "exchange", exchange_id, rooms_on_exchange_ids, self);
}

/* Promotion */

static HablaOwnedRoomOptions
rooms_describe_owned (HablaClusterRooms *self, HablaRoom *room, const char *part)
{
  return (HablaOwnedRoomOptions){
    .link = self->options.link,
    .leases = self->options.leases,
    .spool = self->options.spool,
    .room = room,
    .part = part,
    .local = owned_on_local,
    .lost = owned_on_lost,
    .spooled = rooms_on_spooled,
    .user_data = self,
  };
}

static void
mirror_give_up (Mirror *self, const char *reason)
{
  self->epoch = 0;
  habla_cluster_leases_release (self->rooms->options.leases, habla_room_get_name (self->room));
  habla_room_demote (self->room, reason);
}

static void
mirror_on_promoted_ids (guint64 first, const GError *error, gpointer user_data)
{
  Mirror *self = habla_handle_find (user_data);
  HablaClusterRooms *rooms;
  HablaRoom *room;
  g_autofree char *part = NULL;
  HablaOwnedRoomOptions options;

  if (self == NULL)
    return;
  rooms = self->rooms;
  room = self->room;
  if (error != NULL) {
    mirror_give_up (self, "The server has lost its cluster; connect again");
    return;
  }
  rooms_raise (rooms, 0, first);
  part = habla_cluster_leases_encode_room (habla_room_get_name (room));
  options = rooms_describe_owned (rooms, room, part);
  g_hash_table_insert (rooms->owned, room,
      habla_owned_room_new_promoted (&options, self->epoch, self->last, self->begin));
  if (!habla_room_promote (room, NULL)) {
    g_hash_table_remove (rooms->owned, room);
    habla_room_demote (room, "The room cannot move to this server; connect again");
  }
}

static void mirror_read_on (Mirror *self);

static void
mirror_on_owner_stored (guint64 sequence, const GError *error, gpointer user_data)
{
  Mirror *self = habla_handle_find (user_data);
  guint64 session_id, exchange_id;

  if (self == NULL)
    return;
  if (g_error_matches (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FENCED)) {
    mirror_read_on (self);
    return;
  }
  if (error != NULL) {
    mirror_give_up (self, "The server has lost its cluster; connect again");
    return;
  }
  self->last = sequence;
  habla_room_manager_get_next_ids (self->rooms->options.manager, &session_id, &exchange_id);
  habla_cluster_ids_take (
      self->rooms->options.ids, "exchange", exchange_id, mirror_on_promoted_ids, self->handle);
}

static void
mirror_on_read (guint64 last, gpointer user_data)
{
  Mirror *self = user_data;
  g_autofree char *part = habla_cluster_leases_encode_room (habla_room_get_name (self->room));
  g_autofree char *subject = habla_subjects_make (HABLA_SUBJECT_LOG, part);
  HablaLogEntry entry = { .epoch = self->epoch };
  g_autoptr (GBytes) data = habla_log_entry_encode (&entry);
  g_autofree char *id = g_strdup_printf (
      "%s/owner/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, subject, self->epoch, last);
  HablaNatsEntry message = { subject, id, last, TRUE, data };

  habla_nats_link_store (self->rooms->options.link, &message, mirror_on_owner_stored, self->handle);
}

static void
mirror_read_on (Mirror *self)
{
  habla_mirror_room_read_on (self->mirror, mirror_on_read, self);
}

static void
mirror_on_lease (guint64 epoch, const GError *error, gpointer user_data)
{
  Mirror *self = habla_handle_find (user_data);

  if (self == NULL)
    return;
  if (error != NULL) {
    habla_room_demote (self->room, error->message);
    return;
  }
  self->epoch = epoch;
  mirror_read_on (self);
}

/* The relay */

static void
relay_publish (HablaRoom *room, GBytes *record, gboolean is_durable, const char *message_id,
    gpointer user_data)
{
  HablaClusterRooms *self = user_data;
  HablaOwnedRoom *owned = g_hash_table_lookup (self->owned, room);

  if (owned != NULL)
    habla_owned_room_publish (owned, record, is_durable, message_id);
}

static void
relay_room_opened (HablaRoom *room, gpointer user_data)
{
  HablaClusterRooms *self = user_data;
  g_autofree char *part = habla_cluster_leases_encode_room (habla_room_get_name (room));
  HablaOwnedRoomOptions options = rooms_describe_owned (self, room, part);

  g_hash_table_insert (self->owned, room, habla_owned_room_new (&options));
  if (self->has_stream)
    rooms_take_ids (self);
}

static void
relay_room_closed (HablaRoom *room, gpointer user_data)
{
  HablaClusterRooms *self = user_data;

  g_ptr_array_remove (self->lost, room);
  g_hash_table_remove (self->owned, room);
}

static void
relay_mirror_opened (HablaRoom *room, gpointer user_data)
{
  HablaClusterRooms *self = user_data;
  const char *name = habla_room_get_name (room);
  g_autofree char *part = habla_cluster_leases_encode_room (name);
  Mirror *mirror = g_new0 (Mirror, 1);
  g_auto (HablaRoomInfo) info = { 0 };
  HablaMirrorRoomOptions options = { self->options.link, room, part, rooms_get_node (self), 0 };
  HablaLease lease;

  if (habla_cluster_leases_lookup (self->options.leases, name, &lease) &&
      habla_room_info_decode (&info, lease.info))
    options.begin = info.begin;
  mirror->handle = habla_handle_new (mirror);
  mirror->rooms = self;
  mirror->room = room;
  mirror->begin = options.begin;
  mirror->mirror = habla_mirror_room_new (&options);
  g_hash_table_insert (self->mirrors, room, mirror);
}

static void
relay_mirror_closed (HablaRoom *room, gpointer user_data)
{
  HablaClusterRooms *self = user_data;

  g_hash_table_remove (self->mirrors, room);
}

static void
relay_readers_changed (HablaRoom *room, gpointer user_data)
{
  HablaClusterRooms *self = user_data;
  Mirror *mirror = g_hash_table_lookup (self->mirrors, room);

  if (mirror != NULL)
    habla_mirror_room_send_readers (mirror->mirror);
}

static void
relay_room_claimed (HablaRoom *room, gpointer user_data)
{
  HablaClusterRooms *self = user_data;
  Mirror *mirror = g_hash_table_lookup (self->mirrors, room);
  g_autofree char *owner = habla_room_info_hash_key (habla_room_get_key (room));
  g_autoptr (GBytes) state = habla_room_encode_state (room);
  HablaRoomInfo info = { mirror->begin, owner, TRUE, state };
  g_autoptr (GBytes) text = habla_room_info_encode (&info, HABLA_LEASE_MAX_INFO);

  habla_cluster_leases_take (
      self->options.leases, habla_room_get_name (room), text, mirror_on_lease, mirror->handle);
}

/* Returns: whether @lease is that of the room which relay_find_room() looks for */
static gboolean
lease_matches (
    const HablaLease *lease, const HablaRoomInfo *info, const char *name, const char *owner)
{
  if (lease->state != HABLA_LEASE_OTHER && lease->state != HABLA_LEASE_EXPIRED)
    return FALSE;
  if (name != NULL)
    return g_str_equal (lease->room, name);
  return owner == NULL || g_strcmp0 (info->owner, owner) == 0;
}

static GBytes *
relay_find_room (const char *name, const char *key, gpointer user_data)
{
  HablaClusterRooms *self = user_data;
  g_autoptr (GArray) leases = habla_cluster_leases_list (self->options.leases);
  g_autofree char *owner = habla_room_info_hash_key (key);
  GBytes *found = NULL;
  guint64 latest = 0;

  for (guint i = 0; i < leases->len; i++) {
    const HablaLease *lease = &g_array_index (leases, HablaLease, i);
    g_auto (HablaRoomInfo) info = { 0 };

    if (!habla_room_info_decode (&info, lease->info) || info.state == NULL ||
        !lease_matches (lease, &info, name, owner) || (found != NULL && info.begin < latest))
      continue;
    latest = info.begin;
    g_clear_pointer (&found, g_bytes_unref);
    found = g_steal_pointer (&info.state);
  }
  return found;
}

/* Returns: (transfer full): where to connect, for people */
static char *
rooms_describe_place (HablaClusterRooms *self, const HablaLease *lease)
{
  const HablaClusterNode *node = habla_cluster_nodes_find (self->options.nodes, lease->node);

  if (node != NULL && node->addresses != NULL && node->addresses[0] != NULL)
    return g_strdup_printf ("connect to %s", node->addresses[0]);
  return g_strdup_printf ("connect to the server %s", lease->node);
}

static gboolean
relay_may_own (const char *name, const char *key, GError **error, gpointer user_data)
{
  HablaClusterRooms *self = user_data;
  g_autofree char *owner = habla_room_info_hash_key (key);
  g_auto (HablaRoomInfo) info = { 0 };
  HablaLease lease;
  g_autofree char *place = NULL;

  if (!habla_cluster_leases_lookup (self->options.leases, name, &lease) ||
      lease.state == HABLA_LEASE_FREE || lease.state == HABLA_LEASE_OWN)
    return TRUE;
  habla_room_info_decode (&info, lease.info);
  if (info.owner != NULL && g_strcmp0 (info.owner, owner) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
        "There is a room %s on another server already; choose another name", name);
    return FALSE;
  }
  if (lease.state == HABLA_LEASE_EXPIRED)
    return TRUE;
  place = rooms_describe_place (self, &lease);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
      "The room %s is on another server: %s, or try again in a moment", name, place);
  return FALSE;
}

/* Others */

void
habla_cluster_rooms_forget_node (HablaClusterRooms *self, const char *node)
{
  GHashTableIter iter;
  gpointer room;

  g_hash_table_iter_init (&iter, self->owned);
  while (g_hash_table_iter_next (&iter, &room, NULL))
    habla_room_set_remote_readers (room, node, NULL);
}

static void
rooms_on_stream (guint64 sequence, const GError *error, gpointer user_data)
{
  HablaClusterRooms *self = user_data;

  self->has_stream = error == NULL;
  if (error != NULL) {
    if (!self->has_warned)
      g_warning ("NATS has no stream for the logs of rooms: %s; trying again", error->message);
    self->has_warned = TRUE;
    rooms_retry_later (self);
    return;
  }
  self->has_warned = FALSE;
  rooms_take_ids (self);
  rooms_retry_later (self);
}

static void
rooms_create_stream (HablaClusterRooms *self)
{
  const HablaNatsStream stream = {
    .name = HABLA_LOG_STREAM,
    .subject = HABLA_LOG_SUBJECTS,
    .max_bytes = self->options.max_log,
    .replicas = self->options.replicas,
  };

  habla_nats_link_create_stream (self->options.link, &stream, rooms_on_stream, self);
}

void
habla_cluster_rooms_set_connected (HablaClusterRooms *self, gboolean is_connected)
{
  GHashTableIter iter;
  gpointer owned;

  if (is_connected) {
    rooms_create_stream (self);
    return;
  }
  g_hash_table_iter_init (&iter, self->owned);
  while (g_hash_table_iter_next (&iter, NULL, &owned))
    habla_owned_room_disconnect (owned);
}

HablaClusterRooms *
habla_cluster_rooms_new (const HablaClusterRoomsOptions *options)
{
  HablaClusterRooms *self = g_new0 (HablaClusterRooms, 1);
  const HablaRoomRelay relay = {
    .node = habla_cluster_nodes_get_own (options->nodes)->name,
    .publish = relay_publish,
    .room_opened = relay_room_opened,
    .room_claimed = relay_room_claimed,
    .room_closed = relay_room_closed,
    .mirror_opened = relay_mirror_opened,
    .mirror_closed = relay_mirror_closed,
    .readers_changed = relay_readers_changed,
    .find_room = relay_find_room,
    .may_own = relay_may_own,
    .user_data = self,
  };

  self->options = *options;
  self->owned = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) habla_owned_room_free);
  self->mirrors = g_hash_table_new_full (NULL, NULL, NULL, mirror_free);
  self->lost = g_ptr_array_new ();
  habla_room_manager_set_relay (options->manager, &relay);
  return self;
}

void
habla_cluster_rooms_free (HablaClusterRooms *self)
{
  habla_room_manager_set_relay (self->options.manager, NULL);
  g_hash_table_unref (self->owned);
  g_hash_table_unref (self->mirrors);
  habla_source_clear (&self->retry);
  habla_source_clear (&self->demote);
  g_ptr_array_unref (self->lost);
  g_free (self);
}
