/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sampler.h"

#include "metrics.h"
#include "process.h"

#include <string.h>

#define INTERVAL 1000 /* in milliseconds */

/* Requests for /health alternate with requests to the bare server: some each second, and a hundred
 * at the end, while nothing else is in progress. */
typedef enum { EACH_SECOND, IDLE } Round;

static const struct {
  const char *health, *bare; /* names of their timings */
  guint n;
} rounds[] = {
  [EACH_SECOND] = { "health", "bare server", 5 },
  [IDLE] = { "idle health", "idle bare server", 100 },
};

typedef struct {
  SoakSampler *sampler;
  const char *name;
  const char *url;
  double began;
} Request;

struct _SoakSampler {
  SoakRun *run;
  SoupSession *session; /* one connection a server */
  GCancellable *cancellable;
  char *metrics_url;
  char *health_url;
  guint timer;
  Round round;
  guint n_open; /* pending requests */
  guint n_sent; /* pairs of requests in this round */
  double cpu;
  double cpu_read;
};

/* Each series shows a metric; without labels, the sum over all labels. */
static const struct {
  const char *series;
  const char *metric;
} shown[] = {
  { "heap", "habla_process_heap_bytes" },
  { "objects", "habla_gstreamer_objects" },
  { "objects: elements", "habla_gstreamer_objects{type=\"element\"}" },
  { "objects: pads", "habla_gstreamer_objects{type=\"pad\"}" },
  { "objects: buffers", "habla_gstreamer_objects{type=\"buffer\"}" },
  { "main sources", "habla_main_sources" },
  { "sessions", "habla_sessions" },
  { "queue length", "habla_queue_length" },
  { "queue length, peak of a session", "habla_queue_length_peak" },
  { "translations in flight", "habla_translations_in_flight" },
  { "audio waiting", "habla_audio_waiting_bytes" },
  { "audio lag", "habla_audio_lag_seconds" },
  { "client backlog", "habla_client_backlog_bytes" },
  { "overload", "habla_overload_level" },
  { "transcribed", "habla_utterances_total{stage=\"transcribed\"}" },
  { "translated", "habla_utterances_total{stage=\"translated\"}" },
};

static void sampler_send_request (SoakSampler *self, const char *name, const char *url);

/* Returns: simulated time since the warm-up, in seconds */
static double
sampler_get_time (SoakSampler *self)
{
  return (g_get_monotonic_time () - self->run->began) / 1e6 * self->run->options->pace;
}

static void
sampler_add (SoakSampler *self, const char *name, double value)
{
  if (!self->run->is_measuring)
    return;
  soak_run_add_point (self->run->series, name, sampler_get_time (self), value);
}

static void
sampler_read_process (SoakSampler *self)
{
  GPid pid = soak_driver_get_pid (self->run->driver);
  g_autoptr (SoakProcess) process = NULL;
  double now = soak_now ();

  if (pid == 0)
    return;
  process = soak_process_read (pid);
  sampler_add (self, "rss", process->rss);
  sampler_add (self, "pss", process->pss);
  sampler_add (self, "threads", soak_process_sum (process->threads));
  sampler_add (self, "descriptors", soak_process_sum (process->descriptors));
  sampler_add (self, "children", soak_process_sum (process->children));
  if (self->cpu_read > 0 && now > self->cpu_read)
    sampler_add (self, "cpu", (process->cpu - self->cpu) / (now - self->cpu_read));
  self->cpu = process->cpu;
  self->cpu_read = now;
}

static void
sampler_add_metrics (SoakSampler *self, const char *text)
{
  g_autoptr (GHashTable) metrics = soak_metrics_parse (text);

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++) {
    const char *metric = shown[i].metric;

    sampler_add (self, shown[i].series,
        strchr (metric, '{') != NULL ? soak_metrics_get (metrics, metric)
                                     : soak_metrics_sum (metrics, metric));
  }
}

static void
sampler_on_response (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Request *request = user_data;
  SoakSampler *self = request->sampler;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body =
      soup_session_send_and_read_finish (SOUP_SESSION (object), result, &error);
  double seconds = soak_now () - request->began;

  self->n_open--;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (body == NULL) {
    if (soak_run_is_alive (self->run))
      soak_run_find (self->run, "http", request->url, "%s", error->message);
    return;
  }
  if (g_str_equal (request->name, "metrics")) {
    g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));

    sampler_add_metrics (self, text);
    return;
  }
  soak_run_time (self->run, request->name, seconds);
  if (self->round == EACH_SECOND)
    sampler_add (self, request->name, seconds);
  /* Strictly alternating, so that other load affects both servers equally. */
  if (request->name == rounds[self->round].health)
    sampler_send_request (
        self, rounds[self->round].bare, soak_driver_get_bare_url (self->run->driver));
  else if (++self->n_sent < rounds[self->round].n)
    sampler_send_request (self, rounds[self->round].health, self->health_url);
  else if (self->round == EACH_SECOND)
    sampler_send_request (self, "metrics", self->metrics_url);
}

static void
sampler_send_request (SoakSampler *self, const char *name, const char *url)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);

  request->sampler = self;
  request->name = name;
  request->url = url;
  request->began = soak_now ();
  self->n_open++;
  soup_session_send_and_read_async (
      self->session, message, G_PRIORITY_DEFAULT, self->cancellable, sampler_on_response, request);
}

static void
sampler_begin_round (SoakSampler *self, Round round)
{
  self->round = round;
  self->n_sent = 0;
  sampler_send_request (self, rounds[round].health, self->health_url);
}

static gboolean
sampler_on_tick (gpointer user_data)
{
  SoakSampler *self = user_data;

  if (!soak_run_is_alive (self->run) || self->n_open > 0)
    return G_SOURCE_CONTINUE;
  sampler_read_process (self);
  sampler_begin_round (self, EACH_SECOND);
  return G_SOURCE_CONTINUE;
}

void
soak_sampler_take_first (SoakSampler *self)
{
  sampler_on_tick (self);
  soak_wait_until (self->run, self->run->options->timeout, self->n_open == 0);
}

void
soak_sampler_measure_idle (SoakSampler *self)
{
  double timeout = self->run->options->timeout;

  if (!soak_wait_until (self->run, timeout, self->n_open == 0))
    return;
  sampler_begin_round (self, IDLE);
  soak_wait_until (self->run, timeout, self->n_open == 0);
}

SoakSampler *
soak_sampler_new (SoakRun *run)
{
  SoakSampler *self = g_new0 (SoakSampler, 1);
  const char *url = soak_driver_get_url (run->driver);

  self->run = run;
  self->session = soup_session_new_with_options ("max-conns-per-host", 1, NULL);
  self->cancellable = g_cancellable_new ();
  self->metrics_url = g_uri_resolve_relative (url, "metrics", G_URI_FLAGS_NONE, NULL);
  self->health_url = g_uri_resolve_relative (url, "health", G_URI_FLAGS_NONE, NULL);
  self->timer = g_timeout_add (INTERVAL, sampler_on_tick, self);
  return self;
}

void
soak_sampler_free (SoakSampler *self)
{
  g_source_remove (self->timer);
  /* Cancelled requests still call back. */
  g_cancellable_cancel (self->cancellable);
  while (self->n_open > 0)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->session);
  g_object_unref (self->cancellable);
  g_free (self->metrics_url);
  g_free (self->health_url);
  g_free (self);
}
