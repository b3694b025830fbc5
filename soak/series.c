/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "series.h"

struct _SoakSeries {
  double x[SOAK_SERIES_MAX];
  double y[SOAK_SERIES_MAX];
  guint n;
  guint per_point; /* values */
  double x_sum;    /* of the incomplete point */
  double y_sum;
  guint n_sum;
  double max;
  guint64 count;
};

SoakSeries *
soak_series_new (void)
{
  SoakSeries *self = g_new0 (SoakSeries, 1);

  self->per_point = 1;
  return self;
}

void
soak_series_free (SoakSeries *self)
{
  g_free (self);
}

static void
series_halve (SoakSeries *self)
{
  for (guint i = 0; i < self->n / 2; i++) {
    self->x[i] = (self->x[2 * i] + self->x[2 * i + 1]) / 2;
    self->y[i] = (self->y[2 * i] + self->y[2 * i + 1]) / 2;
  }
  self->n /= 2;
  self->per_point *= 2;
}

void
soak_series_add (SoakSeries *self, double x, double y)
{
  self->max = self->count == 0 ? y : MAX (self->max, y);
  self->count++;
  self->x_sum += x;
  self->y_sum += y;
  self->n_sum++;
  if (self->n_sum < self->per_point)
    return;
  if (self->n == SOAK_SERIES_MAX) {
    /* These values are half a point of the new resolution. */
    series_halve (self);
    return;
  }
  self->x[self->n] = self->x_sum / self->n_sum;
  self->y[self->n] = self->y_sum / self->n_sum;
  self->n++;
  self->x_sum = self->y_sum = 0;
  self->n_sum = 0;
}

const double *
soak_series_get_x (const SoakSeries *self, guint *n)
{
  *n = self->n;
  return self->x;
}

const double *
soak_series_get_y (const SoakSeries *self, guint *n)
{
  *n = self->n;
  return self->y;
}

double
soak_series_get_max (const SoakSeries *self)
{
  return self->max;
}

guint64
soak_series_get_count (const SoakSeries *self)
{
  return self->count;
}
