/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One measurement of one way of doing the work, in whatever unit: the less, the better. */
typedef double (*HablaBenchmarkRun) (gpointer data);

typedef struct {
  const char *name;
  HablaBenchmarkRun run;
  gpointer data;
  double *samples; /* of each round, by habla_benchmark_interleave() */
} HablaBenchmarkCase;

double habla_benchmark_cpu_time (void);
double habla_benchmark_wall_time (void);

void habla_benchmark_interleave (HablaBenchmarkCase *cases, guint n_cases, guint rounds);
double habla_benchmark_quantile (const double *samples, guint n_samples, double quantile);
double habla_benchmark_median (const double *samples, guint n_samples);
double habla_benchmark_median_difference (
    const double *samples, const double *baseline, guint n_samples);

void habla_benchmark_report (const char *key, double value);
void habla_benchmark_goal (const char *key, double value, double limit);
void habla_benchmark_goal_at_least (const char *key, double value, double limit);
int habla_benchmark_finish (const char *name);

G_END_DECLS
