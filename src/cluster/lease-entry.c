/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/lease-entry.h"

#include "cluster/bytes-text.h"
#include "cluster/cluster-nodes.h"

#include <json/json-validator.h>
#include <json/json-writer.h>
#include <string.h>

static const HablaJsonLimits limits = {
  .max_size = HABLA_NATS_MAX_MESSAGE,
  .max_depth = 1,
  .max_members = 16,
  .max_values = 16,
};

void
lease_entry_free (gpointer data)
{
  LeaseEntry *self = data;

  g_free (self->room);
  g_free (self->node);
  g_free (self->instance);
  g_clear_pointer (&self->info, g_bytes_unref);
  g_free (self);
}

/* See habla_cluster_leases_encode_room(). Returns: (transfer full) (nullable) */
static char *
decode_room (const char *key)
{
  gsize length = strspn (key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=");

  return length > 0 && key[length] == '\0' ? g_strdelimit (g_strdup (key), "=", '.') : NULL;
}

static char *
dup_string (JsonObject *object, const char *name, gsize max_length)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *text = node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node)
                         : NULL;

  return text != NULL && strlen (text) <= max_length ? g_strdup (text) : NULL;
}

static void
lease_entry_set (LeaseEntry *self, JsonObject *object)
{
  JsonNode *epoch = json_object_get_member (object, "epoch");
  g_autofree char *info = dup_string (object, "info", HABLA_LEASE_MAX_INFO);

  if (epoch != NULL && json_node_get_value_type (epoch) == G_TYPE_INT64)
    self->epoch = MAX (0, json_node_get_int (epoch));
  self->node = dup_string (object, "node", HABLA_MAX_NODE_NAME);
  self->instance = dup_string (object, "instance", HABLA_MAX_NODE_NAME);
  if (self->node == NULL || !habla_cluster_node_name_is_valid (self->node) ||
      self->instance == NULL || info == NULL) {
    g_clear_pointer (&self->node, g_free);
    g_clear_pointer (&self->instance, g_free);
    return;
  }
  self->info = g_bytes_new (info, strlen (info));
}

LeaseEntry *
lease_entry_parse (const HablaClusterItem *item)
{
  g_autofree char *room = decode_room (item->key);
  g_autofree char *text = bytes_dup_text (item->value);
  g_autoptr (JsonObject) object =
      habla_json_parse_object (text, g_bytes_get_size (item->value), &limits, NULL);
  LeaseEntry *self;

  if (room == NULL)
    return NULL;
  self = g_new0 (LeaseEntry, 1);
  self->room = g_steal_pointer (&room);
  self->revision = item->revision;
  self->seen_at = item->seen_at;
  if (object != NULL)
    lease_entry_set (self, object);
  return self;
}

GBytes *
lease_entry_encode (const char *node, const char *instance, guint64 epoch, GBytes *info)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  habla_json_begin_object (builder, NULL);
  habla_json_add_int (builder, "epoch", epoch);
  if (node != NULL) {
    g_autofree char *text = bytes_dup_text (info);

    habla_json_add_string (builder, "node", node);
    habla_json_add_string (builder, "instance", instance);
    habla_json_add_string (builder, "info", text);
  }
  json_builder_end_object (builder);
  return habla_json_to_bytes (builder);
}

gboolean
lease_entry_is_same (const LeaseEntry *self, const LeaseEntry *other)
{
  return self != NULL && self->epoch == other->epoch &&
         g_strcmp0 (self->instance, other->instance) == 0 &&
         (self->info == other->info || (self->info != NULL && other->info != NULL &&
                                           g_bytes_equal (self->info, other->info)));
}
