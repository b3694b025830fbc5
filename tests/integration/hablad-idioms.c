/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Idioms, false friends and corrections, from typed and spoken text to the messages. */
#include "habla-test.h"
#include "hablad.h"

#include <string.h>

/* Returns: (transfer none): the translation of @text */
static JsonObject *
say (HabladClient *client, const char *text)
{
  JsonObject *message;

  hablad_client_send_text (client, text);
  do
    message = hablad_client_expect (client, "translation");
  while (!g_str_equal (json_object_get_string_member (message, "source"), text));
  return message;
}

static void
set_direction (HabladClient *client, const char *direction)
{
  g_autofree char *message =
      g_strdup_printf ("{'type':'toggle_direction','direction':'%s'}", direction);

  hablad_client_send (client, message);
  hablad_client_expect (client, "direction_changed");
}

static void
set_mode (HabladClient *client, const char *mode)
{
  g_autofree char *message = g_strdup_printf ("{'type':'set_mode','mode':'%s'}", mode);

  hablad_client_send (client, message);
  hablad_client_expect (client, "mode_changed");
}

/* Asserts that @translation has one idiom, and that it is found at @span. */
static JsonObject *
get_idiom (JsonObject *translation, const char *phrase, const char *type, const char *span)
{
  JsonArray *idioms = json_object_get_array_member (translation, "idioms");
  JsonObject *idiom;
  g_autofree char *found = NULL;

  g_assert_cmpuint (json_array_get_length (idioms), ==, 1);
  idiom = json_array_get_object_element (idioms, 0);
  g_assert_cmpstr (json_object_get_string_member (idiom, "phrase"), ==, phrase);
  g_assert_cmpstr (json_object_get_string_member (idiom, "type"), ==, type);
  g_assert_cmpstr (json_object_get_string_member (idiom, "source"), ==, "pattern_db");
  g_assert_true (json_object_get_boolean_member (idiom, "save_worthy"));
  g_assert_cmpstr (json_object_get_string_member (idiom, "meaning"), !=, "");
  g_assert_true (json_object_has_member (idiom, "literal"));
  g_assert_true (json_object_has_member (idiom, "region"));
  found = g_utf8_substring (json_object_get_string_member (translation, "source"),
      json_object_get_int_member (idiom, "span_start"),
      json_object_get_int_member (idiom, "span_end"));
  g_assert_cmpstr (found, ==, span);
  return idiom;
}

/* Returns: (transfer full) (nullable): the object at @path */
static JsonNode *
get_json (Hablad *hablad, const char *path)
{
  guint status;
  g_autofree char *text = hablad_get (hablad, path, &status);
  JsonNode *node = json_from_string (text, NULL);

  g_assert_cmpuint (status, ==, 200);
  g_assert_nonnull (node);
  return node;
}

static gint64
get_count (Hablad *hablad, const char *object, const char *member)
{
  g_autoptr (JsonNode) node = get_json (hablad, "/api/system/metrics");

  return json_object_get_int_member (
      json_object_get_object_member (json_node_get_object (node), object), member);
}

static void
test_idioms (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  JsonObject *translation;

  hablad_client_expect (client, "status");
  get_idiom (say (client, "Sí, it is a PIECE of cake."), "piece of cake", "idiom", "PIECE of cake");
  g_assert_cmpint (get_count (hablad, "idioms", "pattern_db_hits"), ==, 1);
  translation = say (client, "The house is big.");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (translation, "idioms")), ==, 0);

  /* Patterns of the language that is spoken. */
  set_direction (client, "es_to_en");
  get_idiom (
      say (client, "¿Me está tomando el pelo?"), "tomar el pelo", "idiom", "tomando el pelo");
  g_assert_cmpint (get_count (hablad, "idioms", "pattern_db_hits"), ==, 2);
  g_assert_cmpint (get_count (hablad, "idioms", "llm_hits"), ==, 0);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
test_classroom (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  JsonObject *translation, *detail;

  hablad_client_expect (client, "status");
  set_direction (client, "es_to_en");
  translation = say (client, "Me gusta los libros.");
  g_assert_false (json_object_get_boolean_member (translation, "is_correction"));
  g_assert_true (json_object_get_null_member (translation, "correction_detail"));
  g_assert_cmpstr (
      json_object_get_string_member (translation, "corrected"), ==, "Me gusta los libros.");

  set_mode (client, "classroom");
  translation = say (client, "La casa es en la mesa.");
  g_assert_true (json_object_get_boolean_member (translation, "is_correction"));
  g_assert_cmpstr (
      json_object_get_string_member (translation, "source"), ==, "La casa es en la mesa.");
  g_assert_cmpstr (
      json_object_get_string_member (translation, "corrected"), ==, "La casa está en la mesa.");
  detail = json_object_get_object_member (translation, "correction_detail");
  g_assert_cmpstr (json_object_get_string_member (detail, "wrong"), ==, "es en la mesa");
  g_assert_cmpstr (json_object_get_string_member (detail, "right"), ==, "está en la mesa");
  g_assert_cmpstr (json_object_get_string_member (detail, "explanation"), !=, "");
  g_assert_cmpint (get_count (hablad, "corrections", "total_detected"), ==, 1);

  /* The corrected text is what is translated: both give the same. */
  {
    g_autofree char *corrected =
        g_strdup (json_object_get_string_member (translation, "translated"));

    translation = say (client, "La casa está en la mesa.");
    g_assert_false (json_object_get_boolean_member (translation, "is_correction"));
    g_assert_cmpstr (json_object_get_string_member (translation, "translated"), ==, corrected);
  }
  get_idiom (say (client, "Ella está embarazada."), "embarazada", "false_friend", "embarazada");

  set_mode (client, "conversation");
  translation = say (client, "Ella está embarazada.");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (translation, "idioms")), ==, 0);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

static JsonNode *
ask (Hablad *hablad, const char *method, const char *path, const char *body, guint expected)
{
  g_autofree char *json = body != NULL ? g_strdelimit (g_strdup (body), "'", '"') : NULL;
  guint status;
  g_autofree char *text = hablad_request (hablad, method, path, json, &status);

  g_test_message ("%s %s %s: %u %s", method, path, body != NULL ? body : "", status, text);
  g_assert_cmpuint (status, ==, expected);
  return json_from_string (text, NULL);
}

static void
assert_refused (Hablad *hablad, const char *body, guint status)
{
  g_autoptr (JsonNode) node = ask (hablad, "POST", "/api/idioms", body, status);

  g_assert_true (json_object_has_member (json_node_get_object (node), "detail"));
}

static gint64
add (Hablad *hablad, const char *body, const char *canonical)
{
  g_autoptr (JsonNode) node = ask (hablad, "POST", "/api/idioms", body, 200);
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpstr (json_object_get_string_member (object, "canonical"), ==, canonical);
  g_assert_cmpstr (json_object_get_string_member (object, "pattern"), !=, "");
  g_assert_cmpint (json_object_get_int_member (object, "total_patterns"), >, 48);
  return json_object_get_int_member (object, "id");
}

static guint
count_idioms (JsonObject *translation)
{
  return json_array_get_length (json_object_get_array_member (translation, "idioms"));
}

/* Idioms of users work at once, also after a restart, until they are deleted. */
static void
test_users (void)
{
  g_autofree char *data = g_dir_make_tmp (NULL, NULL);
  g_autoptr (Hablad) hablad = hablad_start_with_data (NULL, data);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (JsonNode) list = NULL, deleted = NULL;
  g_autofree char *path = NULL;
  JsonObject *first;
  gint64 id;

  hablad_client_expect (client, "status");
  g_assert_cmpuint (count_idioms (say (client, "We are pushing up the daisies.")), ==, 0);
  id = add (hablad, "{'phrase':'to push up the daisies','meaning':'estar muerto'}",
      "to push up the daisies");
  get_idiom (say (client, "We are pushing up the daisies!"), "to push up the daisies", "idiom",
      "pushing up the daisies");
  add (
      hablad, "{'phrase':'x','canonical':'XX','pattern':'\\\\bxx+\\\\b','frequency':'rare'}", "XX");

  assert_refused (hablad, "{'phrase':'To PUSH up the Daisies'}", 409);
  assert_refused (hablad, "{'phrase':'tomar el pelo'}", 409);
  assert_refused (hablad, "{'phrase':'a','pattern':'('}", 400);
  assert_refused (hablad, "{'phrase':'a','pattern':'a*'}", 400);
  assert_refused (hablad, "{'phrase':'a','pattern':'(?=a)'}", 400);
  assert_refused (hablad, "{'phrase':'a','pattern':'(?R)'}", 400);
  assert_refused (hablad, "{'phrase':'a','pattern':'a\\\\K'}", 400);
  assert_refused (hablad, "{'phrase':'a','language':'english!'}", 422);
  assert_refused (hablad, "{'phrase':'a','language':'e'}", 422);
  assert_refused (hablad, "{'phrase':'a','language':'-'}", 422);
  assert_refused (hablad, "{'phrase':'a','language':7}", 422);
  assert_refused (hablad, "{'phrase':'  '}", 400);
  assert_refused (hablad, "{'meaning':'b'}", 422);
  assert_refused (hablad, "{'phrase':7}", 422);

  list = ask (hablad, "GET", "/api/idioms?limit=2", NULL, 200);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (list)), ==, 2);
  first = json_array_get_object_element (json_node_get_array (list), 0);
  g_assert_cmpint (json_object_get_int_member (first, "id"), ==, id);
  g_assert_cmpstr (json_object_get_string_member (first, "meaning"), ==, "estar muerto");
  json_node_unref (ask (hablad, "GET", "/api/idioms?offset=-1", NULL, 422));

  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
  hablad = hablad_start_with_data (NULL, data);
  client = hablad_client_new (hablad, NULL);
  hablad_client_expect (client, "status");
  get_idiom (say (client, "He pushed up the daisies."), "to push up the daisies", "idiom",
      "pushed up the daisies");
  path = g_strdup_printf ("/api/idioms/%" G_GINT64_FORMAT, id);
  deleted = ask (hablad, "DELETE", path, NULL, 200);
  g_assert_true (json_object_get_boolean_member (json_node_get_object (deleted), "deleted"));
  json_node_unref (ask (hablad, "DELETE", path, NULL, 404));
  g_assert_cmpuint (count_idioms (say (client, "He pushed up the daisies again.")), ==, 0);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Asserts that the exchange at @path has an error and an idiom. */
static void
assert_stored (Hablad *hablad, gint64 session)
{
  g_autofree char *path = g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT "/exchanges", session);
  g_autofree char *export = g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT "/export", session);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) list = ask (hablad, "GET", path, NULL, 200);
  g_autoptr (JsonNode) correction = NULL;
  JsonObject *exchange = json_array_get_object_element (json_node_get_array (list), 0);
  JsonObject *detail = json_object_get_object_member (exchange, "correction_detail");

  g_assert_cmpint (json_object_get_int_member (exchange, "is_correction"), ==, 1);
  correction = json_from_string (json_object_get_string_member (exchange, "correction_json"), NULL);
  g_assert_true (
      json_node_equal (json_object_get_member (exchange, "correction_detail"), correction));
  g_assert_cmpstr (json_object_get_string_member (detail, "right"), ==, "tengo hambre");
  g_assert_cmpstr (json_object_get_string_member (exchange, "raw_transcript"), ==,
      "No me tomes el pelo, estoy hambre.");
  g_assert_cmpstr (json_object_get_string_member (exchange, "corrected_source"), ==,
      "No me tomes el pelo, tengo hambre.");
  g_assert_cmpuint (count_idioms (exchange), ==, 1);
  g_assert_cmpint (json_object_get_int_member (exchange, "processing_ms"), >=, 0);
  text = hablad_get (hablad, export, NULL);
  g_assert_nonnull (strstr (text, "estoy hambre → tengo hambre"));
  g_assert_nonnull (strstr (text, "tomar el pelo"));
}

/* Findings are kept with the exchange, and deleted with the lesson. */
static void
test_kept (void)
{
  g_autofree char *data = g_dir_make_tmp (NULL, NULL);
  g_autoptr (Hablad) hablad = hablad_start_with_data (NULL, data);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autofree char *path = NULL;
  gint64 session;

  session = json_object_get_int_member (hablad_client_expect (client, "status"), "session_id");
  set_direction (client, "es_to_en");
  set_mode (client, "classroom");
  say (client, "No me tomes el pelo, estoy hambre.");
  hablad_client_expect (client, "exchange_stored");
  assert_stored (hablad, session);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
  hablad = hablad_start_with_data (NULL, data);
  hablad_wait_ready (hablad);
  assert_stored (hablad, session);
  path = g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT, session);
  json_node_unref (ask (hablad, "DELETE", path, NULL, 200));
  json_node_unref (ask (hablad, "GET", path, NULL, 404));
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad-idioms/idioms", test_idioms);
  g_test_add_func ("/hablad-idioms/classroom", test_classroom);
  g_test_add_func ("/hablad-idioms/users", test_users);
  g_test_add_func ("/hablad-idioms/kept", test_kept);
  return habla_test_run ();
}
