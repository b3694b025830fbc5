/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The REST paths of rooms; join codes from other machines are in tests/integration/hablad-rooms.c.
 */
#include <config.h> /* of the build */

#include "habla-test.h"
#include "test-api.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define BASE "https://192.0.2.7:8443/"

/* Returns: (transfer full): the response */
static char *
ask (TestServer *test, const char *method, const char *path, const char *body)
{
  g_autofree char *request =
      g_strdup_printf ("%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s", method,
          path, strlen (body), body);

  return test_ask (test, request);
}

/* Returns: (transfer full): the room of the response */
static JsonObject *
ask_room (TestServer *test, const char *method, const char *path, const char *body, guint status)
{
  g_autofree char *response = ask (test, method, path, body);
  g_autoptr (JsonNode) node = json_from_string (test_get_body (response), NULL);

  g_assert_cmpuint (test_get_status (response), ==, status);
  g_assert_nonnull (node);
  return json_object_ref (json_node_get_object (node));
}

static void
assert_status (TestServer *test, const char *method, const char *path, guint status)
{
  g_autofree char *response = ask (test, method, path, "");

  g_assert_cmpuint (test_get_status (response), ==, status);
}

static void
ask_for_links (TestServer *test, gpointer data)
{
  HablaApi *api = test_api_get (test)->api;
  g_autoptr (JsonObject) made =
      ask_room (test, "POST", "/api/rooms", "{\"name\":\"physics\"}", 201);
  g_autoptr (JsonObject) again = NULL;
  g_autoptr (JsonObject) renewed = NULL;
  const char *code = json_object_get_string_member (made, "code");
  g_autofree char *url = g_strconcat (BASE "?room=physics&listen=1#code=", code, NULL);
  g_autofree char *none = NULL;
  g_autofree char *picture = NULL;

  /* No one else can reach the server. */
  g_assert_true (json_object_get_null_member (made, "url"));
  none = ask (test, "GET", "/api/rooms/physics/qr.svg", "");
  g_assert_cmpuint (test_get_status (none), ==, 409);
  g_assert_nonnull (strstr (none, "--lan"));

  habla_api_set_public_url (api, BASE);
  again = ask_room (test, "GET", "/api/rooms/physics", "", 200);
  g_assert_cmpstr (json_object_get_string_member (again, "url"), ==, url);
  picture = ask (test, "GET", "/api/rooms/physics/qr.svg", "");
#ifdef HAVE_QRENCODE
  g_assert_cmpuint (test_get_status (picture), ==, 200);
  g_assert_nonnull (strstr (picture, "Content-Type: image/svg+xml"));
  g_assert_nonnull (strstr (picture, "<svg"));
#else
  g_assert_cmpuint (test_get_status (picture), ==, 409);
#endif
  renewed = ask_room (test, "POST", "/api/rooms/physics/code", "", 200);
  g_assert_cmpstr (json_object_get_string_member (renewed, "code"), !=, code);
  assert_status (test, "GET", "/api/rooms/music/qr.svg", 404);
  assert_status (test, "GET", "/api/rooms/music", 404);
  assert_status (test, "POST", "/api/rooms/music/code", 404);
  assert_status (test, "DELETE", "/api/rooms/physics", 405);
}

/* Returns: number of rooms */
static guint
count_rooms (TestServer *test, const char *query)
{
  g_autofree char *path = g_strconcat ("/api/rooms", query, NULL);
  g_autofree char *response = ask (test, "GET", path, "");
  g_autoptr (JsonNode) node = json_from_string (test_get_body (response), NULL);

  g_assert_cmpuint (test_get_status (response), ==, 200);
  return json_array_get_length (json_node_get_array (node));
}

static void
ask_for_lists (TestServer *test, gpointer data)
{
  g_autoptr (JsonObject) made = NULL;
  g_autofree char *first = NULL;

  g_assert_cmpuint (count_rooms (test, ""), ==, 0);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (JsonObject) room = ask_room (test, "POST", "/api/rooms", "", 201);

    g_assert_true (g_str_has_prefix (json_object_get_string_member (room, "name"), "room-"));
  }
  made = ask_room (test, "POST", "/api/rooms", "{\"name\":\"physics\"}", 201);
  g_assert_cmpuint (count_rooms (test, ""), ==, 4);
  g_assert_cmpuint (count_rooms (test, "?limit=2"), ==, 2);
  g_assert_cmpuint (count_rooms (test, "?limit=3&offset=3"), ==, 1);
  g_assert_cmpuint (count_rooms (test, "?offset=9223372036854775807"), ==, 0);
  first = ask (test, "GET", "/api/rooms?limit=1", "");
  g_assert_nonnull (strstr (first, "\"physics\""));
  assert_status (test, "GET", "/api/rooms?limit=0", 422);
  assert_status (test, "GET", "/api/rooms?limit=501", 422);
  assert_status (test, "GET", "/api/rooms?offset=-1", 422);
}

static void
run (TestServerBody body)
{
  TestServer *test = test_api_new ();

  test_server_start (test);
  test_server_run (test, body, NULL);
  test_server_free (test);
}

static void
test_links (void)
{
  run (ask_for_links);
}

static void
test_lists (void)
{
  run (ask_for_lists);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/rooms/links", test_links);
  g_test_add_func ("/rooms/lists", test_lists);
  return habla_test_run ();
}
