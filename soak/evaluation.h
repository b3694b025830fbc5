/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "run.h"
#include "slo.h"

G_BEGIN_DECLS

/**
 * SoakCheck:
 * @kind: "at rest": slope a cycle; "over time": slope an hour; "level": maximum; "timing": a
 *   quantile, in seconds; "ratio": of the quantiles of two timings
 * @name: of the series or timing, with the quantile
 * @value: the measured value
 * @limit: the upper limit; NAN = no limit
 * @p: of a slope: see #SoakDrift; otherwise NAN
 * @n: number of values
 * @holds: whether @value is within @limit, or too few values were measured
 */
typedef struct {
  const char *kind;
  char *name;
  double value;
  double limit;
  double p;
  guint64 n;
  gboolean holds;
} SoakCheck;

/**
 * soak_evaluation_check:
 * @run: a run that has ended
 * @slo: the limits
 *
 * Checks all that @run measured. Each check that does not hold becomes a finding of @run.
 *
 * Returns: (transfer full) (element-type SoakCheck): the checks, sorted by kind and name
 */
GPtrArray *soak_evaluation_check (SoakRun *run, const SoakSlo *slo);

/* Returns: whether @run has no findings */
gboolean soak_evaluation_has_passed (const SoakRun *run);

G_END_DECLS
