/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sampler.h"

#include "metrics.h"
#include "process.h"

#include <string.h>

#define INTERVAL 1000 /* in milliseconds */

/* Questions after health, of both servers, in turn: each second, and at the end, when nothing else
 * goes on. */
typedef enum { EACH_SECOND, IDLE } Round;

static const struct {
  const char *health, *bare; /* names of their times */
  guint n;
} rounds[] = {
  [EACH_SECOND] = { "health", "bare server", 5 },
  [IDLE] = { "idle health", "idle bare server", 100 },
};

typedef struct {
  SoakSampler *sampler;
  const char *name;
  const char *url; /* NULL = metrics */
  double began;
} Question;

struct _SoakSampler {
  SoakRun *run;
  SoupSession *session; /* a connection to each server */
  GCancellable *cancellable;
  char *metrics_url;
  char *health_url;
  guint timer;
  Round round;
  guint n_open;  /* questions without an answer */
  guint n_asked; /* in this round */
  double cpu;
  double cpu_read;
};

/* Shown as they are: name of a series and metric, whose labels are added up. */
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

static void ask (SoakSampler *self, const char *name, const char *url);

/* Of a day that goes by faster: its own. */
static double
get_time (SoakSampler *self)
{
  return (g_get_monotonic_time () - self->run->began) / 1e6 * self->run->options->pace;
}

static void
add (SoakSampler *self, const char *name, double value)
{
  if (!self->run->is_measuring)
    return;
  soak_run_add_point (self->run->series, name, get_time (self), value);
}

static void
read_process (SoakSampler *self)
{
  GPid pid = soak_driver_get_pid (self->run->driver);
  g_autoptr (SoakProcess) process = NULL;
  double now = soak_now ();

  if (pid == 0)
    return;
  process = soak_process_read (pid);
  add (self, "rss", process->rss);
  add (self, "pss", process->pss);
  add (self, "threads", habla_process_census_sum (process->census->threads));
  add (self, "descriptors", habla_process_census_sum (process->census->descriptors));
  add (self, "children", habla_process_census_sum (process->census->children));
  if (self->cpu_read > 0 && now > self->cpu_read)
    add (self, "cpu", (process->cpu - self->cpu) / (now - self->cpu_read));
  self->cpu = process->cpu;
  self->cpu_read = now;
}

static void
take_metrics (SoakSampler *self, const char *text)
{
  g_autoptr (GHashTable) metrics = soak_metrics_parse (text);

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++) {
    const char *metric = shown[i].metric;

    add (self, shown[i].series,
        strchr (metric, '{') != NULL ? soak_metrics_get (metrics, metric)
                                     : soak_metrics_sum (metrics, metric));
  }
}

static void
question_answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  SoakSampler *self = question->sampler;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body =
      soup_session_send_and_read_finish (SOUP_SESSION (object), result, &error);
  double seconds = soak_now () - question->began;

  self->n_open--;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (body == NULL) {
    if (soak_run_is_alive (self->run))
      soak_run_find (self->run, "http", question->url, "%s", error->message);
    return;
  }
  if (g_str_equal (question->name, "metrics")) {
    g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));

    take_metrics (self, text);
    return;
  }
  soak_run_time (self->run, question->name, seconds);
  if (self->round == EACH_SECOND)
    add (self, question->name, seconds);
  /* One after another, in turn: whatever else the machine does falls on both alike. */
  if (question->name == rounds[self->round].health)
    ask (self, rounds[self->round].bare, soak_driver_get_bare_url (self->run->driver));
  else if (++self->n_asked < rounds[self->round].n)
    ask (self, rounds[self->round].health, self->health_url);
  else if (self->round == EACH_SECOND)
    ask (self, "metrics", self->metrics_url);
}

static void
ask (SoakSampler *self, const char *name, const char *url)
{
  Question *question = g_new0 (Question, 1);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);

  question->sampler = self;
  question->name = name;
  question->url = url;
  question->began = soak_now ();
  self->n_open++;
  soup_session_send_and_read_async (
      self->session, message, G_PRIORITY_DEFAULT, self->cancellable, question_answered, question);
}

static void
begin_round (SoakSampler *self, Round round)
{
  self->round = round;
  self->n_asked = 0;
  ask (self, rounds[round].health, self->health_url);
}

static gboolean
on_tick (gpointer user_data)
{
  SoakSampler *self = user_data;

  if (!soak_run_is_alive (self->run) || self->n_open > 0)
    return G_SOURCE_CONTINUE;
  read_process (self);
  begin_round (self, EACH_SECOND);
  return G_SOURCE_CONTINUE;
}

void
soak_sampler_measure_idle (SoakSampler *self)
{
  double timeout = self->run->options->timeout;

  if (!soak_wait_until (self->run, timeout, self->n_open == 0))
    return;
  begin_round (self, IDLE);
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
  self->timer = g_timeout_add (INTERVAL, on_tick, self);
  return self;
}

void
soak_sampler_free (SoakSampler *self)
{
  g_source_remove (self->timer);
  /* What is cancelled says so in the next turns. */
  g_cancellable_cancel (self->cancellable);
  while (self->n_open > 0)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->session);
  g_object_unref (self->cancellable);
  g_free (self->metrics_url);
  g_free (self->health_url);
  g_free (self);
}
