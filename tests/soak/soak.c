/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The real hablad passes each scenario: for some cycles, or, with HABLA_SOAK=long or -m slow, for
 * hours and with the limits for a quiet machine. HABLA_TEST_SANITIZED is a hablad with a sanitizer,
 * which then decides instead of heap and time. HABLA_SOAK_REPORTS is a folder that keeps reports
 * and records.
 *
 * usage: test-soak [SCENARIO...] */
#include "habla-test.h"

#include <gio/gio.h>
#include <string.h>

typedef struct {
  const char *scenario;
  const char *options; /* in the short lane: too few cycles to find drift; NULL = part of mixed */
  const char *long_options;
} Row;

static const Row rows[] = {
  { "listen", NULL, "--cycles=10000" },
  { "reconnect", NULL, "--cycles=1000" },
  { "playback", "--cycles=1", "--cycles=1000" },
  { "restart", "--cycles=1", "--cycles=1000" },
  { "burst", NULL, "--cycles=1000" },
  { "typed", "--cycles=15", "--cycles=1000" },
  { "languages", NULL, "--cycles=1000" },
  { "slow-client", NULL, "--cycles=1000" },
  { "engine-crash", NULL, "--cycles=1000" },
  { "day", "--cycles=1 --hours=0.002 --speed=4", "--hours=8 --speed=8" },
  { "mixed", "--cycles=7", "--cycles=140" },
};

static gboolean
is_long (void)
{
  return g_test_slow () || g_strcmp0 (g_getenv ("HABLA_SOAK"), "long") == 0;
}

static gboolean
is_sanitized (void)
{
  return g_getenv ("HABLA_TEST_SANITIZED") != NULL;
}

static void
test_scenario (gconstpointer data)
{
  const Row *row = data;
  gboolean is_short = !is_long ();
  const char *kept = g_getenv ("HABLA_SOAK_REPORTS");
  const char *folder = kept != NULL ? kept : habla_test_get_dir ();
  g_autofree char *report = g_strdup_printf ("%s/%s.html", folder, row->scenario);
  g_autofree char *report_option = g_strconcat ("--report=", report, NULL);
  g_autofree char *output = g_strdup_printf ("--output=%s/%s.json", folder, row->scenario);
  g_autofree char *limits = g_strconcat ("--slo=", g_getenv ("HABLA_TEST_SLO"), NULL);
  g_autofree char *hablad = g_strconcat ("--hablad=", g_getenv ("HABLA_TEST_SANITIZED"), NULL);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  const char *line = is_short ? row->options : row->long_options;
  g_auto (GStrv) options = g_strsplit (line != NULL ? line : "", " ", -1);
  g_autofree char *out = NULL;
  g_autofree char *page = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (is_short && row->options == NULL) {
    g_test_skip ("Only in the long lane; mixed has some of its cycles");
    return;
  }
  /* A long run has the complete model, as in production. */
  if (!is_short)
    g_unsetenv ("POCKETSPHINX_PATH");
  g_ptr_array_add (argv, (char *) g_getenv ("HABLA_TEST_SOAK"));
  g_ptr_array_add (argv, (char *) "--scenario");
  g_ptr_array_add (argv, (char *) row->scenario);
  g_ptr_array_add (argv, report_option);
  g_ptr_array_add (argv, output);
  if (is_short || is_sanitized ())
    g_ptr_array_add (argv, limits);
  if (is_sanitized ()) {
    g_ptr_array_add (argv, hablad);
    /* The sanitizer would report what the tracer itself leaks. */
    g_ptr_array_add (argv, (char *) "--no-tracer");
    g_ptr_array_add (argv, (char *) "--timeout=600");
  }
  for (guint i = 0; options[i] != NULL; i++)
    g_ptr_array_add (argv, options[i]);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, 0, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error)) {
    /* The other scenarios of a night must run, too. */
    g_printerr ("%s\n", out);
    g_test_fail_printf ("%s: %s", row->scenario, error->message);
    return;
  }
  g_file_get_contents (report, &page, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (page, "class='result good'"));
  if (!is_sanitized ())
    g_assert_nonnull (strstr (page, "idle health over idle bare server p50"));
}

static void
add_row (const Row *row)
{
  g_autofree char *path = g_strconcat ("/soak/", row->scenario, NULL);

  g_test_add_data_func (path, row, test_scenario);
}

static const Row *
find_row (const char *scenario)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].scenario, scenario))
      return &rows[i];
  g_error ("There is no scenario “%s”", scenario);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  for (int i = 1; i < argc; i++)
    add_row (find_row (argv[i]));
  for (guint i = 0; argc == 1 && i < G_N_ELEMENTS (rows); i++)
    add_row (&rows[i]);
  return habla_test_run ();
}
