/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "run.h"

G_BEGIN_DECLS

/**
 * SoakSampler:
 *
 * Looks at the daemon each second, from outside: its metrics, what the kernel tells of it, and
 * how long it takes to answer after its health, beside a bare server that is asked at the same
 * time. What it sees goes into the run's series.
 */
SoakSampler *soak_sampler_new (SoakRun *run);
/* When nothing else goes on: many questions after health, of both servers, one after another.
 * Turns the main context until they are answered. */
void soak_sampler_measure_idle (SoakSampler *self);
void soak_sampler_free (SoakSampler *self);

G_END_DECLS
