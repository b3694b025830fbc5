/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "monitoring/health.h"

#include <json/json-writer.h>
#include <string.h>
#include <util/source.h>
#include <util/time-format.h>

/* Maximum age of results, in intervals. */
#define MAX_AGE 5

typedef enum {
  HEALTH_STARTING,
  HEALTH_OK,
  HEALTH_DEGRADED,
  HEALTH_DOWN,
} HealthStatus;

static const char *const status_names[] = { "starting", "ok", "degraded", "down", NULL };

typedef struct {
  gboolean works;
  char *message;   /* (nullable) */
  gint64 duration; /* in microseconds */
} Result;

typedef struct {
  const char *name;
  gboolean is_critical;
  HablaHealthCheck check;
  gpointer user_data;

  Result result;
  Result new_result; /* the worker thread's until its round is over */
} Component;

/* Made when a round is over, so that requests cost nothing. */
typedef struct {
  GBytes *live;
  char *ready_head; /* the JSON of GET /health/ready up to the age */
} Response;

/* The main thread uses all of it but the components' new results. */
struct _HablaHealth {
  guint interval;
  GArray *components;  /* of Component; does not change once started */
  GThreadPool *worker; /* of one thread, so that there is one round at a time */
  GSource *timer;
  GSource *finished; /* (nullable): of the round in progress; attached by its end */
  gint64 round_began;
  gboolean is_stopping;

  HealthStatus status;
  Response responses[2]; /* without and with the messages of the checks */
  gint64 checked;        /* monotonic time of the last results; 0 = there are none */
  char *checked_at;      /* (nullable): the same in UTC, ISO 8601 */

  HablaMetrics *metrics;
  HablaMetric *hits;
  HablaMetric *age;
  HablaMetric *status_gauge;
  HablaMetric *durations;
};

static gboolean
health_is_outdated (HablaHealth *self, gint64 now)
{
  gint64 since = self->checked != 0 ? self->checked : self->round_began;

  return since != 0 && now - since > MAX_AGE * (gint64) self->interval * 1000;
}

static HealthStatus
component_get_status (const Component *self, gboolean is_checked)
{
  if (!is_checked)
    return HEALTH_STARTING;
  if (self->result.works)
    return HEALTH_OK;
  return self->is_critical ? HEALTH_DOWN : HEALTH_DEGRADED;
}

static void
component_add (
    const Component *self, JsonBuilder *builder, gboolean is_checked, gboolean has_messages)
{
  const char *message = is_checked && has_messages ? self->result.message : NULL;

  habla_json_begin_object (builder, self->name);
  habla_json_add_string (builder, "status", status_names[component_get_status (self, is_checked)]);
  habla_json_add_string (builder, "message", message != NULL ? message : "");
  habla_json_add_double (builder, "latency_ms", is_checked ? self->result.duration / 1000.0 : 0);
  json_builder_end_object (builder);
}

static HealthStatus
health_get_status (HablaHealth *self)
{
  HealthStatus status = HEALTH_OK;

  if (self->is_stopping)
    return HEALTH_DOWN;
  if (self->checked == 0)
    return HEALTH_STARTING;
  for (guint i = 0; i < self->components->len; i++)
    status =
        MAX (status, component_get_status (&g_array_index (self->components, Component, i), TRUE));
  return status;
}

static void
health_make_response (HablaHealth *self, HealthStatus status, gboolean has_messages)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  Response *response = &self->responses[has_messages];
  gboolean is_checked = self->checked != 0;
  gsize length;
  const char *text;

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "status", status_names[status]);
  habla_json_begin_object (builder, "components");
  for (guint i = 0; i < self->components->len; i++)
    component_add (
        &g_array_index (self->components, Component, i), builder, is_checked, has_messages);
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  g_clear_pointer (&response->live, g_bytes_unref);
  response->live = habla_json_to_bytes (builder);
  text = g_bytes_get_data (response->live, &length);
  g_free (response->ready_head);
  response->ready_head =
      is_checked
          ? g_strdup_printf ("%.*s,\"checked_at\":\"%s\"", (int) length - 1, text, self->checked_at)
          : g_strdup_printf ("%.*s,\"checked_at\":null", (int) length - 1, text);
}

/* Returns: (transfer full): "name: message; …" of the components that do not work */
static char *
health_describe_faults (HablaHealth *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->components->len; i++) {
    const Component *component = &g_array_index (self->components, Component, i);

    if (!component->result.works)
      g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "; " : "", component->name,
          component->result.message != NULL ? component->result.message : "does not work");
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
health_log (HablaHealth *self, HealthStatus status)
{
  g_autofree char *faults = NULL;

  /* Stopping and starting are logged by the daemon. That all works at the start is no news. */
  if (self->is_stopping || status == HEALTH_STARTING ||
      (status == HEALTH_OK && self->status == HEALTH_STARTING))
    return;
  if (status == HEALTH_DOWN && health_is_outdated (self, g_get_monotonic_time ())) {
    g_message ("Health: down: the checks do not end");
    return;
  }
  faults = health_describe_faults (self);
  g_message ("Health: %s%s%s", status_names[status], status != HEALTH_OK ? ": " : "", faults);
}

static void
health_set_status (HablaHealth *self, HealthStatus status)
{
  if (status != self->status)
    health_log (self, status);
  self->status = status;
  health_make_response (self, status, FALSE);
  health_make_response (self, status, TRUE);
  for (guint i = HEALTH_STARTING; i <= HEALTH_DOWN; i++)
    habla_metric_set (self->status_gauge, i, i == status);
}

/* Worker thread. */
static void
health_run_checks (gpointer data, gpointer user_data)
{
  HablaHealth *self = user_data;

  for (guint i = 0; i < self->components->len; i++) {
    Component *component = &g_array_index (self->components, Component, i);
    gint64 began = g_get_monotonic_time ();

    component->new_result.works =
        component->check (component->user_data, &component->new_result.message);
    component->new_result.duration = g_get_monotonic_time () - began;
  }
  g_source_attach (data, NULL);
}

static gboolean
health_on_round_finished (gpointer user_data)
{
  HablaHealth *self = user_data;

  g_clear_pointer (&self->finished, g_source_unref);
  self->checked = g_get_monotonic_time ();
  g_free (self->checked_at);
  self->checked_at = habla_time_format (g_get_real_time (), HABLA_TIME_SECONDS);
  for (guint i = 0; i < self->components->len; i++) {
    Component *component = &g_array_index (self->components, Component, i);

    g_free (component->result.message);
    component->result = component->new_result;
    component->new_result.message = NULL;
    habla_metric_observe (self->durations, 0, component->result.duration / (double) G_USEC_PER_SEC);
  }
  health_set_status (self, health_get_status (self));
  return G_SOURCE_REMOVE;
}

static gboolean
health_begin_round (gpointer user_data)
{
  HablaHealth *self = user_data;

  if (self->is_stopping)
    return G_SOURCE_CONTINUE;
  if (self->finished != NULL) {
    if (self->status != HEALTH_DOWN && health_is_outdated (self, g_get_monotonic_time ()))
      health_set_status (self, HEALTH_DOWN);
    return G_SOURCE_CONTINUE;
  }
  self->finished = g_idle_source_new ();
  g_source_set_priority (self->finished, G_PRIORITY_DEFAULT);
  g_source_set_static_name (self->finished, "[habla] HablaHealth round");
  g_source_set_callback (self->finished, health_on_round_finished, self, NULL);
  self->round_began = g_get_monotonic_time ();
  g_thread_pool_push (self->worker, self->finished, NULL);
  return G_SOURCE_CONTINUE;
}

static void
health_collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaHealth *self = user_data;

  if (self->checked != 0)
    habla_metric_set (
        self->age, 0, (g_get_monotonic_time () - self->checked) / (double) G_USEC_PER_SEC);
}

HablaHealth *
habla_health_new (guint interval, HablaMetrics *metrics)
{
  HablaHealth *self = g_new0 (HablaHealth, 1);

  self->interval = interval;
  self->components = g_array_new (FALSE, TRUE, sizeof (Component));
  self->worker = g_thread_pool_new (health_run_checks, self, 1, FALSE, NULL);
  self->metrics = metrics;
  self->hits = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_health_cache_hits_total",
      "Health requests answered from the cache.", NULL, NULL);
  self->age = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_health_age_seconds",
      "Age of the last health check results, in seconds.", NULL, NULL);
  self->status_gauge = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_health_status",
      "1 for the current health status of the daemon, 0 for all others.", "status", status_names);
  self->durations = habla_metrics_add (metrics, HABLA_METRIC_DURATIONS,
      "habla_health_check_seconds", "Duration of each health check, in seconds.", NULL, NULL);
  habla_metrics_add_collector (metrics, health_collect, self);
  health_set_status (self, HEALTH_STARTING);
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
    g_free (component->new_result.message);
  }
  g_array_unref (self->components);
  for (guint i = 0; i < G_N_ELEMENTS (self->responses); i++) {
    g_bytes_unref (self->responses[i].live);
    g_free (self->responses[i].ready_head);
  }
  g_free (self->checked_at);
  g_free (self);
}

void
habla_health_add_check (HablaHealth *self, const char *name, gboolean is_critical,
    HablaHealthCheck check, gpointer user_data)
{
  Component component = {
    .name = name, .is_critical = is_critical, .check = check, .user_data = user_data
  };

  g_return_if_fail (self->timer == NULL);
  g_array_append_val (self->components, component);
  health_set_status (self, HEALTH_STARTING);
}

void
habla_health_start (HablaHealth *self)
{
  g_return_if_fail (self->timer == NULL);
  habla_source_start_timer (
      &self->timer, self->interval, "[habla] HablaHealth rounds", health_begin_round, self);
  health_begin_round (self);
}

void
habla_health_set_stopping (HablaHealth *self)
{
  self->is_stopping = TRUE;
  health_set_status (self, HEALTH_DOWN);
}

GBytes *
habla_health_get_live (HablaHealth *self, gboolean has_messages)
{
  habla_metric_add (self->hits, 0, 1);
  return g_bytes_ref (self->responses[has_messages != FALSE].live);
}

GBytes *
habla_health_get_ready (HablaHealth *self, gboolean has_messages, gboolean *is_ready)
{
  const char *head = self->responses[has_messages != FALSE].ready_head;
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
