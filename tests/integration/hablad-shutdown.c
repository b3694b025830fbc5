/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hablad exits within 15 s after SIGTERM, even if a thread blocks. HABLA_TEST_FAULTY is a hablad
 * with the fault that HABLA_FAULT names: see tests/soak/planted-faults.c. */
#include "habla-test.h"
#include "hablad.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#define MAX_SHUTDOWN 15 /* in seconds */
#define MAX_DELAY 15    /* of a busy machine, in seconds */

/* Makes a configuration with recordings and a store in a new folder.
 * @option: (out) (transfer full): the option --config
 * Returns: (transfer full): the folder */
static char *
make_data (const char *name, char **option)
{
  char *data = g_build_filename (habla_test_get_dir (), name, NULL);
  g_autofree char *text = g_strdup_printf (
      "[recording]\nenabled=yes\npath=%s/a\n[store]\npath=%s/habla.db\n", data, data);

  *option = hablad_write_config (text);
  return data;
}

static Hablad *
start (const char *option, const char *fault)
{
  const char *const options[] = { option, NULL };
  g_autofree char *program = g_strdup (g_getenv ("HABLA_TEST_HABLAD"));
  Hablad *hablad;

  if (fault != NULL) {
    g_setenv ("HABLA_TEST_HABLAD", g_getenv ("HABLA_TEST_FAULTY"), TRUE);
    g_setenv ("HABLA_FAULT", fault, TRUE);
  }
  hablad = hablad_start (options);
  g_setenv ("HABLA_TEST_HABLAD", program, TRUE);
  g_unsetenv ("HABLA_FAULT");
  return hablad;
}

/* Returns: the exit status after SIGTERM */
static int
terminate (Hablad *hablad)
{
  gint64 began = g_get_monotonic_time ();
  int status;

  hablad_signal (hablad, SIGTERM);
  status = hablad_wait (hablad, 4 * MAX_SHUTDOWN);
  g_test_message ("exited after %.1f s with %d",
      (g_get_monotonic_time () - began) / (double) G_USEC_PER_SEC, status);
  g_assert_cmpint (
      g_get_monotonic_time () - began, <=, (MAX_SHUTDOWN + MAX_DELAY) * G_USEC_PER_SEC);
  return status;
}

static void
assert_deadline_missed (Hablad *hablad, const char *thread)
{
  g_autofree char *line =
      g_strdup_printf ("Shutdown deadline: still running: thread \"%s\"", thread);
  g_autofree char *log = NULL;

  g_assert_cmpint (terminate (hablad), ==, EX_SOFTWARE);
  log = hablad_get_log (hablad);
  if (strstr (log, line) == NULL)
    g_error ("The log lacks \"%s\": %s", line, log);
}

/* Sends a request, but does not wait for the response, which never arrives. */
static void
test_stuck_main_loop (void)
{
  g_autoptr (Hablad) hablad = start (NULL, "stuck-main-loop");
  g_autoptr (GSocketConnection) connection =
      hablad_connect (hablad, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 60);
  char *log = NULL;

  hablad_wait_until ((
      g_free (log), log = hablad_get_log (hablad), strstr (log, "planted fault: stuck-main-loop")));
  g_free (log);
  assert_deadline_missed (hablad, "hablad");
}

static void
test_stuck_worker (void)
{
  g_autofree char *option = NULL;
  g_autofree char *data = make_data ("worker", &option);
  g_autoptr (Hablad) hablad = start (option, "stuck-worker");
  char *log = NULL;

  hablad_wait_until (
      (g_free (log), log = hablad_get_log (hablad), strstr (log, "planted fault: stuck-worker")));
  g_free (log);
  assert_deadline_missed (hablad, "habla-recording");
}

/* The files of a recording are FIFOs without a writer. */
static void
test_fifo (void)
{
  static const char *const names[] = { "metadata.json", "segments.jsonl", "ground-truth.json",
    "stream.webm", "segment_000.wav" };
  g_autofree char *option = NULL;
  g_autofree char *data = make_data ("fifo", &option);
  g_autofree char *folder = g_build_filename (data, "a", "20261125-083000-250-5f3a", NULL);
  g_autofree char *marker = g_build_filename (folder, ".habla-recording", NULL);
  g_autoptr (Hablad) hablad = NULL;
  g_autofree char *list = NULL;
  g_autofree char *one = NULL;
  guint status;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (marker, "", 0, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);

    g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  }
  hablad = start (option, NULL);
  list = hablad_get (hablad, "/api/recordings", &status);
  g_assert_cmpuint (status, ==, 200);
  g_assert_nonnull (strstr (list, "20261125"));
  one = hablad_get (
      hablad, "/api/recordings/20261125-083000-250-5f3a/audio/segment_001.wav", &status);
  g_assert_cmpuint (status, ==, 404);
  g_assert_cmpint (terminate (hablad), ==, 0);
}

/* Another process holds the write lock of the database while an exchange is pending. */
static void
test_locked_store (void)
{
  g_autofree char *option = NULL;
  g_autofree char *data = make_data ("store", &option);
  g_autofree char *path = g_build_filename (data, "habla.db", NULL);
  g_autoptr (Hablad) hablad = start (option, NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  sqlite3 *database;
  int status;

  hablad_client_expect (client, "status");
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  /* hablad may be storing the session. */
  sqlite3_busy_timeout (database, habla_test_scale (10000));
  g_assert_cmpint (sqlite3_exec (database, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  hablad_client_send_text (client, "Hello.");
  hablad_client_expect (client, "translation");
  status = terminate (hablad);
  g_assert_true (status == 0 || status == EX_SOFTWARE);
  sqlite3_close (database);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/shutdown/stuck-main-loop", test_stuck_main_loop);
  g_test_add_func ("/hablad/shutdown/stuck-worker", test_stuck_worker);
  g_test_add_func ("/hablad/shutdown/fifo", test_fifo);
  g_test_add_func ("/hablad/shutdown/locked-store", test_locked_store);
  return habla_test_run ();
}
