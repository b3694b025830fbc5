/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <util/time-format.h>

static void
assert_formatted (gint64 time, HablaTimeFormat format, const char *wanted)
{
  g_autofree char *text = habla_time_format (time, format);

  g_assert_cmpstr (text, ==, wanted);
}

static void
test_forms (void)
{
  const gint64 time = G_GINT64_CONSTANT (1795595400250000) + 7;

  assert_formatted (time, HABLA_TIME_SECONDS, "2026-11-25T08:30:00Z");
  assert_formatted (time, HABLA_TIME_MILLISECONDS, "2026-11-25T08:30:00.250Z");
  assert_formatted (time, HABLA_TIME_MICROSECONDS, "2026-11-25T08:30:00.250007Z");
  assert_formatted (time, HABLA_TIME_PROTOCOL, "2026-11-25T08:30:00.250007+00:00");
}

static void
test_limits (void)
{
  assert_formatted (0, HABLA_TIME_PROTOCOL, "1970-01-01T00:00:00.000000+00:00");
  assert_formatted (-1, HABLA_TIME_MICROSECONDS, "1969-12-31T23:59:59.999999Z");
  assert_formatted (G_MAXINT64, HABLA_TIME_SECONDS, NULL);
  assert_formatted (G_MININT64, HABLA_TIME_SECONDS, NULL);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/time-format/forms", test_forms);
  g_test_add_func ("/time-format/limits", test_limits);
  return habla_test_run ();
}
