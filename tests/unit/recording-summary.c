/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics of many recordings, asked for many times. */
#include "habla-test.h"

#include <glib/gstdio.h>
#include <recording/corrections.h>
#include <recording/recording-folder.h>
#include <recording/recording.h>
#include <recording/recording-summary.h>
#include <string.h>

#define N_RECORDINGS 100
#define N_SEGMENTS 200
#define N_QUESTIONS 60
#define N_THREADS 6

static char *root;

static char *
get_path (guint n, const char *name)
{
  g_autofree char *id = g_strdup_printf ("20260101-000000-000-%04u", n);

  return g_build_filename (root, id, name, NULL);
}

static void
write_file (guint n, const char *name, const char *text)
{
  g_autofree char *path = get_path (n, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* @n_errors: segments that were recognised wrongly */
static void
write_truth (guint n, guint n_errors)
{
  g_autoptr (GString) text = g_string_new ("{\"segments\":[");

  for (guint i = 0; i < N_SEGMENTS; i++)
    g_string_append_printf (text, "%s{\"index\":%u,\"text\":\"the house is %s\"}", i > 0 ? "," : "",
        i, i < n_errors ? "red" : "big");
  g_string_append (text, "]}");
  write_file (n, HABLA_RECORDING_REFERENCE_TRANSCRIPT, text->str);
}

static void
make_recording (guint n)
{
  g_autofree char *folder = get_path (n, NULL);
  g_autoptr (GString) segments = g_string_new (NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (guint i = 0; i < N_SEGMENTS; i++)
    g_string_append_printf (segments, "{\"index\":%u,\"text\":\"the house is big\"}\n", i);
  write_file (n, HABLA_RECORDING_MARKER, "");
  write_file (n, HABLA_RECORDING_METADATA, "{\"stream\":\"stream.webm\",\"duration\":2.0}");
  write_file (n, HABLA_RECORDING_SEGMENTS, segments->str);
  write_truth (n, 1);
}

static void
check (guint n_recordings, guint n_segments, guint n_corrected)
{
  HablaCorrections corrections;

  habla_corrections_count (root, NULL, &corrections);
  g_assert_cmpuint (corrections.n_recordings, ==, n_recordings);
  g_assert_cmpuint (corrections.n_reviewed, ==, n_recordings * N_SEGMENTS);
  g_assert_cmpuint (corrections.n_segments, ==, n_segments);
  g_assert_cmpuint (corrections.n_corrected, ==, n_corrected);
  g_assert_cmpuint (corrections.wer.substitutions, ==, n_corrected);
}

static gpointer
ask (gpointer data)
{
  for (guint i = 0; i < N_QUESTIONS / N_THREADS; i++)
    check (N_RECORDINGS, N_RECORDINGS * N_SEGMENTS, N_RECORDINGS);
  return NULL;
}

static gint64
ask_many (void)
{
  gint64 began = g_get_monotonic_time ();
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("ask", ask, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  return g_get_monotonic_time () - began;
}

/* Asked for 60 times, by several threads at once, it costs about as much as once. */
static void
test_many (void)
{
  gint64 once = g_get_monotonic_time (), many;

  check (N_RECORDINGS, N_RECORDINGS * N_SEGMENTS, N_RECORDINGS);
  once = g_get_monotonic_time () - once;
  many = ask_many ();
  g_test_message ("once %.1f ms, %d times %.1f ms", once / 1e3, N_QUESTIONS, many / 1e3);
  g_assert_cmpint (many, <, 10 * once);
}

/* What has changed is read again. */
static void
test_changes (void)
{
  HablaRecordingSummary summary;
  g_autofree char *truth = get_path (4, HABLA_RECORDING_REFERENCE_TRANSCRIPT);
  g_autofree char *marker = get_path (5, HABLA_RECORDING_MARKER);
  g_autofree char *segments = get_path (6, HABLA_RECORDING_SEGMENTS);
  FILE *file;

  check (N_RECORDINGS, N_RECORDINGS * N_SEGMENTS, N_RECORDINGS);
  write_truth (3, 2);
  check (N_RECORDINGS, N_RECORDINGS * N_SEGMENTS, N_RECORDINGS + 1);
  g_assert_cmpint (g_unlink (truth), ==, 0);
  check (N_RECORDINGS - 1, (N_RECORDINGS - 1) * N_SEGMENTS, N_RECORDINGS);
  g_assert_cmpint (g_unlink (marker), ==, 0);
  check (N_RECORDINGS - 2, (N_RECORDINGS - 2) * N_SEGMENTS, N_RECORDINGS - 1);
  file = fopen (segments, "a");
  g_assert_cmpint (fputs ("{\"index\":999,\"text\":\"more\"}\n", file), >=, 0);
  fclose (file);
  check (N_RECORDINGS - 2, (N_RECORDINGS - 2) * N_SEGMENTS + 1, N_RECORDINGS - 1);

  g_assert_true (habla_recording_summarise (root, "20260101-000000-000-0004", &summary));
  g_assert_true (summary.has_stream);
  g_assert_false (summary.has_ground_truth);
  g_assert_cmpuint (summary.n_segments, ==, N_SEGMENTS);
  g_assert_cmpuint (summary.duration, ==, 2 * G_GUINT64_CONSTANT (1000000000));
  g_assert_false (habla_recording_summarise (root, "20260101-000000-000-0005", &summary));
}

/* Clients send back all segments, also those that nobody has reviewed. */
static void
test_unreviewed (void)
{
  HablaRecordingSummary summary;
  const char *id = "20260101-000000-000-0002";

  write_file (2, HABLA_RECORDING_REFERENCE_TRANSCRIPT,
      "{\"segments\":[{\"index\":0,\"text\":\"the house is big\",\"reviewed\":false},"
      "{\"index\":1,\"text\":\"the house is red\",\"reviewed\":true},"
      "{\"index\":2,\"text\":\"a house is big\",\"reviewed\":false},"
      "{\"index\":3,\"text\":\"the house is big\",\"reviewed\":null}]}");
  g_assert_true (habla_recording_summarise (root, id, &summary));
  g_assert_cmpuint (summary.n_reviewed, ==, 2);
  g_assert_cmpuint (summary.n_corrected, ==, 2);
  g_assert_cmpuint (summary.wer.words, ==, 12);
  g_assert_cmpuint (summary.wer.substitutions, ==, 2);

  write_file (2, HABLA_RECORDING_REFERENCE_TRANSCRIPT,
      "{\"segments\":[{\"index\":0,\"text\":\"the house is big\",\"reviewed\":false}]}");
  g_assert_true (habla_recording_summarise (root, id, &summary));
  g_assert_true (summary.is_reviewed);
  g_assert_cmpuint (summary.wer.words, ==, 0);
}

/* A recording is deleted with its session, unless it has speech of another one. */
static void
test_deleted_session (void)
{
  const char *id = "20260101-000000-000-0001";

  write_file (1, HABLA_RECORDING_SEGMENTS,
      "{\"index\":0,\"session_id\":7,\"text\":\"one\"}\n"
      "{\"index\":1,\"session_id\":8,\"text\":\"two\"}\n");
  g_assert_false (habla_recording_folder_delete_session (root, id, 7));
  g_assert_false (habla_recording_folder_delete_session (root, "../etc", 7));
  write_file (1, HABLA_RECORDING_SEGMENTS, "");
  g_assert_false (habla_recording_folder_delete_session (root, id, 7));
  write_file (1, HABLA_RECORDING_SEGMENTS, "{\"index\":0,\"session_id\":7,\"text\":\"one\"}\n");
  g_assert_false (habla_recording_folder_delete_session (root, id, 8));
  g_assert_true (habla_recording_folder_delete_session (root, id, 7));
  g_assert_false (habla_recording_folder_delete_session (root, id, 7));
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  HablaCorrections corrections;

  g_cancellable_cancel (cancellable);
  habla_corrections_count (root, cancellable, &corrections);
  g_assert_cmpuint (corrections.n_segments, ==, 0);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  root = g_build_filename (habla_test_get_dir (), "recordings", NULL);
  g_assert_cmpint (g_mkdir (root, 0700), ==, 0);
  for (guint i = 0; i < N_RECORDINGS; i++)
    make_recording (i);
  g_test_add_func ("/recording-summary/many", test_many);
  g_test_add_func ("/recording-summary/changes", test_changes);
  g_test_add_func ("/recording-summary/cancelled", test_cancelled);
  g_test_add_func ("/recording-summary/unreviewed", test_unreviewed);
  g_test_add_func ("/recording-summary/deleted-session", test_deleted_session);
  return habla_test_run ();
}
