/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/cluster-table.h"

#include <string.h>
#include <util/source.h>

/* Between two attempts to create or read the stream, in milliseconds. */
#define RETRY_INTERVAL 1000

/* Size of all values, in bytes. */
#define MAX_BYTES (256 * 1024 * 1024)

struct _HablaClusterTable {
  HablaNatsLink *link;
  char *name;
  char *prefix; /* of subjects */
  guint replicas;
  HablaClusterTableFunc func;
  gpointer user_data;
  HablaNatsSubscription *subscription; /* (nullable): until the stream exists */
  GHashTable *items;                   /* from key to HablaClusterItem */
  gboolean is_current;
  GSource *retry;
};

typedef struct {
  HablaClusterTable *table;
  HablaNatsStoredFunc func;
  gpointer user_data;
} Call;

/* From number to Call: those that wait for a result. The link may be freed before it has one, or
 * have it after the table is freed, so neither can own them. */
static GHashTable *calls;

static void table_create_stream (HablaClusterTable *self);

static void
item_free (gpointer data)
{
  HablaClusterItem *self = data;

  g_free (self->key);
  g_bytes_unref (self->value);
  g_free (self);
}

/* The link calls back with the number of a call. Returns: the number */
static gpointer
table_add_call (HablaClusterTable *self, HablaNatsStoredFunc func, gpointer user_data)
{
  static guint last;
  Call *call = g_new (Call, 1);

  *call = (Call){ self, func, user_data };
  if (calls == NULL)
    calls = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_hash_table_insert (calls, GUINT_TO_POINTER (++last), call);
  return GUINT_TO_POINTER (last);
}

static void
clear_calls_if_empty (void)
{
  if (calls != NULL && g_hash_table_size (calls) == 0)
    g_clear_pointer (&calls, g_hash_table_unref);
}

static void
call_on_stored (guint64 sequence, const GError *error, gpointer number)
{
  gpointer stolen = NULL;
  g_autofree Call *call = NULL;

  if (calls == NULL || !g_hash_table_steal_extended (calls, number, NULL, &stolen))
    return;
  clear_calls_if_empty ();
  call = stolen;
  call->func (sequence, error, call->user_data);
}

static gboolean
is_call_of (gpointer number, gpointer call, gpointer table)
{
  return ((Call *) call)->table == table;
}

/* Reading */

static gboolean
table_on_retry (gpointer user_data)
{
  HablaClusterTable *self = user_data;

  habla_source_clear (&self->retry);
  table_create_stream (self);
  return G_SOURCE_REMOVE;
}

/* Begins again later. */
static void
table_retry (HablaClusterTable *self)
{
  self->is_current = FALSE;
  g_clear_pointer (&self->subscription, habla_nats_subscription_free);
  habla_source_start_timer (
      &self->retry, RETRY_INTERVAL, "[habla] HablaClusterTable retry", table_on_retry, self);
}

static void
table_take (HablaClusterTable *self, const HablaNatsEvent *event)
{
  const char *key = event->subject + strlen (self->prefix);
  HablaClusterItem *item;

  if (!g_str_has_prefix (event->subject, self->prefix) || strlen (key) > HABLA_TABLE_MAX_KEY)
    return;
  item = g_hash_table_lookup (self->items, key);
  if (item == NULL) {
    if (g_hash_table_size (self->items) >= HABLA_TABLE_MAX_ITEMS)
      return;
    item = g_new0 (HablaClusterItem, 1);
    item->key = g_strdup (key);
    g_hash_table_insert (self->items, item->key, item);
  }
  g_clear_pointer (&item->value, g_bytes_unref);
  item->value = g_bytes_ref (event->data);
  item->revision = event->sequence;
  item->seen_at = g_get_monotonic_time ();
  self->func (item, self->user_data);
}

static void
table_on_event (const HablaNatsEvent *event, gpointer user_data)
{
  HablaClusterTable *self = user_data;

  switch (event->type) {
  case HABLA_NATS_MESSAGE:
    table_take (self, event);
    break;
  case HABLA_NATS_CURRENT:
    self->is_current = TRUE;
    self->func (NULL, self->user_data);
    break;
  case HABLA_NATS_FAILED:
    g_warning ("Failed to read %s: %s", self->name, event->message);
    table_retry (self);
    break;
  default:
    break;
  }
}

static void
table_on_stream (guint64 sequence, const GError *error, gpointer user_data)
{
  HablaClusterTable *self = user_data;
  g_autofree char *subject = NULL;

  if (error != NULL) {
    if (error->code == HABLA_NATS_ERROR_FAILED)
      g_warning ("Failed to create the stream %s: %s", self->name, error->message);
    table_retry (self);
    return;
  }
  subject = g_strconcat (self->prefix, "*", NULL);
  self->subscription =
      habla_nats_link_read (self->link, self->name, subject, 0, table_on_event, self);
}

static void
table_create_stream (HablaClusterTable *self)
{
  g_autofree char *subject = g_strconcat (self->prefix, "*", NULL);
  const HablaNatsStream stream = {
    .name = self->name,
    .subject = subject,
    .max_bytes = MAX_BYTES,
    .max_per_subject = 1,
    .replicas = self->replicas,
  };

  habla_nats_link_create_stream (
      self->link, &stream, call_on_stored, table_add_call (self, table_on_stream, self));
}

/* Interface */

HablaClusterTable *
habla_cluster_table_new (HablaNatsLink *link, const char *name, guint replicas,
    HablaClusterTableFunc func, gpointer user_data)
{
  HablaClusterTable *self = g_new0 (HablaClusterTable, 1);

  self->link = link;
  self->name = g_strdup (name);
  self->prefix = g_strdelimit (g_strconcat (name, ".", NULL), "_", '.');
  self->replicas = replicas;
  self->func = func;
  self->user_data = user_data;
  self->items = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, item_free);
  table_create_stream (self);
  return self;
}

void
habla_cluster_table_free (HablaClusterTable *self)
{
  if (calls != NULL)
    g_hash_table_foreach_remove (calls, is_call_of, self);
  clear_calls_if_empty ();
  habla_source_clear (&self->retry);
  g_clear_pointer (&self->subscription, habla_nats_subscription_free);
  g_hash_table_unref (self->items);
  g_free (self->prefix);
  g_free (self->name);
  g_free (self);
}

gboolean
habla_cluster_table_is_current (HablaClusterTable *self)
{
  return self->is_current;
}

const HablaClusterItem *
habla_cluster_table_lookup (HablaClusterTable *self, const char *key)
{
  return g_hash_table_lookup (self->items, key);
}

void
habla_cluster_table_put (HablaClusterTable *self, const char *key, GBytes *value, guint64 expected,
    HablaNatsStoredFunc func, gpointer user_data)
{
  g_autofree char *subject = g_strconcat (self->prefix, key, NULL);
  const HablaNatsEntry entry = {
    .subject = subject,
    .expected = expected,
    .is_fenced = TRUE,
    .data = value,
  };

  habla_nats_link_store (
      self->link, &entry, call_on_stored, table_add_call (self, func, user_data));
}

void
habla_cluster_table_reload (HablaClusterTable *self)
{
  g_hash_table_remove_all (self->items);
  table_retry (self);
}
