/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Upper bound on points, as the time grows with their square and more points add little. */
#define SOAK_DRIFT_MAX_POINTS 2000

/**
 * SoakDrift:
 * @n: number of points used
 * @slope: the Theil-Sen estimate: the median of the slopes of all pairs of points, which outliers
 *   hardly move
 * @intercept: of the line through the median of the residuals: y = @intercept + @slope * x
 * @p: of a one-sided Mann-Kendall test: the probability of as many increases without an upward
 *   trend; 1.0 for fewer than 4 points
 */
typedef struct {
  guint n;
  double slope;
  double intercept;
  double p;
} SoakDrift;

/**
 * soak_drift_fit:
 * @x: (array length=n): in increasing order
 * @y: (array length=n): values at @x
 * @n: number of points; of more than %SOAK_DRIFT_MAX_POINTS, the last ones are used
 * @drift: (out caller-allocates): the result
 *
 * Fits a line to points and tests for an upward trend.
 */
void soak_drift_fit (const double *x, const double *y, guint n, SoakDrift *drift);

/* Sorts @values. Returns: their median, 0.0 if @n is 0 */
double soak_median (double *values, guint n);

/* @quantile: from 0.0 to 1.0. Returns: the smallest value that is at least as large as that share
 * of @values; 0.0 if @n is 0 */
double soak_quantile (const double *values, guint n, double quantile);

G_END_DECLS
