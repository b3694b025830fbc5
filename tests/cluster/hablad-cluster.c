/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hablad on three nodes with a real nats-server, whose processes are killed and paused. */
#include "nats-server.h"

#include <habla-test.h>
#include <hablad.h>
#include <signal.h>
#include <string.h>

#define N_NODES 3
#define OWNER "client=0123456789abcdef&room=lesson"
#define LISTENER "room=lesson&listen=1"

typedef struct {
  TestNats *server;
  Hablad *nodes[N_NODES];
} Net;

static void
net_set_up (Net *self, gconstpointer data)
{
  self->server = test_nats_new (NULL);
  for (guint i = 0; i < N_NODES; i++) {
    g_autofree char *text = g_strdup_printf (
        "[cluster]\nservers=%s\nname=node%u\n", test_nats_get_url (self->server), i);
    g_autofree char *config = hablad_write_config (text);
    const char *const options[] = { config, NULL };

    self->nodes[i] = hablad_start (options);
  }
  for (guint i = 0; i < N_NODES; i++) {
    hablad_wait_ready (self->nodes[i]);
    hablad_wait_for_metric (self->nodes[i], "habla_cluster_nodes", N_NODES);
  }
}

static void
net_tear_down (Net *self, gconstpointer data)
{
  for (guint i = 0; i < N_NODES; i++)
    g_clear_pointer (&self->nodes[i], hablad_free);
  test_nats_free (self->server);
}

/* Waits until the node knows the room, which has listeners from then on. */
static HabladClient *
listen (Net *self, guint node)
{
  HabladClient *client;

  hablad_wait_for_metric (self->nodes[node], "habla_cluster_rooms{owner=\"other\"}", 1);
  client = hablad_client_new (self->nodes[node], LISTENER);
  hablad_client_expect (client, "status");
  return client;
}

/* Waits until @client has the translation of @text. */
static void
expect_translation (HabladClient *client, const char *text)
{
  JsonObject *message;

  do
    message = hablad_client_expect (client, "translation");
  while (!g_str_equal (json_object_get_string_member (message, "source"), text));
}

static void
say (HabladClient *owner, HabladClient *listener, const char *text)
{
  hablad_client_send_text (owner, text);
  expect_translation (listener, text);
}

static gboolean
on_pause (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

/* hablad limits how often a client may connect. */
static void
pause_client (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (500, on_pause, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* The teacher's page connects again and again, as it does after an error. */
static HabladClient *
take_over (Net *self, guint node)
{
  gint64 end = g_get_monotonic_time () + habla_test_scale (60) * G_TIME_SPAN_SECOND;

  while (TRUE) {
    HabladClient *client = hablad_client_new (self->nodes[node], OWNER);

    while (!hablad_client_has (client, "status") && !hablad_client_has (client, "error"))
      g_main_context_iteration (NULL, TRUE);
    if (hablad_client_has (client, "status"))
      return client;
    hablad_client_free (client);
    pause_client ();
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  }
}

/* A listener waits on another node until the owner opens the room. */
static void
test_waiting (Net *self, gconstpointer data)
{
  g_autoptr (HabladClient) early =
      hablad_client_new (self->nodes[1], "room=lesson&listen=1&wait=1");
  g_autoptr (HabladClient) owner = NULL;

  hablad_client_expect (early, "waiting");
  owner = hablad_client_new (self->nodes[0], OWNER);
  hablad_client_expect (early, "status");
  say (owner, early, "The house is small.");
}

/* The owner's process is killed: no listener has lost or seen a sentence twice, and the class
 * continues. */
static void
test_owner_killed (Net *self, gconstpointer data)
{
  g_autoptr (HabladClient) owner = hablad_client_new (self->nodes[0], OWNER);
  g_autoptr (HabladClient) far = listen (self, 1);
  g_autoptr (HabladClient) late = NULL;
  g_autoptr (HabladClient) again = NULL;
  g_autofree char *of_far = NULL;
  g_autofree char *of_late = NULL;

  say (owner, far, "The house is small.");
  say (owner, far, "Good morning.");
  hablad_signal (self->nodes[0], SIGKILL);
  g_assert_cmpint (hablad_wait (self->nodes[0], 60), ==, 128 + SIGKILL);
  again = take_over (self, 1);
  say (again, far, "The dog is big.");
  late = hablad_client_new (self->nodes[2], LISTENER "&since=0");
  expect_translation (late, "The dog is big.");
  of_far = hablad_client_join (far, "translation", "source");
  of_late = hablad_client_join (late, "translation", "source");
  g_assert_cmpstr (of_far, ==, "The house is small.\nGood morning.\nThe dog is big.\n");
  g_assert_cmpstr (of_late, ==, of_far);
}

/* The owner's process stops for a while: when it continues, it has lost the room. */
static void
test_owner_paused (Net *self, gconstpointer data)
{
  g_autoptr (HabladClient) owner = hablad_client_new (self->nodes[0], OWNER);
  g_autoptr (HabladClient) far = listen (self, 1);
  g_autoptr (HabladClient) again = NULL;
  g_autofree char *of_far = NULL;

  say (owner, far, "The house is small.");
  hablad_signal (self->nodes[0], SIGSTOP);
  again = take_over (self, 1);
  say (again, far, "Good morning.");
  hablad_client_send_text (owner, "The dog is big.");
  hablad_signal (self->nodes[0], SIGCONT);
  hablad_client_wait_closed (owner);
  say (again, far, "The cat is white.");
  of_far = hablad_client_join (far, "translation", "source");
  g_assert_cmpstr (of_far, ==, "The house is small.\nGood morning.\nThe cat is white.\n");
}

/* nats-server is killed: the owner's node continues, and the others catch up. */
static void
test_nats_killed (Net *self, gconstpointer data)
{
  g_autoptr (HabladClient) owner = hablad_client_new (self->nodes[0], OWNER);
  g_autoptr (HabladClient) far = listen (self, 1);
  g_autofree char *of_far = NULL;

  say (owner, far, "The house is small.");
  test_nats_kill (self->server);
  say (owner, owner, "Good morning.");
  test_nats_start (self->server);
  expect_translation (far, "Good morning.");
  say (owner, far, "The dog is big.");
  of_far = hablad_client_join (far, "translation", "source");
  g_assert_cmpstr (of_far, ==, "The house is small.\nGood morning.\nThe dog is big.\n");
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  if (test_nats_is_installed ()) {
    g_test_add ("/hablad-cluster/waiting", Net, NULL, net_set_up, test_waiting, net_tear_down);
    g_test_add (
        "/hablad-cluster/owner-killed", Net, NULL, net_set_up, test_owner_killed, net_tear_down);
    g_test_add (
        "/hablad-cluster/owner-paused", Net, NULL, net_set_up, test_owner_paused, net_tear_down);
    g_test_add (
        "/hablad-cluster/nats-killed", Net, NULL, net_set_up, test_nats_killed, net_tear_down);
  }
  return habla_test_run ();
}
