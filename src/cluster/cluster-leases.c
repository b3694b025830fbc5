/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/cluster-leases.h"

#include "cluster/cluster-table.h"
#include "cluster/lease-entry.h"

#include <gio/gio.h>
#include <string.h>
#include <util/source.h>

/* Between two renewals, in milliseconds. */
#define RENEWAL_INTERVAL 1000

/* Refused renewals of a lease that no other node is seen to have, after which the table is read
 * again: its server may have lost it. */
#define MAX_FENCED 5

/* A lease that this node has, takes or releases. */
typedef struct {
  HablaClusterLeases *leases;
  char *room;
  char *key;
  guint64 epoch;
  guint64 revision; /* what the table has, as far as known */
  GBytes *info;
  gboolean is_held;
  gboolean is_released; /* once its last call is answered */
  gboolean is_in_flight;
  guint n_fenced;
  HablaLeaseFunc func; /* (nullable): waits for the lease */
  gpointer user_data;
} OwnLease;

/* An error that is reported from the main loop. */
typedef struct {
  HablaLeaseFunc func;
  gpointer user_data;
  GError *error;
} Refusal;

struct _HablaClusterLeases {
  HablaClusterLeasesOptions options;
  const HablaClusterNode *node; /* this one */
  HablaClusterTable *table;
  GHashTable *entries; /* from room to LeaseEntry */
  GHashTable *own;     /* from room to OwnLease: held, or being taken */
  GPtrArray *released; /* of OwnLease */
  GSource *timer;
  GQueue refusals; /* of Refusal */
  GSource *refuse;
};

static void
own_free (gpointer data)
{
  OwnLease *self = data;

  g_free (self->room);
  g_free (self->key);
  g_bytes_unref (self->info);
  g_free (self);
}

static void
refusal_free (gpointer data)
{
  Refusal *self = data;

  g_error_free (self->error);
  g_free (self);
}

/* Names of rooms have no "=", and subjects have "." between their parts. */
char *
habla_cluster_leases_encode_room (const char *room)
{
  return g_strdelimit (g_strdup (room), ".", '=');
}

/* Looking up */

static gboolean
leases_is_own (HablaClusterLeases *self, const LeaseEntry *entry)
{
  return g_strcmp0 (entry->instance, self->node->instance) == 0;
}

static HablaLeaseState
leases_get_state (HablaClusterLeases *self, const LeaseEntry *entry)
{
  const OwnLease *own = g_hash_table_lookup (self->own, entry->room);
  gint64 connected_since = habla_cluster_nodes_get_connected_since (self->options.nodes);
  gint64 idle = g_get_monotonic_time () - MAX (connected_since, entry->seen_at);

  if (own != NULL && own->is_held)
    return HABLA_LEASE_OWN;
  /* One of its own that is being released. */
  if (entry->node == NULL || leases_is_own (self, entry))
    return HABLA_LEASE_FREE;
  return connected_since != 0 && idle > HABLA_LEASE_TIMEOUT ? HABLA_LEASE_EXPIRED
                                                            : HABLA_LEASE_OTHER;
}

static HablaLease
leases_describe (HablaClusterLeases *self, const LeaseEntry *entry)
{
  HablaLeaseState state = leases_get_state (self, entry);
  gboolean is_free = state == HABLA_LEASE_FREE;

  return (HablaLease){ entry->room, state, is_free ? NULL : entry->node, entry->epoch,
    is_free ? NULL : entry->info };
}

/* Storing */

static void
leases_on_freed (guint64 sequence, const GError *error, gpointer user_data)
{
  /* If it failed, the lease expires. */
}

static void
leases_store_free (HablaClusterLeases *self, const char *key, guint64 epoch, guint64 revision)
{
  g_autoptr (GBytes) value = lease_entry_encode (NULL, NULL, epoch, NULL);

  habla_cluster_table_put (self->table, key, value, revision, leases_on_freed, self);
}

/* The lease is known at once, before the table brings it back. */
static void
leases_add_own (HablaClusterLeases *self, const OwnLease *own)
{
  LeaseEntry *entry = g_hash_table_lookup (self->entries, own->room);

  if (entry != NULL && entry->revision >= own->revision)
    return;
  entry = g_new0 (LeaseEntry, 1);
  entry->room = g_strdup (own->room);
  entry->node = g_strdup (self->node->name);
  entry->instance = g_strdup (self->node->instance);
  entry->epoch = own->epoch;
  entry->info = g_bytes_ref (own->info);
  entry->revision = own->revision;
  entry->seen_at = g_get_monotonic_time ();
  g_hash_table_replace (self->entries, entry->room, entry);
}

static void
own_finish (OwnLease *own, const GError *error)
{
  HablaLeaseFunc func = g_steal_pointer (&own->func);

  if (func != NULL)
    func (error == NULL ? own->epoch : 0, error, own->user_data);
}

static void
leases_lose (HablaClusterLeases *self, OwnLease *own, const LeaseEntry *entry)
{
  HablaLease lease;

  g_hash_table_steal (self->own, own->room);
  own->is_held = FALSE;
  lease = leases_describe (self, entry);
  if (own->is_in_flight) {
    own->is_released = TRUE;
    g_ptr_array_add (self->released, own);
  } else {
    own_free (own);
  }
  self->options.lost (&lease, self->options.user_data);
}

/* The stream has another revision than the one that was known. */
static void
leases_on_fenced (HablaClusterLeases *self, OwnLease *own, const GError *error)
{
  const LeaseEntry *entry = g_hash_table_lookup (self->entries, own->room);
  gboolean is_own = entry != NULL && leases_is_own (self, entry) && entry->epoch == own->epoch;

  if (!own->is_held && is_own) {
    own->is_held = TRUE;
    own_finish (own, NULL);
  } else if (!own->is_held) {
    g_autoptr (GError) exists = g_error_new (
        G_IO_ERROR, G_IO_ERROR_EXISTS, "Another node has just taken the room “%s”", own->room);

    g_hash_table_steal (self->own, own->room);
    own_finish (own, exists);
    own_free (own);
  } else if (++own->n_fenced > MAX_FENCED) {
    g_warning (
        "NATS refuses to renew the lease of the room “%s”; reading all leases again", own->room);
    own->n_fenced = 0;
    own->revision = 0;
    g_hash_table_remove_all (self->entries);
    habla_cluster_table_reload (self->table);
  }
}

static void
own_on_stored (guint64 sequence, const GError *error, gpointer user_data)
{
  OwnLease *own = user_data;
  HablaClusterLeases *self = own->leases;

  own->is_in_flight = FALSE;
  own->revision = MAX (own->revision, sequence);
  if (own->is_released) {
    if (sequence != 0)
      leases_store_free (self, own->key, own->epoch, own->revision);
    g_ptr_array_remove_fast (self->released, own);
  } else if (error == NULL) {
    own->is_held = TRUE;
    own->n_fenced = 0;
    leases_add_own (self, own);
    own_finish (own, NULL);
  } else if (g_error_matches (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FENCED)) {
    leases_on_fenced (self, own, error);
  } else if (own->is_held) {
    own_finish (own, error);
  } else {
    g_hash_table_steal (self->own, own->room);
    own_finish (own, error);
    own_free (own);
  }
}

static void
leases_store (HablaClusterLeases *self, OwnLease *own)
{
  g_autoptr (GBytes) value =
      lease_entry_encode (self->node->name, self->node->instance, own->epoch, own->info);

  own->is_in_flight = TRUE;
  habla_cluster_table_put (self->table, own->key, value, own->revision, own_on_stored, own);
}

static gboolean
leases_on_timer (gpointer user_data)
{
  HablaClusterLeases *self = user_data;
  GHashTableIter iter;
  gpointer own;

  if (!habla_cluster_table_is_current (self->table))
    return G_SOURCE_CONTINUE;
  g_hash_table_iter_init (&iter, self->own);
  while (g_hash_table_iter_next (&iter, NULL, &own))
    if (((OwnLease *) own)->is_held && !((OwnLease *) own)->is_in_flight)
      leases_store (self, own);
  return G_SOURCE_CONTINUE;
}

/* Changes of the table */

static gboolean
leases_is_releasing (HablaClusterLeases *self, const char *room)
{
  for (guint i = 0; i < self->released->len; i++)
    if (g_str_equal (((OwnLease *) self->released->pdata[i])->room, room))
      return TRUE;
  return FALSE;
}

static void
leases_take_own (HablaClusterLeases *self, const LeaseEntry *entry, const char *key)
{
  OwnLease *own = g_hash_table_lookup (self->own, entry->room);

  if (own != NULL && own->epoch == entry->epoch) {
    own->revision = MAX (own->revision, entry->revision);
    own->n_fenced = 0;
  } else if (own == NULL && !leases_is_releasing (self, entry->room)) {
    /* It was taken although the answer was lost. */
    leases_store_free (self, key, entry->epoch, entry->revision);
  }
}

static void
leases_on_item (const HablaClusterItem *item, gpointer user_data)
{
  HablaClusterLeases *self = user_data;
  LeaseEntry *entry = item != NULL ? lease_entry_parse (item) : NULL;
  const LeaseEntry *known;
  gboolean is_same;
  OwnLease *own;
  HablaLease lease;

  if (entry == NULL)
    return;
  known = g_hash_table_lookup (self->entries, entry->room);
  /* See leases_add_own(). */
  if (known != NULL && known->revision > entry->revision) {
    lease_entry_free (entry);
    return;
  }
  is_same = lease_entry_is_same (known, entry);
  g_hash_table_replace (self->entries, entry->room, entry);
  if (leases_is_own (self, entry)) {
    leases_take_own (self, entry, item->key);
    return;
  }
  own = g_hash_table_lookup (self->own, entry->room);
  if (own != NULL && own->is_held && entry->revision > own->revision)
    leases_lose (self, own, entry);
  if (is_same || self->options.changed == NULL)
    return;
  lease = leases_describe (self, entry);
  self->options.changed (&lease, self->options.user_data);
}

/* Interface */

HablaClusterLeases *
habla_cluster_leases_new (const HablaClusterLeasesOptions *options)
{
  HablaClusterLeases *self = g_new0 (HablaClusterLeases, 1);

  self->options = *options;
  self->node = habla_cluster_nodes_get_own (options->nodes);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, lease_entry_free);
  self->own = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, own_free);
  self->released = g_ptr_array_new_with_free_func (own_free);
  self->table = habla_cluster_table_new (
      options->link, "habla_rooms", options->replicas, leases_on_item, self);
  habla_source_start_timer (
      &self->timer, RENEWAL_INTERVAL, "[habla] HablaClusterLeases renewal", leases_on_timer, self);
  return self;
}

void
habla_cluster_leases_free (HablaClusterLeases *self)
{
  habla_source_clear (&self->timer);
  habla_source_clear (&self->refuse);
  habla_cluster_table_free (self->table);
  g_queue_clear_full (&self->refusals, refusal_free);
  g_hash_table_unref (self->own);
  g_ptr_array_unref (self->released);
  g_hash_table_unref (self->entries);
  g_free (self);
}

gboolean
habla_cluster_leases_is_current (HablaClusterLeases *self)
{
  return habla_cluster_table_is_current (self->table);
}

gboolean
habla_cluster_leases_lookup (HablaClusterLeases *self, const char *room, HablaLease *lease)
{
  const LeaseEntry *entry = g_hash_table_lookup (self->entries, room);

  *lease = entry != NULL ? leases_describe (self, entry) : (HablaLease){ .room = room };
  return entry != NULL;
}

static int
compare_rooms (gconstpointer a, gconstpointer b)
{
  return strcmp (((const HablaLease *) a)->room, ((const HablaLease *) b)->room);
}

GArray *
habla_cluster_leases_list (HablaClusterLeases *self)
{
  GArray *leases = g_array_new (FALSE, FALSE, sizeof (HablaLease));
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry)) {
    HablaLease lease = leases_describe (self, entry);

    if (lease.state != HABLA_LEASE_FREE)
      g_array_append_val (leases, lease);
  }
  g_array_sort (leases, compare_rooms);
  return leases;
}

static gboolean
leases_on_refuse (gpointer user_data)
{
  HablaClusterLeases *self = user_data;
  GSource *source = g_main_current_source ();
  Refusal *refusal;

  while (
      !g_source_is_destroyed (source) && (refusal = g_queue_pop_head (&self->refusals)) != NULL) {
    refusal->func (0, refusal->error, refusal->user_data);
    refusal_free (refusal);
  }
  if (!g_source_is_destroyed (source))
    habla_source_clear (&self->refuse);
  return G_SOURCE_REMOVE;
}

/* @error: (transfer full) */
static void
leases_refuse (HablaClusterLeases *self, HablaLeaseFunc func, gpointer user_data, GError *error)
{
  Refusal *refusal = g_new (Refusal, 1);

  *refusal = (Refusal){ func, user_data, error };
  g_queue_push_tail (&self->refusals, refusal);
  if (self->refuse == NULL)
    habla_source_attach (&self->refuse, g_idle_source_new (), "[habla] HablaClusterLeases refusal",
        leases_on_refuse, self);
}

/* Returns: (transfer full) (nullable): why the lease cannot be taken */
static GError *
leases_check (HablaClusterLeases *self, const LeaseEntry *entry, const char *room)
{
  if (!habla_cluster_table_is_current (self->table))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED,
        "The rooms of other nodes are not known yet; connect this node to NATS");
  if (entry == NULL || leases_get_state (self, entry) != HABLA_LEASE_OTHER)
    return NULL;
  return g_error_new (
      G_IO_ERROR, G_IO_ERROR_EXISTS, "The node “%s” has the room “%s”", entry->node, room);
}

void
habla_cluster_leases_take (HablaClusterLeases *self, const char *room, GBytes *info,
    HablaLeaseFunc func, gpointer user_data)
{
  OwnLease *own = g_hash_table_lookup (self->own, room);
  const LeaseEntry *entry = g_hash_table_lookup (self->entries, room);
  GError *error = own == NULL ? leases_check (self, entry, room)
                  : own->func != NULL
                      ? g_error_new (G_IO_ERROR, G_IO_ERROR_PENDING,
                            "The room “%s” is being taken by this node already", room)
                      : NULL;

  g_return_if_fail (g_bytes_get_size (info) <= HABLA_LEASE_MAX_INFO);
  if (error != NULL) {
    leases_refuse (self, func, user_data, error);
    return;
  }
  if (own == NULL) {
    own = g_new0 (OwnLease, 1);
    own->leases = self;
    own->room = g_strdup (room);
    own->key = habla_cluster_leases_encode_room (room);
    own->epoch = entry != NULL ? entry->epoch + 1 : 1;
    own->revision = entry != NULL ? entry->revision : 0;
    g_hash_table_insert (self->own, own->room, own);
  }
  own->func = func;
  own->user_data = user_data;
  g_clear_pointer (&own->info, g_bytes_unref);
  own->info = g_bytes_ref (info);
  if (!own->is_in_flight)
    leases_store (self, own);
}

void
habla_cluster_leases_describe (HablaClusterLeases *self, const char *room, GBytes *info)
{
  OwnLease *own = g_hash_table_lookup (self->own, room);

  g_return_if_fail (g_bytes_get_size (info) <= HABLA_LEASE_MAX_INFO);
  if (own == NULL || g_bytes_equal (own->info, info))
    return;
  g_bytes_unref (own->info);
  own->info = g_bytes_ref (info);
}

void
habla_cluster_leases_release (HablaClusterLeases *self, const char *room)
{
  OwnLease *own = g_hash_table_lookup (self->own, room);

  if (own == NULL)
    return;
  g_hash_table_steal (self->own, room);
  own->func = NULL;
  own->is_held = FALSE;
  if (own->is_in_flight) {
    own->is_released = TRUE;
    g_ptr_array_add (self->released, own);
    return;
  }
  leases_store_free (self, own->key, own->epoch, own->revision);
  own_free (own);
}
