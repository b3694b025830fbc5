/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An owner chooses the languages of a room, with the engines that are installed. */
#include "habla-test.h"
#include "hablad.h"

#include <string.h>

static const char *const files[] = { "sense_and_sensibility_01_austen_64kb-0880.wav",
  HABLAD_SILENCE, "sense_and_sensibility_01_austen_64kb-0930.wav", NULL };

static void
assert_languages (JsonObject *message, const char *source, const char *target)
{
  JsonArray *targets = json_object_get_array_member (message, "target_languages");

  g_assert_cmpstr (json_object_get_string_member (message, "source_language"), ==, source);
  g_assert_cmpuint (json_array_get_length (targets), ==, 1);
  g_assert_cmpstr (json_array_get_string_element (targets, 0), ==, target);
}

static void
assert_error (HabladClient *client, const char *part)
{
  JsonObject *error = hablad_client_expect_next (client, "error");
  const char *message = json_object_get_string_member (error, "message");

  if (strstr (message, part) == NULL)
    g_error ("“%s” has no “%s”", message, part);
}

static void
expect_translation (HabladClient *client, const char *text, const char *language)
{
  JsonObject *message = hablad_client_expect (client, "translation");

  g_assert_cmpstr (json_object_get_string_member (message, "language"), ==, language);
  g_assert_false (json_object_get_boolean_member (message, "failed"));
  g_assert_cmpstr (json_object_get_string_member (message, "translated"), ==, text);
}

static gboolean
has_element (JsonObject *object, const char *name, const char *value)
{
  JsonArray *array = json_object_get_array_member (object, name);

  for (guint i = 0; i < json_array_get_length (array); i++)
    if (g_str_equal (json_array_get_string_element (array, i), value))
      return TRUE;
  return FALSE;
}

static gboolean
can_translate_through_spanish (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  JsonObject *status = hablad_client_expect_next (client, "status");
  JsonObject *available = json_object_get_object_member (status, "available_languages");
  gboolean has_pair = has_element (available, "translated", "en>es>fr") &&
                      has_element (available, "translated", "es>fr");

  g_assert_true (json_object_has_member (available, "spoken"));
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (available, "heard")), >, 0);
  assert_languages (status, "en", "es");
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
  return has_pair;
}

static void
test_typed (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autoptr (HabladClient) listener = NULL;

  if (!can_translate_through_spanish ()) {
    g_test_skip ("the Debian package apertium-fr-es is not installed");
    return;
  }
  hablad = hablad_start (NULL);
  owner = hablad_client_new (hablad, "room=physics");
  hablad_client_expect_next (owner, "status");
  listener = hablad_client_new (hablad, "room=physics&listen=1&language=en");
  hablad_client_expect_next (listener, "status");

  hablad_client_send (
      owner, "{'type':'set_languages','source_language':'en','target_languages':['fr']}");
  assert_languages (hablad_client_expect_next (owner, "status"), "en", "fr");
  assert_languages (hablad_client_expect_next (owner, "languages_changed"), "en", "fr");
  assert_languages (hablad_client_expect_next (listener, "status"), "en", "fr");
  hablad_client_send (owner, "{'type':'text_input','text':'I have two books.'}");
  expect_translation (owner, "J'ai deux livres.", "fr");

  /* No transcriber hears Spanish here, but it can be typed. */
  hablad_client_send (owner, "{'type':'set_languages','source_language':'es'}");
  assert_languages (hablad_client_expect (owner, "languages_changed"), "es", "fr");
  hablad_client_send (owner, "{'type':'text_input','text':'Tengo dos libros.'}");
  expect_translation (owner, "J'ai deux livres.", "fr");

  /* Errors list the available ones, and change nothing. */
  hablad_client_send (owner, "{'type':'set_languages','source_language':'xx'}");
  assert_error (owner, "es");
  hablad_client_send (owner, "{'type':'set_languages','target_languages':['fr','xx']}");
  assert_error (owner, "fr");
  hablad_client_send (owner, "{'type':'start_listening','target_languages':['xx']}");
  assert_error (owner, "fr");
  hablad_client_send (owner, "{'type':'set_languages','target_languages':['fr']}");
  assert_languages (hablad_client_expect_next (owner, "languages_changed"), "es", "fr");

  hablad_client_close (listener);
  hablad_client_close (owner);
  g_clear_pointer (&listener, hablad_client_free);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* The languages change between two sentences; no audio is lost. */
static void
test_while_listening (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) client = NULL;
  g_autoptr (GPtrArray) recording = NULL;
  JsonObject *message;
  const char *language = NULL;

  if (!can_translate_through_spanish ()) {
    g_test_skip ("the Debian package apertium-fr-es is not installed");
    return;
  }
  hablad = hablad_start (NULL);
  client = hablad_client_new (hablad, NULL);
  recording = hablad_record ("webm", files);
  hablad_client_expect_next (client, "status");
  hablad_client_send (
      client, "{'type':'start_listening','source_language':'en','target_languages':['es']}");
  hablad_client_expect (client, "listening_started");
  for (guint i = 0; i < recording->len; i++) {
    if (i == recording->len / 2) {
      hablad_client_expect (client, "transcript_final");
      hablad_client_send (client, "{'type':'set_languages','target_languages':['fr']}");
      hablad_client_expect (client, "languages_changed");
    }
    hablad_client_send_audio (client, g_ptr_array_index (recording, i));
  }
  hablad_client_request_stop (client);
  message = hablad_client_expect (client, "listening_stopped");
  g_assert_cmpint (json_object_get_int_member (message, "segments_processed"), >, 0);
  g_assert_false (hablad_client_has (client, "error"));

  for (guint i = 0; i < hablad_client_get_messages (client)->len; i++) {
    message = g_ptr_array_index (hablad_client_get_messages (client), i);
    if (!g_str_equal (json_object_get_string_member (message, "type"), "translation"))
      continue;
    if (language == NULL)
      g_assert_cmpstr (json_object_get_string_member (message, "language"), ==, "es");
    language = json_object_get_string_member (message, "language");
    g_assert_false (json_object_get_boolean_member (message, "failed"));
  }
  g_assert_cmpstr (language, ==, "fr");
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/languages/typed", test_typed);
  g_test_add_func ("/hablad/languages/while-listening", test_while_listening);
  return habla_test_run ();
}
