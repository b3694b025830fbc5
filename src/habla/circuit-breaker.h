/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/* Default number of failures in a row that open it. */
#define HABLA_CIRCUIT_BREAKER_FAILURES 5
/* First and longest backoff, in nanoseconds; each one is twice the previous one. */
#define HABLA_CIRCUIT_BREAKER_MIN_BACKOFF G_GUINT64_CONSTANT (1000000000)
#define HABLA_CIRCUIT_BREAKER_MAX_BACKOFF G_GUINT64_CONSTANT (60000000000)

/**
 * HablaCircuitBreakerState:
 * @HABLA_CIRCUIT_BREAKER_CLOSED: the engine works, or has failed a few times only
 * @HABLA_CIRCUIT_BREAKER_OPEN: too many failures in a row; no requests until the backoff
 *   is over
 * @HABLA_CIRCUIT_BREAKER_HALF_OPEN: one request tests whether the engine works again
 */
typedef enum {
  HABLA_CIRCUIT_BREAKER_CLOSED,
  HABLA_CIRCUIT_BREAKER_OPEN,
  HABLA_CIRCUIT_BREAKER_HALF_OPEN,
} HablaCircuitBreakerState;

/**
 * HablaCircuitBreaker:
 * @state: the state
 * @failures: number of failures in a row, while closed
 * @backoff: duration of the last backoff, in nanoseconds
 * @retry_at: time of the next request while open, in nanoseconds
 * @max_failures: number of failures in a row that open it; 0 = %HABLA_CIRCUIT_BREAKER_FAILURES
 *
 * Decides whether to send a request to an engine that may be broken. A plain value without
 * a clock or a lock: the owner passes the time and protects it. Zero-initialised is closed.
 */
typedef struct {
  HablaCircuitBreakerState state;
  guint failures;
  guint64 backoff;
  guint64 retry_at;
  guint max_failures;
} HablaCircuitBreaker;

/**
 * habla_circuit_breaker_allow:
 * @self: a breaker
 * @now: the time, in nanoseconds
 *
 * The owner must report the result of each allowed request with one of
 * habla_circuit_breaker_succeed(), habla_circuit_breaker_fail() (or
 * habla_circuit_breaker_report()) and habla_circuit_breaker_cancel().
 *
 * Returns: whether to send a request
 */
HABLA_API gboolean habla_circuit_breaker_allow (HablaCircuitBreaker *self, guint64 now);

/**
 * habla_circuit_breaker_succeed:
 * @self: a breaker
 *
 * Reports a response of the engine.
 */
HABLA_API void habla_circuit_breaker_succeed (HablaCircuitBreaker *self);

/**
 * habla_circuit_breaker_fail:
 * @self: a breaker
 * @now: the time, in nanoseconds
 *
 * Reports a failure. Failures of earlier requests are ignored while open.
 */
HABLA_API void habla_circuit_breaker_fail (HablaCircuitBreaker *self, guint64 now);

/**
 * habla_circuit_breaker_report: (skip)
 * @self: a breaker
 * @now: the time, in nanoseconds
 * @error: (inout): the failure. Prefixed when it opens the breaker, and cleared when the
 *   breaker was not closed, because that was reported before
 * @what: what failed, for the prefix: "Translation"
 * @consequence: what happens while it is open: "utterances pass untranslated"
 *
 * Like habla_circuit_breaker_fail(), for failures that are reported to the user.
 */
HABLA_API void habla_circuit_breaker_report (HablaCircuitBreaker *self, guint64 now, GError **error,
    const char *what, const char *consequence);

/**
 * habla_circuit_breaker_cancel:
 * @self: a breaker
 *
 * Reports that the request was cancelled. If it was the test, the next one is.
 */
HABLA_API void habla_circuit_breaker_cancel (HablaCircuitBreaker *self);

/**
 * habla_circuit_breaker_get_name:
 * @self: a breaker
 *
 * Returns: (transfer none): its state: "closed", "open" or "half-open"
 */
HABLA_API const char *habla_circuit_breaker_get_name (const HablaCircuitBreaker *self);

G_END_DECLS
