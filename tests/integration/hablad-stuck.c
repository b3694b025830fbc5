/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pipeline that cannot be taken down costs its own threads, not the slot, the other sessions or
 * the end of the daemon. */
#include "habla-test.h"
#include "hablad.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>

#define VIOLATIONS "habla_session_violations_total{invariant=\"torn-down\"}"
#define END_TIMEOUT 15 /* seconds */

static char *stuck_path; /* as long as this exists, pipelines are stuck */

static Hablad *
start (void)
{
  g_autofree char *config = g_build_filename (habla_test_get_dir (), "stuck.conf", NULL);
  g_autofree char *option = g_strconcat ("--config=", config, NULL);
  const char *const options[] = { option, NULL };

  g_assert_true (g_file_set_contents (stuck_path, "", 0, NULL));
  g_assert_true (g_file_set_contents (config,
      "[session]\nmax-sessions=2\n[health]\nttl=100\n"
      "[sources]\nstuck=audiotestsrc is-live=true wave=silence ! stuckelement\n",
      -1, NULL));
  return hablad_start (options);
}

/* A session whose pipeline gets stuck at its stop. */
static void
get_stuck (Hablad *hablad, HabladClient *client)
{
  hablad_client_send (client, "{'type':'start_listening','source':'stuck'}");
  hablad_client_expect (client, "listening_started");
  hablad_client_send (client, "{'type':'stop_listening'}");
  hablad_client_expect (client, "listening_stopped");
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

  hablad_client_send (other, "{'type':'start_listening'}");
  hablad_client_expect (other, "listening_started");
  get_stuck (hablad, client);
  g_assert_cmpfloat (hablad_get_metric (hablad, VIOLATIONS), ==, 1);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_stuck_pipelines"), ==, 1);
  hablad_wait_until (has_health (hablad, "\"status\":\"degraded\""));
  hablad_wait_until (has_health (hablad, "1 stuck"));
  /* The other session goes on, and the slot is free. */
  hablad_client_send (other, "{'type':'text_input','text':'Hello.','speaker_id':'MANUAL'}");
  hablad_client_expect (other, "translation");
  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_expect (client, "listening_started");
  hablad_client_send (client, "{'type':'stop_listening'}");
  hablad_client_expect (client, "listening_stopped");

  g_assert_cmpint (g_unlink (stuck_path), ==, 0);
  hablad_wait_for_metric (hablad, "habla_stuck_pipelines", 0);
  hablad_wait_until (has_health (hablad, "none is stuck"));
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
  /* And one that gets stuck while the daemon ends. */
  hablad_client_send (other, "{'type':'start_listening','source':'stuck'}");
  hablad_client_expect (other, "listening_started");
  hablad_signal (hablad, SIGTERM);
  g_assert_cmpint (hablad_wait (hablad, habla_test_scale (END_TIMEOUT)), ==, EX_SOFTWARE);
}

int
main (int argc, char *argv[])
{
  int status;

  /* Violations are what is tested here. */
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
