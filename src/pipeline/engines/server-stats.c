/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/engines/server-stats.h"

#define ELEMENT "openaitranslator"
#define COUNTED "habla-server-stats"

/* Servers beyond are not counted: owners choose their URLs. */
#define MAX_SERVERS 64

static const struct {
  const char *field;
  gsize offset;
} counters[] = {
  { "requests", G_STRUCT_OFFSET (HablaServerStats, requests) },
  { "successes", G_STRUCT_OFFSET (HablaServerStats, successes) },
  { "retries", G_STRUCT_OFFSET (HablaServerStats, retries) },
  { "failures", G_STRUCT_OFFSET (HablaServerStats, failures) },
  { "timeouts", G_STRUCT_OFFSET (HablaServerStats, timeouts) },
  { "rate-limited", G_STRUCT_OFFSET (HablaServerStats, rate_limited) },
  { "latency-total", G_STRUCT_OFFSET (HablaServerStats, latency) },
  { "input-tokens", G_STRUCT_OFFSET (HablaServerStats, input_tokens) },
  { "output-tokens", G_STRUCT_OFFSET (HablaServerStats, output_tokens) },
};

/* (element-type utf8 HablaServerStats): by URL; main thread, never freed */
static GHashTable *servers;

static HablaServerStats *
server_stats_find (const char *url)
{
  HablaServerStats *self;

  if (servers == NULL)
    servers = g_hash_table_new (g_str_hash, g_str_equal);
  self = g_hash_table_lookup (servers, url);
  if (self == NULL && g_hash_table_size (servers) < MAX_SERVERS) {
    self = g_new0 (HablaServerStats, 1);
    g_hash_table_insert (servers, g_strdup (url), self);
  }
  return self;
}

/* @counted: what was counted of the element before */
static void
server_stats_add (HablaServerStats *self, HablaServerStats *counted, const GstStructure *stats)
{
  gint64 error_time = 0;

  for (guint i = 0; i < G_N_ELEMENTS (counters); i++) {
    guint64 *total = G_STRUCT_MEMBER_P (self, counters[i].offset);
    guint64 *before = G_STRUCT_MEMBER_P (counted, counters[i].offset);
    guint64 now = *before;

    gst_structure_get_uint64 (stats, counters[i].field, &now);
    /* An element that is started again counts from 0. */
    *total += now >= *before ? now - *before : now;
    *before = now;
  }
  gst_structure_get_uint (stats, "consecutive-timeouts", &self->consecutive_timeouts);
  gst_structure_get_boolean (stats, "degraded", &self->is_degraded);
  gst_structure_get_int64 (stats, "last-error-time", &error_time);
  if (error_time == 0 || error_time < self->last_error_time)
    return;
  self->last_error_time = error_time;
  g_free (self->last_error);
  self->last_error = g_strdup (gst_structure_get_string (stats, "last-error"));
}

void
habla_server_stats_collect (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  g_autoptr (GstStructure) stats = NULL;
  g_autofree char *url = NULL;
  HablaServerStats *self, *counted;

  if (factory == NULL || !g_str_equal (GST_OBJECT_NAME (factory), ELEMENT))
    return;
  g_object_get (element, "url", &url, "remote-stats", &stats, NULL);
  self = url != NULL && stats != NULL ? server_stats_find (url) : NULL;
  if (self == NULL)
    return;
  counted = g_object_get_data (G_OBJECT (element), COUNTED);
  if (counted == NULL) {
    counted = g_new0 (HablaServerStats, 1);
    g_object_set_data_full (G_OBJECT (element), COUNTED, counted, g_free);
  }
  server_stats_add (self, counted, stats);
}

const HablaServerStats *
habla_server_stats_get (const char *url)
{
  static const HablaServerStats none = { 0 };
  const HablaServerStats *self = servers != NULL ? g_hash_table_lookup (servers, url) : NULL;

  return self != NULL ? self : &none;
}
