/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "process.h"
#include "run.h"

G_BEGIN_DECLS

/**
 * SoakIdleSnapshot:
 *
 * What the daemon holds when nothing is to do: levels of its metrics, threads, descriptors,
 * children, files. After each cycle it must come back to what it was before the first.
 */
typedef struct {
  GHashTable *levels;  /* name -> double */
  GHashTable *metrics; /* all of them, likewise */
  guint64 heap;
  guint64 rss;
} SoakIdleSnapshot;

#define SOAK_IDLE_SNAPSHOT_IGNORE_POOLED G_MAXUINT

/* Looks now. Returns: (transfer full) (nullable): %NULL if the daemon does not answer */
SoakIdleSnapshot *soak_idle_snapshot_take (SoakRun *run);
void soak_idle_snapshot_free (SoakIdleSnapshot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakIdleSnapshot, soak_idle_snapshot_free)

/* Waits until two looks are alike. Returns: (transfer full) (nullable) */
SoakIdleSnapshot *soak_idle_snapshot_wait_stable (SoakRun *run);

/**
 * soak_idle_snapshot_wait_return:
 * @initial: (inout): becomes the present one if more is left behind, so that the same is told
 *   once for each time that it happens
 * @pooled: how many more threads of pools there may be; they stay for some seconds without work,
 *   so that this is looked at when all is over: %SOAK_IDLE_SNAPSHOT_IGNORE_POOLED before
 *
 * Waits until no level is above @initial, and notes what is after @seconds.
 *
 * Returns: (transfer full) (nullable): the present one
 */
SoakIdleSnapshot *soak_idle_snapshot_wait_return (
    SoakRun *run, SoakIdleSnapshot **initial, double seconds, guint pooled);

/* Returns: (transfer full): of each level that is above @initial, a line "NAME: 1 more, …" */
GPtrArray *soak_idle_snapshot_compare (
    const SoakIdleSnapshot *self, const SoakIdleSnapshot *initial, guint pooled);

G_END_DECLS
