/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "pipeline/invariants.h"

#include "pipeline/pipeline-leak-check.h"
#include "pipeline/pipeline-task.h"

#include <util/source.h>

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

typedef struct {
  GWeakRef session;
  HablaPipelineLeakCheck *leak_check; /* (nullable): there never was a GstPipeline */
  char *label;
  gint64 deadline;
  guint interval; /* in milliseconds, until the next check */
  GSource *source;
  HablaInvariantsNotify notify;
  gpointer user_data;
} Watch;

static GSList *watches; /* main thread */

void
habla_invariants_report (HablaInvariants violated, const char *label)
{
  for (guint i = 0; i < HABLA_N_INVARIANTS; i++)
    if (violated & (1 << i))
      g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "HABLA_SESSION", label,
          "HABLA_INVARIANT", habla_invariant_names[i], "MESSAGE",
          "Session %s violates the invariant “%s”: %s", label, habla_invariant_names[i],
          explanations[i]);
  if (violated != 0 && g_strcmp0 (g_getenv ("HABLA_FATAL_INVARIANTS"), "1") == 0)
    g_error ("Session %s violates invariants", label);
}

HablaInvariants
habla_invariants_check (const HablaInvariantsInput *input, const char *label)
{
  const HablaPipelineStats *figures = &input->figures;
  HablaInvariants violated = 0;

  if (input->state != HABLA_PIPELINE_CLOSED)
    violated |= HABLA_INVARIANT_CLOSED;
  if (figures->audio_received - figures->audio_lost != input->audio_taken ||
      figures->audio_waiting > input->audio_taken)
    violated |= HABLA_INVARIANT_AUDIO;
  if (input->pending > 0)
    violated |= HABLA_INVARIANT_ANSWERED;
  if (input->sources > 0)
    violated |= HABLA_INVARIANT_SOURCES;
  if (input->is_stuck)
    violated |= HABLA_INVARIANT_TORN_DOWN;
  habla_invariants_report (violated, label);
  return violated;
}

static void
watch_free (Watch *watch)
{
  watches = g_slist_remove (watches, watch);
  habla_source_clear (&watch->source);
  g_weak_ref_clear (&watch->session);
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
        "Session %s leaked objects of its pipeline: %s", watch->label, leaks);
  habla_invariants_report (violated, watch->label);
  watch->notify (violated, watch->user_data);
}

static gboolean watch_check (gpointer user_data);

static void
watch_check_later (Watch *watch)
{
  habla_source_start_timer (
      &watch->source, watch->interval, "habla-session-freed", watch_check, watch);
  watch->interval = MIN (2 * watch->interval, MAX_INTERVAL);
}

static gboolean
watch_check (gpointer user_data)
{
  Watch *watch = user_data;
  g_autoptr (HablaPipeline) session = g_weak_ref_get (&watch->session);
  g_autofree char *leaks =
      watch->leak_check != NULL ? habla_pipeline_leak_check_describe (watch->leak_check) : NULL;

  habla_source_clear (&watch->source);
  if ((session != NULL || leaks != NULL) && g_get_monotonic_time () < watch->deadline) {
    watch_check_later (watch);
  } else {
    watch_report (watch, session == NULL, leaks);
    watch_free (watch);
  }
  return G_SOURCE_REMOVE;
}

void
habla_invariants_watch_free (
    HablaPipeline *session, HablaInvariantsNotify notify, gpointer user_data)
{
  Watch *watch = g_new0 (Watch, 1);

  g_weak_ref_init (&watch->session, session);
  watch->leak_check = g_object_steal_data (G_OBJECT (session), HABLA_PIPELINE_LEAK_CHECK);
  watch->label = g_strdup (habla_pipeline_get_label (session));
  watch->deadline = g_get_monotonic_time () + FREE_TIMEOUT;
  watch->notify = notify;
  watch->user_data = user_data;
  watch->interval = FIRST_INTERVAL;
  watch_check_later (watch);
  watches = g_slist_prepend (watches, watch);
}

void
habla_invariants_unwatch (gpointer user_data)
{
  GSList *next;

  for (GSList *l = watches; l != NULL; l = next) {
    next = l->next;
    if (((Watch *) l->data)->user_data == user_data)
      watch_free (l->data);
  }
}
