/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "run.h"
#include "slo.h"

G_BEGIN_DECLS

/**
 * SoakCheck:
 * @kind: "at rest": a slope a cycle; "over time": a slope an hour; "level": the greatest;
 *   "timing": a quantile, in seconds; "ratio": of the quantiles of two timings
 * @name: of the series or timing, with the quantile
 * @value: what it is
 * @limit: what it may be at most; NAN = nothing is said of it
 * @p: of a slope: how likely it comes of nothing
 * @n: figures that it is of
 * @holds: whether that is within the limit
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

/* What does not hold becomes a finding of @run.
 * Returns: (transfer full) (element-type SoakCheck) */
GPtrArray *soak_evaluation_check (SoakRun *run, const SoakSlo *slo);
/* Returns: whether the run is good */
gboolean soak_evaluation_has_passed (const SoakRun *run);

G_END_DECLS
