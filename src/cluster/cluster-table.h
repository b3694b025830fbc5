/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cluster/nats-link.h>

G_BEGIN_DECLS

/* Longest key, in bytes, without the NUL. */
#define HABLA_TABLE_MAX_KEY 128

/* More keys than these are ignored. */
#define HABLA_TABLE_MAX_ITEMS 100000

/**
 * HablaClusterTable:
 *
 * Values by key that all nodes see and change, in a stream that keeps the last message of each
 * subject: a copy of it, and changes under the condition that no other node has made one meanwhile.
 * Belongs to the thread of the default main context, like its link.
 */
typedef struct _HablaClusterTable HablaClusterTable;

/**
 * HablaClusterItem:
 * @key: unique in the table
 * @value: at most %HABLA_NATS_MAX_MESSAGE; comes from other nodes
 * @revision: sequence of the value in the stream; grows with each change
 * @seen_at: when it was received, in microseconds of g_get_monotonic_time()
 */
typedef struct {
  char *key;
  GBytes *value;
  guint64 revision;
  gint64 seen_at;
} HablaClusterItem;

/**
 * HablaClusterTableFunc:
 * @item: (nullable): was received; %NULL = everything that the stream has was received
 * @user_data: as given to habla_cluster_table_new()
 */
typedef void (*HablaClusterTableFunc) (const HablaClusterItem *item, gpointer user_data);

/**
 * habla_cluster_table_new:
 * @link: must outlive the table
 * @name: of the stream, such as "habla_rooms"; its subjects are such as "habla.rooms.KEY"
 * @replicas: servers that store it, if it does not exist; 0 = 1
 * @func: called for each change, also for those of this node
 * @user_data: passed to @func
 *
 * Creates the stream, as soon as that is possible, and reads it.
 *
 * Returns: (transfer full): an empty table
 */
HablaClusterTable *habla_cluster_table_new (HablaNatsLink *link, const char *name, guint replicas,
    HablaClusterTableFunc func, gpointer user_data);

/**
 * habla_cluster_table_free:
 * @self: (transfer full): a table
 *
 * Calls nothing back from now on.
 */
void habla_cluster_table_free (HablaClusterTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaClusterTable, habla_cluster_table_free)

/**
 * habla_cluster_table_is_current:
 * @self: a table
 *
 * Returns: whether everything was received that the stream had when reading began
 */
gboolean habla_cluster_table_is_current (HablaClusterTable *self);

/**
 * habla_cluster_table_lookup:
 * @self: a table
 * @key: any text
 *
 * Returns: (transfer none) (nullable): the item; valid until the main loop runs
 */
const HablaClusterItem *habla_cluster_table_lookup (HablaClusterTable *self, const char *key);

/**
 * habla_cluster_table_put:
 * @self: a table
 * @key: letters, digits, "_", "-" and "=", at most %HABLA_TABLE_MAX_KEY
 * @value: at most %HABLA_NATS_MAX_MESSAGE
 * @expected: revision of the present value; 0 = there is none
 * @func: called once, unless @self is freed before: with the new revision, or an error that is a
 *   %HABLA_NATS_ERROR_FENCED if the revision is another
 * @user_data: passed to @func
 */
void habla_cluster_table_put (HablaClusterTable *self, const char *key, GBytes *value,
    guint64 expected, HablaNatsStoredFunc func, gpointer user_data);

/**
 * habla_cluster_table_reload:
 * @self: a table
 *
 * Forgets all items and reads the stream from its begin: for a server that has lost it.
 */
void habla_cluster_table_reload (HablaClusterTable *self);

G_END_DECLS
