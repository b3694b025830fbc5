/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <command/output/caption-file.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MSEC G_GUINT64_CONSTANT (1000000)

static const HablaCaptionLayout layout = HABLA_CAPTION_LAYOUT;

static void
add (HablaCaptionFile *file, guint64 begin_ms, guint64 end_ms, const char *text)
{
  const HablaSubtitleEntry entry = { begin_ms * MSEC, end_ms * MSEC, text, NULL, "en", NULL, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (
      habla_caption_file_add (file, &entry, MAX (end_ms, begin_ms + 1000) * MSEC, &error));
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

/* @one: the file with one caption; @two: with two, also committed */
static void
check_file (const char *name, const char *one, const char *two)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaCaptionFile) file = habla_caption_file_new (path, "en", &layout, &error);
  HablaOutputFile *output;

  g_assert_no_error (error);
  output = habla_caption_file_get_output (file);
  assert_contents (habla_output_file_get_written_path (output), "");
  add (file, 1000, 1500, "a < b & c");
  /* Valid at any time, and without its final name until it is committed. */
  assert_contents (habla_output_file_get_written_path (output), one);
  add (file, 1800, 3600, "two");
  assert_contents (habla_output_file_get_written_path (output), two);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (habla_caption_file_commit (file, &error));
  g_assert_no_error (error);
  assert_contents (path, two);
  g_assert_false (g_file_test (habla_output_file_get_written_path (output), G_FILE_TEST_EXISTS));
}

/* The first caption is shown for a second, until there is another: then up to that. */
static void
test_formats (void)
{
  check_file ("a.vtt",
      "WEBVTT\nKind: captions\nLanguage: en\n\n00:00:01.000 --> 00:00:02.000\na &lt; b &amp; c\n\n",
      "WEBVTT\nKind: captions\nLanguage: en\n\n00:00:01.000 --> 00:00:01.720\na &lt; b &amp; c\n\n"
      "00:00:01.800 --> 00:00:03.600\ntwo\n\n");
  check_file ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\na < b & c\n\n",
      "1\n00:00:01,000 --> 00:00:01,720\na < b & c\n\n2\n00:00:01,800 --> 00:00:03,600\ntwo\n\n");
  check_file ("a.json",
      "[\n{\"begin\":1.000,\"end\":1.500,\"speaker\":null,\"language\":\"en\","
      "\"text\":\"a < b & c\",\"source\":null}\n]\n",
      "[\n{\"begin\":1.000,\"end\":1.500,\"speaker\":null,\"language\":\"en\","
      "\"text\":\"a < b & c\",\"source\":null},\n"
      "{\"begin\":1.800,\"end\":3.600,\"speaker\":null,\"language\":\"en\","
      "\"text\":\"two\",\"source\":null}\n]\n");
}

/* Without captions, a file has its header only. */
static void
test_no_captions (void)
{
  static const char *const files[][2] = { { "none.vtt",
                                              "WEBVTT\nKind: captions\nLanguage: en\n\n" },
    { "none.srt", "" }, { "none.json", "[]\n" } };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (habla_test_get_dir (), files[i][0], NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (HablaCaptionFile) file = habla_caption_file_new (path, "en", &layout, &error);

    g_assert_no_error (error);
    g_assert_true (habla_caption_file_commit (file, &error));
    assert_contents (path, files[i][1]);
  }
}

/* A pipe gets each caption at once, and the end of the file when it is committed. */
static void
test_pipe (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "pipe.json", NULL);
  g_autoptr (HablaCaptionFile) file = NULL;
  g_autoptr (GError) error = NULL;
  char buffer[512];
  int fd;
  gssize n;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  fd = g_open (path, O_RDONLY | O_NONBLOCK, 0);
  g_assert_cmpint (fd, >=, 0);
  file = habla_caption_file_new (path, "en", &layout, &error);
  g_assert_no_error (error);
  add (file, 1000, 1500, "one");
  n = read (fd, buffer, sizeof buffer - 1);
  g_assert_cmpint (n, >, 0);
  buffer[n] = '\0';
  g_assert_cmpstr (buffer, ==,
      "[\n{\"begin\":1.000,\"end\":1.500,\"speaker\":null,\"language\":\"en\",\"text\":\"one\","
      "\"source\":null}");
  g_assert_true (habla_caption_file_commit (file, &error));
  n = read (fd, buffer, sizeof buffer - 1);
  g_assert_cmpint (n, ==, 3);
  g_assert_cmpint (memcmp (buffer, "\n]\n", 3), ==, 0);
  close (fd);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/caption-file/formats", test_formats);
  g_test_add_func ("/caption-file/no-captions", test_no_captions);
  g_test_add_func ("/caption-file/pipe", test_pipe);
  return habla_test_run ();
}
