/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rooms, their join codes, and what listeners with a code can reach. */
#include "habla-test.h"
#include "hablad-room.h"
#include "network-address.h"

#include <string.h>

#define TOKEN "a-token-for-this-test-0123456789"

static char *address; /* (nullable) */

/* Returns: (transfer full): the response */
static char *
ask (Hablad *hablad, const char *method, const char *path, const char *headers, guint *status)
{
  const char *host = hablad_get_url (hablad) + strlen ("http://");
  g_autofree char *request =
      g_strdup_printf ("%s %s HTTP/1.1\r\nHost: %.*s\r\nContent-Length: 0\r\nConnection: close\r\n"
                       "%s\r\n",
          method, path, (int) strcspn (host, "/"), host, headers);
  g_autoptr (GSocketConnection) connection = hablad_connect (hablad, request, 30);
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) response = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (input, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (response, buffer, n);
  g_assert_cmpuint (response->len, >, strlen ("HTTP/1.1 "));
  *status = g_ascii_strtoull (response->str + strlen ("HTTP/1.1 "), NULL, 10);
  return g_string_free (g_steal_pointer (&response), FALSE);
}

static void
assert_status (
    Hablad *hablad, const char *method, const char *path, const char *headers, guint expected)
{
  guint status;
  g_autofree char *response = ask (hablad, method, path, headers, &status);

  g_test_message ("%s %s: %s", method, path, response);
  g_assert_cmpuint (status, ==, expected);
}

/* An owner with the token. */
static HabladClient *
connect_owner (Hablad *hablad, const char *room)
{
  g_autofree char *query = g_strconcat ("client=a-client-of-this-test&room=", room, NULL);
  HabladClient *client = hablad_client_new (hablad, query);

  hablad_client_send (client, "{'type':'hello','token':'" TOKEN "'}");
  return client;
}

/* The server says what is wrong, and closes the connection. */
static void
assert_refused (Hablad *hablad, const char *query, const char *code)
{
  g_autoptr (HabladClient) client = hablad_connect_with_code (hablad, query, code);
  JsonObject *error = hablad_client_expect_next (client, "error");

  g_assert_nonnull (strstr (json_object_get_string_member (error, "message"), "code"));
  g_assert_cmpuint (hablad_client_wait_closed (client), ==, 1008);
  g_assert_false (hablad_client_has (client, "status"));
}

/* A code lets one listen, and do nothing else. */
static void
test_code (void)
{
  static const char *const commands[] = { "{'type':'start_listening'}", "{'type':'stop_listening'}",
    "{'type':'text_input','text':'x'}", "{'type':'new_session'}",
    "{'type':'set_languages','target_languages':['fr']}", "{'type':'set_mode','mode':'classroom'}",
    "{'type':'set_engines','translator':''}", "{'type':'toggle_direction','direction':'es_to_en'}",
    "{'type':'rename_speaker','speaker_id':'MANUAL','name':'x'}", "{'type':'take_over'}" };
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autoptr (HabladClient) listener = NULL;
  g_autofree char *code = NULL;
  g_autofree char *spelled = NULL;
  g_autofree char *with_old_token = NULL;
  JsonObject *status;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  owner = connect_owner (hablad, "physics");
  code = hablad_read_code (owner);
  g_assert_cmpuint (strlen (code), ==, 8);
  /* As people type it. */
  spelled = g_strdup_printf ("%.4s - %s", code, code + 4);
  for (char *p = spelled; *p != '\0'; p++)
    *p = g_ascii_tolower (*p);
  listener = hablad_connect_with_code (hablad, "listen=1&room=physics", spelled);
  status = hablad_client_expect_next (listener, "status");
  g_assert_cmpstr (json_object_get_string_member (status, "role"), ==, "listener");
  g_assert_false (json_object_has_member (status, "join"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    hablad_client_send (listener, commands[i]);
    hablad_client_expect_next (listener, "error");
  }
  soup_websocket_connection_send_binary (hablad_client_get_connection (listener), "audio", 5);
  hablad_client_expect_next (listener, "error");
  hablad_client_send_text (owner, "Good morning.");
  hablad_client_expect (listener, "transcript_final");
  hablad_client_expect (listener, "translation");
  hablad_stop_client (&listener);
  /* A page may still have the token of an earlier day. */
  listener = hablad_client_new (hablad, "listen=1&room=physics");
  with_old_token = g_strdup_printf ("{'type':'hello','token':'old','code':'%s'}", code);
  hablad_client_send (listener, with_old_token);
  status = hablad_client_expect_next (listener, "status");
  g_assert_cmpstr (json_object_get_string_member (status, "role"), ==, "listener");
  hablad_stop_client (&listener);
  hablad_stop_client (&owner);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Codes of other rooms, and right codes elsewhere than in hello of a listener, let no one in. */
static void
test_wrong_codes (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) physics = NULL;
  g_autoptr (HabladClient) music = NULL;
  g_autoptr (HabladClient) stranger = NULL;
  g_autofree char *code = NULL;
  g_autofree char *other = NULL;
  g_autofree char *query = NULL;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  physics = connect_owner (hablad, "physics");
  code = hablad_read_code (physics);
  music = connect_owner (hablad, "music");
  other = hablad_read_code (music);
  g_assert_cmpstr (code, !=, other);
  assert_refused (hablad, "listen=1&room=physics", other);
  assert_refused (hablad, "listen=1&room=physics", "x");
  assert_refused (hablad, "listen=1&room=chemistry", code);
  assert_refused (hablad, "listen=1&room=latest", code);
  assert_refused (hablad, "room=physics", code);
  assert_refused (hablad, "client=a-client-of-this-test&room=physics", code);
  /* No server logs what is in hello; the query would be in the logs of proxies. */
  query = g_strdup_printf ("listen=1&room=physics&code=%s&token=" TOKEN, code);
  stranger = hablad_client_new (hablad, query);
  hablad_client_send (stranger, "{'type':'ping'}");
  g_assert_cmpuint (hablad_client_wait_closed (stranger), ==, 1008);
  hablad_stop_client (&physics);
  hablad_stop_client (&music);
  hablad_stop (g_steal_pointer (&hablad));
}

static gboolean
is_public (JsonObject *operation)
{
  return !json_object_has_member (json_object_get_object_member (operation, "responses"), "401");
}

/* Returns: whether the document says that a code opens @operation */
static gboolean
is_for_codes (JsonObject *operation)
{
  JsonArray *security = json_object_has_member (operation, "security")
                            ? json_object_get_array_member (operation, "security")
                            : NULL;

  for (guint i = 0; security != NULL && i < json_array_get_length (security); i++)
    if (json_object_has_member (json_array_get_object_element (security, i), "code"))
      return TRUE;
  return FALSE;
}

/* A code opens no path but those that docs/openapi.json marks. */
static void
test_paths (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GRegex) parameter = g_regex_new ("\\{[a-z]+\\}", 0, 0, NULL);
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autofree char *code = NULL;
  g_autofree char *headers = NULL;
  g_autoptr (GList) paths = NULL;
  static const char *const llm[][2] = { { "GET", "/api/llm/providers" },
    { "GET", "/api/llm/models?provider=ollama" }, { "GET", "/api/llm/current" },
    { "POST", "/api/llm/select" } };
  JsonObject *document;
  guint n_denied = 0;

  if (!network_address_check (address))
    return;
  g_assert_true (json_parser_load_from_file (parser, HABLA_DOCS "/openapi.json", NULL));
  document =
      json_object_get_object_member (json_node_get_object (json_parser_get_root (parser)), "paths");
  hablad = hablad_start_with_token (address, TOKEN);
  owner = connect_owner (hablad, "physics");
  code = hablad_read_code (owner);
  headers = g_strdup_printf ("Habla-Code: %s\r\nCookie: habla-code=%s\r\n", code, code);
  paths = json_object_get_members (document);
  for (GList *l = paths; l != NULL; l = l->next) {
    g_autofree char *path = g_regex_replace_literal (parameter, l->data, -1, 0, "physics", 0, NULL);
    JsonObject *methods = json_object_get_object_member (document, l->data);
    g_autoptr (GList) names = json_object_get_members (methods);

    for (GList *m = names; m != NULL; m = m->next) {
      g_autofree char *method = g_ascii_strup (m->data, -1);

      JsonObject *operation = json_object_get_object_member (methods, m->data);

      if (strcmp (path, "/ws/translate") == 0 || is_public (operation) || is_for_codes (operation))
        continue;
      assert_status (hablad, method, path, headers, 401);
      n_denied++;
      assert_status (hablad, "PUT", path, headers, 401);
      assert_status (hablad, "DELETE", path, headers, 401);
    }
  }
  g_assert_cmpuint (n_denied, >, 25);
  /* Listeners neither see nor choose the language model, whatever the document says. */
  for (guint i = 0; i < G_N_ELEMENTS (llm); i++)
    assert_status (hablad, llm[i][0], llm[i][1], headers, 401);
  assert_status (hablad, "GET", "/api/llm/current", "Authorization: Bearer " TOKEN "\r\n", 200);
  /* The codes were not looked at, so none counts as wrong. */
  assert_status (hablad, "GET", "/api/rooms", "Authorization: Bearer " TOKEN "\r\n", 200);
  hablad_stop_client (&owner);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A code reads the transcript of its room, as a header or a cookie, and no other. */
static void
test_transcript (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autofree char *code = NULL;
  g_autofree char *header = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *text = NULL;
  guint status;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  owner = connect_owner (hablad, "physics");
  code = hablad_read_code (owner);
  header = g_strdup_printf ("Habla-Code: %s\r\n", code);
  cookie = g_strdup_printf ("Cookie: habla-code=%s\r\n", code);
  hablad_client_send_text (owner, "I have two books.");
  hablad_client_expect (owner, "translation");
  text = ask (hablad, "GET", "/api/rooms/physics/transcript?language=es", header, &status);
  g_assert_cmpuint (status, ==, 200);
  g_assert_nonnull (strstr (text, "Tengo dos libros."));
  assert_status (hablad, "GET", "/api/rooms/physics/transcript?format=srt", cookie, 200);
  assert_status (hablad, "GET", "/api/rooms/music/transcript", header, 401);
  assert_status (hablad, "GET", "/api/rooms/physics/transcript", "", 401);
  assert_status (hablad, "GET", "/api/rooms/physics/transcript", "Habla-Code: ABCDEFGH\r\n", 401);
  assert_status (hablad, "DELETE", "/api/rooms/physics/transcript", header, 401);
  hablad_stop_client (&owner);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Saves the first session with @notes. */
static void
save_notes (Hablad *hablad, const char *notes)
{
  const char *host = hablad_get_url (hablad) + strlen ("http://");
  g_autofree char *body = g_strdup_printf ("{\"notes\":\"%s\"}", notes);
  g_autofree char *request =
      g_strdup_printf ("POST /api/sessions/1/save HTTP/1.1\r\nHost: %.*s\r\nContent-Length: %zu\r\n"
                       "Connection: close\r\nAuthorization: Bearer " TOKEN "\r\n\r\n%s",
          (int) strcspn (host, "/"), host, strlen (body), body);
  g_autoptr (GSocketConnection) connection = hablad_connect (hablad, request, 30);
  char response[13] = "";

  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), response,
      sizeof response - 1, NULL, NULL, NULL);
  g_assert_cmpstr (response, ==, "HTTP/1.1 200");
}

/* Returns: whether the transcript of physics has the notes that its owner made */
static gboolean
has_notes (Hablad *hablad, const char *format, const char *headers)
{
  g_autofree char *path = g_strconcat ("/api/rooms/physics/transcript?format=", format, NULL);
  guint status;
  g_autofree char *text = ask (hablad, "GET", path, headers, &status);

  g_assert_cmpuint (status, ==, 200);
  g_assert_nonnull (strstr (text, "Tengo dos libros."));
  return strstr (text, "Ben slept") != NULL;
}

/* The notes on a session are its owner's, whether the room is open or has ended. */
static void
test_notes (void)
{
  static const char owner_header[] = "Authorization: Bearer " TOKEN "\r\n";
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autofree char *code = NULL;
  g_autofree char *header = NULL;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  owner = connect_owner (hablad, "physics");
  code = hablad_read_code (owner);
  header = g_strdup_printf ("Habla-Code: %s\r\n", code);
  hablad_client_send_text (owner, "I have two books.");
  hablad_client_expect (owner, "exchange_stored");
  save_notes (hablad, "Ben slept");
  for (guint i = 0; i < 2; i++) {
    g_assert_true (has_notes (hablad, "txt", owner_header));
    g_assert_false (has_notes (hablad, "txt", header));
    g_assert_false (has_notes (hablad, "json", header));
    if (i == 0) {
      hablad_client_send (owner, "{'type':'end_room'}");
      hablad_client_expect (owner, "room_ended");
      g_assert_cmpuint (hablad_client_wait_closed (owner), ==, 1000);
    }
  }
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Wrong codes delay their address, as wrong tokens do; a right code between them does not help. */
static void
test_guesses (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autofree char *code = NULL;
  guint n_checked = 0;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  owner = connect_owner (hablad, "physics");
  code = hablad_read_code (owner);
  for (;;) {
    g_autoptr (HabladClient) right = NULL;
    g_autoptr (HabladClient) wrong =
        hablad_connect_with_code (hablad, "listen=1&room=physics", "AAAAAAAA");

    if (hablad_client_wait_closed (wrong) == 1013)
      break;
    n_checked++;
    g_assert_cmpuint (n_checked, <, 40);
    if (n_checked >= 9)
      continue;
    right = hablad_connect_with_code (hablad, "listen=1&room=physics", code);
    hablad_client_expect_next (right, "status");
    hablad_stop_client (&right);
  }
  g_assert_cmpuint (n_checked, >=, 9);
  /* Nor does a path that takes codes tell more. */
  assert_status (hablad, "GET", "/api/rooms", "Authorization: Bearer x\r\n", 429);
  hablad_stop_client (&owner);
  hablad_stop (g_steal_pointer (&hablad));
}

/* @headers: of each request. Returns: the status of the last of @n responses on one connection */
static guint
ask_often (GSocketConnection *connection, const char *path, const char *headers, guint n)
{
  g_autofree char *request =
      g_strdup_printf ("HEAD %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, headers);
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  guint status = 0;

  for (guint i = 0; i < n && status != 429; i++) {
    g_autoptr (GString) response = g_string_new (NULL);
    char byte;

    g_assert_true (g_output_stream_write_all (output, request, strlen (request), NULL, NULL, NULL));
    while (!g_str_has_suffix (response->str, "\r\n\r\n") &&
           g_input_stream_read (input, &byte, 1, NULL, NULL) == 1)
      g_string_append_c (response, byte);
    g_assert_cmpuint (response->len, >, strlen ("HTTP/1.1 "));
    status = g_ascii_strtoull (response->str + strlen ("HTTP/1.1 "), NULL, 10);
  }
  return status;
}

/* The code of a room opens its transcript, for reading; and no more guesses than others have. */
static void
test_code_of_path (void)
{
  static const char *const path = "/api/rooms/physics/transcript?format=txt";
  static const char *const wrong = "Habla-Code: AAAAAAAA\r\n";
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autoptr (HabladClient) music = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketConnection) known = NULL;
  g_autofree char *code = NULL;
  g_autofree char *other = NULL;
  g_autofree char *header = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *query = NULL;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  owner = connect_owner (hablad, "physics");
  code = hablad_read_code (owner);
  music = connect_owner (hablad, "music");
  other = hablad_read_code (music);
  hablad_client_send_text (owner, "Good morning.");
  hablad_client_expect (owner, "translation");
  header = g_strdup_printf ("Habla-Code: %s\r\n", code);
  cookie = g_strdup_printf ("Cookie: a=b; habla-code=%s; habla-token=old\r\n", code);
  query = g_strdup_printf ("%s&code=%s&habla-code=%s", path, code, code);
  assert_status (hablad, "GET", path, header, 200);
  assert_status (hablad, "HEAD", path, header, 200);
  assert_status (hablad, "GET", path, cookie, 200);
  assert_status (hablad, "GET", path, "", 401);
  assert_status (hablad, "GET", query, "", 401);
  assert_status (hablad, "DELETE", path, header, 401);
  assert_status (hablad, "POST", path, cookie, 401);
  assert_status (hablad, "GET", "/api/rooms/music/transcript", header, 401);
  assert_status (hablad, "GET", "/api/rooms/%2e%2e/transcript", header, 401);

  /* A connection that had the right code has no more guesses than others. */
  known = hablad_connect (hablad, NULL, 30);
  g_assert_cmpuint (ask_often (known, path, header, 2), ==, 200);
  connection = hablad_connect (hablad, NULL, 30);
  g_assert_cmpuint (ask_often (connection, path, wrong, 40), ==, 429);
  g_assert_cmpuint (ask_often (known, path, wrong, 1), ==, 429);
  g_assert_cmpuint (ask_often (known, path, header, 1), ==, 429);
  g_assert_cmpstr (other, !=, code);
  hablad_stop_client (&owner);
  hablad_stop_client (&music);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Listeners of the old code read why they are disconnected; the owner gets the new code. */
static void
test_renewal (void)
{
  static const char *const token = "Authorization: Bearer " TOKEN "\r\n";
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autoptr (HabladClient) listener = NULL;
  g_autoptr (HabladClient) early = NULL;
  g_autoptr (HabladClient) known = NULL;
  g_autofree char *code = NULL;
  g_autofree char *renewed = NULL;
  g_autofree char *late = NULL;
  JsonObject *error;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  owner = connect_owner (hablad, "physics");
  code = hablad_read_code (owner);
  listener = hablad_connect_with_code (hablad, "listen=1&room=physics", code);
  hablad_client_expect_next (listener, "status");
  known = hablad_client_new (hablad, "listen=1&room=physics");
  hablad_client_send (known, "{'type':'hello','token':'" TOKEN "'}");
  hablad_client_expect_next (known, "status");
  /* Has not sent hello yet. */
  early = hablad_client_new (hablad, "listen=1&room=physics");

  assert_status (hablad, "POST", "/api/rooms/physics/code", token, 200);
  error = hablad_client_expect_next (listener, "error");
  g_assert_nonnull (strstr (json_object_get_string_member (error, "message"), "changed the code"));
  g_assert_cmpuint (hablad_client_wait_closed (listener), ==, 1008);
  renewed = hablad_read_code (owner);
  g_assert_cmpstr (renewed, !=, code);
  late = g_strdup_printf ("{'type':'hello','code':'%s'}", code);
  hablad_client_send (early, late);
  hablad_client_expect_next (early, "error");
  g_assert_cmpuint (hablad_client_wait_closed (early), ==, 1008);
  g_clear_pointer (&listener, hablad_client_free);
  listener = hablad_connect_with_code (hablad, "listen=1&room=physics", renewed);
  hablad_client_expect_next (listener, "status");
  /* A client that has the token stays. */
  hablad_client_send (known, "{'type':'ping'}");
  hablad_client_expect_next (known, "pong");
  assert_status (hablad, "POST", "/api/rooms/chemistry/code", token, 404);
  hablad_stop_client (&known);
  hablad_stop_client (&listener);
  hablad_stop_client (&owner);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A client that hears a room by a code does so until the code is renewed. */
static void
test_renewal_audio (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GString) response = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *code = NULL;
  g_autofree char *request = NULL;
  GInputStream *input;
  char buffer[4096];
  gint64 end;
  gssize n;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  owner = connect_owner (hablad, "physics");
  code = hablad_read_code (owner);
  request = g_strdup_printf (
      "GET /api/rooms/physics/audio/es.mp3 HTTP/1.1\r\nHost: localhost\r\nHabla-Code: %s\r\n\r\n",
      code);
  connection = hablad_connect (hablad, request, 30);
  input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  while (strstr (response->str, "\r\n\r\n") == NULL &&
         (n = g_input_stream_read (input, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (response, buffer, n);
  if (g_str_has_prefix (response->str, "HTTP/1.1 200")) {
    assert_status (
        hablad, "POST", "/api/rooms/physics/code", "Authorization: Bearer " TOKEN "\r\n", 200);
    end = g_get_monotonic_time () + habla_test_scale (10) * G_USEC_PER_SEC;
    do {
      n = g_input_stream_read (input, buffer, sizeof buffer, NULL, &error);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    } while (n > 0);
    g_assert_no_error (error);
  } else {
    g_test_skip ("no encoder for the audio of rooms is installed");
  }
  hablad_stop_client (&owner);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Someone with an old link reads so even where no code is needed. */
static void
test_loopback (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=physics");
  g_autofree char *code = hablad_read_code (owner);
  g_autoptr (HabladClient) right = NULL;
  g_autoptr (HabladClient) wrong = NULL;
  JsonObject *error;

  right = hablad_connect_with_code (hablad, "listen=1&room=physics", code);
  hablad_client_expect_next (right, "status");
  hablad_client_sync (right);
  wrong = hablad_connect_with_code (hablad, "listen=1&room=physics", "AAAAAAAA");
  error = hablad_client_expect (wrong, "error");
  g_assert_nonnull (strstr (json_object_get_string_member (error, "message"), "code"));
  g_assert_cmpuint (hablad_client_wait_closed (wrong), ==, 1008);
  hablad_stop_client (&right);
  hablad_stop_client (&owner);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A client that listens to one room of an owner does not get what the owner said in another one,
 * whatever it claims to have missed. */
static void
test_other_room (void)
{
  static const char key[] = "client=a-client-of-this-test";
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autofree char *staff = g_strconcat (key, "&room=staff", NULL);
  g_autofree char *class = g_strconcat (key, "&room=class", NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, staff);
  g_autoptr (HabladClient) listener = NULL;
  JsonObject *message;

  for (guint i = 0; i < 3; i++) {
    hablad_client_send_text (owner, "A secret.");
    hablad_client_expect (owner, "exchange_stored");
  }
  hablad_stop_client (&owner);
  owner = hablad_client_new (hablad, class);
  hablad_client_expect (owner, "status");
  listener = hablad_client_new (hablad, "listen=1&room=class&since=1");
  hablad_client_expect_next (listener, "status");
  hablad_client_send_text (owner, "Good morning.");
  message = hablad_client_expect (listener, "transcript_final");
  g_assert_cmpstr (json_object_get_string_member (message, "text"), ==, "Good morning.");
  hablad_stop_client (&listener);
  hablad_stop_client (&owner);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A code that was printed the day before is valid after a crash. */
static void
test_restart (void)
{
  g_autofree char *data = g_build_filename (habla_test_get_dir (), "restarted", NULL);
  g_autofree char *file = g_build_filename (data, "habla", "habla-rooms.json", NULL);
  Hablad *hablad = hablad_start_with_data (NULL, data);
  g_autofree char *code = hablad_make_room (hablad, "{\"name\":\"physics\"}", 201);
  g_autofree char *again = NULL;
  g_autofree char *other = NULL;
  g_autofree char *contents = NULL;
  g_autoptr (HabladClient) owner = NULL;

  hablad_wait_until (g_file_test (file, G_FILE_TEST_EXISTS));
  hablad_free (hablad); /* kills it */
  hablad = hablad_start_with_data (NULL, data);
  owner = hablad_client_new (hablad, "room=physics");
  again = hablad_read_code (owner);
  g_assert_cmpstr (again, ==, code);
  other = hablad_make_room (hablad, "{\"name\":\"music\"}", 201);
  hablad_stop_client (&owner);
  hablad_stop (hablad);
  /* A normal end writes what has not been written yet. */
  g_assert_true (g_file_get_contents (file, &contents, NULL, NULL));
  g_assert_nonnull (strstr (contents, other));
}

int
main (int argc, char *argv[])
{
  int status;

  address = network_address_find ();
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/rooms/code", test_code);
  g_test_add_func ("/hablad/rooms/wrong-codes", test_wrong_codes);
  g_test_add_func ("/hablad/rooms/paths", test_paths);
  g_test_add_func ("/hablad/rooms/transcript", test_transcript);
  g_test_add_func ("/hablad/rooms/notes", test_notes);
  g_test_add_func ("/hablad/rooms/guesses", test_guesses);
  g_test_add_func ("/hablad/rooms/code-of-path", test_code_of_path);
  g_test_add_func ("/hablad/rooms/renewal", test_renewal);
  g_test_add_func ("/hablad/rooms/renewal-audio", test_renewal_audio);
  g_test_add_func ("/hablad/rooms/loopback", test_loopback);
  g_test_add_func ("/hablad/rooms/other-room", test_other_room);
  g_test_add_func ("/hablad/rooms/restart", test_restart);
  status = habla_test_run ();
  g_free (address);
  return status;
}
