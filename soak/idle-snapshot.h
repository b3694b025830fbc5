/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "process.h"
#include "run.h"

G_BEGIN_DECLS

/**
 * SoakIdleSnapshot:
 * @levels: (element-type utf8 double): what must return to its initial level: gauges, and numbers
 *   of threads, descriptors, children and files
 * @metrics: (element-type utf8 double): all metrics, see soak_metrics_parse()
 * @heap: in bytes
 * @rss: resident memory, in bytes
 *
 * What the daemon holds while nothing is in progress, between two cycles.
 */
typedef struct {
  GHashTable *levels;
  GHashTable *metrics;
  guint64 heap;
  guint64 rss;
} SoakIdleSnapshot;

/* Pooled threads are not compared. */
#define SOAK_IDLE_SNAPSHOT_IGNORE_POOLED G_MAXUINT

/* Reads the daemon's metrics and /proc. Returns: (transfer full) (nullable): %NULL if the daemon
 * does not answer */
SoakIdleSnapshot *soak_idle_snapshot_take (SoakRun *run);

/* Frees @self. */
void soak_idle_snapshot_free (SoakIdleSnapshot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakIdleSnapshot, soak_idle_snapshot_free)

/* Waits until two consecutive snapshots are equal, for at most 20 seconds. Returns: (transfer full)
 * (nullable): the last one; %NULL if the daemon does not answer */
SoakIdleSnapshot *soak_idle_snapshot_wait_stable (SoakRun *run);

/**
 * soak_idle_snapshot_wait_return:
 * @run: a run
 * @initial: (inout): the levels to return to. If the timeout expires, the present snapshot replaces
 *   it, so that each leak is reported once
 * @timeout: in seconds
 * @pooled: allowed number of additional pooled threads, which end after some idle seconds; or
 *   %SOAK_IDLE_SNAPSHOT_IGNORE_POOLED
 *
 * Waits until no level is above @initial. Levels that still are at the timeout become findings.
 *
 * Returns: (transfer full) (nullable): the present snapshot; %NULL if the daemon does not answer
 */
SoakIdleSnapshot *soak_idle_snapshot_wait_return (
    SoakRun *run, SoakIdleSnapshot **initial, double timeout, guint pooled);

/* Returns: (transfer full) (element-type utf8): a line "NAME: 1 more, …" for each level that is
 * above @initial */
GPtrArray *soak_idle_snapshot_compare (
    const SoakIdleSnapshot *self, const SoakIdleSnapshot *initial, guint pooled);

G_END_DECLS
