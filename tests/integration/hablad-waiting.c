/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listeners who come before their room opens, and rooms that end. */
#include "habla-test.h"
#include "hablad-room.h"

#include <string.h>

/* Early listeners wait, and are let in when the owner comes, within two seconds; a listener without
 * wait=1 is sent away. */
static void
test_waiting (void)
{
  g_autofree char *data = g_build_filename (habla_test_get_dir (), "waiting", NULL);
  Hablad *hablad = hablad_start_with_data (NULL, data);
  g_autofree char *code = hablad_make_room (hablad, "{\"name\":\"physics\"}", 201);
  g_autoptr (HabladClient) listener = NULL;
  g_autoptr (HabladClient) any = NULL;
  g_autoptr (HabladClient) other = NULL;
  g_autoptr (HabladClient) old = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autofree char *room = NULL;
  JsonObject *message;
  gint64 began;

  listener = hablad_connect_with_code (hablad, "listen=1&room=physics&wait=1", code);
  message = hablad_client_expect_next (listener, "waiting");
  g_assert_cmpstr (json_object_get_string_member (message, "room"), ==, "physics");
  hablad_wait_for_metric (hablad, "habla_clients{role=\"waiting\"}", 1);
  room = hablad_get (hablad, "/api/rooms/physics", NULL);
  g_assert_nonnull (strstr (room, "\"is_open\":false,\"listeners\":0,\"waiting\":1"));

  /* The daemon is restarted: the page connects again. */
  hablad_stop (hablad);
  g_clear_pointer (&listener, hablad_client_free);
  hablad = hablad_start_with_data (NULL, data);
  listener = hablad_connect_with_code (hablad, "listen=1&room=physics&wait=1&language=fr", code);
  hablad_client_expect_next (listener, "waiting");
  any = hablad_client_new (hablad, "listen=1&room=latest&wait=1");
  hablad_client_expect_next (any, "waiting");
  other = hablad_client_new (hablad, "listen=1&room=music&wait=1");
  hablad_client_expect_next (other, "waiting");
  old = hablad_client_new (hablad, "listen=1&room=physics");
  hablad_client_expect_next (old, "error");
  g_assert_cmpuint (hablad_client_wait_closed (old), ==, 1013);

  /* Meanwhile it may ping and choose its language, and nothing else. */
  hablad_client_sync (listener);
  hablad_client_send (listener, "{'type':'set_language','language':'en'}");
  hablad_client_send (listener, "{'type':'start_listening'}");
  hablad_client_expect_next (listener, "error");
  soup_websocket_connection_send_binary (hablad_client_get_connection (listener), "audio", 5);
  hablad_client_expect_next (listener, "error");
  hablad_client_send (listener, "{'type':'end_room'}");
  hablad_client_expect_next (listener, "error");

  began = g_get_monotonic_time ();
  owner = hablad_client_new (hablad, "room=physics");
  message = hablad_client_expect_next (listener, "status");
  g_assert_cmpint (g_get_monotonic_time () - began, <, habla_test_scale (20) * G_USEC_PER_SEC);
  g_assert_cmpstr (json_object_get_string_member (message, "language"), ==, "en");
  hablad_client_expect_next (any, "status");
  hablad_client_sync (other);
  g_assert_false (hablad_client_has (other, "status"));
  hablad_wait_for_metric (hablad, "habla_clients{role=\"waiting\"}", 1);
  hablad_stop_client (&owner);
  hablad_stop_client (&listener);
  hablad_stop_client (&any);
  hablad_stop_client (&other);
  hablad_stop (hablad);
}

/* A renewal reaches those who wait, and a flood by one of them disconnects only it. */
static void
test_waiting_hostile (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autofree char *code = hablad_make_room (hablad, "{\"name\":\"physics\"}", 201);
  g_autofree char *renewed = NULL;
  g_autoptr (HabladClient) early = NULL;
  g_autoptr (HabladClient) flood = NULL;
  g_autoptr (HabladClient) owner = NULL;
  guint status;

  early = hablad_connect_with_code (hablad, "listen=1&room=physics&wait=1", code);
  hablad_client_expect_next (early, "waiting");
  hablad_client_sync (early);
  renewed = hablad_request (hablad, "POST", "/api/rooms/physics/code", NULL, &status);
  g_assert_cmpuint (status, ==, 200);
  hablad_client_expect_next (early, "error");
  g_assert_cmpuint (hablad_client_wait_closed (early), ==, 1008);
  g_clear_pointer (&early, hablad_client_free);

  early = hablad_client_new (hablad, "listen=1&room=physics&wait=1");
  hablad_client_expect_next (early, "waiting");
  flood = hablad_client_new (hablad, "listen=1&room=physics&wait=1");
  hablad_client_expect_next (flood, "waiting");
  for (guint i = 0; i < 12000; i++)
    hablad_client_send (flood, "{'type':'text_input','text':'x'}");
  g_assert_cmpuint (hablad_client_wait_closed (flood), ==, 1008);
  owner = hablad_client_new (hablad, "room=physics");
  hablad_client_expect_next (early, "status");
  hablad_stop_client (&owner);
  hablad_stop_client (&early);
  hablad_stop (g_steal_pointer (&hablad));
}

/* The owner learns how many read which language, not for each change. A projector is no listener.
 */
static void
test_audience (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=physics");
  HabladClient *listeners[20];
  HabladClient *screen;
  JsonObject *message;
  gint64 began = g_get_monotonic_time ();
  guint n_intervals;

  hablad_client_expect_next (owner, "status");
  screen = hablad_client_new (hablad, "listen=1&room=physics&language=en&screen=1");
  hablad_client_expect_next (screen, "status");
  for (guint i = 0; i < G_N_ELEMENTS (listeners); i++) {
    listeners[i] = hablad_client_new (
        hablad, i % 2 == 0 ? "listen=1&room=physics&language=en" : "listen=1&room=physics");
    hablad_client_expect_next (listeners[i], "status");
  }
  do
    message = hablad_client_expect_next (owner, "audience");
  while (json_object_get_int_member (message, "listeners") < 20);
  message = json_object_get_object_member (message, "languages");
  g_assert_cmpint (json_object_get_int_member (message, "en"), ==, 10);
  g_assert_cmpint (json_object_get_int_member (message, "es"), ==, 10);
  n_intervals = (g_get_monotonic_time () - began) / (G_USEC_PER_SEC / 2);
  g_assert_cmpuint (hablad_client_count (owner, "audience"), <=, 2 + n_intervals);

  hablad_client_send (listeners[0], "{'type':'set_language','language':'es'}");
  do
    message = hablad_client_expect_next (owner, "audience");
  while (
      json_object_get_int_member (json_object_get_object_member (message, "languages"), "es") < 11);
  for (guint i = 0; i < G_N_ELEMENTS (listeners); i++)
    hablad_stop_client (&listeners[i]);
  do
    message = hablad_client_expect_next (owner, "audience");
  while (json_object_get_int_member (message, "listeners") > 0);
  g_assert_cmpuint (
      json_object_get_size (json_object_get_object_member (message, "languages")), ==, 0);
  hablad_stop_client (&screen);
  hablad_stop_client (&owner);
  hablad_stop (g_steal_pointer (&hablad));
}

/* What was typed is still translated; then all are notified and disconnected; the name is free, and
 * its code stays. */
static void
test_end (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=physics");
  g_autoptr (HabladClient) listener = NULL;
  g_autoptr (HabladClient) early = NULL;
  g_autofree char *code = hablad_read_code (owner);
  g_autofree char *again = NULL;
  JsonObject *message;
  gint64 session;

  listener = hablad_client_new (hablad, "listen=1&room=physics");
  message = hablad_client_expect_next (listener, "status");
  session = json_object_get_int_member (message, "session_id");
  hablad_client_send_text (owner, "Good morning.");
  hablad_client_send_text (owner, "Good night.");
  hablad_client_send (owner, "{'type':'end_room'}");
  hablad_client_send_text (owner, "Too late.");
  message = hablad_client_expect (listener, "room_ended");
  g_assert_cmpint (json_object_get_int_member (message, "session_id"), ==, session);
  g_assert_cmpuint (hablad_client_count (listener, "translation"), ==, 2);
  g_assert_cmpuint (hablad_client_wait_closed (listener), ==, 1000);
  hablad_client_expect (owner, "error");
  hablad_client_expect (owner, "room_ended");
  g_assert_cmpuint (hablad_client_wait_closed (owner), ==, 1000);

  early = hablad_client_new (hablad, "listen=1&room=physics&wait=1");
  hablad_client_expect_next (early, "waiting");
  g_clear_pointer (&owner, hablad_client_free);
  owner = hablad_client_new (hablad, "client=another-owner-of-it&room=physics");
  again = hablad_read_code (owner);
  g_assert_cmpstr (again, ==, code);
  message = hablad_client_expect_next (early, "status");
  g_assert_cmpint (json_object_get_int_member (message, "session_id"), !=, session);
  hablad_stop_client (&owner);
  hablad_stop_client (&early);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Words spoken until then are still recognised and translated. */
static void
test_end_speech (void)
{
  const char *const names[] = { HABLAD_SPEECH (880), NULL };
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (GPtrArray) chunks = hablad_record ("webm", names);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=physics");
  g_autoptr (HabladClient) listener = NULL;

  hablad_client_expect (owner, "status");
  listener = hablad_client_new (hablad, "listen=1&room=physics");
  hablad_client_start_listening (owner);
  hablad_client_send_recording (owner, chunks, FALSE);
  hablad_client_send (owner, "{'type':'end_room'}");
  hablad_client_expect (listener, "room_ended");
  g_assert_true (hablad_client_has (listener, "listening_stopped"));
  g_assert_cmpuint (hablad_client_count (listener, "translation"), >, 0);
  g_assert_cmpuint (hablad_client_count (listener, "translation"), ==,
      hablad_client_count (listener, "transcript_final"));
  g_assert_cmpuint (hablad_client_wait_closed (listener), ==, 1000);
  g_assert_cmpuint (hablad_client_wait_closed (owner), ==, 1000);
  hablad_wait_for_metric (hablad, "habla_rooms", 0);
  hablad_stop (g_steal_pointer (&hablad));
}

/* An owner opens a room in which only listeners are left; they begin a new session. */
static void
test_abandoned (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=physics");
  g_autoptr (HabladClient) second = NULL;
  g_autoptr (HabladClient) listener = NULL;
  JsonObject *message;

  hablad_client_expect (owner, "status");
  listener = hablad_client_new (hablad, "listen=1&room=physics");
  hablad_client_expect_next (listener, "status");
  second = hablad_client_new (hablad, "room=physics");
  hablad_client_expect_next (second, "error");
  g_assert_cmpuint (hablad_client_wait_closed (second), ==, 1013);
  g_clear_pointer (&second, hablad_client_free);
  hablad_stop_client (&owner);
  hablad_wait_for_metric (hablad, "habla_clients{role=\"owner\"}", 0);
  second = hablad_client_new (hablad, "room=physics");
  message = hablad_client_expect_next (second, "status");
  g_assert_cmpstr (json_object_get_string_member (message, "role"), ==, "owner");
  hablad_client_expect_next (listener, "session_reset");
  hablad_client_send_text (second, "Good morning.");
  hablad_client_expect (listener, "translation");
  hablad_stop_client (&second);
  hablad_stop_client (&listener);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/rooms/waiting", test_waiting);
  g_test_add_func ("/hablad/rooms/waiting-hostile", test_waiting_hostile);
  g_test_add_func ("/hablad/rooms/audience", test_audience);
  g_test_add_func ("/hablad/rooms/end", test_end);
  g_test_add_func ("/hablad/rooms/end-speech", test_end_speech);
  g_test_add_func ("/hablad/rooms/abandoned", test_abandoned);
  return habla_test_run ();
}
