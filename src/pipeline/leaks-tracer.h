/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>

G_BEGIN_DECLS

/**
 * HablaLeaksTracer:
 *
 * Counts live GStreamer objects by type with GStreamer's leaks tracer, in the gauge
 * `habla_gstreamer_objects`. The tracer costs time and memory, so it must be enabled with
 * `GST_TRACERS=leaks`, as the soak harness does.
 */
typedef struct _HablaLeaksTracer HablaLeaksTracer;

/**
 * habla_leaks_tracer_new:
 * @metrics: get the gauge; must outlive the tracer
 *
 * Returns: (transfer full) (nullable): %NULL if GStreamer's tracer is not enabled
 */
HablaLeaksTracer *habla_leaks_tracer_new (HablaMetrics *metrics);

/**
 * habla_leaks_tracer_free:
 * @self: (transfer full): a tracer, whose gauge keeps its values
 */
void habla_leaks_tracer_free (HablaLeaksTracer *self);

G_END_DECLS
