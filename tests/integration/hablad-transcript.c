/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GET /api/rooms/{room}/transcript: of an open room, of a long session, and of a closed room. */
#include "habla-test.h"
#include "hablad.h"

#include <string.h>

/* More than a room remembers. */
#define N_LONG 520

static gint64
send_text (HabladClient *client, const char *text)
{
  hablad_client_send_text (client, text);
  return json_object_get_int_member (hablad_client_expect (client, "translation"), "exchange_id");
}

/* Returns: (transfer full): the answer to a request that must have @status */
static char *
get (Hablad *hablad, const char *path, guint status)
{
  guint got;
  char *body = hablad_get (hablad, path, &got);

  g_test_message ("%s: %u\n%s", path, got, body);
  g_assert_cmpuint (got, ==, status);
  return body;
}

static void
assert_file (Hablad *hablad, const char *query, const char *expected)
{
  g_autofree char *path = g_strconcat ("/api/rooms/class/transcript", query, NULL);
  g_autofree char *body = get (hablad, path, 200);

  g_assert_cmpstr (body != NULL ? body : "", ==, expected);
}

static void
assert_fails (Hablad *hablad, const char *path, guint status, const char *part)
{
  g_autofree char *body = get (hablad, path, status);

  if (strstr (body, part) == NULL)
    g_error ("%s has no %s", body, part);
}

static guint
count (const char *text, const char *part)
{
  g_auto (GStrv) parts = g_strsplit (text, part, -1);

  return g_strv_length (parts) - 1;
}

/* The file has the words spoken a moment ago, whether the store has it or not. */
static void
test_open (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=class");
  g_autofree char *both = NULL;
  g_autofree char *json = NULL;
  g_autoptr (JsonNode) node = NULL;
  gint64 session;

  session = json_object_get_int_member (hablad_client_expect (owner, "status"), "session_id");
  assert_file (hablad, "?format=srt", "");
  send_text (owner, "Before.");
  hablad_client_send (owner, "{'type':'new_session'}");
  hablad_client_expect (owner, "session_reset");
  assert_file (hablad, "?format=vtt&language=es", "WEBVTT\n\n");
  send_text (owner, "The house is big.");
  assert_file (hablad, "?format=srt&language=es",
      "1\n00:00:00,000 --> 00:00:02,020\nLa casa es grande.\n\n");
  assert_file (
      hablad, "?format=srt&language=en", "1\n00:00:00,000 --> 00:00:02,020\nThe house is big.\n\n");
  assert_file (hablad, "?format=srt",
      "1\n00:00:00,000 --> 00:00:02,020\nThe house is big.\nLa casa es grande.\n\n");
  send_text (owner, "I have two books.");
  both = get (hablad, "/api/rooms/class/transcript", 200);
  g_assert_nonnull (
      strstr (both, "[00:00:00] Typed: The house is big.\n           es: La casa es grande.\n"));
  g_assert_nonnull (strstr (both, "Typed: I have two books.\n           es: Tengo dos libros.\n"));
  g_assert_cmpuint (count (both, "[00:"), ==, 2);
  json = get (hablad, "/api/rooms/class/transcript?format=json", 200);
  node = json_from_string (json, NULL);
  g_assert_cmpint (
      json_object_get_int_member (
          json_object_get_object_member (json_node_get_object (node), "session"), "id"),
      ==, session + 1);

  /* Nothing was said in French, but a listener can choose it. */
  assert_file (hablad, "?format=srt&language=fr", "");
  assert_fails (hablad, "/api/rooms/class/transcript?language=xx", 422, "en, es");
  assert_fails (hablad, "/api/rooms/class/transcript?format=doc", 422, "srt");
  assert_fails (hablad, "/api/rooms/none/transcript", 404, "none");
  assert_fails (hablad, "/api/rooms/a%20b/transcript", 404, "letters");
  hablad_client_close (owner);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* The last words are in the transcript when the owner has ended the room. */
static void
test_ended (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=class");
  g_autoptr (HabladClient) listener = hablad_client_new (hablad, "room=class&listen=1&wait=1");
  g_autofree char *body = NULL;

  hablad_client_expect (listener, "status");
  send_text (owner, "The house is big.");
  hablad_client_send_text (owner, "I have two books.");
  hablad_client_send (owner, "{'type':'end_room'}");
  hablad_client_expect (listener, "room_ended");
  body = get (hablad, "/api/rooms/class/transcript?language=es", 200);
  g_assert_cmpuint (count (body, "[00:"), ==, 2);
  g_assert_nonnull (strstr (body, ": Tengo dos libros.\n"));
  g_clear_pointer (&listener, hablad_client_free);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A closed room has the transcript of its last session, also after a restart. */
static void
test_closed (void)
{
  g_autofree char *data = g_build_filename (habla_test_get_dir (), "closed", NULL);
  g_autoptr (Hablad) hablad = hablad_start_with_data (NULL, data);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=class");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  send_text (owner, "Before.");
  hablad_client_send (owner, "{'type':'new_session'}");
  hablad_client_expect (owner, "session_reset");
  send_text (owner, "The house is big.");
  send_text (owner, "I have two books.");
  before = get (hablad, "/api/rooms/class/transcript?format=tsv", 200);
  g_assert_cmpuint (count (before, "\r\n"), ==, 3);
  hablad_client_close (owner);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));

  hablad = hablad_start_with_data (NULL, data);
  after = get (hablad, "/api/rooms/class/transcript?format=tsv", 200);
  g_assert_cmpstr (after, ==, before);
  assert_fails (hablad, "/api/rooms/class/transcript?language=fr", 422, "en, es");
  assert_fails (hablad, "/api/rooms/other/transcript", 404, "other");
  hablad_stop (g_steal_pointer (&hablad));
}

/* The room has forgotten the first exchanges; the store has them, and perhaps the last ones, too.
 * Each is in the file once. A member that joins late gets the newest 500. */
static void
test_long (void)
{
  static const char query[] = "room=class&client=0123456789abcdef0123456789abcdef";
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, query);
  g_autoptr (HabladClient) late = NULL;
  g_autofree char *body = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  hablad_client_expect (owner, "status");
  for (guint i = 1; i <= N_LONG; i++) {
    g_autofree char *text = g_strdup_printf ("House %u.", i);

    send_text (owner, text);
    /* One connection may send 500 messages at once. */
    if (i == N_LONG / 2) {
      hablad_client_abort (owner);
      hablad_client_free (owner);
      owner = hablad_client_new (hablad, query);
    }
    if (i == N_LONG - 5) {
      late = hablad_client_new (hablad, "room=class&listen=1&since=0");
      hablad_client_expect (late, "status");
    }
  }
  body = get (hablad, "/api/rooms/class/transcript?language=en", 200);
  lines = g_strsplit (body, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *end = g_strdup_printf (": House %u.", n + 1);

    if (!g_str_has_prefix (lines[i], "["))
      continue;
    g_assert_true (g_str_has_suffix (lines[i], end));
    n++;
  }
  g_assert_cmpuint (n, ==, N_LONG);

  for (guint i = 0; i < 505; i++) {
    gint64 id =
        json_object_get_int_member (hablad_client_expect (late, "translation"), "exchange_id");

    g_assert_cmpint (id, ==, N_LONG - 504 + i);
  }
  hablad_client_close (late);
  hablad_client_close (owner);
  g_clear_pointer (&late, hablad_client_free);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/transcript/open", test_open);
  g_test_add_func ("/transcript/ended", test_ended);
  g_test_add_func ("/transcript/closed", test_closed);
  g_test_add_func ("/transcript/long", test_long);
  return habla_test_run ();
}
