/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verdict.h"

#include <math.h>

#define HOUR 3600.0

static void
judgement_free (SoakJudgement *judgement)
{
  g_free (judgement->name);
  g_free (judgement);
}

static SoakJudgement *
add (GPtrArray *judgements, const char *kind, const char *name, double value, double limit)
{
  SoakJudgement *judgement = g_new0 (SoakJudgement, 1);

  judgement->kind = kind;
  judgement->name = g_strdup (name);
  judgement->value = value;
  judgement->limit = limit;
  judgement->p = NAN;
  judgement->holds = isnan (limit) || value <= limit;
  g_ptr_array_add (judgements, judgement);
  return judgement;
}

/* A slope that is too steep and that hardly comes of nothing. */
static void
judge_slope (SoakRun *run, const SoakSlo *slo, GPtrArray *judgements, const char *kind,
    const char *name, SoakSeries *series, double factor, gboolean is_enough)
{
  g_autofree char *path = g_strdup_printf ("%s/%s", kind, name);
  g_autofree char *own = g_strdup_printf ("slopes/points/%s/%s", kind, name);
  double limit = soak_slo_get (slo, path, NAN);
  double points = soak_slo_get (slo, own, soak_slo_get (slo, "slopes/points/any", 20));
  SoakJudgement *judgement;
  const double *x, *y;
  SoakDrift drift;
  guint n;

  x = soak_series_get_x (series, &n);
  y = soak_series_get_y (series, &n);
  soak_drift_fit (x, y, n, &drift);
  judgement = add (judgements, kind, name, drift.slope * factor, limit);
  judgement->p = drift.p;
  judgement->n = n;
  if (!is_enough || n < points || drift.p > soak_slo_get (slo, "slopes/p", 0.001))
    judgement->holds = TRUE;
  if (!judgement->holds)
    soak_run_find (run, "drift", name,
        "grows by %.4g %s (limit %.4g; Mann-Kendall p = %.2g of %u points)", judgement->value,
        factor == HOUR ? "an hour" : "a cycle", limit, drift.p, n);
}

static void
judge_slopes (SoakRun *run, const SoakSlo *slo, GPtrArray *judgements)
{
  double seconds = (g_get_monotonic_time () - run->began) / 1e6;
  gboolean is_long = seconds >= soak_slo_get (slo, "slopes/seconds", 600);
  GHashTableIter iter;
  gpointer name, series;

  g_hash_table_iter_init (&iter, run->at_rest);
  while (g_hash_table_iter_next (&iter, &name, &series))
    judge_slope (run, slo, judgements, "at rest", name, series, 1, TRUE);
  g_hash_table_iter_init (&iter, run->series);
  while (g_hash_table_iter_next (&iter, &name, &series))
    judge_slope (run, slo, judgements, "over time", name, series, HOUR, is_long);
}

static void
judge_levels (SoakRun *run, const SoakSlo *slo, GPtrArray *judgements)
{
  GHashTableIter iter;
  gpointer name, series;

  g_hash_table_iter_init (&iter, run->series);
  while (g_hash_table_iter_next (&iter, &name, &series)) {
    g_autofree char *path = g_strdup_printf ("level/%s", (char *) name);
    double limit = soak_slo_get (slo, path, NAN);
    SoakJudgement *judgement;

    if (isnan (limit))
      continue;
    judgement = add (judgements, "level", name, soak_series_get_max (series), limit);
    judgement->n = soak_series_get_count (series);
    if (!judgement->holds)
      soak_run_find (run, "level", name, "was %.6g, more than %.6g", judgement->value, limit);
  }
}

static double
get_quantile (const SoakTimings *timings, double quantile)
{
  return soak_quantile (
      (const double *) (void *) timings->values->data, timings->values->len, quantile);
}

static const struct {
  const char *name;
  double quantile;
} quantiles[] = { { "p50", 0.5 }, { "p95", 0.95 } };

static void
judge_timing (SoakRun *run, const SoakSlo *slo, GPtrArray *judgements, const char *name,
    const SoakTimings *timings)
{
  gboolean is_enough = timings->count >= soak_slo_get (slo, "timings/points", 5);

  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++) {
    g_autofree char *path = g_strdup_printf ("timing/%s/%s", name, quantiles[i].name);
    g_autofree char *full = g_strdup_printf ("%s %s", name, quantiles[i].name);
    double limit = soak_slo_get (slo, path, NAN);
    SoakJudgement *judgement =
        add (judgements, "timing", full, get_quantile (timings, quantiles[i].quantile), limit);

    judgement->n = timings->count;
    judgement->holds = judgement->holds || !is_enough;
    if (!judgement->holds)
      soak_run_find (run, "timing", full, "%.3f s, more than %.3f s", judgement->value, limit);
  }
}

/* One timing against another of the same run: "ratio": { "health": { "to": "bare server" } } */
static void
judge_ratio (
    SoakRun *run, const SoakSlo *slo, GPtrArray *judgements, const char *name, JsonObject *limits)
{
  const char *to = json_object_get_string_member_with_default (limits, "to", "");
  SoakTimings *timings = g_hash_table_lookup (run->timings, name);
  SoakTimings *others = g_hash_table_lookup (run->timings, to);

  if (timings == NULL || others == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++) {
    g_autofree char *full = g_strdup_printf ("%s over %s %s", name, to, quantiles[i].name);
    double other = get_quantile (others, quantiles[i].quantile);
    double ratio = other > 0 ? get_quantile (timings, quantiles[i].quantile) / other : 0;
    double limit = json_object_has_member (limits, quantiles[i].name)
                       ? json_object_get_double_member (limits, quantiles[i].name)
                       : NAN;
    SoakJudgement *judgement = add (judgements, "ratio", full, ratio, limit);

    judgement->n = MIN (timings->count, others->count);
    judgement->holds = judgement->holds || judgement->n < soak_slo_get (slo, "ratios/points", 20);
    if (!judgement->holds)
      soak_run_find (run, "ratio", full, "%.2f, more than %.2f", ratio, limit);
  }
}

static void
judge_timings (SoakRun *run, const SoakSlo *slo, GPtrArray *judgements)
{
  JsonObject *ratios = soak_slo_get_object (slo, "ratio");
  g_autoptr (GList) members = ratios != NULL ? json_object_get_members (ratios) : NULL;
  GHashTableIter iter;
  gpointer name, timings;

  g_hash_table_iter_init (&iter, run->timings);
  while (g_hash_table_iter_next (&iter, &name, &timings))
    judge_timing (run, slo, judgements, name, timings);
  for (GList *l = members; l != NULL; l = l->next)
    judge_ratio (run, slo, judgements, l->data, json_object_get_object_member (ratios, l->data));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const SoakJudgement *x = *(SoakJudgement *const *) a, *y = *(SoakJudgement *const *) b;
  int kinds = g_strcmp0 (x->kind, y->kind);

  return kinds != 0 ? kinds : g_strcmp0 (x->name, y->name);
}

GPtrArray *
soak_verdict_judge (SoakRun *run, const SoakSlo *slo)
{
  GPtrArray *judgements = g_ptr_array_new_with_free_func ((GDestroyNotify) judgement_free);

  judge_slopes (run, slo, judgements);
  judge_levels (run, slo, judgements);
  judge_timings (run, slo, judgements);
  g_ptr_array_sort (judgements, compare);
  return judgements;
}

gboolean
soak_verdict_is_good (const SoakRun *run)
{
  return run->findings->len == 0;
}
