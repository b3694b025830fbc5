/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hablad with a planted fault is found to be bad, and the finding names the fault. See
 * planted-faults.c. Without a fault, the same program is found to be good.
 *
 * usage: test-soak-faults [NAME...] */
#include "habla-test.h"

#include <gio/gio.h>
#include <string.h>

typedef struct {
  const char *name;
  const char *fault;
  const char *options;
  const char *finding; /* part of the output of habla-soak; NULL = there is no finding */
  gboolean is_long;    /* only in the long lane */
} Row;

#define LEVELS "--scenario=typed --cycles=1"
#define SEQUENCE "--scenario=typed --cycles=1 --warm-up=0 --timeout=15"

static const Row rows[] = {
  { "none", "none", "--scenario=typed --cycles=30", NULL, TRUE },
  { "buffer", "buffer", LEVELS, "left behind: habla_gstreamer_objects{type=\"buffer\"}: ", FALSE },
  { "pipeline", "pipeline", LEVELS,
      "left behind: habla_gstreamer_objects{type=\"pipeline\"}: ", FALSE },
  /* Habla's own invariant finds it, too, after ten seconds. */
  { "pipeline-invariant", "pipeline", "--scenario=typed --duration=15",
      "invariant: session: habla_session_violations_total{invariant=\"graph\"} ", TRUE },
  { "source", "source", LEVELS, "left behind: habla_main_sources{kind=\"unnamed\"}: ", FALSE },
  { "thread", "thread", LEVELS, "left behind: thread left-behind: ", FALSE },
  { "descriptor", "descriptor", LEVELS, "left behind: descriptor /dev/zero: ", FALSE },
  { "zombie", "zombie", LEVELS, "left behind: child zombie true: ", FALSE },
  { "heap", "heap", "--scenario=typed --cycles=25", "drift: heap: grows by ", FALSE },
  { "drift", "drift", "--scenario=typed --cycles=40", "drift: heap: grows by ", FALSE },
  { "queue", "queue", "--scenario=burst --cycles=1 --warm-up=0 --timeout=8",
      "level: queue length, peak of a session: ", FALSE },
  { "lost", "lost", SEQUENCE, "sequence: lost: ", FALSE },
  { "duplicate", "duplicate", SEQUENCE, "sequence: duplicate: ", FALSE },
  { "order", "order", SEQUENCE, "sequence: out of order: ", FALSE },
  { "hang", "hang", "--scenario=typed --cycles=1000 --timeout=10", "no answer: ", FALSE },
  { "drain", "drain", "--scenario=typed --cycles=1 --warm-up=0",
      "left behind: habla_sessions{state=\"draining\"}: ", FALSE },
  { "health", "health", "--scenario=typed --duration=6",
      "ratio: health over bare server p50: ", FALSE },
  { "unanswered", "unanswered", "--scenario=listen --cycles=2 --warm-up=0 --timeout=10",
      "no answer: listening_started: ", FALSE },
};

/* A fault that had no effect proves nothing. */
static void
assert_planted (const Row *row, const char *log_path)
{
  g_autofree char *line = g_strconcat ("planted fault: ", row->fault, "\n", NULL);
  g_autofree char *log = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (log_path, &log, NULL, &error);
  g_assert_no_error (error);
  if (strstr (log, line) == NULL)
    g_error (
        "%s: the fault was never planted, so planted-faults.c must change:\n%s", row->name, log);
}

static void
add_option (GStrvBuilder *builder, const char *name, const char *path)
{
  g_autofree char *option = g_strconcat (name, path, NULL);

  g_strv_builder_add (builder, option);
}

static void
test_fault (gconstpointer data)
{
  const Row *row = data;
  g_autofree char *log = g_strdup_printf ("%s/%s.log", habla_test_get_dir (), row->name);
  g_auto (GStrv) options = g_strsplit (row->options, " ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "HABLA_FAULT", row->fault, TRUE);
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (row->is_long && !g_test_slow () && g_strcmp0 (g_getenv ("HABLA_SOAK"), "long") != 0) {
    g_test_skip ("Only in the long lane");
    return;
  }
  add_option (builder, "", g_getenv ("HABLA_TEST_SOAK"));
  add_option (builder, "--hablad=", g_getenv ("HABLA_TEST_FAULTY"));
  add_option (builder, "--slo=", g_getenv ("HABLA_TEST_SLO"));
  add_option (builder, "--keep-log=", log);
  g_strv_builder_addv (builder, (const char **) options);
  argv = g_strv_builder_end (builder);
  g_spawn_sync (NULL, argv, environment, 0, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_test_message ("%s", out);
  if (row->finding != NULL)
    assert_planted (row, log);
  if (g_spawn_check_wait_status (status, NULL) != (row->finding == NULL))
    g_error ("%s: the run is %s:\n%s", row->name, row->finding == NULL ? "bad" : "good", out);
  if (row->finding != NULL && strstr (out, row->finding) == NULL)
    g_error ("%s: “%s” is not in:\n%s", row->name, row->finding, out);
}

static void
add_row (const Row *row)
{
  g_autofree char *path = g_strconcat ("/faults/", row->name, NULL);

  g_test_add_data_func (path, row, test_fault);
}

static const Row *
find_row (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].name, name))
      return &rows[i];
  g_error ("There is no fault “%s”", name);
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
