/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls of the pages, with the fields that they read. */
#include "contract.h"

#include <string.h>

#define SESSION \
  "id:i started_at:t ended_at:t? direction:d mode:m notes:s? topic_summary:s? speaker_count:i " \
  "exchange_count:i"
#define SESSION_SPEAKER "id:s auto_label:s custom_name:s? role_hint:s? color:c utterance_count:i"
#define EXCHANGE \
  "id:i session_id:i speaker_id:s? timestamp:t direction:d raw_transcript:s corrected_source:s " \
  "translation:s confidence:n? is_correction:z correction_json:s? correction_detail:D? " \
  "processing_ms:n? audio_path:s? bookmarked:y bookmark_note:s? has_audio:b"
#define MATCH "raw_transcript:s corrected_source:s translation:s speaker_id:s? timestamp:t"
#define RECORDING \
  "id:s has_raw_stream:b has_ground_truth:b segment_count:i started_at:t ended_at:t? " \
  "total_segments:i total_duration_seconds:n"
#define METADATA "session_id:i started_at:t ended_at:t? sample_rate:i total_segments:i segments:a"

#define PATH(format, ...) g_strdup_printf (format, __VA_ARGS__)

static JsonObject *
get_object (JsonNode *node)
{
  return json_node_get_object (node);
}

static JsonObject *
get_element (JsonArray *array, guint i)
{
  g_assert_cmpuint (json_array_get_length (array), >, i);
  return json_array_get_object_element (array, i);
}

/* Returns: the session of the page */
static gint64
get_session (ContractPage *page)
{
  return json_object_get_int_member (
      g_ptr_array_index (hablad_client_get_messages (page->client), 0), "session_id");
}

static gint64
type_text (ContractPage *page, const char *text)
{
  g_autofree char *message =
      PATH ("{\"type\":\"text_input\",\"text\":\"%s\",\"speaker_id\":\"MANUAL\"}", text);
  gint64 id;

  soup_websocket_connection_send_text (hablad_client_get_connection (page->client), message);
  id = json_object_get_int_member (
      hablad_client_expect (page->client, "translation"), "exchange_id");
  hablad_client_expect (page->client, "exchange_stored");
  return id;
}

static void
check_component (JsonObject *components, const char *name, JsonNode *node, gpointer user_data)
{
  contract_check_fields (json_node_get_object (node), name, "status:s message:s latency_ms:n?");
}

static void
check_provider (JsonArray *providers, guint index, JsonNode *node, gpointer user_data)
{
  contract_check_fields (json_node_get_object (node), "provider", "name:s url:s status:s models:a");
}

static void
check_language_models (void)
{
  g_autoptr (JsonNode) providers = contract_ask ("GET", "/api/llm/providers", NULL, 200);
  g_autoptr (JsonNode) current = contract_ask ("GET", "/api/llm/current", NULL, 200);

  contract_check_fields (get_object (providers), "providers", "providers:a active:s");
  json_array_foreach_element (
      json_object_get_array_member (get_object (providers), "providers"), check_provider, NULL);
  contract_check_fields (
      get_object (current), "current", "provider:s model:s quick_model:s metrics:o");
  contract_check_fields (json_object_get_object_member (get_object (current), "metrics"), "metrics",
      "requests:i successes:i retries:i failures:i timeouts:i total_latency_ms:n last_error:s? "
      "last_error_time:s? rate_limited:i provider:s model:s degraded:b consecutive_timeouts:i");
  contract_expect ("GET", "/api/llm/models", NULL, 422);
  contract_expect ("GET", "/api/llm/models?provider=other", NULL, 400);
  contract_expect ("GET", "/api/llm/models?provider=openai", NULL, 400);
  contract_expect ("POST", "/api/llm/select", "{'model':'m'}", 422);
  contract_expect ("POST", "/api/llm/select", "{'provider':'other'}", 400);
  contract_expect ("POST", "/api/llm/select", "{'provider':'openai'}", 400);
  contract_expect (
      "POST", "/api/llm/select", "{'provider':'ollama','url':'http://127.0.0.1:1'}", 502);
}

void
contract_test_system (void)
{
  ContractPage *page = contract_page_load ();

  contract_page_open (page, NULL, NULL);
  type_text (page, "The house is big.");
  hablad_wait_ready (contract_hablad);
  {
    g_autoptr (JsonNode) health = contract_ask ("GET", "/health", NULL, 200);
    JsonObject *components = json_object_get_object_member (get_object (health), "components");

    contract_check_fields (get_object (health), "/health", "status:s components:o");
    g_assert_true (g_regex_match_simple ("^(ok|degraded|down|starting)$",
        json_object_get_string_member (get_object (health), "status"), 0, 0));
    g_assert_cmpuint (json_object_get_size (components), >, 0);
    json_object_foreach_member (components, check_component, NULL);
  }
  {
    g_autoptr (JsonNode) metrics = contract_ask ("GET", "/api/system/metrics", NULL, 200);
    JsonObject *all = get_object (metrics);

    contract_check_fields (all, "metrics", "confidence:o corrections:o idioms:o processing:o");
    contract_check_fields (
        json_object_get_object_member (all, "confidence"), "confidence", "average:n? low_count:i");
    contract_check_fields (
        json_object_get_object_member (all, "corrections"), "corrections", "total_detected:i");
    contract_check_fields (
        json_object_get_object_member (all, "idioms"), "idioms", "pattern_db_hits:i llm_hits:i");
    contract_check_fields (
        json_object_get_object_member (all, "processing"), "processing", "avg_ms:n");
  }
  check_language_models ();
  contract_expect ("POST", "/api/system/direction", "{'direction':'es_to_en'}", 200);
  hablad_client_expect (page->client, "direction_changed");
  contract_expect ("POST", "/api/system/mode", "{'mode':'classroom'}", 200);
  hablad_client_expect (page->client, "mode_changed");
  contract_expect ("POST", "/api/system/asr/language", "{'auto_language':true}", 200);
  contract_expect ("POST", "/api/system/recording", "{'enabled':true}", 200);
  {
    g_autoptr (JsonNode) status = contract_ask ("GET", "/api/system/status", NULL, 200);

    g_assert_true (json_object_get_boolean_member (get_object (status), "recording_enabled"));
    g_assert_cmpstr (
        json_object_get_string_member (get_object (status), "direction"), ==, "es_to_en");
    g_assert_cmpstr (json_object_get_string_member (get_object (status), "mode"), ==, "classroom");
  }
  contract_expect ("POST", "/api/system/direction", "{'direction':'en_to_xx'}", 422);
  contract_expect ("POST", "/api/system/mode", "{'mode':'party'}", 422);
  contract_expect ("POST", "/api/system/recording", "{'enabled':'yes'}", 422);
  contract_expect ("POST", "/api/system/asr/language", "{}", 422);
  contract_expect ("POST", "/api/system/direction", "{'direction':'en_to_es'}", 200);
  contract_expect ("POST", "/api/system/mode", "{'mode':'conversation'}", 200);
  contract_page_close (page);
}

/* Searches as the history page does. Returns: the session of the first match; 0 = none */
static gint64
search (const char *words)
{
  g_autofree char *query = g_uri_escape_string (words, NULL, TRUE);
  g_autofree char *path = PATH ("/api/sessions/search?q=%s&limit=30", query);
  g_autoptr (JsonNode) found = contract_ask ("GET", path, NULL, 200);
  JsonArray *sessions = json_node_get_array (found);

  contract_check_list (sessions, path, SESSION " matched_exchanges:a");
  if (json_array_get_length (sessions) == 0)
    return 0;
  {
    JsonObject *first = json_array_get_object_element (sessions, 0);
    JsonArray *matches = json_object_get_array_member (first, "matched_exchanges");

    g_assert_cmpuint (json_array_get_length (matches), >, 0);
    g_assert_cmpuint (json_array_get_length (matches), <=, 5);
    contract_check_list (matches, path, MATCH);
    return json_object_get_int_member (first, "id");
  }
}

static void
check_search (gint64 session)
{
  static const char *const ordinary[] = { "don't", "c++", "a-b", "?", "*", "\"", "NEAR(a b)", "%",
    "_", "AND", "()", "-" };

  g_assert_cmpint (search ("UNUSUAL"), ==, session);
  g_assert_cmpint (search ("don't c++"), ==, session);
  g_assert_cmpint (search ("usual"), ==, session);
  g_assert_cmpint (search ("no such words at all"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (ordinary); i++)
    search (ordinary[i]);
  g_assert_cmpint (search ("don't"), ==, session);
}

static void
check_exchanges (gint64 session, gint64 last)
{
  g_autofree char *path = PATH ("/api/sessions/%" G_GINT64_FORMAT "/exchanges", session);
  g_autofree char *page_path = PATH ("%s?limit=1&offset=1", path);
  g_autoptr (JsonNode) all = contract_ask ("GET", path, NULL, 200);
  g_autoptr (JsonNode) page = contract_ask ("GET", page_path, NULL, 200);
  JsonArray *array = json_node_get_array (all);
  guint n = json_array_get_length (array);
  JsonObject *one;

  contract_check_list (array, path, EXCHANGE);
  for (guint i = 1; i < n; i++)
    g_assert_cmpint (json_object_get_int_member (get_element (array, i - 1), "id"), <,
        json_object_get_int_member (get_element (array, i), "id"));
  g_assert_cmpint (json_object_get_int_member (get_element (array, n - 1), "id"), ==, last);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (page)), ==, 1);
  one = get_element (json_node_get_array (page), 0);
  g_assert_cmpint (json_object_get_int_member (one, "id"), ==,
      json_object_get_int_member (get_element (array, 1), "id"));
  one = get_element (array, n - 1);
  g_assert_cmpstr (
      json_object_get_string_member (one, "raw_transcript"), ==, "An unusual don't c++ word.");
  g_assert_cmpstr (json_object_get_string_member (one, "speaker_id"), ==, "MANUAL");
}

static void
check_audio_of_exchange (gint64 session)
{
  g_autofree char *path = PATH ("/api/sessions/%" G_GINT64_FORMAT "/exchanges", session);
  g_autoptr (JsonNode) all = contract_ask ("GET", path, NULL, 200);
  JsonObject *spoken = get_element (json_node_get_array (all), 0);
  g_autofree char *audio_path =
      PATH ("%s/%" G_GINT64_FORMAT "/audio", path, json_object_get_int_member (spoken, "id"));
  g_autofree char *type = NULL;
  g_autoptr (GBytes) audio = contract_fetch (audio_path, "Content-Type", &type);

  g_assert_true (json_object_get_boolean_member (spoken, "has_audio"));
  g_assert_cmpmem (g_bytes_get_data (audio, NULL), 4, "RIFF", 4);
  g_assert_true (g_str_has_prefix (type, "audio/"));
}

static void
check_save (const char *path)
{
  g_autofree char *save = PATH ("%s/save", path);
  g_autoptr (JsonNode) saved = contract_ask ("POST", save, NULL, 200);
  g_autoptr (JsonNode) named = NULL;
  g_autoptr (JsonNode) again = NULL;
  g_autoptr (JsonNode) row = NULL;

  contract_check_fields (get_object (saved), save, "status:s session_id:i");
  g_assert_cmpstr (json_object_get_string_member (get_object (saved), "status"), ==, "saved");
  row = contract_ask ("GET", path, NULL, 200);
  g_assert_true (g_regex_match_simple ("^Saved \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d$",
      json_object_get_string_member (get_object (row), "notes"), 0, 0));
  named = contract_ask ("POST", save, "{'notes':'Unit 3'}", 200);
  again = contract_ask ("POST", save, "{'notes':''}", 200);
  g_clear_pointer (&row, json_node_unref);
  row = contract_ask ("GET", path, NULL, 200);
  g_assert_cmpstr (json_object_get_string_member (get_object (row), "notes"), ==, "Unit 3");
}

static void
check_export (const char *path)
{
  g_autofree char *export = PATH ("%s/export", path);
  g_autofree char *disposition = NULL;
  g_autofree char *type = NULL;
  g_autoptr (GBytes) body = contract_fetch (export, "Content-Disposition", &disposition);
  g_autoptr (GBytes) same = contract_fetch (export, "Content-Type", &type);
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));

  g_assert_true (g_str_has_prefix (disposition, "attachment"));
  g_assert_true (g_str_has_prefix (type, "text/plain"));
  g_assert_nonnull (strstr (text, "An unusual don't c++ word."));
}

/* The history page: another lesson is newer, and must not be deleted in its place. */
void
contract_test_sessions (void)
{
  ContractPage *page = contract_page_load ();
  ContractPage *other = contract_page_load ();
  gint64 session, newer, last;
  g_autofree char *recording = NULL;
  g_autofree char *recording_path = NULL;
  g_autofree char *path = NULL;
  g_autofree char *newer_path = NULL;
  JsonArray *speakers;

  contract_page_open (page, NULL, NULL);
  session = get_session (page);
  recording = contract_record_lesson (page);
  recording_path = PATH ("/api/recordings/%s", recording);
  path = PATH ("/api/sessions/%" G_GINT64_FORMAT, session);
  last = type_text (page, "An unusual don't c++ word.");
  contract_page_open (other, NULL, NULL);
  newer = get_session (other);
  newer_path = PATH ("/api/sessions/%" G_GINT64_FORMAT, newer);
  type_text (other, "The house is big.");
  {
    g_autoptr (JsonNode) list = contract_ask ("GET", "/api/sessions?limit=2&offset=0", NULL, 200);
    g_autoptr (JsonNode) rest = contract_ask ("GET", "/api/sessions?limit=2&offset=1", NULL, 200);
    g_autoptr (JsonNode) row = contract_ask ("GET", path, NULL, 200);
    JsonArray *array = json_node_get_array (list);

    contract_check_list (array, "/api/sessions", SESSION);
    g_assert_cmpint (json_object_get_int_member (get_element (array, 0), "id"), ==, newer);
    g_assert_cmpint (json_object_get_int_member (get_element (array, 1), "id"), ==, session);
    g_assert_cmpint (json_object_get_int_member (get_element (json_node_get_array (rest), 0), "id"),
        ==, session);
    contract_check_fields (get_object (row), path, SESSION " speakers:a");
    speakers = json_object_get_array_member (get_object (row), "speakers");
    g_assert_cmpuint (json_array_get_length (speakers), >, 0);
    contract_check_list (speakers, path, SESSION_SPEAKER);
  }
  check_exchanges (session, last);
  check_audio_of_exchange (session);
  check_search (session);
  check_save (path);
  check_export (path);

  /* What the page deletes is what it found. */
  g_assert_cmpint (search ("unusual"), ==, session);
  {
    g_autoptr (JsonNode) deleted = contract_ask ("DELETE", path, NULL, 200);

    contract_check_fields (get_object (deleted), path, "deleted:b session_id:i");
    g_assert_cmpint (json_object_get_int_member (get_object (deleted), "session_id"), ==, session);
  }
  contract_expect ("GET", path, NULL, 404);
  contract_expect ("GET", newer_path, NULL, 200);
  contract_expect ("GET", recording_path, NULL, 404);
  contract_page_close (other);
  contract_page_close (page);
}

void
contract_test_recordings (void)
{
  const char *id = contract_get_lesson ();
  g_autofree char *path = PATH ("/api/recordings/%s", id);
  g_autofree char *audio = PATH ("%s/audio", path);

  {
    g_autoptr (JsonNode) list = contract_ask ("GET", "/api/recordings", NULL, 200);
    g_autoptr (JsonNode) one = contract_ask ("GET", path, NULL, 200);
    g_autoptr (GBytes) whole = contract_fetch (audio, NULL, NULL);
    JsonObject *metadata = json_object_get_object_member (get_object (one), "metadata");
    JsonArray *segments = json_object_get_array_member (metadata, "segments");

    contract_check_list (json_node_get_array (list), "/api/recordings", RECORDING);
    contract_check_fields (get_object (one), path, "id:s metadata:o");
    contract_check_fields (metadata, path, METADATA);
    g_assert_false (json_object_has_member (get_object (one), "ground_truth"));
    contract_check_list (segments, path, "segment_id:i filename:s duration_seconds:n");
    for (guint i = 0; i < json_array_get_length (segments); i++) {
      JsonObject *segment = json_array_get_object_element (segments, i);
      g_autofree char *name = PATH ("segment_%03u.wav", i + 1);
      g_autofree char *segment_path = PATH ("%s/%s", audio, name);
      g_autoptr (GBytes) wav = contract_fetch (segment_path, NULL, NULL);

      g_assert_cmpstr (json_object_get_string_member (segment, "filename"), ==, name);
      g_assert_cmpint (json_object_get_int_member (segment, "segment_id"), ==, i + 1);
      g_assert_cmpmem (g_bytes_get_data (wav, NULL), 4, "RIFF", 4);
    }
    /* EBML */
    g_assert_cmpmem (g_bytes_get_data (whole, NULL), 4, "\x1a\x45\xdf\xa3", 4);
  }
}

/* Saves what the editor saves: all segments, with another transcript beside the unchanged text.
 * @n_words: (out): of the corrected segment. Returns: (transfer full): the body */
static char *
edit_segments (JsonNode *truth, guint *n_segments, guint *n_words)
{
  JsonObject *data = json_object_get_object_member (get_object (truth), "data");
  JsonArray *segments = json_object_get_array_member (data, "segments");
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *first = get_element (segments, 0);
  g_autofree char *corrected =
      g_strconcat (json_object_get_string_member (first, "transcript"), " indeed", NULL);
  g_auto (GStrv) words = g_strsplit (corrected, " ", -1);

  contract_check_fields (data, "data", "segments:S");
  contract_check_list (segments, "segments", "reviewed:b human_corrected:b");
  json_object_set_string_member (first, "transcript", corrected);
  json_object_set_boolean_member (first, "reviewed", TRUE);
  *n_segments = json_array_get_length (segments);
  *n_words = g_strv_length (words);
  json_object_set_array_member (body, "segments", json_array_ref (segments));
  json_node_set_object (node, body);
  return json_to_string (node, FALSE);
}

void
contract_test_corrections (void)
{
  const char *id = contract_get_lesson ();
  g_autofree char *one = PATH ("/api/recordings/%s", id);
  g_autofree char *path = PATH ("%s/ground-truth", one);
  g_autofree char *body = NULL;
  guint n, n_words;

  {
    g_autoptr (JsonNode) before = contract_ask ("GET", path, NULL, 200);

    contract_check_fields (get_object (before), path, "recording_id:s source:s data:o");
    g_assert_cmpstr (json_object_get_string_member (get_object (before), "source"), ==, "original");
    body = edit_segments (before, &n, &n_words);
  }
  {
    g_autoptr (JsonNode) saved = contract_ask ("PUT", path, body, 200);
    JsonObject *object = get_object (saved);

    contract_check_fields (
        object, path, "status:s recording_id:s reviewed:i corrected:i total:i word_error_rate:n");
    g_assert_cmpstr (json_object_get_string_member (object, "status"), ==, "saved");
    g_assert_cmpint (json_object_get_int_member (object, "corrected"), ==, 1);
    g_assert_cmpint (json_object_get_int_member (object, "total"), ==, n);
    /* One word is missing; the segments that came back unreviewed do not count. */
    g_assert_cmpint (json_object_get_int_member (object, "reviewed"), ==, 1);
    g_assert_cmpint (json_object_get_int_member (object, "words"), ==, n_words);
    g_assert_cmpfloat_with_epsilon (
        json_object_get_double_member (object, "word_error_rate"), 1.0 / n_words, 1e-9);
  }
  {
    g_autoptr (JsonNode) after = contract_ask ("GET", path, NULL, 200);
    g_autoptr (JsonNode) whole = contract_ask ("GET", one, NULL, 200);
    g_autoptr (JsonNode) stats = contract_ask ("GET", "/api/corrections/stats", NULL, 200);
    JsonObject *truth = json_object_get_object_member (get_object (whole), "ground_truth");
    JsonObject *first = get_element (json_object_get_array_member (truth, "segments"), 0);

    g_assert_cmpstr (json_object_get_string_member (get_object (after), "source"), ==, "corrected");
    contract_check_fields (truth, one, "segments:S");
    g_assert_true (
        g_str_has_suffix (json_object_get_string_member (first, "transcript"), " indeed"));
    contract_check_fields (get_object (stats), "stats",
        "total_recordings:i recordings_with_gt:i reviewed_segments:i total_segments:i "
        "corrected_segments:i total_duration_seconds:n");
    g_assert_cmpint (json_object_get_int_member (get_object (stats), "recordings_with_gt"), ==, 1);
    g_assert_cmpint (json_object_get_int_member (get_object (stats), "corrected_segments"), ==, 1);
    g_assert_cmpint (json_object_get_int_member (get_object (stats), "total_segments"), ==, n);
  }
  contract_expect ("PUT", path, "{'segments':[{'segment_id':1}]}", 422);
  contract_expect ("PUT", path, "{}", 422);
  contract_expect ("GET", "/api/recordings/none/ground-truth", NULL, 404);
}

static void
play (const char *id, const char *rest, guint status)
{
  g_autofree char *body = PATH ("{'recording_id':'%s'%s}", id, rest);

  contract_expect ("POST", "/api/playback/start", body, status);
}

void
contract_test_playback (void)
{
  const char *id = contract_get_lesson ();
  ContractPage *page = contract_page_load ();
  JsonObject *message;
  gint64 total;

  contract_page_open (page, NULL, NULL);
  play (id, ",'speed':0,'mode':'full'", 200);
  message = hablad_client_expect (page->client, "playback_started");
  total = json_object_get_int_member (message, "total_chunks");
  g_assert_cmpstr (json_object_get_string_member (message, "recording_id"), ==, id);
  for (gint64 i = 1; i <= total; i++) {
    message = hablad_client_expect (page->client, "playback_progress");
    g_assert_cmpint (json_object_get_int_member (message, "chunk_index"), ==, i);
    g_assert_cmpint (json_object_get_int_member (message, "total_chunks"), ==, total);
  }
  message = hablad_client_expect (page->client, "playback_finished");
  g_assert_cmpint (json_object_get_int_member (message, "chunks_processed"), ==, total);
  play (id, ",'speed':16,'mode':'segments'", 200);
  hablad_client_expect (page->client, "playback_finished");
  play (id, "", 200);
  hablad_client_expect (page->client, "playback_started");
  play (id, "", 409);
  contract_expect ("POST", "/api/playback/stop", NULL, 200);
  hablad_client_expect (page->client, "playback_stopped");
  contract_page_listen (page);
  play (id, "", 409);
  contract_page_stop (page, NULL);
  play ("none", "", 404);
  play (id, ",'speed':-1", 422);
  play (id, ",'mode':'half'", 422);
  contract_page_lose (page);
  hablad_wait_for_metric (contract_hablad, "habla_clients{role=\"owner\"}", 0);
  play (id, "", 409);
  contract_page_open (page, NULL, NULL);
  contract_page_close (page);
}

void
contract_test_bounds (void)
{
  static const char *const bad[] = { "/api/sessions?limit=0", "/api/sessions?limit=201",
    "/api/sessions?offset=-1", "/api/sessions?limit=x", "/api/sessions/search",
    "/api/sessions/search?q=", "/api/sessions/search?q=a&limit=0",
    "/api/sessions/search?q=a&limit=101" };
  static const char *const good[] = { "/api/sessions?limit=1", "/api/sessions?limit=200",
    "/api/sessions?offset=100000", "/api/sessions/search?q=a&limit=100" };
  static const char *const missing[] = { "/api/sessions/99999999",
    "/api/sessions/99999999/exchanges", "/api/sessions/99999999/export",
    "/api/sessions/99999999/exchanges/1/audio", "/api/recordings/none",
    "/api/recordings/none/audio", "/api/recordings/none/audio/segment_001.wav" };
  ContractPage *page = contract_page_load ();
  g_autofree char *path = NULL;
  g_autofree char *large = g_strnfill (2 * 1024 * 1024, ' ');

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    contract_expect ("GET", bad[i], NULL, 422);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    contract_expect ("GET", good[i], NULL, 200);
  for (guint i = 0; i < G_N_ELEMENTS (missing); i++)
    contract_expect ("GET", missing[i], NULL, 404);
  contract_expect ("DELETE", "/api/sessions/99999999", NULL, 404);
  contract_expect ("POST", "/api/sessions/99999999/save", NULL, 404);
  contract_expect ("POST", "/api/sessions/1/save", large, 413);
  contract_page_open (page, NULL, NULL);
  type_text (page, "The house is big.");
  path = PATH ("/api/sessions/%" G_GINT64_FORMAT "/exchanges", get_session (page));
  {
    g_autofree char *none = PATH ("%s?limit=0", path);
    g_autofree char *many = PATH ("%s?limit=1001", path);
    g_autofree char *negative = PATH ("%s?offset=-1", path);
    g_autofree char *most = PATH ("%s?limit=1000&offset=0", path);
    g_autofree char *audio = PATH ("%s/99999999/audio", path);

    contract_expect ("GET", none, NULL, 422);
    contract_expect ("GET", many, NULL, 422);
    contract_expect ("GET", negative, NULL, 422);
    contract_expect ("GET", most, NULL, 200);
    contract_expect ("GET", audio, NULL, 404);
  }
  contract_page_close (page);
}

/* Starts another server, which keeps no sessions, and is impatient. */
static Hablad *
start_other (void)
{
  g_autofree char *config =
      hablad_write_config ("[server]\nidle-timeout=1000\n[store]\npath=none\n");
  const char *const options[] = { config, NULL };

  return hablad_start (options);
}

void
contract_test_no_store (void)
{
  g_autoptr (Hablad) hablad = start_other ();
  g_autofree char *answer = NULL;
  guint status;

  answer = hablad_get (hablad, "/api/sessions", &status);
  g_assert_cmpuint (status, ==, 503);
  g_assert_nonnull (strstr (answer, "\"detail\""));
  hablad_stop (g_steal_pointer (&hablad));
}

void
contract_test_idle (void)
{
  g_autoptr (Hablad) hablad = start_other ();
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);

  hablad_client_expect (client, "status");
  g_assert_cmpuint (hablad_client_wait_closed (client), ==, 1000);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Where the client's own files are. */
void
contract_test_paths (void)
{
  static const struct {
    const char *path;
    const char *name;
  } pages[] = {
    { "/", "index.html" },
    { "/static/app.js", "app.js" },
    { "/sw.js", "sw.js" },
    { "/vocab", "vocab.html" },
    { "/history", "history.html" },
    { "/corrections", "corrections.html" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autoptr (GBytes) body = contract_fetch (pages[i].path, NULL, NULL);

    g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), pages[i].name,
        strlen (pages[i].name));
  }
}
