/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster-node.h"

#include <cluster/cluster-ids.h>
#include <habla-test.h>

typedef struct {
  guint64 blocks[16];
  guint n;
} Taken;

static void
on_taken (guint64 first, const GError *error, gpointer user_data)
{
  Taken *taken = user_data;

  g_assert_no_error (error);
  taken->blocks[taken->n++] = first;
}

static void
assert_apart (const Taken *taken)
{
  for (guint i = 0; i < taken->n; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmpuint (
          MAX (taken->blocks[i], taken->blocks[j]) - MIN (taken->blocks[i], taken->blocks[j]), >=,
          HABLA_ID_BLOCK);
}

/* Three nodes take blocks at the same time. */
static void
test_race (void)
{
  TestNats *server = test_nats_new (NULL);
  HablaNatsLink *links[3];
  HablaClusterIds *ids[3];
  Taken exchanges = { 0 }, sessions = { 0 };

  for (guint i = 0; i < 3; i++) {
    links[i] = test_link_new (server, "node");
    ids[i] = habla_cluster_ids_new (links[i], 1);
    for (guint j = 0; j < 2; j++)
      habla_cluster_ids_take (
          ids[i], "exchanges", i == 1 ? 1764000000000 : 0, on_taken, &exchanges);
    habla_cluster_ids_take (ids[i], "sessions", 7, on_taken, &sessions);
  }
  test_wait_until (exchanges.n == 6 && sessions.n == 3);
  assert_apart (&exchanges);
  assert_apart (&sessions);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (sessions.blocks[i], >=, 7);
  habla_cluster_ids_take (ids[2], "exchanges", 0, on_taken, &exchanges);
  test_wait_until (exchanges.n == 7);
  g_assert_cmpuint (exchanges.blocks[6], >, 1764000000000);
  assert_apart (&exchanges);
  for (guint i = 0; i < 3; i++) {
    habla_cluster_ids_free (ids[i]);
    habla_nats_link_free (links[i]);
  }
  test_nats_free (server);
}

/* Blocks stay taken when the server and all nodes have ended. */
static void
test_restart (void)
{
  TestNats *server = test_nats_new (NULL);
  Taken taken = { 0 };

  for (guint i = 0; i < 2; i++) {
    HablaNatsLink *link = test_link_new (server, "node");
    HablaClusterIds *ids = habla_cluster_ids_new (link, 1);

    habla_cluster_ids_take (ids, "exchanges", 0, on_taken, &taken);
    test_wait_until (taken.n == i + 1);
    habla_cluster_ids_free (ids);
    habla_nats_link_free (link);
    test_nats_kill (server);
    test_nats_start (server);
  }
  g_assert_cmpuint (taken.blocks[0], ==, 1);
  g_assert_cmpuint (taken.blocks[1], ==, 1 + HABLA_ID_BLOCK);
  test_nats_free (server);
}

static void
on_never (guint64 first, const GError *error, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
test_free (void)
{
  TestNats *server = test_nats_new (NULL);
  HablaNatsLink *link = test_link_new (server, "node");
  HablaClusterIds *ids = habla_cluster_ids_new (link, 1), *others = habla_cluster_ids_new (link, 1);
  Taken taken = { 0 };

  habla_cluster_ids_take (ids, "exchanges", 0, on_never, NULL);
  habla_cluster_ids_free (ids);
  habla_cluster_ids_take (others, "exchanges", 0, on_taken, &taken);
  test_wait_until (taken.n == 1);
  habla_cluster_ids_take (others, "exchanges", 0, on_never, NULL);
  habla_cluster_ids_free (others);
  habla_nats_link_free (link);
  test_nats_free (server);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  if (test_nats_is_installed ()) {
    g_test_add_func ("/cluster/ids/race", test_race);
    g_test_add_func ("/cluster/ids/restart", test_restart);
    g_test_add_func ("/cluster/ids/free", test_free);
  }
  return habla_test_run ();
}
