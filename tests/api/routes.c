/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "test-api.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

#define HEAD_OF(method, path) method " " path " HTTP/1.1\r\nHost: localhost\r\n"
#define GET(path) HEAD_OF ("GET", path) "\r\n"
#define KEY "0123456789abcdef"

static void
run (TestServer *test, TestServerBody body)
{
  test_server_start (test);
  test_server_run (test, body, NULL);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
}

static char *
post (TestServer *test, const char *path, const char *headers, const char *body)
{
  g_autofree char *request =
      g_strdup_printf ("POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %zu\r\n\r\n%s",
          path, headers, strlen (body), body);

  return test_ask (test, request);
}

static void
assert_header (const char *response, const char *name, const char *value)
{
  g_autofree char *found = test_get_header (response, name);

  g_assert_cmpstr (found, ==, value);
}

/* Returns: (transfer full): the object in the body */
static JsonObject *
get_object (const char *response)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (test_get_body (response), &error);

  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (node));
}

static void
assert_detail (const char *response, guint status)
{
  g_autoptr (JsonObject) object = get_object (response);

  g_assert_cmpuint (test_get_status (response), ==, status);
  assert_header (response, "Content-Type", "application/json");
  assert_header (response, "X-Content-Type-Options", "nosniff");
  g_assert_cmpuint (strlen (json_object_get_string_member (object, "detail")), >, 10);
}

static void
ask_health (TestServer *test, gpointer data)
{
  g_autofree char *health = test_ask (test, GET ("/health"));
  g_autofree char *ready = test_ask (test, GET ("/health/ready"));
  g_autofree char *head = test_ask (test, HEAD_OF ("HEAD", "/health") "Connection: close\r\n\r\n");
  g_autoptr (JsonObject) object = get_object (health);
  g_autoptr (JsonObject) ready_object = get_object (ready);

  g_assert_cmpuint (test_get_status (health), ==, 200);
  assert_header (health, "Content-Type", "application/json");
  assert_header (health, "Cache-Control", "no-store");
  assert_header (health, "Access-Control-Allow-Origin", NULL);
  g_assert_cmpstr (json_object_get_string_member (object, "status"), ==, "starting");
  g_assert_true (json_object_has_member (object, "components"));
  g_assert_cmpuint (test_get_status (ready), ==, 503);
  g_assert_true (json_object_has_member (ready_object, "checked_at"));
  g_assert_true (json_object_has_member (ready_object, "age_ms"));
  g_assert_cmpuint (test_get_status (head), ==, 200);
  g_assert_cmpstr (test_get_body (head), ==, "");
}

static void
test_health (void)
{
  run (test_api_new (), ask_health);
}

static void
ask_system (TestServer *test, gpointer data)
{
  static const struct {
    const char *path;
    const char *body;
    guint status;
  } rows[] = {
    { "/api/system/direction", "{\"direction\":\"es_to_en\"}", 200 },
    { "/api/system/direction", "{\"direction\":\"de_to_en\"}", 422 },
    { "/api/system/direction", "{\"direction\":1}", 422 },
    { "/api/system/direction", "{}", 422 },
    { "/api/system/direction", "[]", 422 },
    { "/api/system/direction", "{\"direction\":", 400 },
    { "/api/system/direction", "", 400 },
    { "/api/system/direction", "{\"direction\":\"\xff\"}", 400 },
    { "/api/system/mode", "{\"mode\":\"classroom\"}", 200 },
    { "/api/system/mode", "{\"mode\":\"party\"}", 422 },
    { "/api/system/mode", "{\"mode\":null}", 422 },
    { "/api/system/mode", "{'mode':'classroom'}", 400 },
    { "/api/system/mode", "{\"mode\":\"classroom\"} // yes", 400 },
    { "/api/system/mode", "{\"mode\":\"classroom\"}{}", 400 },
    { "/api/system/recording", "{\"enabled\":true}", 200 },
    { "/api/system/recording", "{\"enabled\":\"yes\"}", 422 },
    { "/api/system/recording", "{\"enabled\":1}", 422 },
    { "/api/system/asr/language", "{\"auto_language\":true}", 200 },
    { "/api/system/asr/language", "{\"auto_language\":\"en\"}", 422 },
  };
  g_autofree char *status = NULL;
  g_autofree char *metrics = NULL;
  /* The second has a string for parsers that accept single quotes. */
  static const char *const begins[] = { "", "['\"'," };
  g_autofree char *deep = g_strnfill (500000, '[');
  g_autofree char *language = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (JsonObject) metrics_object = NULL;
  g_autoptr (JsonObject) answer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *response = post (test, rows[i].path, "", rows[i].body);

    g_autofree char *shown = g_strescape (rows[i].body != NULL ? rows[i].body : "", NULL);

    g_test_message ("%s %s", rows[i].path, shown);
    g_assert_cmpuint (test_get_status (response), ==, rows[i].status);
    if (rows[i].status != 200)
      assert_detail (response, rows[i].status);
  }
  for (guint i = 0; i < G_N_ELEMENTS (begins); i++) {
    g_autofree char *body = g_strconcat (begins[i], deep, NULL);
    g_autofree char *too_deep = post (test, "/api/system/mode", "", body);

    assert_detail (too_deep, 400);
  }

  status = test_ask (test, GET ("/api/system/status"));
  object = get_object (status);
  g_assert_cmpstr (json_object_get_string_member (object, "direction"), ==, "es_to_en");
  g_assert_cmpstr (json_object_get_string_member (object, "mode"), ==, "classroom");
  g_assert_false (json_object_get_boolean_member (object, "asr_auto_language"));
  g_assert_true (json_object_has_member (object, "recording_enabled"));
  g_assert_true (json_object_has_member (object, "languages"));

  language = post (test, "/api/system/asr/language", "", "{\"auto_language\":true}");
  answer = get_object (language);
  g_assert_false (json_object_get_boolean_member (answer, "auto_language"));
  g_assert_true (json_object_has_member (answer, "detail"));

  metrics = test_ask (test, GET ("/api/system/metrics"));
  metrics_object = get_object (metrics);
  g_assert_true (json_object_has_member (
      json_object_get_object_member (metrics_object, "confidence"), "low_count"));
  g_assert_true (json_object_has_member (
      json_object_get_object_member (metrics_object, "processing"), "avg_ms"));
}

static void
test_system (void)
{
  TestServer *test = test_api_new ();

  test->options.max_body = 1024 * 1024;
  run (test, ask_system);
}

static void
ask_others (TestServer *test, gpointer data)
{
  static const struct {
    const char *request;
    guint status;
    const char *allow;
  } rows[] = {
    { GET ("/nothing"), 404 },
    { GET ("/api/nothing"), 404 },
    { GET ("/static/"), 404 },
    { GET ("/static/nothing.js"), 404 },
    { GET ("/static/%2e%2e/index.html"), 404 },
    { HEAD_OF ("DELETE", "/health") "\r\n", 405, "GET, HEAD" },
    { HEAD_OF ("GET", "/api/system/mode") "\r\n", 405, "POST" },
    { HEAD_OF ("PUT", "/api/vocab") "\r\n", 405, "GET, POST, HEAD" },
    { HEAD_OF ("OPTIONS", "/api/system/mode") "\r\n", 405, "POST" },
    { HEAD_OF ("T", "/api/system/mode") "Content-Length: 0\r\n\r\n", 405, "POST" },
    { GET ("/api/recordings/7"), 404 },
    { GET ("/api/recordings/7/audio/segment_001.wav"), 404 },
    { GET ("/api/vocab"), 503 },
    { GET ("/api/vocab/search?q=a"), 503 },
    { GET ("/api/vocab/export/anki"), 503 },
    { GET ("/api/llm/models"), 422 },
    { HEAD_OF ("DELETE", "/api/sessions/7") "\r\n", 503 },
    { GET ("/api/sessions//export"), 404 },
    { HEAD_OF ("POST", "/api/exchanges/7/bookmark") "Content-Length: 0\r\n\r\n", 503 },
    { "GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403 },
    { HEAD_OF (
          "POST", "/api/system/mode") "Origin: http://evil.example\r\nContent-Length: 0\r\n\r\n",
        403 },
    { HEAD_OF ("GET", "/ws/translate") "\r\n", 426 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *response = test_ask (test, rows[i].request);

    g_test_message ("%s", rows[i].request);
    g_assert_cmpuint (test_get_status (response), ==, rows[i].status);
    assert_detail (response, rows[i].status);
    assert_header (response, "Allow", rows[i].allow);
  }
}

static void
test_others (void)
{
  run (test_api_new (), ask_others);
}

static void
ask_page (TestServer *test, gpointer data)
{
  g_autofree char *page = test_ask (test, GET ("/"));
  g_autofree char *cookie = test_get_header (page, "Set-Cookie");
  g_autofree char *policy = test_get_header (page, "Content-Security-Policy");
  g_autofree char *etag = test_get_header (page, "ETag");
  g_autofree char *again = NULL;
  g_autofree char *request = NULL;

  g_assert_cmpuint (test_get_status (page), ==, 200);
  assert_header (page, "Content-Type", "text/html; charset=utf-8");
  assert_header (page, "X-Content-Type-Options", "nosniff");
  g_assert_true (g_regex_match_simple (
      "^habla-client=[0-9a-f]{32}; Path=/; Max-Age=\\d+; HttpOnly; SameSite=Strict$", cookie, 0,
      0));
  g_assert_nonnull (strstr (policy, "default-src 'none'"));
  g_assert_null (strstr (policy, "unsafe"));
  g_assert_nonnull (etag);

  request = g_strdup_printf (HEAD_OF ("GET", "/") "Cookie: habla-client=%s\r\n"
                                                  "If-None-Match: %s\r\n\r\n",
      KEY, etag);
  again = test_ask (test, request);
  g_assert_cmpuint (test_get_status (again), ==, 304);
  assert_header (again, "Set-Cookie", NULL);
}

static void
test_page (void)
{
  run (test_api_new (), ask_page);
}

static void
ask_pages (TestServer *test, gpointer data)
{
  static const struct {
    const char *request;
    const char *type;
    const char *text;
  } rows[] = {
    { GET ("/?room=a"), "text/html; charset=utf-8", "static/speak/speak.js" },
    { GET ("/?room=a&listen=1"), "text/html; charset=utf-8", "static/listen/listen.js" },
    { GET ("/display?room=a"), "text/html; charset=utf-8", "static/display/display.js" },
    { GET ("/overlay"), "text/html; charset=utf-8", "static/overlay/overlay.js" },
    { GET ("/offline"), "text/html; charset=utf-8", "static/offline/offline.js" },
    { GET ("/sw.js"), "text/javascript; charset=utf-8", "addEventListener" },
    { GET ("/static/manifest.webmanifest"), "application/manifest+json", "start_url" },
    { GET ("/static/strings/ar.json"), "application/json", "captions.failed" },
    { GET ("/static/icons/icon.svg"), "image/svg+xml", "<svg" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *response = test_ask (test, rows[i].request);

    g_test_message ("%s", rows[i].request);
    g_assert_cmpuint (test_get_status (response), ==, 200);
    assert_header (response, "Content-Type", rows[i].type);
    g_assert_nonnull (strstr (response, rows[i].text));
  }
}

static void
test_pages (void)
{
  run (test_api_new (), ask_pages);
}

static void
ask_compressed (TestServer *test, gpointer data)
{
  g_autofree char *plain = test_ask (test, GET ("/static/common/style.css"));
  g_autofree char *compressed = test_ask (test,
      HEAD_OF ("HEAD",
          "/static/common/style.css") "Accept-Encoding: br, gzip\r\nConnection: close\r\n\r\n");
  g_autofree char *icon = test_ask (
      test, HEAD_OF ("HEAD",
                "/static/icons/icon-192.png") "Accept-Encoding: gzip\r\nConnection: close\r\n\r\n");
  g_autofree char *length = test_get_header (plain, "Content-Length");
  g_autofree char *compressed_length = test_get_header (compressed, "Content-Length");

  assert_header (plain, "Content-Encoding", NULL);
  assert_header (plain, "Vary", "Accept-Encoding");
  assert_header (compressed, "Content-Encoding", "gzip");
  assert_header (compressed, "Vary", "Accept-Encoding");
  g_assert_cmpuint (
      g_ascii_strtoull (compressed_length, NULL, 10) * 2, <, g_ascii_strtoull (length, NULL, 10));
  /* It is compressed already. */
  assert_header (icon, "Content-Encoding", NULL);
}

static void
test_compressed (void)
{
  run (test_api_new (), ask_compressed);
}

#define UPGRADE \
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static void
upgrade (TestServer *test, gpointer data)
{
  static const struct {
    const char *parameters;
    const char *headers;
    guint status;
  } rows[] = {
    { "", "", 101 },
    { "?client=" KEY, "", 101 },
    { "?client=short", "", 422 },
    { "?client=", "", 422 },
    { "?room=a%20b", "", 422 },
    { "?listen=2", "", 422 },
    { "?listen=1", "", 422 },
    { "?listen=1&room=", "", 422 },
    { "?listen=1&room", "", 422 },
    { "?listen=1&room=%ff", "", 422 },
    /* A parameter that cannot be decoded is an error. */
    { "?room=class%00", "", 400 },
    { "?tab=a%00b", "", 400 },
    { "?since=%zz", "", 400 },
    { "?since=1%", "", 400 },
    { "?listen=1&room=latest", "", 101 },
    { "?wait=2", "", 422 },
    { "?listen=1&room=latest&wait=1", "", 101 },
    { "?tab=", "", 422 },
    { "?tab=a%20b", "", 422 },
    { "?tab=a-1", "", 101 },
    { "?language=f_r", "", 422 },
    { "?language=", "", 422 },
    { "?since=-1", "", 422 },
    { "?since=1.5", "", 422 },
    { "?since=99999999999999999999", "", 422 },
    { "?client=" KEY "&room=class-2.b&since=0&unknown=1", "", 101 },
    { "", "Origin: http://localhost\r\n", 101 },
    { "", "Origin: http://evil.example\r\n", 403 },
    { "", "Origin: null\r\n", 403 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *request =
        g_strdup_printf ("GET /ws/translate%s HTTP/1.1\r\nHost: localhost\r\n" UPGRADE "%s\r\n",
            rows[i].parameters, rows[i].headers);
    g_autofree char *response = test_ask (test, request);

    g_test_message ("%s %s", rows[i].parameters, rows[i].headers);
    g_assert_cmpuint (test_get_status (response), ==, rows[i].status);
    if (rows[i].status != 101)
      assert_detail (response, rows[i].status);
    else
      assert_header (response, "Sec-WebSocket-Extensions", NULL);
  }
}

static void
test_upgrade (void)
{
  run (test_api_new (), upgrade);
}

typedef struct {
  TestServer *test;
  SoupSession *session;
  SoupWebsocketConnection *websocket;
  GPtrArray *messages; /* of char */
  gboolean is_closed;
  gushort closed; /* the code, 0 = none came */
  gint64 end;
} WebSocket;

static void
note_message (SoupWebsocketConnection *websocket, int type, GBytes *bytes, gpointer user_data)
{
  WebSocket *self = user_data;

  g_ptr_array_add (
      self->messages, g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
}

static void
note_closed (SoupWebsocketConnection *websocket, gpointer user_data)
{
  WebSocket *self = user_data;

  self->is_closed = TRUE;
  self->closed = soup_websocket_connection_get_close_code (websocket);
}

static void
connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WebSocket *self = user_data;
  g_autoptr (GError) error = NULL;

  self->websocket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
  g_signal_connect (self->websocket, "message", G_CALLBACK (note_message), self);
  g_signal_connect (self->websocket, "closed", G_CALLBACK (note_closed), self);
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Iterates the main loop; fails the test after ten seconds. */
static void
iterate (WebSocket *self)
{
  guint tick = g_timeout_add (100, on_tick, NULL); /* so that the deadline is checked */

  if (self->end == 0)
    self->end = g_get_monotonic_time () + habla_test_scale (60) * G_USEC_PER_SEC;
  g_assert_cmpint (g_get_monotonic_time (), <, self->end);
  g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

static gboolean
has_message (WebSocket *self, const char *type)
{
  for (guint i = 0; i < self->messages->len; i++)
    if (strstr (self->messages->pdata[i], type) != NULL)
      return TRUE;
  return FALSE;
}

static void
open_websocket (WebSocket *self, TestServer *test, const char *query)
{
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/ws/translate%s", test->port, query);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);

  self->test = test;
  self->session = soup_session_new ();
  self->messages = g_ptr_array_new_with_free_func (g_free);
  soup_session_websocket_connect_async (
      self->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, connected, self);
  while (self->messages->len == 0)
    iterate (self);
}

static void
close_websocket (WebSocket *self)
{
  g_clear_object (&self->websocket);
  g_clear_object (&self->session);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
}

/* Ends the connection, and waits until the server has noticed. */
static void
leave (WebSocket *self)
{
  soup_websocket_connection_close (self->websocket, 1000, NULL);
  while (!self->is_closed)
    iterate (self);
  test_server_wait (self->test, test_server_is_alone);
  close_websocket (self);
}

static void
change_direction (TestServer *test, gpointer query)
{
  g_autofree char *path = g_strconcat ("/api/system/direction", query, NULL);
  g_autofree char *response = post (test, path, "", "{\"direction\":\"es_to_en\"}");

  g_assert_cmpuint (test_get_status (response), ==, 200);
}

/* A REST request changes the room of the client that sends it; without a key, which old clients do
 * not send, that of the latest client without a key.
 * @query: (type utf8) */
static void
test_room (gconstpointer query)
{
  TestServer *test = test_api_new ();
  WebSocket websocket = { NULL };

  test_server_start (test);
  open_websocket (&websocket, test, query);
  g_assert_nonnull (strstr (websocket.messages->pdata[0], "\"status\""));
  g_assert_nonnull (strstr (websocket.messages->pdata[0], "en_to_es"));
  test_server_run (test, change_direction, (gpointer) query);
  while (!has_message (&websocket, "direction_changed"))
    iterate (&websocket);
  leave (&websocket);
  test_server_free (test);
}

/* A command that is refused changes nothing, not even the languages that it is sent with. */
static void
test_refused_start (void)
{
  TestServer *test = test_api_new ();
  WebSocket websocket = { NULL };

  test_server_start (test);
  open_websocket (&websocket, test, "");
  soup_websocket_connection_send_text (websocket.websocket,
      "{\"type\":\"start_listening\",\"source\":\"nowhere\",\"target_languages\":[\"fr\"]}");
  /* Spanish can be typed only. */
  soup_websocket_connection_send_text (websocket.websocket,
      "{\"type\":\"start_listening\",\"source_language\":\"es\",\"target_languages\":[\"en\"]}");
  soup_websocket_connection_send_text (websocket.websocket, "{\"type\":\"ping\"}");
  while (!has_message (&websocket, "\"pong\""))
    iterate (&websocket);
  g_assert_cmpuint (websocket.messages->len, ==, 4);
  g_assert_nonnull (strstr (websocket.messages->pdata[1], "no audio source of that name"));
  g_assert_nonnull (strstr (websocket.messages->pdata[2], "Spanish cannot be heard"));
  leave (&websocket);
  test_server_free (test);
}

/* A connection whose parameters will not become possible is closed with a code of its own, so that
 * clients do not try again; an error says what is possible. */
static void
test_impossible (void)
{
  static const struct {
    const char *query;
    const char *error;
    guint code;
  } rows[] = {
    { "?listen=1&room=class&language=tlh", "“tlh” here (available: ", 4422 },
    { "?room=latest", "“latest”", 4422 },
    { "?listen=1&room=elsewhere", "There is no room of that name", 1013 },
  };
  TestServer *test = test_api_new ();
  WebSocket owner = { NULL };

  test_server_start (test);
  open_websocket (&owner, test, "?room=class");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    WebSocket websocket = { NULL };

    open_websocket (&websocket, test, rows[i].query);
    g_assert_true (has_message (&websocket, "\"error\""));
    g_assert_true (has_message (&websocket, rows[i].error));
    while (!websocket.is_closed)
      iterate (&websocket);
    g_assert_cmpuint (websocket.closed, ==, rows[i].code);
    close_websocket (&websocket);
  }
  leave (&owner);
  test_server_free (test);
}

static void
note_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;

  *done = TRUE;
}

static void
test_going_away (void)
{
  TestServer *test = test_api_new ();
  WebSocket websocket = { NULL };
  gboolean done = FALSE;

  test_server_start (test);
  open_websocket (&websocket, test, "");
  habla_http_server_shut_down (test->server, note_done, &done);
  while (!done || !websocket.is_closed)
    iterate (&websocket);
  g_assert_cmpuint (websocket.closed, ==, SOUP_WEBSOCKET_CLOSE_GOING_AWAY);
  g_assert_cmpuint (habla_http_server_count_connections (test->server), ==, 0);
  close_websocket (&websocket);
  test_server_free (test);
}

/* Freed with a WebSocket open. */
static void
test_freed (void)
{
  TestServer *test = test_api_new ();
  WebSocket websocket = { NULL };

  test_server_start (test);
  open_websocket (&websocket, test, "");
  test_server_free (test);
  while (!websocket.is_closed)
    iterate (&websocket);
  g_assert_cmpuint (websocket.closed, ==, SOUP_WEBSOCKET_CLOSE_GOING_AWAY);
  close_websocket (&websocket);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/routes/health", test_health);
  g_test_add_func ("/routes/system", test_system);
  g_test_add_func ("/routes/others", test_others);
  g_test_add_func ("/routes/page", test_page);
  g_test_add_func ("/routes/pages", test_pages);
  g_test_add_func ("/routes/compressed", test_compressed);
  g_test_add_func ("/routes/upgrade", test_upgrade);
  g_test_add_data_func ("/routes/room", "?client=" KEY, test_room);
  g_test_add_data_func ("/routes/room/keyless", "", test_room);
  g_test_add_func ("/routes/refused-start", test_refused_start);
  g_test_add_func ("/routes/impossible", test_impossible);
  g_test_add_func ("/routes/going away", test_going_away);
  g_test_add_func ("/routes/freed", test_freed);
  return habla_test_run ();
}
