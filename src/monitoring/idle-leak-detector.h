/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>
#include <monitoring/process-census.h>

G_BEGIN_DECLS

/**
 * HablaIdleLeakDetector:
 *
 * What a process has when nobody speaks: threads, descriptors and children, by name. Each time it
 * comes to rest again it must have no more of them. What a session leaves behind that is no
 * object of its pipeline shows here, though not which session's it was.
 *
 * Something is made when it is needed first, and stays: so it is the second time that there is
 * more of the same which tells. Left out are threads that wait in a pool, which go by themselves,
 * and sockets, as a client's connection may come at any time: those the server counts.
 *
 * Of the main thread.
 */
typedef struct _HablaIdleLeakDetector HablaIdleLeakDetector;

/* @metrics: gets `habla_process_idle_checks_total` and `habla_process_leaked_resources_total`; must
 * outlive it */
HablaIdleLeakDetector *habla_idle_leak_detector_new (HablaMetrics *metrics);
void habla_idle_leak_detector_free (HablaIdleLeakDetector *self);

/* Something is going on: what is being looked at counts for nothing. */
void habla_idle_leak_detector_disturb (HablaIdleLeakDetector *self);
/* Nothing is going on: looks, by a worker thread, unless it did so already since it was disturbed
 * last. */
void habla_idle_leak_detector_check (HablaIdleLeakDetector *self);

/* Compares with what there was before. Returns: (transfer full) (nullable): what is left behind,
 * which has been counted and told in the log, or %NULL; with HABLA_FATAL_INVARIANTS=1 in the
 * environment it does not return then. */
char *habla_idle_leak_detector_compare (
    HablaIdleLeakDetector *self, const HablaProcessCensus *census);

G_END_DECLS
