/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaTokenBucket:
 * @per_second: tokens that are added each second
 * @burst: upper bound of @tokens
 * @tokens: how many are left; below 0 after habla_token_bucket_charge()
 * @refilled_at: when @tokens was right, in microseconds of the monotonic clock
 *
 * A rate limit: @per_second on average, @burst at once.
 */
typedef struct {
  double per_second;
  double burst;
  double tokens;
  gint64 refilled_at;
} HablaTokenBucket;

/* The bucket starts full. @now: in microseconds of the monotonic clock, as below */
void habla_token_bucket_init (HablaTokenBucket *self, double per_second, double burst, gint64 now);
/* Returns: whether a token was left, which is taken */
gboolean habla_token_bucket_take (HablaTokenBucket *self, gint64 now);
/* Takes @n tokens, whether they are left or not. */
void habla_token_bucket_charge (HablaTokenBucket *self, double n, gint64 now);
/* Returns: the time until a token is left, in microseconds; 0 = now */
gint64 habla_token_bucket_get_wait (HablaTokenBucket *self, gint64 now);
gboolean habla_token_bucket_is_full (HablaTokenBucket *self, gint64 now);

G_END_DECLS
