/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hablad-room.h"

#include "habla-test.h"

char *
hablad_read_code (HabladClient *owner)
{
  JsonObject *status = hablad_client_expect (owner, "status");
  JsonObject *join = json_object_get_object_member (status, "join");

  g_assert_nonnull (join);
  return g_strdup (json_object_get_string_member (join, "code"));
}

HabladClient *
hablad_connect_with_code (Hablad *hablad, const char *query, const char *code)
{
  g_autofree char *hello = g_strdup_printf ("{'type':'hello','code':'%s'}", code);
  HabladClient *client = hablad_client_new (hablad, query);

  hablad_client_send (client, hello);
  return client;
}

void
hablad_stop_client (HabladClient **client)
{
  hablad_client_close (*client);
  g_clear_pointer (client, hablad_client_free);
}

char *
hablad_make_room (Hablad *hablad, const char *json, guint expected)
{
  guint status;
  g_autofree char *body = hablad_request (hablad, "POST", "/api/rooms", json, &status);
  g_autoptr (JsonNode) node = json_from_string (body, NULL);

  g_assert_cmpuint (status, ==, expected);
  return g_strdup (json_object_get_string_member (json_node_get_object (node), "code"));
}

Hablad *
hablad_start_with_token (const char *address, const char *token)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "token", NULL);
  g_autofree char *option = g_strconcat ("--token-file=", path, NULL);
  const char *const options[] = { option, NULL };

  g_assert_true (
      g_file_set_contents_full (path, token, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  return hablad_start_on (address, options);
}
