/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares texts with the output of the `apertium` command, byte for byte. */
#include "habla-test.h"

#include "chain-pool.h"

#include <string.h>

/* The command takes more than a second for each text, mostly to start. */
#define N_TEXTS 4
#define N_TEXTS_SLOW 100
#define N_THREADS 4
#define TIMEOUT 60000

typedef struct {
  char *text;
  char *expected;
  char *answer;
} Case;

/* Texts for which the engine has rules, and characters of its stream format. */
static const char *const pieces[] = { "the", "a", "house", "houses", "I", "you", "don't", "can't",
  "John's", "dogs", "running", "United States", "in order to", "gave it up", "New York", "3", "1st",
  "5,000", "Mr.", "e.g.", "zxqvy", "HELLO", "Hello", "it's", "have been", "la casa", "el", "de",
  "no", "dámelo", "del", "corriendo", "Estados Unidos", "sin embargo", "¿", "¡", "Sr.", "voy a ir",
  ".", ",", "!", "?", ";", ":", "(", ")", "\"", "'", "-", "*", "#", "+", "%", "_", "&amp;", "|" };
static const char *const odd[] = { "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "  ", "~", "[", "]", "{",
  "}", "^", "$", "/", "<", ">", "@", "\\", "\\n", ".[]", "[]", "[[t]]", "[[/]]", "^x<n>$",
  "<STREAMCMD:FLUSH>", "#7]", "\x01", "\x1b", "\x7f", "\xc2\x85", "\u00a0", "\u00ad", "e\u0301",
  "\u200b", "\u2028", "\u202e", "\ufeff", "\ufffd", "\u05e9\u05dc\u05d5\u05dd", "\u65e5\u672c",
  "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\ufb01", "\u0130", "\u2019",
  "\u2026" };

static char *
random_text (GRand *rand)
{
  GString *text = g_string_new (NULL);
  int n = g_rand_int_range (rand, 0, 28);

  for (int i = 0; i < n; i++) {
    if (g_rand_int_range (rand, 0, 10) < 6)
      g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
    else
      g_string_append (text, odd[g_rand_int_range (rand, 0, G_N_ELEMENTS (odd))]);
    if (g_rand_boolean (rand))
      g_string_append_c (text, ' ');
  }
  return g_string_free (text, FALSE);
}

static char *
run_command (const char *mode, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
          "apertium", "-u", mode, NULL);
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  g_autofree char *printed = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, line, NULL, &printed, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  g_assert_true (g_str_has_suffix (printed, "\n"));
  return g_strndup (printed, strlen (printed) - 1);
}

static void
run_command_on_case (gpointer data, gpointer mode)
{
  Case *next = data;

  next->expected = run_command (mode, next->text);
}

static void
ask_case (gpointer data, gpointer chain)
{
  g_autoptr (GError) error = NULL;
  Case *next = data;

  next->answer = apertium_chain_translate (chain, next->text, TIMEOUT, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
for_all (Case *cases, guint n_cases, GFunc function, gpointer data)
{
  GThreadPool *pool = g_thread_pool_new (function, data, N_THREADS, TRUE, NULL);

  for (guint i = 0; i < n_cases; i++)
    g_thread_pool_push (pool, &cases[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
}

static ApertiumChain *
open_chain (const char *from, const char *to, char **name)
{
  g_autoptr (ApertiumModes) modes = apertium_modes_load ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) path = apertium_modes_find_path (modes, from, to, &error);
  ApertiumChain *chain;
  const ApertiumMode *mode;

  if (path == NULL)
    return NULL;
  g_assert_cmpuint (path->len, ==, 1);
  mode = g_ptr_array_index (path, 0);
  *name = g_strdup (mode->name);
  chain = apertium_chain_pool_acquire (mode, &error);
  g_assert_no_error (error);
  return chain;
}

static void
check_cases (const char *pair, Case *cases, guint n_cases)
{
  g_auto (GStrv) languages = g_strsplit (pair, ">", 2);
  g_autofree char *mode = NULL;
  ApertiumChain *chain = open_chain (languages[0], languages[1], &mode);

  if (chain == NULL) {
    g_test_skip ("the pair is not installed");
    return;
  }
  for_all (cases, n_cases, run_command_on_case, mode);
  for_all (cases, n_cases, ask_case, chain);
  apertium_chain_pool_release (chain);

  for (guint i = 0; i < n_cases; i++) {
    if (strcmp (cases[i].answer, cases[i].expected) != 0) {
      g_autofree char *escaped = g_strescape (cases[i].text, NULL);

      g_test_message ("%s differs for \"%s\"", mode, escaped);
    }
    g_assert_cmpstr (cases[i].answer, ==, cases[i].expected);
    g_free (cases[i].answer);
    g_free (cases[i].expected);
  }
}

static void
test_random (gconstpointer pair)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_str_hash (pair));
  guint n = g_test_slow () ? N_TEXTS_SLOW : N_TEXTS;
  g_autofree Case *cases = g_new0 (Case, n);

  for (guint i = 0; i < n; i++)
    cases[i].text = random_text (rand);
  check_cases (pair, cases, n);
  for (guint i = 0; i < n; i++)
    g_free (cases[i].text);
}

static char *
repeat (const char *text, gsize length)
{
  GString *repeated = g_string_new (NULL);

  while (repeated->len < length)
    g_string_append (repeated, text);
  return g_string_free (repeated, FALSE);
}

static void
test_special (void)
{
  Case cases[] = {
    { "" },
    { " " },
    { "   " },
    { "\n" },
    { "\n\n\n\n" },
    { "  The house.  " },
    { "\tThe house\t" },
    { "The house\r\n\r\nThe dog\r\n" },
    { "[" },
    { "\\" },
    { "~" },
    { "\ufeffhouse" },
    { repeat ("The red house is near the river, ", 10000) },
    { repeat ("9", 3000) },
    { repeat ("\U0001f600", 10000) },
    { repeat (" ", 9000) },
    { repeat ("a \n\n", 10000) },
    { repeat ("[{^$", 10000) },
  };

  check_cases ("en>es", cases, G_N_ELEMENTS (cases));
  for (guint i = 12; i < G_N_ELEMENTS (cases); i++)
    g_free (cases[i].text);
}

/* No character makes the chain fail or is lost. */
static void
test_every_character (void)
{
  g_autofree char *mode = NULL;
  ApertiumChain *chain = open_chain ("en", "es", &mode);

  for (gunichar block = 0; block < 0x110000; block += block < 0x3000 ? 0x20 : 0x1000) {
    g_autoptr (GString) text = g_string_new ("house");
    g_autoptr (GError) error = NULL;
    g_autofree char *answer = NULL;
    gboolean retried;

    for (gunichar c = MAX (block, 1); c < block + 0x20; c++)
      if ((c < 0xd800 || c > 0xdfff) && !g_unichar_isalnum (c))
        g_string_append_unichar (text, c);
    g_string_append (text, " house");
    answer = apertium_chain_translate (chain, text->str, TIMEOUT, NULL, &retried, &error);
    g_assert_no_error (error);
    g_assert_false (retried);
    g_assert_true (g_str_has_suffix (answer, "asa"));
  }
  for (gunichar c = 0xfff0; c <= 0xffff; c++) {
    g_autoptr (GString) marked = g_string_new ("house ");
    g_autofree char *answer = NULL;
    gboolean retried;

    g_string_append_unichar (marked, c);
    g_string_append (marked, " dog");
    answer = apertium_chain_translate (chain, marked->str, TIMEOUT, NULL, &retried, NULL);
    g_assert_false (retried);
    g_assert_true (strstr (answer, "asa") != NULL && strstr (answer, "erro") != NULL);
  }
  apertium_chain_pool_release (chain);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_data_func ("/equality/en-es", "en>es", test_random);
  g_test_add_data_func ("/equality/es-en", "es>en", test_random);
  g_test_add_data_func ("/equality/es-fr", "es>fr", test_random);
  g_test_add_data_func ("/equality/es-pt-BR", "es>pt-BR", test_random);
  g_test_add_data_func ("/equality/es-ca", "es>ca", test_random);
  g_test_add_func ("/equality/special", test_special);
  g_test_add_func ("/equality/every-character", test_every_character);
  return habla_test_run ();
}
