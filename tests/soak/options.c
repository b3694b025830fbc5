/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <options.h>
#include <string.h>

/* Returns: (transfer full) (nullable): the parsed URL; %NULL = rejected with an error that quotes
 * it */
static char *
parse_url (const char *url)
{
  g_autofree char *option = g_strconcat ("--url=", url, NULL);
  char *arguments[] = { (char *) "habla-soak", option, NULL };
  char **argv = arguments;
  int argc = 2;
  g_autoptr (GError) error = NULL;
  SoakOptions options;
  char *result = NULL;

  if (soak_options_parse (&options, &argc, &argv, &error)) {
    result = g_strdup (options.url);
  } else {
    g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
    g_assert_nonnull (strstr (error->message, url));
  }
  soak_options_clear (&options);
  return result;
}

static void
test_url (void)
{
  static const struct {
    const char *given, *expected;
  } rows[] = {
    { "http://127.0.0.1:8080", "http://127.0.0.1:8080/" },
    { "http://127.0.0.1:8080/", "http://127.0.0.1:8080/" },
    { "https://[::1]:1", "https://[::1]:1/" },
    { "http://localhost:8080/lesson", NULL },
    { "ftp://localhost/", NULL },
    { "localhost:8080", NULL },
    { "nonsense", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *url = parse_url (rows[i].given);

    g_assert_cmpstr (url, ==, rows[i].expected);
  }
}

static double
parse_pace (const char *scenario, const char *speed)
{
  char *arguments[] = { (char *) "habla-soak", (char *) scenario, (char *) speed };
  char **argv = arguments;
  int argc = speed != NULL ? 3 : 2;
  g_autoptr (GError) error = NULL;
  SoakOptions options;
  double pace;

  soak_options_parse (&options, &argc, &argv, &error);
  g_assert_no_error (error);
  pace = options.pace;
  soak_options_clear (&options);
  return pace;
}

/* The scenario day simulates time; elsewhere --speed affects audio only. */
static void
test_pace (void)
{
  g_assert_cmpfloat (parse_pace ("--scenario=day", NULL), ==, 4);
  g_assert_cmpfloat (parse_pace ("--scenario=day", "--speed=8"), ==, 8);
  g_assert_cmpfloat (parse_pace ("--scenario=listen", NULL), ==, 1);
  g_assert_cmpfloat (parse_pace ("--scenario=listen", "--speed=8"), ==, 1);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/soak-options/url", test_url);
  g_test_add_func ("/soak-options/pace", test_pace);
  return habla_test_run ();
}
