/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/histogram.h>

static int
compare (gconstpointer a, gconstpointer b)
{
  const guint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static void
test_empty (void)
{
  HablaHistogram histogram = { 0 };

  g_assert_cmpuint (habla_histogram_get_count (&histogram), ==, 0);
  g_assert_cmpuint (habla_histogram_get_quantile (&histogram, 0.99), ==, 0);
  g_assert_cmpuint (habla_histogram_get_max (&histogram), ==, 0);
}

/* Compares with exact quantiles of sorted values of all magnitudes. */
static void
test_quantiles (void)
{
  static const double quantiles[] = { 0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 1.0 };
  HablaHistogram histogram = { 0 };
  enum { N = 100000 };
  g_autofree guint64 *values = g_new (guint64, N);

  for (guint i = 0; i < N; i++) {
    values[i] = (guint64) g_test_rand_int_range (0, G_MAXINT32) >> g_test_rand_int_range (0, 31);
    habla_histogram_record (&histogram, values[i]);
  }
  qsort (values, N, sizeof *values, compare);

  g_assert_cmpuint (habla_histogram_get_count (&histogram), ==, N);
  g_assert_cmpuint (habla_histogram_get_max (&histogram), ==, values[N - 1]);
  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++) {
    gsize rank = MAX (1, (gsize) (quantiles[i] * N + 0.999999));
    guint64 exact = values[rank - 1];
    guint64 reported = habla_histogram_get_quantile (&histogram, quantiles[i]);

    g_assert_cmpuint (reported, >=, exact);
    g_assert_cmpuint (reported, <=, exact + exact / 8 + 1);
  }
}

static void
test_extremes (void)
{
  HablaHistogram histogram = { 0 };

  habla_histogram_record (&histogram, 0);
  habla_histogram_record (&histogram, G_MAXUINT64);
  g_assert_cmpuint (habla_histogram_get_quantile (&histogram, 0.5), ==, 0);
  g_assert_cmpuint (habla_histogram_get_quantile (&histogram, 1.0), ==, G_MAXUINT64);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/histogram/empty", test_empty);
  g_test_add_func ("/histogram/quantiles", test_quantiles);
  g_test_add_func ("/histogram/extremes", test_extremes);
  return habla_test_run ();
}
