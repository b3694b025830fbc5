/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "monitoring/idle-leak-detector.h"

#include <gio/gio.h>

enum { THREAD, DESCRIPTOR, CHILD, N_KINDS };

static const char *const kind_names[] = { "thread", "descriptor", "child", NULL };

/* Of all that has the same name. */
typedef struct {
  guint most;
  gboolean has_grown;
} Known;

struct _HablaIdleLeakDetector {
  HablaMetric *looks;
  HablaMetric *leavings;
  GHashTable *known[N_KINDS]; /* name -> Known */
  gboolean has_begun;
  gboolean has_looked;       /* since it was disturbed */
  GCancellable *cancellable; /* (nullable): a look goes on */
};

HablaIdleLeakDetector *
habla_idle_leak_detector_new (HablaMetrics *metrics)
{
  HablaIdleLeakDetector *self = g_new0 (HablaIdleLeakDetector, 1);

  self->looks = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_process_idle_checks_total",
      "Leak checks of the idle process.", NULL, NULL);
  self->leavings =
      habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_process_leaked_resources_total",
          "Threads, file descriptors and child processes that stayed behind in the idle process.",
          "kind", kind_names);
  for (guint i = 0; i < N_KINDS; i++)
    self->known[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
habla_idle_leak_detector_disturb (HablaIdleLeakDetector *self)
{
  self->has_looked = FALSE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

void
habla_idle_leak_detector_free (HablaIdleLeakDetector *self)
{
  habla_idle_leak_detector_disturb (self);
  for (guint i = 0; i < N_KINDS; i++)
    g_hash_table_unref (self->known[i]);
  g_free (self);
}

/* Returns: (nullable): the name under which it counts; %NULL = it does not. A file has that of
 * all files, or there would be one of each. */
static const char *
get_name (guint kind, const char *name)
{
  if (kind == THREAD)
    return habla_process_census_is_pooled (name) ? NULL : name;
  if (kind == DESCRIPTOR)
    return g_str_equal (name, "socket") ? NULL : name[0] == '/' ? "file" : name;
  return name;
}

/* Returns: (transfer full): by the names under which they count */
static GHashTable *
count (guint kind, GHashTable *table)
{
  GHashTable *counts = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer key, n;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, &n)) {
    const char *name = get_name (kind, key);

    if (name != NULL)
      g_hash_table_insert (counts, (char *) name,
          GUINT_TO_POINTER (
              GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + GPOINTER_TO_UINT (n)));
  }
  return counts;
}

/* Returns: how many of them are left behind */
static guint
compare_one (HablaIdleLeakDetector *self, guint kind, const char *name, guint n)
{
  Known *known = g_hash_table_lookup (self->known[kind], name);
  guint left;

  if (known == NULL) {
    known = g_new0 (Known, 1);
    g_hash_table_insert (self->known[kind], g_strdup (name), known);
  }
  if (n <= known->most)
    return 0;
  left = known->has_grown ? n - known->most : 0;
  known->has_grown = self->has_begun;
  known->most = n;
  return left;
}

static void
compare_kind (HablaIdleLeakDetector *self, guint kind, GHashTable *table, GString *names)
{
  g_autoptr (GHashTable) counts = count (kind, table);
  GHashTableIter iter;
  gpointer name, n;

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &name, &n)) {
    guint left = compare_one (self, kind, name, GPOINTER_TO_UINT (n));

    if (left == 0)
      continue;
    habla_metric_add (self->leavings, kind, left);
    g_string_append_printf (names, "%s%s “%s” (%u more, %u in all)", names->len > 0 ? ", " : "",
        kind_names[kind], (char *) name, left, GPOINTER_TO_UINT (n));
  }
}

char *
habla_idle_leak_detector_compare (HablaIdleLeakDetector *self, const HablaProcessCensus *census)
{
  g_autoptr (GString) names = g_string_new (NULL);

  habla_metric_add (self->looks, 0, 1);
  compare_kind (self, THREAD, census->threads, names);
  compare_kind (self, DESCRIPTOR, census->descriptors, names);
  compare_kind (self, CHILD, census->children, names);
  self->has_begun = TRUE;
  if (names->len == 0)
    return NULL;
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "HABLA_INVARIANT", "rest", "MESSAGE",
      "Nobody speaks, and this is left behind, not for the first time: %s", names->str);
  if (g_strcmp0 (g_getenv ("HABLA_FATAL_INVARIANTS"), "1") == 0)
    g_error ("The process leaves something behind");
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
take_census (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (
      task, habla_process_census_new (), (GDestroyNotify) habla_process_census_free);
}

static void
on_census (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaIdleLeakDetector *self = user_data;
  g_autoptr (HablaProcessCensus) census = g_task_propagate_pointer (G_TASK (result), NULL);

  if (census == NULL)
    return; /* disturbed; it may be gone */
  g_clear_object (&self->cancellable);
  g_free (habla_idle_leak_detector_compare (self, census));
}

void
habla_idle_leak_detector_check (HablaIdleLeakDetector *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->has_looked)
    return;
  self->has_looked = TRUE;
  self->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, self->cancellable, on_census, self);
  g_task_run_in_thread (task, take_census);
}
