/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recordings of rooms on disk: their files, errors, repair after a crash, and deletion. */
#include "room-fixture.h"
#include "pipeline-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <recording/file-decoder.h>
#include <recording/recording.h>
#include <recording/recording-maintenance.h>
#include <media/wav-file.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <unistd.h>
#include <utime.h>

#define SPEECH_FILE LIBRIVOX "0880.wav"
#define RATE 16000

static const char *const two_recordings[] = { "0880", "0880", NULL };

/* Returns: (transfer full): a new folder */
static char *
make_root (void)
{
  g_autofree char *pattern = g_build_filename (habla_test_get_dir (), "recordings-XXXXXX", NULL);
  char *root = g_mkdtemp (g_steal_pointer (&pattern));

  g_assert_nonnull (root);
  return root;
}

static void
set_up (RoomFixture *fixture, gconstpointer data)
{
  room_fixture_set_up (fixture, data);
  fixture->options.recordings = make_root ();
  fixture->options.is_recording = TRUE;
  room_fixture_start (fixture);
}

static void
tear_down (RoomFixture *fixture, gconstpointer data)
{
  room_fixture_tear_down (fixture, data);
  g_free ((char *) fixture->options.recordings);
}

/* Returns: (transfer full): the only recording */
static HablaRecording *
load_only (const char *root)
{
  g_autoptr (GPtrArray) ids = habla_recording_list (root);
  g_autoptr (GError) error = NULL;
  HablaRecording *recording;

  g_assert_cmpuint (ids->len, ==, 1);
  recording = habla_recording_load (root, g_ptr_array_index (ids, 0), &error);
  g_assert_no_error (error);
  return recording;
}

static gboolean
has_stopped (gpointer data)
{
  return reader_count (data, "stopped") > 0;
}

static gboolean
are_all_closed (gpointer data)
{
  return room_fixture_get_metric (data, "habla_recording_active") == 0.0;
}

static gboolean
is_all_consumed (gpointer data)
{
  return room_fixture_get_metric (data, "habla_audio_waiting_bytes") == 0.0;
}

static void
wait_for_files (RoomFixture *fixture)
{
  room_fixture_iterate_until (are_all_closed, fixture, 60);
}

static void
say (Reader *owner, GPtrArray *chunks, guint raw_rate)
{
  HablaRoom *room = reader_get_room (owner);
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_room_start_listening (room, NULL, raw_rate, &error));
  for (guint i = 0; i < chunks->len; i++) {
    if (i == chunks->len - 1)
      habla_room_stop_listening (room);
    g_assert_true (habla_room_push_audio (room, g_ptr_array_index (chunks, i), &error));
  }
  g_assert_no_error (error);
  room_fixture_iterate_until (has_stopped, owner, 120);
}

static void
assert_stream (const HablaRecording *recording, GPtrArray *chunks, gsize header)
{
  g_autofree char *path = g_build_filename (recording->folder, recording->stream, NULL);
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  g_autofree char *contents = NULL;
  gsize length;

  for (guint i = 0; i < chunks->len; i++) {
    GBytes *chunk = g_ptr_array_index (chunks, i);

    g_byte_array_append (expected, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
  }
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpuint (length, >=, header);
  g_assert_cmpmem (contents + header, length - header, expected->data, expected->len);
}

/* Checks that a segment's audio is not silent. Returns: its duration, in seconds */
static double
check_segment (const HablaRecording *recording, guint index)
{
  g_autofree char *path = habla_recording_get_segment_path (recording->folder, index);
  g_autofree char *contents = NULL;
  const gint16 *samples;
  double power = 0;
  gsize length, n;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpuint (length, >, HABLA_WAV_FILE_HEADER_SIZE);
  samples = (const gint16 *) (contents + HABLA_WAV_FILE_HEADER_SIZE);
  n = (length - HABLA_WAV_FILE_HEADER_SIZE) / sizeof *samples;
  for (gsize i = 0; i < n; i++)
    power += samples[i] * (double) samples[i] / n;
  g_assert_cmpfloat (power, >, 100.0 * 100.0);
  /* The header has the right size. */
  g_assert_cmpfloat_with_epsilon (
      habla_file_decoder_measure (path, NULL) / 1e9, n / (double) RATE, 0.001);
  return n / (double) RATE;
}

/* As soon as a recording has ended_at, it can be locked for playback. */
static void
test_playable (RoomFixture *fixture, gconstpointer data)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  g_autoptr (GPtrArray) chunks = room_fixture_record (two_recordings, 1);
  g_autoptr (Reader) owner = reader_new_owner (fixture, NULL, NULL);
  g_autoptr (HablaRecording) recording = NULL;
  int lock;

  say (owner, chunks, 0);
  do {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_clear_pointer (&recording, habla_recording_free);
    recording = load_only (fixture->options.recordings);
  } while (recording->ended_at == 0);
  lock = habla_recording_lock (recording->folder, LOCK_SH);
  g_assert_cmpint (lock, >=, 0);
  close (lock);
  wait_for_files (fixture);
}

/* The stream is what the browser sent; each utterance has text and translation. */
static void
test_lesson (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) chunks = room_fixture_record (two_recordings, 8);
  g_autoptr (Reader) owner = reader_new_owner (fixture, NULL, "class");
  g_autoptr (HablaRecording) recording = NULL;
  g_autofree char *path = NULL;
  guint64 last_end = 0;

  say (owner, chunks, 0);
  wait_for_files (fixture);
  recording = load_only (fixture->options.recordings);
  g_assert_cmpstr (recording->room, ==, "class");
  g_assert_cmpstr (recording->source_language, ==, "en");
  g_assert_cmpstr (recording->target_languages[0], ==, "es");
  g_assert_cmpuint (recording->session_id, ==, habla_room_get_session_id (reader_get_room (owner)));
  g_assert_cmpstr (recording->stream, ==, "stream.webm");
  g_assert_cmpint (recording->ended_at, >=, recording->started_at);
  assert_stream (recording, chunks, 0);
  path = g_build_filename (recording->folder, recording->stream, NULL);
  g_assert_cmpfloat_with_epsilon (
      recording->duration / 1e9, habla_file_decoder_measure (path, NULL) / 1e9, 0.2);
  g_assert_cmpuint (recording->segments->len, ==, reader_count (owner, "transcript"));
  g_assert_cmpuint (recording->segments->len, >=, 2);
  for (guint i = 0; i < recording->segments->len; i++) {
    HablaRecordingSegment *segment = g_ptr_array_index (recording->segments, i);
    g_autofree char *line = g_strdup_printf ("transcript %u", i + 1);
    g_autofree char *translated = g_strdup_printf ("translation %u es", i + 1);

    g_assert_cmpuint (segment->index, ==, i);
    g_assert_cmpuint (segment->exchange_id, ==, i + 1);
    g_assert_cmpuint (segment->session_id, ==, recording->session_id);
    g_assert_cmpstr (segment->language, ==, "en");
    g_assert_cmpstr (segment->text, ==, reader_get_text (owner, line));
    g_assert_cmpstr (
        g_hash_table_lookup (segment->translations, "es"), ==, reader_get_text (owner, translated));
    g_assert_cmpuint (segment->begin, >=, last_end);
    g_assert_cmpuint (segment->end, >, segment->begin);
    g_assert_cmpuint (segment->end, <=, recording->duration + GST_SECOND / 10);
    last_end = segment->end;
    g_assert_cmpfloat_with_epsilon (
        check_segment (recording, i), (segment->end - segment->begin) / 1e9, 0.51);
  }
  g_assert_cmpfloat (room_fixture_get_metric (fixture, "habla_recording_bytes_total"), >, 1000.0);
  g_assert_cmpfloat (room_fixture_get_metric (fixture, "habla_recording_segments_total"), ==,
      recording->segments->len);
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_recording_ended_total{outcome=\"kept\"}"), ==, 1.0);
}

static GPtrArray *
read_samples (void)
{
  GPtrArray *chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (SPEECH_FILE, &contents, &length, NULL));
  for (gsize at = HABLA_WAV_FILE_HEADER_SIZE; at < length; at += RATE)
    g_ptr_array_add (chunks, g_bytes_new (contents + at, MIN (RATE, length - at)));
  g_ptr_array_add (chunks, g_bytes_new_take (g_malloc0 (2 * RATE), 2 * RATE));
  return chunks;
}

/* Audio without a container gets a WAVE header. */
static void
test_raw (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) chunks = read_samples ();
  g_autoptr (Reader) owner = reader_new_owner (fixture, NULL, NULL);
  g_autoptr (HablaRecording) recording = NULL;
  g_autofree char *path = NULL;

  say (owner, chunks, RATE);
  wait_for_files (fixture);
  recording = load_only (fixture->options.recordings);
  g_assert_cmpstr (recording->stream, ==, "stream.wav");
  assert_stream (recording, chunks, HABLA_WAV_FILE_HEADER_SIZE);
  path = g_build_filename (recording->folder, recording->stream, NULL);
  g_assert_cmpuint (habla_file_decoder_measure (path, NULL), ==, recording->duration);
}

/* The decoded audio of the daemon's own sources is recorded. */
static void
test_source (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) sources = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (Reader) owner = NULL;
  g_autoptr (HablaRecording) recording = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  g_hash_table_insert (sources, "file", "filesrc location=" SPEECH_FILE " ! wavparse");
  habla_room_manager_free (fixture->manager);
  habla_metrics_free (fixture->metrics);
  fixture->options.metrics = fixture->metrics = habla_metrics_new ();
  fixture->options.sources = sources;
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  g_assert_true (habla_room_start_listening (reader_get_room (owner), "file", 0, &error));
  room_fixture_iterate_until (has_stopped, owner, 120);
  wait_for_files (fixture);
  recording = load_only (fixture->options.recordings);
  g_assert_cmpstr (recording->stream, ==, "stream.wav");
  path = g_build_filename (recording->folder, recording->stream, NULL);
  g_assert_cmpfloat_with_epsilon (habla_file_decoder_measure (path, NULL) / 1e9,
      habla_file_decoder_measure (SPEECH_FILE, NULL) / 1e9, 0.05);
  g_assert_cmpuint (recording->segments->len, ==, reader_count (owner, "transcript"));
  g_assert_cmpuint (recording->segments->len, >=, 1);
}

/* Switching off applies at once, switching on with the next start; recordings without audio are
 * deleted. */
static void
test_switch (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) chunks = room_fixture_record (two_recordings, 8);
  g_autoptr (Reader) owner = reader_new_owner (fixture, NULL, NULL);
  g_autoptr (GPtrArray) ids = NULL;
  g_autoptr (HablaRecording) recording = NULL;
  HablaRoom *room = reader_get_room (owner);
  g_autofree char *path = NULL;
  GStatBuf status;

  g_assert_true (habla_room_start_listening (room, NULL, 0, NULL));
  g_assert_true (habla_room_is_recording (room));
  reader_wait_for (owner, "listening");
  g_assert_true (habla_room_push_audio (room, g_ptr_array_index (chunks, 0), NULL));
  /* Only audio that the decoder process has consumed is recorded. */
  room_fixture_iterate_until (is_all_consumed, fixture, 60);
  habla_room_manager_set_recording (fixture->manager, FALSE);
  g_assert_false (habla_room_is_recording (room));
  for (guint i = 1; i < chunks->len; i++)
    g_assert_true (habla_room_push_audio (room, g_ptr_array_index (chunks, i), NULL));
  wait_for_files (fixture);
  recording = load_only (fixture->options.recordings);
  path = g_build_filename (recording->folder, "stream.webm", NULL);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, g_bytes_get_size (g_ptr_array_index (chunks, 0)));
  habla_room_manager_set_recording (fixture->manager, TRUE);
  g_assert_false (habla_room_is_recording (room));
  reader_stop_listening (owner);
  room_fixture_iterate_until (has_stopped, owner, 120);

  g_assert_true (habla_room_start_listening (room, NULL, 0, NULL));
  g_assert_true (habla_room_is_recording (room));
  reader_stop_listening (owner);
  room_fixture_wait_for_sessions (fixture, 0);
  wait_for_files (fixture);
  ids = habla_recording_list (fixture->options.recordings);
  g_assert_cmpuint (ids->len, ==, 1);
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_recording_ended_total{outcome=\"empty\"}"), ==, 1.0);
}

/* Translation continues, and the speaker receives an error. */
static void
check_lesson_without_recording (RoomFixture *fixture, const char *reason)
{
  g_autoptr (GPtrArray) chunks = room_fixture_record (two_recordings, 8);
  g_autoptr (Reader) owner = reader_new_owner (fixture, NULL, NULL);

  say (owner, chunks, 0);
  wait_for_files (fixture);
  reader_assert_balanced (owner);
  g_assert_cmpuint (reader_count (owner, "transcript"), >=, 2);
  g_assert_cmpuint (reader_count (owner, "error"), ==, 1);
  g_assert_nonnull (strstr (reader_get_text (owner, "error"), reason));
  g_assert_false (habla_room_is_recording (reader_get_room (owner)));
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_recording_ended_total{outcome=\"failed\"}"), ==,
      1.0);
}

static void
test_no_folder (RoomFixture *fixture, gconstpointer data)
{
  /* A file has the folder's name. */
  g_assert_cmpint (g_rmdir (fixture->options.recordings), ==, 0);
  g_assert_true (g_file_set_contents (fixture->options.recordings, "", 0, NULL));
  check_lesson_without_recording (fixture, "translation continues");
}

static void
test_too_large (RoomFixture *fixture, gconstpointer data)
{
  habla_room_manager_free (fixture->manager);
  habla_metrics_free (fixture->metrics);
  fixture->options.metrics = fixture->metrics = habla_metrics_new ();
  fixture->options.max_recording_size = 20000;
  room_fixture_start (fixture);
  check_lesson_without_recording (fixture, "max-recording-size");
}

static void
test_full_disk (RoomFixture *fixture, gconstpointer data)
{
  const char *root = fixture->options.recordings;
  HablaRecordingMaintenance result;

  if (mount ("habla-test", root, "tmpfs", 0, "size=48k") != 0) {
    g_test_skip ("only root may mount a small disk");
    return;
  }
  check_lesson_without_recording (fixture, g_strerror (ENOSPC));
  /* With free space, the recording is repaired like one that a crash interrupted. */
  g_assert_cmpint (mount ("habla-test", root, "tmpfs", MS_REMOUNT, "size=10m"), ==, 0);
  habla_recording_maintenance_run (root, 0, 0, g_get_real_time (), NULL, &result);
  g_assert_cmpuint (result.n_repaired, ==, 1);
  {
    g_autoptr (HablaRecording) recording = load_only (root);

    g_assert_cmpint (recording->ended_at, >, 0);
    g_assert_cmpuint (recording->duration, >, GST_SECOND / 2);
  }
  g_assert_cmpint (umount (root), ==, 0);
}

/* @age: in days. Returns: (transfer full): the folder of a recording of @size bytes */
static char *
make_old (const char *root, const char *id, double age, gsize size, gint64 now)
{
  HablaRecording recording = { .id = (char *) id,
    .folder = g_build_filename (root, id, NULL),
    .stream = (char *) "stream.webm",
    .started_at = now - (gint64) (age * G_TIME_SPAN_DAY),
    .duration = 2700 * GST_SECOND };
  g_autofree char *marker = g_build_filename (recording.folder, HABLA_RECORDING_MARKER, NULL);
  g_autofree char *stream = g_build_filename (recording.folder, "stream.webm", NULL);
  g_autofree char *audio = g_malloc0 (size);

  recording.ended_at = recording.started_at + G_GINT64_CONSTANT (2700) * G_USEC_PER_SEC;
  g_assert_cmpint (g_mkdir_with_parents (recording.folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (marker, "", 0, NULL));
  g_assert_true (g_file_set_contents (stream, audio, size, NULL));
  g_assert_true (habla_recording_save (&recording, NULL));
  return recording.folder;
}

/* Of six recordings a day for two weeks, those of a week are kept, and then as many as fit. */
static void
test_two_weeks (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *foreign = g_build_filename (root, "20200101-000000-000-0000", NULL);
  g_autofree char *note = g_build_filename (foreign, "note.txt", NULL);
  g_autofree char *link = g_build_filename (root, "20190101-000000-000-0000", NULL);
  g_autofree char *used = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  HablaRecordingMaintenance result;
  const gint64 now = g_get_real_time ();
  guint64 left;
  int lock;

  for (guint day = 0; day < 14; day++)
    for (guint lesson = 0; lesson < 6; lesson++) {
      double age = 13.9 - day - lesson / 24.0;
      g_autoptr (GDateTime) date =
          g_date_time_new_from_unix_utc (now / G_USEC_PER_SEC - (gint64) (age * 86400));
      g_autofree char *time = g_date_time_format (date, "%Y%m%d-%H%M%S-000-abcd");
      g_autofree char *folder = make_old (root, time, age, 10000, now);

      if (day == 0 && lesson == 0)
        used = g_steal_pointer (&folder);
    }
  /* A folder that is not Habla's, and a link to a recording. */
  g_assert_cmpint (g_mkdir (foreign, 0700), ==, 0);
  g_assert_true (g_file_set_contents (note, "mine", -1, NULL));
  g_assert_cmpint (symlink (used, link), ==, 0);
  lock = habla_recording_lock (used, LOCK_SH);
  g_assert_cmpint (lock, >=, 0);

  habla_recording_maintenance_run (root, 7, 0, now, NULL, &result);
  g_assert_cmpuint (result.n_repaired, ==, 0);
  g_assert_cmpuint (result.n_deleted, ==, 41);
  g_assert_cmpuint (result.n_kept, ==, 43);
  g_assert_true (g_file_test (used, G_FILE_TEST_IS_DIR));
  g_assert_true (g_file_test (note, G_FILE_TEST_IS_REGULAR));
  close (lock);

  /* The oldest are deleted beyond the size limit. */
  left = result.size / result.n_kept * 20;
  habla_recording_maintenance_run (root, 0, left + 1000, now, NULL, &result);
  g_assert_cmpuint (result.n_deleted, ==, 23);
  g_assert_cmpuint (result.size, <=, left + 1000);
  g_assert_false (g_file_test (used, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (note, G_FILE_TEST_IS_REGULAR));
  ids = habla_recording_list (root);
  g_assert_cmpuint (ids->len, ==, 20);
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (HablaRecording) recording = habla_recording_load (root, ids->pdata[i], NULL);

    g_assert_cmpint (recording->started_at, >, now - 4 * G_TIME_SPAN_DAY);
  }
  /* An interrupted deletion is completed. */
  {
    g_autofree char *trash = g_build_filename (root, ".trash-x", NULL);

    g_free (make_old (root, ".trash-x", 1, 10, now));
    habla_recording_maintenance_run (root, 0, 0, now, NULL, &result);
    g_assert_cmpuint (result.n_deleted, ==, 0);
    g_assert_false (g_file_test (trash, G_FILE_TEST_EXISTS));
  }
}

/* After a crash all received audio is on disk, and maintenance repairs the metadata. */
static void
test_cut_off (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) chunks = room_fixture_record (two_recordings, 8);
  g_autoptr (Reader) owner = reader_new_owner (fixture, NULL, NULL);
  g_autofree char *copy = make_root ();
  g_autofree char *command = NULL;
  g_autoptr (HablaRecording) cut = NULL;
  g_autoptr (HablaRecording) repaired = NULL;
  HablaRecordingMaintenance result;
  HablaRoom *room = reader_get_room (owner);

  g_assert_true (habla_room_start_listening (room, NULL, 0, NULL));
  for (guint i = 0; i < chunks->len; i++)
    g_assert_true (habla_room_push_audio (room, g_ptr_array_index (chunks, i), NULL));
  reader_wait_for (owner, "translation 1 es");
  /* Wait for the writer's queue. */
  while (room_fixture_get_metric (fixture, "habla_recording_segments_total") < 1.0)
    g_main_context_iteration (NULL, TRUE);
  habla_recording_maintenance_run (
      fixture->options.recordings, 1, 1, g_get_real_time () * 2, NULL, &result);
  g_assert_cmpuint (result.n_repaired + result.n_deleted, ==, 0);
  command = g_strdup_printf ("cp -a '%s/.' '%s'", fixture->options.recordings, copy);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  cut = load_only (copy);
  g_assert_cmpint (cut->ended_at, ==, 0);
  g_assert_cmpuint (cut->segments->len, >=, 1);
  habla_recording_maintenance_run (copy, 0, 0, g_get_real_time (), NULL, &result);
  g_assert_cmpuint (result.n_repaired, ==, 1);
  repaired = load_only (copy);
  assert_stream (repaired, chunks, 0);
  g_assert_cmpint (repaired->ended_at, >=, repaired->started_at);
  g_assert_cmpuint (repaired->duration, >, 5 * GST_SECOND);
  check_segment (repaired, 0);
  reader_stop_listening (owner);
  room_fixture_iterate_until (has_stopped, owner, 120);
}

/* A WAVE file of unknown size can be decoded, and repaired. */
static void
test_wav (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *path = g_build_filename (root, "a.wav", NULL);
  guint8 wav[HABLA_WAV_FILE_HEADER_SIZE + 2 * RATE + 1] = { 0 };
  g_autofree char *contents = NULL;
  gsize length;
  FILE *file;

  habla_wav_file_make_header (wav, RATE, HABLA_WAV_FILE_GROWS);
  g_assert_true (g_file_set_contents (path, (char *) wav, sizeof wav, NULL));
  g_assert_cmpuint (habla_file_decoder_measure (path, NULL), ==, GST_SECOND);
  file = fopen (path, "r+");
  g_assert_true (habla_wav_file_set_size (fileno (file), 0));
  fclose (file);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpuint (length, ==, sizeof wav);
  habla_wav_file_make_header (wav, RATE, 2 * RATE);
  g_assert_cmpmem (contents, length, wav, sizeof wav);
}

static void
test_ids (void)
{
  static const char *const bad[] = { "", ".", "..", "a/b", "../a", "ñandú", "a b", "a%2fb", "a\n",
    "0123456789012345678901234567890123456789012345678901234567890123456789" };
  g_autofree char *root = make_root ();
  g_autofree char *id = habla_recording_make_id ();

  g_assert_true (habla_recording_is_id (id));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (habla_recording_is_id (bad[i]));
    g_assert_null (habla_recording_load (root, bad[i], &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  }
}

int
main (int argc, char *argv[])
{
  g_autoptr (GstElement) warm = NULL;

  habla_test_init (&argc, &argv);
  warm = pipeline_fixture_keep_models ();
  g_test_add_func ("/recorder/ids", test_ids);
  g_test_add_func ("/recorder/wav", test_wav);
  g_test_add_func ("/recorder/two-weeks", test_two_weeks);
  g_test_add ("/recorder/lesson", RoomFixture, NULL, set_up, test_lesson, tear_down);
  g_test_add ("/recorder/playable", RoomFixture, NULL, set_up, test_playable, tear_down);
  g_test_add ("/recorder/raw", RoomFixture, NULL, set_up, test_raw, tear_down);
  g_test_add ("/recorder/source", RoomFixture, NULL, set_up, test_source, tear_down);
  g_test_add ("/recorder/switch", RoomFixture, NULL, set_up, test_switch, tear_down);
  g_test_add ("/recorder/cut-off", RoomFixture, NULL, set_up, test_cut_off, tear_down);
  g_test_add ("/recorder/no-folder", RoomFixture, NULL, set_up, test_no_folder, tear_down);
  g_test_add ("/recorder/too-large", RoomFixture, NULL, set_up, test_too_large, tear_down);
  g_test_add ("/recorder/full-disk", RoomFixture, NULL, set_up, test_full_disk, tear_down);
  return habla_test_run ();
}
