/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/markup.h>
#include <time.h>

static void
test_text (void)
{
  static const struct {
    const char *markup;
    const char *text;
  } cases[] = {
    { "", "" },
    { "plain", "plain" },
    { "<i>one</i> <b>two</b>", "one two" },
    { "<span foreground=\"#ff0000\" size='x-large'>red</span>", "red" },
    { "<span face=\"a>b\">quoted</span>", "quoted" },
    { "one\n<u>two</u>", "one\ntwo" },
    { "fish &amp; chips", "fish & chips" },
    { "&lt;i&gt; &quot;x&quot; &apos;y&apos;", "<i> \"x\" 'y'" },
    { "&amp;lt;", "&lt;" },
    { "&#233;&#xe9;&#x1F600;", "é"
                               "é"
                               "😀" },
    { "<!-- note -->text<?pi?>", "text" },
    { "<br/>x", "x" },

    /* Malformed markup is text. */
    { "a < b > c", "a < b > c" },
    { "I <3 you", "I <3 you" },
    { "a <", "a <" },
    { "a <i", "a <i" },
    { "a <i <b>c</b>", "a <i c" },
    { "AT&T &x; & &;", "AT&T &x; & &;" },
    { "&#0; &#xd800; &#x110000; &#; &#x; &#12z;", "&#0; &#xd800; &#x110000; &#; &#x; &#12z;" },
    { "&#99999999999999999999;", "&#99999999999999999999;" },
    { "&# 65; &#+65; &#-65; &#x+41;", "&# 65; &#+65; &#-65; &#x+41;" },
    { "&amp", "&amp" },
    { "¿<i>Qué</i>?", "¿Qué?" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = habla_markup_to_text (cases[i].markup);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

/* Escaping is reversible, and valid UTF-8 yields valid UTF-8. */
static void
test_random (void)
{
  static const char *const pieces[] = { "<", ">", "&", ";", "#", "x", "i", "/", "\"", "'", "é",
    "amp", "lt", "!", " ", "\n", "4", "1" };

  for (guint i = 0; i < 20000; i++) {
    g_autoptr (GString) raw = g_string_new (NULL);
    g_autofree char *escaped = NULL;
    g_autofree char *back = NULL;
    g_autofree char *text = NULL;

    for (int n = g_test_rand_int_range (0, 30); n > 0; n--)
      g_string_append (raw, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    escaped = g_markup_escape_text (raw->str, -1);
    back = habla_markup_to_text (escaped);
    g_assert_cmpstr (back, ==, raw->str);
    text = habla_markup_to_text (raw->str);
    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_assert_cmpuint (strlen (text), <=, raw->len);
  }
}

/* Malicious input takes linear time. */
static void
test_long (void)
{
  static const char *const pieces[] = { "<i", "<", "&", "&#1", "<i a='" };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (GString) raw = g_string_new (NULL);
    g_autofree char *text = NULL;
    clock_t begin = clock ();

    while (raw->len < 1000000)
      g_string_append (raw, pieces[i]);
    text = habla_markup_to_text (raw->str);
    g_assert_cmpstr (text, ==, raw->str);
    g_assert_cmpint (clock () - begin, <, habla_test_scale (5) * CLOCKS_PER_SEC);
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/markup/text", test_text);
  g_test_add_func ("/markup/random", test_random);
  g_test_add_func ("/markup/long", test_long);
  return habla_test_run ();
}
