/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <util/source.h>

typedef struct {
  GSource *timer;
  guint n_calls;
} Owner;

static gboolean
on_tick (gpointer user_data)
{
  Owner *self = user_data;

  self->n_calls++;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_once (gpointer user_data)
{
  Owner *self = user_data;

  self->n_calls++;
  habla_source_clear (&self->timer);
  return G_SOURCE_REMOVE;
}

static void
test_start (void)
{
  Owner owner = { 0 };

  habla_source_start_timer (&owner.timer, 1, "habla-test-timer", on_tick, &owner);
  g_assert_cmpstr (g_source_get_name (owner.timer), ==, "habla-test-timer");
  while (owner.n_calls < 3)
    g_main_context_iteration (NULL, TRUE);
  habla_source_clear (&owner.timer);
  g_assert_null (owner.timer);
  habla_source_clear (&owner.timer);
  g_assert_false (g_main_context_pending (NULL));
}

/* Starting again replaces the source: the first one is never dispatched. */
static void
test_restart (void)
{
  Owner first = { 0 };
  Owner second = { 0 };

  habla_source_start_timer_at (&first.timer, 0, "habla-test-first", on_once, &first);
  second.timer = g_steal_pointer (&first.timer);
  habla_source_start_timer_at (&second.timer, 0, "habla-test-second", on_once, &second);
  while (second.timer != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (first.n_calls, ==, 0);
  g_assert_cmpuint (second.n_calls, ==, 1);
}

static void
test_start_at (void)
{
  gint64 time = g_get_monotonic_time () + 20 * G_TIME_SPAN_MILLISECOND;
  Owner owner = { 0 };

  habla_source_start_timer_at (&owner.timer, time, "habla-test-once", on_once, &owner);
  while (owner.timer != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_get_monotonic_time (), >=, time);
  g_assert_cmpuint (owner.n_calls, ==, 1);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/source/start", test_start);
  g_test_add_func ("/source/restart", test_restart);
  g_test_add_func ("/source/start-at", test_start_at);
  return habla_test_run ();
}
