/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <drift.h>
#include <math.h>
#include <series.h>

#define N 60

static void
test_line (void)
{
  double x[N], y[N];
  SoakDrift drift;

  for (guint i = 0; i < N; i++) {
    x[i] = i;
    y[i] = 7 + 3 * x[i];
  }
  soak_drift_fit (x, y, N, &drift);
  g_assert_cmpfloat_with_epsilon (drift.slope, 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (drift.intercept, 7, 1e-12);
  g_assert_cmpfloat (drift.p, <, 1e-12);
  g_assert_cmpuint (drift.n, ==, N);
}

/* By hand: of the ten slopes 1 -1 1 2 -1.5 1 ... the median, and S = 6 of 5 points. */
static void
test_known (void)
{
  const double x[] = { 1, 2, 3, 4, 5 };
  const double y[] = { 1, 3, 2, 4, 5 };
  SoakDrift drift;

  soak_drift_fit (x, y, 5, &drift);
  /* Slopes: 2 1/2 1 1 -1 1/2 2/3 2 3/2 1; sorted -1 1/2 1/2 2/3 1 1 1 3/2 2 2. */
  g_assert_cmpfloat_with_epsilon (drift.slope, 1, 1e-12);
  /* S = 9 - 1 = 8, variance = 5 * 4 * 15 / 18, z = 7 / sqrt (variance), upper tail. */
  g_assert_cmpfloat_with_epsilon (drift.p, 0.0432, 1e-4);
}

/* With ties: y = 1 1 2 2, S = 4; variance = (4 * 3 * 13 - 2 * 2 * 1 * 9) / 18 = 20 / 3. */
static void
test_ties (void)
{
  const double x[] = { 1, 2, 3, 4 };
  const double y[] = { 1, 1, 2, 2 };
  SoakDrift drift;

  soak_drift_fit (x, y, 4, &drift);
  g_assert_cmpfloat_with_epsilon (drift.p, erfc (3 / sqrt (20.0 / 3) / G_SQRT2) / 2, 1e-12);
}

/* A quarter of the points are outliers. */
static void
test_outliers (void)
{
  double x[N], y[N];
  SoakDrift drift;

  for (guint i = 0; i < N; i++) {
    x[i] = i;
    y[i] = i % 4 == 0 ? 1e9 : 0.5 * x[i];
  }
  soak_drift_fit (x, y, N, &drift);
  g_assert_cmpfloat_with_epsilon (drift.slope, 0.5, 0.05);
}

/* Noise alone is not significant; a slope of a twentieth of the noise is. */
static void
test_noise (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  double x[N], noise[N], drifting[N];
  SoakDrift drift;

  for (guint i = 0; i < N; i++) {
    x[i] = i;
    noise[i] = g_rand_double_range (rand, 0, 20);
    drifting[i] = noise[i] + i;
  }
  soak_drift_fit (x, noise, N, &drift);
  g_assert_cmpfloat (drift.p, >, 0.01);
  soak_drift_fit (x, drifting, N, &drift);
  g_assert_cmpfloat (drift.p, <, 1e-6);
  g_assert_cmpfloat_with_epsilon (drift.slope, 1, 0.2);
}

static void
test_flat_and_few (void)
{
  const double x[] = { 1, 2, 3, 4, 5, 6 };
  const double flat[] = { 5, 5, 5, 5, 5, 5 };
  const double falling[] = { 6, 5, 4, 3, 2, 1 };
  SoakDrift drift;

  soak_drift_fit (x, flat, 6, &drift);
  g_assert_cmpfloat (drift.slope, ==, 0);
  g_assert_cmpfloat (drift.p, ==, 1);
  soak_drift_fit (x, falling, 6, &drift);
  g_assert_cmpfloat (drift.slope, ==, -1);
  g_assert_cmpfloat (drift.p, >, 0.99);
  soak_drift_fit (x, x, 3, &drift);
  g_assert_cmpfloat (drift.p, ==, 1);
  soak_drift_fit (x, x, 0, &drift);
  g_assert_cmpuint (drift.n, ==, 0);
}

static void
test_quantiles (void)
{
  double values[] = { 4, 1, 3, 2 };

  g_assert_cmpfloat (soak_quantile (values, 4, 0.5), ==, 2);
  g_assert_cmpfloat (soak_quantile (values, 4, 0.95), ==, 4);
  g_assert_cmpfloat (soak_quantile (values, 0, 0.5), ==, 0);
  g_assert_cmpfloat (soak_median (values, 4), ==, 2.5);
  g_assert_cmpfloat (soak_median (values, 3), ==, 2);
}

/* A series has bounded memory and keeps its slope. */
static void
test_bounded (void)
{
  SoakSeries *series = soak_series_new ();
  const double *x, *y;
  SoakDrift drift;
  guint n;

  for (guint i = 0; i < 1000000; i++)
    soak_series_add (series, i, 2.0 * i);
  x = soak_series_get_x (series, &n);
  y = soak_series_get_y (series, &n);
  g_assert_cmpuint (n, <=, SOAK_SERIES_MAX);
  g_assert_cmpuint (n, >=, SOAK_SERIES_MAX / 3);
  g_assert_cmpfloat (soak_series_get_max (series), ==, 1999998);
  g_assert_cmpuint (soak_series_get_count (series), ==, 1000000);
  soak_drift_fit (x, y, n, &drift);
  g_assert_cmpfloat_with_epsilon (drift.slope, 2, 1e-6);
  g_assert_cmpfloat_with_epsilon (drift.intercept, 0, 2);
  soak_series_free (series);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/drift/line", test_line);
  g_test_add_func ("/drift/known", test_known);
  g_test_add_func ("/drift/ties", test_ties);
  g_test_add_func ("/drift/outliers", test_outliers);
  g_test_add_func ("/drift/noise", test_noise);
  g_test_add_func ("/drift/flat-and-few", test_flat_and_few);
  g_test_add_func ("/drift/quantiles", test_quantiles);
  g_test_add_func ("/drift/bounded", test_bounded);
  return habla_test_run ();
}
