/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room-fixture.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <monitoring/idle-leak-detector.h>
#include <string.h>
#include <unistd.h>

#define LEAKED "habla_process_leaked_resources_total{kind=\"%s\"}"
#define TICK "habla-sessions-log"

static double
get_leaked (HablaMetrics *metrics, const char *kind)
{
  RoomFixture fixture = { .metrics = metrics };
  g_autofree char *series = g_strdup_printf (LEAKED, kind);

  return room_fixture_get_metric (&fixture, series);
}

static HablaProcessCensus *
make_census (void)
{
  HablaProcessCensus *census = g_new0 (HablaProcessCensus, 1);

  census->threads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  census->descriptors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  census->children = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return census;
}

static void
put (GHashTable *table, const char *name, guint n)
{
  g_hash_table_replace (table, g_strdup (name), GUINT_TO_POINTER (n));
}

static void
be_told_only (void)
{
  g_setenv ("HABLA_FATAL_INVARIANTS", "0", TRUE);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
}

static void
expect (HablaIdleLeakDetector *rest, const HablaProcessCensus *census, const char *wanted)
{
  g_autofree char *told = habla_idle_leak_detector_compare (rest, census);

  if (wanted == NULL)
    g_assert_cmpstr (told, ==, NULL);
  else if (told == NULL || strstr (told, wanted) == NULL)
    g_error ("told is %s, not %s", told, wanted);
}

/* What is there once more is a thing that was made late; what is there once more again is left
 * behind, and told once. */
static void
test_compare (void)
{
  g_autoptr (HablaMetrics) metrics = habla_metrics_new ();
  HablaIdleLeakDetector *rest;
  g_autoptr (HablaProcessCensus) census = make_census ();

  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    return;
  }
  be_told_only ();
  rest = habla_idle_leak_detector_new (metrics);
  put (census->threads, "store", 1);
  put (census->children, "lt-proc", 5);
  put (census->descriptors, "socket", 3);
  expect (rest, census, NULL);
  put (census->threads, "late", 1);
  expect (rest, census, NULL);
  put (census->threads, "late", 2);
  expect (rest, census, "thread “late” (1 more, 2 in all)");
  expect (rest, census, NULL);

  put (census->threads, "late", 1);
  put (census->children, "lt-proc", 3);
  expect (rest, census, NULL);
  put (census->threads, "late", 2);
  put (census->children, "lt-proc", 5);
  expect (rest, census, NULL);
  put (census->children, "zombie lt-proc", 2);
  expect (rest, census, NULL);
  put (census->children, "zombie lt-proc", 4);
  expect (rest, census, "child “zombie lt-proc” (2 more, 4 in all)");

  /* They come and go. */
  for (guint i = 0; i < 5; i++) {
    put (census->descriptors, "socket", 4 + i);
    put (census->threads, "pool-spawner", i);
    put (census->threads, "queue:src", i);
    expect (rest, census, NULL);
  }
  /* A file of each lesson. */
  put (census->descriptors, "/tmp/1.wav", 1);
  expect (rest, census, NULL);
  put (census->descriptors, "/tmp/2.wav", 1);
  expect (rest, census, "descriptor “file” (1 more, 2 in all)");
  g_assert_cmpfloat (get_leaked (metrics, "thread"), ==, 1);
  g_assert_cmpfloat (get_leaked (metrics, "child"), ==, 2);
  g_assert_cmpfloat (get_leaked (metrics, "descriptor"), ==, 1);
  habla_idle_leak_detector_free (rest);
}

static void
test_fatal (void)
{
  if (g_test_subprocess ()) {
    HablaMetrics *metrics = habla_metrics_new ();
    HablaIdleLeakDetector *rest = habla_idle_leak_detector_new (metrics);
    g_autoptr (HablaProcessCensus) census = make_census ();

    g_log_set_always_fatal (G_LOG_FATAL_MASK);
    g_setenv ("HABLA_FATAL_INVARIANTS", "1", TRUE);
    for (guint i = 0; i < 3; i++) {
      put (census->threads, "stray", i);
      g_free (habla_idle_leak_detector_compare (rest, census));
    }
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*thread*stray*1 more, 2 in all*leaves something behind*");
}

/* What may take a minute is done at once. */
static void
tick (void)
{
  for (guint id = 1; id < 10000; id++) {
    GSource *source = g_main_context_find_source_by_id (NULL, id);

    if (source != NULL && g_strcmp0 (g_source_get_name (source), TICK) == 0) {
      g_source_set_ready_time (source, 0);
      while (g_source_get_ready_time (source) == 0)
        g_main_context_iteration (NULL, TRUE);
      return;
    }
  }
  g_error ("There is no timer " TICK);
}

/* Returns: (transfer none): the lines of what it told */
static GPtrArray *
collect_lines (void)
{
  static GPtrArray *lines;

  if (lines == NULL)
    lines = g_ptr_array_new_with_free_func (g_free);
  return lines;
}

static GLogWriterOutput
collect_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  gboolean is_rest = FALSE;

  for (gsize i = 0; i < n_fields; i++)
    is_rest |=
        g_str_equal (fields[i].key, "HABLA_INVARIANT") && g_str_equal (fields[i].value, "rest");
  for (gsize i = 0; is_rest && i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_ptr_array_add (collect_lines (), g_strdup (fields[i].value));
  return G_LOG_WRITER_HANDLED;
}

static gpointer
sleep_until_read (gpointer descriptor)
{
  char byte;

  g_assert_cmpint (read (GPOINTER_TO_INT (descriptor), &byte, 1), >=, 0);
  return NULL;
}

static void
type_something (RoomFixture *fixture, guint i)
{
  g_autoptr (Reader) reader = reader_new_owner (fixture, NULL, NULL);
  g_autofree char *transcript = g_strdup_printf ("transcript %u", i);

  reader_type (reader, "Good morning.");
  reader_wait_for (reader, transcript);
  room_fixture_wait_for_sessions (fixture, 0);
}

static gboolean
has_looked (gpointer data)
{
  RoomFixture *fixture = data;

  return room_fixture_get_metric (fixture, "habla_process_idle_checks_total") ==
         room_fixture_get_metric (fixture, "habla_session_cleanups_total");
}

/* Each session leaves one of @threads behind, if there are some. */
static void
speak_three_times (GThread **threads, int (*pipes)[2])
{
  RoomFixture fixture = { 0 };

  g_log_set_writer_func (collect_log, NULL, NULL);
  room_fixture_set_up (&fixture, NULL);
  be_told_only ();
  fixture.options.typed_idle = 10;
  room_fixture_start (&fixture);
  for (guint i = 0; i < 3; i++) {
    if (threads != NULL)
      threads[i] = g_thread_new ("stray", sleep_until_read, GINT_TO_POINTER (pipes[i][0]));
    type_something (&fixture, i + 1);
    tick ();
    tick ();
    room_fixture_iterate_until (has_looked, &fixture, 30);
  }
  g_assert_cmpfloat (get_leaked (fixture.metrics, "thread"), ==, threads != NULL ? 1 : 0);
  g_assert_cmpfloat (get_leaked (fixture.metrics, "descriptor"), ==, 0);
  g_assert_cmpfloat (get_leaked (fixture.metrics, "child"), ==, 0);
  room_fixture_tear_down (&fixture, NULL);
}

static void
test_sessions (gconstpointer is_faulty)
{
  GThread *threads[3];
  int pipes[3][2];

  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  if (!is_faulty) {
    speak_three_times (NULL, NULL);
    g_assert_cmpuint (collect_lines ()->len, ==, 0);
    return;
  }
  for (guint i = 0; i < 3; i++)
    g_assert_true (g_unix_open_pipe (pipes[i], FD_CLOEXEC, NULL));
  speak_three_times (threads, pipes);
  g_assert_cmpuint (collect_lines ()->len, ==, 1);
  g_assert_nonnull (
      strstr (g_ptr_array_index (collect_lines (), 0), "thread “stray” (1 more, 3 in all)"));
  for (guint i = 0; i < 3; i++) {
    close (pipes[i][1]);
    g_thread_join (threads[i]);
    close (pipes[i][0]);
  }
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/idle-leak-detector/compare", test_compare);
  g_test_add_func ("/idle-leak-detector/fatal", test_fatal);
  g_test_add_data_func ("/idle-leak-detector/healthy", NULL, test_sessions);
  g_test_add_data_func ("/idle-leak-detector/faulty", GINT_TO_POINTER (TRUE), test_sessions);
  return habla_test_run ();
}
