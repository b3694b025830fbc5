/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rooms on three nodes with real pipelines, and a nats-server that is killed and restarted. */
#include "cluster-node.h"

#include "room-fixture.h"

#include <cluster/cluster.h>
#include <glib/gstdio.h>
#include <habla-test.h>
#include <signal.h>
#include <string.h>

#define N_NODES 3

typedef struct {
  RoomFixture fixture;
  HablaCluster *cluster;
  char *name;
  char *spool;
} Node;

static void
node_init (Node *self, TestNats *server, guint number)
{
  const char *const servers[] = { test_nats_get_url (server), NULL };
  HablaClusterOptions options = { .nats = { .servers = servers, .timeout = habla_test_scale (500) },
    .max_spool = 1024 * 1024 };
  g_autoptr (GError) error = NULL;
  g_autofree char *unused = NULL;

  self->name = g_strdup_printf ("node%u", number);
  self->spool = g_build_filename (habla_test_get_dir (), self->name, NULL);
  room_fixture_set_up (&self->fixture, NULL);
  room_fixture_start (&self->fixture);
  options.nats.name = self->name;
  options.spool = self->spool;
  options.manager = self->fixture.manager;
  options.metrics = self->fixture.metrics;
  self->cluster = habla_cluster_new (&options, &error);
  g_assert_no_error (error);
  while (!habla_cluster_check (self->cluster, &unused)) {
    g_clear_pointer (&unused, g_free);
    test_iterate ();
  }
}

static void
node_clear (Node *self)
{
  g_clear_pointer (&self->cluster, habla_cluster_free);
  room_fixture_tear_down (&self->fixture, NULL);
  g_remove (self->spool);
  g_free (self->name);
  g_free (self->spool);
}

typedef struct {
  TestNats *server;
  Node nodes[N_NODES];
} Net;

static void
net_set_up (Net *self, gconstpointer data)
{
  self->server = test_nats_new (NULL);
  for (guint i = 0; i < N_NODES; i++)
    node_init (&self->nodes[i], self->server, i);
}

static void
net_tear_down (Net *self, gconstpointer data)
{
  for (guint i = 0; i < N_NODES; i++)
    node_clear (&self->nodes[i]);
  test_nats_free (self->server);
}

static void
ignore (HablaMember *member, HablaEvent *event, gpointer user_data)
{
}

static gboolean
can_listen (Node *node, const char *name)
{
  HablaMember *member =
      habla_room_manager_join_as_listener (node->fixture.manager, name, "es", ignore, NULL, NULL);

  if (member != NULL)
    habla_member_leave (member);
  return member != NULL;
}

/* Waits until the other node knows the room. */
static Reader *
listen (Net *self, guint node, const char *name)
{
  test_wait_until (can_listen (&self->nodes[node], name));
  return reader_new_listener (&self->nodes[node].fixture, name, "es");
}

static char *
join_lines (Reader *reader, const char *prefix)
{
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < reader->lines->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (reader->lines, i), prefix))
      g_string_append_printf (lines, "%s: %s\n", (char *) g_ptr_array_index (reader->lines, i),
          (char *) g_ptr_array_index (reader->texts, i));
  return g_string_free (lines, FALSE);
}

static void
assert_same (Reader *a, Reader *b)
{
  const char *const prefixes[] = { "transcript", "translation" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    g_autofree char *of_a = join_lines (a, prefixes[i]);
    g_autofree char *of_b = join_lines (b, prefixes[i]);

    g_assert_cmpstr (of_a, ==, of_b);
  }
}

static void
test_listener (Net *self, gconstpointer data)
{
  g_autoptr (Reader) owner = reader_new_owner (&self->nodes[0].fixture, "key", "lesson");
  g_autoptr (Reader) near = reader_new_listener (&self->nodes[0].fixture, "lesson", "es");
  g_autoptr (Reader) far = NULL;
  g_autoptr (Reader) late = NULL;

  far = listen (self, 1, "lesson");
  reader_type (owner, "The house is small.");
  test_wait_until (reader_count (far, "translation") == 1);
  reader_type (owner, "Good morning.");
  test_wait_until (reader_count (far, "translation") == 2);
  test_wait_until (reader_count (near, "translation") == 2);
  assert_same (near, far);
  late = listen (self, 2, "lesson");
  habla_room_replay (reader_get_room (late), late->member, 0, 1000000);
  test_wait_until (reader_count (late, "translation") == 2);
}

/* NATS is killed in a lesson, which continues, and other nodes catch up. */
static void
test_without_nats (Net *self, gconstpointer data)
{
  g_autoptr (Reader) owner = reader_new_owner (&self->nodes[0].fixture, "key", "lesson");
  g_autoptr (Reader) near = reader_new_listener (&self->nodes[0].fixture, "lesson", "es");
  g_autoptr (Reader) far = listen (self, 1, "lesson");

  reader_type (owner, "The house is small.");
  test_wait_until (reader_count (far, "translation") == 1);
  test_nats_kill (self->server);
  reader_type (owner, "Good morning.");
  test_wait_until (reader_count (near, "translation") == 2);
  g_assert_true (habla_room_is_degraded (reader_get_room (owner)));
  g_assert_cmpuint (reader_count (far, "translation"), ==, 1);
  test_nats_start (self->server);
  test_wait_until (reader_count (far, "translation") == 2);
  test_wait_until (!habla_room_is_degraded (reader_get_room (owner)));
  reader_type (owner, "The dog is big.");
  test_wait_until (reader_count (far, "translation") == 3);
  test_wait_until (reader_count (near, "translation") == 3);
  assert_same (near, far);
}

/* NATS is there for a moment only, while the room takes its lease and empties the spool. */
static void
test_short_connections (Net *self, gconstpointer data)
{
  enum { ROUNDS = 5, TEXTS = 10 };
  g_autoptr (Reader) owner = reader_new_owner (&self->nodes[0].fixture, "key", "lesson");
  g_autoptr (Reader) near = reader_new_listener (&self->nodes[0].fixture, "lesson", "es");
  g_autoptr (Reader) far = listen (self, 1, "lesson");

  for (guint i = 1; i <= ROUNDS; i++) {
    test_nats_kill (self->server);
    for (guint j = 0; j < TEXTS; j++)
      reader_type (owner, "The house is small.");
    test_wait_until (reader_count (near, "translation") == i * TEXTS);
    test_nats_start (self->server);
    test_wait_until (!habla_room_is_degraded (reader_get_room (owner)));
    /* From the lease to the last record of the spool. */
    for (guint j = 0; j < 10 * i; j++)
      test_iterate ();
  }
  test_wait_until (reader_count (far, "translation") == ROUNDS * TEXTS);
  test_wait_until (!habla_room_is_degraded (reader_get_room (owner)));
  assert_same (near, far);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  if (test_nats_is_installed ()) {
    g_test_add ("/cluster-rooms/listener", Net, NULL, net_set_up, test_listener, net_tear_down);
    g_test_add (
        "/cluster-rooms/without-nats", Net, NULL, net_set_up, test_without_nats, net_tear_down);
    g_test_add ("/cluster-rooms/short-connections", Net, NULL, net_set_up, test_short_connections,
        net_tear_down);
  }
  return habla_test_run ();
}
