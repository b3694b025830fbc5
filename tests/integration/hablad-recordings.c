/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recordings over HTTP: list, download, reference transcript and playback. */
#include "habla-test.h"
#include "hablad.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char *const speech[] = { HABLAD_SPEECH (880), HABLAD_SILENCE, HABLAD_SPEECH (880),
  HABLAD_SILENCE, NULL };

typedef struct {
  char *data;  /* folder of the recordings and the store */
  char *store; /* path of the database */
  char *config;
  GPtrArray *chunks;
  gsize size; /* of all chunks, in bytes */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  static guint count;
  g_autofree char *name = g_strdup_printf ("recordings-%u", ++count);
  g_autofree char *text = NULL;

  self->data = g_build_filename (habla_test_get_dir (), name, NULL);
  self->store = g_build_filename (self->data, "store", "habla.db", NULL);
  text = g_strdup_printf (
      "[recording]\nenabled=yes\npath=%s/a\n[store]\npath=%s\n", self->data, self->store);
  self->config = hablad_write_config (text);
  self->chunks = hablad_record ("webm", speech);
  for (guint i = 0; i < self->chunks->len; i++)
    self->size += g_bytes_get_size (g_ptr_array_index (self->chunks, i));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_ptr_array_unref (self->chunks);
  g_free (self->config);
  g_free (self->store);
  g_free (self->data);
}

static Hablad *
start (Fixture *self)
{
  const char *const options[] = { self->config, NULL };

  return hablad_start (options);
}

static JsonNode *
request_json (
    Hablad *hablad, const char *method, const char *path, const char *body, guint expected)
{
  g_autofree char *quoted = g_strdup (body);
  g_autofree char *response = NULL;
  JsonNode *node;
  guint status;

  g_strdelimit (quoted != NULL ? quoted : (quoted = g_strdup ("")), "'", '"');
  response = hablad_request (hablad, method, path, body != NULL ? quoted : NULL, &status);
  if (status != expected)
    g_error ("%s %s: %u instead of %u: %s", method, path, status, expected, response);
  node = json_from_string (response, NULL);
  g_assert_nonnull (node);
  if (status >= 400)
    g_assert_true (json_object_has_member (json_node_get_object (node), "detail"));
  return node;
}

static void
expect_status (Hablad *hablad, const char *method, const char *path, const char *body, guint status)
{
  g_autoptr (JsonNode) node = request_json (hablad, method, path, body, status);
}

/* @range: (nullable): value of the Range header
 * @content_range: (out) (optional): value of the Content-Range header
 * Returns: (transfer full): the body */
static GBytes *
fetch (Hablad *hablad, const char *path, const char *range, guint expected, char **content_range)
{
  g_autofree char *uri =
      g_uri_resolve_relative (hablad_get_url (hablad), path, G_URI_FLAGS_NONE, NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *body;

  if (range != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "Range", range);
  soup_session_send_and_read_async (
      session, message, G_PRIORITY_DEFAULT, NULL, habla_test_store_result, &result);
  hablad_wait_until (result != NULL);
  body = soup_session_send_and_read_finish (session, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, expected);
  if (content_range != NULL)
    *content_range = g_strdup (soup_message_headers_get_one (
        soup_message_get_response_headers (message), "Content-Range"));
  return body;
}

/* Returns: (transfer full): the id of the only recording */
static char *
get_only_id (Hablad *hablad)
{
  g_autoptr (JsonNode) list = request_json (hablad, "GET", "/api/recordings", NULL, 200);
  JsonArray *array = json_node_get_array (list);

  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  return g_strdup (json_object_get_string_member (json_array_get_object_element (array, 0), "id"));
}

/* Records speech.
 * Returns: number of utterances */
static guint
speak (Fixture *self, Hablad *hablad, HabladClient *client)
{
  guint n = 0;
  JsonObject *stopped;

  hablad_client_send (client, "{'type':'start_listening'}");
  g_assert_true (json_object_get_boolean_member (
      hablad_client_expect (client, "listening_started"), "recording"));
  hablad_client_send_recording (client, self->chunks, FALSE);
  stopped = hablad_client_stop_listening (client);
  n = json_object_get_int_member (stopped, "segments_processed");
  g_assert_cmpuint (n, >=, 1);
  hablad_wait_for_metric (hablad, "habla_recording_active", 0);
  return n;
}

static char *
format_path (const char *format, const char *id)
{
  g_auto (GStrv) parts = g_strsplit (format, "ID", 2);

  return g_strjoinv (id, parts);
}

static void
check_audio (Fixture *self, Hablad *hablad, const char *id)
{
  g_autofree char *path = format_path ("/api/recordings/ID/audio", id);
  g_autofree char *segment = format_path ("/api/recordings/ID/audio/segment_001.wav", id);
  g_autofree char *missing = format_path ("/api/recordings/ID/audio/segment_999.wav", id);
  g_autofree char *zero = format_path ("/api/recordings/ID/audio/segment_000.wav", id);
  g_autofree char *other = format_path ("/api/recordings/ID/audio/metadata.json", id);
  g_autofree char *range = NULL;
  g_autofree char *expected = g_strdup_printf ("bytes 3-1002/%" G_GSIZE_FORMAT, self->size);
  g_autofree char *beyond = g_strdup_printf ("bytes=%" G_GSIZE_FORMAT "-", self->size);
  g_autoptr (GBytes) whole = fetch (hablad, path, NULL, 200, NULL);
  g_autoptr (GBytes) part = fetch (hablad, path, "bytes=3-1002", 206, &range);
  g_autoptr (GBytes) end = fetch (hablad, path, "bytes=-10", 206, NULL);
  g_autoptr (GBytes) none = fetch (hablad, path, beyond, 416, NULL);
  g_autoptr (GBytes) wav = fetch (hablad, segment, NULL, 200, NULL);
  g_autoptr (GBytes) exchange = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *exchange_path = NULL;
  g_autofree char *one = format_path ("/api/recordings/ID", id);
  const char *data = g_bytes_get_data (whole, NULL);
  JsonObject *first;
  gsize at = 0;

  /* The audio is stored unchanged. */
  g_assert_cmpuint (g_bytes_get_size (whole), ==, self->size);
  for (guint i = 0; i < self->chunks->len; i++) {
    GBytes *chunk = g_ptr_array_index (self->chunks, i);
    gsize size = g_bytes_get_size (chunk);

    g_assert_cmpmem (data + at, size, g_bytes_get_data (chunk, NULL), size);
    at += size;
  }
  g_assert_cmpstr (range, ==, expected);
  g_assert_cmpmem (g_bytes_get_data (part, NULL), g_bytes_get_size (part), data + 3, 1000);
  g_assert_cmpmem (
      g_bytes_get_data (end, NULL), g_bytes_get_size (end), data + self->size - 10, 10);
  g_assert_cmpuint (g_bytes_get_size (none), >, 0);
  g_assert_cmpmem (g_bytes_get_data (wav, NULL), 4, "RIFF", 4);
  expect_status (hablad, "GET", missing, NULL, 404);
  expect_status (hablad, "GET", zero, NULL, 404);
  expect_status (hablad, "GET", other, NULL, 404);

  node = request_json (hablad, "GET", one, NULL, 200);
  first = json_array_get_object_element (
      json_object_get_array_member (
          json_object_get_object_member (json_node_get_object (node), "metadata"), "segments"),
      0);
  exchange_path =
      g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT "/exchanges/%" G_GINT64_FORMAT "/audio",
          json_object_get_int_member (first, "session_id"),
          json_object_get_int_member (first, "exchange_id"));
  exchange = fetch (hablad, exchange_path, NULL, 200, NULL);
  g_assert_true (g_bytes_equal (exchange, wav));
  expect_status (hablad, "GET", "/api/sessions/1/exchanges/99999/audio", NULL, 404);
  expect_status (hablad, "GET", "/api/sessions/x/exchanges/-1/audio", NULL, 404);
}

/* Corrects a recording as the page of the first Habla does: it reads the segments, plays each, and
 * sends all of them back, with another transcript beside the unchanged text. */
static void
check_editor (Hablad *hablad, const char *id, guint n_segments)
{
  g_autofree char *path = format_path ("/api/recordings/ID/ground-truth", id);
  g_autofree char *one = format_path ("/api/recordings/ID", id);
  g_autoptr (JsonNode) recording = request_json (hablad, "GET", one, NULL, 200);
  g_autoptr (JsonNode) truth = request_json (hablad, "GET", path, NULL, 200);
  JsonObject *metadata =
      json_object_get_object_member (json_node_get_object (recording), "metadata");
  JsonObject *data = json_object_get_object_member (json_node_get_object (truth), "data");
  JsonArray *segments = json_object_get_array_member (data, "segments");
  JsonObject *whole = json_node_get_object (truth);
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  g_autofree char *old_text = NULL;

  g_assert_false (json_object_has_member (json_node_get_object (recording), "ground_truth"));
  g_assert_cmpstr (json_object_get_string_member (whole, "source"), ==, "original");
  g_assert_true (json_object_get_null_member (whole, "word_error_rate"));
  g_assert_cmpint (json_object_get_int_member (metadata, "total_segments"), ==, n_segments);
  g_assert_cmpint (json_object_get_int_member (metadata, "sample_rate"), ==, 16000);
  g_assert_cmpuint (json_array_get_length (segments), ==, n_segments);
  for (guint i = 0; i < n_segments; i++) {
    JsonObject *segment = json_array_get_object_element (segments, i);
    const char *name = json_object_get_string_member (segment, "filename");
    g_autofree char *expected = g_strdup_printf ("segment_%03u.wav", i + 1);
    g_autofree char *audio_path = g_strdup_printf ("%s/audio/%s", one, name);
    g_autoptr (GBytes) audio = fetch (hablad, audio_path, NULL, 200, NULL);

    g_assert_cmpstr (name, ==, expected);
    g_assert_cmpint (json_object_get_int_member (segment, "segment_id"), ==, i + 1);
    g_assert_cmpfloat (json_object_get_double_member (segment, "duration_seconds"), >, 0.5);
    g_assert_true (json_object_has_member (segment, "translation"));
    g_assert_true (json_object_has_member (segment, "confidence"));
    g_assert_true (json_object_has_member (segment, "asr_corrections"));
    g_assert_false (json_object_get_boolean_member (segment, "human_corrected"));
    if (i == 0) {
      old_text = g_strdup (json_object_get_string_member (segment, "transcript"));
      g_autofree char *corrected = g_strconcat (old_text, " indeed", NULL);
      json_object_set_string_member (segment, "transcript", corrected);
      g_assert_cmpstr (json_object_get_string_member (segment, "text"), ==, old_text);
    }
  }
  json_node_set_object (body, data);
  text = json_to_string (body, FALSE);
  g_autoptr (JsonNode) saved = request_json (hablad, "PUT", path, text, 200);
  JsonObject *answer = json_node_get_object (saved);
  g_assert_cmpstr (json_object_get_string_member (answer, "status"), ==, "saved");
  g_assert_cmpstr (json_object_get_string_member (answer, "recording_id"), ==, id);
  g_assert_cmpint (json_object_get_int_member (answer, "total"), ==, n_segments);
  g_assert_cmpint (json_object_get_int_member (answer, "corrected"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (answer, "deletions"), ==, 1);
  g_assert_cmpfloat (json_object_get_double_member (answer, "word_error_rate"), >, 0.0);

  g_autoptr (JsonNode) described = request_json (hablad, "GET", one, NULL, 200);
  JsonObject *first = json_array_get_object_element (
      json_object_get_array_member (
          json_object_get_object_member (json_node_get_object (described), "ground_truth"),
          "segments"),
      0);
  g_assert_true (g_str_has_suffix (json_object_get_string_member (first, "transcript"), " indeed"));
  g_assert_cmpstr (json_object_get_string_member (first, "recognised"), ==, old_text);
  g_assert_true (json_object_get_boolean_member (first, "human_corrected"));
}

static void
check_reference (Hablad *hablad, const char *id, guint n_segments)
{
  g_autofree char *path = format_path ("/api/recordings/ID/ground-truth", id);
  g_autofree char *one = format_path ("/api/recordings/ID", id);
  g_autoptr (JsonNode) before = request_json (hablad, "GET", path, NULL, 200);
  g_autoptr (JsonNode) put = NULL;
  g_autoptr (JsonNode) after = NULL;
  g_autoptr (JsonNode) stats = NULL;
  g_autoptr (JsonNode) described = NULL;
  g_autofree char *body = NULL;
  JsonObject *object = json_node_get_object (before);
  const char *text;
  guint n_words;

  static const char *const bad[] = { "{'segments':{}}", "{}", "{'segments':[1]}",
    "{'segments':[{'index':0}]}", "{'segments':[{'index':-1,'text':''}]}",
    "{'segments':[{'index':0,'text':7}]}", "{'segments':[{'index':0.5,'text':''}]}",
    "{'segments':[{'index':0,'text':''},{'index':0,'text':''}]}", "[]" };

  static const char *const bad_ids[] = { "{'segments':[{'segment_id':1,'filename':'a'}]}",
    "{'segments':[{'segment_id':1,'transcript':'a'}]}",
    "{'segments':[{'segment_id':0,'filename':'a','transcript':'a'}]}",
    "{'segments':[{'segment_id':1,'index':1,'filename':'a','transcript':'a'}]}",
    "{'segments':[{'index':0,'text':'a','transcript':null}]}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad_ids); i++)
    expect_status (hablad, "PUT", path, bad_ids[i], 422);
  object = json_array_get_object_element (
      json_object_get_array_member (json_object_get_object_member (object, "data"), "segments"), 0);
  text = json_object_get_string_member (object, "recognised");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    expect_status (hablad, "PUT", path, bad[i], 422);
  expect_status (hablad, "PUT", path, "{", 400);
  expect_status (hablad, "PUT", "/api/recordings/nothing/ground-truth", "{'segments':[]}", 404);

  /* The reference has one more word, and differs in case. */
  {
    g_autofree char *upper = g_utf8_strup (text, -1);

    body = g_strdup_printf ("{'segments':[{'index':0,'text':'%s, ñandú!'}]}", upper);
  }
  put = request_json (hablad, "PUT", path, body, 200);
  object = json_node_get_object (put);
  n_words = json_object_get_int_member (object, "words");
  g_assert_cmpuint (n_words, >=, 2);
  g_assert_cmpint (json_object_get_int_member (object, "deletions"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "substitutions"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (object, "insertions"), ==, 0);
  g_assert_cmpfloat_with_epsilon (
      json_object_get_double_member (object, "word_error_rate"), 1.0 / n_words, 1e-9);
  after = request_json (hablad, "GET", path, NULL, 200);
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (put), "status"), ==, "saved");
  json_object_remove_member (json_node_get_object (put), "status");
  g_assert_true (json_node_equal (put, after));
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (after), "source"), ==, "corrected");
  described = request_json (hablad, "GET", one, NULL, 200);
  g_assert_false (json_object_get_null_member (json_node_get_object (described), "ground_truth"));

  stats = request_json (hablad, "GET", "/api/corrections/stats", NULL, 200);
  object = json_node_get_object (stats);
  g_assert_cmpint (json_object_get_int_member (object, "total_recordings"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "recordings_with_gt"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "reviewed_segments"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "corrected_segments"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "total_segments"), ==, n_segments);
  g_assert_cmpfloat (json_object_get_double_member (object, "total_duration_seconds"), >, 5.0);
}

static void
check_strange_ids (Hablad *hablad)
{
  static const char *const ids[] = { "nothing", "7", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd",
    "%00", "%C3%B1and%C3%BA", "%FF", "a%20b", "';DROP%20TABLE%20recordings;--", "{}", "*",
    ".habla-recording" };
  static const char *const paths[] = { "/api/recordings/ID", "/api/recordings/ID/audio",
    "/api/recordings/ID/audio/segment_001.wav", "/api/recordings/ID/ground-truth" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    for (guint j = 0; j < G_N_ELEMENTS (paths); j++) {
      g_autofree char *path = format_path (paths[j], ids[i]);
      g_autofree char *response = NULL;
      guint status;

      response = hablad_get (hablad, path, &status);
      if (status != 404 && status != 422 && status != 400)
        g_error ("%s: %u: %s", path, status, response);
    }
}

/* The audio goes with the session, unless it is in use. */
static void
check_deletion (Fixture *self, Hablad *hablad, const char *id)
{
  g_autofree char *one = format_path ("/api/recordings/ID", id);
  g_autofree char *marker = g_build_filename (self->data, "a", id, ".habla-recording", NULL);
  g_autoptr (JsonNode) recording = request_json (hablad, "GET", one, NULL, 200);
  JsonObject *metadata =
      json_object_get_object_member (json_node_get_object (recording), "metadata");
  g_autofree char *path = g_strdup_printf (
      "/api/sessions/%" G_GINT64_FORMAT, json_object_get_int_member (metadata, "session_id"));
  g_autoptr (JsonNode) answer = NULL;
  int lock = open (marker, O_RDONLY | O_CLOEXEC);

  expect_status (hablad, "DELETE", "/api/sessions/99999", NULL, 404);
  /* As a player does. */
  g_assert_cmpint (flock (lock, LOCK_SH), ==, 0);
  expect_status (hablad, "DELETE", one, NULL, 409);
  answer = request_json (hablad, "DELETE", path, NULL, 200);
  g_assert_cmpint (
      json_object_get_int_member (json_node_get_object (answer), "kept_recordings"), ==, 1);
  close (lock);
  expect_status (hablad, "DELETE", one, NULL, 200);
  expect_status (hablad, "DELETE", one, NULL, 404);
}

/* All requests for one recording. */
static void
test_recording (Fixture *self, gconstpointer data)
{
  g_autoptr (Hablad) hablad = start (self);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, "client=teacher-key-0123456789");
  g_autoptr (JsonNode) list = request_json (hablad, "GET", "/api/recordings", NULL, 200);
  g_autofree char *id = NULL;
  JsonObject *object;
  guint n;

  g_assert_cmpuint (json_array_get_length (json_node_get_array (list)), ==, 0);
  hablad_client_expect (client, "status");
  n = speak (self, hablad, client);
  for (guint i = 0; i < hablad_client_get_messages (client)->len; i++) {
    JsonObject *message = g_ptr_array_index (hablad_client_get_messages (client), i);

    if (strcmp (json_object_get_string_member (message, "type"), "translation") == 0)
      g_assert_true (json_object_get_boolean_member (message, "has_audio"));
  }
  id = get_only_id (hablad);
  g_clear_pointer (&list, json_node_unref);
  list = request_json (hablad, "GET", "/api/recordings", NULL, 200);
  object = json_array_get_object_element (json_node_get_array (list), 0);
  g_assert_true (json_object_get_boolean_member (object, "has_raw_stream"));
  g_assert_false (json_object_get_boolean_member (object, "has_ground_truth"));
  g_assert_cmpint (json_object_get_int_member (object, "segment_count"), ==, n);
  g_assert_cmpint (json_object_get_int_member (object, "total_segments"), ==, n);
  g_assert_false (json_object_get_null_member (object, "started_at"));
  g_assert_false (json_object_get_null_member (object, "ended_at"));
  g_assert_cmpfloat (json_object_get_double_member (object, "total_duration_seconds"), >, 5.0);
  check_audio (self, hablad, id);
  check_editor (hablad, id, n);
  check_reference (hablad, id, n);
  check_strange_ids (hablad);
  check_deletion (self, hablad, id);
  hablad_stop (g_steal_pointer (&hablad));
}

static char *
start_body (const char *id, const char *rest)
{
  return g_strdup_printf ("{'recording_id':'%s'%s}", id, rest);
}

static void
play (Hablad *hablad, const char *key, const char *id, const char *rest, guint status)
{
  g_autofree char *body = start_body (id, rest);
  g_autofree char *path = g_strconcat ("/api/playback/start", key, NULL);

  expect_status (hablad, "POST", path, body, status);
}

static void
check_refusals (Hablad *hablad, HabladClient *client, const char *id)
{
  static const char *const bad[] = { ",'speed':-1", ",'speed':0.1", ",'speed':17", ",'speed':'1'",
    ",'mode':'half'", ",'mode':1", ",'speed':null" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    play (hablad, "", id, bad[i], 422);
  expect_status (hablad, "POST", "/api/playback/start", "{}", 422);
  expect_status (hablad, "POST", "/api/playback/start", "{", 400);
  play (hablad, "", "nothing", "", 404);
  play (hablad, "", "../etc", "", 404);
  play (hablad, "", "ñandú", "", 404);
  play (hablad, "?client=somebody-else-0123456", id, "", 409);
  expect_status (hablad, "POST", "/api/playback/stop", NULL, 200);
  hablad_client_start_listening (client);
  play (hablad, "", id, "", 409);
  hablad_client_stop_listening (client);
  hablad_wait_for_metric (hablad, "habla_recording_active", 0);
}

/* Existing clients start playback without a client key. */
static void
test_playback (Fixture *self, gconstpointer data)
{
  g_autoptr (Hablad) hablad = start (self);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autofree char *id = NULL;
  JsonObject *object;
  gint64 began, total;

  play (hablad, "?client=nobody-is-there-0123", "nothing", "", 409);
  hablad_client_expect (client, "status");
  speak (self, hablad, client);
  id = get_only_id (hablad);
  check_refusals (hablad, client, id);

  play (hablad, "", id, ",'speed':0,'mode':'full'", 200);
  object = hablad_client_expect (client, "playback_started");
  g_assert_cmpstr (json_object_get_string_member (object, "recording_id"), ==, id);
  g_assert_cmpstr (json_object_get_string_member (object, "mode"), ==, "full");
  g_assert_cmpfloat (json_object_get_double_member (object, "speed"), ==, 0.0);
  total = json_object_get_int_member (object, "total_chunks");
  g_assert_cmpint (total, >=, 6);
  object = hablad_client_expect (client, "playback_progress");
  g_assert_cmpint (json_object_get_int_member (object, "chunk_index"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "total_chunks"), ==, total);
  play (hablad, "", id, "", 409);
  hablad_client_expect (client, "transcript_final");
  hablad_client_expect (client, "translation");
  object = hablad_client_expect (client, "playback_finished");
  g_assert_cmpstr (json_object_get_string_member (object, "recording_id"), ==, id);
  g_assert_cmpint (json_object_get_int_member (object, "chunks_processed"), ==, total);

  /* Double speed is not faster than that. */
  began = g_get_monotonic_time ();
  play (hablad, "", id, ",'speed':2", 200);
  hablad_client_expect (client, "playback_finished");
  g_assert_cmpint (g_get_monotonic_time () - began, >=, (total - 1) * G_USEC_PER_SEC / 2);

  play (hablad, "", id, ",'speed':1,'mode':'segments'", 200);
  hablad_client_expect (client, "playback_started");
  expect_status (hablad, "POST", "/api/playback/stop", NULL, 200);
  hablad_client_expect (client, "playback_stopped");
  play (hablad, "", id, "", 200);
  expect_status (hablad, "POST", "/api/playback/stop", NULL, 200);
  hablad_client_expect (client, "playback_stopped");

  /* Playback stops when the client disconnects. */
  play (hablad, "", id, "", 200);
  hablad_client_expect (client, "playback_progress");
  hablad_client_abort (client);
  hablad_wait_for_metric (hablad, "habla_playback_active", 0);
  hablad_wait_for_metric (hablad, "habla_sessions{state=\"playing\"}", 0);
  play (hablad, "", id, "", 409);
  g_assert_cmpfloat (
      hablad_get_metric (hablad, "habla_session_violations_total{invariant=\"audio\"}"), ==, 0.0);
  g_assert_cmpfloat (
      hablad_get_metric (hablad, "habla_playback_ended_total{outcome=\"finished\"}"), ==, 2.0);
  g_free (get_only_id (hablad));
  hablad_stop (g_steal_pointer (&hablad));
}

/* Returns: (transfer full): ids, separated by spaces */
static char *
list_ids (Hablad *hablad, const char *query)
{
  g_autofree char *path = g_strconcat ("/api/recordings", query, NULL);
  g_autoptr (JsonNode) list = request_json (hablad, "GET", path, NULL, 200);
  JsonArray *array = json_node_get_array (list);
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "",
        json_object_get_string_member (json_array_get_object_element (array, i), "id"));
  return g_string_free (ids, FALSE);
}

static void
assert_ids (Hablad *hablad, const char *query, const char *expected)
{
  g_autofree char *ids = list_ids (hablad, query);

  g_assert_cmpstr (ids, ==, expected);
}

static void
check_bounds (Hablad *hablad)
{
  static const char *const bad[] = { "limit=0", "limit=501", "limit=-1", "limit=", "limit=1.5",
    "limit=ten", "offset=-1", "offset=x", "offset=99999999999999999999", "limit=1&offset=" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *path = g_strconcat ("/api/recordings?", bad[i], NULL);

    expect_status (hablad, "GET", path, NULL, 422);
  }
}

/* Pages of recordings; without a limit, the maximum length of a list applies. */
static void
test_list (Fixture *self, gconstpointer data)
{
  const guint n = 502;
  g_autoptr (Hablad) hablad = start (self);
  g_autofree char *all = NULL;
  g_auto (GStrv) ids = NULL;

  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("20260101-000000-%03u-0000", i);
    g_autofree char *folder = g_build_filename (self->data, "a", name, NULL);
    g_autofree char *marker = g_build_filename (folder, ".habla-recording", NULL);

    g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
    g_assert_true (g_file_set_contents (marker, "", -1, NULL));
  }
  all = list_ids (hablad, "");
  ids = g_strsplit (all, " ", -1);
  g_assert_cmpuint (g_strv_length (ids), ==, 500);
  g_assert_cmpstr (ids[0], ==, "20260101-000000-501-0000");
  g_assert_cmpstr (ids[499], ==, "20260101-000000-002-0000");
  assert_ids (hablad, "?limit=500", all);
  assert_ids (hablad, "?limit=1", "20260101-000000-501-0000");
  assert_ids (hablad, "?limit=2&offset=1", "20260101-000000-500-0000 20260101-000000-499-0000");
  assert_ids (hablad, "?offset=500", "20260101-000000-001-0000 20260101-000000-000-0000");
  assert_ids (hablad, "?offset=501", "20260101-000000-000-0000");
  assert_ids (hablad, "?offset=502", "");
  assert_ids (hablad, "?limit=500&offset=9223372036854775807", "");
  check_bounds (hablad);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Much more than the socket buffers hold for a client that does not read. */
#define LARGE (64 * 1024 * 1024)

/* A file is truncated while it is sent: hablad closes the connection and releases its resources. */
static void
test_shortened (Fixture *self, gconstpointer data)
{
  g_autoptr (Hablad) hablad = start (self);
  g_autofree char *folder = g_build_filename (self->data, "a", "20260101-000000-000-0000", NULL);
  g_autofree char *marker = g_build_filename (folder, ".habla-recording", NULL);
  g_autofree char *path = g_build_filename (folder, "segment_000.wav", NULL);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *buffer = g_malloc (LARGE);
  const char *request =
      "GET /api/recordings/20260101-000000-000-0000/audio/segment_001.wav HTTP/1.1"
      "\r\nHost: localhost\r\n\r\n";
  GInputStream *input;
  double n_open = hablad_get_metric (hablad, "habla_http_connections");
  gsize n = 0;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (marker, "", -1, NULL));
  g_assert_true (g_file_set_contents (path, "", -1, NULL));
  g_assert_cmpint (truncate (path, LARGE), ==, 0);
  connection = hablad_connect (hablad, request, 60);
  input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_input_stream_read_all (input, buffer, 100, &n, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (buffer, "HTTP/1.1 200 "));
  g_assert_cmpint (truncate (path, 1), ==, 0);
  /* Read until the connection is closed or reset; a timeout is an error. */
  g_input_stream_read_all (input, buffer, LARGE, &n, NULL, &error);
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
  g_assert_cmpuint (n, <, LARGE);
  hablad_wait_for_metric (hablad, "habla_http_connections", n_open);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Returns: (transfer full): the path of the audio of a spoken exchange */
static char *
get_exchange_path (Hablad *hablad, HabladClient *client)
{
  GPtrArray *messages = hablad_client_get_messages (client);

  for (guint i = 0; i < messages->len; i++) {
    JsonObject *message = g_ptr_array_index (messages, i);

    if (strcmp (json_object_get_string_member (message, "type"), "translation") == 0 &&
        json_object_get_boolean_member (message, "has_audio"))
      return g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT "/exchanges/%" G_GINT64_FORMAT
                              "/audio",
          json_object_get_int_member (g_ptr_array_index (messages, 0), "session_id"),
          json_object_get_int_member (message, "exchange_id"));
  }
  g_error ("No translation was received");
}

static void
check_stored_exchanges (Hablad *hablad, const char *audio_path)
{
  g_autofree char *path = g_strndup (audio_path, strstr (audio_path, "/exchanges/") - audio_path);
  g_autofree char *list_path = g_strconcat (path, "/exchanges", NULL);
  g_autoptr (JsonNode) list = request_json (hablad, "GET", list_path, NULL, 200);
  JsonArray *array = json_node_get_array (list);
  guint n = json_array_get_length (array);

  g_assert_cmpuint (n, >=, 2);
  for (guint i = 0; i < n; i++) {
    JsonObject *exchange = json_array_get_object_element (array, i);
    gboolean has_audio = json_object_get_boolean_member (exchange, "has_audio");
    g_autofree char *one = g_strdup_printf ("%s/exchanges/%" G_GINT64_FORMAT "/audio", path,
        json_object_get_int_member (exchange, "id"));

    /* The first and the last exchange were typed. */
    g_assert_cmpint (has_audio, ==, i > 0 && i + 1 < n);
    g_bytes_unref (fetch (hablad, one, NULL, has_audio ? 200 : 404, NULL));
  }
}

/* The store knows the recording of each exchange, even if the exchange could not be stored at
 * first, and after a restart. */
static void
test_exchange (Fixture *self, gconstpointer data)
{
  static const char key[] = "client=teacher-key-0123456789";
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) client = NULL;
  g_autoptr (GBytes) audio = NULL;
  g_autoptr (GBytes) wav = NULL;
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  g_autofree char *segment = NULL;
  g_autofree char *resumed = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *other = g_build_filename (self->data, "a", "20000101-000000-000-0000", NULL);
  gint64 typed;

  /* A folder in place of the database. */
  g_assert_cmpint (g_mkdir_with_parents (self->store, 0700), ==, 0);
  hablad = start (self);
  client = hablad_client_new (hablad, key);
  hablad_client_expect (client, "status");
  hablad_client_send_text (client, "Typed.");
  typed = json_object_get_int_member (hablad_client_expect (client, "translation"), "exchange_id");
  speak (self, hablad, client);
  path = get_exchange_path (hablad, client);
  expect_status (hablad, "GET", path, NULL, 503);
  hablad_client_send_text (client, "One.");
  g_assert_false (hablad_client_has (client, "exchange_stored"));
  g_assert_cmpint (g_rmdir (self->store), ==, 0);
  hablad_client_expect (client, "exchange_stored");
  hablad_wait_for_metric (hablad, "habla_store_queue", 0);

  id = get_only_id (hablad);
  segment = format_path ("/api/recordings/ID/audio/segment_001.wav", id);
  wav = fetch (hablad, segment, NULL, 200, NULL);
  audio = fetch (hablad, path, NULL, 200, NULL);
  g_assert_true (g_bytes_equal (audio, wav));
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
  g_clear_pointer (&audio, g_bytes_unref);

  hablad = start (self);
  audio = fetch (hablad, path, NULL, 200, NULL);
  g_assert_true (g_bytes_equal (audio, wav));
  check_stored_exchanges (hablad, path);
  resumed = g_strdup_printf ("%s&since=%" G_GINT64_FORMAT, key, typed);
  client = hablad_client_new (hablad, resumed);
  g_assert_true (
      json_object_get_boolean_member (hablad_client_expect (client, "translation"), "has_audio"));
  hablad_client_close (client);

  /* Without that recording, the exchange has no audio. */
  folder = g_build_filename (self->data, "a", id, NULL);
  g_assert_cmpint (g_rename (folder, other), ==, 0);
  expect_status (hablad, "GET", path, NULL, 404);
  hablad_stop (g_steal_pointer (&hablad));
}

static gboolean
is_repaired (Hablad *hablad)
{
  g_autoptr (JsonNode) list = request_json (hablad, "GET", "/api/recordings", NULL, 200);
  JsonObject *object = json_array_get_object_element (json_node_get_array (list), 0);

  return !json_object_get_null_member (object, "ended_at");
}

/* hablad is killed while it records; the next start repairs the recording without loss. */
static void
test_kill (Fixture *self, gconstpointer data)
{
  g_autoptr (Hablad) first = start (self);
  g_autoptr (HabladClient) speaker = hablad_client_new (first, NULL);
  g_autoptr (Hablad) second = NULL;
  g_autoptr (HabladClient) client = NULL;
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  g_autofree char *segment = NULL;
  g_autoptr (GBytes) audio = NULL;
  g_autoptr (GBytes) wav = NULL;

  hablad_client_start_listening (speaker);
  hablad_client_send_recording (speaker, self->chunks, FALSE);
  hablad_client_expect (speaker, "translation");
  hablad_wait_until (hablad_get_metric (first, "habla_recording_segments_total") >= 1);
  id = get_only_id (first);
  g_assert_false (is_repaired (first));
  play (first, "", id, "", 409);
  hablad_signal (first, SIGKILL);
  g_assert_cmpint (hablad_wait (first, 20), ==, 128 + SIGKILL);

  second = start (self);
  hablad_wait_for_metric (second, "habla_recording_maintenance_total{action=\"repaired\"}", 1);
  g_assert_true (is_repaired (second));
  path = format_path ("/api/recordings/ID/audio", id);
  segment = format_path ("/api/recordings/ID/audio/segment_001.wav", id);
  audio = fetch (second, path, NULL, 200, NULL);
  g_assert_cmpuint (g_bytes_get_size (audio), ==, self->size);
  wav = fetch (second, segment, NULL, 200, NULL);
  client = hablad_client_new (second, NULL);
  hablad_client_expect (client, "status");
  play (second, "", id, ",'speed':0", 200);
  hablad_client_expect (client, "transcript_final");
  hablad_client_expect (client, "playback_finished");
  hablad_stop (g_steal_pointer (&second));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add ("/hablad/recordings/recording", Fixture, NULL, set_up, test_recording, tear_down);
  g_test_add ("/hablad/recordings/list", Fixture, NULL, set_up, test_list, tear_down);
  g_test_add ("/hablad/recordings/shortened", Fixture, NULL, set_up, test_shortened, tear_down);
  g_test_add ("/hablad/recordings/exchange", Fixture, NULL, set_up, test_exchange, tear_down);
  g_test_add ("/hablad/recordings/playback", Fixture, NULL, set_up, test_playback, tear_down);
  g_test_add ("/hablad/recordings/kill", Fixture, NULL, set_up, test_kill, tear_down);
  return habla_test_run ();
}
