/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cluster/nats-link.h>

G_BEGIN_DECLS

/* Time after the last message of a node when it is gone, in microseconds. */
#define HABLA_NODE_TIMEOUT (5 * G_USEC_PER_SEC)

/* Longest name of a node, in bytes, without the NUL. */
#define HABLA_MAX_NODE_NAME 64

/* Further nodes are ignored. */
#define HABLA_MAX_NODES 256

/**
 * HablaClusterNode:
 * @name: letters, digits, "_" and "-"
 * @instance: random, of one run of hablad
 * @version: of hablad
 * @addresses: where clients reach it, as URLs; may be empty
 * @sessions: that run there
 * @max_sessions: upper bound of them
 * @members: clients that are connected there
 * @max_members: of a room
 * @load: of its processors, in percent; more than 100 if tasks wait
 * @seen_at: when it was heard last, in microseconds of g_get_monotonic_time()
 *
 * A node, as it describes itself each second.
 */
typedef struct {
  char *name;
  char *instance;
  char *version;
  GStrv addresses;
  guint sessions;
  guint max_sessions;
  guint members;
  guint max_members;
  guint load;
  gint64 seen_at;
} HablaClusterNode;

/**
 * HablaClusterNodes:
 *
 * The nodes that are there: each publishes a description of itself each second. Nothing is stored,
 * and no node compares its clock with that of others. Belongs to the thread of the default main
 * context, like its link.
 */
typedef struct _HablaClusterNodes HablaClusterNodes;

/**
 * HablaClusterNodesOptions:
 * @link: must outlive the nodes
 * @name: of this node: letters, digits, "_" and "-", at most %HABLA_MAX_NODE_NAME
 * @describe: (nullable): called each second, to set all but the name, instance and version of this
 *   node; lists and strings in it are replaced by new ones
 * @gone: (nullable): called for another node that has become silent
 * @user_data: passed to both
 */
typedef struct {
  HablaNatsLink *link;
  const char *name;
  void (*describe) (HablaClusterNode *own, gpointer user_data);
  void (*gone) (const HablaClusterNode *node, gpointer user_data);
  gpointer user_data;
} HablaClusterNodesOptions;

/**
 * habla_cluster_node_name_is_valid:
 * @name: any text
 *
 * Returns: whether @name can be that of a node
 */
gboolean habla_cluster_node_name_is_valid (const char *name);

/**
 * habla_cluster_nodes_new:
 * @options: copied
 *
 * Returns: (transfer full): nodes, with this one only
 */
HablaClusterNodes *habla_cluster_nodes_new (const HablaClusterNodesOptions *options);

/**
 * habla_cluster_nodes_free:
 * @self: (transfer full): nodes
 *
 * Tells the other nodes that this one leaves.
 */
void habla_cluster_nodes_free (HablaClusterNodes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaClusterNodes, habla_cluster_nodes_free)

/**
 * habla_cluster_nodes_get_own:
 * @self: nodes
 *
 * Returns: (transfer none): this node
 */
const HablaClusterNode *habla_cluster_nodes_get_own (HablaClusterNodes *self);

/**
 * habla_cluster_nodes_find:
 * @self: nodes
 * @name: any text
 *
 * Returns: (transfer none) (nullable): another node, or this one; valid until the main loop runs
 */
const HablaClusterNode *habla_cluster_nodes_find (HablaClusterNodes *self, const char *name);

/**
 * habla_cluster_nodes_list:
 * @self: nodes
 *
 * Returns: (transfer container) (element-type HablaClusterNode): all that are there, by name, with
 *   this one; valid until the main loop runs
 */
GPtrArray *habla_cluster_nodes_list (HablaClusterNodes *self);

/**
 * habla_cluster_nodes_get_connected_since:
 * @self: nodes
 *
 * The link notices within three seconds that a server has stopped to answer: so this node would
 * hear others, unless they are silent.
 *
 * Returns: since when this node is connected, in microseconds of g_get_monotonic_time(), a second
 *   late at most; 0 = it is not
 */
gint64 habla_cluster_nodes_get_connected_since (HablaClusterNodes *self);

/**
 * habla_cluster_nodes_has_rival:
 * @self: nodes
 *
 * Returns: whether another node has the name of this one
 */
gboolean habla_cluster_nodes_has_rival (HablaClusterNodes *self);

G_END_DECLS
