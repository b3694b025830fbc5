/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <command/batch/finished-files.h>
#include <glib/gstdio.h>
#include <string.h>

/* Above the maximum number of records. */
#define MANY 20001
#define RECORD_SIZE 130

static char *
make_file (const char *name, const char *text)
{
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static char *
get_records_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "habla", "finished", NULL);
}

static gboolean
contain (const char *output, const char *source)
{
  g_autoptr (HablaFinishedFiles) files = habla_finished_files_new ();

  return habla_finished_files_contain (files, output, source);
}

static void
add (const char *output, const char *source, gboolean is_written)
{
  g_autoptr (HablaFinishedFiles) files = habla_finished_files_new ();

  habla_finished_files_add (files, output, source, is_written);
}

static void
test_records (void)
{
  g_autofree char *input = make_file ("in.srt", "1");
  g_autofree char *output = make_file ("out.vtt", "WEBVTT");
  g_autofree char *source = habla_finished_files_describe_input (input, "--to\nes\n");
  g_autofree char *other = habla_finished_files_describe_input (input, "--to\nfr\n");
  g_autofree char *changed = NULL;

  g_assert_cmpstr (source, !=, other);
  g_assert_false (contain (output, source));
  add (output, source, TRUE);
  g_assert_true (contain (output, source));
  g_assert_false (contain (output, other));
  g_assert_false (contain (input, source));
  /* The input has changed. */
  g_free (make_file ("in.srt", "12"));
  changed = habla_finished_files_describe_input (input, "--to\nes\n");
  g_assert_false (contain (output, changed));
  /* The output is from other options now. */
  add (output, other, TRUE);
  g_assert_false (contain (output, source));
  g_assert_true (contain (output, other));
  /* The output was deleted, or never needed. */
  g_assert_cmpint (g_unlink (output), ==, 0);
  g_assert_false (contain (output, other));
  add (output, other, FALSE);
  g_assert_true (contain (output, other));
  g_assert_null (habla_finished_files_describe_input (output, ""));
}

/* Lines of another program, or of a crash, are ignored. */
static void
test_damaged (void)
{
  g_autofree char *output = make_file ("damaged.vtt", "WEBVTT");
  g_autofree char *path = get_records_path ();
  g_autofree char *source = habla_finished_files_describe_input (output, "");
  g_autofree char *text = NULL;

  add (output, source, TRUE);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (path, "\xff\n\nx y\n", -1, NULL));
  g_assert_false (contain (output, source));
  text[strlen (text) - 10] = '\0';
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_false (contain (output, source));
}

/* The oldest records are forgotten. */
static void
test_many (void)
{
  g_autofree char *path = get_records_path ();
  g_autofree char *output = make_file ("last.vtt", "WEBVTT");
  g_autofree char *source = habla_finished_files_describe_input (output, "");
  g_autoptr (GString) text = g_string_new (NULL);
  GStatBuf info;

  for (guint i = 0; i < MANY; i++)
    g_string_append_printf (text, "%064u %064u\n", i, i);
  g_assert_cmpuint (text->len, ==, MANY * RECORD_SIZE);
  g_assert_true (g_file_set_contents (path, text->str, text->len, NULL));
  add (output, source, TRUE);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_size, ==, (MANY / 2 + 1) * RECORD_SIZE);
  g_assert_true (contain (output, source));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/finished-files/records", test_records);
  g_test_add_func ("/finished-files/damaged", test_damaged);
  g_test_add_func ("/finished-files/many", test_many);
  return habla_test_run ();
}
