/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/error.h>
#include <habla/glossary.h>
#include <string.h>
#include <sys/stat.h>

static HablaGlossary *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  HablaGlossary *glossary = habla_glossary_parse (text, strlen (text), "terms.txt", &error);

  g_assert_no_error (error);
  return glossary;
}

/* Replaces each match by its translation in brackets. */
static void
assert_replaces (HablaGlossary *glossary, const char *text, const char *expected)
{
  g_autoptr (GArray) matches = habla_glossary_find (glossary, text);
  g_autoptr (GString) result = g_string_new (NULL);
  gsize done = 0;

  for (guint i = 0; i < matches->len; i++) {
    const HablaGlossaryMatch *match = &g_array_index (matches, HablaGlossaryMatch, i);

    g_string_append_len (result, text + done, match->begin - done);
    g_string_append_printf (result, "[%s]", match->translation);
    done = match->end;
  }
  g_string_append (result, text + done);
  g_assert_cmpstr (result->str, ==, expected);
}

static void
test_format (void)
{
  g_autoptr (HablaGlossary) glossary = parse ("\xef\xbb\xbf# Terms\r\n"
                                              "\r\n"
                                              "  pipeline  =  tubo \r\n"
                                              "bus =\n"
                                              "\t# more\n"
                                              "New \t York = Nova   Iorque\n"
                                              "sink = sink\n"
                                              "C# = C sustenido");
  g_auto (GStrv) terms = NULL;
  g_autofree char *list = NULL;

  g_assert_cmpuint (habla_glossary_get_size (glossary), ==, 5);
  assert_replaces (glossary, "a pipeline, a bus, a sink", "a [tubo], a [bus], a [sink]");
  terms = habla_glossary_list_terms (glossary);
  list = g_strjoinv (",", terms);
  g_assert_cmpstr (list, ==, "pipeline,bus,New York,sink,C#");
  assert_replaces (glossary, "in New York.", "in [Nova Iorque].");
  assert_replaces (glossary, "in New\n York.", "in [Nova Iorque].");
  assert_replaces (glossary, "C# is", "[C sustenido] is");
}

static void
test_words (void)
{
  g_autoptr (HablaGlossary) glossary = parse (
      "pipe = cano\nred = rubro\nred pipe = cano rubro\nC++ =\n.NET = rede\nJoa\xcc\x83o = John\n"
      "管 = pipe\n");

  assert_replaces (glossary, "pipe", "[cano]");
  assert_replaces (
      glossary, "pipes, a bagpipe, pipe2 and pipe_a", "pipes, a bagpipe, pipe2 and pipe_a");
  assert_replaces (glossary, "(pipe) pipe's re-pipe", "([cano]) [cano]'s re-[cano]");
  assert_replaces (glossary, "a red pipe", "a [cano rubro]");
  assert_replaces (glossary, "a red pipeline", "a [rubro] pipeline");
  assert_replaces (glossary, "red red pipe pipe", "[rubro] [cano rubro] [cano]");
  assert_replaces (glossary, "C++ and C", "[C++] and C");
  assert_replaces (glossary, "the .NET", "the [rede]");
  assert_replaces (glossary, "o João", "o [John]");
  assert_replaces (glossary, "我的管很长", "我的[pipe]很长");
  assert_replaces (glossary, "http://pipe.org/pipe me@pipe.org www.pipe.org pipe",
      "http://pipe.org/pipe me@pipe.org www.pipe.org [cano]");
  assert_replaces (glossary, "", "");
}

static void
test_case (void)
{
  g_autoptr (HablaGlossary) glossary =
      parse ("pipe = cano\nGStreamer =\nIT = TI\nit = isso\nMay = Maio\neBay =\nélan = brio\n");

  assert_replaces (glossary, "Pipe PIPE", "[Cano] [Cano]");
  assert_replaces (glossary, "GStreamer gstreamer Gstreamer", "[GStreamer] gstreamer Gstreamer");
  assert_replaces (glossary, "IT is it. It is", "[TI] is [isso]. [Isso] is");
  assert_replaces (glossary, "in May or may", "in [Maio] or [Maio]");
  assert_replaces (glossary, "eBay EBAY ebay", "[eBay] EBAY ebay");
  assert_replaces (glossary, "Élan", "[Brio]");
}

static void
assert_refused (const char *text, gsize length, const char *reason)
{
  g_autoptr (GError) error = NULL;
  HablaGlossary *glossary = habla_glossary_parse (text, length, "terms.txt", &error);

  g_assert_null (glossary);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  if (strstr (error->message, reason) == NULL)
    g_error ("“%s” instead of “%s”", error->message, reason);
  g_assert_nonnull (strstr (error->message, "terms.txt"));
}

static void
test_errors (void)
{
  static const struct {
    const char *text;
    const char *reason;
  } cases[] = {
    { "a = b\n\nfoo\n", "Line 3 of the glossary terms.txt: there is no “=”" },
    { "= b\n", "Line 1 of the glossary terms.txt: the term has no letters" },
    { "... = b\n", "Line 1 of the glossary terms.txt: the term has no letters" },
    { "a = ...\n", "the translation has no letters" },
    { "a = b = c\n", "more than one “=”" },
    { "a = b\nA = c\n", "Line 2 of the glossary terms.txt: the term is in line 1 already" },
    { "a = b\x01\n", "control characters" },
    { "a = b\rc = d\n", "control characters" },
    { "a = \xff\n", "Line 1 of the glossary terms.txt: it is not UTF-8" },
  };
  g_autofree char *word = g_strnfill (HABLA_GLOSSARY_MAX_TERM + 1, 'x');
  g_autofree char *long_term = g_strconcat (word, " = a\n", NULL);
  g_autofree char *long_translation = g_strconcat ("a = ", word, "\n", NULL);
  g_autofree char *large = g_strnfill (HABLA_GLOSSARY_MAX_SIZE + 1, '\n');
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (HablaGlossary) glossary = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i].text, strlen (cases[i].text), cases[i].reason);
  assert_refused ("a\0b = c\n", 8, "it is not UTF-8");
  assert_refused (long_term, strlen (long_term), "the term is longer than 100 characters");
  assert_refused (
      long_translation, strlen (long_translation), "the translation is longer than 100 characters");
  assert_refused (large, strlen (large), "larger than 262144 bytes");
  for (guint i = 0; i < HABLA_GLOSSARY_MAX_TERMS; i++)
    g_string_append_printf (many, "term%u =\n", i);
  glossary = parse (many->str);
  g_assert_cmpuint (habla_glossary_get_size (glossary), ==, HABLA_GLOSSARY_MAX_TERMS);
  g_string_append (many, "one more =\n");
  assert_refused (
      many->str, many->len, "Line 2001 of the glossary terms.txt: there are more than 2000");
}

static void
assert_unreadable (const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (habla_glossary_load (path, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_file (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "terms.txt", NULL);
  g_autofree char *pipe = g_build_filename (habla_test_get_dir (), "pipe", NULL);
  g_autofree char *large = g_strnfill (HABLA_GLOSSARY_MAX_SIZE + 1, '#');
  g_autoptr (HablaGlossary) glossary = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "pipe = cano\n", -1, NULL));
  glossary = habla_glossary_load (path, &error);
  g_assert_no_error (error);
  assert_replaces (glossary, "a pipe", "a [cano]");
  assert_unreadable (habla_test_get_dir ());
  assert_unreadable ("/nonexistent/terms.txt");
  /* Without a writer: must not wait for one. */
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_unreadable (pipe);
  g_assert_true (g_file_set_contents (path, large, -1, NULL));
  assert_unreadable (path);
}

/* The time does not depend on the number of similar terms. */
static void
test_many (void)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (HablaGlossary) glossary = NULL;
  g_autoptr (GArray) matches = NULL;

  for (guint i = 0; i < HABLA_GLOSSARY_MAX_TERMS; i++)
    g_string_append_printf (lines, "a a a a a a a a a a a a a a a a a a a a a a a a %u =\n", i);
  while (text->len < 16384)
    g_string_append (text, "a ");
  g_string_append (text, "1999");
  glossary = parse (lines->str);
  matches = habla_glossary_find (glossary, text->str);
  g_assert_cmpuint (matches->len, ==, 1);
  g_assert_cmpuint (g_array_index (matches, HablaGlossaryMatch, 0).end, ==, text->len);
}

/* What two models translate: the same word in other letters, and what no file can have. */
static void
test_keeping (void)
{
  static const char *const terms[] = { "New York", "new york", "#1 a", "NASA", "nasa", "-", "a\fb",
    NULL };
  g_autoptr (HablaGlossary) glossary = habla_glossary_new_keeping (terms);
  g_autoptr (GArray) matches = habla_glossary_find (glossary, "NEW YORK, #1 a, nasa, NASA");

  g_assert_cmpuint (habla_glossary_get_size (glossary), ==, 4);
  g_assert_cmpuint (matches->len, ==, 4);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/glossary/format", test_format);
  g_test_add_func ("/glossary/words", test_words);
  g_test_add_func ("/glossary/case", test_case);
  g_test_add_func ("/glossary/errors", test_errors);
  g_test_add_func ("/glossary/file", test_file);
  g_test_add_func ("/glossary/many", test_many);
  g_test_add_func ("/glossary/keeping", test_keeping);

  return habla_test_run ();
}
