/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <room/languages/language-votes.h>
#include <string.h>

/* Each letter is an utterance, and each letter of @expected the majority after it; "." = none. */
static void
assert_votes (const char *utterances, const char *expected)
{
  HablaLanguageVotes votes = { 0 };

  for (guint i = 0; utterances[i] != '\0'; i++) {
    char language[] = { 'q', 'a', utterances[i], '\0' };
    const char *majority = habla_language_votes_add (&votes, language);

    g_assert_cmpint (majority != NULL ? majority[2] : '.', ==, expected[i]);
  }
  habla_language_votes_clear (&votes);
  habla_language_votes_clear (&votes);
  g_assert_cmpuint (votes.n_votes, ==, 0);
}

static void
test_majority (void)
{
  assert_votes ("aaaa", ".aaa");
  /* One other utterance changes nothing, two of three do, in any order. */
  assert_votes ("aabaa", ".a.aa");
  assert_votes ("aabba", ".a.b.");
  assert_votes ("aabab", ".a.ab");
  /* The fourth last no longer counts. */
  assert_votes ("abcabc", "......");
}

/* Varieties of one language are one language. */
static void
test_varieties (void)
{
  HablaLanguageVotes votes = { 0 };

  g_assert_null (habla_language_votes_add (&votes, "es"));
  g_assert_cmpstr (habla_language_votes_add (&votes, "es-MX"), ==, "es-MX");
  habla_language_votes_clear (&votes);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/language-votes/majority", test_majority);
  g_test_add_func ("/language-votes/varieties", test_varieties);
  return habla_test_run ();
}
