/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/language-pair.h>

static const char *const pairs[] = { "en>es", "en>es>fr", "es-419>pt", "en>es", "nonsense", "en>",
  NULL };

static void
test_parse (void)
{
  g_autoptr (HablaLanguagePair) direct = habla_language_pair_parse ("en>es");
  g_autoptr (HablaLanguagePair) chain = habla_language_pair_parse ("en>es>ca>fr");

  g_assert_cmpstr (direct->from, ==, "en");
  g_assert_cmpstr (direct->to, ==, "es");
  g_assert_cmpuint (g_strv_length (direct->via), ==, 0);
  g_assert_cmpstr (chain->from, ==, "en");
  g_assert_cmpstr (chain->to, ==, "fr");
  g_assert_cmpuint (g_strv_length (chain->via), ==, 2);
  g_assert_cmpstr (chain->via[0], ==, "es");
  g_assert_cmpstr (chain->via[1], ==, "ca");
  g_assert_null (habla_language_pair_parse (""));
  g_assert_null (habla_language_pair_parse ("en"));
  g_assert_null (habla_language_pair_parse ("en>"));
  g_assert_null (habla_language_pair_parse (">es"));
  g_assert_null (habla_language_pair_parse ("en>>es"));
}

static void
test_contain (void)
{
  g_assert_true (habla_language_pairs_contain (pairs, "en", "es"));
  g_assert_true (habla_language_pairs_contain (pairs, "en-GB", "es-MX"));
  g_assert_true (habla_language_pairs_contain (pairs, "en", "fr"));
  g_assert_true (habla_language_pairs_contain (pairs, "es", "pt-BR"));
  g_assert_false (habla_language_pairs_contain (pairs, "es", "fr"));
  g_assert_false (habla_language_pairs_contain (pairs, "fr", "en"));
  g_assert_false (habla_language_pairs_contain (NULL, "en", "es"));
}

static void
test_targets (void)
{
  g_auto (GStrv) all = habla_language_pairs_list_targets (pairs, NULL);
  g_auto (GStrv) english = habla_language_pairs_list_targets (pairs, "en-US");
  g_auto (GStrv) none = habla_language_pairs_list_targets (NULL, NULL);
  g_autofree char *all_joined = g_strjoinv (" ", all);
  g_autofree char *english_joined = g_strjoinv (" ", english);

  g_assert_cmpstr (all_joined, ==, "es fr pt");
  g_assert_cmpstr (english_joined, ==, "es fr");
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

static void
test_find (void)
{
  static const char *const languages[] = { "en", "es-419", "es", "pt-BR", NULL };

  g_assert_cmpstr (habla_language_list_find (languages, "es-419"), ==, "es-419");
  g_assert_cmpstr (habla_language_list_find (languages, "es-MX"), ==, "es");
  g_assert_cmpstr (habla_language_list_find (languages, "en-GB-oxendict"), ==, "en");
  g_assert_cmpstr (habla_language_list_find (languages, "pt-PT"), ==, "pt-BR");
  g_assert_null (habla_language_list_find (languages, "fr"));
  g_assert_null (habla_language_list_find (NULL, "fr"));
  g_assert_true (habla_language_list_contains (languages, "pt"));
  g_assert_false (habla_language_list_contains (languages, "ca"));
  g_assert_false (habla_language_list_contains (NULL, "en"));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/language-pair/parse", test_parse);
  g_test_add_func ("/language-pair/contain", test_contain);
  g_test_add_func ("/language-pair/targets", test_targets);
  g_test_add_func ("/language-pair/find", test_find);
  return habla_test_run ();
}
