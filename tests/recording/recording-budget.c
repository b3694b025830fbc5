/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Size limits of recordings while they are written. */
#include "habla-test.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <recording/recorder.h>
#include <recording/recording-writer.h>
#include <string.h>

#define RATE HABLA_RECORDING_RATE
#define DEADLINE 60 /* seconds */

/* One recording and its result. */
typedef struct {
  HablaRecorder *recorder;
  gboolean is_done;
  gboolean is_kept;
  GError *error;
  GstClockTime time;
} Recording;

static char *
make_root (void)
{
  g_autofree char *pattern = g_build_filename (habla_test_get_dir (), "recordings-XXXXXX", NULL);

  g_assert_nonnull (g_mkdtemp (pattern));
  return g_steal_pointer (&pattern);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Returns: the sorted names in @path */
static GStrv
list (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_steal (names, NULL);
}

static guint64
measure (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GStatBuf status;
  guint64 size = 0;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    size += measure (child);
  }
  if (dir == NULL && g_lstat (path, &status) == 0)
    size = status.st_size;
  return size;
}

/* Measures @root while recordings grow and old ones are deleted. A recording that was measured
 * before it was deleted would count beside what took its place, so such a measurement is repeated.
 * Returns: a size that all recordings had together, or less */
static guint64
measure_consistent (const char *root)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (DEADLINE) * G_USEC_PER_SEC;
  gboolean is_consistent = FALSE;
  guint64 size = 0;

  while (!is_consistent) {
    g_auto (GStrv) before = list (root);
    g_auto (GStrv) after = NULL;

    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    size = measure (root);
    after = list (root);
    is_consistent = g_strv_equal ((const char *const *) before, (const char *const *) after);
  }
  return size;
}

static void
on_done (HablaRecorder *recorder, const GError *error, gboolean is_kept, gpointer user_data)
{
  Recording *self = user_data;

  self->is_done = TRUE;
  self->is_kept = is_kept;
  if (error != NULL)
    self->error = g_error_copy (error);
}

static void
recording_begin (Recording *self, const HablaRecorderOptions *bounds)
{
  HablaRecorderOptions options = *bounds;

  options.room = "class";
  options.done = on_done;
  options.user_data = self;
  self->recorder = habla_recorder_new (&options);
}

static void
recording_end (Recording *self)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (DEADLINE) * G_USEC_PER_SEC;

  habla_recorder_finish (self->recorder);
  while (!self->is_done) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  g_object_unref (self->recorder);
  self->recorder = NULL;
}

static void
recording_clear (Recording *self)
{
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Recording, recording_clear)

static void
push (Recording *self, gsize size)
{
  g_autoptr (GBytes) audio = g_bytes_new_take (g_malloc0 (size), size);

  habla_audio_tap_push_stream (HABLA_AUDIO_TAP (self->recorder), audio);
}

/* Simulates a second of decoded audio. */
static void
hear (Recording *self)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 2 * RATE, NULL);
  GstAudioInfo info;

  gst_buffer_memset (buffer, 0, 0, 2 * RATE);
  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_S16, RATE, 1, NULL);
  habla_audio_tap_push_decoded (HABLA_AUDIO_TAP (self->recorder), buffer, &info, self->time);
  self->time += GST_SECOND;
}

static void
assert_ended (Recording *self, const char *reason)
{
  g_assert_error (self->error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (self->error->message, "translation continues"));
  g_assert_nonnull (strstr (self->error->message, reason));
  g_assert_true (self->is_kept);
}

/* Data without audio, after a second of audio, ends the recording. */
static void
test_bytes_a_second (void)
{
  g_autofree char *root = make_root ();
  g_auto (Recording) recording = { NULL };

  recording_begin (&recording, &(HablaRecorderOptions){ .root = root });
  push (&recording, 1000000);
  hear (&recording);
  for (guint i = 0; i < 40; i++)
    push (&recording, 1000000);
  recording_end (&recording);
  assert_ended (&recording, "MB arrived for 1 s of audio");
  g_assert_cmpuint (
      measure (root), <=, HABLA_RECORDING_SLACK + HABLA_RECORDING_BYTES_PER_SECOND + 4096);
}

/* A client that was offline sends its buffered audio at once, long before it is decoded. */
static void
test_burst (void)
{
  g_autofree char *root = make_root ();
  g_auto (Recording) recording = { NULL };

  recording_begin (
      &recording, &(HablaRecorderOptions){ .root = root, .max_undecoded = 40 * 1000000 });
  for (guint i = 0; i < 40; i++)
    push (&recording, 1000000);
  for (guint i = 0; i < 100; i++) {
    hear (&recording);
    push (&recording, 400000);
  }
  recording_end (&recording);
  g_assert_no_error (recording.error);
  g_assert_cmpuint (measure (root), >=, 80 * 1000000);
}

static void
test_one (void)
{
  g_autofree char *root = make_root ();
  g_auto (Recording) recording = { NULL };

  recording_begin (&recording, &(HablaRecorderOptions){ .root = root, .max_size = 1000000 });
  for (guint i = 0; i < 20; i++) {
    hear (&recording);
    push (&recording, 100000);
  }
  recording_end (&recording);
  assert_ended (&recording, "max-recording-size");
  g_assert_cmpuint (measure (root), <=, 1000000 + 4096);
  g_assert_cmpuint (measure (root), >, 800000);
}

/* Concurrent recordings never exceed the limit together. */
static void
test_together (void)
{
  const guint64 max_size = 2000000;
  g_autofree char *root = make_root ();
  HablaRecordingBudget *budget = habla_recording_budget_new (root, max_size);
  Recording recordings[8] = { 0 };
  guint n_ended = 0;

  for (guint i = 0; i < G_N_ELEMENTS (recordings); i++)
    recording_begin (&recordings[i], &(HablaRecorderOptions){ .root = root, .budget = budget });
  for (guint round = 0; round < 10; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (recordings); i++) {
      hear (&recordings[i]);
      push (&recordings[i], 100000);
    }
    g_assert_cmpuint (measure_consistent (root), <=, max_size + G_N_ELEMENTS (recordings) * 4096);
  }
  for (guint i = 0; i < G_N_ELEMENTS (recordings); i++)
    recording_end (&recordings[i]);
  for (guint i = 0; i < G_N_ELEMENTS (recordings); i++) {
    n_ended += recordings[i].error != NULL;
    g_clear_error (&recordings[i].error);
  }
  g_assert_cmpuint (n_ended, >, 0);
  g_assert_cmpuint (measure (root), <=, max_size + G_N_ELEMENTS (recordings) * 4096);
  g_assert_cmpuint (measure (root), >, max_size / 2);
  habla_recording_budget_unref (budget);
}

/* A measurement includes bytes that were taken but not written yet. */
static void
test_pending (void)
{
  g_autofree char *root = make_root ();
  HablaRecordingBudget *budget = habla_recording_budget_new (root, 1000000);

  g_assert_true (habla_recording_budget_take (budget, 600000));
  habla_recording_budget_measure (budget);
  g_assert_false (habla_recording_budget_take (budget, 600000));
  habla_recording_budget_settle (budget, 600000);
  habla_recording_budget_measure (budget);
  g_assert_true (habla_recording_budget_take (budget, 600000));
  habla_recording_budget_unref (budget);
}

/* Returns: (transfer full): the folder of a recording of @size bytes */
static char *
make_old (const char *root, const char *id, gsize size)
{
  char *folder = g_build_filename (root, id, NULL);
  g_autofree char *marker = g_build_filename (folder, HABLA_RECORDING_MARKER, NULL);
  g_autofree char *stream = g_build_filename (folder, "stream.webm", NULL);
  g_autofree char *audio = g_malloc0 (size);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (marker, "", 0, NULL));
  g_assert_true (g_file_set_contents (stream, audio, size, NULL));
  return folder;
}

/* Only as many of the oldest recordings are deleted as necessary. */
static void
test_room (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *oldest = make_old (root, "20200101-000000-000-0000", 800000);
  g_autofree char *newer = make_old (root, "20210101-000000-000-0000", 800000);
  HablaRecordingBudget *budget = habla_recording_budget_new (root, 2000000);
  g_auto (Recording) recording = { NULL };

  recording_begin (&recording, &(HablaRecorderOptions){ .root = root, .budget = budget });
  for (guint i = 0; i < 10; i++) {
    hear (&recording);
    push (&recording, 100000);
  }
  recording_end (&recording);
  g_assert_no_error (recording.error);
  g_assert_false (g_file_test (oldest, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (newer, G_FILE_TEST_IS_DIR));
  g_assert_cmpuint (measure (root), <=, 2000000 + 4096);
  habla_recording_budget_unref (budget);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/recording-budget/bytes-a-second", test_bytes_a_second);
  g_test_add_func ("/recording-budget/burst", test_burst);
  g_test_add_func ("/recording-budget/one", test_one);
  g_test_add_func ("/recording-budget/together", test_together);
  g_test_add_func ("/recording-budget/pending", test_pending);
  g_test_add_func ("/recording-budget/room", test_room);
  return habla_test_run ();
}
