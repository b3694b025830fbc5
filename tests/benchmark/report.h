/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The report of this process. All functions must be called in one thread. */

/**
 * HablaBenchmarkRun:
 *
 * Runs one variant of the work once.
 *
 * Returns: the measurement, in any unit; lower is better
 */
typedef double (*HablaBenchmarkRun) (gpointer data);

typedef struct {
  const char *name;
  HablaBenchmarkRun run;
  gpointer data;
  double *samples; /* one for each round, set by habla_benchmark_interleave() */
} HablaBenchmarkCase;

/**
 * habla_benchmark_cpu_time:
 *
 * Returns: CPU time of all threads of this process, in nanoseconds. Other load on the machine
 * hardly affects it.
 */
double habla_benchmark_cpu_time (void);

/**
 * habla_benchmark_wall_time:
 *
 * Returns: monotonic time in nanoseconds
 */
double habla_benchmark_wall_time (void);

/**
 * habla_benchmark_interleave:
 * @cases: the variants to compare
 * @rounds: number of measurements of each
 *
 * Measures the cases in turn, in reverse order in every second round, so that other load on the
 * machine affects all of them equally. A warm-up round is not measured. The caller frees the
 * samples of each case.
 */
void habla_benchmark_interleave (HablaBenchmarkCase *cases, guint n_cases, guint rounds);

/**
 * habla_benchmark_quantile:
 * @quantile: from 0.0 to 1.0
 *
 * Returns: the smallest sample that at least this share of the samples do not exceed
 */
double habla_benchmark_quantile (const double *samples, guint n_samples, double quantile);

/**
 * habla_benchmark_median:
 *
 * Returns: the median of the samples
 */
double habla_benchmark_median (const double *samples, guint n_samples);

/**
 * habla_benchmark_median_difference:
 *
 * Returns: the median of the differences between each sample and the baseline of the same round
 */
double habla_benchmark_median_difference (
    const double *samples, const double *baseline, guint n_samples);

/**
 * habla_benchmark_report:
 * @key: name of the value with its unit, such as "tap-ns-per-buffer"
 *
 * Adds a value to the report.
 */
void habla_benchmark_report (const char *key, double value);

/**
 * habla_benchmark_goal:
 *
 * Adds a value that must be at most @limit.
 */
void habla_benchmark_goal (const char *key, double value, double limit);

/**
 * habla_benchmark_goal_at_least:
 *
 * Adds a value that must be at least @limit.
 */
void habla_benchmark_goal_at_least (const char *key, double value, double limit);

/**
 * habla_benchmark_finish:
 * @name: name of the benchmark
 *
 * Prints the report, and writes it to @name.json in the folder $HABLA_BENCHMARK_DIR, if set.
 *
 * Returns: the exit status for main(): 0, or 1 if a goal was missed
 */
int habla_benchmark_finish (const char *name);

G_END_DECLS
