/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run.h"

#include <string.h>

#define MAX_TIMINGS 20000
#define MAX_FINDINGS 200
#define N_WORST 10

static void
run_finding_free (SoakFinding *finding)
{
  g_free (finding->what);
  g_free (finding->source);
  g_free (finding->detail);
  g_free (finding);
}

static void
run_timings_free (SoakTimings *timings)
{
  g_array_unref (timings->values);
  g_free (timings);
}

static GHashTable *
run_new_series_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) soak_series_free);
}

/* Wakes soak_wait_until(), so that it notices its deadline. */
static gboolean
run_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

SoakRun *
soak_run_new (const SoakOptions *options, SoakDriver *driver)
{
  SoakRun *self = g_new0 (SoakRun, 1);

  self->options = options;
  self->driver = driver;
  self->http = soup_session_new_with_options ("max-conns-per-host", 1, NULL);
  self->sockets = soup_session_new_with_options ("max-conns-per-host", 1000, NULL);
  self->rand = g_rand_new_with_seed (options->seed);
  self->began = g_get_monotonic_time ();
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) run_finding_free);
  self->timings =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) run_timings_free);
  self->series = run_new_series_table ();
  self->at_rest = run_new_series_table ();
  self->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->cycle_times = g_array_new (FALSE, FALSE, sizeof (SoakCycle));
  g_timeout_add (20, run_tick, NULL);
  return self;
}

void
soak_run_free (SoakRun *self)
{
  soup_session_abort (self->http);
  soup_session_abort (self->sockets);
  g_object_unref (self->http);
  g_object_unref (self->sockets);
  g_rand_free (self->rand);
  g_ptr_array_unref (self->findings);
  g_hash_table_unref (self->timings);
  g_hash_table_unref (self->series);
  g_hash_table_unref (self->at_rest);
  g_hash_table_unref (self->counters);
  g_array_unref (self->cycle_times);
  g_free (self);
}

void
soak_run_find (SoakRun *self, const char *what, const char *source, const char *format, ...)
{
  SoakFinding *finding;
  va_list arguments;

  for (guint i = 0; i < self->findings->len; i++) {
    finding = g_ptr_array_index (self->findings, i);
    if (g_str_equal (finding->what, what) && g_str_equal (finding->source, source)) {
      finding->count++;
      return;
    }
  }
  if (self->findings->len >= MAX_FINDINGS)
    return;
  finding = g_new0 (SoakFinding, 1);
  finding->what = g_strdup (what);
  finding->source = g_strdup (source);
  va_start (arguments, format);
  finding->detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  finding->cycle = self->cycle;
  finding->count = 1;
  g_ptr_array_add (self->findings, finding);
}

void
soak_run_time (SoakRun *self, const char *name, double seconds)
{
  SoakTimings *timings = g_hash_table_lookup (self->timings, name);

  if (!self->is_measuring)
    return;
  if (timings == NULL) {
    timings = g_new0 (SoakTimings, 1);
    timings->values = g_array_new (FALSE, FALSE, sizeof (double));
    timings->stride = 1;
    g_hash_table_insert (self->timings, g_strdup (name), timings);
  }
  timings->max = MAX (timings->max, seconds);
  if (timings->count++ % timings->stride != 0)
    return;
  g_array_append_val (timings->values, seconds);
  if (timings->values->len < MAX_TIMINGS)
    return;
  for (guint i = 0; i < timings->values->len / 2; i++)
    g_array_index (timings->values, double, i) = g_array_index (timings->values, double, 2 * i);
  g_array_set_size (timings->values, timings->values->len / 2);
  timings->stride *= 2;
}

void
soak_run_count (SoakRun *self, const char *name, guint64 n)
{
  guint64 *counter = g_hash_table_lookup (self->counters, name);

  if (counter == NULL) {
    counter = g_new0 (guint64, 1);
    g_hash_table_insert (self->counters, g_strdup (name), counter);
  }
  *counter += n;
}

static int
run_compare_cycles (gconstpointer a, gconstpointer b)
{
  const SoakCycle *x = a, *y = b;

  return (x->seconds < y->seconds) - (x->seconds > y->seconds);
}

void
soak_run_note_cycle (SoakRun *self, double seconds)
{
  SoakCycle cycle = { self->cycle, seconds };

  soak_run_time (self, "cycle", seconds);
  g_array_append_val (self->cycle_times, cycle);
  g_array_sort (self->cycle_times, run_compare_cycles);
  if (self->cycle_times->len > N_WORST)
    g_array_set_size (self->cycle_times, N_WORST);
}

void
soak_run_add_point (GHashTable *table, const char *name, double x, double y)
{
  SoakSeries *series = g_hash_table_lookup (table, name);

  if (series == NULL) {
    series = soak_series_new ();
    g_hash_table_insert (table, g_strdup (name), series);
  }
  soak_series_add (series, x, y);
}

double
soak_now (void)
{
  return g_get_monotonic_time () / 1e6;
}

void
soak_run_iterate (SoakRun *self)
{
  g_main_context_iteration (NULL, TRUE);
}

void
soak_run_sleep (SoakRun *self, double seconds)
{
  soak_wait_until (self, seconds, FALSE);
}

gboolean
soak_run_is_alive (SoakRun *self)
{
  return !self->is_interrupted && !self->is_hung && soak_driver_get_death (self->driver) == NULL;
}

static void
run_store_result (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
soak_run_wait_for (
    SoakRun *self, GAsyncResult **result, GCancellable *cancellable, const char *what)
{
  double deadline = soak_now () + self->options->timeout;

  while (*result == NULL) {
    if (soak_now () > deadline && !g_cancellable_is_cancelled (cancellable)) {
      soak_run_find (self, "no answer", what, "within %.0f s", self->options->timeout);
      self->is_hung = TRUE;
      g_cancellable_cancel (cancellable);
    }
    soak_run_iterate (self);
  }
}

/* @json: (nullable): body of the request */
static char *
run_send_request (SoakRun *self, const char *method, const char *path, const char *json)
{
  g_autofree char *uri =
      g_uri_resolve_relative (soak_driver_get_url (self->driver), path, G_URI_FLAGS_NONE, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  if (json != NULL) {
    g_autoptr (GBytes) request = g_bytes_new (json, strlen (json));

    soup_message_set_request_body_from_bytes (message, "application/json", request);
  }
  soup_session_send_and_read_async (
      self->http, message, G_PRIORITY_DEFAULT, cancellable, run_store_result, &result);
  soak_run_wait_for (self, &result, cancellable, path);
  body = soup_session_send_and_read_finish (self->http, result, &error);
  if (body == NULL || soup_message_get_status (message) != SOUP_STATUS_OK) {
    if (soak_run_is_alive (self))
      soak_run_find (self, "http", path, "%s %.*s",
          error != NULL ? error->message : soup_message_get_reason_phrase (message),
          body != NULL ? (int) MIN (g_bytes_get_size (body), 200) : 0,
          body != NULL ? (const char *) g_bytes_get_data (body, NULL) : "");
    return NULL;
  }
  return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

char *
soak_run_get (SoakRun *self, const char *path)
{
  return run_send_request (self, "GET", path, NULL);
}

char *
soak_run_post (SoakRun *self, const char *path, const char *json)
{
  return run_send_request (self, "POST", path, json);
}
