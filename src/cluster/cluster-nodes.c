/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/cluster-nodes.h"

#include "cluster/bytes-text.h"
#include "config.h"

#include <json/json-validator.h>
#include <json/json-writer.h>
#include <string.h>
#include <util/source.h>

#define PREFIX "habla.node."

/* Between two descriptions, in milliseconds. */
#define INTERVAL 1000

#define MAX_ADDRESSES 16

static const HablaJsonLimits limits = {
  .max_size = 16 * 1024,
  .max_depth = 3,
  .max_members = 32,
  .max_values = 64,
};

struct _HablaClusterNodes {
  HablaClusterNodesOptions options; /* without name */
  HablaClusterNode *own;
  GHashTable *others; /* from name to HablaClusterNode */
  HablaNatsSubscription *subscription;
  gint64 connected_since; /* 0 = not connected */
  gint64 rival_at;        /* when another node with this name was heard; 0 = never */
  GSource *timer;
};

static void
node_free (gpointer data)
{
  HablaClusterNode *self = data;

  g_free (self->name);
  g_free (self->instance);
  g_free (self->version);
  g_strfreev (self->addresses);
  g_free (self);
}

gboolean
habla_cluster_node_name_is_valid (const char *name)
{
  gsize length = strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

  return length > 0 && length <= HABLA_MAX_NODE_NAME && name[length] == '\0';
}

/* Messages */

static GBytes *
node_encode (const HablaClusterNode *self, gboolean is_leaving)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "instance", self->instance);
  habla_json_add_boolean (builder, "leaving", is_leaving);
  habla_json_add_string (builder, "version", self->version);
  habla_json_add_strings (builder, "addresses", (const char *const *) self->addresses);
  habla_json_add_int (builder, "sessions", self->sessions);
  habla_json_add_int (builder, "max_sessions", self->max_sessions);
  habla_json_add_int (builder, "members", self->members);
  habla_json_add_int (builder, "max_members", self->max_members);
  habla_json_add_int (builder, "load", self->load);
  json_builder_end_object (builder);
  return habla_json_to_bytes (builder);
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static guint
get_number (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  gint64 number = node != NULL && json_node_get_value_type (node) == G_TYPE_INT64
                      ? json_node_get_int (node)
                      : 0;

  return CLAMP (number, 0, G_MAXINT32);
}

/* Returns: (transfer full): addresses that are strings */
static GStrv
get_addresses (JsonObject *object)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonNode *node = json_object_get_member (object, "addresses");
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < MIN (json_array_get_length (array), MAX_ADDRESSES); i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (json_node_get_value_type (element) == G_TYPE_STRING)
      g_strv_builder_add (builder, json_node_get_string (element));
  }
  return g_strv_builder_end (builder);
}

/* @is_leaving: (out). Returns: (transfer full) (nullable): NULL if @data is invalid */
static HablaClusterNode *
node_parse (const char *name, GBytes *data, gboolean *is_leaving)
{
  g_autofree char *text = bytes_dup_text (data);
  g_autoptr (JsonObject) object =
      habla_json_parse_object (text, g_bytes_get_size (data), &limits, NULL);
  JsonNode *leaving;
  HablaClusterNode *self;

  if (object == NULL || get_string (object, "instance") == NULL)
    return NULL;
  leaving = json_object_get_member (object, "leaving");
  *is_leaving = leaving != NULL && json_node_get_value_type (leaving) == G_TYPE_BOOLEAN &&
                json_node_get_boolean (leaving);
  self = g_new0 (HablaClusterNode, 1);
  self->name = g_strdup (name);
  self->instance = g_strdup (get_string (object, "instance"));
  self->version = g_strdup (get_string (object, "version"));
  self->addresses = get_addresses (object);
  self->sessions = get_number (object, "sessions");
  self->max_sessions = get_number (object, "max_sessions");
  self->members = get_number (object, "members");
  self->max_members = get_number (object, "max_members");
  self->load = get_number (object, "load");
  self->seen_at = g_get_monotonic_time ();
  return self;
}

static void
nodes_take_namesake (HablaClusterNodes *self, const HablaClusterNode *node)
{
  if (g_str_equal (node->instance, self->own->instance))
    return;
  if (!habla_cluster_nodes_has_rival (self))
    g_warning ("Another node has the name “%s”, too; give each one another name", node->name);
  self->rival_at = node->seen_at;
}

static void
nodes_remove (HablaClusterNodes *self, const char *name)
{
  gpointer node;

  if (!g_hash_table_steal_extended (self->others, name, NULL, &node))
    return;
  if (self->options.gone != NULL)
    self->options.gone (node, self->options.user_data);
  node_free (node);
}

static void
nodes_on_event (const HablaNatsEvent *event, gpointer user_data)
{
  HablaClusterNodes *self = user_data;
  HablaClusterNode *node;
  gboolean is_leaving;
  const char *name;

  if (event->type == HABLA_NATS_FAILED)
    g_warning ("Failed to hear other nodes: %s", event->message);
  if (event->type != HABLA_NATS_MESSAGE)
    return;
  name = event->subject + strlen (PREFIX);
  if (!habla_cluster_node_name_is_valid (name))
    return;
  node = node_parse (name, event->data, &is_leaving);
  if (node == NULL)
    return;
  if (g_str_equal (name, self->own->name)) {
    nodes_take_namesake (self, node);
    node_free (node);
  } else if (is_leaving) {
    nodes_remove (self, name);
    node_free (node);
  } else if (g_hash_table_size (self->others) < HABLA_MAX_NODES ||
             g_hash_table_contains (self->others, name)) {
    g_hash_table_replace (self->others, node->name, node);
  } else {
    node_free (node);
  }
}

/* Time */

static void
nodes_publish (HablaClusterNodes *self, gboolean is_leaving)
{
  g_autofree char *subject = g_strconcat (PREFIX, self->own->name, NULL);
  g_autoptr (GBytes) data = node_encode (self->own, is_leaving);

  habla_nats_link_publish (self->options.link, subject, data, NULL);
}

/* A node is not gone because this one could not hear it. */
static gboolean
is_gone (const HablaClusterNode *node, gint64 connected_since, gint64 now)
{
  return connected_since != 0 && now - MAX (node->seen_at, connected_since) > HABLA_NODE_TIMEOUT;
}

static void
nodes_remove_gone (HablaClusterNodes *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gint64 connected_since = habla_cluster_nodes_get_connected_since (self),
         now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer node;

  g_hash_table_iter_init (&iter, self->others);
  while (g_hash_table_iter_next (&iter, NULL, &node))
    if (is_gone (node, connected_since, now))
      g_ptr_array_add (names, g_strdup (((HablaClusterNode *) node)->name));
  for (guint i = 0; i < names->len; i++)
    nodes_remove (self, names->pdata[i]);
}

static void
nodes_update_connection (HablaClusterNodes *self)
{
  gint64 now = g_get_monotonic_time ();

  self->own->seen_at = now;
  if (!habla_nats_link_is_connected (self->options.link))
    self->connected_since = 0;
  else if (self->connected_since == 0)
    self->connected_since = now;
}

static gboolean
nodes_on_timer (gpointer user_data)
{
  HablaClusterNodes *self = user_data;

  if (self->options.describe != NULL)
    self->options.describe (self->own, self->options.user_data);
  nodes_update_connection (self);
  nodes_publish (self, FALSE);
  nodes_remove_gone (self);
  return G_SOURCE_CONTINUE;
}

/* Interface */

HablaClusterNodes *
habla_cluster_nodes_new (const HablaClusterNodesOptions *options)
{
  HablaClusterNodes *self = g_new0 (HablaClusterNodes, 1);

  self->options = *options;
  self->options.name = NULL;
  self->own = g_new0 (HablaClusterNode, 1);
  self->own->name = g_strdup (options->name);
  self->own->instance = g_uuid_string_random ();
  self->own->version = g_strdup (VERSION);
  self->own->addresses = g_new0 (char *, 1);
  self->others = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, node_free);
  self->subscription = habla_nats_link_subscribe (options->link, PREFIX "*", nodes_on_event, self);
  habla_source_start_timer (
      &self->timer, INTERVAL, "[habla] HablaClusterNodes presence", nodes_on_timer, self);
  return self;
}

void
habla_cluster_nodes_free (HablaClusterNodes *self)
{
  nodes_publish (self, TRUE);
  habla_source_clear (&self->timer);
  habla_nats_subscription_free (self->subscription);
  g_hash_table_unref (self->others);
  node_free (self->own);
  g_free (self);
}

const HablaClusterNode *
habla_cluster_nodes_get_own (HablaClusterNodes *self)
{
  return self->own;
}

const HablaClusterNode *
habla_cluster_nodes_find (HablaClusterNodes *self, const char *name)
{
  return g_str_equal (name, self->own->name) ? self->own : g_hash_table_lookup (self->others, name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const HablaClusterNode *const *first = a, *const *second = b;

  return strcmp ((*first)->name, (*second)->name);
}

GPtrArray *
habla_cluster_nodes_list (HablaClusterNodes *self)
{
  GPtrArray *nodes = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer node;

  g_hash_table_iter_init (&iter, self->others);
  while (g_hash_table_iter_next (&iter, NULL, &node))
    g_ptr_array_add (nodes, node);
  g_ptr_array_add (nodes, self->own);
  g_ptr_array_sort (nodes, compare_names);
  return nodes;
}

gint64
habla_cluster_nodes_get_connected_since (HablaClusterNodes *self)
{
  return habla_nats_link_is_connected (self->options.link) ? self->connected_since : 0;
}

gboolean
habla_cluster_nodes_has_rival (HablaClusterNodes *self)
{
  return self->rival_at > 0 && g_get_monotonic_time () - self->rival_at <= HABLA_NODE_TIMEOUT;
}
