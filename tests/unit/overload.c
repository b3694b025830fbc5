/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <pipeline/overload.h>

#define STEP (GST_SECOND / 10)

/* Updates the level with @lag every @STEP for @duration. Returns: how often the level changed */
static guint
feed (HablaOverload *overload, guint64 *now, guint64 lag, guint64 duration)
{
  guint64 end = *now + duration;
  guint changes = 0;

  for (; *now < end; *now += STEP) {
    guint before = overload->level;

    changes += habla_overload_update (overload, lag, *now) != before;
  }
  return changes;
}

/* The level rises at once, by as many steps as necessary. */
static void
test_rises (void)
{
  for (guint level = 1; level <= HABLA_OVERLOAD_LEVELS; level++) {
    guint64 limit = habla_overload_get_limit (level);

    for (guint from = 0; from <= level; from++) {
      HablaOverload overload = { .level = from };

      g_assert_cmpuint (habla_overload_update (&overload, limit, GST_SECOND), ==, level);
      if (level > 1)
        g_assert_cmpuint (limit, >, habla_overload_get_limit (level - 1));
    }
  }
  for (guint64 lag = 0; lag < habla_overload_get_limit (1); lag += 1000000) {
    HablaOverload overload = { 0 };

    g_assert_cmpuint (habla_overload_update (&overload, lag, 0), ==, 0);
  }
}

/* The level falls one step at a time, with a pause before each. */
static void
test_falls (void)
{
  HablaOverload overload = { 0 };
  guint64 now = 123 * GST_SECOND;

  habla_overload_update (&overload, GST_SECOND * 60, now);
  for (guint level = HABLA_OVERLOAD_LEVELS; level > 0; level--) {
    g_assert_cmpuint (feed (&overload, &now, 0, HABLA_OVERLOAD_CALM - STEP), ==, 0);
    g_assert_cmpuint (overload.level, ==, level);
    g_assert_cmpuint (feed (&overload, &now, 0, 2 * STEP), ==, 1);
    g_assert_cmpuint (overload.level, ==, level - 1);
    now -= STEP; /* the look that let it fall begins the next pause */
  }
  g_assert_cmpuint (feed (&overload, &now, 0, 60 * GST_SECOND), ==, 0);
}

/* The level does not oscillate around a limit, or between a limit and its half. */
static void
test_steady (void)
{
  for (guint level = 1; level <= HABLA_OVERLOAD_LEVELS; level++) {
    HablaOverload overload = { 0 };
    guint64 limit = habla_overload_get_limit (level), now = 0;
    guint changes = 0;

    for (guint i = 0; i < 100; i++) {
      changes += feed (&overload, &now, limit + STEP / 10, STEP);
      changes += feed (&overload, &now, limit - STEP / 10, STEP);
      changes += feed (&overload, &now, limit / 2, 2 * HABLA_OVERLOAD_CALM);
    }
    g_assert_cmpuint (changes, ==, 1);
    g_assert_cmpuint (overload.level, ==, level);
  }
}

/* A low lag that is shorter than the pause has no effect. */
static void
test_lulls (void)
{
  HablaOverload overload = { 0 };
  guint64 now = 0;

  for (guint i = 0; i < 100; i++) {
    feed (&overload, &now, habla_overload_get_limit (2), STEP);
    feed (&overload, &now, 0, HABLA_OVERLOAD_CALM - STEP);
    g_assert_cmpuint (overload.level, ==, 2);
  }
}

/* A recogniser at 0.7 of real time, then at 1.5: the lag grows and shrinks. */
static void
test_trace (void)
{
  HablaOverload overload = { 0 };
  guint64 now = 0, reached[HABLA_OVERLOAD_LEVELS + 1] = { 0 };
  gint64 lag = 0;

  while (now < 15 * GST_SECOND) {
    guint level = habla_overload_update (&overload, lag, now);

    if (reached[level] == 0)
      reached[level] = now;
    lag += STEP * 3 / 10;
    now += STEP;
  }
  g_assert_cmpuint (reached[1], <=, 2 * GST_SECOND);
  g_assert_cmpuint (reached[2], <=, 4 * GST_SECOND);
  g_assert_cmpuint (reached[3], <=, 11 * GST_SECOND);

  while (overload.level > 0) {
    g_assert_cmpuint (now, <, 40 * GST_SECOND);
    habla_overload_update (&overload, lag, now);
    lag = MAX (lag - (gint64) (STEP / 2), 0);
    now += STEP;
  }
  /* After the last pause. */
  g_assert_cmpuint (now, >, 15 * GST_SECOND + 3 * HABLA_OVERLOAD_CALM);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/overload/rises", test_rises);
  g_test_add_func ("/overload/falls", test_falls);
  g_test_add_func ("/overload/steady", test_steady);
  g_test_add_func ("/overload/lulls", test_lulls);
  g_test_add_func ("/overload/trace", test_trace);
  return habla_test_run ();
}
