/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <recording/word-error-rate.h>

static void
test_compare (void)
{
  static const struct {
    const char *said;
    const char *recognised;
    HablaWordErrorRate errors;
  } rows[] = {
    { "", "", { 0, 0, 0, 0 } },
    { "go forward ten meters", "go forward ten meters", { 4, 0, 0, 0 } },
    { "Go forward, ten meters!", "go  forward ten\nmeters", { 4, 0, 0, 0 } },
    { "go forward ten meters", "go forward two meters", { 4, 1, 0, 0 } },
    { "go forward ten meters", "go ten meters", { 4, 0, 1, 0 } },
    { "go forward ten meters", "please go forward ten meters", { 4, 0, 0, 1 } },
    { "go forward ten meters", "", { 4, 0, 4, 0 } },
    { "", "go forward", { 0, 0, 0, 2 } },
    { "a b c d", "b c d e", { 4, 0, 1, 1 } },
    { "the cat sat", "a cat sat down", { 3, 1, 0, 1 } },
    { "it’s the teacher's", "it's the teachers", { 3, 0, 0, 0 } },
    { "¿Dónde está el ÑANDÚ?", "dónde está el ñandú", { 4, 0, 0, 0 } },
    /* Composed and decomposed. */
    { "est\xc3\xa1", "esta\xcc\x81", { 1, 0, 0, 0 } },
    { "está", "esta", { 1, 1, 0, 0 } },
    { "straße", "STRASSE", { 1, 0, 0, 0 } },
    { "家 は 赤い", "家 は 青い", { 3, 1, 0, 0 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    HablaWordErrorRate errors = habla_word_error_rate_compare (rows[i].said, rows[i].recognised);

    g_test_message ("%s", rows[i].said);
    g_assert_cmpuint (errors.words, ==, rows[i].errors.words);
    g_assert_cmpuint (errors.substitutions, ==, rows[i].errors.substitutions);
    g_assert_cmpuint (errors.deletions, ==, rows[i].errors.deletions);
    g_assert_cmpuint (errors.insertions, ==, rows[i].errors.insertions);
  }
}

static void
test_rate (void)
{
  HablaWordErrorRate all = habla_word_error_rate_compare ("one two three", "one too three");
  HablaWordErrorRate other = habla_word_error_rate_compare ("four", "for five");
  HablaWordErrorRate nothing = habla_word_error_rate_compare ("", "noise");

  g_assert_cmpfloat (habla_word_error_rate_get_rate (&all), ==, 1.0 / 3.0);
  habla_word_error_rate_add (&all, &other);
  g_assert_cmpuint (habla_word_error_rate_count_errors (&all), ==, 3);
  g_assert_cmpfloat (habla_word_error_rate_get_rate (&all), ==, 3.0 / 4.0);
  g_assert_cmpfloat (habla_word_error_rate_get_rate (&nothing), ==, 0.0);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/word-error-rate/compare", test_compare);
  g_test_add_func ("/word-error-rate/rate", test_rate);
  return habla_test_run ();
}
