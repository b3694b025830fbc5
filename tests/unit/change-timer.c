/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <daemon/network/change-timer.h>

#define BURST 3
/* In milliseconds. */
#define SETTLING_TIME 5
#define INTERVAL 100
#define STORM 500

typedef struct {
  HablaChangeTimer *timer;
  gboolean works; /* in the callback */
  guint n_changes;
  guint n_called;
  guint n_seen; /* of the changes, in the last callback */
} Test;

static void
on_change (gpointer user_data)
{
  Test *test = user_data;

  test->n_called++;
  test->n_seen = test->n_changes;
  if (test->works)
    habla_change_timer_note_work (test->timer);
}

/* Something changes with each iteration, for the time of a storm. Returns: its time, in
 * milliseconds */
static gint64
run_storm (Test *test)
{
  gint64 begin = g_get_monotonic_time ();
  gint64 end = begin + STORM * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end) {
    test->n_changes++;
    habla_change_timer_note_change (test->timer);
    g_main_context_iteration (NULL, FALSE);
    g_thread_yield ();
  }
  while (test->n_seen < test->n_changes)
    g_main_context_iteration (NULL, TRUE);
  return (g_get_monotonic_time () - begin) / G_TIME_SPAN_MILLISECOND;
}

/* The last state is always seen, however fast changes come. */
static void
test_storm (void)
{
  Test test = { .works = TRUE };
  g_autoptr (HablaChangeTimer) timer =
      habla_change_timer_new (SETTLING_TIME, INTERVAL, BURST, on_change, &test);
  gint64 milliseconds;

  test.timer = timer;
  milliseconds = run_storm (&test);
  g_assert_cmpuint (test.n_seen, ==, test.n_changes);
  g_assert_cmpuint (test.n_called, >=, 2);
  g_assert_cmpuint (test.n_called, <=, BURST + milliseconds / INTERVAL + 1);
}

/* Changes that cause no work are not limited, and one change causes one call. */
static void
test_free (void)
{
  Test test = { .works = FALSE };
  g_autoptr (HablaChangeTimer) timer =
      habla_change_timer_new (SETTLING_TIME, G_MAXINT, 1, on_change, &test);

  test.timer = timer;
  for (guint i = 1; i <= 5; i++) {
    test.n_changes++;
    habla_change_timer_note_change (timer);
    while (test.n_called < i)
      g_main_context_iteration (NULL, TRUE);
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (test.n_called, ==, 5);
}

/* Work between a change and its callback postpones that. */
static void
test_late_work (void)
{
  Test test = { .works = FALSE };
  g_autoptr (HablaChangeTimer) timer =
      habla_change_timer_new (SETTLING_TIME, INTERVAL, 1, on_change, &test);
  gint64 begin = g_get_monotonic_time ();

  test.timer = timer;
  habla_change_timer_note_change (timer);
  habla_change_timer_note_work (timer);
  while (test.n_called == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, INTERVAL * G_TIME_SPAN_MILLISECOND);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/change-timer/storm", test_storm);
  g_test_add_func ("/change-timer/free", test_free);
  g_test_add_func ("/change-timer/late-work", test_late_work);
  return habla_test_run ();
}
