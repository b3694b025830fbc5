/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/token-bucket.h"

void
habla_token_bucket_init (HablaTokenBucket *self, double per_second, double burst, gint64 now)
{
  *self = (HablaTokenBucket){
    .per_second = per_second, .burst = burst, .tokens = burst, .refilled_at = now
  };
}

static void
refill (HablaTokenBucket *self, gint64 now)
{
  double added = (now - self->refilled_at) * self->per_second / G_USEC_PER_SEC;

  self->tokens = MIN (self->tokens + added, self->burst);
  self->refilled_at = now;
}

gboolean
habla_token_bucket_take (HablaTokenBucket *self, gint64 now)
{
  refill (self, now);
  if (self->tokens < 1)
    return FALSE;
  self->tokens -= 1;
  return TRUE;
}

void
habla_token_bucket_charge (HablaTokenBucket *self, double n, gint64 now)
{
  refill (self, now);
  self->tokens -= n;
}

gint64
habla_token_bucket_get_wait (HablaTokenBucket *self, gint64 now)
{
  refill (self, now);
  if (self->tokens >= 1)
    return 0;
  return (gint64) ((1 - self->tokens) * G_USEC_PER_SEC / self->per_second) + 1;
}

gboolean
habla_token_bucket_is_full (HablaTokenBucket *self, gint64 now)
{
  refill (self, now);
  return self->tokens >= self->burst;
}
