/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/error.h>
#include <room/languages/language-check.h>
#include <string.h>

static char *heard[] = { (char *) "en-US", (char *) "fr", NULL };
static char *translated[] = { (char *) "en>es", (char *) "es>en", (char *) "en>es>fr", NULL };
static char *spoken[] = { (char *) "es-419", (char *) "en", NULL };
static char *sources[] = { (char *) "en", (char *) "es", (char *) "fr", NULL };
static char *readable[] = { (char *) "es", (char *) "en", (char *) "fr", NULL };
static const HablaLanguages available = {
  .heard = heard,
  .translated = translated,
  .spoken = spoken,
  .sources = sources,
  .readable = readable,
};

/* Errors list the available ones. */
static void
assert_error (GError **error, const char *known)
{
  g_assert_error (*error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
  if (strstr ((*error)->message, known) == NULL)
    g_error ("“%s” does not list “%s”", (*error)->message, known);
  g_clear_error (error);
}

static void
test_check (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_languages_check_heard (&available, "en", &error));
  g_assert_true (habla_languages_check_heard (&available, "fr-CA", &error));
  g_assert_false (habla_languages_check_heard (&available, "es", &error));
  assert_error (&error, "en-US, fr");
  g_assert_true (habla_languages_check_pair (&available, "en-GB", "fr", &error));
  g_assert_false (habla_languages_check_pair (&available, "en", "de", &error));
  assert_error (&error, "(available: es, fr)");
  g_assert_true (habla_languages_check_spoken (&available, "en", &error));
  g_assert_false (habla_languages_check_spoken (&available, "fr", &error));
  assert_error (&error, "(available: es-419, en)");
  g_assert_false (habla_languages_check_pair (&available, "de", "en", &error));
  assert_error (&error, "none");
}

static void
test_find (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *source = habla_languages_find_source (&available, "en_gb", &error);
  g_autofree char *target = habla_languages_find_readable (&available, "es-MX", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (source, ==, "en");
  g_assert_cmpstr (target, ==, "es");
  g_assert_null (habla_languages_find_source (&available, "de", &error));
  assert_error (&error, "en, es, fr");
  g_assert_null (habla_languages_find_readable (&available, "de", &error));
  assert_error (&error, "es, en, fr");
  g_assert_null (habla_languages_find_readable (&available, "not a tag", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
}

/* @chosen: (nullable): separated by commas */
static void
assert_offered (const char *source, const char *target, const char *chosen, const char *expected)
{
  char *targets[] = { (char *) target, NULL };
  HablaRoomSettings settings = { (char *) source, targets, HABLA_MODE_CLASSROOM };
  g_auto (GStrv) list = chosen != NULL ? g_strsplit (chosen, ",", -1) : NULL;
  g_auto (GStrv) offered =
      habla_languages_list_offered (&available, &settings, (const char *const *) list);
  g_autofree char *text = g_strjoinv (",", offered);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_offered (void)
{
  static const char *const offered[] = { "es", "en", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *found = habla_languages_find_offered (offered, "en-GB", &error);

  assert_offered ("en", "es", NULL, "es,en,fr");
  assert_offered ("en", "fr", "de", "fr,en");
  assert_offered ("en", "fr", "es-MX,de", "fr,en,es");
  assert_offered ("es", "en", NULL, "en,es");
  assert_offered ("de", "en", NULL, "en,de");
  g_assert_cmpstr (found, ==, "en");
  g_assert_null (habla_languages_find_offered (offered, "fr", &error));
  assert_error (&error, "es, en");
  g_assert_null (habla_languages_find_offered (offered, "not a tag", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
}

/* @targets: separated by blanks */
static void
assert_adapted (const HablaLanguages *languages, const char *source, const char *targets,
    const char *new_source, const char *new_targets)
{
  g_auto (GStrv) list = g_strsplit (targets, " ", -1);
  HablaRoomSettings settings = { .mode = HABLA_MODE_CLASSROOM };
  g_autofree char *joined = NULL;

  habla_room_settings_set_languages (&settings, source, (const char *const *) list);
  habla_languages_adapt_settings (languages, &settings);
  joined = g_strjoinv (" ", settings.target_languages);
  g_assert_cmpstr (settings.source_language, ==, new_source);
  g_assert_cmpstr (joined, ==, new_targets);
  g_assert_cmpint (settings.mode, ==, HABLA_MODE_CLASSROOM);
  habla_room_settings_clear (&settings);
}

/* A room begins in a language that can be heard. */
static void
test_adapt (void)
{
  const HablaLanguages deaf = { .translated = translated };

  assert_adapted (&available, "en", "es", "en", "es");
  assert_adapted (&available, "fr", "es en", "fr", "es en");
  assert_adapted (&available, "es", "en", "en", "es");
  assert_adapted (&available, "es", "en fr", "en", "fr");
  assert_adapted (&available, "de", "es fr", "en", "es fr");
  assert_adapted (&deaf, "es", "en", "es", "en");
  /* Codes become those that the engines offer, each once; others are removed. */
  assert_adapted (&available, "EN", "ES_mx es FR", "en", "es fr");
  assert_adapted (&available, "en-US", "es", "en", "es");
  assert_adapted (&available, "en", "zz es en", "en", "es");
  assert_adapted (&available, "en", "zz", "en", "es");
  assert_adapted (&available, "!!", "de", "en", "es");
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/language-check/check", test_check);
  g_test_add_func ("/language-check/find", test_find);
  g_test_add_func ("/language-check/offered", test_offered);
  g_test_add_func ("/language-check/adapt", test_adapt);
  return habla_test_run ();
}
