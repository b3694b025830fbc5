/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "drift.h"

G_BEGIN_DECLS

/* Of one series: when there are so many, each two become one. */
#define SOAK_SERIES_MAX 1024

/**
 * SoakSeries:
 *
 * A figure over time or over cycles, in bounded memory: each point is the mean of as many
 * figures as that takes. What is greatest is kept beside it.
 */
typedef struct _SoakSeries SoakSeries;

SoakSeries *soak_series_new (void);
void soak_series_free (SoakSeries *self);

void soak_series_add (SoakSeries *self, double x, double y);
/* Those are (transfer none). @n: (out): points */
const double *soak_series_get_x (const SoakSeries *self, guint *n);
const double *soak_series_get_y (const SoakSeries *self, guint *n);
/* Of all figures, not of the points. */
double soak_series_get_max (const SoakSeries *self);
guint64 soak_series_get_count (const SoakSeries *self);

G_END_DECLS
