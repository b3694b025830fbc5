/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Glossaries of rooms over the REST API, with the real translators. */
#include "habla-test.h"
#include "hablad.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PATH "/api/rooms/physics/glossary"
#define SPANISH PATH "?from=en&to=es"
#define PORTUGUESE PATH "?from=en&to=pt"

/* Sends @body, which may be any bytes without NUL. Returns: the status */
static guint
put (Hablad *hablad, const char *path, const char *body)
{
  guint status;
  g_autofree char *answer = hablad_request (hablad, "PUT", path, body, &status);

  g_test_message ("%s: %u %s", path, status, answer);
  return status;
}

static void
assert_put (Hablad *hablad, const char *path, const char *body, const char *answer)
{
  guint status;
  g_autofree char *text = hablad_request (hablad, "PUT", path, body, &status);

  g_assert_cmpuint (status, ==, 200);
  g_assert_cmpstr (text, ==, answer);
}

static void
assert_get (Hablad *hablad, const char *path, const char *wanted)
{
  guint status;
  g_autofree char *text = hablad_get (hablad, path, &status);

  g_assert_cmpuint (status, ==, wanted != NULL ? 200 : 404);
  if (wanted != NULL)
    g_assert_cmpstr (text, ==, wanted);
}

/* Returns: (transfer full): the translation of @text into @language */
static char *
translate (HabladClient *owner, HabladClient *reader, const char *text)
{
  JsonObject *message;
  gint64 id;

  hablad_client_send_text (owner, text);
  message = hablad_client_expect (owner, "translation");
  id = json_object_get_int_member (message, "exchange_id");
  while (reader != owner && (message = hablad_client_expect (reader, "translation")) != NULL)
    if (json_object_get_int_member (message, "exchange_id") == id)
      break;
  g_assert_false (json_object_get_boolean_member (message, "failed"));
  g_test_message ("%s", json_object_get_string_member (message, "translated"));
  return g_strdup (json_object_get_string_member (message, "translated"));
}

static void
assert_contains (char *text, const char *part, gboolean is_expected)
{
  g_autofree char *owned = text;

  if ((strstr (owned, part) != NULL) != is_expected)
    g_error ("“%s”: “%s” is %s", owned, part, is_expected ? "missing" : "there");
}

static gboolean
has_pair (HabladClient *client, const char *pair)
{
  JsonObject *status = hablad_client_expect (client, "status");
  JsonArray *pairs = json_object_get_array_member (
      json_object_get_object_member (status, "available_languages"), "translated");

  for (guint i = 0; i < json_array_get_length (pairs); i++)
    if (g_str_equal (json_array_get_string_element (pairs, i), pair))
      return TRUE;
  return FALSE;
}

/* Lets hablad find Firefox's models, if they are installed. */
static void
use_models (void)
{
  const char *models = g_getenv ("HABLA_TEST_MODELS");
  g_autofree char *model =
      models != NULL ? g_build_filename (models, "firefox-en-pt-tiny", NULL) : NULL;
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "models", NULL);
  g_autofree char *link = g_build_filename (folder, "firefox-en-pt-tiny", NULL);

  if (model == NULL || !g_file_test (model, G_FILE_TEST_IS_DIR))
    return;
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (symlink (model, link), ==, 0);
  g_setenv ("HABLA_MODELS_PATH", folder, TRUE);
}

/* Each change applies to the next text of a running pipeline, for its own languages only. */
static void
test_next_text (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autoptr (HabladClient) reader = NULL;
  gboolean has_portuguese;

  use_models ();
  hablad = hablad_start (NULL);
  owner = hablad_client_new (hablad, "room=physics");
  has_portuguese = has_pair (owner, "en>pt");
  hablad_client_send (owner, has_portuguese
                                 ? "{'type':'set_languages','target_languages':['es','pt']}"
                                 : "{'type':'set_languages','target_languages':['es']}");
  hablad_client_expect (owner, "languages_changed");
  if (has_portuguese) {
    reader = hablad_client_new (hablad, "room=physics&listen=1&language=pt");
    hablad_client_expect (reader, "status");
  }
  assert_contains (translate (owner, owner, "The house is big."), "casa", TRUE);
  assert_put (hablad, SPANISH, "house = vivienda\n", "{\"status\":\"saved\",\"terms\":1}");
  assert_contains (translate (owner, owner, "The house is big."), "vivienda", TRUE);
  assert_put (hablad, SPANISH, "house = choza\n", "{\"status\":\"saved\",\"terms\":1}");
  assert_contains (translate (owner, owner, "The house is big."), "choza", TRUE);
  /* A pair takes precedence over all languages. */
  assert_put (hablad, PATH, "house = HOUSE\n", "{\"status\":\"saved\",\"terms\":1}");
  assert_contains (translate (owner, owner, "The house is big."), "choza", TRUE);
  assert_put (hablad, SPANISH, "", "{\"status\":\"deleted\",\"terms\":0}");
  assert_contains (translate (owner, owner, "The house is big."), "HOUSE", TRUE);
  g_free (hablad_request (hablad, "DELETE", PATH, NULL, NULL));
  assert_contains (translate (owner, owner, "The house is big."), "casa", TRUE);
  /* Another room has its own. */
  assert_put (hablad, "/api/rooms/chemistry/glossary", "house = HOUSE\n",
      "{\"status\":\"saved\",\"terms\":1}");
  assert_contains (translate (owner, owner, "The house is big."), "casa", TRUE);

  if (reader != NULL) {
    assert_contains (translate (owner, reader, "The house is big."), "casa", TRUE);
    assert_put (hablad, PORTUGUESE, "house = moradia\n", "{\"status\":\"saved\",\"terms\":1}");
    assert_contains (translate (owner, reader, "The house is big."), "moradia", TRUE);
    assert_contains (translate (owner, owner, "The house is big."), "moradia", FALSE);
    hablad_client_close (reader);
  } else {
    g_test_message ("without Portuguese: Firefox's models are not installed");
  }
  hablad_client_close (owner);
  g_clear_pointer (&reader, hablad_client_free);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
test_restart (void)
{
  static const char text[] = "# Unit 3\r\nhouse = vivienda\n\nGStreamer =";
  g_autofree char *data = g_build_filename (habla_test_get_dir (), "data", NULL);
  g_autofree char *folder = g_build_filename (data, "habla", "glossaries", NULL);
  g_autoptr (Hablad) hablad = hablad_start_with_data (NULL, data);
  g_autoptr (HabladClient) owner = NULL;

  /* No one is in the room. */
  assert_put (hablad, SPANISH, text, "{\"status\":\"saved\",\"terms\":2}");
  assert_put (hablad, PATH, "a = b", "{\"status\":\"saved\",\"terms\":1}");
  assert_put (hablad, PATH, " \n", "{\"status\":\"deleted\",\"terms\":0}");
  hablad_stop (g_steal_pointer (&hablad));

  hablad = hablad_start_with_data (NULL, data);
  assert_get (hablad, SPANISH, text);
  assert_get (hablad, PATH, NULL);
  owner = hablad_client_new (hablad, "room=physics");
  hablad_client_send (owner, "{'type':'set_languages','target_languages':['es']}");
  hablad_client_expect (owner, "languages_changed");
  assert_contains (translate (owner, owner, "The house is big."), "vivienda", TRUE);
  hablad_client_close (owner);
  g_clear_pointer (&owner, hablad_client_free);
  assert_put (hablad, SPANISH, "", "{\"status\":\"deleted\",\"terms\":0}");
  hablad_stop (g_steal_pointer (&hablad));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
assert_fault (Hablad *hablad, const char *body, guint status, const char *part)
{
  guint actual;
  g_autofree char *answer = hablad_request (hablad, "PUT", SPANISH, body, &actual);

  g_test_message ("%u %.200s", actual, answer);
  g_assert_cmpuint (actual, ==, status);
  g_assert_nonnull (strstr (answer, "\"detail\""));
  g_assert_nonnull (strstr (answer, part));
}

/* Refused requests change nothing. */
static void
test_hostile (void)
{
  static const char *const paths[] = { PATH "?from=en", PATH "?to=es", PATH "?from=&to=es",
    PATH "?from=en&to=..%2f..%2fetc", PATH "?from=en&to=%ff", NULL };
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autofree char *longest = g_strnfill (64, 'r');
  g_autofree char *long_room = g_strdup_printf ("/api/rooms/%sr/glossary", longest);
  g_autofree char *line = g_strnfill (101, 't');
  g_autofree char *long_term = g_strconcat (line, " = a", NULL);
  g_autofree char *large = g_strnfill (256 * 1024 + 1, '#');
  g_autoptr (GString) many = g_string_new (NULL);

  assert_put (hablad, SPANISH, "house = vivienda", "{\"status\":\"saved\",\"terms\":1}");
  assert_fault (hablad, "house = a\ncat", 422, "Line 2 ");
  assert_fault (hablad, "house = a\nhouse = b", 422, "Line 2 ");
  assert_fault (hablad, "house = \xff\xfe", 422, "UTF-8");
  assert_fault (hablad, long_term, 422, "Line 1 ");
  assert_fault (hablad, large, 413, "limit");
  for (guint i = 0; i < 2001; i++)
    g_string_append_printf (many, "term%u = a\n", i);
  assert_fault (hablad, many->str, 422, "2000");
  for (guint i = 0; paths[i] != NULL; i++)
    g_assert_cmpuint (put (hablad, paths[i], "a = b"), ==, 422);
  g_assert_cmpuint (put (hablad, "/api/rooms/latest/glossary", "a = b"), ==, 404);
  g_assert_cmpuint (put (hablad, "/api/rooms/%ff/glossary", "a = b"), ==, 404);
  g_assert_cmpuint (put (hablad, long_room, "a = b"), ==, 404);
  assert_get (hablad, SPANISH, "house = vivienda");
  hablad_stop (g_steal_pointer (&hablad));
}

/* The folder is bounded, and what is there may still be changed. */
static void
test_many (void)
{
  g_autofree char *option = hablad_write_config ("[server]\nmax-request-rate=0\n");
  g_autoptr (Hablad) hablad = hablad_start ((const char *const[]){ option, NULL });

  for (guint i = 0; i < 256; i++) {
    g_autofree char *path = g_strdup_printf ("/api/rooms/%u/glossary", i);

    g_assert_cmpuint (put (hablad, path, "a = b"), ==, 200);
  }
  g_assert_cmpuint (put (hablad, PATH, "a = b"), ==, 507);
  g_assert_cmpuint (put (hablad, "/api/rooms/7/glossary", "a = c"), ==, 200);
  g_assert_cmpuint (put (hablad, "/api/rooms/8/glossary", ""), ==, 200);
  g_assert_cmpuint (put (hablad, PATH, "a = b"), ==, 200);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/glossary/next-text", test_next_text);
  g_test_add_func ("/hablad/glossary/restart", test_restart);
  g_test_add_func ("/hablad/glossary/hostile", test_hostile);
  g_test_add_func ("/hablad/glossary/many", test_many);
  return habla_test_run ();
}
