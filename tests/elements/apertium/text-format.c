/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares with Debian's apertium-destxt and apertium-retxt. */
#include "habla-test.h"

#include "text-format.h"

#include <gio/gio.h>

static char *
run_program (const char *program, const char *input, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, NULL);
  g_autoptr (GBytes) in = g_bytes_new (input, length);
  g_autoptr (GBytes) out = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate (process, in, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (out);
  return g_strndup (
      g_bytes_get_size (out) > 0 ? g_bytes_get_data (out, NULL) : "", g_bytes_get_size (out));
}

static void
check_deformat (const char *text)
{
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  g_autofree char *expected = run_program ("apertium-destxt", line, strlen (line));
  g_autoptr (GString) question = apertium_text_deformat (text, 7);
  GString *marked = g_string_new (expected);

  g_assert_true (g_str_has_suffix (expected, "]"));
  g_string_insert (marked, marked->len - 1, "#7");
  g_assert_cmpstr (question->str, ==, marked->str);
  g_string_free (marked, TRUE);
}

static void
check_reformat (const char *answer)
{
  g_autofree char *expected = run_program ("apertium-retxt", answer, strlen (answer));
  g_autofree char *marked = g_strconcat (answer, "\n#7]", NULL);
  g_autofree char *text = apertium_text_reformat (marked, strlen (marked), 7);

  g_assert_cmpstr (text, ==, expected);
}

/* Characters with a meaning in the format, and some without. */
static const char *const pieces[] = { " ", " ", "  ", "\n", "\n", "\n\n", "\r\n", "\r", "\t", "~",
  "a", "Hello", ".", "?", "[", "]", ".[]", "[]", "\\", "\\\\", "^", "$", "@", "/", "<", ">", "{",
  "}", "*", "#", "+", "&", "|", "_", "\v", "\f", "\x01", "\x1b", "\x7f", "\xc2\x85", "\u00a0",
  "\u00ad", "\u00e9", "e\u0301", "\u200b", "\u2028", "\u3000", "\u05e9\u05dc\u05d5\u05dd", "\u202e",
  "\ufeff", "\U0001f600", "\U0001f468\u200d\U0001f469" };

static char *
random_text (GRand *rand)
{
  GString *text = g_string_new (NULL);
  int n = g_rand_int_range (rand, 0, 15);

  for (int i = 0; i < n; i++)
    g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
  return g_string_free (text, FALSE);
}

static void
test_like_programs (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);

  for (guint i = 0; i < 300; i++) {
    g_autofree char *text = random_text (rand);

    check_deformat (text);
    check_reformat (text);
  }
}

static void
test_every_character (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gunichar c = 1; c < 0x110000; c += c < 0x3000 ? 1 : 97)
    if ((c < 0xd800 || c > 0xdfff) && c != 0xffff)
      g_string_append_unichar (text, c);
  check_deformat (text->str);
  g_string_replace (text, "[@", "", 0);
  check_reformat (text->str);
}

static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (21);

  for (guint i = 0; i < 20000; i++) {
    g_autofree char *text = random_text (rand);
    g_autoptr (GString) question = apertium_text_deformat (text, i);
    g_autofree char *back = apertium_text_reformat (question->str, question->len, i);

    g_assert_cmpstr (back, ==, text);
  }
}

static void
test_other_question (void)
{
  g_autoptr (GString) question = apertium_text_deformat ("Hello [#1] #12]", 112);
  static const guint64 others[] = { 0, 1, 2, 11, 12, 111, 113, 1112, G_MAXUINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_null (apertium_text_reformat (question->str, question->len, others[i]));
  for (gsize length = 0; length < question->len; length++)
    g_assert_null (apertium_text_reformat (question->str, length, 112));
}

static void
test_not_text (void)
{
  static const char invalid[] = "\xff\xc3.[][\n#3]", nul[] = "a\0b.[][\n#3]";
  g_autoptr (GString) question = apertium_text_deformat ("a\xff\uffff", 3);

  g_assert_cmpstr (question->str, ==, "a\ufffd\ufffd.[][\n#3]");
  g_assert_null (apertium_text_reformat (invalid, sizeof invalid - 1, 3));
  g_assert_null (apertium_text_reformat (nul, sizeof nul - 1, 3));
}

static void
test_tidy (void)
{
  static const char *const cases[][3] = {
    { "more kind, he might", "más amable,  podría", "más amable, podría" },
    { "I am going.", " Voy.", "Voy." },
    { " I am going.", " Voy.", " Voy." },
    { "woman, isn't she", "mujer , no   es ", "mujer, no es" },
    { "woman , is", "mujer , es", "mujer , es" },
    { "one\ntwo", "uno\n dos", "uno\n dos" },
    { "why?", "pourquoi ?", "pourquoi ?" },
    { "", "", "" },
    { "x", "   ", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *translation = g_strdup (cases[i][1]);

    apertium_text_tidy (translation, cases[i][0]);
    g_assert_cmpstr (translation, ==, cases[i][2]);
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/text-format/like-programs", test_like_programs);
  g_test_add_func ("/text-format/every-character", test_every_character);
  g_test_add_func ("/text-format/round-trip", test_round_trip);
  g_test_add_func ("/text-format/other-question", test_other_question);
  g_test_add_func ("/text-format/not-text", test_not_text);
  g_test_add_func ("/text-format/tidy", test_tidy);
  return habla_test_run ();
}
