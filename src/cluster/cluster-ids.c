/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/cluster-ids.h"

#include "cluster/bytes-text.h"
#include "cluster/cluster-table.h"

#include <string.h>

/* Ids stay exact in JSON, also in browsers. */
#define MAX_ID (G_GUINT64_CONSTANT (1) << 53)

/* A block that is being taken. */
typedef struct {
  HablaClusterIds *ids;
  char *kind;
  guint64 at_least;
  guint64 first;
  gboolean is_in_flight;
  HablaClusterIdsFunc func;
  gpointer user_data;
} Request;

struct _HablaClusterIds {
  HablaClusterTable *table;
  GPtrArray *requests; /* of Request */
};

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->kind);
  g_free (self);
}

/* Returns: the first id that no node is known to have */
static guint64
read_next (const HablaClusterItem *item)
{
  g_autofree char *text = item != NULL ? bytes_dup_text (item->value) : g_strdup ("1");
  guint64 next = 1;

  g_ascii_string_to_unsigned (text, 10, 1, MAX_ID, &next, NULL);
  return next;
}

static void
request_finish (Request *self, const GError *error)
{
  g_ptr_array_remove (self->ids->requests, self);
  self->func (error == NULL ? self->first : 0, error, self->user_data);
  request_free (self);
}

static void
request_on_stored (guint64 sequence, const GError *error, gpointer user_data)
{
  Request *self = user_data;

  self->is_in_flight = FALSE;
  if (g_error_matches (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FENCED))
    habla_cluster_table_reload (self->ids->table);
  else
    request_finish (self, error);
}

static void
request_try (Request *self)
{
  HablaClusterTable *table = self->ids->table;
  const HablaClusterItem *item = habla_cluster_table_lookup (table, self->kind);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) value = NULL;

  self->first = MAX (read_next (item), MAX (self->at_least, 1));
  text = g_strdup_printf ("%" G_GUINT64_FORMAT, self->first + HABLA_ID_BLOCK);
  value = g_bytes_new (text, strlen (text));
  self->is_in_flight = TRUE;
  habla_cluster_table_put (
      table, self->kind, value, item != NULL ? item->revision : 0, request_on_stored, self);
}

static void
ids_on_item (const HablaClusterItem *item, gpointer user_data)
{
  HablaClusterIds *self = user_data;

  if (item != NULL)
    return;
  for (guint i = 0; i < self->requests->len; i++) {
    Request *request = self->requests->pdata[i];

    if (!request->is_in_flight)
      request_try (request);
  }
}

HablaClusterIds *
habla_cluster_ids_new (HablaNatsLink *link, guint replicas)
{
  HablaClusterIds *self = g_new0 (HablaClusterIds, 1);

  self->requests = g_ptr_array_new ();
  self->table = habla_cluster_table_new (link, "habla_ids", replicas, ids_on_item, self);
  return self;
}

void
habla_cluster_ids_free (HablaClusterIds *self)
{
  habla_cluster_table_free (self->table);
  g_ptr_array_set_free_func (self->requests, request_free);
  g_ptr_array_unref (self->requests);
  g_free (self);
}

void
habla_cluster_ids_take (HablaClusterIds *self, const char *kind, guint64 at_least,
    HablaClusterIdsFunc func, gpointer user_data)
{
  Request *request = g_new0 (Request, 1);

  request->ids = self;
  request->kind = g_strdup (kind);
  request->at_least = at_least;
  request->func = func;
  request->user_data = user_data;
  g_ptr_array_add (self->requests, request);
  if (habla_cluster_table_is_current (self->table))
    request_try (request);
}
