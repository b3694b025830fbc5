/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "test-api.h"

#include <json-glib/json-glib.h>
#include <api/api-private.h>
#include <store/bookmarks/bookmarks.h>
#include <store/vocabulary/vocabulary.h>
#include <string.h>

/* Compares docs/openapi.json with the server: it must have the same paths and methods, and describe
 * each response. */

static JsonObject *document;

/* Follows "#/a/b". */
static JsonObject *
resolve (JsonObject *object)
{
  const char *reference = json_object_get_string_member_with_default (object, "$ref", NULL);
  g_auto (GStrv) steps = NULL;
  JsonObject *found = document;

  if (reference == NULL)
    return object;
  g_assert_true (g_str_has_prefix (reference, "#/"));
  steps = g_strsplit (reference + 2, "/", -1);
  for (guint i = 0; steps[i] != NULL; i++) {
    g_assert_true (json_object_has_member (found, steps[i]));
    found = json_object_get_object_member (found, steps[i]);
  }
  return found;
}

static void
assert_references (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    g_autoptr (GList) members = json_object_get_values (object);

    g_assert_nonnull (resolve (object));
    for (GList *l = members; l != NULL; l = l->next)
      assert_references (l->data);
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++)
      assert_references (json_array_get_element (array, i));
  }
}

static gboolean
is_type (JsonNode *node, const char *type)
{
  GType value = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;

  return (strcmp (type, "object") == 0 && JSON_NODE_HOLDS_OBJECT (node)) ||
         (strcmp (type, "array") == 0 && JSON_NODE_HOLDS_ARRAY (node)) ||
         (strcmp (type, "null") == 0 && JSON_NODE_HOLDS_NULL (node)) ||
         (strcmp (type, "string") == 0 && value == G_TYPE_STRING) ||
         (strcmp (type, "boolean") == 0 && value == G_TYPE_BOOLEAN) ||
         (strcmp (type, "integer") == 0 && value == G_TYPE_INT64) ||
         (strcmp (type, "number") == 0 && (value == G_TYPE_INT64 || value == G_TYPE_DOUBLE));
}

/* Supports the part of JSON Schema that the document uses. */
static void
assert_schema (JsonNode *node, JsonObject *schema)
{
  JsonNode *type;

  schema = resolve (schema);
  type = json_object_get_member (schema, "type");
  if (JSON_NODE_HOLDS_ARRAY (type)) {
    gboolean fits = FALSE;

    for (guint i = 0; i < json_array_get_length (json_node_get_array (type)); i++)
      fits |= is_type (node, json_array_get_string_element (json_node_get_array (type), i));
    g_assert_true (fits);
  } else {
    g_assert_true (is_type (node, json_node_get_string (type)));
  }
  if (json_object_has_member (schema, "enum")) {
    JsonArray *values = json_object_get_array_member (schema, "enum");
    gboolean found = FALSE;

    for (guint i = 0; i < json_array_get_length (values); i++)
      found |=
          g_strcmp0 (json_array_get_string_element (values, i), json_node_get_string (node)) == 0;
    g_assert_true (found);
  }
  if (json_object_has_member (schema, "required")) {
    JsonArray *required = json_object_get_array_member (schema, "required");

    for (guint i = 0; i < json_array_get_length (required); i++) {
      const char *name = json_array_get_string_element (required, i);

      g_test_message ("member %s", name);
      g_assert_true (json_object_has_member (json_node_get_object (node), name));
    }
  }
  if (json_object_has_member (schema, "properties")) {
    JsonObject *properties = json_object_get_object_member (schema, "properties");
    g_autoptr (GList) names = json_object_get_members (json_node_get_object (node));

    for (GList *l = names; l != NULL; l = l->next) {
      g_test_message ("property %s", (char *) l->data);
      g_assert_true (json_object_has_member (properties, l->data));
      assert_schema (json_object_get_member (json_node_get_object (node), l->data),
          json_object_get_object_member (properties, l->data));
    }
  }
}

static JsonObject *
get_response (JsonObject *operation, guint status)
{
  g_autofree char *key = g_strdup_printf ("%u", status);
  JsonObject *responses = json_object_get_object_member (operation, "responses");

  g_test_message ("status %s", key);
  g_assert_true (json_object_has_member (responses, key));
  return resolve (json_object_get_object_member (responses, key));
}

/* Returns: (transfer full): the body of @response, which may be in chunks */
static char *
join_body (const char *response)
{
  const char *from = test_get_body (response);
  g_autofree char *encoding = test_get_header (response, "Transfer-Encoding");
  GString *body = g_string_new (NULL);

  if (g_strcmp0 (encoding, "chunked") != 0)
    g_string_append (body, from);
  while (encoding != NULL && *from != '\0') {
    char *end;
    guint64 length = g_ascii_strtoull (from, &end, 16);

    g_assert_cmpuint (strlen (end), >=, 2 + length + 2);
    g_string_append_len (body, end + 2, length);
    from = end + 2 + length + 2;
  }
  return g_string_free (body, FALSE);
}

/* Returns: the status */
static guint
ask_one (
    TestServer *test, const char *path, const char *method, const char *body, JsonObject *operation)
{
  g_autoptr (GRegex) parameter = g_regex_new ("\\{[a-z]+\\}", 0, 0, NULL);
  g_autofree char *concrete = g_regex_replace_literal (parameter, path, -1, 0, "7", 0, NULL);
  g_autofree char *upper = g_ascii_strup (method, -1);
  g_autofree char *request =
      g_strdup_printf ("%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s", upper,
          concrete, strlen (body), body);
  g_autofree char *response = test_ask (test, request);
  g_autofree char *type = test_get_header (response, "Content-Type");
  guint status = test_get_status (response);
  JsonObject *described;

  g_test_message ("%s %s %s", upper, concrete, body);
  described = get_response (operation, status);
  g_assert_cmpuint (strlen (json_object_get_string_member (described, "description")), >, 0);
  if (g_strcmp0 (type, "application/json") == 0) {
    g_autofree char *json = join_body (response);
    g_autoptr (JsonNode) node = json_from_string (json, NULL);
    JsonObject *content = json_object_get_object_member (described, "content");

    g_assert_nonnull (node);
    assert_schema (
        node, json_object_get_object_member (
                  json_object_get_object_member (content, "application/json"), "schema"));
  }
  return status;
}

static void
ask_all (TestServer *test, gpointer data)
{
  JsonObject *paths = json_object_get_object_member (document, "paths");
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) names = json_object_get_members (paths);

  for (GList *p = names; p != NULL; p = p->next) {
    JsonObject *path = json_object_get_object_member (paths, p->data);
    g_autoptr (GList) methods = json_object_get_members (path);

    for (GList *m = methods; m != NULL; m = m->next) {
      JsonObject *operation = json_object_get_object_member (path, m->data);

      g_assert_true (g_hash_table_add (
          ids, (char *) json_object_get_string_member (operation, "operationId")));
      ask_one (test, p->data, m->data, "", operation);
    }
  }
}

static void
change_all (TestServer *test, gpointer data)
{
  static const struct {
    const char *path;
    const char *body;
    guint status;
  } rows[] = {
    { "/api/system/direction", "{\"direction\":\"en_to_es\"}", 200 },
    { "/api/system/direction", "{}", 422 },
    { "/api/system/direction", "{", 400 },
    { "/api/system/mode", "{\"mode\":\"classroom\"}", 200 },
    { "/api/system/mode", "{\"mode\":1}", 422 },
    { "/api/system/recording", "{\"enabled\":false}", 200 },
    { "/api/system/recording", "[]", 422 },
    { "/api/sessions/{session}/save", "{\"notes\":\"Unit 3\"}", 200 },
    { "/api/sessions/{session}/save", "{\"notes\":3}", 422 },
    { "/api/sessions/{session}/save", "{\"title\":\"Newton\"}", 200 },
    { "/api/sessions/{session}/save", "{\"title\":3}", 422 },
    { "/api/playback/start", "{\"recording_id\":\"7\"}", 409 },
    { "/api/playback/start", "{\"recording_id\":\"7\",\"speed\":17}", 422 },
    { "/api/playback/start", "{\"recording_id\":7}", 422 },
    { "/api/playback/stop", "{}", 200 },
    { "/api/rooms", "{\"name\":\"7\"}", 201 },
    { "/api/rooms", "{\"name\":\"7\"}", 200 },
    { "/api/rooms", "{}", 201 },
    { "/api/rooms", "{\"name\":null}", 201 },
    { "/api/rooms", "{\"name\":\"..\"}", 422 },
    { "/api/rooms", "{\"name\":\"latest\"}", 422 },
    { "/api/rooms", "{\"name\":7}", 422 },
    { "/api/rooms", "{", 400 },
    { "/api/rooms/{room}/code", "", 200 },
    { "/api/vocab", "{\"term\":\"casa\"}", 200 },
    { "/api/vocab", "{\"term\":\"CASA\",\"meaning\":null}", 200 },
    { "/api/vocab", "{\"term\":\" \"}", 400 },
    { "/api/vocab", "{}", 422 },
    { "/api/vocab", "{\"term\":\"x\",\"save_worthy\":2}", 422 },
    { "/api/vocab/{word}/review", "{\"quality\":5}", 200 },
    { "/api/vocab/{word}/review", "{\"quality\":6}", 400 },
    { "/api/vocab/{word}/review", "{\"quality\":\"5\"}", 422 },
    { "/api/exchanges/{exchange}/bookmark", "{\"note\":\"Exam\"}", 200 },
    { "/api/exchanges/{exchange}/bookmark", "", 200 },
    { "/api/exchanges/{exchange}/bookmark", "{\"note\":5}", 422 },
    { "/api/system/asr/language", "{\"auto_language\":true}", 200 },
    { "/api/system/asr/language", "{\"auto_language\":false}", 200 },
  };
  JsonObject *paths = json_object_get_object_member (document, "paths");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    JsonObject *path = json_object_get_object_member (paths, rows[i].path);

    g_assert_cmpuint (ask_one (test, rows[i].path, "post", rows[i].body,
                          json_object_get_object_member (path, "post")),
        ==, rows[i].status);
  }
}

/* The direction of other languages than those of the old protocol is null everywhere. */
static void
ask_directions (TestServer *test, gpointer data)
{
  static const struct {
    const char *path;
    const char *direction;
    guint n;
  } rows[] = {
    { "/api/sessions/7", "\"direction\":\"en_to_es\"", 1 },
    { "/api/sessions/7/export?format=json", "\"direction\":\"en_to_es\"", 2 },
    { "/api/sessions/8", "\"direction\":null", 1 },
    { "/api/sessions/8/export?format=json", "\"direction\":null", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *request =
        g_strdup_printf ("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", rows[i].path);
    g_autofree char *response = test_ask (test, request);
    g_auto (GStrv) parts = g_strsplit (response, rows[i].direction, -1);

    g_test_message ("%s", response);
    g_assert_cmpuint (test_get_status (response), ==, 200);
    g_assert_cmpuint (g_strv_length (parts), ==, 1 + rows[i].n);
  }
}

static void
add_session (HablaStore *store, guint64 id, const char *direction)
{
  HablaUtteranceRecord *utterance = habla_utterance_record_new ();

  utterance->id = id;
  utterance->session_id = id;
  utterance->room = g_strdup ("room-1");
  utterance->direction = g_strdup (direction);
  utterance->mode = g_strdup ("classroom");
  utterance->speaker = habla_speaker_record_new ("S1", "Speaker 1", NULL, "#0072b2");
  utterance->language = g_strdup ("en");
  utterance->source = g_strdup ("Good morning.");
  habla_utterance_record_add_translation (utterance, "es", "Buenos días.");
  habla_store_add_utterance_async (store, utterance, NULL, NULL);
}

/* Adds items up to the number 7. */
static void
add_vocabulary (HablaStore *store)
{
  for (guint i = 1; i <= 7; i++) {
    HablaVocabularyItem *item = habla_vocabulary_item_new ();

    item->term = g_strdup_printf ("palabra %u", i);
    item->literal = g_strdup ("");
    item->meaning = g_strdup ("word");
    item->category = g_strdup ("phrase");
    item->region = g_strdup ("universal");
    item->exchange_id = 7;
    habla_vocabulary_add_async (store, item, NULL, NULL);
  }
}

/* The store has the session, the exchange and the vocabulary item 7 that ask_one() requests, and a
 * session in other languages. */
static HablaStore *
make_store (void)
{
  static guint count;
  g_autofree char *name = g_strdup_printf ("store-%u.db", ++count);
  g_autofree char *path = g_build_filename (habla_test_get_dir (), name, NULL);
  HablaStore *store = habla_store_new (path);

  add_session (store, 7, "en_to_es,fr");
  add_session (store, 8, "fr_to_ca");
  add_vocabulary (store);
  habla_bookmarks_change_async (store, 7, HABLA_BOOKMARK_SET, "Exam", NULL, NULL);
  return store;
}

static void
run (TestServerBody body)
{
  TestServer *test = test_api_new ();
  HablaStore *store = make_store ();

  test_api_get (test)->options.store = store;
  test_server_start (test);
  test_server_run (test, body, NULL);
  test_server_free (test);
  habla_store_free (store);
}

static void
test_answers (void)
{
  run (ask_all);
}

static void
test_changes (void)
{
  run (change_all);
}

static void
test_directions (void)
{
  run (ask_directions);
}

static void
write_model (const char *folder, const char *id, guint quality, const char *more)
{
  g_autofree char *model = g_build_filename (folder, id, NULL);
  g_autofree char *path = g_build_filename (model, "model.ini", NULL);
  g_autofree char *text =
      g_strdup_printf ("[Model]\nId=%s\nEngine=sherpa\nJob=transcriber\nArchitecture=whisper\n"
                       "Languages=en;es\nQuality=%u\n%s",
          id, quality, more);

  g_assert_cmpint (g_mkdir_with_parents (model, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Models appear while the server runs; one that failed its check does not. */
static void
ask_models (TestServer *test, gpointer folder)
{
  JsonObject *operation = json_object_get_object_member (
      json_object_get_object_member (
          json_object_get_object_member (document, "paths"), "/api/models"),
      "get");
  JsonObject *schema = json_object_get_object_member (
      json_object_get_object_member (
          json_object_get_object_member (document, "components"), "schemas"),
      "Model");
  const char *request = "GET /api/models HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_autofree char *empty = test_ask (test, request);
  g_autofree char *full = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonArray *models;

  g_assert_cmpstr (test_get_body (empty), ==, "[]");
  write_model (folder, "good", 40, "License=MIT\n");
  write_model (folder, "better", 60, "");
  write_model (folder, "damaged", 80, "Unusable=It crashes\n");
  g_assert_cmpuint (ask_one (test, "/api/models", "get", "", operation), ==, 200);
  full = test_ask (test, request);
  node = json_from_string (test_get_body (full), NULL);
  models = json_node_get_array (node);
  g_assert_cmpuint (json_array_get_length (models), ==, 2);
  for (guint i = 0; i < 2; i++) {
    JsonObject *model = json_array_get_object_element (models, i);

    assert_schema (json_array_get_element (models, i), schema);
    g_assert_cmpstr (json_object_get_string_member (model, "id"), ==, i == 0 ? "better" : "good");
    g_assert_cmpuint (
        json_array_get_length (json_object_get_array_member (model, "languages")), ==, 2);
  }
}

static void
test_models (void)
{
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "models", NULL);
  TestServer *test = test_api_new ();

  g_setenv ("HABLA_MODELS_PATH", folder, TRUE);
  test_server_start (test);
  test_server_run (test, ask_models, folder);
  test_server_free (test);
}

static void
test_references (void)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (root, document);
  g_assert_cmpstr (json_object_get_string_member (document, "openapi"), ==, "3.1.0");
  assert_references (root);
}

/* The document has all routes and no others. */
static void
test_paths (void)
{
  static const HablaRoute *const all[] = { habla_routes_monitoring, habla_routes_system,
    habla_routes_models, habla_routes_playback, habla_routes_recordings, habla_routes_rooms,
    habla_routes_sessions, habla_routes_glossary, habla_routes_transcript, habla_routes_websocket,
    habla_routes_page, habla_routes_idioms, habla_routes_vocabulary, habla_routes_bookmarks,
    habla_routes_whep, habla_routes_llm };
  g_autoptr (GRegex) parameter = g_regex_new ("\\{[a-z]+\\}", 0, 0, NULL);
  g_autoptr (GHashTable) operations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonObject *paths = json_object_get_object_member (document, "paths");
  g_autoptr (GList) names = json_object_get_members (paths);

  for (GList *p = names; p != NULL; p = p->next) {
    g_autofree char *path = g_regex_replace_literal (parameter, p->data, -1, 0, "{}", 0, NULL);
    g_autoptr (GList) methods =
        json_object_get_members (json_object_get_object_member (paths, p->data));

    for (GList *m = methods; m != NULL; m = m->next) {
      g_autofree char *method = g_ascii_strup (m->data, -1);

      g_hash_table_add (operations, g_strconcat (method, " ", path, NULL));
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (const HablaRoute *route = all[i]; route->path != NULL; route++) {
      g_autoptr (GString) path = g_string_new (route->path);
      g_auto (GStrv) methods = g_strsplit (route->methods, ", ", -1);

      g_string_replace (path, "{...}", "{}", 0);
      for (guint m = 0; methods[m] != NULL; m++) {
        g_autofree char *operation = g_strconcat (methods[m], " ", path->str, NULL);

        g_test_message ("%s", operation);
        /* Browsers send OPTIONS by themselves: it is not described. */
        if (!g_str_equal (methods[m], "OPTIONS"))
          g_assert_true (g_hash_table_remove (operations, operation));
      }
    }
  g_assert_cmpuint (g_hash_table_size (operations), ==, 0);
}

int
main (int argc, char **argv)
{
  g_autofree char *file = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  habla_test_init (&argc, &argv);
  file = g_test_build_filename (G_TEST_DIST, "..", "docs", "openapi.json", NULL);
  json_parser_load_from_file (parser, file, &error);
  g_assert_no_error (error);
  document = json_node_get_object (json_parser_get_root (parser));
  g_test_add_func ("/openapi/references", test_references);
  g_test_add_func ("/openapi/paths", test_paths);
  g_test_add_func ("/openapi/answers", test_answers);
  g_test_add_func ("/openapi/changes", test_changes);
  g_test_add_func ("/openapi/directions", test_directions);
  g_test_add_func ("/openapi/models", test_models);
  return habla_test_run ();
}
