/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tracer's signal get-live-objects leaks references (GStreamer 1.22), so live objects are
 * counted by the objects that were created and removed since the last collection. */
#include "pipeline/leaks-tracer.h"

#include <gst/gst.h>
#include <string.h>

struct _HablaLeaksTracer {
  HablaMetrics *metrics;
  HablaMetric *metric;
  GstTracer *tracer;
  GHashTable *alive; /* "TYPE ADDRESS" -> number of objects */
  GHashTable *kinds; /* name of a type -> index in kind_names */
};

static const char *const kind_names[] = { "pipeline", "element", "pad", "bus", "clock", "task",
  "buffer", "event", "message", "query", "caps", "other", NULL };

/* In the order of kind_names; the first match counts. */
static const char *const kind_types[] = { "GstPipeline", "GstElement", "GstPad", "GstBus",
  "GstClock", "GstTask", "GstBuffer", "GstEvent", "GstMessage", "GstQuery", "GstCaps", NULL };

#define N_KINDS (G_N_ELEMENTS (kind_names) - 1)

static GstTracer *
tracer_find (void)
{
  GList *tracers = gst_tracing_get_active_tracers ();
  GstTracer *found = NULL;

  for (GList *l = tracers; l != NULL; l = l->next)
    if (found == NULL && g_str_equal (G_OBJECT_TYPE_NAME (l->data), "GstLeaksTracer"))
      found = gst_object_ref (l->data);
  g_list_free_full (tracers, gst_object_unref);
  return found;
}

static guint
tracer_find_kind (HablaLeaksTracer *self, const char *name)
{
  GType type = g_type_from_name (name);
  gpointer known;
  guint i;

  if (g_hash_table_lookup_extended (self->kinds, name, NULL, &known))
    return GPOINTER_TO_UINT (known);
  for (i = 0; i < N_KINDS - 1; i++)
    if (type != 0 && g_type_is_a (type, g_type_from_name (kind_types[i])))
      break;
  g_hash_table_insert (self->kinds, g_strdup (name), GUINT_TO_POINTER (i));
  return i;
}

/* Addresses are reused, so each has a counter. Objects from before the start are not counted. */
static void
tracer_add (HablaLeaksTracer *self, const GstStructure *checkpoint, const char *field, gint change)
{
  const GValue *list = gst_structure_get_value (checkpoint, field);

  for (guint i = 0; list != NULL && i < gst_value_list_get_size (list); i++) {
    const GstStructure *object = gst_value_get_structure (gst_value_list_get_value (list, i));
    g_autofree char *key = g_strdup_printf ("%s %s", gst_structure_get_string (object, "type-name"),
        gst_structure_get_string (object, "address"));
    gint n = GPOINTER_TO_INT (g_hash_table_lookup (self->alive, key)) + change;

    if (n > 0)
      g_hash_table_replace (self->alive, g_steal_pointer (&key), GINT_TO_POINTER (n));
    else
      g_hash_table_remove (self->alive, key);
  }
}

static void
tracer_collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaLeaksTracer *self = user_data;
  GstStructure *checkpoint = NULL;
  double counts[N_KINDS] = { 0 };
  GHashTableIter iter;
  gpointer key, n;

  g_signal_emit_by_name (self->tracer, "activity-get-checkpoint", &checkpoint);
  if (checkpoint == NULL)
    return;
  tracer_add (self, checkpoint, "objects-created-list", 1);
  tracer_add (self, checkpoint, "objects-removed-list", -1);
  gst_structure_free (checkpoint);
  g_hash_table_iter_init (&iter, self->alive);
  while (g_hash_table_iter_next (&iter, &key, &n)) {
    g_autofree char *type = g_strndup (key, strchr (key, ' ') - (char *) key);

    counts[tracer_find_kind (self, type)] += GPOINTER_TO_INT (n);
  }
  for (guint i = 0; i < N_KINDS; i++)
    habla_metric_set (self->metric, i, counts[i]);
}

HablaLeaksTracer *
habla_leaks_tracer_new (HablaMetrics *metrics)
{
  GstTracer *tracer = tracer_find ();
  HablaLeaksTracer *self;

  if (tracer == NULL)
    return NULL;
  self = g_new0 (HablaLeaksTracer, 1);
  self->metrics = metrics;
  self->tracer = tracer;
  self->alive = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->kinds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->metric = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_gstreamer_objects",
      "Live GStreamer objects created since the start, by type.", "type", kind_names);
  /* A second activity-start-tracking deadlocks before GStreamer 1.26. */
  if (g_object_get_data (G_OBJECT (tracer), "habla-tracking") == NULL) {
    g_object_set_data (G_OBJECT (tracer), "habla-tracking", GINT_TO_POINTER (TRUE));
    g_signal_emit_by_name (tracer, "activity-start-tracking");
  }
  habla_metrics_add_collector (metrics, tracer_collect, self);
  return self;
}

void
habla_leaks_tracer_free (HablaLeaksTracer *self)
{
  habla_metrics_remove_collector (self->metrics, self);
  g_hash_table_unref (self->alive);
  g_hash_table_unref (self->kinds);
  gst_object_unref (self->tracer);
  g_free (self);
}
