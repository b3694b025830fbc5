/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <command/exit-status.h>
#include <command/output/output-file.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
make_path (const char *name)
{
  return g_build_filename (habla_test_get_dir (), name, NULL);
}

static HablaOutputFile *
make (const char *path)
{
  g_autoptr (GError) error = NULL;
  HablaOutputFile *file = habla_output_file_new (path, &error);

  g_assert_no_error (error);
  g_assert_true (habla_output_file_is_empty (file));
  return file;
}

static void
test_name (void)
{
  static const char *const names[][2] = {
    { "a.vtt", "a.es.vtt" },
    { "a", "a.es" },
    { "/b.c/a", "/b.c/a.es" },
    { "/b.c/a.d.vtt", "/b.c/a.d.es.vtt" },
    { "/b/.vtt", "/b/.vtt.es" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *name = habla_output_file_name (names[i][0], "es");

    g_assert_cmpstr (name, ==, names[i][1]);
  }
}

/* An existing file is replaced only on commit. */
static void
test_replace (void)
{
  g_autofree char *path = make_path ("replace.txt");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaOutputFile) file = NULL;

  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  file = make (path);
  g_assert_true (habla_output_file_write (file, "new", "", &error));
  g_assert_false (habla_output_file_is_empty (file));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "old");
  g_clear_pointer (&text, g_free);
  g_assert_true (habla_output_file_commit (file, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "new");
}

/* Without a commit, a file keeps its partial name, and an empty one is deleted. */
static void
test_unfinished (void)
{
  g_autofree char *path = make_path ("unfinished.txt");
  g_autofree char *partial = make_path ("unfinished.partial.txt");
  HablaOutputFile *file = make (path);

  g_assert_cmpstr (habla_output_file_get_path (file), ==, path);
  g_assert_cmpstr (habla_output_file_get_written_path (file), ==, partial);
  habla_output_file_free (file);
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
  file = make (path);
  g_assert_true (habla_output_file_write (file, "some", "", NULL));
  habla_output_file_free (file);
  g_assert_true (g_file_test (partial, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A symbolic link stays one; its target is written. */
static void
test_link (void)
{
  g_autofree char *link = make_path ("link.txt");
  g_autofree char *path = make_path ("target.txt");
  g_autofree char *text = NULL;
  g_autoptr (HablaOutputFile) file = NULL;

  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  g_assert_cmpint (symlink (path, link), ==, 0);
  file = make (link);
  g_assert_true (habla_output_file_write (file, "new", "", NULL));
  g_assert_true (habla_output_file_commit (file, NULL));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "new");
}

/* The tail is replaced by what follows. */
static void
test_tail (void)
{
  g_autofree char *path = make_path ("tail.json");
  g_autofree char *text = NULL;
  g_autoptr (HablaOutputFile) file = make (path);

  g_assert_true (habla_output_file_is_rewritable (file));
  g_assert_true (habla_output_file_write (file, "[1", "and a long tail]", NULL));
  g_assert_true (habla_output_file_write (file, ",2", "]", NULL));
  g_assert_true (
      g_file_get_contents (habla_output_file_get_written_path (file), &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "[1,2]");
  g_clear_pointer (&text, g_free);
  g_assert_true (habla_output_file_write (file, ",3", "]", NULL));
  g_assert_true (habla_output_file_commit (file, NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "[1,2,3]");
}

/* Only one process writes a file, and the other one changes nothing. */
static void
test_locked (void)
{
  g_autofree char *path = make_path ("locked.txt");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaOutputFile) file = make (path);

  g_assert_true (habla_output_file_write (file, "some", "", NULL));
  g_assert_null (habla_output_file_new (path, &error));
  g_assert_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_CANNOT_CREATE);
  g_assert_nonnull (strstr (error->message, "another habla"));
  g_assert_true (habla_output_file_write (file, " text", "", NULL));
  g_assert_true (habla_output_file_commit (file, NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "some text");
  g_clear_pointer (&file, habla_output_file_free);
  file = make (path);
}

/* A link with the partial name is not followed, and a pipe does not block. */
static void
test_in_the_way (void)
{
  g_autofree char *path = make_path ("way.txt");
  g_autofree char *partial = make_path ("way.partial.txt");
  g_autofree char *other = make_path ("other.txt");
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (other, "precious", -1, NULL));
  for (guint i = 0; i < 4; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (i == 0   ? symlink (other, partial)
                     : i == 1 ? link (other, partial)
                     : i == 2 ? mkfifo (partial, 0600)
                              : g_mkdir (partial, 0700),
        ==, 0);
    g_assert_null (habla_output_file_new (path, &error));
    g_assert_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_CANNOT_CREATE);
    g_assert_nonnull (strstr (error->message, "way.partial.txt"));
    g_assert_cmpint (g_remove (partial), ==, 0);
  }
  g_assert_true (g_file_get_contents (other, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "precious");
}

static void
test_full (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaOutputFile) file = habla_output_file_new ("/dev/full", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (habla_output_file_get_written_path (file), ==, "/dev/full");
  g_assert_false (habla_output_file_write (file, "some", "", &error));
  g_assert_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_IO);
  g_assert_nonnull (strstr (error->message, "make room"));
}

static void
test_no_folder (void)
{
  g_autofree char *path = make_path ("none/a.txt");
  g_autoptr (GError) error = NULL;

  g_assert_null (habla_output_file_new (path, &error));
  g_assert_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_CANNOT_CREATE);
  g_clear_error (&error);
  g_assert_null (habla_output_file_new (habla_test_get_dir (), &error));
  g_assert_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_CANNOT_CREATE);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/output-file/name", test_name);
  g_test_add_func ("/output-file/replace", test_replace);
  g_test_add_func ("/output-file/unfinished", test_unfinished);
  g_test_add_func ("/output-file/link", test_link);
  g_test_add_func ("/output-file/tail", test_tail);
  g_test_add_func ("/output-file/locked", test_locked);
  g_test_add_func ("/output-file/in-the-way", test_in_the_way);
  g_test_add_func ("/output-file/full", test_full);
  g_test_add_func ("/output-file/no-folder", test_no_folder);
  return habla_test_run ();
}
