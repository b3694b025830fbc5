/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/error.h>
#include <habla/language.h>

static void
test_normalize (void)
{
  static const char *const pairs[][2] = {
    { "en", "en" },
    { "EN", "en" },
    { "es_mx", "es-MX" },
    { "spa", "es" },
    { "eng-us", "en-US" },
    { "zh-hans-cn", "zh-Hans-CN" },
    { "ast", "ast" },
    { "es-419", "es-419" },
    { "en-x-US", "en-x-us" },
    { "ca-valencia", "ca-valencia" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *tag = habla_language_normalize (pairs[i][0], &error);

    g_assert_no_error (error);
    g_assert_cmpstr (tag, ==, pairs[i][1]);
  }
}

static void
test_malformed (void)
{
  static const char *const tags[] = { NULL, "", "e", "-en", "en-", "en--US", "english language",
    "3n", "en-abcdefghi", "es\xff", "../../etc/passwd",
    "en-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd-eeeeeeee" };

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (habla_language_normalize (tags[i], &error));
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

static void
test_parent (void)
{
  g_autofree char *han = habla_language_get_parent ("zh-Hans-CN");
  g_autofree char *zh = habla_language_get_parent (han);
  g_autofree char *private = habla_language_get_parent ("en-x-us");

  g_assert_cmpstr (han, ==, "zh-Hans");
  g_assert_cmpstr (zh, ==, "zh");
  g_assert_null (habla_language_get_parent (zh));
  g_assert_cmpstr (private, ==, "en");
}

static void
test_matches (void)
{
  g_assert_true (habla_language_matches ("es", "es-MX"));
  g_assert_true (habla_language_matches ("es-mx", "es-MX"));
  g_assert_false (habla_language_matches ("es-MX", "es"));
  g_assert_false (habla_language_matches ("es", "est"));
}

static void
test_codes (void)
{
  g_autofree char *primary = habla_language_get_primary ("es-MX");

  g_assert_cmpstr (primary, ==, "es");
  g_assert_cmpstr (habla_language_get_iso639_3 ("en-US"), ==, "eng");
  g_assert_cmpstr (habla_language_get_iso639_3 ("fr"), ==, "fra");
  g_assert_cmpstr (habla_language_get_iso639_3 ("ast"), ==, "ast");
  g_assert_null (habla_language_get_iso639_3 ("xx"));
  g_assert_cmpstr (habla_language_get_name ("es-MX"), ==, "Spanish");
  g_assert_cmpstr (habla_language_get_name ("fr"), ==, "French");
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/language/normalize", test_normalize);
  g_test_add_func ("/language/malformed", test_malformed);
  g_test_add_func ("/language/parent", test_parent);
  g_test_add_func ("/language/matches", test_matches);
  g_test_add_func ("/language/codes", test_codes);
  return habla_test_run ();
}
