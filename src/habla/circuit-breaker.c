/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/circuit-breaker.h"

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

void
habla_circuit_breaker_succeed (HablaCircuitBreaker *self)
{
  self->state = HABLA_CIRCUIT_BREAKER_CLOSED;
  self->failures = 0;
  self->backoff = 0;
}

void
habla_circuit_breaker_fail (HablaCircuitBreaker *self, guint64 now)
{
  guint max = self->max_failures > 0 ? self->max_failures : HABLA_CIRCUIT_BREAKER_FAILURES;

  if (self->state == HABLA_CIRCUIT_BREAKER_OPEN)
    return;
  if (self->state == HABLA_CIRCUIT_BREAKER_CLOSED && ++self->failures < max)
    return;
  self->backoff = CLAMP (
      2 * self->backoff, HABLA_CIRCUIT_BREAKER_MIN_BACKOFF, HABLA_CIRCUIT_BREAKER_MAX_BACKOFF);
  self->retry_at = now + self->backoff;
  self->state = HABLA_CIRCUIT_BREAKER_OPEN;
}

void
habla_circuit_breaker_report (HablaCircuitBreaker *self, guint64 now, GError **error,
    const char *what, const char *consequence)
{
  HablaCircuitBreakerState before = self->state;

  habla_circuit_breaker_fail (self, now);
  if (before != HABLA_CIRCUIT_BREAKER_CLOSED)
    g_clear_error (error);
  else if (self->state == HABLA_CIRCUIT_BREAKER_OPEN)
    g_prefix_error (error, "%s failed %u times in a row; %s until it works again: ", what,
        self->failures, consequence);
}

void
habla_circuit_breaker_cancel (HablaCircuitBreaker *self)
{
  if (self->state == HABLA_CIRCUIT_BREAKER_HALF_OPEN)
    self->state = HABLA_CIRCUIT_BREAKER_OPEN;
}

const char *
habla_circuit_breaker_get_name (const HablaCircuitBreaker *self)
{
  static const char *const names[] = { "closed", "open", "half-open" };

  return names[self->state];
}
