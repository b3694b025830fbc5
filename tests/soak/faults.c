/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hablad with one fault is found bad, and the finding names it: see faulty.c. And the same
 * program without a fault is found good. */
#include "habla-test.h"

#include <gio/gio.h>
#include <string.h>

typedef struct {
  const char *group; /* those that are tested one after another */
  const char *fault;
  const char *options;
  const char *finding; /* of what habla-soak says; NULL = nothing is wrong */
  gboolean is_long;    /* only in the long lane */
} Row;

#define LEVELS "--scenario=typed --cycles=2"
#define SEQUENCE "--scenario=typed --cycles=1 --timeout=5"

static const Row rows[] = {
  { "run", "none", "--scenario=typed --cycles=30", NULL, TRUE },
  { "left", "buffer", LEVELS, "left behind: habla_gstreamer_objects{type=\"buffer\"}: " },
  { "left", "pipeline", LEVELS, "left behind: habla_gstreamer_objects{type=\"pipeline\"}: " },
  /* Habla's own invariant finds it too, after ten seconds. */
  { "left", "pipeline", "--scenario=typed --duration=15",
      "invariant: session: habla_session_violations_total{invariant=\"graph\"} ", TRUE },
  { "left", "source", LEVELS, "left behind: habla_main_sources{kind=\"unnamed\"}: " },
  { "left", "thread", LEVELS, "left behind: thread left-behind: " },
  { "left", "descriptor", LEVELS, "left behind: descriptor /dev/zero: " },
  { "left", "zombie", LEVELS, "left behind: child zombie true: " },
  { "run", "heap", "--scenario=typed --cycles=25", "drift: heap: grows by " },
  { "run", "drift", "--scenario=typed --cycles=40", "drift: heap: grows by " },
  { "run", "queue", "--scenario=burst --cycles=1", "level: queue length, peak of a session: " },
  { "sequence", "lost", SEQUENCE, "sequence: lost: " },
  { "sequence", "duplicate", SEQUENCE, "sequence: duplicate: " },
  { "sequence", "order", SEQUENCE, "sequence: out of order: " },
  { "sequence", "hang", "--scenario=typed --cycles=1000 --timeout=2", "no answer: metrics: " },
  { "run", "drain", "--scenario=typed --cycles=1",
      "left behind: habla_sessions{state=\"draining\"}: " },
  { "run", "health", "--scenario=typed --duration=12", "ratio: health over bare server p50: " },
  { "run", "flag", "--scenario=restart --cycles=1 --warm-up=0 --timeout=5",
      "no answer: listening_started: " },
};

static void
test_fault (gconstpointer data)
{
  const Row *row = data;
  g_autofree char *line =
      g_strdup_printf ("%s --hablad=%s --slo=%s %s", g_getenv ("HABLA_TEST_SOAK"),
          g_getenv ("HABLA_TEST_FAULTY"), g_getenv ("HABLA_TEST_SLO"), row->options);
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "HABLA_FAULT", row->fault, TRUE);
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (row->is_long && !g_test_slow () && g_strcmp0 (g_getenv ("HABLA_SOAK"), "long") != 0) {
    g_test_skip ("Only in the long lane");
    return;
  }
  g_spawn_sync (NULL, argv, environment, 0, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_test_message ("%s", out);
  if (g_spawn_check_wait_status (status, NULL) != (row->finding == NULL))
    g_error ("%s: found %s:\n%s", row->fault, row->finding == NULL ? "bad" : "good", out);
  if (row->finding != NULL && strstr (out, row->finding) == NULL)
    g_error ("%s: “%s” is not in:\n%s", row->fault, row->finding, out);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strdup_printf (
        "/faults/%s/%s%s", rows[i].group, rows[i].fault, rows[i].is_long ? "/long" : "");

    g_test_add_data_func (path, &rows[i], test_fault);
  }
  return habla_test_run ();
}
