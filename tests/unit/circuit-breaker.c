/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/circuit-breaker.h>

#define FIRST HABLA_CIRCUIT_BREAKER_MIN_BACKOFF
#define LONGEST HABLA_CIRCUIT_BREAKER_MAX_BACKOFF

static void
fail_until_open (HablaCircuitBreaker *breaker, guint64 now)
{
  for (guint i = 0; i < HABLA_CIRCUIT_BREAKER_FAILURES; i++) {
    g_assert_cmpint (breaker->state, ==, HABLA_CIRCUIT_BREAKER_CLOSED);
    g_assert_true (habla_circuit_breaker_allow (breaker, now));
    habla_circuit_breaker_fail (breaker, now);
  }
  g_assert_cmpint (breaker->state, ==, HABLA_CIRCUIT_BREAKER_OPEN);
}

static void
test_opens (void)
{
  HablaCircuitBreaker breaker = { 0 };

  /* Only failures in a row count. */
  for (guint i = 0; i < 100; i++) {
    habla_circuit_breaker_fail (&breaker, 0);
    if (i % (HABLA_CIRCUIT_BREAKER_FAILURES - 1) == 0)
      habla_circuit_breaker_succeed (&breaker);
  }
  g_assert_cmpstr (habla_circuit_breaker_get_name (&breaker), ==, "closed");

  habla_circuit_breaker_succeed (&breaker);
  fail_until_open (&breaker, 100);
  g_assert_cmpstr (habla_circuit_breaker_get_name (&breaker), ==, "open");
  g_assert_false (habla_circuit_breaker_allow (&breaker, 100));
  g_assert_false (habla_circuit_breaker_allow (&breaker, 100 + FIRST - 1));
}

static void
test_tries (void)
{
  HablaCircuitBreaker breaker = { 0 };

  fail_until_open (&breaker, 0);
  g_assert_true (habla_circuit_breaker_allow (&breaker, FIRST));
  g_assert_cmpstr (habla_circuit_breaker_get_name (&breaker), ==, "half-open");
  g_assert_false (habla_circuit_breaker_allow (&breaker, FIRST));
  habla_circuit_breaker_succeed (&breaker);
  g_assert_true (habla_circuit_breaker_allow (&breaker, FIRST));
  g_assert_true (habla_circuit_breaker_allow (&breaker, FIRST));

  /* A success resets the number of failures and the backoff. */
  fail_until_open (&breaker, 0);
  g_assert_true (habla_circuit_breaker_allow (&breaker, FIRST));
}

static void
test_pause_grows (void)
{
  HablaCircuitBreaker breaker = { 0 };
  guint64 now = 0, pause = FIRST;

  fail_until_open (&breaker, now);
  for (guint i = 0; i < 20; i++) {
    g_assert_false (habla_circuit_breaker_allow (&breaker, now + pause - 1));
    now += pause;
    g_assert_true (habla_circuit_breaker_allow (&breaker, now));
    habla_circuit_breaker_fail (&breaker, now);
    g_assert_cmpint (breaker.state, ==, HABLA_CIRCUIT_BREAKER_OPEN);
    pause = MIN (2 * pause, LONGEST);
  }
  g_assert_cmpuint (pause, ==, LONGEST);
}

static void
test_late_answers (void)
{
  HablaCircuitBreaker breaker = { 0 };

  /* A failed request of before the opening does not prolong the backoff. */
  fail_until_open (&breaker, 0);
  habla_circuit_breaker_fail (&breaker, FIRST - 1);
  g_assert_true (habla_circuit_breaker_allow (&breaker, FIRST));

  /* If the test is cancelled, the next request is the test. */
  habla_circuit_breaker_cancel (&breaker);
  g_assert_true (habla_circuit_breaker_allow (&breaker, FIRST));

  habla_circuit_breaker_succeed (&breaker);
  habla_circuit_breaker_cancel (&breaker);
  g_assert_cmpint (breaker.state, ==, HABLA_CIRCUIT_BREAKER_CLOSED);
}

static void
test_max_failures (void)
{
  HablaCircuitBreaker breaker = { .max_failures = 1 };

  habla_circuit_breaker_fail (&breaker, 0);
  g_assert_cmpint (breaker.state, ==, HABLA_CIRCUIT_BREAKER_OPEN);
  g_assert_true (habla_circuit_breaker_allow (&breaker, FIRST));
  habla_circuit_breaker_succeed (&breaker);
  habla_circuit_breaker_fail (&breaker, FIRST);
  g_assert_cmpint (breaker.state, ==, HABLA_CIRCUIT_BREAKER_OPEN);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/circuit-breaker/max-failures", test_max_failures);
  g_test_add_func ("/circuit-breaker/opens", test_opens);
  g_test_add_func ("/circuit-breaker/tries", test_tries);
  g_test_add_func ("/circuit-breaker/pause-grows", test_pause_grows);
  g_test_add_func ("/circuit-breaker/late-answers", test_late_answers);
  return habla_test_run ();
}
