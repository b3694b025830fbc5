/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>

G_BEGIN_DECLS

/**
 * HablaMainSources:
 *
 * A collector that shows the number of sources attached to the default main context as
 * `habla_main_sources`. GLib has no API for that, but numbers its sources consecutively: each
 * collection looks up the numbers that were given out since the last one. The count is exact if
 * metrics are collected every few minutes, and costs 50 ns for each source created meanwhile.
 *
 * All calls are for the thread of the main context. Other threads must not destroy sources of
 * that context.
 */
typedef struct _HablaMainSources HablaMainSources;

/**
 * habla_main_sources_new:
 * @metrics: gets the family `habla_main_sources`; must outlive the collector
 *
 * Returns: (transfer full): a collector
 */
HablaMainSources *habla_main_sources_new (HablaMetrics *metrics);

/**
 * habla_main_sources_free:
 * @self: (transfer full): a collector
 *
 * The family keeps its last values.
 */
void habla_main_sources_free (HablaMainSources *self);

G_END_DECLS
