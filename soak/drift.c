/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drift.h"

#include <math.h>
#include <stdlib.h>

static int
drift_compare (const void *a, const void *b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

double
soak_median (double *values, guint n)
{
  if (n == 0)
    return 0;
  qsort (values, n, sizeof *values, drift_compare);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double
soak_quantile (const double *values, guint n, double quantile)
{
  g_autofree double *sorted = g_memdup2 (values, n * sizeof *values);
  guint rank = ceil (quantile * n - 1e-9);

  if (n == 0)
    return 0;
  qsort (sorted, n, sizeof *sorted, drift_compare);
  return sorted[CLAMP (rank, 1, n) - 1];
}

/* Returns: the correction of the variance for groups of equal values */
static double
drift_count_ties (const double *y, guint n)
{
  g_autofree double *sorted = g_memdup2 (y, n * sizeof *y);
  double ties = 0;
  guint length;

  qsort (sorted, n, sizeof *sorted, drift_compare);
  for (guint i = 0; i < n; i += length) {
    for (length = 1; i + length < n && sorted[i + length] == sorted[i]; length++)
      ;
    ties += (double) length * (length - 1) * (2.0 * length + 5);
  }
  return ties;
}

/* The normal approximation, corrected for ties and continuity. */
static double
drift_get_p (double s, double n, double ties)
{
  double variance = (n * (n - 1) * (2 * n + 5) - ties) / 18;
  double z;

  if (n < 4 || variance <= 0)
    return 1;
  z = (s > 0 ? s - 1 : s < 0 ? s + 1 : 0) / sqrt (variance);
  return erfc (z / G_SQRT2) / 2;
}

void
soak_drift_fit (const double *x, const double *y, guint n, SoakDrift *drift)
{
  guint skip = n > SOAK_DRIFT_MAX_POINTS ? n - SOAK_DRIFT_MAX_POINTS : 0;
  g_autofree double *slopes = NULL;
  g_autofree double *residuals = NULL;
  guint n_slopes = 0;
  double s = 0;

  x += skip;
  y += skip;
  n -= skip;
  *drift = (SoakDrift){ .n = n, .p = 1 };
  if (n == 0)
    return;
  slopes = g_new (double, (gsize) n *(n - 1) / 2 + 1);
  residuals = g_new (double, n);
  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++) {
      s += (y[j] > y[i]) - (y[j] < y[i]);
      if (x[j] > x[i])
        slopes[n_slopes++] = (y[j] - y[i]) / (x[j] - x[i]);
    }
  drift->slope = soak_median (slopes, n_slopes);
  for (guint i = 0; i < n; i++)
    residuals[i] = y[i] - drift->slope * x[i];
  drift->intercept = soak_median (residuals, n);
  drift->p = drift_get_p (s, n, drift_count_ties (y, n));
}
