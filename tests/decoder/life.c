/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Life cycle of children: the spare child, a broken installation, and recordings that are continued
 * or aborted. */
#include "decoder-fixture.h"
#include "habla-test.h"

#include <decoder/decoder-private.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>

/* Bytes of a second of samples. */
#define SECOND (HABLA_DECODER_RATE * 2)

/* A spare child makes a start fast, and is replaced after use. */
static void
test_spare (void)
{
  g_autoptr (GBytes) recording = container_record (&containers[0], NULL);
  gint64 fastest = G_MAXINT64;

  if (recording == NULL)
    return;
  g_assert_cmpuint (habla_decoder_count (), ==, 0);
  habla_decoder_keep_spare ();
  habla_decoder_keep_spare ();
  for (guint i = 0; i < 5; i++) {
    g_autoptr (Run) run = NULL;
    gint64 started;

    wait_until (habla_decoder_count () == 1);
    started = g_get_monotonic_time ();
    run = run_new (NULL, FALSE);
    fastest = MIN (fastest, g_get_monotonic_time () - started);
    g_assert_cmpuint (habla_decoder_count (), ==, 1);
    run_push (run, recording, 0, g_bytes_get_size (recording), 4000);
    run_end (run);
    g_assert_no_error (run->error);
  }
  g_test_message ("started in %" G_GINT64_FORMAT " µs", fastest);
  g_assert_cmpint (fastest, <, G_TIME_SPAN_MILLISECOND * habla_test_scale (1));
  habla_decoder_drop_spare ();
  wait_until (habla_decoder_count () == 0);
}

static void
test_missing (void)
{
  g_autofree char *program = g_strdup (g_getenv ("HABLA_DECODER"));
  g_autoptr (GError) error = NULL;

  g_setenv ("HABLA_DECODER", "/nowhere/hablad-decoder", TRUE);
  g_assert_null (habla_decoder_new (NULL, FALSE, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  g_assert_nonnull (strstr (error->message, "/nowhere/hablad-decoder"));
  g_assert_nonnull (strstr (error->message, "install Habla again"));
  g_assert_cmpuint (habla_decoder_count (), ==, 0);
  g_setenv ("HABLA_DECODER", program, TRUE);
}

/* A child that exits at once is reported as a broken installation, and spares are not started in a
 * tight loop. */
static void
test_broken (void)
{
  g_autofree char *program = g_strdup (g_getenv ("HABLA_DECODER"));
  g_autofree char *broken = g_build_filename (habla_test_get_dir (), "broken", NULL);
  g_autofree char *log = g_build_filename (habla_test_get_dir (), "starts", NULL);
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\necho >> %s\nexit 3\n", log);
  g_autofree char *starts = NULL;
  gint64 end = g_get_monotonic_time () + 2500 * G_TIME_SPAN_MILLISECOND;
  gsize n_starts;

  g_assert_true (
      g_file_set_contents_full (broken, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  g_setenv ("HABLA_DECODER", broken, TRUE);
  {
    g_autoptr (Run) run = run_new (NULL, FALSE);

    run_end (run);
    g_assert_error (run->error, HABLA_ERROR, HABLA_ERROR_ENGINE);
    g_assert_nonnull (strstr (run->error->message, "status 3"));
  }
  habla_decoder_keep_spare ();
  while (g_get_monotonic_time () < end)
    iterate ();
  habla_decoder_drop_spare ();
  wait_until (habla_decoder_count () == 0);
  g_assert_true (g_file_get_contents (log, &starts, &n_starts, NULL));
  /* One start for the run, one for a spare, and retries after 1 and 2 s. */
  g_assert_cmpuint (n_starts, >=, 2);
  g_assert_cmpuint (n_starts, <=, 4);
  g_setenv ("HABLA_DECODER", program, TRUE);
}

/* Dropping the last reference kills the child. */
static void
test_abort (void)
{
  g_autoptr (GBytes) recording = container_record (&containers[0], NULL);
  g_autoptr (Run) run = NULL;

  if (recording == NULL)
    return;
  run = run_new (NULL, FALSE);
  run_push (run, recording, 0, g_bytes_get_size (recording), 37);
  g_clear_pointer (&run, run_free);
  wait_until (habla_decoder_count () == 0);
}

/* Decodes the bytes from @from to @to of @bytes as a continuation after @header. */
static Run *
decode_part (GBytes *bytes, gsize from, gsize to, GBytes *header)
{
  Run *run = run_new (header, TRUE);

  run_push (run, bytes, from, to, 4000);
  run_end (run);
  g_assert_no_error (run->error);
  return run;
}

/* A client reconnects and continues its recording without a header. */
static void
test_continued (gconstpointer data)
{
  g_autoptr (GBytes) recording = container_record (data, NULL);
  g_autoptr (Run) first = NULL, second = NULL;
  g_autoptr (GBytes) header = NULL, same = NULL;
  gsize size;

  if (recording == NULL)
    return;
  size = g_bytes_get_size (recording);
  first = decode_part (recording, 0, size / 2, NULL);
  header = habla_decoder_get_header (first->decoder);
  g_assert_nonnull (header);
  g_assert_cmpmem (g_bytes_get_data (header, NULL), g_bytes_get_size (header),
      g_bytes_get_data (recording, NULL), g_bytes_get_size (header));
  second = decode_part (recording, size / 2, size, header);
  same = habla_decoder_get_header (second->decoder);
  g_assert_true (g_bytes_equal (same, header));
  /* Only the unit at the cut is lost. */
  g_assert_cmpuint (first->samples->len + second->samples->len, >, 3 * SECOND - SECOND * 7 / 10);
  g_assert_cmpuint (second->samples->len, >, SECOND / 2);
  /* The recorded stream begins with the header. */
  g_assert_cmpmem (second->stream->data, g_bytes_get_size (header), g_bytes_get_data (header, NULL),
      g_bytes_get_size (header));
}

/* Returns: (transfer full): @recording with an unknown codec in place of @name */
static GBytes *
rename_codec (GBytes *recording, const char *name)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (recording, &size);
  char *copy = g_memdup2 (data, size);
  guint n_renamed = 0;

  for (char *at = copy; (at = memmem (at, copy + size - at, name, strlen (name))) != NULL; at++) {
    *at = 'x';
    n_renamed++;
  }
  g_assert_cmpuint (n_renamed, >, 0);
  return g_bytes_new_take (copy, size);
}

/* A header whose codec cannot be decoded is not stored for a continuation. */
static void
test_unknown_codec (gconstpointer data)
{
  const Container *container = data;
  const char *names[] = { "A_OPUS", "OpusHead", "mp4a", "Opus" };
  g_autoptr (GBytes) recording = container_record (container, NULL);
  g_autoptr (GBytes) renamed = NULL, header = NULL;
  g_autoptr (Run) run = NULL;
  const char *name = NULL;

  if (recording == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (names) && name == NULL; i++) {
    if (memmem (g_bytes_get_data (recording, NULL), g_bytes_get_size (recording), names[i],
            strlen (names[i])) != NULL)
      name = names[i];
  }
  g_assert_nonnull (name);
  renamed = rename_codec (recording, name);
  run = run_new (NULL, TRUE);
  run_push (run, renamed, 0, g_bytes_get_size (renamed), 4000);
  run_end (run);
  header = habla_decoder_get_header (run->decoder);
  g_assert_null (header);
  g_assert_cmpuint (run->samples->len, ==, 0);
}

static void
test_interrupt (gconstpointer data)
{
  g_autoptr (GBytes) recording = container_record (data, NULL);
  g_autoptr (Run) run = NULL;
  gsize size;

  if (recording == NULL)
    return;
  size = g_bytes_get_size (recording);
  run = run_new (NULL, FALSE);
  run_push (run, recording, 0, size / 3, 500);
  habla_decoder_interrupt (run->decoder);
  run_push (run, recording, size / 2, size, 500);
  run_end (run);
  g_assert_no_error (run->error);
  g_assert_cmpuint (run->samples->len, >, SECOND);
}

static void
on_consumed (HablaDecoder *decoder, gpointer data)
{
  guint *n = data;

  (*n)++;
}

/* Bytes and chunks count as pending until the demuxer has consumed them. */
static void
test_waiting (void)
{
  g_autoptr (GBytes) recording = container_record (&containers[0], NULL);
  g_autoptr (Run) run = NULL;
  guint n_consumed = 0;
  gsize size;

  if (recording == NULL)
    return;
  size = g_bytes_get_size (recording);
  run = run_new (NULL, FALSE);
  g_signal_connect (run->decoder, "consumed", G_CALLBACK (on_consumed), &n_consumed);
  habla_decoder_push (run->decoder, recording);
  run_push (run, recording, 0, 0, 1);
  g_assert_cmpuint (habla_decoder_get_waiting (run->decoder), ==, size);
  g_assert_cmpuint (habla_decoder_get_waiting_chunks (run->decoder), ==, 1);
  wait_until (habla_decoder_get_waiting (run->decoder) == 0);
  g_assert_cmpuint (habla_decoder_get_waiting_chunks (run->decoder), ==, 0);
  g_assert_cmpuint (n_consumed, >, 0);
  run_end (run);
  g_assert_no_error (run->error);
}

/* Returns: number of open descriptors of this process */
static guint
count_descriptors (void)
{
  guint n = 0;

  for (int i = 0; i < 1000; i++)
    n += fcntl (i, F_GETFD) >= 0;
  return n;
}

static void
test_leaks (void)
{
  g_autoptr (GBytes) recording = container_record (&containers[0], NULL);
  guint n_before = 0;

  if (recording == NULL)
    return;
  for (guint i = 0; i < 20; i++) {
    g_autoptr (Run) run = run_new (NULL, FALSE);

    run_push (run, recording, 0, g_bytes_get_size (recording), 4000);
    if (i % 2 == 0)
      run_end (run);
    g_clear_pointer (&run, run_free);
    wait_until (habla_decoder_count () == 0);
    if (i == 2)
      n_before = count_descriptors ();
  }
  g_assert_cmpuint (count_descriptors (), ==, n_before);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/decoder/life/spare", test_spare);
  g_test_add_func ("/decoder/life/missing", test_missing);
  g_test_add_func ("/decoder/life/broken", test_broken);
  g_test_add_func ("/decoder/life/abort", test_abort);
  g_test_add_func ("/decoder/life/waiting", test_waiting);
  g_test_add_func ("/decoder/life/leaks", test_leaks);
  for (guint i = 0; i < n_containers; i++) {
    g_autofree char *path = g_strdup_printf ("/decoder/life/continued/%s", containers[i].name);
    g_autofree char *other = g_strdup_printf ("/decoder/life/interrupt/%s", containers[i].name);
    g_autofree char *unknown =
        g_strdup_printf ("/decoder/life/unknown-codec/%s", containers[i].name);

    if (!containers[i].continues)
      continue;
    g_test_add_data_func (path, &containers[i], test_continued);
    g_test_add_data_func (other, &containers[i], test_interrupt);
    g_test_add_data_func (unknown, &containers[i], test_unknown_codec);
  }
  return habla_test_run ();
}
