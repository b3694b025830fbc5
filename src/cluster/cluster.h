/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cluster/cluster-ids.h>
#include <cluster/cluster-leases.h>
#include <cluster/cluster-nodes.h>
#include <cluster/spool/cluster-spool.h>
#include <monitoring/metrics.h>
#include <room/room-manager.h>

G_BEGIN_DECLS

/**
 * HablaCluster:
 *
 * This node among others on NATS: its link, and the parts that use it, for the metrics
 * `habla_cluster_...`, the health check and the API. Belongs to the thread of the default main
 * context.
 */
typedef struct _HablaCluster HablaCluster;

/**
 * HablaClusterOptions:
 * @nats: how to connect; its name is that of the node
 * @replicas: servers that store each stream, if it does not exist; 0 = 1
 * @spool: path of the file that keeps records while NATS is away
 * @max_spool: of it, in bytes
 * @max_log: size of the logs of all rooms, in bytes, if their stream does not exist; beyond, the
 *   oldest records are deleted; 0 = any
 * @manager: without rooms; must outlive the cluster
 * @describe: (nullable): see #HablaClusterNodesOptions
 * @user_data: passed to @describe
 * @metrics: must outlive the cluster
 */
typedef struct {
  HablaNatsOptions nats;
  guint replicas;
  const char *spool;
  guint64 max_spool;
  guint64 max_log;
  HablaRoomManager *manager;
  void (*describe) (HablaClusterNode *own, gpointer user_data);
  gpointer user_data;
  HablaMetrics *metrics;
} HablaClusterOptions;

/**
 * habla_cluster_new:
 * @options: copied
 * @error: return location for a %HABLA_NATS_ERROR or %G_IO_ERROR: an address or name is malformed,
 *   or a file cannot be used
 *
 * Begins to connect. Blocks on the disk: for the start of the program.
 *
 * Returns: (transfer full) (nullable): a cluster
 */
HablaCluster *habla_cluster_new (const HablaClusterOptions *options, GError **error);

/**
 * habla_cluster_set_room_func:
 * @self: a cluster
 * @func: (nullable): called when another node owns a room, whose @name is its first argument, also
 * if it did before
 * @user_data: passed to @func
 */
void habla_cluster_set_room_func (
    HablaCluster *self, void (*func) (const char *name, gpointer user_data), gpointer user_data);

/**
 * habla_cluster_free:
 * @self: (transfer full): a cluster
 *
 * Leaves it. May block as long as the timeout of the link.
 */
void habla_cluster_free (HablaCluster *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaCluster, habla_cluster_free)

/**
 * habla_cluster_check:
 * @cluster: a #HablaCluster
 * @message: (out) (transfer full): its state, for people
 *
 * A #HablaHealthCheck, for any thread.
 *
 * Returns: whether this node is connected, and no other one has its name
 */
gboolean habla_cluster_check (gpointer cluster, char **message);

/**
 * habla_cluster_to_json:
 * @cluster: a #HablaCluster
 *
 * Returns: (transfer full): the JSON of GET /api/cluster
 */
GBytes *habla_cluster_to_json (gpointer cluster);

G_END_DECLS
