/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "api/health.h"

#include <json/json-writer.h>

#include <string.h>
#include <util/time-format.h>
#include <util/source.h>

/* After so many times `ttl` without an answer from the checks the last one counts no more. */
#define STALE 5

typedef enum {
  HEALTH_STARTING,
  HEALTH_OK,
  HEALTH_DEGRADED,
  HEALTH_DOWN,
} HealthStatus;

static const char *const status_names[] = { "starting", "ok", "degraded", "down", NULL };

typedef struct {
  gboolean works;
  char *message;
  gint64 duration; /* in microseconds */
} Result;

typedef struct {
  const char *name;
  gboolean critical;
  HablaHealthCheck check;
  gpointer user_data;

  Result result;
  Result fresh; /* the worker thread's until its round is over */
} Component;

/* What an asker is told, made when a round is over so that giving it is no work. */
typedef struct {
  GBytes *live;
  char *ready_head; /* what GET /health/ready begins with, up to the age */
} Answer;

/* The main thread uses all of it but the components' fresh results. */
struct _HablaHealth {
  guint ttl;
  GArray *components;  /* of Component; does not change once started */
  GThreadPool *worker; /* one thread at most, so one round at a time */
  GSource *timer;
  GSource *finished; /* (nullable): of the round under way; attached when that is over */
  gint64 round_began;
  gboolean stopping;

  HealthStatus status;
  Answer answers[2]; /* without and with the messages of the checks */
  gint64 checked;    /* monotonic; 0 = never */
  char *checked_at;  /* (nullable): the same, UTC, ISO 8601 */

  HablaMetrics *metrics;
  HablaMetric *hits;
  HablaMetric *age;
  HablaMetric *status_gauge;
  HablaMetric *durations;
};

static gboolean
is_stale (HablaHealth *self, gint64 now)
{
  gint64 since = self->checked != 0 ? self->checked : self->round_began;

  return since != 0 && now - since > STALE * (gint64) self->ttl * 1000;
}

static void
add_component (
    JsonBuilder *builder, const Component *component, gboolean known, gboolean has_messages)
{
  json_builder_set_member_name (builder, component->name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "status");
  if (!known)
    json_builder_add_string_value (builder, status_names[HEALTH_STARTING]);
  else if (component->result.works)
    json_builder_add_string_value (builder, status_names[HEALTH_OK]);
  else
    json_builder_add_string_value (
        builder, status_names[component->critical ? HEALTH_DOWN : HEALTH_DEGRADED]);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder,
      known && has_messages && component->result.message != NULL ? component->result.message : "");
  json_builder_set_member_name (builder, "latency_ms");
  json_builder_add_double_value (builder, known ? component->result.duration / 1000.0 : 0);
  json_builder_end_object (builder);
}

static HealthStatus
sum_up (HablaHealth *self)
{
  HealthStatus status = HEALTH_OK;

  if (self->stopping)
    return HEALTH_DOWN;
  if (self->checked == 0)
    return HEALTH_STARTING;
  for (guint i = 0; i < self->components->len; i++) {
    const Component *component = &g_array_index (self->components, Component, i);

    if (!component->result.works)
      status = MAX (status, component->critical ? HEALTH_DOWN : HEALTH_DEGRADED);
  }
  return status;
}

static void
prepare_answer (HablaHealth *self, HealthStatus status, gboolean has_messages)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  Answer *answer = &self->answers[has_messages];
  gboolean known = self->checked != 0;
  gsize length;
  const char *text;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "status");
  json_builder_add_string_value (builder, status_names[status]);
  json_builder_set_member_name (builder, "components");
  json_builder_begin_object (builder);
  for (guint i = 0; i < self->components->len; i++)
    add_component (builder, &g_array_index (self->components, Component, i), known, has_messages);
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  g_clear_pointer (&answer->live, g_bytes_unref);
  answer->live = habla_json_to_bytes (builder);
  text = g_bytes_get_data (answer->live, &length);
  g_free (answer->ready_head);
  answer->ready_head = known ? g_strdup_printf ("%.*s,\"checked_at\":\"%s\"", (int) length - 1,
                                   text, self->checked_at)
                             : g_strdup_printf ("%.*s,\"checked_at\":null", (int) length - 1, text);
}

static void
prepare (HablaHealth *self, HealthStatus status)
{
  if (status != self->status)
    g_message ("Health: %s", status_names[status]);
  self->status = status;
  prepare_answer (self, status, FALSE);
  prepare_answer (self, status, TRUE);
  for (guint i = HEALTH_STARTING; i <= HEALTH_DOWN; i++)
    habla_metric_set (self->status_gauge, i, i == status);
}

static void
run_round (gpointer data, gpointer user_data)
{
  HablaHealth *self = user_data;

  for (guint i = 0; i < self->components->len; i++) {
    Component *component = &g_array_index (self->components, Component, i);
    gint64 began = g_get_monotonic_time ();

    component->fresh.works = component->check (component->user_data, &component->fresh.message);
    component->fresh.duration = g_get_monotonic_time () - began;
  }
  g_source_attach (data, NULL);
}

static gboolean
finish_round (gpointer user_data)
{
  HablaHealth *self = user_data;

  g_clear_pointer (&self->finished, g_source_unref);
  self->checked = g_get_monotonic_time ();
  g_free (self->checked_at);
  self->checked_at = habla_time_format (g_get_real_time (), HABLA_TIME_SECONDS);
  for (guint i = 0; i < self->components->len; i++) {
    Component *component = &g_array_index (self->components, Component, i);

    g_free (component->result.message);
    component->result = component->fresh;
    component->fresh.message = NULL;
    habla_metric_observe (self->durations, 0, component->result.duration / (double) G_USEC_PER_SEC);
  }
  prepare (self, sum_up (self));
  return G_SOURCE_REMOVE;
}

static gboolean
begin_round (gpointer user_data)
{
  HablaHealth *self = user_data;

  if (self->stopping)
    return G_SOURCE_CONTINUE;
  if (self->finished != NULL) {
    if (self->status != HEALTH_DOWN && is_stale (self, g_get_monotonic_time ()))
      prepare (self, HEALTH_DOWN);
    return G_SOURCE_CONTINUE;
  }
  self->finished = g_idle_source_new ();
  g_source_set_priority (self->finished, G_PRIORITY_DEFAULT);
  g_source_set_name (self->finished, "habla-health-round");
  g_source_set_callback (self->finished, finish_round, self, NULL);
  self->round_began = g_get_monotonic_time ();
  g_thread_pool_push (self->worker, self->finished, NULL);
  return G_SOURCE_CONTINUE;
}

static void
collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaHealth *self = user_data;

  if (self->checked != 0)
    habla_metric_set (
        self->age, 0, (g_get_monotonic_time () - self->checked) / (double) G_USEC_PER_SEC);
}

HablaHealth *
habla_health_new (guint ttl, HablaMetrics *metrics)
{
  HablaHealth *self = g_new0 (HablaHealth, 1);

  self->ttl = ttl;
  self->components = g_array_new (FALSE, TRUE, sizeof (Component));
  self->worker = g_thread_pool_new (run_round, self, 1, FALSE, NULL);
  self->metrics = metrics;
  self->hits = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_health_cache_hits_total",
      "Health requests answered from the cache.", NULL, NULL);
  self->age = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_health_age_seconds",
      "Age of the last health check results, in seconds.", NULL, NULL);
  self->status_gauge = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_health_status",
      "1 for the current health status of the daemon, 0 for all others.", "status", status_names);
  self->durations = habla_metrics_add (metrics, HABLA_METRIC_DURATIONS,
      "habla_health_check_seconds", "Duration of each health check, in seconds.", NULL, NULL);
  habla_metrics_add_collector (metrics, collect, self);
  prepare (self, HEALTH_STARTING);
  return self;
}

void
habla_health_free (HablaHealth *self)
{
  habla_source_clear (&self->timer);
  g_thread_pool_free (self->worker, FALSE, TRUE);
  habla_source_clear (&self->finished);
  habla_metrics_remove_collector (self->metrics, self);
  for (guint i = 0; i < self->components->len; i++) {
    Component *component = &g_array_index (self->components, Component, i);

    g_free (component->result.message);
    g_free (component->fresh.message);
  }
  g_array_unref (self->components);
  for (guint i = 0; i < G_N_ELEMENTS (self->answers); i++) {
    g_bytes_unref (self->answers[i].live);
    g_free (self->answers[i].ready_head);
  }
  g_free (self->checked_at);
  g_free (self);
}

void
habla_health_add_check (HablaHealth *self, const char *name, gboolean critical,
    HablaHealthCheck check, gpointer user_data)
{
  Component component = {
    .name = name, .critical = critical, .check = check, .user_data = user_data
  };

  g_return_if_fail (self->timer == NULL);
  g_array_append_val (self->components, component);
  prepare (self, HEALTH_STARTING);
}

/**
 * habla_health_start:
 *
 * The first round begins now, the next when `ttl` has passed, and so on. A round that is
 * not over then is waited for; when the answers are five times that old, they count as
 * "down".
 */
void
habla_health_start (HablaHealth *self)
{
  g_return_if_fail (self->timer == NULL);
  habla_source_start_timer (&self->timer, self->ttl, "habla-health", begin_round, self);
  begin_round (self);
}

void
habla_health_set_stopping (HablaHealth *self)
{
  self->stopping = TRUE;
  prepare (self, HEALTH_DOWN);
}

GBytes *
habla_health_get_live (HablaHealth *self, gboolean has_messages)
{
  habla_metric_add (self->hits, 0, 1);
  return g_bytes_ref (self->answers[has_messages != FALSE].live);
}

GBytes *
habla_health_get_ready (HablaHealth *self, gboolean has_messages, gboolean *is_ready)
{
  const char *head = self->answers[has_messages != FALSE].ready_head;
  gint64 age = self->checked != 0 ? (g_get_monotonic_time () - self->checked) / 1000 : -1;
  char *text;

  if (age < 0)
    text = g_strconcat (head, ",\"age_ms\":null}", NULL);
  else
    text = g_strdup_printf ("%s,\"age_ms\":%" G_GINT64_FORMAT "}", head, age);
  *is_ready = self->status == HEALTH_OK || self->status == HEALTH_DEGRADED;
  habla_metric_add (self->hits, 0, 1);
  return g_bytes_new_take (text, strlen (text));
}
