/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <string.h>
#include <subtitle/styled-text.h>
#include <subtitle/subtitle-markup.h>

static void
assert_written (const char *from, const char *markup, const char *to, const char *expected)
{
  g_autoptr (HablaSubtitleStyledText) text = habla_subtitle_styled_text_read (from, markup);
  g_autofree char *written = habla_subtitle_styled_text_write (text, to, "");

  g_assert_cmpstr (written, ==, expected);
}

static void
test_formats (void)
{
  const char *srt =
      "{\\an8}<i>She</i> read <b><u>both</u></b> & <font color=\"#ff0000\">left</font>";

  assert_written ("srt", srt, "srt", srt);
  assert_written ("srt", srt, "vtt", "<i>She</i> read <b><u>both</u></b> &amp; <c.red>left</c>");
  assert_written ("srt", srt, "ass",
      "{\\an8}{\\i1}She{\\i0} read {\\b1}{\\u1}both{\\u0}{\\b0} & {\\c&H0000FF&}left{\\c}");
  assert_written ("srt", srt, "ttml",
      "<span tts:fontStyle=\"italic\">She</span> read <span tts:fontWeight=\"bold\"><span "
      "tts:textDecoration=\"underline\">both</span></span> &amp; <span "
      "tts:color=\"#ff0000\">left</span>");
  assert_written ("vtt", "<v.loud Ann><i>Yes</i>,\n<c.x>no</c> &amp; <00:01.000>&lt;b&gt;", "vtt",
      "<v.loud Ann><i>Yes</i>,\n<c.x>no</c> &amp; &lt;b&gt;</v>");
  assert_written (
      "vtt", "<v Ann><i>Yes</i>,\n<c.x>no</c> &amp; &lt;b&gt;", "srt", "<i>Yes</i>,\nno & &lt;b>");
  assert_written ("ass", "{\\an8\\pos(1,2)\\i1}one{\\b1}two{\\i0\\k20}three\\Nfour", "ass",
      "{\\an8\\pos(1,2)}{\\i1}one{\\i0}{\\i1}{\\b1}two{\\b0}{\\i0}{\\b1}three\\Nfour{\\b0}");
  assert_written (
      "ass", "{\\an8\\pos(1,2)\\t(0,5,\\fs9)\\i1}one{\\r}two", "srt", "{\\an8}<i>one</i>two");
  assert_written ("ttml",
      "<span tts:fontStyle=\"italic\" style=\"s1\">one</span><br/>two &amp; three", "ttml",
      "<span tts:fontStyle=\"italic\" style=\"s1\">one</span><br/>two &amp; three");
  assert_written ("ttml",
      "<tt:span tts:fontStyle='italic' tts:color='#ffff00'>one</tt:span><tt:br/>two", "vtt",
      "<c.yellow><i>one</i></c>\ntwo");
  /* Unclosed, wrongly nested, and not tags at all. */
  assert_written (
      "srt", "<i>one <b>two</i> three</b>", "srt", "<i>one <b>two</b></i><b> three</b>");
  assert_written ("srt", "<i>one", "vtt", "<i>one</i>");
  assert_written ("srt", "a <3 b <laughs> </i>", "srt", "a <3 b <laughs> ");
}

/* Plain texts that look like markup stay what they are. */
static void
test_escapes (void)
{
  static const char *const formats[] = { "srt", "vtt", "ass", "ttml" };
  static const char *const texts[] = { "a < b & c > d", "<i>not italic</i> &amp; &#65;",
    "{\\an8} {x} <font>", "AT&T; 1<2>3", "C:\\temp \\N \\h", "Ünï ♪ 北京", "<br> <00:01.000>", "{",
    "}", "<", "&", "\\" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (guint j = 0; j < G_N_ELEMENTS (texts); j++) {
      g_autoptr (HablaSubtitleStyledText) text =
          habla_subtitle_styled_text_new (formats[i], texts[j]);
      g_autofree char *markup = habla_subtitle_styled_text_write (text, formats[i], "");
      g_autofree char *read = habla_subtitle_markup_to_text (formats[i], markup, NULL);
      g_autoptr (GString) plain = g_string_new (read);

      /* The word joiner that keeps a backslash from being an escape. */
      g_string_replace (plain, "\xe2\x81\xa0", "", 0);
      g_assert_cmpstr (plain->str, ==, texts[j]);
    }
}

static void
assert_transferred (
    const char *format, const char *markup, const char *translation, const char *expected)
{
  g_autoptr (HablaSubtitleStyledText) text = habla_subtitle_styled_text_read (format, markup);
  g_autoptr (HablaSubtitleStyledText) other =
      habla_subtitle_styled_text_transfer (text, translation);
  g_autofree char *written = habla_subtitle_styled_text_write (other, format, "");

  g_assert_cmpstr (written, ==, expected);
}

static void
test_transfer (void)
{
  /* The whole cue, also without its marks; a line; a sentence. */
  assert_transferred (
      "srt", "<i>The house is red.</i>", "La casa es roja.", "<i>La casa es roja.</i>");
  assert_transferred ("srt", "♪ <i>Merry May</i> ♪", "♪ Alegre mayo ♪", "<i>♪ Alegre mayo ♪</i>");
  assert_transferred (
      "srt", "- <i>Who is it?</i>\n- Me.", "- ¿Quién es?\n- Yo.", "- <i>¿Quién es?</i>\n- Yo.");
  assert_transferred (
      "srt", "Wait. <i>Not now!</i>", "Espera. ¡Ahora no!", "Espera. <i>¡Ahora no!</i>");
  /* The same word, name or number, whatever its case and accents. */
  assert_transferred ("srt", "I saw <i>Casablanca</i> twice.", "Vi «Casablanca» dos veces.",
      "Vi «<i>Casablanca</i>» dos veces.");
  assert_transferred (
      "srt", "In <b>1942, Peru</b> was", "En 1942, Perú era", "En <b>1942, Perú</b> era");
  /* Nothing matches. */
  assert_transferred (
      "srt", "I <i>really</i> like it.", "Me gusta de verdad.", "<i>Me gusta de verdad.</i>");
  assert_transferred ("vtt", "<v Ann>Hello.", "Hola.", "<v Ann>Hola.</v>");
  assert_transferred ("vtt", "<v Ann>Hello.</v>\n<v Bob>Good bye.</v>", "Hola.\nAdiós.",
      "<v Ann>Hola.</v>\n<v Bob>Adiós.</v>");
  assert_transferred ("vtt", "<v Ann>Hello.</v>\n<v Bob>Good bye.</v>", "Hola", "<v Ann>Hola</v>");
  assert_transferred ("ass", "{\\pos(3,4)\\i1}Hello.", "Hola.", "{\\pos(3,4)}{\\i1}Hola.{\\i0}");
}

/* Random markup harms nothing: the text of what is written is the text that was read. */
static void
test_random (void)
{
  static const char *const formats[] = { "srt", "vtt", "ass", "ttml" };
  static const char *const pieces[] = { "<i>", "</i>", "<b>", "</b>", "{\\i1}", "{\\i0}", "{\\an8}",
    "one", " ", "é", "\\N", "<br/>", "&amp;", "<v Ann>", "</v>", "<c.red>", "</c>", "<", ">", "&",
    "{", "}", "\\", "<span tts:fontStyle=\"italic\">", "</span>", "<font color=#ff0000>" };

  for (guint i = 0; i < 4000; i++) {
    const char *format = formats[i % G_N_ELEMENTS (formats)];
    g_autoptr (GString) markup = g_string_new (NULL);
    g_autoptr (HablaSubtitleStyledText) text = NULL;
    g_autoptr (HablaSubtitleStyledText) again = NULL;
    g_autofree char *written = NULL;

    for (guint n = g_test_rand_int_range (0, 12); n > 0; n--)
      g_string_append (markup, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    text = habla_subtitle_styled_text_read (format, markup->str);
    written = habla_subtitle_styled_text_write (text, format, "");
    again = habla_subtitle_styled_text_read (format, written);
    if (strchr (text->text, '\\') == NULL)
      g_assert_cmpstr (again->text, ==, text->text);
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/styled-text/formats", test_formats);
  g_test_add_func ("/styled-text/escapes", test_escapes);
  g_test_add_func ("/styled-text/transfer", test_transfer);
  g_test_add_func ("/styled-text/random", test_random);
  return habla_test_run ();
}
