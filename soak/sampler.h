/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "run.h"

G_BEGIN_DECLS

/**
 * SoakSampler:
 *
 * Samples the daemon each second: its metrics, its entry in /proc, and the response time of
 * `/health` next to that of the bare server. The samples become series and timings of the run.
 */

/* @run: must outlive the sampler. Returns: (transfer full): a sampler that has started */
SoakSampler *soak_sampler_new (SoakRun *run);

/* Takes a sample at once, and waits for it, so that the connections of the sampler exist before the
 * first snapshot is taken. Iterates the default main context meanwhile. */
void soak_sampler_take_first (SoakSampler *self);

/* Measures the response times of both servers a hundred times, while nothing else is in progress.
 * Iterates the default main context until that is done. */
void soak_sampler_measure_idle (SoakSampler *self);

/* Cancels pending requests and frees @self. Iterates the default main context meanwhile. */
void soak_sampler_free (SoakSampler *self);

G_END_DECLS
