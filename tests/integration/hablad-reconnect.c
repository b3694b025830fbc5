/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stays when a client without a key comes back, and when hablad restarts; sessions before
 * anything is said in them. */
#include "habla-test.h"
#include "hablad.h"

#include <string.h>

static JsonNode *
ask (Hablad *hablad, const char *method, const char *path, const char *body, guint expected)
{
  guint status;
  g_autofree char *text = hablad_request (hablad, method, path, body, &status);

  g_test_message ("%s %s: %u %s", method, path, status, text);
  g_assert_cmpuint (status, ==, expected);
  return json_from_string (text, NULL);
}

/* Returns: (transfer none): the speaker of the translation of @text */
static JsonObject *
type_text (HabladClient *client, const char *text)
{
  JsonObject *message;

  hablad_client_send_text (client, text);
  do
    message = hablad_client_expect (client, "translation");
  while (!g_str_equal (json_object_get_string_member (message, "source"), text));
  return json_object_get_object_member (message, "speaker");
}

static gint64
get_session (HabladClient *client)
{
  return json_object_get_int_member (hablad_client_expect (client, "status"), "session_id");
}

static void
leave (HabladClient *client)
{
  hablad_client_close (client);
  hablad_client_free (client);
}

static char *
make_path (gint64 session, const char *rest)
{
  return g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT "%s", session, rest);
}

/* Asserts that the list begins with @session. */
static JsonObject *
assert_first (JsonNode *list, gint64 session, gint64 n_exchanges)
{
  JsonObject *first = json_array_get_object_element (json_node_get_array (list), 0);

  g_assert_cmpint (json_object_get_int_member (first, "id"), ==, session);
  g_assert_cmpint (json_object_get_int_member (first, "exchange_count"), ==, n_exchanges);
  return first;
}

/* A session can be listed, saved and read before anything is said, and keeps its notes then. */
static void
test_empty_session (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  HabladClient *client = hablad_client_new (hablad, NULL);
  gint64 session = get_session (client);
  g_autofree char *save = make_path (session, "/save");
  g_autofree char *exchanges = make_path (session, "/exchanges");
  g_autofree char *path = make_path (session, "");
  g_autoptr (JsonNode) saved = ask (hablad, "POST", save, "{\"notes\":\"Unit 3\"}", 200);
  g_autoptr (JsonNode) none = ask (hablad, "GET", exchanges, NULL, 200);
  g_autoptr (JsonNode) empty = ask (hablad, "GET", "/api/sessions", NULL, 200);
  g_autoptr (JsonNode) full = NULL;

  g_assert_cmpint (
      json_object_get_int_member (json_node_get_object (saved), "session_id"), ==, session);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (none)), ==, 0);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (empty)), ==, 1);
  assert_first (empty, session, 0);
  type_text (client, "The house is big.");
  hablad_client_expect (client, "exchange_stored");
  full = ask (hablad, "GET", "/api/sessions", NULL, 200);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (full)), ==, 1);
  g_assert_cmpstr (
      json_object_get_string_member (assert_first (full, session, 1), "notes"), ==, "Unit 3");
  json_node_unref (ask (hablad, "DELETE", path, NULL, 200));
  json_node_unref (ask (hablad, "GET", path, NULL, 404));
  leave (client);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
assert_speaker (JsonObject *speaker, const char *name, const char *role)
{
  if (name != NULL)
    g_assert_cmpstr (json_object_get_string_member (speaker, "custom_name"), ==, name);
  else
    g_assert_true (json_object_get_null_member (speaker, "custom_name"));
  if (role != NULL)
    g_assert_cmpstr (json_object_get_string_member (speaker, "role_hint"), ==, role);
  else
    g_assert_true (json_object_get_null_member (speaker, "role_hint"));
}

/* Asserts that the stored session has the name and the role. */
static void
assert_stored (Hablad *hablad, gint64 session)
{
  g_autofree char *path = make_path (session, "");
  g_autoptr (JsonNode) node = ask (hablad, "GET", path, NULL, 200);
  JsonArray *speakers = json_object_get_array_member (json_node_get_object (node), "speakers");

  assert_speaker (json_array_get_object_element (speakers, 0), "Ana", "teacher");
}

/* Names, roles and the mode survive a reconnect and a restart; a new session forgets names. */
static void
test_names (void)
{
  g_autofree char *data = g_dir_make_tmp (NULL, NULL);
  g_autoptr (Hablad) hablad = hablad_start_with_data (NULL, data);
  HabladClient *client = hablad_client_new (hablad, NULL);
  gint64 session = get_session (client);
  JsonObject *status;

  hablad_client_send (client, "{'type':'set_mode','mode':'classroom'}");
  hablad_client_expect (client, "mode_changed");
  assert_speaker (type_text (client, "One."), NULL, NULL);
  hablad_client_expect (client, "exchange_stored");
  hablad_client_send (
      client, "{'type':'rename_speaker','speaker_id':'MANUAL','role_hint':'teacher'}");
  hablad_client_expect (client, "speakers_updated");
  hablad_client_send (client, "{'type':'rename_speaker','speaker_id':'MANUAL','name':'Ana'}");
  hablad_client_expect (client, "speakers_updated");
  assert_speaker (type_text (client, "Two."), "Ana", "teacher");
  hablad_client_expect (client, "exchange_stored");
  assert_stored (hablad, session);
  leave (client);

  client = hablad_client_new (hablad, NULL);
  g_assert_cmpint (get_session (client), !=, session);
  hablad_client_send (client, "{'type':'set_mode','mode':'classroom'}");
  hablad_client_expect (client, "mode_changed");
  assert_speaker (type_text (client, "Three."), "Ana", "teacher");
  leave (client);
  hablad_stop (g_steal_pointer (&hablad));

  hablad = hablad_start_with_data (NULL, data);
  client = hablad_client_new (hablad, NULL);
  status = hablad_client_expect (client, "status");
  g_assert_cmpstr (json_object_get_string_member (status, "mode"), ==, "classroom");
  g_assert_cmpstr (json_object_get_string_member (status, "direction"), ==, "en_to_es");
  assert_speaker (type_text (client, "Four."), "Ana", "teacher");
  assert_stored (hablad, session);
  hablad_client_send (client, "{'type':'new_session'}");
  hablad_client_expect (client, "session_reset");
  assert_speaker (type_text (client, "Five."), NULL, NULL);
  leave (client);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Returns: how often @word is in the words that were recognised */
static guint
count_word (HabladClient *client, const char *word)
{
  g_autofree char *words = hablad_client_join (client, "transcript_final", "text");
  guint n = 0;

  g_test_message ("%s", words);
  for (const char *at = words; (at = strstr (at, word)) != NULL; at++)
    n++;
  return n;
}

/* The page starts another recorder, and forgets to stop the first: the second replaces it. */
static void
test_second_recorder (void)
{
  static const char *const once[] = { HABLAD_SPEECH (930), NULL };
  static const char *const both[] = { HABLAD_SPEECH (880), HABLAD_SPEECH (930), HABLAD_SPEECH (930),
    NULL };
  g_autoptr (GPtrArray) second = hablad_record ("webm", once);
  g_autoptr (GPtrArray) first = hablad_record ("webm", both);
  g_autoptr (GPtrArray) alone = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *words = NULL;
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  HabladClient *client = hablad_client_new (hablad, NULL);

  /* What is recognised of the second recording alone. */
  hablad_client_start_listening (client);
  hablad_client_send_recording (client, second, FALSE);
  hablad_client_stop_listening (client);
  expected = hablad_client_join (client, "transcript_final", "text");
  g_assert_cmpuint (strlen (expected), >, 10);
  leave (client);

  client = hablad_client_new (hablad, NULL);
  hablad_client_start_listening (client);
  hablad_client_send_audio (client, g_ptr_array_index (first, 0));
  hablad_client_send_audio (client, g_ptr_array_index (first, 1));
  hablad_client_start_listening (client);
  for (guint i = 0; i < second->len; i++) {
    hablad_client_send_audio (client, g_ptr_array_index (second, i));
    if (i + 4 < first->len)
      hablad_client_send_audio (client, g_ptr_array_index (first, i + 4));
  }
  hablad_client_stop_listening (client);
  words = hablad_client_join (client, "transcript_final", "text");
  g_test_message ("“%s”, alone “%s”", words, expected);
  g_assert_true (g_str_has_suffix (words, expected));
  g_assert_cmpuint (count_word (client, expected), ==, 1);
  g_assert_false (hablad_client_has (client, "error"));
  leave (client);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad-reconnect/empty-session", test_empty_session);
  g_test_add_func ("/hablad-reconnect/names", test_names);
  g_test_add_func ("/hablad-reconnect/second-recorder", test_second_recorder);
  return habla_test_run ();
}
