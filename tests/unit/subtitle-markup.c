/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <string.h>
#include <subtitle/subtitle-markup.h>
#include <time.h>

typedef struct {
  const char *format;
  const char *markup;
  const char *text;
  const char *speaker;
} Case;

static const Case cases[] = {
  /* SubRip */
  { "srt", "", "" },
  { "srt", "<i>one</i>\n<b>two</b>", "one\ntwo" },
  { "srt", "<font color=\"#ff0000\" size=3>red</font> <FONT face=\"a>b\">x</FONT>", "red x" },
  { "srt", "{\\an8}top {\\i1}x{\\i0}", "top x" },
  { "srt", "{curly} {\\ open", "{curly} {\\ open" },
  { "srt", "<laughs> I <3 you, a < b > c", "<laughs> I <3 you, a < b > c" },
  { "srt", "one<br>two<br />three", "one\ntwo\nthree" },
  { "srt", "a <i <b>c</b>", "a <i c" },
  { "srt", "good<00:00:00.480><c> day</c>", "good day" },
  { "srt", "Tom &amp; AT&T &x; &#233;&#xe9; &amp;lt;", "Tom & AT&T &x; éé &lt;" },

  /* WebVTT */
  { "vtt", "good<00:00:00.480> morning<00:01.000>!", "good morning!" },
  { "vtt", "<c.yellow.bg_blue>one</c> <i.loud>two</i> <lang en-GB>colour</lang>",
      "one two colour" },
  { "vtt", "<v.loud Mary &amp; Ann>Hello</v> <v Bob>Hi", "Hello Hi", "Mary & Ann" },
  { "vtt", "<v>nobody", "nobody" },
  { "vtt", "&amp;lt; &lt;b&gt; x&nbsp;y &lrm;&rlm;", "&lt; <b> x\u00a0y \u200e\u200f" },
  { "vtt", "<ruby>base<rt>top</rt></ruby>", "basetop" },
  { "vtt", "I <3 you, a < b, 1 <2> 3", "I <3 you, a < b, 1 <2> 3" },
  { "vtt", "&#0; &#xd800; &#x110000; &#; &#12z; &unknown; &amp",
      "&#0; &#xd800; &#x110000; &#; &#12z; &unknown; &amp" },

  /* SubStation */
  { "ass", "{\\an8\\b1}bold{\\b0}\\Nnext\\nsoft\\hhard", "bold\nnext\nsoft\u00a0hard" },
  { "ass", "{a comment}text", "text" },
  { "ass", "{\\p1}m 0 0 l 100 0 100 100{\\p0}after", "after" },
  { "ass", "{\\pos(1,2)}kept {no end", "kept {no end" },
  { "ass", "\\{x\\} C:\\dir <i>&amp;", "{x} C:\\dir <i>&amp;" },

  /* TTML */
  { "ttml", "\n  one\n  <br/>\n  <span tts:color=\"red\">two  three</span>\n ", "one\ntwo three" },
  { "ttml", "<tt:span>a</tt:span><tt:br/>b", "a\nb" },
  { "ttml", "&lt;i&gt; &amp;amp; &#8211;", "<i> &amp; –" },
  { "ttml", "x<!-- <br/> -->y<![CDATA[<b>&amp;]]>", "xy<b>&amp;" },
  { "ttml", "<metadata><ttm:desc>hidden</ttm:desc></metadata>shown<set begin=\"1s\"/>!", "shown!" },
};

static void
test_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *speaker = NULL;
    g_autofree char *text =
        habla_subtitle_markup_to_text (cases[i].format, cases[i].markup, &speaker);

    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_cmpstr (speaker, ==, cases[i].speaker);
  }
}

static void
test_random (void)
{
  static const char *const pieces[] = { "<", ">", "&", ";", "#", "x", "i", "/", "\"", "=", "é",
    "amp", "lt", "!", " ", "\n", "4", "1", "{", "}", "\\", "p1", "[CDATA[", "]]", "--", "v A", ":",
    "0:01.0", "metadata", "br" };
  static const char *const formats[] = { "srt", "vtt", "ass", "ttml" };

  for (guint i = 0; i < 2000 * habla_test_repeat (10); i++) {
    g_autoptr (GString) markup = g_string_new (NULL);
    g_autofree char *text = NULL;
    g_autofree char *speaker = NULL;

    for (int n = g_test_rand_int_range (0, 30); n > 0; n--)
      g_string_append (markup, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    text = habla_subtitle_markup_to_text (formats[i % 4], markup->str, &speaker);
    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_assert_true (speaker == NULL || g_utf8_validate (speaker, -1, NULL));
    g_assert_cmpuint (strlen (text), <=, markup->len);
  }
}

/* Malicious input takes linear time. */
static void
test_long (void)
{
  static const char *const pieces[] = { "<i", "<", "&", "&#1", "<i a=\"", "{", "{\\", "{\\p1}",
    "<v ", "<!" };
  static const char *const formats[] = { "srt", "vtt", "ass", "ttml" };

  for (guint i = 0; i < G_N_ELEMENTS (pieces) * G_N_ELEMENTS (formats); i++) {
    g_autoptr (GString) markup = g_string_new (NULL);
    g_autofree char *text = NULL;
    clock_t begin = clock ();

    while (markup->len < 1000000)
      g_string_append (markup, pieces[i / G_N_ELEMENTS (formats)]);
    text = habla_subtitle_markup_to_text (formats[i % G_N_ELEMENTS (formats)], markup->str, NULL);
    g_assert_cmpuint (strlen (text), <=, markup->len);
    g_assert_cmpint (clock () - begin, <, habla_test_scale (5) * CLOCKS_PER_SEC);
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/subtitle-markup/text", test_text);
  g_test_add_func ("/subtitle-markup/random", test_random);
  g_test_add_func ("/subtitle-markup/long", test_long);
  return habla_test_run ();
}
