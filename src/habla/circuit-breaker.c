/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/circuit-breaker.h"

/**
 * habla_circuit_breaker_allow:
 * @self: a breaker
 * @now: the time, in nanoseconds
 *
 * Every question that may be asked is to be answered by one of
 * habla_circuit_breaker_succeed(), habla_circuit_breaker_fail() and
 * habla_circuit_breaker_cancel().
 *
 * Returns: whether the engine may be asked
 */
gboolean
habla_circuit_breaker_allow (HablaCircuitBreaker *self, guint64 now)
{
  if (self->state == HABLA_CIRCUIT_BREAKER_CLOSED)
    return TRUE;
  if (self->state == HABLA_CIRCUIT_BREAKER_HALF_OPEN || now < self->retry_at)
    return FALSE;
  self->state = HABLA_CIRCUIT_BREAKER_HALF_OPEN;
  return TRUE;
}

/**
 * habla_circuit_breaker_succeed:
 * @self: a breaker
 *
 * The engine answered.
 */
void
habla_circuit_breaker_succeed (HablaCircuitBreaker *self)
{
  self->state = HABLA_CIRCUIT_BREAKER_CLOSED;
  self->failures = 0;
  self->backoff = 0;
}

/**
 * habla_circuit_breaker_fail:
 * @self: a breaker
 * @now: the time, in nanoseconds
 *
 * The engine failed. A question that was asked before the breaker opened and
 * fails after it tells nothing new.
 */
void
habla_circuit_breaker_fail (HablaCircuitBreaker *self, guint64 now)
{
  if (self->state == HABLA_CIRCUIT_BREAKER_OPEN)
    return;
  if (self->state == HABLA_CIRCUIT_BREAKER_CLOSED &&
      ++self->failures < HABLA_CIRCUIT_BREAKER_FAILURES)
    return;
  self->backoff = CLAMP (
      2 * self->backoff, HABLA_CIRCUIT_BREAKER_MIN_BACKOFF, HABLA_CIRCUIT_BREAKER_MAX_BACKOFF);
  self->retry_at = now + self->backoff;
  self->state = HABLA_CIRCUIT_BREAKER_OPEN;
}

/**
 * habla_circuit_breaker_cancel:
 * @self: a breaker
 *
 * The question was withdrawn; the next one may try in its place.
 */
void
habla_circuit_breaker_cancel (HablaCircuitBreaker *self)
{
  if (self->state == HABLA_CIRCUIT_BREAKER_HALF_OPEN)
    self->state = HABLA_CIRCUIT_BREAKER_OPEN;
}

/**
 * habla_circuit_breaker_get_name:
 * @self: a breaker
 *
 * Returns: its state in a word: "closed", "open" or "half-open"
 */
const char *
habla_circuit_breaker_get_name (const HablaCircuitBreaker *self)
{
  static const char *const names[] = { "closed", "open", "half-open" };

  return names[self->state];
}
