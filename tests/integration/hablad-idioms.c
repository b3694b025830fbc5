/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Idioms, false friends and corrections, from what is typed and said to the messages. */
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

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad-idioms/idioms", test_idioms);
  g_test_add_func ("/hablad-idioms/classroom", test_classroom);
  return habla_test_run ();
}
