/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "pipeline/invariants.h"

#include "pipeline/pipeline-leak-check.h"
#include "pipeline/pipeline-task.h"

#include <util/source.h>

/* A worker thread may hold it a little longer than its last signal. */
#define FREED_WITHIN (10 * G_TIME_SPAN_SECOND)
/* In milliseconds: nearly all are gone at the first look. */
#define FIRST_INTERVAL 10
#define MAX_INTERVAL 200

const char *const habla_invariant_names[] = { "closed", "audio", "answered", "sources", "freed",
  "graph", "torn-down", NULL };

static const char *const explanations[HABLA_N_INVARIANTS] = {
  "its state is not the last one",
  "audio that it was given was neither taken nor lost",
  "an exchange waits for it",
  "a timer of it is left",
  "somebody holds it after it was closed",
  "somebody holds a part of its pipeline after it was closed",
  "its pipeline is stuck: taking it down takes too long",
};

typedef struct {
  GWeakRef session;
  HablaPipelineLeakCheck *remains; /* (nullable): it never had a pipeline */
  char *label;
  gint64 deadline;
  guint interval; /* in milliseconds, to the next look */
  GSource *source;
  HablaInvariantsNotify notify;
  gpointer user_data;
} Watch;

static GSList *watches; /* main thread */

/**
 * habla_invariants_report:
 * @violated: what does not hold
 *
 * Says it in the log. With HABLA_FATAL_INVARIANTS=1 in the environment, as under test, it
 * ends the process.
 */
void
habla_invariants_report (HablaInvariants violated, const char *label)
{
  for (guint i = 0; i < HABLA_N_INVARIANTS; i++)
    if (violated & (1 << i))
      g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "HABLA_SESSION", label,
          "HABLA_INVARIANT", habla_invariant_names[i], "MESSAGE",
          "Session %s is over, but “%s” does not hold: %s", label, habla_invariant_names[i],
          explanations[i]);
  if (violated != 0 && g_strcmp0 (g_getenv ("HABLA_FATAL_INVARIANTS"), "1") == 0)
    g_error ("Session %s leaves something behind", label);
}

/* Returns: what does not hold; it has been told in the log */
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
  g_clear_pointer (&watch->remains, habla_pipeline_leak_check_free);
  g_free (watch->label);
  g_free (watch);
}

/* @left: (nullable): names of what is left of its pipeline */
static void
tell_held (Watch *watch, gboolean is_freed, const char *left)
{
  HablaInvariants violated =
      (is_freed ? 0 : HABLA_INVARIANT_FREED) | (left != NULL ? HABLA_INVARIANT_GRAPH : 0);

  if (violated == 0)
    return;
  if (left != NULL)
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "HABLA_SESSION", watch->label, "MESSAGE",
        "Session %s is over, and this is left of its pipeline: %s", watch->label, left);
  habla_invariants_report (violated, watch->label);
  watch->notify (violated, watch->user_data);
}

static gboolean look (gpointer user_data);

static void
look_later (Watch *watch)
{
  habla_source_start_timer (&watch->source, watch->interval, "habla-session-freed", look, watch);
  watch->interval = MIN (2 * watch->interval, MAX_INTERVAL);
}

static gboolean
look (gpointer user_data)
{
  Watch *watch = user_data;
  g_autoptr (HablaPipeline) session = g_weak_ref_get (&watch->session);
  g_autofree char *left =
      watch->remains != NULL ? habla_pipeline_leak_check_describe (watch->remains) : NULL;

  habla_source_clear (&watch->source);
  if ((session != NULL || left != NULL) && g_get_monotonic_time () < watch->deadline) {
    look_later (watch);
  } else {
    tell_held (watch, session == NULL, left);
    watch_free (watch);
  }
  return G_SOURCE_REMOVE;
}

/**
 * habla_invariants_watch_free:
 * @session: closed, and about to be let go
 * @notify: called if it, or anything of its pipeline, is still there after ten seconds
 *
 * Also ends by habla_invariants_unwatch().
 */
void
habla_invariants_watch_free (
    HablaPipeline *session, HablaInvariantsNotify notify, gpointer user_data)
{
  Watch *watch = g_new0 (Watch, 1);

  g_weak_ref_init (&watch->session, session);
  watch->remains = g_object_steal_data (G_OBJECT (session), HABLA_PIPELINE_REMAINS);
  watch->label = g_strdup (habla_pipeline_get_label (session));
  watch->deadline = g_get_monotonic_time () + FREED_WITHIN;
  watch->notify = notify;
  watch->user_data = user_data;
  watch->interval = FIRST_INTERVAL;
  look_later (watch);
  watches = g_slist_prepend (watches, watch);
}

/* Ends all watches of @user_data. */
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
