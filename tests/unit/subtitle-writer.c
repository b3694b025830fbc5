/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <json-glib/json-glib.h>
#include <libxml/parser.h>
#include <string.h>
#include <subtitle/subtitle-writer.h>

#define SECOND G_GUINT64_CONSTANT (1000000000)

/* Returns: (transfer full): a file of @entries. Previews change nothing. */
static char *
write_file (const char *path, const char *language, const HablaSubtitleEntry *entries, guint n)
{
  g_autoptr (HablaSubtitleWriter) writer = habla_subtitle_writer_new (path, language);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < n; i++) {
    g_autoptr (GString) preview = g_string_new (NULL);
    g_autofree char *first = NULL;

    habla_subtitle_writer_preview (writer, &entries[i], preview);
    first = g_strdup (preview->str);
    g_string_truncate (preview, 0);
    habla_subtitle_writer_preview (writer, &entries[i], preview);
    g_assert_cmpstr (first, ==, preview->str);
    habla_subtitle_writer_append (writer, &entries[i], out);
  }
  habla_subtitle_writer_preview (writer, NULL, out);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static const HablaSubtitleEntry spoken[] = {
  { SECOND, 2 * SECOND + 500000000, "a < b & c\n{d} --> e", "Ann & Bob", "es", "a is less", NULL },
  { 3662 * SECOND + 3400000, 3663 * SECOND + 4000000, "dos", NULL, "es", NULL, NULL },
};

static void
assert_spoken (const char *path, const char *expected)
{
  g_autofree char *file = write_file (path, "es", spoken, G_N_ELEMENTS (spoken));

  g_assert_cmpstr (file, ==, expected);
}

static void
test_spoken (void)
{
  g_autofree char *ass = write_file ("a.ass", "es", spoken, G_N_ELEMENTS (spoken));

  assert_spoken ("a.srt", "1\n00:00:01,000 --> 00:00:02,500\na < b & c\n{d} → e\n\n"
                          "2\n01:01:02,003 --> 01:01:03,004\ndos\n\n");
  assert_spoken ("a.VTT",
      "WEBVTT\nKind: captions\nLanguage: es\n\n"
      "00:00:01.000 --> 00:00:02.500\n<v Ann &amp; Bob>a &lt; b &amp; c\n{d} --&gt; e\n\n"
      "01:01:02.003 --> 01:01:03.004\ndos\n\n");
  assert_spoken ("a.ttml",
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<tt xml:lang=\"es\" xmlns=\"http://www.w3.org/ns/ttml\" "
      "xmlns:tts=\"http://www.w3.org/ns/ttml#styling\">\n"
      "  <body>\n    <div>\n"
      "      <p begin=\"00:00:01.000\" end=\"00:00:02.500\">a &lt; b &amp; c<br/>{d} --&gt; e</p>\n"
      "      <p begin=\"01:01:02.003\" end=\"01:01:03.004\">dos</p>\n"
      "    </div>\n  </body>\n</tt>\n");
  assert_spoken ("a.txt", "Ann & Bob: a < b & c {d} --> e\ndos\n");
  assert_spoken ("a.tsv", "begin\tend\tspeaker\tlanguage\ttext\tsource\n"
                          "1.000\t2.500\tAnn & Bob\tes\ta < b & c {d} --> e\ta is less\n"
                          "3662.003\t3663.004\t\tes\tdos\t\n");
  assert_spoken ("a.json",
      "[\n{\"begin\":1.000,\"end\":2.500,\"speaker\":\"Ann & Bob\",\"language\":\"es\","
      "\"text\":\"a < b & c\\n{d} --> e\",\"source\":\"a is less\"},\n"
      "{\"begin\":3662.003,\"end\":3663.004,\"speaker\":null,\"language\":\"es\",\"text\":\"dos\","
      "\"source\":null}\n]\n");
  g_assert_nonnull (strstr (ass, "[Script Info]\nLanguage: es\nScriptType: v4.00+\n"));
  g_assert_nonnull (strstr (ass, "Effect, Text\n"
                                 "Dialogue: 0,0:00:01.00,0:00:02.50,Default,Ann & Bob,0,0,0,,"
                                 "a < b & c\\N\\{d\\} --> e\n"
                                 "Dialogue: 0,1:01:02.00,1:01:03.00,Default,,0,0,0,,dos\n"));
}

/* Without entries, files are complete as well. */
static void
test_empty (void)
{
  static const char *const files[][2] = {
    { "a.srt", "" },
    { "a.vtt", "WEBVTT\nKind: captions\n\n" },
    { "a.txt", "" },
    { "a.tsv", "begin\tend\tspeaker\tlanguage\ttext\tsource\n" },
    { "a.json", "[]\n" },
  };
  g_autofree char *ttml = write_file ("a.ttml", NULL, NULL, 0);
  xmlDoc *document = xmlReadDoc ((const xmlChar *) ttml, NULL, NULL, XML_PARSE_NONET);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *file = write_file (files[i][0], NULL, NULL, 0);

    g_assert_cmpstr (file, ==, files[i][1]);
  }
  g_assert_nonnull (document);
  xmlFreeDoc (document);
}

/* The translation of a cue, with all that is in its file. */
static void
assert_cue (const char *path, const HablaCue *cue, const char *text, const char *expected)
{
  const HablaSubtitleEntry entry = { cue->begin, cue->end, text, cue->speaker, "es", cue->text,
    cue };
  g_autofree char *file = write_file (path, "es", &entry, 1);

  g_assert_cmpstr (file, ==, expected);
}

static void
test_cues (void)
{
  g_autoptr (HablaCue) srt = habla_cue_new (SECOND, 2 * SECOND, "Bread & butter", "srt");
  g_autoptr (HablaCue) vtt = habla_cue_new (SECOND, 2 * SECOND, "Bread & butter", "vtt");
  g_autoptr (HablaCue) ass = habla_cue_new (SECOND, 2 * SECOND, "Bread", "ass");
  g_autoptr (HablaCue) ttml = habla_cue_new (SECOND, 2 * SECOND, "Bread", "ttml");

  srt->markup = g_strdup ("{\\an8}<i>Bread & butter</i>");
  srt->id = g_strdup ("7");
  srt->settings = g_strdup ("X1:1 X2:2");
  assert_cue ("a.srt", srt, "Pan y mantequilla",
      "7\n00:00:01,000 --> 00:00:02,000 X1:1 X2:2\n{\\an8}<i>Pan y mantequilla</i>\n\n");
  assert_cue ("a.srt", srt, "Bread & butter",
      "7\n00:00:01,000 --> 00:00:02,000 X1:1 X2:2\n{\\an8}<i>Bread & butter</i>\n\n");
  assert_cue ("a.vtt", srt, "Pan & agua",
      "WEBVTT\nKind: captions\nLanguage: es\n\n00:00:01.000 --> 00:00:02.000 line:0\n"
      "<i>Pan &amp; agua</i>\n\n");

  /* A cue of WebVTT ends after its begin. */
  vtt->end = SECOND;
  assert_cue ("a.vtt", vtt, "Pan",
      "WEBVTT\nKind: captions\nLanguage: es\n\n00:00:01.000 --> 00:00:01.001\nPan\n\n");
  vtt->end = 2 * SECOND;

  vtt->markup = g_strdup ("<v Ann>Bread &amp; butter");
  vtt->id = g_strdup ("intro");
  vtt->settings = g_strdup ("line:0 align:start");
  vtt->speaker = g_strdup ("Ann");
  vtt->preamble = g_strdup ("WEBVTT - Talk\nKind: subtitles\nLanguage: en\n\nSTYLE\n::cue {}\n\n");
  vtt->trailer = g_strdup ("NOTE end\n");
  assert_cue ("a.vtt", vtt, "Pan & agua",
      "WEBVTT - Talk\nKind: subtitles\nLanguage: es\n\nSTYLE\n::cue {}\n\n"
      "intro\n00:00:01.000 --> 00:00:02.000 line:0 align:start\n<v Ann>Pan &amp; agua</v>\n\n"
      "NOTE end\n");
  assert_cue (
      "a.srt", vtt, "Pan & agua", "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}Pan & agua\n\n");

  ass->markup = g_strdup ("{\\pos(1,2)\\i1}Bread");
  ass->settings = g_strdup ("3,Top,Ann,0,0,9,fade");
  ass->speaker = g_strdup ("Ann");
  ass->preamble = g_strdup ("[Script Info]\nTitle: x\n\n[Events]\n"
                            "Format: Layer, End, Start, Style, Name, MarginL, MarginR, MarginV, "
                            "Effect, Text\nComment: 0\n");
  assert_cue ("a.ass", ass, "Pan",
      "[Script Info]\nLanguage: es\nTitle: x\n\n[Events]\n"
      "Format: Layer, End, Start, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
      "Comment: 0\nDialogue: 3,0:00:02.00,0:00:01.00,Top,Ann,0,0,9,fade,{\\pos(1,2)}{\\i1}Pan{"
      "\\i0}\n");
  assert_cue ("a.vtt", ass, "Pan",
      "WEBVTT\nKind: captions\nLanguage: es\n\n00:00:01.000 --> 00:00:02.000\n"
      "<v Ann><i>Pan</i>\n\n");

  ttml->markup = g_strdup ("<x:span x:style=\"a\">Bread</x:span>");
  ttml->id = g_strdup ("c1");
  ttml->settings = g_strdup ("region=\"top\"");
  ttml->preamble =
      g_strdup ("<?xml version='1.0'?><!-- <a> --><x:tt xml:lang='en' xmlns:x=\"u\"><x:body "
                "a='>'><x:div><x:br/>");
  assert_cue ("a.ttml", ttml, "Pan\nagua",
      "<?xml version='1.0'?><!-- <a> --><x:tt xml:lang=\"es\" xmlns:x=\"u\"><x:body "
      "a='>'><x:div><x:br/><x:p xml:id=\"c1\" begin=\"00:00:01.000\" end=\"00:00:02.000\" "
      "region=\"top\"><x:span x:style=\"a\">Pan<x:br/>agua</x:span></x:p>\n"
      "    </x:div>\n  </x:body>\n</x:tt>\n");
  ttml->trailer = g_strdup ("</x:div></x:body></x:tt>");
  assert_cue ("a.dfxp", ttml, "Bread",
      "<?xml version='1.0'?><!-- <a> --><x:tt xml:lang=\"es\" xmlns:x=\"u\"><x:body "
      "a='>'><x:div><x:br/><x:p xml:id=\"c1\" begin=\"00:00:01.000\" end=\"00:00:02.000\" "
      "region=\"top\"><x:span x:style=\"a\">Bread</x:span></x:p></x:div></x:body></x:tt>");
}

static void
test_names (void)
{
  g_assert_true (habla_subtitle_writer_knows ("a.b/c.vtt"));
  g_assert_true (habla_subtitle_writer_knows (".srt"));
  g_assert_true (habla_subtitle_writer_knows ("A.JSON"));
  g_assert_false (habla_subtitle_writer_knows ("a.vtt/b"));
  g_assert_false (habla_subtitle_writer_knows ("a.mp4"));
  g_assert_false (habla_subtitle_writer_knows ("vtt"));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/subtitle-writer/spoken", test_spoken);
  g_test_add_func ("/subtitle-writer/empty", test_empty);
  g_test_add_func ("/subtitle-writer/cues", test_cues);
  g_test_add_func ("/subtitle-writer/names", test_names);
  return habla_test_run ();
}
