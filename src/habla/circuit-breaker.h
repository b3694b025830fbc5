/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So many failures in a row open it. */
#define HABLA_CIRCUIT_BREAKER_FAILURES 5
/* The first pause and the longest, in nanoseconds; each is twice the one before. */
#define HABLA_CIRCUIT_BREAKER_MIN_BACKOFF G_GUINT64_CONSTANT (1000000000)
#define HABLA_CIRCUIT_BREAKER_MAX_BACKOFF G_GUINT64_CONSTANT (60000000000)

/**
 * HablaCircuitBreakerState:
 * @HABLA_CIRCUIT_BREAKER_CLOSED: the engine works, or has failed a few times only
 * @HABLA_CIRCUIT_BREAKER_OPEN: it failed too often in a row and is left alone
 * @HABLA_CIRCUIT_BREAKER_HALF_OPEN: one question tries whether it works again
 */
typedef enum {
  HABLA_CIRCUIT_BREAKER_CLOSED,
  HABLA_CIRCUIT_BREAKER_OPEN,
  HABLA_CIRCUIT_BREAKER_HALF_OPEN,
} HablaCircuitBreakerState;

/**
 * HablaCircuitBreaker:
 *
 * Decides whether to ask an engine that may be broken. Knows no clock and no
 * lock: the owner passes the time, in nanoseconds, and guards it. Zero-initialised
 * is closed.
 */
typedef struct {
  HablaCircuitBreakerState state;
  guint failures;   /* in a row, while closed */
  guint64 backoff;  /* of the last opening */
  guint64 retry_at; /* when it may be asked again, while open */
} HablaCircuitBreaker;

gboolean habla_circuit_breaker_allow (HablaCircuitBreaker *self, guint64 now);
void habla_circuit_breaker_succeed (HablaCircuitBreaker *self);
void habla_circuit_breaker_fail (HablaCircuitBreaker *self, guint64 now);
void habla_circuit_breaker_cancel (HablaCircuitBreaker *self);
const char *habla_circuit_breaker_get_name (const HablaCircuitBreaker *self);

G_END_DECLS
