/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "drift.h"

G_BEGIN_DECLS

/* Greatest number of points; then each pair of points becomes one. */
#define SOAK_SERIES_MAX 1024

/**
 * SoakSeries:
 *
 * Values over time or cycles, in bounded memory: each point is the mean of as many consecutive
 * values as necessary.
 */
typedef struct _SoakSeries SoakSeries;

/* Returns: (transfer full): an empty series */
SoakSeries *soak_series_new (void);

/* Frees @self. */
void soak_series_free (SoakSeries *self);

/* Adds the value @y at @x, which must not be less than the one before. */
void soak_series_add (SoakSeries *self, double x, double y);

/* @n: (out): number of points. Returns: (transfer none) (array length=n): their x */
const double *soak_series_get_x (const SoakSeries *self, guint *n);

/* @n: (out): number of points. Returns: (transfer none) (array length=n): their y */
const double *soak_series_get_y (const SoakSeries *self, guint *n);

/* Returns: the greatest value, not the greatest point; 0.0 of an empty series */
double soak_series_get_max (const SoakSeries *self);

/* Returns: number of values */
guint64 soak_series_get_count (const SoakSeries *self);

G_END_DECLS
