/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>
#include <monitoring/process-census.h>

G_BEGIN_DECLS

/**
 * HablaIdleLeakDetector:
 *
 * Compares threads, descriptors and child processes of an idle process with those of the
 * previous idle period, by name. It finds what sessions leak outside of their pipelines, but
 * not which session did.
 *
 * Resources created lazily on first use are not leaks; only a second increase is reported.
 * Threads of thread pools, which end by themselves, and sockets, which the server counts, are
 * ignored.
 *
 * For the main thread.
 */
typedef struct _HablaIdleLeakDetector HablaIdleLeakDetector;

/**
 * habla_idle_leak_detector_new:
 * @metrics: gets `habla_process_idle_checks_total` and `habla_process_leaked_resources_total`;
 *   must outlive the detector
 *
 * Returns: (transfer full): a detector
 */
HablaIdleLeakDetector *habla_idle_leak_detector_new (HablaMetrics *metrics);

/**
 * habla_idle_leak_detector_free:
 * @self: (transfer full): a detector
 */
void habla_idle_leak_detector_free (HablaIdleLeakDetector *self);

/**
 * habla_idle_leak_detector_disturb:
 * @self: a detector
 *
 * Ends the idle period, and discards a check that is running.
 */
void habla_idle_leak_detector_disturb (HablaIdleLeakDetector *self);

/**
 * habla_idle_leak_detector_check:
 * @self: a detector
 *
 * Starts a check in a worker thread, at most one in each idle period.
 */
void habla_idle_leak_detector_check (HablaIdleLeakDetector *self);

/**
 * habla_idle_leak_detector_compare:
 * @self: a detector
 * @census: resources of the process
 *
 * Compares @census with the previous one; logs and counts leaks. Aborts on a leak if the
 * environment has HABLA_FATAL_INVARIANTS=1.
 *
 * Returns: (transfer full) (nullable): the leaked resources, or %NULL if there are none
 */
char *habla_idle_leak_detector_compare (
    HablaIdleLeakDetector *self, const HablaProcessCensus *census);

G_END_DECLS
