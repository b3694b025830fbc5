/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "pipeline/pipeline-leak-check.h"

#include <util/source.h>

/* Upper bound on objects that are described by name. */
#define MAX_NAMES 8
/* A worker thread may hold a reference for a short time after the last signal. */
#define FREE_TIMEOUT (10 * G_TIME_SPAN_SECOND)
/* In milliseconds. Nearly all pipelines are freed at the first check. */
#define FIRST_INTERVAL 10
#define MAX_INTERVAL 200

const char *const habla_invariant_names[] = { "closed", "audio", "answered", "sources", "freed",
  "graph", "torn-down", NULL };

static const char *const explanations[HABLA_N_INVARIANTS] = {
  "the pipeline is not closed",
  "audio was received, but neither taken nor lost",
  "an exchange has no translation",
  "a timer of the pipeline still runs",
  "the pipeline is still referenced",
  "an element, pad or bus is still referenced",
  "the pipeline did not stop in time",
};

struct _HablaPipelineLeakCheck {
  GPtrArray *objects; /* of GWeakRef, whose addresses must not change */
};

typedef struct {
  GWeakRef pipeline;
  HablaPipelineLeakCheck *leak_check; /* (nullable): there never was a GstPipeline */
  char *label;
  gint64 deadline;
  guint interval; /* in milliseconds, until the next check */
  GSource *source;
  HablaInvariantsNotify notify;
  gpointer user_data;
} Watch;

static GSList *watches; /* main thread only */

static void
weak_ref_free (GWeakRef *weak)
{
  g_weak_ref_clear (weak);
  g_free (weak);
}

static void
leak_check_add (HablaPipelineLeakCheck *self, gpointer object)
{
  GWeakRef *weak = g_new (GWeakRef, 1);

  g_weak_ref_init (weak, object);
  g_ptr_array_add (self->objects, weak);
}

static gboolean
leak_check_add_pad (GstElement *element, GstPad *pad, gpointer user_data)
{
  leak_check_add (user_data, pad);
  return TRUE;
}

static void
leak_check_add_element (HablaPipelineLeakCheck *self, GstElement *element)
{
  leak_check_add (self, element);
  gst_element_foreach_pad (element, leak_check_add_pad, self);
}

/* If the pipeline changes meanwhile, an object may be added twice. */
HablaPipelineLeakCheck *
habla_pipeline_leak_check_new (GstElement *pipeline)
{
  HablaPipelineLeakCheck *self = g_new0 (HablaPipelineLeakCheck, 1);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));
  g_auto (GValue) value = G_VALUE_INIT;
  GstIteratorResult result;

  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) weak_ref_free);
  leak_check_add_element (self, pipeline);
  leak_check_add (self, bus);
  while ((result = gst_iterator_next (elements, &value)) == GST_ITERATOR_OK ||
         result == GST_ITERATOR_RESYNC) {
    if (result == GST_ITERATOR_RESYNC) {
      gst_iterator_resync (elements);
      continue;
    }
    leak_check_add_element (self, g_value_get_object (&value));
    g_value_reset (&value);
  }
  return self;
}

void
habla_pipeline_leak_check_free (HablaPipelineLeakCheck *self)
{
  g_ptr_array_unref (self->objects);
  g_free (self);
}

char *
habla_pipeline_leak_check_describe (HablaPipelineLeakCheck *self)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < self->objects->len; i++) {
    g_autoptr (GObject) object = g_weak_ref_get (g_ptr_array_index (self->objects, i));

    if (object == NULL)
      continue;
    /* Without the reference of this function. */
    if (n < MAX_NAMES)
      g_string_append_printf (names, "%s%s “%s” (%u references)", n > 0 ? ", " : "",
          G_OBJECT_TYPE_NAME (object), GST_OBJECT_NAME (object), object->ref_count - 1);
    n++;
  }
  if (n > MAX_NAMES)
    g_string_append_printf (names, " and %u more", n - MAX_NAMES);
  return n > 0 ? g_string_free (g_steal_pointer (&names), FALSE) : NULL;
}

static void
invariants_report (HablaInvariants violated, const char *label)
{
  for (guint i = 0; i < HABLA_N_INVARIANTS; i++)
    if (violated & (1 << i))
      g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "HABLA_SESSION", label,
          "HABLA_INVARIANT", habla_invariant_names[i], "MESSAGE",
          "Pipeline %s violates the invariant “%s”: %s", label, habla_invariant_names[i],
          explanations[i]);
  if (violated != 0 && g_strcmp0 (g_getenv ("HABLA_FATAL_INVARIANTS"), "1") == 0)
    g_error ("Pipeline %s violates invariants", label);
}

HablaInvariants
habla_invariants_check (const HablaInvariantsInput *input, const char *label)
{
  const HablaPipelineStats *stats = &input->stats;
  HablaInvariants violated = 0;

  if (input->state != HABLA_PIPELINE_CLOSED)
    violated |= HABLA_INVARIANT_CLOSED;
  if (stats->audio_received - stats->audio_lost != input->audio_taken ||
      stats->audio_waiting > input->audio_taken)
    violated |= HABLA_INVARIANT_AUDIO;
  if (input->pending > 0)
    violated |= HABLA_INVARIANT_ANSWERED;
  if (input->sources > 0)
    violated |= HABLA_INVARIANT_SOURCES;
  if (input->is_stuck)
    violated |= HABLA_INVARIANT_TORN_DOWN;
  invariants_report (violated, label);
  return violated;
}

static void
watch_free (Watch *watch)
{
  watches = g_slist_remove (watches, watch);
  habla_source_clear (&watch->source);
  g_weak_ref_clear (&watch->pipeline);
  g_clear_pointer (&watch->leak_check, habla_pipeline_leak_check_free);
  g_free (watch->label);
  g_free (watch);
}

/* @leaks: (nullable): description of leaked objects */
static void
watch_report (Watch *watch, gboolean is_freed, const char *leaks)
{
  HablaInvariants violated =
      (is_freed ? 0 : HABLA_INVARIANT_FREED) | (leaks != NULL ? HABLA_INVARIANT_GRAPH : 0);

  if (violated == 0)
    return;
  if (leaks != NULL)
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "HABLA_SESSION", watch->label, "MESSAGE",
        "Pipeline %s leaked objects: %s", watch->label, leaks);
  invariants_report (violated, watch->label);
  watch->notify (violated, watch->user_data);
}

static gboolean watch_check (gpointer user_data);

static void
watch_check_later (Watch *watch)
{
  habla_source_start_timer (
      &watch->source, watch->interval, "[habla] HablaPipeline leak check", watch_check, watch);
  watch->interval = MIN (2 * watch->interval, MAX_INTERVAL);
}

static gboolean
watch_check (gpointer user_data)
{
  Watch *watch = user_data;
  g_autoptr (GObject) pipeline = g_weak_ref_get (&watch->pipeline);
  g_autofree char *leaks =
      watch->leak_check != NULL ? habla_pipeline_leak_check_describe (watch->leak_check) : NULL;

  habla_source_clear (&watch->source);
  if ((pipeline != NULL || leaks != NULL) && g_get_monotonic_time () < watch->deadline) {
    watch_check_later (watch);
  } else {
    watch_report (watch, pipeline == NULL, leaks);
    watch_free (watch);
  }
  return G_SOURCE_REMOVE;
}

void
habla_pipeline_leak_check_watch (HablaPipelineLeakCheck *self, GObject *pipeline, const char *label,
    HablaInvariantsNotify notify, gpointer user_data)
{
  Watch *watch = g_new0 (Watch, 1);

  g_weak_ref_init (&watch->pipeline, pipeline);
  watch->leak_check = self;
  watch->label = g_strdup (label);
  watch->deadline = g_get_monotonic_time () + FREE_TIMEOUT;
  watch->notify = notify;
  watch->user_data = user_data;
  watch->interval = FIRST_INTERVAL;
  watch_check_later (watch);
  watches = g_slist_prepend (watches, watch);
}

void
habla_pipeline_leak_check_unwatch (gpointer user_data)
{
  GSList *next;

  for (GSList *l = watches; l != NULL; l = next) {
    next = l->next;
    if (((Watch *) l->data)->user_data == user_data)
      watch_free (l->data);
  }
}
