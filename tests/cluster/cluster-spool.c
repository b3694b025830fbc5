/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <cluster/spool/cluster-spool.h>
#include <cluster/spool/spool-file.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_SIZE (1024 * 1024)

static char *
make_path (const char *name)
{
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);

  g_unlink (path);
  return path;
}

/* The file */

static gboolean
append_text (SpoolFile *file, const char *text, GError **error)
{
  g_autoptr (GPtrArray) payloads = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (payloads, g_bytes_new (text, strlen (text)));
  return spool_file_append (file, payloads, error);
}

static SpoolFile *
open_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  SpoolFile *file = spool_file_open (path, MAX_SIZE, &error);

  g_assert_no_error (error);
  return file;
}

static void
expect_text (SpoolFile *file, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) payload = spool_file_read (file, &error);

  g_assert_no_error (error);
  g_assert_nonnull (payload);
  g_assert_cmpmem (
      g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), text, strlen (text));
}

static void
write_bytes (const char *path, const char *bytes, gsize length)
{
  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
}

/* Writes three payloads, of which the first is removed. @ends: (out): size of the file after each
 * step */
static void
write_example (const char *path, guint64 ends[4])
{
  SpoolFile *file = open_file (path);

  g_assert_true (append_text (file, "one", NULL));
  ends[0] = spool_file_get_size (file);
  g_assert_true (append_text (file, "two", NULL));
  ends[1] = spool_file_get_size (file);
  spool_file_remove (file);
  ends[2] = spool_file_get_size (file);
  g_assert_true (append_text (file, "", NULL));
  ends[3] = spool_file_get_size (file);
  spool_file_close (file);
}

static void
test_file (void)
{
  g_autofree char *path = make_path ("spool");
  guint64 ends[4];
  SpoolFile *file;
  struct stat info;

  write_example (path, ends);
  file = open_file (path);
  g_assert_cmpuint (spool_file_count (file), ==, 2);
  expect_text (file, "two");
  expect_text (file, "two");
  spool_file_remove (file);
  expect_text (file, "");
  g_assert_cmpuint (spool_file_get_size (file), >, ends[3]);
  spool_file_remove (file);
  g_assert_cmpuint (spool_file_count (file), ==, 0);
  g_assert_null (spool_file_read (file, NULL));
  spool_file_remove (file);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_size, ==, spool_file_get_size (file));
  g_assert_cmpuint (info.st_size, <, ends[0]);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_true (append_text (file, "four", NULL));
  expect_text (file, "four");
  spool_file_close (file);
}

/* A file that a crash cut at any byte: exactly the complete payloads are there, and more can be
 * added.
 */
static void
test_truncated (void)
{
  g_autofree char *path = make_path ("spool"), *copy = make_path ("copy"), *bytes = NULL;
  guint64 ends[4];
  gsize length;

  write_example (path, ends);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpuint (length, ==, ends[3]);
  for (gsize n = 0; n <= length; n++) {
    guint count = n < ends[0] ? 0 : n < ends[1] ? 1 : n < ends[2] ? 2 : n < ends[3] ? 1 : 2;
    gboolean is_complete =
        n == 0 || n == 8 || n == ends[0] || n == ends[1] || n == ends[2] || n == ends[3];
    SpoolFile *file;

    write_bytes (copy, bytes, n);
    if (!is_complete && n > 8)
      g_test_expect_message ("Habla-Cluster", G_LOG_LEVEL_WARNING, "The last * bytes*damaged*");
    file = open_file (copy);
    g_test_assert_expected_messages ();
    g_assert_cmpuint (spool_file_count (file), ==, count);
    if (count > 0)
      expect_text (file, n < ends[2] ? "one" : "two");
    g_assert_true (append_text (file, "new", NULL));
    spool_file_close (file);
    file = open_file (copy);
    g_assert_cmpuint (spool_file_count (file), ==, count + 1);
    spool_file_close (file);
  }
}

/* A wrong byte anywhere: no payload is changed, and those before it are there. */
static void
test_damaged (void)
{
  g_autofree char *path = make_path ("spool"), *copy = make_path ("copy"), *bytes = NULL;
  guint64 ends[4];
  gsize length;

  write_example (path, ends);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  for (gsize n = 8; n < length; n++) {
    guint count = n < ends[0] ? 0 : n < ends[1] ? 1 : n < ends[2] ? 2 : 1;
    SpoolFile *file;

    bytes[n] ^= 0x11;
    write_bytes (copy, bytes, length);
    bytes[n] ^= 0x11;
    g_test_expect_message ("Habla-Cluster", G_LOG_LEVEL_WARNING, "The last * bytes*damaged*");
    file = open_file (copy);
    g_test_assert_expected_messages ();
    g_assert_cmpuint (spool_file_count (file), ==, count);
    if (count > 0)
      expect_text (file, n < ends[2] ? "one" : "two");
    spool_file_close (file);
  }
}

static void
assert_not_opened (const char *path, int code, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (spool_file_open (path, MAX_SIZE, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, text));
}

static void
test_foreign (void)
{
  g_autofree char *path = make_path ("foreign"), *link = make_path ("link");
  g_autofree char *fifo = make_path ("fifo"), *absent = NULL;
  SpoolFile *file;

  write_bytes (path, "a letter to a friend", 20);
  assert_not_opened (path, G_IO_ERROR_INVALID_DATA, "move it away");
  write_bytes (path, "HablaSx", 7);
  assert_not_opened (path, G_IO_ERROR_INVALID_DATA, "move it away");
  g_assert_cmpint (symlink (path, link), ==, 0);
  assert_not_opened (link, G_IO_ERROR_TOO_MANY_LINKS, "Failed to open");
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  assert_not_opened (fifo, G_IO_ERROR_NOT_REGULAR_FILE, "not a regular file");
  absent = g_build_filename (path, "below", NULL);
  assert_not_opened (absent, G_IO_ERROR_NOT_DIRECTORY, "Failed to open");
  g_unlink (path);
  file = open_file (path);
  assert_not_opened (path, G_IO_ERROR_BUSY, "another hablad");
  spool_file_close (file);
}

static void
test_full (void)
{
  g_autofree char *path = make_path ("spool"), *text = g_strnfill (300, 'x');
  g_autoptr (GError) error = NULL;
  SpoolFile *file = spool_file_open (path, 1000, NULL);

  g_assert_true (append_text (file, text, NULL));
  g_assert_true (append_text (file, text, NULL));
  g_assert_true (append_text (file, text, NULL));
  g_assert_false (append_text (file, text, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "is full"));
  g_assert_cmpuint (spool_file_count (file), ==, 3);
  while (spool_file_count (file) > 0)
    spool_file_remove (file);
  g_assert_true (append_text (file, text, NULL));
  spool_file_close (file);
}

/* The spool */

/* Results of all calls, one a line. */
static GString *results;

static void
note_result (const HablaSpoolRecord *record, const GError *error, gpointer name)
{
  g_string_append_printf (results, "%s ", (const char *) name);
  if (error != NULL)
    g_string_append (results, error->message);
  else if (record != NULL)
    g_string_append_printf (results, "%s %s %.*s", record->subject, record->id,
        (int) g_bytes_get_size (record->data), (char *) g_bytes_get_data (record->data, NULL));
  g_string_append_c (results, '\n');
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("Timed out; so far: %s", results->str);
  return G_SOURCE_REMOVE;
}

static void
expect_results (const char *expected)
{
  guint timer = g_timeout_add_seconds (habla_test_scale (30), on_deadline, NULL);

  while (strlen (results->str) < strlen (expected))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  g_assert_cmpstr (results->str, ==, expected);
  g_string_truncate (results, 0);
}

static void
append (HablaClusterSpool *spool, const char *id, const char *text)
{
  g_autoptr (GBytes) data = g_bytes_new (text, strlen (text));
  const HablaSpoolRecord record = { "habla.log.class", id, data };

  habla_cluster_spool_append (spool, &record, note_result, (gpointer) id);
}

static HablaClusterSpool *
open_spool (const char *path)
{
  g_autoptr (GError) error = NULL;
  HablaClusterSpool *spool = habla_cluster_spool_new (path, MAX_SIZE, &error);

  g_assert_no_error (error);
  return spool;
}

static void
test_spool (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "a", "folder", "spool", NULL);
  HablaClusterSpool *spool = open_spool (path);

  habla_cluster_spool_read (spool, note_result, "read");
  append (spool, "1", "hola");
  append (spool, "2", "");
  habla_cluster_spool_read (spool, note_result, "read");
  g_assert_cmpstr (results->str, ==, "");
  expect_results ("read \n1 \n2 \nread habla.log.class 1 hola\n");
  g_assert_cmpuint (habla_cluster_spool_count (spool), ==, 2);
  g_assert_cmpuint (habla_cluster_spool_get_size (spool), >, 8);
  habla_cluster_spool_remove (spool);
  habla_cluster_spool_read (spool, note_result, "read");
  expect_results ("read habla.log.class 2 \n");
  /* Appended records are written, but not reported. */
  append (spool, "3", "adiós");
  habla_cluster_spool_free (spool);
  spool = open_spool (path);
  g_assert_cmpuint (habla_cluster_spool_count (spool), ==, 2);
  habla_cluster_spool_remove (spool);
  habla_cluster_spool_read (spool, note_result, "read");
  expect_results ("read habla.log.class 3 adiós\n");
  habla_cluster_spool_free (spool);
  g_assert_cmpstr (results->str, ==, "");
}

static void
test_large (void)
{
  g_autofree char *path = make_path ("spool"), *text = g_strnfill (HABLA_SPOOL_MAX_DATA, 'x');
  g_autofree char *expected = NULL;
  HablaClusterSpool *spool = open_spool (path);

  append (spool, "1", text);
  habla_cluster_spool_read (spool, note_result, "read");
  expected = g_strdup_printf ("1 \nread habla.log.class 1 %s\n", text);
  expect_results (expected);
  for (guint i = 0; i < 4; i++)
    append (spool, "2", text);
  while (strstr (results->str, "is full") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_string_truncate (results, 0);
  habla_cluster_spool_free (spool);
}

/* More than the disk takes is refused at once, and no accepted record is lost. */
static void
test_busy (void)
{
  g_autofree char *path = make_path ("spool"), *text = g_strnfill (HABLA_SPOOL_MAX_DATA, 'x');
  HablaClusterSpool *spool = habla_cluster_spool_new (path, 1024 * 1024 * 1024, NULL);
  const guint n = 200;
  guint n_busy = 0, n_written = 0;
  g_auto (GStrv) lines = NULL;

  for (guint i = 0; i < n; i++)
    append (spool, "1", text);
  while (g_strrstr (results->str, "\n") == NULL || n_busy + n_written < n) {
    g_main_context_iteration (NULL, TRUE);
    g_strfreev (lines);
    lines = g_strsplit (results->str, "\n", -1);
    n_busy = n_written = 0;
    for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
      *(strstr (lines[i], "check the disk") != NULL ? &n_busy : &n_written) += 1;
  }
  g_assert_cmpuint (n_written, >, 0);
  g_assert_cmpuint (habla_cluster_spool_count (spool), ==, n_written);
  g_string_truncate (results, 0);
  habla_cluster_spool_free (spool);
  g_unlink (path);
}

static void
free_spool (const HablaSpoolRecord *record, const GError *error, gpointer spool)
{
  g_string_append (results, "freed\n");
  habla_cluster_spool_free (spool);
}

static void
test_free_in_callback (void)
{
  g_autofree char *path = make_path ("spool");
  HablaClusterSpool *spool = open_spool (path);

  habla_cluster_spool_read (spool, free_spool, spool);
  habla_cluster_spool_read (spool, note_result, "never");
  append (spool, "1", "hola");
  expect_results ("freed\n");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (results->str, ==, "");
}

/* Runs as the process that is killed: writes a line for each record that is on the disk. */
static void
on_written (const HablaSpoolRecord *record, const GError *error, gpointer spool)
{
  static guint n;
  g_autofree char *id = g_strdup_printf ("%u", n++);
  g_autofree char *text = g_strnfill (n * 7 % 3000, 'x');
  g_autoptr (GBytes) data = g_bytes_new (text, strlen (text));
  const HablaSpoolRecord next = { "habla.log.class", id, data };

  g_assert_no_error (error);
  habla_cluster_spool_append (spool, &next, on_written, spool);
  if (n > 1)
    g_print ("+");
}

G_GNUC_NORETURN static void
run_writer (const char *path)
{
  HablaClusterSpool *spool = habla_cluster_spool_new (path, 1024 * 1024 * 1024, NULL);

  on_written (NULL, NULL, spool);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

/* Returns: the number of records that the process @argv had reported when it was killed */
static guint
run_and_kill (const char *const *argv, guint wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
      g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  guint n = 0;
  char bytes[64];
  gssize length;

  g_assert_no_error (error);
  for (;;) {
    length = g_input_stream_read (
        g_subprocess_get_stdout_pipe (process), bytes, sizeof bytes, NULL, NULL);
    if (length <= 0)
      break;
    for (gssize i = 0; i < length; i++)
      n += bytes[i] == '+';
    if (n >= wanted)
      g_subprocess_force_exit (process);
  }
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  return n;
}

/* A warning about an incomplete record is expected, but not each time. */
static gboolean
is_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  return strstr (message, "incomplete") == NULL;
}

static void
test_killed (void)
{
  g_autofree char *path = make_path ("spool"), *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, "--write", path, NULL };

  g_test_log_set_fatal_handler (is_fatal, NULL);
  for (guint i = 0; i < habla_test_repeat (10); i++) {
    guint n = run_and_kill (argv, 3 + i * 5);
    SpoolFile *file;

    file = spool_file_open (path, MAX_SIZE, NULL);
    g_assert_nonnull (file);
    g_assert_cmpuint (spool_file_count (file), >=, n);
    spool_file_close (file);
    g_unlink (path);
  }
}

int
main (int argc, char **argv)
{
  int status;

  if (argc == 3 && g_str_equal (argv[1], "--write"))
    run_writer (argv[2]);
  habla_test_init (&argc, &argv);
  results = g_string_new (NULL);
  g_test_add_func ("/cluster/spool/file", test_file);
  g_test_add_func ("/cluster/spool/truncated", test_truncated);
  g_test_add_func ("/cluster/spool/damaged", test_damaged);
  g_test_add_func ("/cluster/spool/foreign", test_foreign);
  g_test_add_func ("/cluster/spool/full", test_full);
  g_test_add_func ("/cluster/spool/spool", test_spool);
  g_test_add_func ("/cluster/spool/large", test_large);
  g_test_add_func ("/cluster/spool/busy", test_busy);
  g_test_add_func ("/cluster/spool/free-in-callback", test_free_in_callback);
  g_test_add_func ("/cluster/spool/killed", test_killed);
  status = habla_test_run ();
  g_string_free (results, TRUE);
  return status;
}
