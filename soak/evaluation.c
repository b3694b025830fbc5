/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "evaluation.h"

#include <math.h>

#define HOUR 3600.0

static void
evaluation_check_free (SoakCheck *check)
{
  g_free (check->name);
  g_free (check);
}

static SoakCheck *
evaluation_add (GPtrArray *checks, const char *kind, const char *name, double value, double limit)
{
  SoakCheck *check = g_new0 (SoakCheck, 1);

  check->kind = kind;
  check->name = g_strdup (name);
  check->value = value;
  check->limit = limit;
  check->p = NAN;
  check->holds = isnan (limit) || value <= limit;
  g_ptr_array_add (checks, check);
  return check;
}

/* A slope fails if it exceeds its limit and is significant. */
static void
evaluation_check_slope (SoakRun *run, const SoakSlo *slo, GPtrArray *checks, const char *kind,
    const char *name, SoakSeries *series, double factor, gboolean is_enough)
{
  g_autofree char *path = g_strdup_printf ("%s/%s", kind, name);
  g_autofree char *own = g_strdup_printf ("slopes/points/%s/%s", kind, name);
  double limit = soak_slo_get (slo, path, NAN);
  double points = soak_slo_get (slo, own, soak_slo_get (slo, "slopes/points/any", 20));
  SoakCheck *check;
  const double *x, *y;
  SoakDrift drift;
  guint n;

  x = soak_series_get_x (series, &n);
  y = soak_series_get_y (series, &n);
  soak_drift_fit (x, y, n, &drift);
  check = evaluation_add (checks, kind, name, drift.slope * factor, limit);
  check->p = drift.p;
  check->n = n;
  if (!is_enough || n < points || drift.p > soak_slo_get (slo, "slopes/p", 0.001))
    check->holds = TRUE;
  if (!check->holds)
    soak_run_find (run, "drift", name,
        "grows by %.4g %s (limit %.4g; Mann-Kendall p = %.2g of %u points)", check->value,
        factor == HOUR ? "an hour" : "a cycle", limit, drift.p, n);
}

static void
evaluation_check_slopes (SoakRun *run, const SoakSlo *slo, GPtrArray *checks)
{
  double seconds = (g_get_monotonic_time () - run->began) / 1e6;
  gboolean is_long = seconds >= soak_slo_get (slo, "slopes/seconds", 600);
  GHashTableIter iter;
  gpointer name, series;

  g_hash_table_iter_init (&iter, run->at_rest);
  while (g_hash_table_iter_next (&iter, &name, &series))
    evaluation_check_slope (run, slo, checks, "at rest", name, series, 1, TRUE);
  g_hash_table_iter_init (&iter, run->series);
  while (g_hash_table_iter_next (&iter, &name, &series))
    evaluation_check_slope (run, slo, checks, "over time", name, series, HOUR, is_long);
}

static void
evaluation_check_levels (SoakRun *run, const SoakSlo *slo, GPtrArray *checks)
{
  GHashTableIter iter;
  gpointer name, series;

  g_hash_table_iter_init (&iter, run->series);
  while (g_hash_table_iter_next (&iter, &name, &series)) {
    g_autofree char *path = g_strdup_printf ("level/%s", (char *) name);
    double limit = soak_slo_get (slo, path, NAN);
    SoakCheck *check;

    if (isnan (limit))
      continue;
    check = evaluation_add (checks, "level", name, soak_series_get_max (series), limit);
    check->n = soak_series_get_count (series);
    if (!check->holds)
      soak_run_find (run, "level", name, "%.6g exceeds %.6g", check->value, limit);
  }
}

static double
evaluation_get_quantile (const SoakTimings *timings, double quantile)
{
  return soak_quantile (
      (const double *) (void *) timings->values->data, timings->values->len, quantile);
}

static const struct {
  const char *name;
  double quantile;
} quantiles[] = { { "p50", 0.5 }, { "p95", 0.95 } };

static void
evaluation_check_timing (SoakRun *run, const SoakSlo *slo, GPtrArray *checks, const char *name,
    const SoakTimings *timings)
{
  gboolean is_enough = timings->count >= soak_slo_get (slo, "timings/points", 5);

  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++) {
    g_autofree char *path = g_strdup_printf ("timing/%s/%s", name, quantiles[i].name);
    g_autofree char *full = g_strdup_printf ("%s %s", name, quantiles[i].name);
    double limit = soak_slo_get (slo, path, NAN);
    SoakCheck *check = evaluation_add (
        checks, "timing", full, evaluation_get_quantile (timings, quantiles[i].quantile), limit);

    check->n = timings->count;
    check->holds = check->holds || !is_enough;
    if (!check->holds)
      soak_run_find (run, "timing", full, "%.3f s exceeds %.3f s", check->value, limit);
  }
}

/* @limits: as { "to": "bare server", "p50": 4 }: the other timing, and limits of the ratio */
static void
evaluation_check_ratio (
    SoakRun *run, const SoakSlo *slo, GPtrArray *checks, const char *name, JsonObject *limits)
{
  const char *to = json_object_get_string_member_with_default (limits, "to", "");
  SoakTimings *timings = g_hash_table_lookup (run->timings, name);
  SoakTimings *others = g_hash_table_lookup (run->timings, to);

  if (timings == NULL || others == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++) {
    g_autofree char *full = g_strdup_printf ("%s over %s %s", name, to, quantiles[i].name);
    double other = evaluation_get_quantile (others, quantiles[i].quantile);
    double ratio = other > 0 ? evaluation_get_quantile (timings, quantiles[i].quantile) / other : 0;
    double limit = json_object_has_member (limits, quantiles[i].name)
                       ? json_object_get_double_member (limits, quantiles[i].name)
                       : NAN;
    SoakCheck *check = evaluation_add (checks, "ratio", full, ratio, limit);

    check->n = MIN (timings->count, others->count);
    check->holds = check->holds || check->n < soak_slo_get (slo, "ratios/points", 20);
    if (!check->holds)
      soak_run_find (run, "ratio", full, "%.2f exceeds %.2f", ratio, limit);
  }
}

static void
evaluation_check_timings (SoakRun *run, const SoakSlo *slo, GPtrArray *checks)
{
  JsonObject *ratios = soak_slo_get_object (slo, "ratio");
  g_autoptr (GList) members = ratios != NULL ? json_object_get_members (ratios) : NULL;
  GHashTableIter iter;
  gpointer name, timings;

  g_hash_table_iter_init (&iter, run->timings);
  while (g_hash_table_iter_next (&iter, &name, &timings))
    evaluation_check_timing (run, slo, checks, name, timings);
  for (GList *l = members; l != NULL; l = l->next)
    evaluation_check_ratio (
        run, slo, checks, l->data, json_object_get_object_member (ratios, l->data));
}

static int
evaluation_compare (gconstpointer a, gconstpointer b)
{
  const SoakCheck *x = *(SoakCheck *const *) a, *y = *(SoakCheck *const *) b;
  int kinds = g_strcmp0 (x->kind, y->kind);

  return kinds != 0 ? kinds : g_strcmp0 (x->name, y->name);
}

GPtrArray *
soak_evaluation_check (SoakRun *run, const SoakSlo *slo)
{
  GPtrArray *checks = g_ptr_array_new_with_free_func ((GDestroyNotify) evaluation_check_free);

  evaluation_check_slopes (run, slo, checks);
  evaluation_check_levels (run, slo, checks);
  evaluation_check_timings (run, slo, checks);
  g_ptr_array_sort (checks, evaluation_compare);
  return checks;
}

gboolean
soak_evaluation_has_passed (const SoakRun *run)
{
  return run->findings->len == 0;
}
