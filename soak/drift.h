/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More points than this take longer than they tell: the time grows with their square. */
#define SOAK_DRIFT_MAX_POINTS 2000

/**
 * SoakDrift:
 * @n: points that were used
 * @slope: Theil-Sen: the median of the slopes of all pairs; half of the points may be
 *   anything without moving it much
 * @intercept: the line through the median of what is left: y = intercept + slope * x
 * @p: Mann-Kendall, one-sided: how likely so many rises come of no trend upwards; 1.0 of
 *   fewer than 4 points
 */
typedef struct {
  guint n;
  double slope;
  double intercept;
  double p;
} SoakDrift;

void soak_drift_fit (const double *x, const double *y, guint n, SoakDrift *drift);

double soak_median (double *values, guint n);
double soak_quantile (const double *values, guint n, double quantile);

G_END_DECLS
