/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "idle-snapshot.h"

#include "metrics.h"

#include <string.h>

/* Between two snapshots, in seconds. Increases, as a snapshot takes time, too. */
#define FIRST_INTERVAL 0.02
#define MAX_INTERVAL 0.5
#define STABLE_TIMEOUT 20.0
#define STABLE_INTERVAL 0.3

/* Metrics with all their labels. Each is constant while the daemon is idle. */
static const char *const families[] = { "habla_sessions", "habla_rooms", "habla_members",
  "habla_clients", "habla_queue_length", "habla_translations_in_flight",
  "habla_audio_waiting_bytes", "habla_client_backlog_bytes", "habla_overload_level",
  "habla_gstreamer_objects", "habla_main_sources", "habla_http_connections", NULL };

static void
snapshot_set_level (SoakIdleSnapshot *self, const char *kind, const char *name, double value)
{
  g_hash_table_replace (self->levels,
      name != NULL ? g_strdup_printf ("%s %s", kind, name) : g_strdup (kind),
      g_memdup2 (&value, sizeof value));
}

static void
snapshot_add_table (SoakIdleSnapshot *self, const char *kind, GHashTable *table)
{
  GHashTableIter iter;
  gpointer name, n;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, &n))
    snapshot_set_level (self, kind, name, GPOINTER_TO_UINT (n));
}

static gboolean
snapshot_is_family (const char *name, const char *family)
{
  gsize length = strlen (family);

  return strncmp (name, family, length) == 0 && (name[length] == '\0' || name[length] == '{');
}

static void
snapshot_add_metrics (SoakIdleSnapshot *self, GHashTable *metrics)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, metrics);
  while (g_hash_table_iter_next (&iter, &name, &value))
    for (guint i = 0; families[i] != NULL; i++)
      if (snapshot_is_family (name, families[i]))
        snapshot_set_level (self, name, NULL, *(double *) value);
}

SoakIdleSnapshot *
soak_idle_snapshot_take (SoakRun *run)
{
  g_autofree char *text = soak_run_get (run, "metrics");
  g_autoptr (GHashTable) metrics = soak_metrics_parse (text);
  GPid pid = soak_driver_get_pid (run->driver);
  SoakIdleSnapshot *self;

  if (text == NULL)
    return NULL;
  self = g_new0 (SoakIdleSnapshot, 1);
  self->levels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  snapshot_add_metrics (self, metrics);
  self->metrics = g_hash_table_ref (metrics);
  self->heap = soak_metrics_get (metrics, "habla_process_heap_bytes");
  self->rss = soak_metrics_get (metrics, "habla_process_resident_memory_bytes");
  if (pid != 0) {
    g_autoptr (SoakProcess) process = soak_process_read (pid);

    snapshot_add_table (self, "thread", process->threads);
    snapshot_add_table (self, "descriptor", process->descriptors);
    snapshot_add_table (self, "child", process->children);
    snapshot_set_level (self, "file", NULL, soak_driver_count_files (run->driver));
    self->rss = process->rss;
  }
  return self;
}

void
soak_idle_snapshot_free (SoakIdleSnapshot *self)
{
  g_hash_table_unref (self->levels);
  g_hash_table_unref (self->metrics);
  g_free (self);
}

static double
snapshot_get_level (const SoakIdleSnapshot *self, const char *name)
{
  double *value = g_hash_table_lookup (self->levels, name);

  return value != NULL ? *value : 0;
}

static gboolean
snapshot_is_pooled (const char *name)
{
  return g_str_has_prefix (name, "thread ") && soak_process_is_pooled (name + strlen ("thread "));
}

/* GLib and GStreamer reuse pooled threads, and rename them, so only their number counts. */
static void
snapshot_compare_pools (
    const SoakIdleSnapshot *self, const SoakIdleSnapshot *initial, guint pooled, GPtrArray *lines)
{
  g_autoptr (GString) names = g_string_new (NULL);
  GHashTableIter iter;
  gpointer name, value;
  double now = 0, was = 0;

  g_hash_table_iter_init (&iter, initial->levels);
  while (g_hash_table_iter_next (&iter, &name, &value))
    was += snapshot_is_pooled (name) ? *(double *) value : 0;
  g_hash_table_iter_init (&iter, self->levels);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (snapshot_is_pooled (name)) {
      now += *(double *) value;
      g_string_append_printf (
          names, " %s %g", (char *) name + strlen ("thread "), *(double *) value);
    }
  if (now > was + pooled)
    g_ptr_array_add (
        lines, g_strdup_printf ("pooled threads: %g more, now%s", now - was, names->str));
}

GPtrArray *
soak_idle_snapshot_compare (
    const SoakIdleSnapshot *self, const SoakIdleSnapshot *initial, guint pooled)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->levels);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    double now = *(double *) value, was = snapshot_get_level (initial, name);

    if (now > was && !snapshot_is_pooled (name))
      g_ptr_array_add (
          lines, g_strdup_printf ("%s: %g more, now %g", (char *) name, now - was, now));
  }
  if (pooled != SOAK_IDLE_SNAPSHOT_IGNORE_POOLED)
    snapshot_compare_pools (self, initial, pooled, lines);
  return lines;
}

static gboolean
snapshot_is_idle (const SoakIdleSnapshot *self)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->levels);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (snapshot_is_family (name, "habla_sessions") && *(double *) value > 0 &&
        strstr (name, "listening") == NULL && strstr (name, "typing") == NULL)
      return FALSE;
  return TRUE;
}

SoakIdleSnapshot *
soak_idle_snapshot_wait_stable (SoakRun *run)
{
  double deadline = soak_now () + STABLE_TIMEOUT;
  g_autoptr (SoakIdleSnapshot) last = soak_idle_snapshot_take (run);

  while (last != NULL && soak_now () < deadline && soak_run_is_alive (run)) {
    g_autoptr (SoakIdleSnapshot) next = NULL;
    g_autoptr (GPtrArray) more = NULL;
    g_autoptr (GPtrArray) less = NULL;

    soak_run_sleep (run, STABLE_INTERVAL);
    next = soak_idle_snapshot_take (run);
    if (next == NULL)
      return NULL;
    more = soak_idle_snapshot_compare (next, last, SOAK_IDLE_SNAPSHOT_IGNORE_POOLED);
    less = soak_idle_snapshot_compare (last, next, SOAK_IDLE_SNAPSHOT_IGNORE_POOLED);
    if (more->len == 0 && less->len == 0 && snapshot_is_idle (next))
      return g_steal_pointer (&next);
    soak_idle_snapshot_free (last);
    last = g_steal_pointer (&next);
  }
  return g_steal_pointer (&last);
}

static void
snapshot_add_findings (SoakRun *run, GPtrArray *lines, double seconds)
{
  for (guint i = 0; i < lines->len; i++) {
    const char *line = g_ptr_array_index (lines, i);
    g_autofree char *name = g_strndup (line, g_strrstr (line, ": ") - line);

    soak_run_find (run, "left behind", name, "%s, %.0f s after the cycle", line, seconds);
  }
}

SoakIdleSnapshot *
soak_idle_snapshot_wait_return (
    SoakRun *run, SoakIdleSnapshot **initial, double timeout, guint pooled)
{
  double deadline = soak_now () + timeout;
  double interval = FIRST_INTERVAL;

  while (soak_run_is_alive (run)) {
    g_autoptr (SoakIdleSnapshot) now = soak_idle_snapshot_take (run);
    g_autoptr (GPtrArray) lines = NULL;

    if (now == NULL)
      return NULL;
    lines = soak_idle_snapshot_compare (now, *initial, pooled);
    if (lines->len == 0)
      return g_steal_pointer (&now);
    if (soak_now () >= deadline) {
      g_autoptr (SoakIdleSnapshot) present = NULL;

      snapshot_add_findings (run, lines, timeout);
      present = soak_idle_snapshot_take (run);
      if (present != NULL) {
        soak_idle_snapshot_free (*initial);
        *initial = g_steal_pointer (&present);
      }
      return g_steal_pointer (&now);
    }
    soak_run_sleep (run, interval);
    interval = MIN (interval * 1.5, MAX_INTERVAL);
  }
  return NULL;
}
