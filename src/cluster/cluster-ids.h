/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cluster/nats-link.h>

G_BEGIN_DECLS

/* Ids in a block. */
#define HABLA_ID_BLOCK G_GUINT64_CONSTANT (1000000)

/**
 * HablaClusterIds:
 *
 * Blocks of ids, each of which one node gets. Belongs to the thread of the default main context,
 * like its link.
 */
typedef struct _HablaClusterIds HablaClusterIds;

/**
 * HablaClusterIdsFunc:
 * @first: of the %HABLA_ID_BLOCK ids that no other node has or gets; 0 on error
 * @error: (nullable): a %HABLA_NATS_ERROR; try again later
 * @user_data: as passed to habla_cluster_ids_take()
 */
typedef void (*HablaClusterIdsFunc) (guint64 first, const GError *error, gpointer user_data);

/**
 * habla_cluster_ids_new:
 * @link: must outlive it
 * @replicas: servers that store the ids, if their stream does not exist; 0 = 1
 *
 * Returns: (transfer full): an allocator
 */
HablaClusterIds *habla_cluster_ids_new (HablaNatsLink *link, guint replicas);

/**
 * habla_cluster_ids_free:
 * @self: (transfer full): an allocator
 *
 * Calls nothing back from now on.
 */
void habla_cluster_ids_free (HablaClusterIds *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaClusterIds, habla_cluster_ids_free)

/**
 * habla_cluster_ids_take:
 * @self: an allocator
 * @kind: of the ids: letters
 * @at_least: lower bound of the ids, such as the next one in the store of this node
 * @func: called once, unless @self is freed before, and never before this function returns
 * @user_data: passed to @func
 *
 * Takes the next block. Waits until it knows which blocks are taken. A block whose answer is lost
 * is never used.
 */
void habla_cluster_ids_take (HablaClusterIds *self, const char *kind, guint64 at_least,
    HablaClusterIdsFunc func, gpointer user_data);

G_END_DECLS
