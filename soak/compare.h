/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "slo.h"

G_BEGIN_DECLS

/**
 * SoakComparison:
 * @worse: (element-type utf8): what became worse beyond the guard bands
 * @better: (element-type utf8): what became better beyond them
 */
typedef struct {
  GPtrArray *worse;
  GPtrArray *better;
} SoakComparison;

/* Two records of the same scenario. @slo: has the guard bands. Returns: (nullable) */
SoakComparison *soak_compare (
    JsonObject *baseline, JsonObject *run, const SoakSlo *slo, GError **error);
void soak_comparison_free (SoakComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakComparison, soak_comparison_free)

/* habla-soak compare BASELINE.json RUN.json. Returns: the exit status */
int soak_compare_main (const char *baseline, const char *run, const char *slo);

G_END_DECLS
