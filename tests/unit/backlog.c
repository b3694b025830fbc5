/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/speech/backlog.h>

#define MS 1000

/* Handles 100 ms of input at @position that comes at @now, in @duration.
 * Returns: the backlog at the end */
static gint64
handle (HablaBacklog *self, gint64 now, gint64 position, gint64 duration)
{
  gint64 backlog;

  habla_backlog_enter (self, now, position);
  backlog = habla_backlog_get (self, now + duration, position + 100 * MS);
  habla_backlog_leave (self, now + duration);
  return backlog;
}

/* A decode of half a second, after which buffers have waited, which are handled at once. */
static void
test_live (void)
{
  HablaBacklog self = { 0 };
  gint64 now = 5000 * MS;

  g_assert_cmpint (habla_backlog_get (&self, now, 0), ==, 0);
  g_assert_cmpint (handle (&self, now, 0, 10 * MS), ==, 0);
  g_assert_cmpint (handle (&self, now + 100 * MS, 100 * MS, 500 * MS), ==, 400 * MS);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (handle (&self, now + (600 + i) * MS, (200 + 100 * i) * MS, MS), ==,
        (301 - 100 * i + i) * MS > 0 ? (301 - 100 * i + i) * MS : 0);
  /* It waited for the next one. */
  g_assert_cmpint (handle (&self, now + 700 * MS, 600 * MS, 10 * MS), ==, 0);
}

/* Input that comes late because of its source is no backlog. */
static void
test_late_source (void)
{
  HablaBacklog self = { 0 };

  handle (&self, 0, 0, 10 * MS);
  g_assert_cmpint (handle (&self, 5000 * MS, 100 * MS, 10 * MS), ==, 0);
  g_assert_cmpint (handle (&self, 5100 * MS, 200 * MS, 300 * MS), ==, 200 * MS);
}

/* A file has backlog only if it takes longer than it lasts: 2 s are gained, then lost. */
static void
test_file (void)
{
  HablaBacklog self = { 0 };
  gint64 now = 0, position = 0;

  for (guint i = 0; i < 25; i++, now += 20 * MS, position += 100 * MS)
    g_assert_cmpint (handle (&self, now, position, 20 * MS), ==, 0);
  for (guint i = 0; i < 40; i++, now += 150 * MS, position += 100 * MS)
    g_assert_cmpint (handle (&self, now, position, 150 * MS), ==, 0);
  for (gint64 i = 0; i < 5; i++, now += 150 * MS, position += 100 * MS)
    g_assert_cmpint (handle (&self, now, position, 150 * MS), ==, (i + 1) * 50 * MS);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/backlog/live", test_live);
  g_test_add_func ("/backlog/late-source", test_late_source);
  g_test_add_func ("/backlog/file", test_file);
  return habla_test_run ();
}
