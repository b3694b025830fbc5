/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "run.h"

G_BEGIN_DECLS

/* One line on a terminal, else nothing: what it does, how far it is, what is left, in time. */
void soak_progress_show (SoakRun *run, const char *what);
void soak_progress_end (void);

/* Returns: how long a day of --hours takes at --speed, in seconds */
double soak_progress_get_day (const SoakOptions *options);

G_END_DECLS
