/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <command/output/caption-file.h>
#include <command/exit-status.h>

static void
add (HablaCaptionFile *file, guint64 begin_ms, guint64 end_ms, const char *text)
{
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (1, text, "en");
  g_autoptr (GError) error = NULL;

  utterance->begin = begin_ms == HABLA_TIME_NONE ? HABLA_TIME_NONE : begin_ms * 1000000;
  utterance->end = end_ms == HABLA_TIME_NONE ? HABLA_TIME_NONE : end_ms * 1000000;
  g_assert_true (habla_caption_file_add (file, utterance, &error));
  g_assert_no_error (error);
}

static void
assert_contents (const char *path, const char *wanted)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, wanted);
}

static void
check_file (const char *name, const char *wanted)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaCaptionFile) file = habla_caption_file_new (path, &error);
  HablaOutputFile *output;

  g_assert_no_error (error);
  output = habla_caption_file_get_output (file);
  add (file, 1000, 2500, "a < b & c --> d");
  add (file, 3600000 + 62003, 3600000 + 63004, "one\r\n\n\ntwo  ");
  add (file, HABLA_TIME_NONE, HABLA_TIME_NONE, "no times");
  add (file, 3700000, 3700000, " \n ");
  /* Valid at any time, and without its final name until it is committed. */
  assert_contents (habla_output_file_get_written_path (output), wanted);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (habla_caption_file_commit (file, &error));
  g_assert_no_error (error);
  assert_contents (path, wanted);
  g_assert_false (g_file_test (habla_output_file_get_written_path (output), G_FILE_TEST_EXISTS));
}

static void
test_webvtt (void)
{
  check_file ("a.vtt", "WEBVTT\n\n"
                       "00:00:01.000 --> 00:00:02.500\na &lt; b &amp; c --&gt; d\n\n"
                       "01:01:02.003 --> 01:01:03.004\none\ntwo\n\n"
                       "01:01:03.004 --> 01:01:03.005\nno times\n\n");
}

static void
test_subrip (void)
{
  check_file ("a.srt", "1\n00:00:01,000 --> 00:00:02,500\na < b & c → d\n\n"
                       "2\n01:01:02,003 --> 01:01:03,004\none\ntwo\n\n"
                       "3\n01:01:03,004 --> 01:01:03,005\nno times\n\n");
}

/* Without captions, a WebVTT file has its header only, and a SubRip file is empty. */
static void
test_no_captions (void)
{
  static const char *const names[] = { "none.vtt", "none.srt" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (habla_test_get_dir (), names[i], NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (HablaCaptionFile) file = habla_caption_file_new (path, &error);

    g_assert_no_error (error);
    g_assert_true (habla_caption_file_commit (file, &error));
    assert_contents (path, i == 0 ? "WEBVTT\n\n" : "");
  }
}

/* A long utterance becomes cues that begin with their words, if these have times. */
static void
test_long (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "long.srt", NULL);
  g_autoptr (HablaCaptionFile) file = habla_caption_file_new (path, NULL);
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (1,
      "The family of Dashwood had long been settled in Sussex, their estate was large, and their "
      "residence was at Norland Park.",
      "en");
  g_auto (GStrv) words = g_strsplit (utterance->text, " ", -1);

  utterance->begin = 0;
  utterance->end = 21 * G_GUINT64_CONSTANT (1000000000);
  g_assert_true (habla_caption_file_add (file, utterance, NULL));
  utterance->words = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_word_free);
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (
        utterance->words, habla_word_new (words[i], i * G_GUINT64_CONSTANT (1000000000),
                              (i + 1) * G_GUINT64_CONSTANT (1000000000)));
  g_assert_true (habla_caption_file_add (file, utterance, NULL));
  g_assert_true (habla_caption_file_commit (file, NULL));
  assert_contents (path,
      "1\n00:00:00,000 --> 00:00:04,645\nThe family of Dashwood had\n\n"
      "2\n00:00:04,725 --> 00:00:09,720\nlong been settled in Sussex,\n\n"
      "3\n00:00:09,800 --> 00:00:13,920\ntheir estate was large,\n\n"
      "4\n00:00:14,000 --> 00:00:21,000\nand their residence was at Norland Park.\n\n"
      "5\n00:00:00,000 --> 00:00:06,920\nThe family of Dashwood had long been\n\n"
      "6\n00:00:07,000 --> 00:00:13,920\nsettled in Sussex, their estate was large,\n\n"
      "7\n00:00:14,000 --> 00:00:21,000\nand their residence was at Norland Park.\n\n");
}

static void
test_names (void)
{
  g_assert_true (habla_caption_file_knows ("a.b/c.vtt"));
  g_assert_true (habla_caption_file_knows (".srt"));
  g_assert_false (habla_caption_file_knows ("a.vtt/b"));
  g_assert_false (habla_caption_file_knows ("a.txt"));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/caption-file/webvtt", test_webvtt);
  g_test_add_func ("/caption-file/subrip", test_subrip);
  g_test_add_func ("/caption-file/no-captions", test_no_captions);
  g_test_add_func ("/caption-file/long", test_long);
  g_test_add_func ("/caption-file/names", test_names);
  return habla_test_run ();
}
