/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaTokenBucket:
 * @per_second: tokens that are added each second; more than 0
 * @burst: upper bound of @tokens
 * @tokens: the tokens that are left; below 0 after habla_token_bucket_charge()
 * @refilled_at: when @tokens was right
 *
 * A rate limit: @per_second on average, @burst at once. All times are in microseconds of the
 * monotonic clock.
 */
typedef struct {
  double per_second;
  double burst;
  double tokens;
  gint64 refilled_at;
} HablaTokenBucket;

/**
 * habla_token_bucket_init:
 * @self: (out): a bucket; it starts full
 * @per_second: tokens that are added each second
 * @burst: tokens that it can hold
 * @now: the time
 */
void habla_token_bucket_init (HablaTokenBucket *self, double per_second, double burst, gint64 now);

/**
 * habla_token_bucket_take:
 * @self: a bucket
 * @now: the time
 *
 * Returns: whether a token was left, and has been taken
 */
gboolean habla_token_bucket_take (HablaTokenBucket *self, gint64 now);

/**
 * habla_token_bucket_charge:
 * @self: a bucket
 * @n: tokens to take, even if fewer are left
 * @now: the time
 */
void habla_token_bucket_charge (HablaTokenBucket *self, double n, gint64 now);

/**
 * habla_token_bucket_get_wait:
 * @self: a bucket
 * @now: the time
 *
 * Returns: the time until a token is left, in microseconds; 0 = there is one
 */
gint64 habla_token_bucket_get_wait (HablaTokenBucket *self, gint64 now);

/**
 * habla_token_bucket_is_full:
 * @self: a bucket
 * @now: the time
 *
 * Returns: whether no token is missing
 */
gboolean habla_token_bucket_is_full (HablaTokenBucket *self, gint64 now);

G_END_DECLS
