/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Playback of recordings: worker threads read files that child processes decode. */
#include "decoder-fixture.h"
#include "habla-test.h"

#include <glib/gstdio.h>
#include <habla/error.h>
#include <recording/file-decoder.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
make_path (const char *name)
{
  return g_build_filename (habla_test_get_dir (), name, NULL);
}

/* Returns: (transfer full) (nullable): all samples of a file */
static GByteArray *
read_all (const char *path, GError **error)
{
  g_autoptr (HablaFileDecoder) source = habla_file_decoder_new (path);
  GByteArray *samples = g_byte_array_new ();
  GBytes *bytes;

  while ((bytes = habla_file_decoder_read (source, 3200, NULL, error)) != NULL) {
    g_byte_array_append (samples, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    g_bytes_unref (bytes);
  }
  return samples;
}

static gpointer
read_in_thread (gpointer path)
{
  g_autoptr (GError) error = NULL;
  GByteArray *samples = read_all (path, &error);

  g_assert_no_error (error);
  return samples;
}

/* Four threads read the same file at the same time. */
static void
test_samples (gconstpointer data)
{
  const Container *container = data;
  g_autoptr (GBytes) recording = container_record (container, NULL);
  g_autofree char *path = make_path (container->name);
  GThread *threads[4];
  guint length;

  if (recording == NULL)
    return;
  g_assert_true (g_file_set_contents (
      path, g_bytes_get_data (recording, NULL), g_bytes_get_size (recording), NULL));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_in_thread, path);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (GByteArray) samples = g_thread_join (threads[i]);

    length = samples->len;
    g_assert_cmpuint (length, >, 28 * HABLA_FILE_DECODER_BYTES_PER_SECOND / 10);
  }
  g_assert_cmpuint (habla_file_decoder_measure (path, NULL), ==,
      length * (GST_SECOND / HABLA_FILE_DECODER_BYTES_PER_SECOND));
  g_assert_cmpuint (habla_decoder_count (), ==, 0);
}

static void
expect_error (const char *path, GQuark domain, const char *text)
{
  gint64 started = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) samples = read_all (path, &error);

  g_assert_nonnull (error);
  g_assert_cmpuint (error->domain, ==, domain);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_cmpuint (samples->len, ==, 0);
  g_assert_cmpuint (habla_file_decoder_measure (path, NULL), ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 30 * G_USEC_PER_SEC);
  g_assert_cmpuint (habla_decoder_count (), ==, 0);
}

/* Files that are not recordings are refused. */
static void
test_no_files (void)
{
  g_autofree char *fifo = make_path ("fifo"), *link = make_path ("link");
  g_autofree char *text = make_path ("text"), *playlist = make_path ("playlist");
  const char *list = "ID3#EXTM3U\nfile:///etc/passwd\n";

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  g_assert_true (g_file_set_contents (text, "no audio at all", -1, NULL));
  g_assert_true (g_file_set_contents (playlist, list, -1, NULL));
  expect_error ("/nowhere", G_IO_ERROR, "No such file");
  expect_error (habla_test_get_dir (), G_IO_ERROR, "not a regular file");
  expect_error (fifo, G_IO_ERROR, "not a regular file");
  expect_error (link, G_IO_ERROR, "not a regular file");
  expect_error (text, HABLA_ERROR, "contains no audio");
  expect_error (playlist, HABLA_ERROR, "The audio is damaged");
}

/* Reading fails after the timeout if the child spins, and at once if the child crashes. */
static void
test_faulty (void)
{
  g_autofree char *program = g_strdup (g_getenv ("HABLA_DECODER"));
  g_autofree char *path = make_path ("faulty");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (HablaFileDecoder) source = NULL;
  g_autoptr (GError) error = NULL;

  g_setenv ("HABLA_DECODER", g_getenv ("HABLA_TEST_FAULTY_DECODER"), TRUE);
  g_assert_true (g_file_set_contents (path, "do:crash", -1, NULL));
  expect_error (path, HABLA_ERROR, "The audio is damaged");
  g_assert_true (g_file_set_contents (path, "do:spin", -1, NULL));
  source = habla_file_decoder_new (path);
  g_cancellable_cancel (cancellable);
  g_assert_null (habla_file_decoder_read (source, 100, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  /* The child writes only eight bytes before it gets stuck. */
  {
    g_autoptr (GBytes) bytes = habla_file_decoder_read (source, 100, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (bytes), ==, 8);
  }
  g_clear_pointer (&source, habla_file_decoder_free);
  g_assert_cmpuint (habla_decoder_count (), ==, 0);
  g_setenv ("HABLA_DECODER", program, TRUE);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/decoder/files/no-files", test_no_files);
  g_test_add_func ("/decoder/files/faulty", test_faulty);
  for (guint i = 0; i < n_containers; i++) {
    g_autofree char *path = g_strdup_printf ("/decoder/files/samples/%s", containers[i].name);

    g_test_add_data_func (path, &containers[i], test_samples);
  }
  return habla_test_run ();
}
