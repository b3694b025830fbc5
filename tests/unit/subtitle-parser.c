/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <string.h>
#include <subtitle/parser/subtitle-parser.h>
#include <time.h>

#define MSECOND 1000000

typedef struct {
  const char *input;
  const char *cues; /* a line each: BEGIN-END, in ms, and if set #ID, [SETTINGS], @SPEAKER; text */
  guint n_lost;
} Case;

/* Text is written with "/" for a line break. */
static char *
describe (GPtrArray *cues)
{
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < cues->len; i++) {
    const HablaCue *cue = g_ptr_array_index (cues, i);
    g_autofree char *text = g_strdelimit (g_strdup (cue->text), "\n", '/');

    g_string_append_printf (lines, "%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, cue->begin / MSECOND,
        cue->end / MSECOND);
    if (cue->id != NULL)
      g_string_append_printf (lines, " #%s", cue->id);
    if (cue->settings != NULL)
      g_string_append_printf (lines, " [%s]", cue->settings);
    if (cue->speaker != NULL)
      g_string_append_printf (lines, " @%s", cue->speaker);
    g_string_append_printf (lines, " %s\n", text);
  }
  return g_string_free (lines, FALSE);
}

static HablaSubtitleFile *
parse (const char *input)
{
  g_autoptr (GError) error = NULL;
  HablaSubtitleFile *file =
      habla_subtitle_file_parse ((const guint8 *) input, strlen (input), NULL, NULL, &error);

  g_assert_no_error (error);
  return file;
}

static void
assert_cases (const char *format, const Case *cases, guint n_cases)
{
  for (guint i = 0; i < n_cases; i++) {
    g_autoptr (HablaSubtitleFile) file = parse (cases[i].input);
    g_autofree char *cues = describe (file->cues);

    g_assert_cmpstr (cues, ==, cases[i].cues);
    g_assert_cmpstr (file->format, ==, format);
    g_assert_cmpuint (file->n_lost, ==, cases[i].n_lost);
  }
}

static const Case subrip[] = {
  { "1\n00:00:01,000 --> 00:00:02,500\nHello\nworld\n\n2\n00:00:03,000 --> 00:00:04,000\nBye\n",
      "1000-2500 #1 Hello/world\n3000-4000 #2 Bye\n" },
  /* Nested, overlapping, and out of order. */
  { "1\n0:00:01,0 --> 0:00:09,0\na\n\n2\n0:00:02,0 --> 0:00:03,0\nb\n\n3\n0:00:00,5 --> "
    "0:00:01,5\nc",
      "1000-9000 #1 a\n2000-3000 #2 b\n500-1500 #3 c\n" },
  /* Without numbers. */
  { "00:00:01,000 --> 00:00:02,000\none\n\n00:00:02,000 --> 00:00:03,000\ntwo\n",
      "1000-2000 one\n2000-3000 two\n" },
  { "00:00:01,000 --> 00:00:02,000\none\n00:00:02,000 --> 00:00:03,000\n1984\n"
    "00:00:03,000 --> 00:00:04,000\nthree",
      "1000-2000 one\n2000-3000 1984\n3000-4000 three\n" },
  /* Without empty lines; texts that are numbers. */
  { "1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:02,000 --> 00:00:03,000\n1984\n"
    "3\n00:00:03,000 --> 00:00:04,000\nthree",
      "1000-2000 #1 one\n2000-3000 #2 1984\n3000-4000 #3 three\n" },
  { "1\n00:00:01,000 --> 00:00:02,000\nIn\n1984\n\n2\n00:00:02,000 --> 00:00:03,000\n3\n\n"
    "3\n00:00:03,000 --> 00:00:04,000\n42\n",
      "1000-2000 #1 In/1984\n2000-3000 #2 3\n3000-4000 #3 42\n" },
  /* Numbers that skip, begin anywhere, or have an empty line below them. */
  { "7\n00:00:01,000 --> 00:00:02,000\none\n\n9\n00:00:02,000 --> 00:00:03,000\ntwo\n\n10\n\n"
    "00:00:03,000 --> 00:00:04,000\nthree",
      "1000-2000 #7 one\n2000-3000 #9 two\n3000-4000 #10 three\n" },
  /* Empty lines below the times, within the text, and in an empty cue. */
  { "1\n00:00:01,000 --> 00:00:02,000\n\none\n\ntwo\n\n\n2\n00:00:02,000 --> 00:00:03,000\n\n"
    "3\n00:00:03,000 --> 00:00:04,000\nthree\n",
      "1000-2000 #1 one/two\n2000-3000 #2 \n3000-4000 #3 three\n" },
  /* Times as people write them. */
  { "1\n0:0:1,0 --> 0:0:2,5   \na\n\n2\n00:00:03.25-->00:00:04.5\nb\n\n3\n00:05,1 --> "
    "00:06,001\nc\n\n"
    "4\n 00:00:07 , 5 --> 00:00:08\nd\n\n5\n101:00:00,000 --> 101:00:01,1234\ne",
      "1000-2500 #1 a\n3250-4500 #2 b\n5100-6001 #3 c\n363600000-363601123 #5 e\n", .n_lost = 1 },
  { "1\n00:00:01:500 -> 00:00:02:500\na\n\n2\n00:00:03,000 –> 00:00:04,000\nb\n"
    "\n3\n00:00:05,  500 - -> 00:00:06,000\nc",
      "1500-2500 #1 a\n3000-4000 #2 b\n5500-6000 #3 c\n" },
  { "1\n00:00:05,000 --> 00:00:03,000\nends early\n", "5000-5000 #1 ends early\n" },
  /* Positions, and text behind the times. */
  { "1\n00:00:01,000 --> 00:00:02,000  X1:040 X2:600 Y1:020 Y2:050\n{\\an8}<i>up</i>\n\n"
    "2\n00:00:02,000 --> 00:00:03,000 Hello there\n",
      "1000-2000 #1 [X1:040 X2:600 Y1:020 Y2:050] up\n2000-3000 #2 Hello there\n" },
  /* Line ends of old and damaged files; marks within; arrows in texts. */
  { "1\r00:00:01,000 --> 00:00:02,000\rone\r\r2\r00:00:02,000 --> 00:00:03,000\rtwo\r",
      "1000-2000 #1 one\n2000-3000 #2 two\n" },
  { "1\r\r\n00:00:01,000 --> 00:00:02,000\r\r\none\r\r\ntwo\r\r\n\x1a", "1000-2000 #1 one/two\n" },
  { "\xef\xbb\xbf"
    "1\r\n00:00:01,000 --> 00:00:02,000\r\na --> b\r\n3 --> 4\r\n\r\n\xef\xbb\xbf"
    "2\r\n00:00:02,000 --> 00:00:03,000\r\nc",
      "1000-2000 #1 a --> b/3 --> 4\n2000-3000 #2 c\n" },
  /* Damaged times are counted. */
  { "1\n-00:00:01,000 --> 00:00:02,000\nlost\n\n2\n00:00:03,000 --> 00:00:04,000\n- two\n",
      "3000-4000 #2 - two\n", .n_lost = 1 },
  { "1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n00:00:03,000 --", "1000-2000 #1 one\n",
      .n_lost = 1 },
  { "1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n00:00:xx,000 --> 00:00:03,000\nlost\n\n"
    "3\n00:00:03,000 --> 00:00:04,000\nthree\n",
      "1000-2000 #1 one\n3000-4000 #3 three\n", .n_lost = 1 },
};

static const Case webvtt[] = {
  { "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n\nid\n00:00:03.000 --> 00:00:04.000 "
    "align:start\nBye",
      "1000-2000 Hello\n3000-4000 #id [align:start] Bye\n" },
  { "WEBVTT\n\n00:01.000 --> 00:09.000\na\n\n00:02.000 --> 00:03.000\nb\n\n00:00.500 --> "
    "00:04.000\nc\n",
      "1000-9000 a\n2000-3000 b\n500-4000 c\n" },
  { "WEBVTT - title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:r\nlines:3\n\n"
    "NOTE one\ntwo --> three\n\n00:01.000 --> 00:02.000\n<v Ann>Hi &amp; bye</v>\n",
      "1000-2000 @Ann Hi & bye\n" },
  { "WEBVTT\n\n00:00.000 --> 00:01.000\ngood<00:00:00.480><c> morning</c>\n \n\n"
    "00:01.000 --> 00:02.000\n<lang es><c.a.b>&lt;x&gt;&nbsp;</c></lang>",
      "0-1000 good morning/ \n1000-2000 <x>\u00a0\n" },
  /* The header directly above a cue; without empty lines; arrows in texts. */
  { "WEBVTT\n00:01.000 --> 00:02.000\none\n00:02.000 --> 00:03.000\ntwo --> three\n",
      "1000-2000 one\n2000-3000 two --> three\n" },
  { "WEBVTT\n\n00:01.000 --> 00:02.000\n\n100:00:00.000 --> 100:00:01.000\nlate\n\nNOTE end\n",
      "1000-2000 \n360000000-360001000 late\n" },
  { "WEBVTT\n\n00:01.000 --> bad\nlost\n\n00:02.000 --> 00:03.000\nkept\n", "2000-3000 kept\n",
      .n_lost = 1 },
};

#define ASS_HEAD \
  "[Script Info]\nTitle: x\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n"
#define ASS_FORMAT \
  "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"

static const Case substation[] = {
  { ASS_HEAD ASS_FORMAT
      "Dialogue: 0,0:00:01.00,0:00:02.50,Default,Ann,0,0,0,,{\\b1}Hello,{\\b0} you\\Nthere\n"
      "Comment: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,hidden\n"
      "Dialogue: 1,0:00:00.50,0:00:09.00,Sign,,0,0,0,fx,over\n",
      "1000-2500 [0,Default,Ann,0,0,0,] @Ann Hello, you/there\n"
      "500-9000 [1,Sign,,0,0,0,fx] over\n" },
  /* SSA, with other fields in another order. */
  { "[Script Info]\n[Events]\nFormat: Marked, Start, End, Actor, Text\n"
    "Dialogue: Marked=0,0:00:01.00,0:00:02.00,Bob,text, with commas\n",
      "1000-2000 [Marked=0,Bob] @Bob text, with commas\n" },
  { "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,\nDialogue: "
    "0,zero,0:00:02.00,D,,0,0,0,,x\n"
    "Dialogue: 0,0:00:01.00\n",
      "1000-2000 [0,D,,0,0,0,] \n", .n_lost = 2 },
  { "\n[script info]\r\n[Events]\r\ndialogue: 0,100:00:01.00,100:00:02.00,D,,0,0,0,,x\r\n\r\n"
    "[Fonts]\r\nfontname: a.ttf\r\n",
      "360001000-360002000 [0,D,,0,0,0,] x\n" },
};

#define TT \
  "<tt xmlns=\"http://www.w3.org/ns/ttml\" xmlns:ttp=\"http://www.w3.org/ns/ttml#parameter\" "

static const Case ttml[] = {
  { "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n" TT "xml:lang=\"en\"><head><metadata><p>no</p>"
    "</metadata></head><body><div>\n<p begin=\"00:00:01.500\" end=\"00:00:02\" xml:id='a' "
    "region=\"r\">\n"
    " one<br/>\n <span tts:x='y'>two &amp; three</span></p>\n<p begin=\"3s\" dur=\"500ms\"/>"
    "<p end='4500ms' begin='1m'>early end</p></div></body></tt>",
      "1500-2000 #a [region=\"r\"] one/two & three\n3000-3500 \n60000-60000 early end\n" },
  /* Frames, ticks, and their rates in any order. */
  { TT "ttp:frameRateMultiplier=\"1000 1001\" ttp:frameRate=\"25\" "
       "ttp:tickRate=\"10000000\"><body><div>"
       "<p begin=\"00:00:01:00\" end=\"50f\">f</p><p begin=\"15000000t\" "
       "end=\"0.001h\">t</p></div></body></tt>",
      "1000-2002 f\n1500-3600 t\n" },
  /* Times of elements around it, sequences, overlapping, no end. */
  { TT "><body begin=\"10s\"><div begin=\"1s\" end=\"5s\"><p>a</p><p begin=\"1s\" "
       "end=\"9s\">b</p></div>"
       "<div timeContainer=\"seq\"><p dur=\"1s\">c</p><p begin=\"1s\" dur=\"2s\">d</p></div>"
       "<div><p begin=\"0s\">e</p><p begin=\"2s\">f</p></div></body></tt>",
      "11000-15000 a\n12000-15000 b\n10000-11000 c\n12000-14000 d\n10000-12000 e\n12000-17000 "
      "f\n" },
  /* Spans with times. */
  { TT
      "><body><div><p>\n<span begin=\"1s\" end=\"2s\" xml:id=\"x\">one</span>\n"
      "<span begin=\"3s\" end=\"4s\">two</span></p>"
      "<p><span begin=\"5s\" end=\"6s\">all</span> of <span begin=\"6s\" end=\"7s\">it</span></p>"
      "<p begin=\"8s\" end=\"9s\"><span begin=\"0s\">word</span> <span begin=\"0.5s\">by</span></p>"
      "</div></body></tt>",
      "1000-2000 #x one\n3000-4000 two\n5000-7000 all of it\n8000-9000 word by\n" },
  { "<tt:tt xmlns:tt='x'><tt:body><tt:div><tt:p begin='1s' end='2s'>a<tt:br/>b</tt:p>"
    "<tt:p begin='never' end='2s'>lost</tt:p></tt:div></tt:body></tt:tt>",
      "1000-2000 a/b\n", .n_lost = 1 },
  { "<!-- c --><tt><body><div><p begin=\"1s\" end=\"2s\" a=\"x>/\"></p><p begin='2s' "
    "end='3s'>é</p></div></body></tt>",
      "1000-2000 [a=\"x>/\"] \n2000-3000 é\n" },
};

static void
test_srt (void)
{
  assert_cases ("srt", subrip, G_N_ELEMENTS (subrip));
}

static void
test_vtt (void)
{
  assert_cases ("vtt", webvtt, G_N_ELEMENTS (webvtt));
}

static void
test_ass (void)
{
  assert_cases ("ass", substation, G_N_ELEMENTS (substation));
}

static void
test_ttml (void)
{
  assert_cases ("ttml", ttml, G_N_ELEMENTS (ttml));
}

/* Whatever is in a file and is no cue is in a preamble or the trailer, as it was. */
static void
test_kept (void)
{
  static const char head[] = "WEBVTT - t\nKind: captions\n\nSTYLE\n::cue {}\n\nNOTE\nx\n\n";
  g_autofree char *vtt = g_strconcat (head,
      "00:01.000 --> 00:02.000\n<b>x</b>\n\nNOTE middle\n\n00:02.000 --> 00:03.000\ny\n\nNOTE "
      "end\n",
      NULL);
  g_autoptr (HablaSubtitleFile) a = parse (vtt);
  g_autoptr (HablaSubtitleFile) b = parse (
      "By me\n\n1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:-1 --> 00:00:02,000\nb\n\n3\n"
      "00:00:03,000 --> 00:00:04,000\nc\n");
  g_autoptr (HablaSubtitleFile) c = parse ("[Events]\nFormat: Start, End, Text\nComment: x\n"
                                           "Dialogue: 0:00:01.00,0:00:02.00,y\n[Fonts]\n");
  g_autoptr (HablaSubtitleFile) d =
      parse ("<tt><body begin='1s' dur=\"9s\" x='y'><div>\n<p begin=\"0s\" end=\"1s\">a</p> "
             "<p begin='1s' end='2s'>b<br/></p>\n</div></body></tt>");
  const HablaCue *cue = g_ptr_array_index (a->cues, 0);

  g_assert_cmpstr (cue->preamble, ==, head);
  g_assert_cmpstr (cue->markup, ==, "<b>x</b>");
  cue = g_ptr_array_index (a->cues, 1);
  g_assert_cmpstr (cue->preamble, ==, "NOTE middle\n\n");
  g_assert_null (cue->markup);
  g_assert_cmpstr (cue->trailer, ==, "NOTE end\n");
  cue = g_ptr_array_index (b->cues, 0);
  g_assert_cmpstr (cue->preamble, ==, "By me\n\n");
  cue = g_ptr_array_index (b->cues, 1);
  g_assert_cmpstr (cue->preamble, ==, "2\n00:00:-1 --> 00:00:02,000\nb\n\n");
  g_assert_cmpuint (b->first_lost, ==, 8);
  cue = g_ptr_array_index (c->cues, 0);
  g_assert_cmpstr (cue->preamble, ==, "[Events]\nFormat: Start, End, Text\nComment: x\n");
  g_assert_cmpstr (cue->trailer, ==, "[Fonts]\n");
  cue = g_ptr_array_index (d->cues, 0);
  g_assert_cmpstr (cue->preamble, ==, "<tt><body x='y'><div>\n");
  cue = g_ptr_array_index (d->cues, 1);
  g_assert_cmpstr (cue->preamble, ==, " ");
  g_assert_cmpstr (cue->markup, ==, "b<br/>");
  g_assert_cmpstr (cue->trailer, ==, "\n</div></body></tt>");
}

static void
assert_refused (const char *input, gsize size, HablaSubtitleError code, const char *pattern)
{
  g_autoptr (GError) error = NULL;
  clock_t begin = clock ();

  g_assert_null (habla_subtitle_file_parse ((const guint8 *) input, size, NULL, NULL, &error));
  g_assert_error (error, HABLA_SUBTITLE_ERROR, (int) code);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("unexpected message: %s", error->message);
  g_assert_cmpint (clock () - begin, <, habla_test_scale (5) * CLOCKS_PER_SEC);
}

static void
test_refused (void)
{
  static const struct {
    const char *input;
    HablaSubtitleError code;
    const char *pattern;
  } refused[] = {
    { "", HABLA_SUBTITLE_ERROR_FORMAT, "there are no subtitles *" },
    { "hello\n", HABLA_SUBTITLE_ERROR_FORMAT, "there are no subtitles *" },
    { "<html><body>00:00</body></html>", HABLA_SUBTITLE_ERROR_FORMAT, "*" },
    { "<tt><body>\n<p begin='1s' end='2s'>a</body></tt>", HABLA_SUBTITLE_ERROR_DAMAGED,
        "line 2: the XML is not well-formed: *" },
    { "<tt><body><p begin='1s' end='2s'>a", HABLA_SUBTITLE_ERROR_DAMAGED, "line 1: *" },
    { "<!DOCTYPE tt [\n<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><tt><body><p begin='1s' "
      "end='2s'>&b;</p></body></tt>",
        HABLA_SUBTITLE_ERROR_DAMAGED, "line 2: the declaration of the entity “a” is not allowed" },
    { "<!DOCTYPE tt [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><tt><body>&x;</body></tt>",
        HABLA_SUBTITLE_ERROR_DAMAGED, "*entity “x” is not allowed" },
    { "<!DOCTYPE tt [<!ENTITY % x SYSTEM \"file:///etc/passwd\"> %x;]><tt/>",
        HABLA_SUBTITLE_ERROR_DAMAGED, "*entity “x” is not allowed" },
    { "<!DOCTYPE tt [<!ATTLIST p begin CDATA \"1s\">]><tt/>", HABLA_SUBTITLE_ERROR_DAMAGED,
        "*“begin” is not allowed" },
    { "<tt><body><p begin='1s' end='2s'>&nbsp;</p></body></tt>", HABLA_SUBTITLE_ERROR_DAMAGED,
        "*nbsp*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    assert_refused (
        refused[i].input, strlen (refused[i].input), refused[i].code, refused[i].pattern);
}

static GString *
repeat (const char *head, const char *piece, gsize size)
{
  GString *text = g_string_sized_new (size + 1024);

  g_string_append (text, head);
  while (text->len < size)
    g_string_append (text, piece);
  return text;
}

/* Malicious files are refused or read in linear time. In the slow lanes, those without many cues
 * are smaller. */
static void
test_large (void)
{
  static const struct {
    const char *head;
    const char *piece;
    HablaSubtitleError code;
    gboolean has_cues; /* more than HABLA_SUBTITLE_MAX_CUES */
  } large[] = {
    { "", "<", HABLA_SUBTITLE_ERROR_FORMAT },
    { "", "<!--", HABLA_SUBTITLE_ERROR_FORMAT },
    { "", "\r", HABLA_SUBTITLE_ERROR_FORMAT },
    { "00:00:01,000 --> 00:00:02,000\n", "<", HABLA_SUBTITLE_ERROR_TOO_LARGE },
    { "00:00:01,000 --> 00:00:02,000\n", "1\n", HABLA_SUBTITLE_ERROR_TOO_LARGE },
    { "WEBVTT\n\n00:01.000 --> 00:02.000\n", "<\n", HABLA_SUBTITLE_ERROR_TOO_LARGE },
    { "", "1:0-->1:1\n", HABLA_SUBTITLE_ERROR_TOO_LARGE, TRUE },
    { "WEBVTT\n\n", "1:0 --> 1:1\n", HABLA_SUBTITLE_ERROR_TOO_LARGE, TRUE },
    { "[Events]\nFormat: Start,End,Text\n", "Dialogue: 0:0,0:1,x\n", HABLA_SUBTITLE_ERROR_TOO_LARGE,
        TRUE },
    { "[Events]\nDialogue: 0,0:0:0,0:0:1,,,,,,,", "{", HABLA_SUBTITLE_ERROR_TOO_LARGE },
    { "<tt><body>", "<p begin='1s'/>", HABLA_SUBTITLE_ERROR_TOO_LARGE, TRUE },
    { "<tt>", "<p>", HABLA_SUBTITLE_ERROR_DAMAGED },
    { "<tt>", "<", HABLA_SUBTITLE_ERROR_DAMAGED },
    { "<tt><p begin='1s'>", "&lt;", HABLA_SUBTITLE_ERROR_DAMAGED },
  };
  const gsize size = 256 * 1024 * habla_test_repeat (16);

  for (guint i = 0; i < G_N_ELEMENTS (large); i++) {
    g_autoptr (GString) text =
        repeat (large[i].head, large[i].piece, large[i].has_cues ? 4 * 1024 * 1024 : size);

    assert_refused (text->str, text->len, large[i].code, "*");
  }
}

static void
test_too_large (void)
{
  g_autofree char *text = g_malloc0 (HABLA_SUBTITLE_MAX_SIZE + 1);

  assert_refused (
      text, HABLA_SUBTITLE_MAX_SIZE + 1, HABLA_SUBTITLE_ERROR_TOO_LARGE, "*more than 32 MiB*");
}

/* Any bytes give valid cues or an error, and each time line gives a cue or is counted. */
static void
test_random (void)
{
  static const char *const pieces[] = { "1", "\n", "\n\n", "00:00:01,000 --> 00:00:02,000\n",
    "text", " ", "-->", "<b>", "WEBVTT", "\r\n", "NOTE", "\xff", "[Events]\n",
    "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,x\n", "<tt>", "<p begin='1s' end='2s'>", "</p>",
    "</tt>", "<span begin='1s'>", "</span>", "{\\p1}", ":", "\xef\xbb\xbf" };

  for (guint i = 0; i < 1000 * habla_test_repeat (5); i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (HablaSubtitleFile) file = NULL;

    for (int n = g_test_rand_int_range (0, 20); n > 0; n--)
      g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    file = habla_subtitle_file_parse ((const guint8 *) text->str, text->len, NULL, NULL, NULL);
    for (guint j = 0; file != NULL && j < file->cues->len; j++) {
      const HablaCue *cue = g_ptr_array_index (file->cues, j);

      g_assert_true (g_utf8_validate (cue->text, -1, NULL));
      g_assert_cmpuint (cue->begin, <=, cue->end);
      g_assert_cmpuint (cue->end, !=, G_MAXUINT64);
    }
  }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/subtitle-parser/srt", test_srt);
  g_test_add_func ("/subtitle-parser/vtt", test_vtt);
  g_test_add_func ("/subtitle-parser/ass", test_ass);
  g_test_add_func ("/subtitle-parser/ttml", test_ttml);
  g_test_add_func ("/subtitle-parser/kept", test_kept);
  g_test_add_func ("/subtitle-parser/refused", test_refused);
  g_test_add_func ("/subtitle-parser/large", test_large);
  g_test_add_func ("/subtitle-parser/too-large", test_too_large);
  g_test_add_func ("/subtitle-parser/random", test_random);
  return habla_test_run ();
}
