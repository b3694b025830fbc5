/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster-node.h"

#include <cluster/cluster-nodes.h>
#include <habla-test.h>
#include <signal.h>
#include <string.h>

typedef struct {
  HablaNatsLink *link;
  HablaClusterNodes *nodes;
  guint sessions;
  char *gone; /* (nullable) */
} Node;

static void
on_describe (HablaClusterNode *own, gpointer user_data)
{
  static const char *const addresses[] = { "https://a.example/", NULL };
  Node *self = user_data;

  g_strfreev (own->addresses);
  own->addresses = g_strdupv ((GStrv) addresses);
  own->sessions = self->sessions;
  own->max_sessions = 8;
  own->members = 30;
  own->max_members = 1000;
  own->load = 42;
}

static void
on_gone (const HablaClusterNode *node, gpointer user_data)
{
  Node *self = user_data;

  g_free (self->gone);
  self->gone = g_strdup (node->name);
}

static void
node_init (Node *self, TestNats *server, const char *name)
{
  HablaClusterNodesOptions options = {
    .name = name, .describe = on_describe, .gone = on_gone, .user_data = self
  };

  *self = (Node){ .link = test_link_new (server, name), .sessions = 1 };
  options.link = self->link;
  self->nodes = habla_cluster_nodes_new (&options);
}

static void
node_clear (Node *self)
{
  habla_cluster_nodes_free (self->nodes);
  habla_nats_link_free (self->link);
  g_free (self->gone);
}

static guint
node_count (Node *self)
{
  g_autoptr (GPtrArray) nodes = habla_cluster_nodes_list (self->nodes);

  return nodes->len;
}

static void
test_presence (void)
{
  TestNats *server = test_nats_new (NULL);
  const HablaClusterNode *found;
  Node b, a;

  node_init (&b, server, "b");
  node_init (&a, server, "a");
  test_wait_until (node_count (&a) == 2 && node_count (&b) == 2);
  g_assert_null (habla_cluster_nodes_find (b.nodes, "c"));
  found = habla_cluster_nodes_find (b.nodes, "a");
  g_assert_cmpstr (found->name, ==, "a");
  g_assert_cmpstr (found->instance, ==, habla_cluster_nodes_get_own (a.nodes)->instance);
  g_assert_cmpstr (found->version, ==, habla_cluster_nodes_get_own (a.nodes)->version);
  g_assert_cmpstr (found->addresses[0], ==, "https://a.example/");
  g_assert_null (found->addresses[1]);
  g_assert_cmpuint (found->sessions, ==, 1);
  g_assert_cmpuint (found->max_sessions, ==, 8);
  g_assert_cmpuint (found->members, ==, 30);
  g_assert_cmpuint (found->max_members, ==, 1000);
  g_assert_cmpuint (found->load, ==, 42);
  g_assert_true (habla_cluster_nodes_find (a.nodes, "a") == habla_cluster_nodes_get_own (a.nodes));
  a.sessions = 3;
  test_wait_until (habla_cluster_nodes_find (b.nodes, "a")->sessions == 3);
  test_wait_until (habla_cluster_nodes_get_connected_since (b.nodes) > 0);
  node_clear (&a);
  test_wait_until (b.gone != NULL);
  g_assert_cmpstr (b.gone, ==, "a");
  g_assert_cmpuint (node_count (&b), ==, 1);
  node_clear (&b);
  test_nats_free (server);
}

/* A node that is killed is gone after the timeout, and no other is while the server does
 * not answer. */
static void
test_silence (void)
{
  TestNats *server = test_nats_new (NULL);
  g_autoptr (GBytes) data = NULL;
  gint64 begin;
  HablaNatsLink *other = test_link_new (server, "b");
  Node a;

  node_init (&a, server, "a");
  test_wait_until (habla_cluster_nodes_get_connected_since (a.nodes) > 0);
  data = g_bytes_new_static ("{\"instance\":\"x\"}", 16);
  g_assert_true (habla_nats_link_publish (other, "habla.node.b", data, NULL));
  test_wait_until (node_count (&a) == 2);
  begin = g_get_monotonic_time ();
  test_nats_signal (server, SIGSTOP);
  test_wait_until (g_get_monotonic_time () - begin > HABLA_NODE_TIMEOUT + G_USEC_PER_SEC);
  g_assert_cmpuint (node_count (&a), ==, 2);
  g_assert_cmpint (habla_cluster_nodes_get_connected_since (a.nodes), ==, 0);
  test_nats_signal (server, SIGCONT);
  begin = g_get_monotonic_time ();
  test_wait_until (node_count (&a) == 1);
  g_assert_cmpstr (a.gone, ==, "b");
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, HABLA_NODE_TIMEOUT);
  habla_nats_link_free (other);
  node_clear (&a);
  test_nats_free (server);
}

static void
test_rival (void)
{
  TestNats *server = test_nats_new (NULL);
  Node a, b;

  g_test_expect_message ("Habla-Cluster", G_LOG_LEVEL_WARNING, "Another node has the name “a”*");
  g_test_expect_message ("Habla-Cluster", G_LOG_LEVEL_WARNING, "Another node has the name “a”*");
  node_init (&a, server, "a");
  node_init (&b, server, "a");
  test_wait_until (
      habla_cluster_nodes_has_rival (a.nodes) && habla_cluster_nodes_has_rival (b.nodes));
  g_test_assert_expected_messages ();
  node_clear (&b);
  test_wait_until (!habla_cluster_nodes_has_rival (a.nodes));
  node_clear (&a);
  test_nats_free (server);
}

static void
test_hostile (void)
{
  static const char *const texts[] = { "", "[]", "{", "{}", "{\"instance\":1}",
    "{\"instance\":\"x\",\"leaving\":7,\"addresses\":{},\"load\":-1,\"sessions\":99999999999999}",
    "{\"instance\":\"x\",\"addresses\":[1,[],\"https://b.example\",null]}" };
  static const char *const subjects[] = { "habla.node.b", "habla.node.b%", "habla.node.ä" };
  TestNats *server = test_nats_new (NULL);
  HablaNatsLink *other = test_link_new (server, "b");
  const HablaClusterNode *found;
  Node a;

  node_init (&a, server, "a");
  test_wait_until (habla_cluster_nodes_get_connected_since (a.nodes) > 0);
  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    for (guint j = 0; j < G_N_ELEMENTS (texts); j++) {
      g_autoptr (GBytes) data = g_bytes_new_static (texts[j], strlen (texts[j]));

      g_assert_true (habla_nats_link_publish (other, subjects[i], data, NULL));
    }
  test_wait_until (
      (found = habla_cluster_nodes_find (a.nodes, "b")) != NULL && found->addresses[0] != NULL);
  g_assert_cmpstr (found->addresses[0], ==, "https://b.example");
  g_assert_null (found->addresses[1]);
  g_assert_cmpuint (found->load, ==, 0);
  g_assert_cmpuint (node_count (&a), ==, 2);
  habla_nats_link_free (other);
  node_clear (&a);
  test_nats_free (server);
}

static void
test_names (void)
{
  g_autofree char *long_name = g_strnfill (HABLA_MAX_NODE_NAME, 'x');
  g_autofree char *longer = g_strconcat (long_name, "x", NULL);

  g_assert_true (habla_cluster_node_name_is_valid ("school-1_B"));
  g_assert_true (habla_cluster_node_name_is_valid (long_name));
  g_assert_false (habla_cluster_node_name_is_valid (longer));
  g_assert_false (habla_cluster_node_name_is_valid (""));
  g_assert_false (habla_cluster_node_name_is_valid ("a.b"));
  g_assert_false (habla_cluster_node_name_is_valid ("a*"));
  g_assert_false (habla_cluster_node_name_is_valid ("a b"));
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/cluster/nodes/names", test_names);
  if (test_nats_is_installed ()) {
    g_test_add_func ("/cluster/nodes/presence", test_presence);
    g_test_add_func ("/cluster/nodes/silence", test_silence);
    g_test_add_func ("/cluster/nodes/rival", test_rival);
    g_test_add_func ("/cluster/nodes/hostile", test_hostile);
  }
  return habla_test_run ();
}
