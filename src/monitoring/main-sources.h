/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>

G_BEGIN_DECLS

/**
 * HablaMainSources:
 *
 * A collector that shows how many sources, timers and the like, are attached to the default
 * main context, as `habla_main_sources`. GLib does not tell; but it gives them numbers one
 * after another, so that those can be looked up which have come since the last time. This is
 * exact if metrics are read every few minutes, and costs 50 ns a source that was made.
 *
 * In the thread of the main context. A source of another thread's that this thread destroys
 * is no harm; no other thread may destroy one.
 */
typedef struct _HablaMainSources HablaMainSources;

/* @metrics: must outlive it */
HablaMainSources *habla_main_sources_new (HablaMetrics *metrics);
void habla_main_sources_free (HablaMainSources *self);

G_END_DECLS
