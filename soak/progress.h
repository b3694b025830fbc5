/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "run.h"

G_BEGIN_DECLS

/* Shows the phase @what, a progress bar and the remaining time in one line on standard error.
 * No-op unless that is a terminal. */
void soak_progress_show (SoakRun *run, const char *what);

/* Removes the line. */
void soak_progress_end (void);

/* Returns: real time of the scenario "day", in seconds */
double soak_progress_get_day (const SoakOptions *options);

G_END_DECLS
