/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-test.h"

#include "habla-test.h"

#include <string.h>

HablaMetrics *metrics;
HablaClientRegistry *registry;

const HablaWebsocketClientOptions owner = { .membership.key = "K",
  .soft_backlog = 256 * 1024,
  .hard_backlog = 1024 * 1024,
  .idle_timeout = 60000 };

void
set_up (void)
{
  scripted_room_reset ();
  metrics = habla_metrics_new ();
  registry = habla_client_registry_new (metrics);
}

void
tear_down (void)
{
  g_assert_cmpuint (scripted_room_count_members (), ==, 0);
  habla_client_registry_free (registry);
  habla_metrics_free (metrics);
}

void
assert_metric (const char *line)
{
  g_autofree char *text = habla_metrics_expose (metrics);
  g_autofree char *whole = g_strdup_printf ("\n%s\n", line);

  if (strstr (text, whole) == NULL)
    g_error ("no “%s” in:\n%s", line, text);
}

TestConnection *
connect_with (const HablaWebsocketClientOptions *options)
{
  return test_connection_new (registry, options);
}

void
expect (TestConnection *connection, const char *type, const char *part)
{
  g_autofree char *message = test_connection_expect (connection, type);

  if (part != NULL && strstr (message, part) == NULL)
    g_error ("%s has no %s", message, part);
}

void
sync_with (TestConnection *connection)
{
  test_connection_send (connection, "{\"type\":\"ping\"}");
  expect (connection, "pong", NULL);
}

void
sync_with_flooded (TestConnection *connection)
{
  g_ptr_array_set_size (connection->messages, 0);
  while (connection->messages->len == 0 ||
         !g_str_has_prefix (g_ptr_array_index (connection->messages, 0), "{\"type\":\"pong\"")) {
    gint64 next = g_get_monotonic_time () + 60000;

    g_assert_false (connection->is_closed);
    g_ptr_array_set_size (connection->messages, 0);
    test_connection_send (connection, "{\"type\":\"ping\"}");
    test_wait_for (g_get_monotonic_time () > next);
  }
  g_ptr_array_set_size (connection->messages, 0);
}

void
assert_calls (const char *calls)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < scripted_calls->len; i++)
    g_string_append_printf (all, "%s\n", (char *) g_ptr_array_index (scripted_calls, i));
  g_assert_cmpstr (all->str, ==, calls);
  g_ptr_array_set_size (scripted_calls, 0);
}

double
read_metric (const char *name)
{
  g_autofree char *text = habla_metrics_expose (metrics);
  g_autofree char *start = g_strdup_printf ("\n%s ", name);
  const char *at = strstr (text, start);

  g_assert_nonnull (at);
  return g_ascii_strtod (at + strlen (start), NULL);
}

void
expect_refused (TestConnection *connection, guint code, const char *reason)
{
  test_connection_expect_close (connection, code);
  g_assert_cmpstr (soup_websocket_connection_get_close_data (connection->websocket), ==, reason);
}
