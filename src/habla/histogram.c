/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/histogram.h"

/* With a single writer, relaxed loads and stores suffice: readers must not see torn
 * values, but no read-modify-write instruction is needed. */
#define LOAD(p) __atomic_load_n ((p), __ATOMIC_RELAXED)
#define STORE(p, v) __atomic_store_n ((p), (v), __ATOMIC_RELAXED)

static guint
histogram_find_bucket (guint64 value)
{
  guint exponent, bucket;

  if (value < HABLA_HISTOGRAM_LINEAR)
    return (guint) value;
  exponent = 63 - __builtin_clzll (value);
  bucket = HABLA_HISTOGRAM_LINEAR + (exponent - 4) * 8 + ((value >> (exponent - 3)) & 7);
  return MIN (bucket, HABLA_HISTOGRAM_BUCKETS - 1);
}

/* Returns: the first value after @bucket */
static guint64
histogram_get_bucket_end (guint bucket)
{
  guint exponent, step;

  if (bucket < HABLA_HISTOGRAM_LINEAR)
    return bucket + 1;
  if (bucket == HABLA_HISTOGRAM_BUCKETS - 1)
    return G_MAXUINT64;
  exponent = 4 + (bucket - HABLA_HISTOGRAM_LINEAR) / 8;
  step = (bucket - HABLA_HISTOGRAM_LINEAR) % 8;
  return (G_GUINT64_CONSTANT (8) + step + 1) << (exponent - 3);
}

void
habla_histogram_record (HablaHistogram *self, guint64 value)
{
  guint64 *bucket = &self->buckets[histogram_find_bucket (value)];

  STORE (bucket, *bucket + 1);
  if (value > self->max)
    STORE (&self->max, value);
}

guint64
habla_histogram_get_count (const HablaHistogram *self)
{
  guint64 count = 0;

  for (guint i = 0; i < HABLA_HISTOGRAM_BUCKETS; i++)
    count += LOAD (&self->buckets[i]);
  return count;
}

guint64
habla_histogram_get_max (const HablaHistogram *self)
{
  return LOAD (&self->max);
}

guint64
habla_histogram_get_quantile (const HablaHistogram *self, double quantile)
{
  guint64 count, rank, seen = 0;

  g_return_val_if_fail (quantile >= 0.0 && quantile <= 1.0, 0);

  count = habla_histogram_get_count (self);
  if (count == 0)
    return 0;
  rank = MAX (1, (guint64) (quantile * count + 0.999999));
  for (guint i = 0; i < HABLA_HISTOGRAM_BUCKETS - 1; i++) {
    seen += LOAD (&self->buckets[i]);
    if (seen >= rank)
      return MIN (histogram_get_bucket_end (i) - 1, habla_histogram_get_max (self));
  }
  return habla_histogram_get_max (self);
}
