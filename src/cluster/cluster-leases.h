/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cluster/cluster-nodes.h>
#include <cluster/lease-entry.h>

G_BEGIN_DECLS

/* Time after the last renewal of another node's lease when it can be taken, in microseconds. */
#define HABLA_LEASE_TIMEOUT (5 * G_USEC_PER_SEC)

/**
 * HablaClusterLeases:
 *
 * Which node owns which room. A lease is an entry of a table, which its owner renews each second. A
 * node may take the lease of another one if it has seen no renewal for %HABLA_LEASE_TIMEOUT on its
 * own clock, while it could have seen one; no node reads the clock of another. Only one node at a
 * time can take a lease, and only if it was not renewed meanwhile: the stream decides that.
 *
 * A node that cannot reach NATS keeps its leases until it hears that another node has taken them.
 * To keep two nodes from writing to one log, fence it.
 *
 * Belongs to the thread of the default main context, like its link.
 */
typedef struct _HablaClusterLeases HablaClusterLeases;

/**
 * HablaLeaseState:
 * @HABLA_LEASE_FREE: no node owns the room
 * @HABLA_LEASE_OWN: this node does
 * @HABLA_LEASE_OTHER: another node does
 * @HABLA_LEASE_EXPIRED: another node did not renew it; it can be taken
 */
typedef enum {
  HABLA_LEASE_FREE,
  HABLA_LEASE_OWN,
  HABLA_LEASE_OTHER,
  HABLA_LEASE_EXPIRED,
} HablaLeaseState;

/**
 * HablaLease:
 * @room: name of the room
 * @state: see #HablaLeaseState
 * @node: (nullable): name of the owner; %NULL if free
 * @epoch: how often the lease of this room was taken; 0 = never
 * @info: (nullable): what its owner has described; at most %HABLA_LEASE_MAX_INFO, comes from other
 *   nodes; %NULL if free
 */
typedef struct {
  const char *room;
  HablaLeaseState state;
  const char *node;
  guint64 epoch;
  GBytes *info;
} HablaLease;

/**
 * HablaClusterLeasesOptions:
 * @link: must outlive the leases
 * @nodes: must outlive the leases
 * @replicas: servers that store the leases, if their stream does not exist; 0 = 1
 * @changed: (nullable): called when another node takes, describes or releases the lease of a room,
 *   and not when it is renewed
 * @lost: called when another node has the lease that this one had: it is gone
 * @user_data: passed to both
 */
typedef struct {
  HablaNatsLink *link;
  HablaClusterNodes *nodes;
  guint replicas;
  void (*changed) (const HablaLease *lease, gpointer user_data);
  void (*lost) (const HablaLease *lease, gpointer user_data);
  gpointer user_data;
} HablaClusterLeasesOptions;

/**
 * HablaLeaseFunc:
 * @epoch: of the lease that this node has now; 0 on error
 * @error: (nullable): a %G_IO_ERROR_EXISTS if another node has it, a %G_IO_ERROR_NOT_INITIALIZED if
 *   leases are not known yet, or a %HABLA_NATS_ERROR
 * @user_data: as passed to habla_cluster_leases_take()
 */
typedef void (*HablaLeaseFunc) (guint64 epoch, const GError *error, gpointer user_data);

/**
 * habla_cluster_leases_new:
 * @options: copied
 *
 * Returns: (transfer full): leases, none of which this node has
 */
HablaClusterLeases *habla_cluster_leases_new (const HablaClusterLeasesOptions *options);

/**
 * habla_cluster_leases_free:
 * @self: (transfer full): leases
 *
 * Does not release them. Calls nothing back from now on.
 */
void habla_cluster_leases_free (HablaClusterLeases *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaClusterLeases, habla_cluster_leases_free)

/**
 * habla_cluster_leases_is_current:
 * @self: leases
 *
 * Returns: whether all leases are known
 */
gboolean habla_cluster_leases_is_current (HablaClusterLeases *self);

/**
 * habla_cluster_leases_lookup:
 * @self: leases
 * @room: name of a room: letters, digits, "_", "-" and "."
 * @lease: (out caller-allocates): valid until the main loop runs
 *
 * Returns: whether the lease was ever taken; if not, it is free
 */
gboolean habla_cluster_leases_lookup (
    HablaClusterLeases *self, const char *room, HablaLease *lease);

/**
 * habla_cluster_leases_list:
 * @self: leases
 *
 * Returns: (transfer full) (element-type HablaLease): those that are not free, by room; valid until
 *   the main loop runs
 */
GArray *habla_cluster_leases_list (HablaClusterLeases *self);

/**
 * habla_cluster_leases_take:
 * @self: leases
 * @room: name of a room
 * @info: description of the lease, for other nodes; at most %HABLA_LEASE_MAX_INFO
 * @func: called once, unless @self is freed before, and never before this function returns
 * @user_data: passed to @func
 *
 * Takes a lease that is free or expired, and renews it until it is released or lost. One that this
 * node has already gets the new @info and stays.
 */
void habla_cluster_leases_take (HablaClusterLeases *self, const char *room, GBytes *info,
    HablaLeaseFunc func, gpointer user_data);

/**
 * habla_cluster_leases_describe:
 * @self: leases
 * @room: name of a room
 * @info: replaces the description, with the next renewal; at most %HABLA_LEASE_MAX_INFO
 *
 * No-op unless this node has the lease.
 */
void habla_cluster_leases_describe (HablaClusterLeases *self, const char *room, GBytes *info);

/**
 * habla_cluster_leases_release:
 * @self: leases
 * @room: name of a room
 *
 * Other nodes can take the lease at once, if NATS can be reached, or else after
 * %HABLA_LEASE_TIMEOUT. No-op unless this node has the lease or takes it: @func of
 * habla_cluster_leases_take() is not called then.
 */
void habla_cluster_leases_release (HablaClusterLeases *self, const char *room);

/**
 * habla_cluster_leases_encode_room:
 * @room: name of a room
 *
 * Returns: (transfer full): @room as part of a subject
 */
char *habla_cluster_leases_encode_room (const char *room);

G_END_DECLS
