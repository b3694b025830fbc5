/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "slo.h"

G_BEGIN_DECLS

/**
 * SoakComparison:
 * @worse: (element-type utf8): what became worse by more than its guard band
 * @better: (element-type utf8): what became better by more than its guard band
 */
typedef struct {
  GPtrArray *worse;
  GPtrArray *better;
} SoakComparison;

/**
 * soak_compare:
 * @baseline: an earlier record, see soak_record_load()
 * @run: a later record of the same scenario
 * @slo: limits with guard bands
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the differences; %NULL with @error set if the records are
 *   of different scenarios
 */
SoakComparison *soak_compare (
    JsonObject *baseline, JsonObject *run, const SoakSlo *slo, GError **error);

/* Frees @self. */
void soak_comparison_free (SoakComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakComparison, soak_comparison_free)

/**
 * soak_compare_main:
 * @baseline: path of a record
 * @run: path of a record
 * @slo: path of the limits
 *
 * Implements `habla-soak compare BASELINE.json RUN.json`: prints the differences.
 *
 * Returns: the exit status: 0 = nothing is worse, 1 = something is, 2 = they cannot be compared
 */
int soak_compare_main (const char *baseline, const char *run, const char *slo);

G_END_DECLS
