/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster-node.h"

#include <cluster/cluster-leases.h>
#include <habla-test.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  HablaNatsLink *link;
  HablaClusterNodes *nodes;
  HablaClusterLeases *leases;
  guint n_changed;
  char *lost; /* (nullable): by which node */
} Node;

typedef struct {
  gboolean is_done;
  guint64 epoch;
  GError *error;
} Result;

static void
on_changed (const HablaLease *lease, gpointer user_data)
{
  Node *self = user_data;

  self->n_changed++;
}

static void
on_lost (const HablaLease *lease, gpointer user_data)
{
  Node *self = user_data;

  g_free (self->lost);
  self->lost = g_strdup (lease->node != NULL ? lease->node : "nobody");
}

static void
node_init_with_link (Node *self, HablaNatsLink *link, const char *name)
{
  const HablaClusterNodesOptions nodes = { .link = link, .name = name };
  HablaClusterLeasesOptions options = {
    .link = link, .changed = on_changed, .lost = on_lost, .user_data = self
  };

  *self = (Node){ .link = link };
  options.nodes = self->nodes = habla_cluster_nodes_new (&nodes);
  self->leases = habla_cluster_leases_new (&options);
  test_wait_until (habla_cluster_leases_is_current (self->leases) &&
                   habla_cluster_nodes_get_connected_since (self->nodes) > 0);
}

static void
node_init (Node *self, TestNats *server, const char *name)
{
  node_init_with_link (self, test_link_new (server, name), name);
}

static void
node_clear (Node *self)
{
  habla_cluster_leases_free (self->leases);
  habla_cluster_nodes_free (self->nodes);
  habla_nats_link_free (self->link);
  g_free (self->lost);
}

static void
on_result (guint64 epoch, const GError *error, gpointer user_data)
{
  Result *result = user_data;

  g_assert_false (result->is_done);
  *result = (Result){ TRUE, epoch, error != NULL ? g_error_copy (error) : NULL };
}

/* Returns: the epoch */
static guint64
node_take (Node *self, const char *room, const char *info, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (info, strlen (info));
  Result result = { FALSE };

  habla_cluster_leases_take (self->leases, room, bytes, on_result, &result);
  g_assert_false (result.is_done);
  test_wait_until (result.is_done);
  if (result.error != NULL)
    g_propagate_error (error, result.error);
  return result.epoch;
}

static void
assert_exists (Node *self, const char *room)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (node_take (self, room, "", &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, room));
}

static HablaLeaseState
node_get_state (Node *self, const char *room)
{
  HablaLease lease;

  habla_cluster_leases_lookup (self->leases, room, &lease);
  return lease.state;
}

static gboolean
has_info (Node *self, const char *room, const char *info)
{
  HablaLease lease;

  return habla_cluster_leases_lookup (self->leases, room, &lease) && lease.info != NULL &&
         g_bytes_get_size (lease.info) == strlen (info) &&
         memcmp (g_bytes_get_data (lease.info, NULL), info, strlen (info)) == 0;
}

static void
test_take (void)
{
  TestNats *server = test_nats_new (NULL);
  g_autoptr (GBytes) info = g_bytes_new_static ("{\"new\":1}", 9);
  g_autoptr (GArray) leases = NULL;
  g_autoptr (GError) error = NULL;
  HablaLease lease;
  Node a, b;

  node_init (&a, server, "a");
  node_init (&b, server, "b");
  g_assert_false (habla_cluster_leases_lookup (a.leases, "room.1", &lease));
  g_assert_cmpuint (lease.state, ==, HABLA_LEASE_FREE);
  g_assert_cmpuint (node_take (&a, "room.1", "hola “\"", &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpuint (node_get_state (&a, "room.1"), ==, HABLA_LEASE_OWN);
  test_wait_until (node_get_state (&b, "room.1") == HABLA_LEASE_OTHER);
  g_assert_true (has_info (&b, "room.1", "hola “\""));
  assert_exists (&b, "room.1");
  habla_cluster_leases_describe (a.leases, "room.1", info);
  test_wait_until (has_info (&b, "room.1", "{\"new\":1}"));
  /* It is renewed, and that is no change. */
  b.n_changed = 0;
  g_assert_cmpuint (node_take (&a, "room.1", "{\"new\":1}", NULL), ==, 1);
  g_assert_cmpuint (node_take (&a, "room.1", "{\"new\":1}", NULL), ==, 1);
  g_assert_cmpuint (node_take (&a, "another", "", NULL), ==, 1);
  test_wait_until (node_get_state (&b, "another") == HABLA_LEASE_OTHER);
  g_assert_cmpuint (b.n_changed, ==, 1);
  leases = habla_cluster_leases_list (b.leases);
  g_assert_cmpuint (leases->len, ==, 2);
  lease = g_array_index (leases, HablaLease, 1);
  g_assert_cmpstr (lease.room, ==, "room.1");
  g_assert_cmpstr (lease.node, ==, "a");
  g_assert_cmpuint (lease.epoch, ==, 1);
  habla_cluster_leases_release (a.leases, "room.1");
  g_assert_cmpuint (node_get_state (&a, "room.1"), ==, HABLA_LEASE_FREE);
  test_wait_until (node_get_state (&b, "room.1") == HABLA_LEASE_FREE);
  g_assert_cmpuint (node_take (&b, "room.1", "", &error), ==, 2);
  g_assert_no_error (error);
  test_wait_until (node_get_state (&a, "room.1") == HABLA_LEASE_OTHER);
  g_assert_null (a.lost);
  g_assert_null (b.lost);
  node_clear (&a);
  node_clear (&b);
  test_nats_free (server);
}

/* Both take the same lease at the same time: one gets it. */
static void
test_race (void)
{
  TestNats *server = test_nats_new (NULL);
  g_autoptr (GBytes) info = g_bytes_new_static ("", 0);
  Node a, b;

  node_init (&a, server, "a");
  node_init (&b, server, "b");
  for (guint i = 0; i < habla_test_repeat (20); i++) {
    g_autofree char *room = g_strdup_printf ("room-%u", i);
    Result results[2] = { { FALSE } };

    habla_cluster_leases_take (a.leases, room, info, on_result, &results[0]);
    habla_cluster_leases_take (b.leases, room, info, on_result, &results[1]);
    test_wait_until (results[0].is_done && results[1].is_done);
    g_assert_true ((results[0].epoch == 1) != (results[1].epoch == 1));
    g_assert_true ((results[0].error == NULL) != (results[1].error == NULL));
    g_clear_error (&results[0].error);
    g_clear_error (&results[1].error);
  }
  node_clear (&a);
  node_clear (&b);
  test_nats_free (server);
}

/* A lease that is taken and released before the answer is free. */
static void
test_release_at_once (void)
{
  TestNats *server = test_nats_new (NULL);
  g_autoptr (GBytes) info = g_bytes_new_static ("", 0);
  HablaLease lease = { .epoch = 0 };
  Result result = { FALSE };
  Node a, b;

  node_init (&a, server, "a");
  node_init (&b, server, "b");
  habla_cluster_leases_take (a.leases, "room", info, on_result, &result);
  habla_cluster_leases_release (a.leases, "room");
  test_wait_until (habla_cluster_leases_lookup (b.leases, "room", &lease) &&
                   lease.state == HABLA_LEASE_FREE && lease.epoch == 1);
  g_assert_false (result.is_done);
  test_wait_until (node_take (&b, "room", "", NULL) == 2);
  node_clear (&a);
  node_clear (&b);
  test_nats_free (server);
}

static void
on_state (gboolean is_connected, const char *message, gpointer user_data)
{
}

/* Runs as another process: takes a lease, and writes a line when it has it, and when it has lost
 * it. */
static int
run_holder (char **argv)
{
  const char *const servers[] = { argv[2], NULL };
  const HablaNatsOptions options = { .servers = servers };
  HablaNatsLink *link;
  Node node;

  link = habla_nats_link_new (&options, on_state, NULL, NULL);
  node_init_with_link (&node, link, "holder");
  if (node_take (&node, argv[3], "held", NULL) != 0)
    g_print ("held\n");
  while (node.lost == NULL)
    test_iterate ();
  g_print ("lost to %s\n", node.lost);
  node_clear (&node);
  return EXIT_SUCCESS;
}

typedef struct {
  GSubprocess *process;
  GDataInputStream *output;
} Holder;

static void
holder_expect (Holder *self, const char *expected)
{
  g_autofree char *line = g_data_input_stream_read_line (self->output, NULL, NULL, NULL);

  g_assert_cmpstr (line, ==, expected);
}

static void
holder_init (Holder *self, TestNats *server, const char *room)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { program, "--hold", test_nats_get_url (server), room, NULL };

  self->process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
  g_assert_nonnull (self->process);
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  holder_expect (self, "held");
}

static void
holder_clear (Holder *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  g_object_unref (self->output);
}

/* The lease of a node that is paused is taken after the timeout, not before; when the node
 * continues, it knows that it has lost it. */
static void
test_paused (void)
{
  TestNats *server = test_nats_new (NULL);
  gint64 begin;
  Holder holder;
  Node a;

  node_init (&a, server, "a");
  holder_init (&holder, server, "room");
  test_wait_until (node_get_state (&a, "room") == HABLA_LEASE_OTHER);
  begin = g_get_monotonic_time ();
  /* While it is renewed, it does not expire. */
  while (g_get_monotonic_time () - begin < HABLA_LEASE_TIMEOUT + 2 * G_USEC_PER_SEC) {
    test_iterate ();
    g_assert_cmpuint (node_get_state (&a, "room"), ==, HABLA_LEASE_OTHER);
  }
  assert_exists (&a, "room");
  g_subprocess_send_signal (holder.process, SIGSTOP);
  begin = g_get_monotonic_time ();
  while (node_get_state (&a, "room") == HABLA_LEASE_OTHER)
    test_iterate ();
  /* The last renewal was up to a second before. */
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, HABLA_LEASE_TIMEOUT - 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (node_get_state (&a, "room"), ==, HABLA_LEASE_EXPIRED);
  g_assert_cmpuint (node_take (&a, "room", "", NULL), ==, 2);
  g_subprocess_send_signal (holder.process, SIGCONT);
  holder_expect (&holder, "lost to a");
  g_assert_cmpuint (node_get_state (&a, "room"), ==, HABLA_LEASE_OWN);
  g_assert_null (a.lost);
  holder_clear (&holder);
  node_clear (&a);
  test_nats_free (server);
}

/* While NATS is away, no node loses a lease or takes one; nor for some seconds after. */
static void
test_server_restart (void)
{
  TestNats *server = test_nats_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 begin;
  Holder holder;
  Node a;

  node_init (&a, server, "a");
  holder_init (&holder, server, "room");
  g_assert_cmpuint (node_take (&a, "mine", "", NULL), ==, 1);
  test_wait_until (node_get_state (&a, "room") == HABLA_LEASE_OTHER);
  test_nats_kill (server);
  test_wait_until (!habla_nats_link_is_connected (a.link));
  begin = g_get_monotonic_time ();
  while (g_get_monotonic_time () - begin < HABLA_LEASE_TIMEOUT + G_USEC_PER_SEC) {
    test_iterate ();
    g_assert_cmpuint (node_get_state (&a, "room"), ==, HABLA_LEASE_OTHER);
  }
  assert_exists (&a, "room");
  g_assert_cmpuint (node_take (&a, "new", "", &error), ==, 0);
  g_assert_error (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_DISCONNECTED);
  test_nats_start (server);
  test_wait_until (habla_nats_link_is_connected (a.link));
  test_wait_until (node_take (&a, "new", "", NULL) == 1);
  begin = g_get_monotonic_time ();
  while (g_get_monotonic_time () - begin < HABLA_LEASE_TIMEOUT + 2 * G_USEC_PER_SEC) {
    test_iterate ();
    g_assert_cmpuint (node_get_state (&a, "room"), ==, HABLA_LEASE_OTHER);
    g_assert_cmpuint (node_get_state (&a, "mine"), ==, HABLA_LEASE_OWN);
  }
  g_assert_null (a.lost);
  holder_clear (&holder);
  node_clear (&a);
  test_nats_free (server);
}

static void
test_hostile (void)
{
  static const char *const texts[] = { "", "{", "[]", "{\"epoch\":-3}", "{\"node\":\"b\"}",
    "{\"node\":\"b.c\",\"instance\":\"x\",\"info\":\"\"}",
    "{\"node\":7,\"instance\":\"x\",\"info\":\"\"}", "{\"epoch\":\"7\"}" };
  TestNats *server = test_nats_new (NULL);
  Result result = { FALSE };
  HablaLease lease;
  Node a;

  node_init (&a, server, "a");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GBytes) data = g_bytes_new_static (texts[i], strlen (texts[i]));
    const HablaNatsEntry entry = { .subject = "habla.rooms.room", .data = data };

    result.is_done = FALSE;
    habla_nats_link_store (a.link, &entry, on_result, &result);
    test_wait_until (result.is_done && result.error == NULL);
    test_wait_until (habla_cluster_leases_lookup (a.leases, "room", &lease));
    g_assert_cmpuint (lease.state, ==, HABLA_LEASE_FREE);
  }
  test_wait_until (node_take (&a, "room", "", NULL) == 1);
  node_clear (&a);
  test_nats_free (server);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--hold"))
    return run_holder (argv);
  habla_test_init (&argc, &argv);
  if (test_nats_is_installed ()) {
    g_test_add_func ("/cluster/leases/take", test_take);
    g_test_add_func ("/cluster/leases/race", test_race);
    g_test_add_func ("/cluster/leases/release-at-once", test_release_at_once);
    g_test_add_func ("/cluster/leases/paused", test_paused);
    g_test_add_func ("/cluster/leases/server-restart", test_server_restart);
    g_test_add_func ("/cluster/leases/hostile", test_hostile);
  }
  return habla_test_run ();
}
