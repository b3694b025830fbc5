/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are written are read as what they were made of, in all formats. */
#include "habla-test.h"

#include <string.h>
#include <subtitle/parser/subtitle-parser.h>
#include <subtitle/subtitle-writer.h>

#define ROUNDS 300
#define HUNDREDTH G_GUINT64_CONSTANT (10000000)

static const char *const formats[] = { "srt", "vtt", "ass", "ttml" };

static const char *const words[] = { "The", "house", "is", "roja,", "¿Qué?", "北京。", "♪", "a<b",
  "AT&T", "&amp;", "<i>", "</i>", "{x}", "{\\an8}", "1984", "-->", "--", "- No.", "[door]", "NOTE",
  "STYLE", "WEBVTT", "Dialogue:", "a,b", "\"q\"", "</p>", "]]>", "%s", "🙂", "…", "<v",
  "<00:01>" };

static const char *const samples[] = {
  "5\n00:00:01,000 --> 00:00:02,500 X1:10 X2:20\n{\\an8}<i>One</i> & two\nthree\n\n"
  "7\n00:00:02,600 --> 00:00:04,000\n- Four?\n- <b>Five</b> <laughs>.\n\n",
  "WEBVTT - A talk\nKind: captions\nLanguage: en\n\nSTYLE\n::cue(b) { color: red }\n\n"
  "NOTE first\n\nintro\n00:00:01.000 --> 00:00:02.500 line:0 align:start\n<v Ann>One &amp; two\n\n"
  "NOTE\nmore\n\n00:00:02.600 --> 00:00:04.000\n<i>Four</i> <c.x>five</c>\n\nNOTE end\n",
  "[Script Info]\nLanguage: en\nTitle: x\n\n[V4+ Styles]\nFormat: Name\nStyle: "
  "Default\n\n[Events]\n"
  "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
  "Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,no\n"
  "Dialogue: 1,0:00:01.00,0:00:02.50,Top,Ann,0,0,5,,{\\pos(1,2)\\i1}One{\\i0}, two\\Nthree\n"
  "Dialogue: 0,0:00:02.60,0:00:04.00,Default,,0,0,0,fade,Four\n",
  "<?xml version=\"1.0\"?>\n<tt xml:lang=\"en\" xmlns=\"http://www.w3.org/ns/ttml\" "
  "xmlns:tts=\"http://www.w3.org/ns/ttml#styling\">\n<head><!-- x --></head>\n<body><div>\n"
  "<p xml:id=\"c1\" begin=\"00:00:01.000\" end=\"00:00:02.500\" region=\"r\">One &amp; <span "
  "tts:fontStyle=\"italic\">two</span><br/>three</p>\n"
  "<p begin=\"00:00:02.600\" end=\"00:00:04.000\">Four</p>\n</div></body>\n</tt>\n",
};

static HablaSubtitleFile *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  HablaSubtitleFile *file =
      habla_subtitle_file_parse ((const guint8 *) text, strlen (text), NULL, "en", &error);

  if (file == NULL)
    g_test_message ("%s", text);
  g_assert_no_error (error);
  return file;
}

/* Returns: (transfer full): @file written in @format */
static char *
write_file (const HablaSubtitleFile *file, const char *format)
{
  g_autofree char *path = g_strconcat ("a.", format, NULL);
  g_autoptr (HablaSubtitleWriter) writer = habla_subtitle_writer_new (path, "en");
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < file->cues->len; i++) {
    const HablaCue *cue = file->cues->pdata[i];
    const HablaSubtitleEntry entry = { cue->begin, cue->end, cue->text, cue->speaker, "en", NULL,
      cue };

    habla_subtitle_writer_append (writer, &entry, out);
  }
  habla_subtitle_writer_preview (writer, NULL, out);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
assert_same (const HablaSubtitleFile *file, const HablaSubtitleFile *other, gboolean is_all)
{
  g_assert_cmpuint (file->cues->len, ==, other->cues->len);
  g_assert_cmpuint (other->n_lost, ==, 0);
  for (guint i = 0; i < file->cues->len; i++) {
    const HablaCue *cue = file->cues->pdata[i], *copy = other->cues->pdata[i];

    g_assert_cmpuint (cue->begin, ==, copy->begin);
    g_assert_cmpuint (cue->end, ==, copy->end);
    g_assert_cmpstr (cue->text, ==, copy->text);
    if (!is_all)
      continue;
    g_assert_cmpstr (cue->markup, ==, copy->markup);
    g_assert_cmpstr (cue->id, ==, copy->id);
    g_assert_cmpstr (cue->settings, ==, copy->settings);
    g_assert_cmpstr (cue->speaker, ==, copy->speaker);
    g_assert_cmpstr (cue->preamble, ==, copy->preamble);
    g_assert_cmpstr (cue->trailer, ==, copy->trailer);
  }
}

/* What is not translated is written as it was, in the same format; in others, the text remains. */
static void
test_samples (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autoptr (HablaSubtitleFile) file = parse (samples[i]);

    g_assert_cmpstr (file->format, ==, formats[i]);
    for (guint j = 0; j < G_N_ELEMENTS (formats); j++) {
      g_autofree char *written = write_file (file, formats[j]);
      g_autoptr (HablaSubtitleFile) copy = parse (written);

      g_assert_cmpstr (copy->format, ==, formats[j]);
      assert_same (file, copy, i == j);
      if (i == j)
        g_assert_cmpstr (written, ==, samples[i]);
    }
  }
}

/* Returns: (transfer full): random lines, none of which is empty */
static char *
make_text (void)
{
  GString *text = g_string_new (NULL);

  for (guint n = g_test_rand_int_range (1, 8); n > 0; n--)
    g_string_append_printf (text, "%s%s", words[g_test_rand_int_range (0, G_N_ELEMENTS (words))],
        n == 1                              ? ""
        : g_test_rand_int_range (0, 4) == 0 ? "\n"
                                            : " ");
  return g_string_free (text, FALSE);
}

/* @text: as SubRip can have it: its arrows are times */
static char *
expect_text (const char *text, const char *format)
{
  GString *expected = g_string_new (text);

  if (g_str_equal (format, "srt"))
    g_string_replace (expected, "-->", "→", 0);
  return g_string_free (expected, FALSE);
}

/* Random texts without markup, whatever they look like. */
static void
test_random_texts (void)
{
  for (guint round = 0; round < ROUNDS; round++) {
    const char *format = formats[round % G_N_ELEMENTS (formats)];
    g_autofree char *path = g_strconcat ("a.", format, NULL);
    g_autoptr (HablaSubtitleWriter) writer = habla_subtitle_writer_new (path, "en");
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (HablaSubtitleFile) file = NULL;
    guint n = g_test_rand_int_range (1, 6);

    for (guint i = 0; i < n; i++) {
      HablaSubtitleEntry entry = { (10 + i * 100) * HUNDREDTH, (80 + i * 100) * HUNDREDTH,
        make_text (), NULL, "en", NULL, NULL };

      habla_subtitle_writer_append (writer, &entry, out);
      g_ptr_array_add (texts, (char *) entry.text);
    }
    habla_subtitle_writer_preview (writer, NULL, out);
    file = parse (out->str);
    g_assert_cmpstr (file->format, ==, format);
    if (file->cues->len != n)
      g_test_message ("%s", out->str);
    g_assert_cmpuint (file->cues->len, ==, n);
    for (guint i = 0; i < n; i++) {
      const HablaCue *cue = file->cues->pdata[i];
      g_autofree char *expected = expect_text (texts->pdata[i], format);

      if (g_strcmp0 (cue->text, expected) != 0)
        g_test_message ("%s", out->str);
      g_assert_cmpstr (cue->text, ==, expected);
      g_assert_cmpuint (cue->begin, ==, (10 + i * 100) * HUNDREDTH);
      g_assert_cmpuint (cue->end, ==, (80 + i * 100) * HUNDREDTH);
    }
  }
}

/* Random cues from a file: what was written once is written the same again. */
static void
test_random_cues (void)
{
  static const char *const tags[] = { "<i>", "</i>", "<b>", "</b>", "{\\i1}", "{\\i0}", "word", " ",
    "\n", "é", "&amp;", "<v Ann>", "<c.red>", "</c>", "<", ">", "{", "}" };

  for (guint round = 0; round < ROUNDS; round++) {
    const char *format = formats[round % 3]; /* random markup is no XML */
    g_autoptr (HablaSubtitleFile) sample = parse (samples[round % 3]);
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autoptr (HablaSubtitleFile) copy = NULL;

    for (guint i = 0; i < sample->cues->len; i++) {
      HablaCue *cue = sample->cues->pdata[i];
      g_autoptr (GString) markup = g_string_new ("x");

      for (guint n = g_test_rand_int_range (0, 9); n > 0; n--)
        g_string_append (markup, tags[g_test_rand_int_range (0, G_N_ELEMENTS (tags))]);
      g_string_append (markup, "x");
      /* The parsers remove empty lines, and blanks at the ends of lines. */
      while (g_string_replace (markup, " \n", "\n", 0) + g_string_replace (markup, "\n ", "\n", 0) +
                 g_string_replace (markup, "\n\n", "\n", 0) >
             0)
        ;
      if (g_str_equal (format, "ass"))
        g_string_replace (markup, "\n", "\\N", 0);
      g_free (cue->markup);
      cue->markup = g_strdup (markup->str);
    }
    first = write_file (sample, format);
    copy = parse (first);
    second = write_file (copy, format);
    g_assert_cmpuint (copy->cues->len, ==, sample->cues->len);
    g_assert_cmpstr (first, ==, second);
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/subtitle-round-trip/samples", test_samples);
  g_test_add_func ("/subtitle-round-trip/random-texts", test_random_texts);
  g_test_add_func ("/subtitle-round-trip/random-cues", test_random_cues);
  return habla_test_run ();
}
