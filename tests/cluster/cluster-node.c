/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster-node.h"

#include <habla-test.h>

static void
on_state (gboolean is_connected, const char *message, gpointer user_data)
{
}

static gboolean
on_timeout (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
test_iterate (void)
{
  guint timer = g_timeout_add (100, on_timeout, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

HablaNatsLink *
test_link_new (TestNats *server, const char *name)
{
  const char *const servers[] = { test_nats_get_url (server), NULL };
  const HablaNatsOptions options = {
    .servers = servers, .name = name, .timeout = habla_test_scale (2000)
  };
  g_autoptr (GError) error = NULL;
  HablaNatsLink *link = habla_nats_link_new (&options, on_state, NULL, &error);

  g_assert_no_error (error);
  test_wait_until (habla_nats_link_is_connected (link));
  return link;
}
