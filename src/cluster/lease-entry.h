/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cluster/cluster-table.h>

G_BEGIN_DECLS

/* Largest description of a lease, in bytes. */
#define HABLA_LEASE_MAX_INFO (16 * 1024)

/**
 * LeaseEntry:
 * @room: name of the room
 * @node: (nullable): name of the owner; %NULL = the lease is free
 * @instance: (nullable): of the owner
 * @epoch: how often it was taken
 * @info: (nullable): description
 * @revision: of the table
 * @seen_at: when it was received, in microseconds of g_get_monotonic_time()
 *
 * A lease as the table has it.
 */
typedef struct {
  char *room;
  char *node;
  char *instance;
  guint64 epoch;
  GBytes *info;
  guint64 revision;
  gint64 seen_at;
} LeaseEntry;

/**
 * lease_entry_free:
 * @self: (transfer full): an entry
 */
void lease_entry_free (gpointer self);

/**
 * lease_entry_parse:
 * @item: from outside
 *
 * Returns: (transfer full) (nullable): an entry; a free one if the value is malformed; %NULL if the
 *   key is not that of a room
 */
LeaseEntry *lease_entry_parse (const HablaClusterItem *item);

/**
 * lease_entry_encode:
 * @node: (nullable): see #LeaseEntry, also for the others
 * @instance: (nullable): unless @node is %NULL
 * @epoch: see #LeaseEntry
 * @info: (nullable): UTF-8
 *
 * Returns: (transfer full): a value for the table
 */
GBytes *lease_entry_encode (const char *node, const char *instance, guint64 epoch, GBytes *info);

/**
 * lease_entry_is_same:
 * @self: (nullable): an entry
 * @other: an entry of the same room
 *
 * Returns: whether @other is @self, or renews it
 */
gboolean lease_entry_is_same (const LeaseEntry *self, const LeaseEntry *other);

G_END_DECLS
