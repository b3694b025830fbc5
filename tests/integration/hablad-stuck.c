/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pipeline whose teardown blocks occupies only its own threads: its slot becomes free, other
 * pipelines continue, and the daemon exits. */
#include "habla-test.h"
#include "hablad.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>

#define VIOLATIONS "habla_session_violations_total{invariant=\"torn-down\"}"
#define END_TIMEOUT 15 /* seconds */

static char *stuck_path; /* pipelines block while this file exists */

static Hablad *
start (void)
{
  g_autofree char *option = hablad_write_config (
      "[session]\nmax-sessions=2\n[health]\nttl=100\n"
      "[sources]\nstuck=audiotestsrc is-live=true wave=silence ! stuckelement\n");
  const char *const options[] = { option, NULL };

  g_assert_true (g_file_set_contents (stuck_path, "", 0, NULL));
  return hablad_start (options);
}

/* Starts and stops a pipeline whose teardown blocks. */
static void
get_stuck (Hablad *hablad, HabladClient *client)
{
  hablad_client_send (client, "{'type':'start_listening','source':'stuck'}");
  hablad_client_expect (client, "listening_started");
  hablad_client_stop_listening (client);
}

static gboolean
has_health (Hablad *hablad, const char *text)
{
  g_autofree char *health = hablad_get (hablad, "/health", NULL);

  return strstr (health, text) != NULL;
}

static void
test_slot (void)
{
  g_autoptr (Hablad) hablad = start ();
  g_autoptr (HabladClient) client = hablad_client_new (hablad, "room=stuck");
  g_autoptr (HabladClient) other = hablad_client_new (hablad, "room=other");

  hablad_client_start_listening (other);
  get_stuck (hablad, client);
  g_assert_cmpfloat (hablad_get_metric (hablad, VIOLATIONS), ==, 1);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_stuck_pipelines"), ==, 1);
  hablad_wait_until (has_health (hablad, "\"status\":\"degraded\""));
  hablad_wait_until (has_health (hablad, "1 stuck"));
  /* The other pipeline continues, and the slot is free. */
  hablad_client_send_text (other, "Hello.");
  hablad_client_expect (other, "translation");
  hablad_client_start_listening (client);
  hablad_client_stop_listening (client);

  g_assert_cmpint (g_unlink (stuck_path), ==, 0);
  hablad_wait_for_metric (hablad, "habla_stuck_pipelines", 0);
  hablad_wait_until (has_health (hablad, "no pipeline is stuck"));
  g_assert_cmpfloat (hablad_get_metric (hablad, VIOLATIONS), ==, 1);
  get_stuck (hablad, client);
  g_assert_cmpfloat (hablad_get_metric (hablad, VIOLATIONS), ==, 1);
  hablad_client_close (client);
  hablad_client_close (other);
  hablad_signal (hablad, SIGTERM);
  g_assert_cmpint (hablad_wait (hablad, habla_test_scale (60)), ==, 0);
}

static void
test_end (void)
{
  g_autoptr (Hablad) hablad = start ();
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (HabladClient) other = hablad_client_new (hablad, "room=other");

  get_stuck (hablad, client);
  /* The teardown of this pipeline blocks during the shutdown. */
  hablad_client_send (other, "{'type':'start_listening','source':'stuck'}");
  hablad_client_expect (other, "listening_started");
  hablad_signal (hablad, SIGTERM);
  g_assert_cmpint (hablad_wait (hablad, habla_test_scale (END_TIMEOUT)), ==, EX_SOFTWARE);
}

int
main (int argc, char *argv[])
{
  int status;

  /* The test provokes violations of invariants. */
  g_setenv ("HABLA_FATAL_INVARIANTS", "0", TRUE);
  habla_test_init (&argc, &argv);
  stuck_path = g_build_filename (habla_test_get_dir (), "stuck", NULL);
  g_setenv ("HABLA_TEST_STUCK", stuck_path, TRUE);
  g_test_add_func ("/hablad/stuck/slot", test_slot);
  g_test_add_func ("/hablad/stuck/end", test_end);
  status = habla_test_run ();
  g_free (stuck_path);
  return status;
}
