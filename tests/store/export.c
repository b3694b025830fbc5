/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exports as other programs read them: subtitles by subparse of GStreamer, the rest by Python. */
#include "store-test.h"

#include "habla-test.h"

#include <store/export.h>
#include <string.h>

/* Texts survive all formats except subtitles, which make a single line of each. */
static const struct {
  const char *source;
  const char *spanish; /* NULL = the translation failed */
  const char *line;
  const char *spanish_line;
} texts[] = {
  { "The house is big.", "La casa es grande.", "The house is big.", "La casa es grande." },
  { "Fish & chips, 3 > 2 --> yes", "Sí: ¡«ñandú»!", "Fish & chips, 3 > 2 --> yes",
      "Sí: ¡«ñandú»!" },
  { "Two\nlines\n\nand a\ttab", "\"quoted\", 'too'", "Two lines and a tab", "\"quoted\", 'too'" },
  { "Nobody knows", NULL, "Nobody knows", NULL },
  { "🦜 東京 Привет \\n \\u0041 {b}", "=SUM(A1) '; DROP TABLE x; --",
      "🦜 東京 Привет \\n \\u0041 {b}", "=SUM(A1) '; DROP TABLE x; --" },
};

static HablaSessionRecord *
make_session (void)
{
  HablaSessionRecord *session = habla_session_record_new ();

  session->id = 7;
  session->room = g_strdup ("Room \"1\"\n");
  session->direction = g_strdup ("en_to_es");
  session->mode = g_strdup ("classroom");
  session->started_at = STORE_TEST_TIME;
  session->ended_at = STORE_TEST_TIME + 3600 * G_TIME_SPAN_SECOND;
  session->notes = g_strdup ("Unit 3\nser, estar");
  session->languages = g_strsplit ("es,fr", ",", -1);
  return session;
}

/* The third and fourth are speech of 1.5 s, an hour later. */
static HablaUtteranceRecord *
make_utterance (guint i)
{
  HablaUtteranceRecord *utterance = store_test_utterance (i, 7, texts[i].source, texts[i].spanish);

  if (i >= 2) {
    utterance->begin += G_GINT64_CONSTANT (3600000000000);
    utterance->end = utterance->begin + 1500000000;
  }
  if (i == 1) {
    g_free (utterance->speaker->custom_name);
    utterance->speaker->custom_name = g_strdup ("Ana\t\"la profe\"");
  }
  if (i == 3) {
    g_clear_pointer (&utterance->speaker, habla_speaker_record_free);
    g_free (utterance->direction);
    utterance->direction = g_strdup ("fr_to_ca");
  }
  return utterance;
}

/* French has no name. */
static const char *
name_direction (const char *languages)
{
  return g_strcmp0 (languages, "en_to_es") == 0 ? "forth" : NULL;
}

static char *export(HablaExportFormat format, const char *language)
{
  g_autoptr (HablaSessionRecord) session = make_session ();
  g_autoptr (HablaExport) writer =
      habla_export_new (format, session, language, name_direction, FALSE);
  GString *out = g_string_new (NULL);

  habla_export_begin (writer, out);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (HablaUtteranceRecord) utterance = make_utterance (i);

    habla_export_add (writer, utterance, out);
  }
  habla_export_end (writer, out);
  g_assert_true (g_utf8_validate (out->str, out->len, NULL));
  return g_string_free (out, FALSE);
}

/* Returns: (transfer full): path of a file with the export */
static char *
save (HablaExportFormat format, const char *language)
{
  g_autofree char *text = export(format, language);
  g_autofree char *name = g_strdup_printf (
      "session-%s.%s", language != NULL ? language : "all", habla_export_format_get_name (format));
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* subparse does not decode the escapes of WebVTT. */
static char *
unescape (const char *text)
{
  g_autoptr (GString) plain = g_string_new (text);

  g_string_replace (plain, "&lt;", "<", 0);
  g_string_replace (plain, "&gt;", ">", 0);
  g_string_replace (plain, "&amp;", "&", 0);
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

static void
assert_subtitle (HablaExportFormat format, GstSample *sample, GstClockTime begin,
    GstClockTime duration, const char *text)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;
  g_autofree char *got = NULL, *plain = NULL;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  got = g_strndup ((const char *) map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  plain = format == HABLA_EXPORT_VTT ? unescape (got) : g_strdup (got);
  if (format == HABLA_EXPORT_VTT)
    g_assert_null (strstr (got, "-->"));
  g_assert_cmpstr (g_strchomp (plain), ==, text);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, begin);
  if (duration != 0)
    g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, duration);
}

/* Returns: how long the subtitle of the third text or a later one is shown: until its speech or the
 * next subtitle */
static GstClockTime
get_duration (guint i, gboolean is_spanish)
{
  guint next = i + 1;

  if (is_spanish && next < G_N_ELEMENTS (texts) && texts[next].spanish == NULL)
    next++;
  return next == i + 1 && next < G_N_ELEMENTS (texts) ? GST_SECOND : 1500 * GST_MSECOND;
}

static void
check_subtitles (HablaExportFormat format, const char *language)
{
  g_autofree char *path = save (format, language);
  g_autofree char *line = g_strdup_printf (
      "filesrc location=\"%s\" ! subparse ! text/x-raw,format=utf8 ! appsink name=out sync=false",
      path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) sink = NULL;
  GstSample *sample = NULL;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    GstClockTime begin = (i + (i >= 2 ? 3600 : 0)) * GST_SECOND;
    gboolean is_spanish = g_strcmp0 (language, "es") == 0;
    g_autofree char *both = NULL;

    if (is_spanish && texts[i].spanish == NULL)
      continue;
    if (language == NULL && texts[i].spanish != NULL)
      both = g_strdup_printf ("%s\n%s", texts[i].line, texts[i].spanish_line);
    g_signal_emit_by_name (sink, "pull-sample", &sample);
    g_assert_nonnull (sample);
    assert_subtitle (format, sample, begin, i >= 2 ? get_duration (i, is_spanish) : 0,
        both != NULL ? both
        : is_spanish ? texts[i].spanish_line
                     : texts[i].line);
    g_clear_pointer (&sample, gst_sample_unref);
  }
  g_signal_emit_by_name (sink, "pull-sample", &sample);
  g_assert_null (sample);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
test_subtitles (gconstpointer format)
{
  check_subtitles (GPOINTER_TO_UINT (format), NULL);
  check_subtitles (GPOINTER_TO_UINT (format), "en");
  check_subtitles (GPOINTER_TO_UINT (format), "es");
}

/* @script: reads sys.argv[1]; sys.argv[2:] has alternately a source and its translation. */
static void
check_by_python (const char *script, const char *path)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *message = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_ptr_array_add (argv, (gpointer) "python3");
  g_ptr_array_add (argv, (gpointer) "-c");
  g_ptr_array_add (argv, (gpointer) script);
  g_ptr_array_add (argv, (gpointer) path);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_ptr_array_add (argv, (gpointer) texts[i].source);
    g_ptr_array_add (argv, (gpointer) (texts[i].spanish != NULL ? texts[i].spanish : ""));
  }
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &message,
      &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s: %s", path, message);
}

static void
test_json (void)
{
  g_autofree char *all = save (HABLA_EXPORT_JSON, NULL);
  g_autofree char *spanish = save (HABLA_EXPORT_JSON, "es");

  check_by_python (
      "import json, sys, datetime\n"
      "d = json.load(open(sys.argv[1], encoding='utf-8'))\n"
      "s = d['session']\n"
      "assert s['id'] == 7 and s['room'] == 'Room \"1\"\\n', s\n"
      "assert s['notes'] == 'Unit 3\\nser, estar', s\n"
      "assert [e['source'] for e in d['exchanges']] == sys.argv[2::2]\n"
      "assert [e['translations'].get('es', '') for e in d['exchanges']] == sys.argv[3::2]\n"
      "assert [e['id'] for e in d['exchanges']] == list(range(5))\n"
      "assert d['exchanges'][1]['speaker'] == 'Ana\\t\"la profe\"'\n"
      "assert d['exchanges'][3]['speaker'] is None\n"
      "assert s['direction'] == d['exchanges'][0]['direction'] == 'forth'\n"
      "assert d['exchanges'][3]['direction'] is None\n"
      "assert d['exchanges'][0]['confidence'] == 0.75\n"
      "t = [datetime.datetime.strptime(e['begin'], '%Y-%m-%dT%H:%M:%S.%fZ')"
      " for e in d['exchanges']]\n"
      "assert (t[1] - t[0]).total_seconds() == 1 and (t[2] - t[1]).total_seconds() == 3601\n",
      all);
  check_by_python ("import json, sys\n"
                   "d = json.load(open(sys.argv[1], encoding='utf-8'))\n"
                   "assert [e['text'] or '' for e in d['exchanges']] == sys.argv[3::2]\n"
                   "assert d['exchanges'][3]['text'] is None\n",
      spanish);
}

static void
test_tsv (void)
{
  g_autofree char *all = save (HABLA_EXPORT_TSV, NULL);
  g_autofree char *spanish = save (HABLA_EXPORT_TSV, "es");

  check_by_python (
      "import csv, sys\n"
      "r = list(csv.reader(open(sys.argv[1], encoding='utf-8', newline=''), 'excel-tab'))\n"
      "assert r[0] == ['id', 'begin', 'end', 'speaker', 'language', 'text', 'es', 'fr'], r[0]\n"
      "assert all(len(x) == 8 for x in r)\n"
      "assert [x[5] for x in r[1:]] == sys.argv[2::2]\n"
      "assert [x[6].removeprefix(\"'\") for x in r[1:]] == sys.argv[3::2]\n"
      "assert r[5][6].startswith(\"'=SUM(\")\n"
      "assert [x[7] for x in r[1:]] == [''] * 5\n"
      "assert r[2][3] == 'Ana\\t\"la profe\"' and r[4][3] == ''\n",
      all);
  check_by_python (
      "import csv, sys\n"
      "r = list(csv.reader(open(sys.argv[1], encoding='utf-8', newline=''), 'excel-tab'))\n"
      "assert all(len(x) == 6 for x in r)\n"
      "assert [x[5].removeprefix(\"'\") for x in r[1:]] == sys.argv[3::2]\n",
      spanish);
}

/* Local time, which the tests set to that of Madrid in winter. */
static void
test_heading (void)
{
  g_autoptr (HablaSessionRecord) session = make_session ();
  g_autoptr (HablaExport) writer = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  session->title = g_strdup ("The  seasons");
  writer = habla_export_new (HABLA_EXPORT_TXT, session, NULL, name_direction, FALSE);
  habla_export_begin (writer, text);
  g_assert_cmpstr (
      text->str, ==, "The seasons\nRoom \"1\", 2026-11-25 09:00\n\nUnit 3\nser, estar\n\n");
}

static void
test_text (void)
{
  static const char heading[] = "Room \"1\"\n2026-11-25 09:00\n\nUnit 3\n";
  g_autofree char *all = export(HABLA_EXPORT_TXT, NULL);
  g_autofree char *spanish = export(HABLA_EXPORT_TXT, "es");

  g_assert_true (g_str_has_prefix (all, heading));
  g_assert_nonnull (strstr (
      all, "[00:00:00] Typed: The house is big.\n           es: La casa es grande.\n[00:00:01]"));
  g_assert_nonnull (strstr (all, "[01:00:02] Typed: Two lines and a tab\n"));
  g_assert_nonnull (strstr (all, "[01:00:03] Nobody knows\n[01:00:04]"));
  g_assert_nonnull (strstr (spanish, "[00:00:00] Typed: La casa es grande.\n[00:00:01] "));
  g_assert_null (strstr (spanish, "house"));
}

/* Text is never taken for markup. */
static void
test_markup (void)
{
  g_autoptr (HablaSessionRecord) session = make_session ();
  g_autoptr (HablaExport) writer =
      habla_export_new (HABLA_EXPORT_VTT, session, NULL, name_direction, FALSE);
  g_autoptr (HablaUtteranceRecord) utterance =
      store_test_utterance (1, 7, "a <b> & c --> d", "<v Ana> &amp;");
  g_autoptr (GString) out = g_string_new (NULL);

  habla_export_begin (writer, out);
  habla_export_add (writer, utterance, out);
  habla_export_end (writer, out);
  g_assert_nonnull (
      strstr (out->str, "\na &lt;b&gt; &amp; c --&gt; d\n&lt;v Ana&gt; &amp;amp;\n\n"));
}

/* Long speech becomes several subtitles of two lines; the last one is long enough, unless the next
 * follows at once. */
static void
test_long_speech (void)
{
  g_autoptr (HablaSessionRecord) session = make_session ();
  g_autoptr (HablaExport) writer =
      habla_export_new (HABLA_EXPORT_SRT, session, "en", name_direction, FALSE);
  g_autoptr (GString) out = g_string_new (NULL);
  static const char speech[] = "The family of Dashwood had long been settled in Sussex, their "
                               "estate was large, and their residence was at Norland Park.";

  habla_export_begin (writer, out);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (HablaUtteranceRecord) utterance =
        store_test_utterance (0, 7, i == 0 ? speech : "Yes.", NULL);

    utterance->begin += i * G_GINT64_CONSTANT (12000000000);
    utterance->end = utterance->begin + (i == 0 ? G_GINT64_CONSTANT (12000000000) : 200000000);
    habla_export_add (writer, utterance, out);
  }
  habla_export_end (writer, out);
  g_assert_cmpstr (out->str, ==,
      "1\n00:00:00,000 --> 00:00:05,615\nThe family of Dashwood had\nlong been settled in Sussex,\n"
      "\n2\n00:00:05,615 --> 00:00:12,000\ntheir estate was large,\nand their residence was at "
      "Norland Park.\n\n3\n00:00:12,000 --> 00:00:13,000\nYes.\n\n"
      "4\n00:00:24,000 --> 00:00:25,000\nYes.\n\n");
}

static void
test_names (void)
{
  HablaExportFormat format;

  for (HablaExportFormat i = HABLA_EXPORT_TXT; i <= HABLA_EXPORT_TSV; i++) {
    g_assert_true (habla_export_format_from_name (habla_export_format_get_name (i), &format));
    g_assert_cmpint (format, ==, i);
  }
  g_assert_false (habla_export_format_from_name ("doc", &format));
  g_assert_false (habla_export_format_from_name ("", &format));
  g_assert_false (habla_export_format_from_name (NULL, &format));
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "CET-1", TRUE);
  habla_test_init (&argc, &argv);
  g_test_add_data_func ("/export/srt", GUINT_TO_POINTER (HABLA_EXPORT_SRT), test_subtitles);
  g_test_add_data_func ("/export/vtt", GUINT_TO_POINTER (HABLA_EXPORT_VTT), test_subtitles);
  g_test_add_func ("/export/json", test_json);
  g_test_add_func ("/export/tsv", test_tsv);
  g_test_add_func ("/export/heading", test_heading);
  g_test_add_func ("/export/text", test_text);
  g_test_add_func ("/export/markup", test_markup);
  g_test_add_func ("/export/long-speech", test_long_speech);
  g_test_add_func ("/export/names", test_names);
  return habla_test_run ();
}
