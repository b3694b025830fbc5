/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage, search and export of sessions. */
#include "habla-test.h"
#include "hablad.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

static char *
make_folder (void)
{
  static guint count;
  g_autofree char *name = g_strdup_printf ("data-%u", ++count);

  return g_build_filename (habla_test_get_dir (), name, NULL);
}

static JsonNode *
get_json (Hablad *hablad, const char *path)
{
  guint status;
  g_autofree char *body = hablad_get (hablad, path, &status);
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  g_test_message ("%s: %s", path, body);
  g_assert_cmpuint (status, ==, 200);
  node = json_from_string (body, &error);
  g_assert_no_error (error);
  return node;
}

static void
assert_fails (Hablad *hablad, const char *method, const char *path, const char *json, guint wanted)
{
  guint status;
  g_autofree char *body = hablad_request (hablad, method, path, json, &status);
  g_autoptr (JsonNode) node = json_from_string (body, NULL);

  g_test_message ("%s %s: %u %s", method, path, status, body);
  g_assert_cmpuint (status, ==, wanted);
  g_assert_nonnull (node);
  g_assert_true (json_object_has_member (json_node_get_object (node), "detail"));
}

/* Sends a text and waits until its exchange is stored.
 * Returns: the id of the exchange */
static gint64
send_text (HabladClient *client, const char *text)
{
  g_autofree char *json =
      g_strdup_printf ("{'type':'text_input','text':'%s','speaker_id':'MANUAL'}", text);
  gint64 id;

  hablad_client_send (client, json);
  id = json_object_get_int_member (hablad_client_expect (client, "translation"), "exchange_id");
  g_assert_cmpint (
      json_object_get_int_member (hablad_client_expect (client, "exchange_stored"), "exchange_id"),
      ==, id);
  return id;
}

static gint64
get_session_id (HabladClient *client)
{
  return json_object_get_int_member (hablad_client_expect (client, "status"), "session_id");
}

static char *
get_export (Hablad *hablad, gint64 id, const char *query)
{
  g_autofree char *path =
      g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT "/export%s", id, query);
  guint status;
  char *body = hablad_get (hablad, path, &status);

  g_test_message ("%s: %u\n%s", path, status, body);
  g_assert_cmpuint (status, ==, 200);
  return body;
}

/* The texts as clients of the first Habla read them. */
static void
assert_texts (JsonObject *object, const char *source, const char *translation)
{
  g_assert_cmpstr (json_object_get_string_member (object, "raw_transcript"), ==, source);
  g_assert_cmpstr (json_object_get_string_member (object, "corrected_source"), ==, source);
  g_assert_cmpstr (json_object_get_string_member (object, "translation"), ==, translation);
  g_assert_cmpstr (json_object_get_string_member (object, "speaker_id"), ==, "MANUAL");
  g_assert_true (json_object_has_member (object, "timestamp"));
}

/* Saves a session without a name. */
static void
check_save (Hablad *hablad, const char *path, gint64 session)
{
  g_autofree char *save_path = g_strconcat (path, "/save", NULL);
  guint status;
  g_autofree char *answer = hablad_request (hablad, "POST", save_path, NULL, &status);
  g_autofree char *expected =
      g_strdup_printf ("{\"status\":\"saved\",\"session_id\":%" G_GINT64_FORMAT "}", session);
  g_autoptr (JsonNode) one = get_json (hablad, path);
  JsonObject *object = json_node_get_object (one);
  JsonObject *speaker =
      json_array_get_object_element (json_object_get_array_member (object, "speakers"), 0);

  g_assert_cmpuint (status, ==, 200);
  g_assert_cmpstr (answer, ==, expected);
  g_assert_true (g_regex_match_simple ("^Saved \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d$",
      json_object_get_string_member (object, "notes"), 0, 0));
  g_assert_cmpint (json_object_get_int_member (speaker, "utterance_count"), ==, 2);
}

static void
check_title (Hablad *hablad, const char *path, gint64 session)
{
  g_autofree char *save_path = g_strconcat (path, "/save", NULL);
  g_autofree char *export_path = g_strconcat (path, "/export?format=txt", NULL);
  g_autofree char *long_title = g_strnfill (201, 'x');
  g_autofree char *long_body = g_strdup_printf ("{\"title\":\"%s\"}", long_title);

  g_free (hablad_request (
      hablad, "POST", save_path, "{\"title\":\" Newton’s laws \",\"notes\":null}", NULL));
  assert_fails (hablad, "POST", save_path, long_body, 422);
  assert_fails (hablad, "POST", save_path, "{\"title\":\"a\\nb\"}", 422);
  assert_fails (hablad, "POST", save_path, "{\"title\":\"a\\u0085b\"}", 422);
  assert_fails (hablad, "POST", save_path, "{\"title\":5}", 422);
  g_autoptr (JsonNode) one = get_json (hablad, path);
  JsonObject *object = json_node_get_object (one);
  g_assert_cmpstr (json_object_get_string_member (object, "title"), ==, "Newton’s laws");
  g_assert_cmpstr (json_object_get_string_member (object, "notes"), ==, "Unit “3”");
  g_autofree char *text = hablad_request (hablad, "GET", export_path, NULL, NULL);
  g_assert_nonnull (strstr (text, "Newton’s laws\n"));
  g_autoptr (JsonNode) found = get_json (hablad, "/api/sessions/search?q=newton");
  JsonArray *array = json_node_get_array (found);
  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  object = json_array_get_object_element (array, 0);
  g_assert_cmpint (json_object_get_int_member (object, "id"), ==, session);
  array = json_object_get_array_member (object, "matched_exchanges");
  g_assert_cmpuint (json_array_get_length (array), ==, 0);
  g_free (hablad_request (hablad, "POST", save_path, "{\"title\":\"\"}", NULL));
  g_autoptr (JsonNode) none = get_json (hablad, path);
  g_assert_true (json_object_get_null_member (json_node_get_object (none), "title"));
}

static void
test_session (void)
{
  static const char *const session_members[] = { "id", "room", "direction", "mode", "started_at",
    "ended_at", "exchange_count", "speaker_count", "notes", "title", "topic_summary", "saved",
    "speakers", NULL };
  static const char *const exchange_members[] = { "id", "session_id", "speaker_id", "timestamp",
    "direction", "raw_transcript", "corrected_source", "translation", "confidence", "is_correction",
    "correction_json", "correction_detail", "processing_ms", "recording_id", "audio_path",
    "bookmarked", "bookmark_note", "has_audio", NULL };
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (HabladClient) french = NULL;
  gint64 session = get_session_id (client), first, second;
  g_autofree char *path = g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT, session);
  g_autofree char *exchanges_path = g_strconcat (path, "/exchanges", NULL);
  g_autofree char *save_path = g_strconcat (path, "/save", NULL);
  JsonObject *object, *speaker;
  JsonArray *array;

  /* The session is there before anything is said in it. */
  g_autoptr (JsonNode) empty = get_json (hablad, "/api/sessions");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (empty)), ==, 1);

  first = send_text (client, "The house is big.");
  hablad_client_send (client, "{'type':'rename_speaker','speaker_id':'MANUAL','name':'Ana'}");
  second = send_text (client, "I have two books.");
  g_assert_cmpint (second, >, first);

  g_autoptr (JsonNode) list = get_json (hablad, "/api/sessions?limit=1&offset=0");
  array = json_node_get_array (list);
  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  object = json_array_get_object_element (array, 0);
  for (guint i = 0; session_members[i] != NULL; i++)
    g_assert_true (json_object_has_member (object, session_members[i]));
  g_assert_cmpint (json_object_get_int_member (object, "id"), ==, session);
  g_assert_cmpint (json_object_get_int_member (object, "exchange_count"), ==, 2);
  g_assert_false (json_object_get_boolean_member (object, "saved"));
  speaker = json_array_get_object_element (json_object_get_array_member (object, "speakers"), 0);
  g_assert_cmpstr (json_object_get_string_member (speaker, "id"), ==, "MANUAL");
  g_assert_cmpstr (json_object_get_string_member (speaker, "auto_label"), ==, "Typed");
  g_assert_cmpstr (json_object_get_string_member (speaker, "custom_name"), ==, "Ana");
  g_autoptr (JsonNode) beyond = get_json (hablad, "/api/sessions?offset=1");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (beyond)), ==, 0);

  g_autoptr (JsonNode) found = get_json (hablad, "/api/sessions/search?q=CASA&limit=5");
  array = json_node_get_array (found);
  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  object = json_array_get_object_element (array, 0);
  g_assert_cmpint (json_object_get_int_member (object, "id"), ==, session);
  g_assert_cmpint (json_object_get_int_member (object, "exchange_count"), ==, 2);
  array = json_object_get_array_member (object, "matched_exchanges");
  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  assert_texts (
      json_array_get_object_element (array, 0), "The house is big.", "La casa es grande.");

  g_autoptr (JsonNode) all = get_json (hablad, exchanges_path);
  array = json_node_get_array (all);
  g_assert_cmpuint (json_array_get_length (array), ==, 2);
  object = json_array_get_object_element (array, 1);
  g_assert_cmpstr (json_object_get_string_member (object, "translated"), ==, "Tengo dos libros.");
  assert_texts (object, "I have two books.", "Tengo dos libros.");
  for (guint i = 0; exchange_members[i] != NULL; i++)
    g_assert_true (json_object_has_member (object, exchange_members[i]));
  g_assert_cmpint (json_object_get_int_member (object, "is_correction"), ==, 0);
  g_assert_true (json_object_get_null_member (object, "correction_detail"));
  g_autofree char *second_page = g_strconcat (exchanges_path, "?limit=1&offset=1", NULL);
  g_autoptr (JsonNode) page = get_json (hablad, second_page);
  array = json_node_get_array (page);
  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  assert_texts (json_array_get_object_element (array, 0), "I have two books.", "Tengo dos libros.");
  g_autofree char *after =
      g_strdup_printf ("%s?limit=1&after=%" G_GINT64_FORMAT, exchanges_path, first);
  g_autoptr (JsonNode) rest = get_json (hablad, after);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (rest)), ==, 1);
  g_autofree char *at_end = g_strdup_printf ("%s?after=%" G_GINT64_FORMAT, exchanges_path, second);
  g_autoptr (JsonNode) nothing = get_json (hablad, at_end);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (nothing)), ==, 0);

  check_save (hablad, path, session);
  g_free (hablad_request (hablad, "POST", save_path, "{\"notes\":\"Unit “3”\"}", NULL));
  check_title (hablad, path, session);
  /* An earlier name stays. */
  g_free (hablad_request (hablad, "POST", save_path, "{\"notes\":\" \"}", NULL));
  g_autoptr (JsonNode) saved = get_json (hablad, path);
  object = json_node_get_object (saved);
  g_assert_cmpstr (json_object_get_string_member (object, "notes"), ==, "Unit “3”");
  g_assert_true (json_object_get_boolean_member (object, "saved"));
  g_assert_cmpstr (
      json_array_get_string_element (json_object_get_array_member (object, "languages"), 0), ==,
      "es");

  g_assert_cmpfloat (
      hablad_get_metric (hablad, "habla_store_exchanges_total{result=\"stored\"}"), ==, 2);
  g_assert_cmpfloat (
      hablad_get_metric (hablad, "habla_store_exchanges_total{result=\"lost\"}"), ==, 0);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_store_queue"), ==, 0);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_store_write_seconds_count"), ==, 2);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_store_status{status=\"ok\"}"), ==, 1);

  assert_fails (hablad, "DELETE", "/api/sessions/99999", NULL, 404);
  guint status;
  g_autofree char *answer = hablad_request (hablad, "DELETE", path, NULL, &status);
  g_assert_cmpuint (status, ==, 200);
  g_assert_nonnull (strstr (answer, "\"deleted\":true"));
  assert_fails (hablad, "DELETE", path, NULL, 404);
  assert_fails (hablad, "GET", exchanges_path, NULL, 404);
  g_autoptr (JsonNode) gone = get_json (hablad, "/api/sessions/search?q=casa");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (gone)), ==, 0);
  hablad_client_close (client);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A client deletes what it found by its id: that must be the session, not another one. Whatever
 * people type is ordinary text. */
static void
test_search (void)
{
  static const char *const texts[] = { "I don\\u0027t know.", "We learn c++ now.", "See a-b.",
    "Who?", "(open", "x:y", "50% of it", NULL };
  static const char *const queries[] = { "don't", "c%2B%2B", "a-b", "?", "(open", "x:y", "50%25",
    NULL };
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  gint64 first = get_session_id (client), second;

  for (guint i = 0; texts[i] != NULL; i++) {
    hablad_client_send_text (client, texts[i]);
    hablad_client_expect (client, "exchange_stored");
  }
  hablad_client_send (client, "{'type':'new_session'}");
  second =
      json_object_get_int_member (hablad_client_expect (client, "session_reset"), "session_id");
  send_text (client, "Another house.");
  for (guint i = 0; queries[i] != NULL; i++) {
    g_autofree char *path = g_strconcat ("/api/sessions/search?q=", queries[i], NULL);
    g_autoptr (JsonNode) found = get_json (hablad, path);
    JsonArray *array = json_node_get_array (found), *matches;
    JsonObject *session;

    g_assert_cmpuint (json_array_get_length (array), ==, 1);
    session = json_array_get_object_element (array, 0);
    g_assert_cmpint (json_object_get_int_member (session, "id"), ==, first);
    g_assert_cmpint (json_object_get_int_member (session, "exchange_count"), ==, 7);
    matches = json_object_get_array_member (session, "matched_exchanges");
    g_assert_cmpuint (json_array_get_length (matches), ==, 1);
    g_assert_cmpstr (json_object_get_string_member (
                         json_array_get_object_element (matches, 0), "raw_transcript"),
        ==, i == 0 ? "I don't know." : texts[i]);
  }
  g_autoptr (JsonNode) both = get_json (hablad, "/api/sessions/search?q=.&limit=1");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (both)), ==, 1);
  g_assert_cmpint (json_object_get_int_member (
                       json_array_get_object_element (json_node_get_array (both), 0), "id"),
      ==, second);
  hablad_client_close (client);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
test_export (void)
{
  static const char *const formats[] = { "txt", "srt", "vtt", "json", "tsv" };
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  gint64 session = get_session_id (client);

  send_text (client, "The house is big.");
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *both = g_strdup_printf ("?format=%s", formats[i]);
    g_autofree char *spanish = g_strdup_printf ("?format=%s&language=es", formats[i]);
    g_autofree char *english = g_strdup_printf ("?format=%s&language=en", formats[i]);
    g_autofree char *texts[] = { get_export (hablad, session, both),
      get_export (hablad, session, spanish), get_export (hablad, session, english) };

    for (guint j = 0; j < G_N_ELEMENTS (texts); j++) {
      g_assert_true ((strstr (texts[j], "La casa es grande.") != NULL) == (j != 2));
      g_assert_true ((strstr (texts[j], "The house is big.") != NULL) == (j != 1));
      g_free (j > 0 ? g_steal_pointer (&texts[j]) : NULL);
    }
    g_autofree char *head = g_strdup_printf (
        "/api/sessions/%" G_GINT64_FORMAT "/export?format=%s", session, formats[i]);
    guint status;
    g_autofree char *body = hablad_request (hablad, "HEAD", head, NULL, &status);
    g_assert_cmpuint (status, ==, 200);
    g_assert_true (body == NULL || *body == '\0');
  }
  g_autofree char *text = get_export (hablad, session, "");
  g_assert_true (g_str_has_prefix (text, "room-1\n"));
  hablad_client_close (client);
  hablad_stop (g_steal_pointer (&hablad));
}

/* 40 MB, much more than the socket buffers hold for a client that does not read. */
#define N_LONG 20000

/* Adds N_LONG exchanges to a session. */
static void
fill (const char *path, gint64 session)
{
  g_autofree char *sql =
      g_strdup_printf ("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT %u)"
                       " INSERT INTO utterances (id, session_id, direction, language, source,"
                       " confidence, begin_ns, end_ns, created_at)"
                       " SELECT 1000 + i, %" G_GINT64_FORMAT ", 'en_to_es', 'en',"
                       " printf ('%%.2000c', 'x'), 1, i, i + 1, 1 FROM n",
          N_LONG, session);
  sqlite3 *database;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (database), ==, SQLITE_OK);
}

/* The database is truncated during an export: the client can detect the incomplete response, and
 * hablad releases the connection. */
static void
test_truncated_export (void)
{
  g_autofree char *data = make_folder ();
  g_autofree char *path = g_build_filename (data, "habla", "habla.db", NULL);
  g_autoptr (Hablad) hablad = hablad_start_with_data (NULL, data);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GByteArray) response = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *request = NULL;
  g_autofree char *log = NULL;
  GInputStream *input;
  gint64 session = get_session_id (client);
  double n_open;
  guint8 buffer[65536];
  gssize n;

  send_text (client, "The house is big.");
  hablad_client_close (client);
  hablad_stop (g_steal_pointer (&hablad));
  fill (path, session);
  hablad = hablad_start_with_data (NULL, data);
  n_open = hablad_get_metric (hablad, "habla_http_connections");
  request = g_strdup_printf ("GET /api/sessions/%" G_GINT64_FORMAT "/export HTTP/1.1\r\n"
                             "Host: localhost\r\n\r\n",
      session);
  connection = hablad_connect (hablad, request, 60);
  input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  n = g_input_stream_read (input, buffer, sizeof buffer, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix ((char *) buffer, "HTTP/1.1 200 "));
  g_assert_cmpint (truncate (path, 30 * 1024 * 1024), ==, 0);
  while (n > 0) {
    g_byte_array_append (response, buffer, n);
    n = g_input_stream_read (input, buffer, sizeof buffer, NULL, &error);
  }
  /* The connection is closed without a last chunk. */
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
  g_assert_cmpuint (response->len, >, 1024 * 1024);
  g_assert_cmpuint (response->len, <, N_LONG * 2000);
  g_assert_false (memcmp (response->data + response->len - 5, "0\r\n\r\n", 5) == 0);
  hablad_wait_for_metric (hablad, "habla_http_connections", n_open);
  log = hablad_get_log (hablad);
  g_assert_nonnull (strstr (log, "Export aborted"));
  hablad_stop (g_steal_pointer (&hablad));
}

/* Invalid requests, and sessions that do not exist. */
static void
test_errors (void)
{
  static const struct {
    const char *method;
    const char *path;
    const char *body;
    guint status;
  } rows[] = {
    { "GET", "/api/sessions?limit=0", NULL, 422 },
    { "GET", "/api/sessions?limit=201", NULL, 422 },
    { "GET", "/api/sessions?limit=-1", NULL, 422 },
    { "GET", "/api/sessions?limit=", NULL, 422 },
    { "GET", "/api/sessions?limit=1.5", NULL, 422 },
    { "GET", "/api/sessions?limit=ten", NULL, 422 },
    { "GET", "/api/sessions?offset=-1", NULL, 422 },
    { "GET", "/api/sessions?offset=99999999999999999999", NULL, 422 },
    { "GET", "/api/sessions/search", NULL, 422 },
    { "GET", "/api/sessions/search?q=a&limit=0", NULL, 422 },
    { "GET", "/api/sessions/search?q=a&limit=101", NULL, 422 },
    { "GET", "/api/sessions/search?q=", NULL, 422 },
    { "GET", "/api/sessions/search?q=%ff", NULL, 422 },
    { "GET", "/api/sessions/5", NULL, 404 },
    { "GET", "/api/sessions/0", NULL, 404 },
    { "GET", "/api/sessions/01", NULL, 404 },
    { "GET", "/api/sessions/-1", NULL, 404 },
    { "GET", "/api/sessions/+1", NULL, 404 },
    { "GET", "/api/sessions/abc", NULL, 404 },
    { "GET", "/api/sessions/1%20OR%201=1", NULL, 404 },
    { "GET", "/api/sessions/9223372036854775807", NULL, 404 },
    { "GET", "/api/sessions/9223372036854775808", NULL, 404 },
    { "GET", "/api/sessions/99999999999999999999999999", NULL, 404 },
    { "GET", "/api/sessions/5/exchanges", NULL, 404 },
    { "GET", "/api/sessions/5/exchanges?limit=0", NULL, 422 },
    { "GET", "/api/sessions/5/exchanges?limit=1001", NULL, 422 },
    { "GET", "/api/sessions/5/exchanges?after=x", NULL, 422 },
    { "GET", "/api/sessions/5/exchanges?offset=-1", NULL, 422 },
    { "GET", "/api/sessions/5/export", NULL, 404 },
    { "GET", "/api/sessions/5/export?format=doc", NULL, 422 },
    { "GET", "/api/sessions/x/export?format=srt", NULL, 404 },
    { "POST", "/api/sessions/5/save", "{\"notes\":\"x\"}", 404 },
    { "POST", "/api/sessions/x/save", "{\"notes\":\"x\"}", 404 },
    { "POST", "/api/sessions/5/save", "{\"notes\":5}", 422 },
    { "POST", "/api/sessions/5/save", "{}", 404 },
    { "POST", "/api/sessions/5/save", NULL, 404 },
    { "POST", "/api/sessions/5/save", "{\"notes\":null}", 404 },
    { "POST", "/api/sessions/5/save", "{\"title\":\"x\"}", 404 },
    { "POST", "/api/sessions/5/save", "[]", 422 },
    { "POST", "/api/sessions/5/save", "{", 400 },
    { "DELETE", "/api/sessions/5", NULL, 404 },
    { "DELETE", "/api/sessions/x", NULL, 404 },
    { "DELETE", "/api/sessions", NULL, 405 },
    { "PUT", "/api/sessions/5", NULL, 405 },
  };
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (GString) long_query = g_string_new ("/api/sessions/search?q=");
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  gint64 session = get_session_id (client);
  g_autofree char *language = NULL;
  guint status;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_fails (hablad, rows[i].method, rows[i].path, rows[i].body, rows[i].status);
  /* libsoup refuses the path without a body. */
  g_free (hablad_get (hablad, "/api/sessions/..%2F..%2Fetc%2Fpasswd", &status));
  g_assert_cmpuint (status, ==, 400);
  for (guint i = 0; i < 1001; i++)
    g_string_append_c (long_query, 'a');
  assert_fails (hablad, "GET", long_query->str, NULL, 422);
  send_text (client, "Hello.");
  language = g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT "/export?language=xx", session);
  assert_fails (hablad, "GET", language, NULL, 422);
  hablad_client_close (client);
  hablad_stop (g_steal_pointer (&hablad));
}

/* The room keeps its settings after a restart, and a client that reconnects gets missed exchanges.
 */
static void
test_restart (void)
{
  g_autofree char *data = make_folder ();
  g_autoptr (Hablad) hablad = hablad_start_with_data (NULL, data);
  g_autoptr (HabladClient) client =
      hablad_client_new (hablad, "client=0123456789abcdef0123456789abcdef");
  gint64 session = get_session_id (client), first, second;
  JsonObject *message;

  hablad_client_send (client, "{'type':'set_mode','mode':'classroom'}");
  first = send_text (client, "The house is big.");
  second = send_text (client, "I have two books.");
  hablad_client_send (client, "{'type':'toggle_direction','direction':'es_to_en'}");
  hablad_client_expect (client, "direction_changed");
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));

  hablad = hablad_start_with_data (NULL, data);
  {
    g_autofree char *query =
        g_strdup_printf ("client=0123456789abcdef0123456789abcdef&since=%" G_GINT64_FORMAT, first);
    g_autoptr (HabladClient) again = hablad_client_new (hablad, query);
    g_autoptr (HabladClient) other = NULL;

    message = hablad_client_expect_next (again, "status");
    g_assert_cmpint (json_object_get_int_member (message, "session_id"), ==, session + 1);
    /* Spanish is not recognised, so no room starts with it. */
    g_assert_cmpstr (json_object_get_string_member (message, "direction"), ==, "en_to_es");
    g_assert_cmpstr (json_object_get_string_member (message, "mode"), ==, "classroom");
    message = hablad_client_expect_next (again, "transcript_final");
    g_assert_cmpstr (json_object_get_string_member (message, "text"), ==, "I have two books.");
    message = hablad_client_expect_next (again, "translation");
    g_assert_cmpint (json_object_get_int_member (message, "exchange_id"), ==, second);
    g_assert_cmpstr (
        json_object_get_string_member (message, "translated"), ==, "Tengo dos libros.");
    g_assert_cmpstr (json_object_get_string_member (message, "language"), ==, "es");
    g_assert_false (json_object_get_boolean_member (message, "failed"));
    g_assert_cmpint (send_text (again, "La casa es grande."), ==, second + 1);

    /* Other clients get no missed exchanges. */
    other = hablad_client_new (hablad, "client=fedcba9876543210fedcba9876543210&since=0");
    hablad_client_expect_next (other, "status");
    hablad_client_send (other, "{'type':'ping'}");
    hablad_client_send (other, "{'type':'set_mode','mode':'classroom'}");
    hablad_client_expect (other, "mode_changed");
    g_assert_false (hablad_client_has (other, "translation"));
    hablad_client_close (other);
    hablad_client_close (again);
  }
  hablad_stop (g_steal_pointer (&hablad));
}

/* Missed exchanges are sent once, and before new ones. */
static void
test_resume (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client =
      hablad_client_new (hablad, "client=0123456789abcdef0123456789abcdef");
  g_autoptr (HabladClient) other = hablad_client_new (hablad, NULL);
  g_autoptr (HabladClient) again = NULL;
  gint64 ids[4];
  GPtrArray *messages;
  guint n = 0;

  /* Another room uses ids in between. */
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    ids[i] = send_text (client, "One book.");
    send_text (other, "Two books.");
  }
  hablad_client_abort (client);
  again = hablad_client_new (hablad, "client=0123456789abcdef0123456789abcdef&since=1");
  hablad_client_expect (again, "status");
  hablad_client_send_text (again, "Last.");
  for (guint i = 0; i < 4; i++)
    hablad_client_expect (again, "translation");
  messages = hablad_client_get_messages (again);
  for (guint i = 0; i < messages->len; i++) {
    JsonObject *message = g_ptr_array_index (messages, i);

    if (!g_str_equal (json_object_get_string_member (message, "type"), "translation"))
      continue;
    n++;
    if (n < 4)
      g_assert_cmpint (json_object_get_int_member (message, "exchange_id"), ==, ids[n]);
    else
      g_assert_cmpstr (json_object_get_string_member (message, "source"), ==, "Last.");
  }
  g_assert_cmpuint (n, ==, 4);
  hablad_client_close (again);
  hablad_client_close (other);
  hablad_stop (g_steal_pointer (&hablad));
}

/* The store is disabled. */
static void
test_disabled (void)
{
  g_autofree char *data = make_folder ();
  g_autofree char *file = g_build_filename (data, "habla", "habla.db", NULL);
  g_autofree char *config = hablad_write_config ("[store]\npath=none\n");
  g_autofree char *transcript = NULL;
  const char *const options[] = { config, NULL };
  g_autoptr (Hablad) hablad = hablad_start_with_data (options, data);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);

  hablad_client_send_text (client, "One.");
  hablad_client_expect (client, "translation");
  assert_fails (hablad, "GET", "/api/sessions", NULL, 503);
  assert_fails (hablad, "GET", "/api/sessions/search?q=a", NULL, 503);
  assert_fails (hablad, "GET", "/api/sessions/1", NULL, 503);
  assert_fails (hablad, "DELETE", "/api/sessions/1", NULL, 503);
  assert_fails (hablad, "GET", "/api/sessions/1/export", NULL, 503);
  assert_fails (hablad, "POST", "/api/sessions/1/save", "{\"notes\":\"\"}", 503);
  /* The room itself remembers its session. */
  transcript = hablad_get (hablad, "/api/rooms/room-1/transcript?language=en", NULL);
  g_assert_nonnull (strstr (transcript, "Typed: One.\n"));
  assert_fails (hablad, "GET", "/api/rooms/room-2/transcript", NULL, 503);
  hablad_client_close (client);
  g_assert_false (hablad_client_has (client, "exchange_stored"));
  hablad_stop (g_steal_pointer (&hablad));
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
}

/* Returns: whether the health check of the store has the status @wanted; "starting" before the
 * first check */
static gboolean
has_health (Hablad *hablad, const char *wanted)
{
  g_autofree char *body = hablad_get (hablad, "/health/ready", NULL);
  g_autoptr (JsonNode) node = json_from_string (body, NULL);
  JsonObject *components =
      json_object_get_object_member (json_node_get_object (node), "components");
  JsonObject *store = json_object_get_object_member (components, "store");

  return g_str_equal (json_object_get_string_member (store, "status"), wanted);
}

/* The database cannot be created at first: translation continues, and no exchange is lost. */
static void
test_unavailable (void)
{
  g_autofree char *data = make_folder ();
  g_autofree char *path = g_build_filename (data, "store", "habla.db", NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *text = g_strdup_printf ("[store]\npath=%s\n[health]\nttl=100\n", path);
  g_autofree char *config = hablad_write_config (text);
  const char *const options[] = { config, NULL };
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) client = NULL;
  gint64 id;

  /* A folder in place of the database. */
  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  hablad = hablad_start_with_data (options, data);
  client = hablad_client_new (hablad, NULL);
  hablad_client_send_text (client, "The house.");
  id = json_object_get_int_member (hablad_client_expect (client, "translation"), "exchange_id");
  assert_fails (hablad, "GET", "/api/sessions", NULL, 503);
  hablad_wait_for_metric (hablad, "habla_store_status{status=\"failed\"}", 1);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_store_queue"), >=, 1);
  g_assert_false (hablad_client_has (client, "exchange_stored"));
  hablad_wait_until (has_health (hablad, "degraded"));
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (
      json_object_get_int_member (hablad_client_expect (client, "exchange_stored"), "exchange_id"),
      ==, id);
  g_autoptr (JsonNode) found = get_json (hablad, "/api/sessions/search?q=house");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (found)), ==, 1);
  hablad_client_close (client);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A damaged database is quarantined, and the log says so. */
static void
test_damaged (void)
{
  g_autofree char *data = make_folder ();
  g_autofree char *folder = g_build_filename (data, "habla", NULL);
  g_autofree char *path = g_build_filename (folder, "habla.db", NULL);
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) client = NULL;
  g_autofree char *log = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "This is not a database at all, is it?", -1, NULL));
  hablad = hablad_start_with_data (NULL, data);
  client = hablad_client_new (hablad, NULL);
  send_text (client, "The house is big.");
  log = hablad_get_log (hablad);
  g_assert_nonnull (strstr (log, "THE STORE WAS DAMAGED"));
  g_assert_nonnull (strstr (log, "habla.db.corrupt-2"));
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_store_corruptions_total"), ==, 1);
  hablad_client_close (client);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A second hablad with the same data folder does not damage the database of the first. */
static void
test_two_daemons (void)
{
  g_autofree char *data = make_folder ();
  g_autoptr (Hablad) one = hablad_start_with_data (NULL, data);
  g_autoptr (Hablad) two = hablad_start_with_data (NULL, data);
  g_autoptr (HabladClient) client = hablad_client_new (one, NULL);
  g_autoptr (HabladClient) other = hablad_client_new (two, NULL);
  gint64 id;

  send_text (client, "The house is big.");
  hablad_client_send_text (other, "Two.");
  id = json_object_get_int_member (hablad_client_expect (other, "translation"), "exchange_id");
  g_assert_cmpint (id, >, 1000000);
  hablad_client_close (client);
  hablad_stop (g_steal_pointer (&one));
  g_assert_cmpint (
      json_object_get_int_member (hablad_client_expect (other, "exchange_stored"), "exchange_id"),
      ==, id);
  g_autoptr (JsonNode) list = get_json (two, "/api/sessions");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (list)), ==, 2);
  hablad_client_close (other);
  hablad_stop (g_steal_pointer (&two));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/history/session", test_session);
  g_test_add_func ("/history/search", test_search);
  g_test_add_func ("/history/export", test_export);
  g_test_add_func ("/history/truncated-export", test_truncated_export);
  g_test_add_func ("/history/errors", test_errors);
  g_test_add_func ("/history/restart", test_restart);
  g_test_add_func ("/history/resume", test_resume);
  g_test_add_func ("/history/disabled", test_disabled);
  g_test_add_func ("/history/unavailable", test_unavailable);
  g_test_add_func ("/history/damaged", test_damaged);
  g_test_add_func ("/history/two-daemons", test_two_daemons);
  return habla_test_run ();
}
