/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <command/exit-status.h>
#include <command/input.h>
#include <string.h>
#include <sys/stat.h>

static char *
write_file (const char *name, gconstpointer data, gsize size)
{
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
  return path;
}

static void
assert_kind (const char *name, const char *text, HablaInputKind kind)
{
  g_autofree char *path = write_file (name, text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaInput) input = habla_input_new (path, &error);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  g_assert_no_error (error);
  g_assert_cmpint (input->kind, ==, kind);
  g_assert_cmpstr (input->path, ==, path);
  g_assert_cmpstr (input->uri, ==, uri);
  g_assert_cmpint (input->fd, ==, -1);
}

/* Subtitles are detected by their contents, also if shorter than GStreamer's type finder needs (129
 * bytes). */
static void
test_subtitles (void)
{
  assert_kind ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nhello\n", HABLA_INPUT_SUBTITLES);
  assert_kind ("a b#%.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n", HABLA_INPUT_SUBTITLES);
  assert_kind ("subtitles", "1\n00:00:01,000 --> 00:00:02,000\nhello\n", HABLA_INPUT_SUBTITLES);
  assert_kind ("text", "hello\n", HABLA_INPUT_RECORDING);
}

static void
assert_bad (const char *argument, HablaExitStatus code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (habla_input_new (argument, &error));
  g_assert_error (error, HABLA_EXIT_ERROR, (int) code);
}

static void
test_bad (void)
{
  g_autofree char *empty = write_file ("empty.wav", "", 0);
  g_autofree char *text = write_file ("text.srt", "hello", 5);

  assert_bad ("/none/at/all.wav", HABLA_EXIT_NO_INPUT);
  assert_bad ("file:///none/at/all.wav", HABLA_EXIT_NO_INPUT);
  assert_bad (habla_test_get_dir (), HABLA_EXIT_NO_INPUT);
  assert_bad (empty, HABLA_EXIT_DATA);
  assert_bad (text, HABLA_EXIT_DATA);
}

static gboolean
is_cut_short (gconstpointer data, gsize size)
{
  g_autofree char *path = write_file ("cut", data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaInput) input = habla_input_new (path, &error);

  g_assert_no_error (error);
  return input->cut_short;
}

static void
test_cut_short_wav (void)
{
  guint8 wav[112] = "RIFF";

  memcpy (wav + 8, "WAVEfmt ", 8);
  GST_WRITE_UINT32_LE (wav + 4, sizeof wav - 8);
  g_assert_false (is_cut_short (wav, sizeof wav));
  g_assert_true (is_cut_short (wav, sizeof wav - 1));
  /* A program that writes to a pipe does not know the size. */
  GST_WRITE_UINT32_LE (wav + 4, 0);
  g_assert_false (is_cut_short (wav, sizeof wav));
  GST_WRITE_UINT32_LE (wav + 4, G_MAXUINT32);
  g_assert_false (is_cut_short (wav, sizeof wav));
}

/* Two pages of 27 + 1 + 10 bytes, the second with the flag of the last page (4). */
static void
test_cut_short_ogg (void)
{
  guint8 ogg[76] = "OggS";

  memcpy (ogg + 38, "OggS", 4);
  ogg[26] = ogg[38 + 26] = 1;
  ogg[27] = ogg[38 + 27] = 10;
  ogg[5] = 2;
  ogg[38 + 5] = 4;
  g_assert_false (is_cut_short (ogg, sizeof ogg));
  g_assert_true (is_cut_short (ogg, sizeof ogg - 1));
  g_assert_true (is_cut_short (ogg, 38));
}

static void
test_not_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaInput) remote = habla_input_new ("http://host.example/a.ogg", &error);
  g_autoptr (HablaInput) pipe = NULL;
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "pipe", NULL);

  g_assert_no_error (error);
  g_assert_null (remote->path);
  g_assert_cmpstr (remote->uri, ==, "http://host.example/a.ogg");
  /* Opening a pipe without a writer does not block. */
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  pipe = habla_input_new (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (pipe->fd, >=, 0);
  g_assert_null (pipe->uri);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/input/subtitles", test_subtitles);
  g_test_add_func ("/input/bad", test_bad);
  g_test_add_func ("/input/cut-short-wav", test_cut_short_wav);
  g_test_add_func ("/input/cut-short-ogg", test_cut_short_ogg);
  g_test_add_func ("/input/not-files", test_not_files);
  return habla_test_run ();
}
