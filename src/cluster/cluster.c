/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/cluster.h"

#include "cluster/rooms/cluster-rooms.h"

#include <json/json-writer.h>
#include <util/source.h>

/* Between two updates of the state that other threads read, in milliseconds. */
#define CHECK_INTERVAL 1000

struct _HablaCluster {
  HablaNatsLink *link;
  HablaClusterNodes *nodes;
  HablaClusterLeases *leases;
  HablaClusterSpool *spool;
  HablaClusterIds *ids;
  HablaClusterRooms *relay;
  void (*describe) (HablaClusterNode *own, gpointer user_data); /* (nullable) */
  gpointer describe_data;
  void (*room_func) (const char *name, gpointer user_data); /* (nullable) */
  gpointer room_data;
  char *trouble; /* (nullable): of the link; NULL = connected */
  GSource *timer;

  HablaMetrics *metrics;
  HablaMetric *connected;
  HablaMetric *connections;
  HablaMetric *messages;
  HablaMetric *n_nodes;
  HablaMetric *rooms;
  HablaMetric *spool_records;
  HablaMetric *spool_size;

  GMutex lock;
  gboolean is_ok; /* protected by lock */
  char *state;    /* protected by lock; for people */
};

/* State */

/* Returns: (transfer full): for people */
static char *
cluster_describe (HablaCluster *self, gboolean *is_ok)
{
  const HablaClusterNode *own = habla_cluster_nodes_get_own (self->nodes);
  g_autoptr (GPtrArray) nodes = habla_cluster_nodes_list (self->nodes);

  *is_ok = FALSE;
  if (self->trouble != NULL)
    return g_strdup_printf ("%s; rooms are on this node only", self->trouble);
  if (habla_cluster_nodes_has_rival (self->nodes))
    return g_strdup_printf (
        "another node has the name “%s”, too; set name of [cluster] on one", own->name);
  *is_ok = TRUE;
  return g_strdup_printf ("connected as “%s”; %u other nodes", own->name, nodes->len - 1);
}

static gboolean
cluster_update_state (gpointer user_data)
{
  HablaCluster *self = user_data;
  gboolean is_ok;
  char *state = cluster_describe (self, &is_ok);

  g_mutex_lock (&self->lock);
  g_free (self->state);
  self->state = state;
  self->is_ok = is_ok;
  g_mutex_unlock (&self->lock);
  return G_SOURCE_CONTINUE;
}

gboolean
habla_cluster_check (gpointer cluster, char **message)
{
  HablaCluster *self = cluster;
  gboolean is_ok;

  g_mutex_lock (&self->lock);
  *message = g_strdup (self->state);
  is_ok = self->is_ok;
  g_mutex_unlock (&self->lock);
  return is_ok;
}

static void
cluster_on_state (gboolean is_connected, const char *message, gpointer user_data)
{
  HablaCluster *self = user_data;

  if (is_connected)
    g_message ("Connected to NATS");
  else if (g_strcmp0 (self->trouble, message) != 0)
    g_warning ("%s; trying again", message);
  g_free (self->trouble);
  self->trouble = is_connected ? NULL : g_strdup (message);
  habla_cluster_rooms_set_connected (self->relay, is_connected);
  cluster_update_state (self);
}

/* Metrics */

static const char *const message_results[] = { "sent", "received", "lost", "refused", NULL };
static const char *const room_owners[] = { "own", "other", NULL };

static void
cluster_collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaCluster *self = user_data;
  g_autoptr (GPtrArray) nodes = habla_cluster_nodes_list (self->nodes);
  g_autoptr (GArray) leases = habla_cluster_leases_list (self->leases);
  HablaNatsStats stats;
  guint n_own = 0;

  for (guint i = 0; i < leases->len; i++)
    n_own += g_array_index (leases, HablaLease, i).state == HABLA_LEASE_OWN;
  habla_nats_link_get_stats (self->link, &stats);
  habla_metric_set (self->connected, 0, self->trouble == NULL);
  habla_metric_set (self->connections, 0, stats.connections);
  habla_metric_set (self->messages, 0, stats.sent);
  habla_metric_set (self->messages, 1, stats.received);
  habla_metric_set (self->messages, 2, stats.lost);
  habla_metric_set (self->messages, 3, stats.refused);
  habla_metric_set (self->n_nodes, 0, nodes->len);
  habla_metric_set (self->rooms, 0, n_own);
  habla_metric_set (self->rooms, 1, leases->len - n_own);
  habla_metric_set (self->spool_records, 0, habla_cluster_spool_count (self->spool));
  habla_metric_set (self->spool_size, 0, habla_cluster_spool_get_size (self->spool));
}

static void
cluster_add_metrics (HablaCluster *self, HablaMetrics *metrics)
{
  self->metrics = metrics;
  self->connected = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_cluster_connected",
      "Whether this node is connected to NATS.", NULL, NULL);
  self->connections = habla_metrics_add (metrics, HABLA_METRIC_COUNTER,
      "habla_cluster_connections_total", "Connections made to NATS.", NULL, NULL);
  self->messages = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_cluster_messages_total",
      "Messages to and from NATS; lost and refused ones exceeded what may wait.", "result",
      message_results);
  self->n_nodes = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_cluster_nodes",
      "Nodes that are heard, with this one.", NULL, NULL);
  self->rooms = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_cluster_rooms",
      "Rooms with an owner, on this node and on others.", "owner", room_owners);
  self->spool_records = habla_metrics_add (metrics, HABLA_METRIC_GAUGE,
      "habla_cluster_spool_records", "Records that wait for NATS on the disk.", NULL, NULL);
  self->spool_size = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_cluster_spool_bytes",
      "Size of the file of these records, in bytes.", NULL, NULL);
  habla_metrics_add_collector (metrics, cluster_collect, self);
}

/* API */

static void
add_node (JsonBuilder *builder, const HablaClusterNode *node, gboolean is_own)
{
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "name", node->name);
  habla_json_add_boolean (builder, "own", is_own);
  habla_json_add_string (builder, "version", node->version);
  habla_json_add_strings (builder, "addresses", (const char *const *) node->addresses);
  habla_json_add_int (builder, "sessions", node->sessions);
  habla_json_add_int (builder, "max_sessions", node->max_sessions);
  habla_json_add_int (builder, "members", node->members);
  habla_json_add_int (builder, "max_members", node->max_members);
  habla_json_add_int (builder, "load", node->load);
  json_builder_end_object (builder);
}

static void
add_room (JsonBuilder *builder, const HablaLease *lease)
{
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "name", lease->room);
  habla_json_add_string (builder, "node", lease->node);
  habla_json_add_boolean (builder, "own", lease->state == HABLA_LEASE_OWN);
  habla_json_add_boolean (builder, "expired", lease->state == HABLA_LEASE_EXPIRED);
  habla_json_add_int (builder, "epoch", lease->epoch);
  json_builder_end_object (builder);
}

GBytes *
habla_cluster_to_json (gpointer cluster)
{
  HablaCluster *self = cluster;
  const HablaClusterNode *own = habla_cluster_nodes_get_own (self->nodes);
  g_autoptr (GPtrArray) nodes = habla_cluster_nodes_list (self->nodes);
  g_autoptr (GArray) leases = habla_cluster_leases_list (self->leases);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gboolean is_ok;
  g_autofree char *state = cluster_describe (self, &is_ok);

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "node", own->name);
  habla_json_add_string (builder, "status", is_ok ? "ok" : "degraded");
  habla_json_add_string (builder, "message", state);
  habla_json_begin_array (builder, "nodes");
  for (guint i = 0; i < nodes->len; i++)
    add_node (builder, nodes->pdata[i], nodes->pdata[i] == own);
  json_builder_end_array (builder);
  habla_json_begin_array (builder, "rooms");
  for (guint i = 0; i < leases->len; i++)
    add_room (builder, &g_array_index (leases, HablaLease, i));
  json_builder_end_array (builder);
  habla_json_begin_object (builder, "spool");
  habla_json_add_int (builder, "records", habla_cluster_spool_count (self->spool));
  habla_json_add_int (builder, "bytes", habla_cluster_spool_get_size (self->spool));
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return habla_json_to_bytes (builder);
}

/* Life */

static void
cluster_on_lost (const HablaLease *lease, gpointer user_data)
{
  HablaCluster *self = user_data;

  g_warning ("The node “%s” has taken the room “%s”", lease->node != NULL ? lease->node : "?",
      lease->room);
  habla_cluster_rooms_lose (self->relay, lease->room);
}

static void
cluster_on_lease_changed (const HablaLease *lease, gpointer user_data)
{
  HablaCluster *self = user_data;

  if (self->room_func != NULL && lease->state == HABLA_LEASE_OTHER)
    self->room_func (lease->room, self->room_data);
}

static void
cluster_on_describe (HablaClusterNode *own, gpointer user_data)
{
  HablaCluster *self = user_data;

  if (self->describe != NULL)
    self->describe (own, self->describe_data);
}

static void
cluster_on_node_gone (const HablaClusterNode *node, gpointer user_data)
{
  HablaCluster *self = user_data;

  if (self->relay != NULL)
    habla_cluster_rooms_forget_node (self->relay, node->name);
}

static void
cluster_join (HablaCluster *self, const HablaClusterOptions *options)
{
  const HablaClusterNodesOptions nodes = {
    .link = self->link,
    .name = options->nats.name,
    .describe = cluster_on_describe,
    .gone = cluster_on_node_gone,
    .user_data = self,
  };
  HablaClusterLeasesOptions leases = {
    .link = self->link,
    .replicas = options->replicas,
    .changed = cluster_on_lease_changed,
    .lost = cluster_on_lost,
    .user_data = self,
  };

  leases.nodes = self->nodes = habla_cluster_nodes_new (&nodes);
  self->leases = habla_cluster_leases_new (&leases);
  self->ids = habla_cluster_ids_new (self->link, options->replicas);
  self->relay = habla_cluster_rooms_new (&(HablaClusterRoomsOptions){
      .manager = options->manager,
      .link = self->link,
      .nodes = self->nodes,
      .leases = self->leases,
      .ids = self->ids,
      .spool = self->spool,
      .replicas = options->replicas,
      .max_log = options->max_log,
  });
}

HablaCluster *
habla_cluster_new (const HablaClusterOptions *options, GError **error)
{
  HablaClusterSpool *spool;
  HablaNatsLink *link;
  HablaCluster *self;

  if (options->nats.name == NULL || !habla_cluster_node_name_is_valid (options->nats.name)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "“%s” cannot be the name of a node: it must have 1 to %d letters, digits, _ and -",
        options->nats.name != NULL ? options->nats.name : "", HABLA_MAX_NODE_NAME);
    return NULL;
  }
  spool = habla_cluster_spool_new (options->spool, options->max_spool, error);
  if (spool == NULL)
    return NULL;
  self = g_new0 (HablaCluster, 1);
  link = habla_nats_link_new (&options->nats, cluster_on_state, self, error);
  if (link == NULL) {
    habla_cluster_spool_free (spool);
    g_free (self);
    return NULL;
  }
  g_mutex_init (&self->lock);
  self->link = link;
  self->spool = spool;
  self->describe = options->describe;
  self->describe_data = options->user_data;
  self->trouble = g_strdup ("Not connected to NATS yet");
  cluster_join (self, options);
  cluster_add_metrics (self, options->metrics);
  cluster_update_state (self);
  habla_source_start_timer (
      &self->timer, CHECK_INTERVAL, "[habla] HablaCluster state", cluster_update_state, self);
  return self;
}

void
habla_cluster_set_room_func (
    HablaCluster *self, void (*func) (const char *name, gpointer user_data), gpointer user_data)
{
  self->room_func = func;
  self->room_data = user_data;
}

void
habla_cluster_free (HablaCluster *self)
{
  habla_source_clear (&self->timer);
  habla_metrics_remove_collector (self->metrics, self);
  habla_cluster_rooms_free (self->relay);
  habla_cluster_ids_free (self->ids);
  habla_cluster_leases_free (self->leases);
  habla_cluster_nodes_free (self->nodes);
  habla_nats_link_free (self->link);
  habla_cluster_spool_free (self->spool);
  g_mutex_clear (&self->lock);
  g_free (self->state);
  g_free (self->trouble);
  g_free (self);
}
