/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cluster/cluster-ids.h>
#include <cluster/cluster-leases.h>
#include <cluster/nats-link.h>
#include <cluster/spool/cluster-spool.h>
#include <room/room-manager.h>

G_BEGIN_DECLS

/**
 * HablaClusterRooms:
 *
 * Carries the rooms of a manager to other nodes, and theirs to this one: the relay of the manager.
 * Belongs to the thread of the default main context.
 */
typedef struct _HablaClusterRooms HablaClusterRooms;

/**
 * HablaClusterRoomsOptions:
 * @manager: without rooms; must outlive it
 * @link: must outlive it
 * @nodes: must outlive it
 * @leases: must outlive it
 * @ids: must outlive it
 * @spool: must outlive it
 * @replicas: servers that store the logs, if their stream does not exist; 0 = 1
 * @max_log: size of all logs, in bytes; beyond, the oldest records are deleted; 0 = any
 */
typedef struct {
  HablaRoomManager *manager;
  HablaNatsLink *link;
  HablaClusterNodes *nodes;
  HablaClusterLeases *leases;
  HablaClusterIds *ids;
  HablaClusterSpool *spool;
  guint replicas;
  guint64 max_log;
} HablaClusterRoomsOptions;

/**
 * habla_cluster_rooms_new:
 * @options: copied
 *
 * Returns: (transfer full): a relay, which the manager uses
 */
HablaClusterRooms *habla_cluster_rooms_new (const HablaClusterRoomsOptions *options);

/**
 * habla_cluster_rooms_free:
 * @self: (transfer full): a relay, which the manager uses no more
 */
void habla_cluster_rooms_free (HablaClusterRooms *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaClusterRooms, habla_cluster_rooms_free)

/**
 * habla_cluster_rooms_set_connected:
 * @self: a relay
 * @is_connected: whether the link is
 */
void habla_cluster_rooms_set_connected (HablaClusterRooms *self, gboolean is_connected);

/**
 * habla_cluster_rooms_lose:
 * @self: a relay
 * @name: of a room, whose lease another node has taken
 */
void habla_cluster_rooms_lose (HablaClusterRooms *self, const char *name);

/**
 * habla_cluster_rooms_forget_node:
 * @self: a relay
 * @node: name of a node that is gone, with its listeners
 */
void habla_cluster_rooms_forget_node (HablaClusterRooms *self, const char *node);

G_END_DECLS
