/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Playback of recordings in rooms. */
#include "room-fixture.h"
#include "pipeline-fixture.h"

#include <recording/file-decoder.h>
#include <recording/recording.h>
#include <stdio.h>
#include <string.h>

static const char *const two_recordings[] = { "0880", "0880", NULL };

typedef struct {
  RoomFixture room;
  Reader *owner;
  char *id;
  GPtrArray *texts; /* recognised while recording */
} Fixture;

static gboolean
has_stopped (gpointer data)
{
  return reader_count (data, "stopped") > 0;
}

static gboolean
are_files_closed (gpointer data)
{
  return habla_player_count () == 0 &&
         room_fixture_get_metric (data, "habla_recording_active") == 0.0;
}

/* Recorded once, and copied for each test. */
static struct {
  char *root;
  char *id;
  GPtrArray *texts;
} lesson;

static void
record_lesson (Fixture *self)
{
  g_autoptr (GPtrArray) chunks = room_fixture_record (two_recordings, 8);
  g_autoptr (GPtrArray) ids = NULL;
  g_autoptr (Reader) owner = reader_new_owner (&self->room, NULL, NULL);
  HablaRoom *room = reader_get_room (owner);

  g_assert_true (habla_room_start_listening (room, NULL, 0, NULL));
  for (guint i = 0; i < chunks->len; i++) {
    if (i == chunks->len - 1)
      habla_room_stop_listening (room);
    g_assert_true (habla_room_push_audio (room, g_ptr_array_index (chunks, i), NULL));
  }
  room_fixture_iterate_until (has_stopped, owner, 120);
  room_fixture_iterate_until (are_files_closed, &self->room, 60);
  ids = habla_recording_list (self->room.options.recordings);
  g_assert_cmpuint (ids->len, ==, 1);
  lesson.root = g_strdup (self->room.options.recordings);
  lesson.id = g_strdup (g_ptr_array_index (ids, 0));
  lesson.texts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < reader_count (owner, "transcript"); i++)
    g_ptr_array_add (lesson.texts, g_strdup (reader_get_nth_transcript (owner, i)));
  g_assert_cmpuint (lesson.texts->len, >=, 2);
}

static char *
make_root (void)
{
  char *root = g_mkdtemp (g_build_filename (habla_test_get_dir (), "recordings-XXXXXX", NULL));

  g_assert_nonnull (root);
  return root;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *command = NULL;

  room_fixture_set_up (&self->room, data);
  self->room.options.recordings = make_root ();
  self->room.options.is_recording = TRUE;
  room_fixture_start (&self->room);
  if (lesson.root == NULL)
    record_lesson (self);
  self->id = lesson.id;
  self->texts = lesson.texts;
  if (!g_str_equal (lesson.root, self->room.options.recordings)) {
    command = g_strdup_printf ("cp -a '%s/.' '%s'", lesson.root, self->room.options.recordings);
    g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  }
  self->owner = reader_new_owner (&self->room, NULL, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->owner, reader_free);
  room_fixture_tear_down (&self->room, data);
  g_assert_cmpuint (habla_player_count (), ==, 0);
  g_free ((char *) self->room.options.recordings);
}

typedef struct {
  gboolean is_done;
  HablaPlayer *player;
  GError *error;
} Prepared;

static void
on_prepared (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Prepared *prepared = user_data;

  prepared->player = habla_player_prepare_finish (result, &prepared->error);
  prepared->is_done = TRUE;
}

static gboolean
is_prepared (gpointer data)
{
  return ((Prepared *) data)->is_done;
}

static HablaPlayer *
prepare (Fixture *self, const char *id, HablaPlayerMode mode, double speed, GError **error)
{
  const HablaPlayerOptions options = { self->room.options.recordings, id, mode, speed };
  Prepared prepared = { FALSE };

  habla_player_prepare (&options, NULL, on_prepared, &prepared);
  room_fixture_iterate_until (is_prepared, &prepared, 60);
  if (prepared.error != NULL)
    g_propagate_error (error, prepared.error);
  return prepared.player;
}

static void
play (Fixture *self, HablaPlayerMode mode, double speed)
{
  g_autoptr (GError) error = NULL;
  HablaPlayer *player = prepare (self, self->id, mode, speed, &error);

  g_assert_no_error (error);
  g_assert_true (habla_room_play (reader_get_room (self->owner), player, &error));
  g_assert_no_error (error);
}

static gboolean
has_ended (gpointer data)
{
  return reader_count (data, "play ") > 0;
}

/* Returns: the number of chunks */
static guint
wait_for_finish (Fixture *self, const char *mode)
{
  Reader *owner = self->owner;
  guint n, total;
  char rest[20];

  room_fixture_iterate_until (has_ended, owner, 120);
  if (reader_count (owner, "error") > 0)
    g_error ("%s", reader_get_text (owner, "error"));
  g_assert_cmpuint (reader_count (owner, "play finished"), ==, 1);
  n = reader_count (owner, "played ");
  g_assert_cmpint (
      sscanf (g_ptr_array_index (owner->lines, owner->position), "plays %u %19s", &total, rest), ==,
      2);
  g_assert_cmpstr (rest, ==, mode);
  g_assert_cmpstr (g_ptr_array_index (owner->texts, owner->position), ==, self->id);
  g_assert_cmpuint (n, ==, total);
  /* Progress is reported in order, and the end comes last. */
  for (guint i = 0, at = owner->position + 1; i < n; at++) {
    g_autofree char *line = g_strdup_printf ("played %u of %u", i + 1, total);

    g_assert_cmpuint (at, <, owner->lines->len);
    if (g_str_has_prefix (g_ptr_array_index (owner->lines, at), "played "))
      g_assert_cmpstr (g_ptr_array_index (owner->lines, at), ==, line);
    i += g_str_has_prefix (g_ptr_array_index (owner->lines, at), "played ");
  }
  {
    g_autofree char *line = g_strdup_printf ("play finished %u", total);

    g_assert_cmpstr (g_ptr_array_index (owner->lines, owner->lines->len - 1), ==, line);
  }
  reader_assert_balanced (owner);
  g_assert_cmpuint (reader_count (owner, "error"), ==, 0);
  g_assert_cmpuint (reader_count (owner, "stopped"), ==, 0);
  g_assert_false (habla_room_is_listening (reader_get_room (owner)));
  return n;
}

/* At speed 0 the same text is recognised as before, and nothing is recorded. */
static void
test_full (Fixture *self, gconstpointer data)
{
  g_autoptr (HablaRecording) recording =
      habla_recording_load (self->room.options.recordings, self->id, NULL);
  g_autoptr (GPtrArray) ids = NULL;
  guint n_before = self->texts->len;

  play (self, HABLA_PLAYER_FULL, 0.0);
  g_assert_cmpuint (
      wait_for_finish (self, "full"), ==, (recording->duration + GST_SECOND - 1) / GST_SECOND);
  g_assert_cmpuint (reader_count (self->owner, "transcript"), ==, n_before);
  for (guint i = 0; i < n_before; i++)
    g_assert_cmpstr (reader_get_nth_transcript (self->owner, i), ==, self->texts->pdata[i]);
  ids = habla_recording_list (self->room.options.recordings);
  g_assert_cmpuint (ids->len, ==, 1);
  g_assert_cmpfloat (
      room_fixture_get_metric (&self->room, "habla_playback_ended_total{outcome=\"finished\"}"), ==,
      1.0);
  g_assert_cmpfloat (room_fixture_get_metric (&self->room, "habla_playback_active"), ==, 0.0);
}

/* A target of a player. */
typedef struct {
  gint64 began;
  double speed;
  guint64 waiting;
  guint64 bytes;
  guint n_pieces;
  guint n_asked;
  gboolean has_ended;
} Taker;

static void
take (GBytes *chunk, guint index, gpointer data)
{
  Taker *taker = data;
  double now = (g_get_monotonic_time () - taker->began) / 1e6;

  g_assert_cmpuint (index, ==, taker->n_pieces++);
  g_assert_cmpuint (taker->waiting, ==, 0);
  /* Not before it is due. */
  g_assert_cmpfloat (
      now * taker->speed + 0.001, >=, taker->bytes / (double) HABLA_FILE_DECODER_BYTES_PER_SECOND);
  taker->bytes += g_bytes_get_size (chunk);
}

static guint64
get_waiting (gpointer data)
{
  Taker *taker = data;

  taker->n_asked++;
  return taker->waiting;
}

static void
take_end (guint n_pieces, const GError *error, gpointer data)
{
  Taker *taker = data;

  g_assert_no_error (error);
  g_assert_cmpuint (n_pieces, ==, taker->n_pieces);
  taker->has_ended = TRUE;
}

static gboolean
has_taken_all (gpointer data)
{
  return ((Taker *) data)->has_ended;
}

static gboolean
has_been_asked (gpointer data)
{
  return ((Taker *) data)->n_asked > 10;
}

/* Chunks are pushed neither before they are due nor while much audio is pending. */
static void
test_pace (Fixture *self, gconstpointer data)
{
  static const HablaPlayerTarget target = { take, get_waiting, take_end };
  static const double speeds[] = { 4.0, HABLA_PLAYER_MAX_SPEED };
  Taker flooded = { .speed = G_MAXDOUBLE / 1e6, .waiting = 1000 * 1000 };
  g_autoptr (HablaPlayer) held = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++) {
    g_autoptr (HablaPlayer) player = prepare (self, self->id, HABLA_PLAYER_FULL, speeds[i], NULL);
    Taker taker = { .began = g_get_monotonic_time (), .speed = speeds[i] };

    habla_player_start (player, &target, &taker);
    room_fixture_iterate_until (has_taken_all, &taker, 60);
    g_assert_cmpuint (taker.n_pieces, ==, habla_player_get_total (player));
  }
  held = prepare (self, self->id, HABLA_PLAYER_FULL, 0.0, NULL);
  habla_player_start (held, &target, &flooded);
  room_fixture_iterate_until (has_been_asked, &flooded, 60);
  g_assert_cmpuint (flooded.n_pieces, ==, 0);
  flooded.waiting = 0;
  room_fixture_iterate_until (has_taken_all, &flooded, 60);
  g_assert_cmpuint (flooded.n_pieces, ==, habla_player_get_total (held));
}

static void
test_segments (Fixture *self, gconstpointer data)
{
  guint n_before = self->texts->len;

  play (self, HABLA_PLAYER_SEGMENTS, 0.0);
  g_assert_cmpuint (wait_for_finish (self, "segments"), ==, n_before);
  /* The endpointer may split an utterance. */
  g_assert_cmpuint (reader_count (self->owner, "transcript"), >=, n_before);
}

/* Playback uses the languages of the recording, not those of the room. */
static void
test_languages (Fixture *self, gconstpointer data)
{
  guint n_before = self->texts->len;

  reader_set_languages (self->owner, "es", "en");
  reader_type (self->owner, "hola");
  play (self, HABLA_PLAYER_FULL, 0.0);
  room_fixture_iterate_until (has_ended, self->owner, 120);
  reader_assert_balanced (self->owner);
  g_assert_cmpuint (reader_count (self->owner, "play finished"), ==, 1);
  g_assert_cmpuint (reader_count (self->owner, "error"), ==, 0);
  g_assert_cmpuint (reader_count (self->owner, "transcript"), ==, n_before + 1);
}

typedef struct {
  Reader *owner;
  guint n;
} Progress;

static gboolean
has_played (gpointer data)
{
  Progress *progress = data;

  return reader_count (progress->owner, "played ") >= progress->n;
}

/* After a stop nothing is left open, and playback can start again. @data: chunks before the stop */
static void
test_stop (Fixture *self, gconstpointer data)
{
  HablaRoom *room = reader_get_room (self->owner);
  Progress progress = { self->owner, GPOINTER_TO_UINT (data) };
  guint n_played;

  play (self, HABLA_PLAYER_FULL, 1.0);
  room_fixture_iterate_until (has_played, &progress, 60);
  n_played = reader_count (self->owner, "played ");
  g_assert_true (habla_room_stop_playing (room));
  room_fixture_iterate_until (has_ended, self->owner, 60);
  g_assert_cmpuint (reader_count (self->owner, "play stopped"), ==, 1);
  g_assert_cmpuint (reader_count (self->owner, "play finished"), ==, 0);
  g_assert_cmpuint (reader_count (self->owner, "played "), ==, n_played);
  g_assert_false (habla_room_stop_playing (room));
  room_fixture_wait_for_sessions (&self->room, 0);
  room_fixture_iterate_until (are_files_closed, &self->room, 60);
  reader_assert_balanced (self->owner);
  progress.n = reader_count (self->owner, "played ") + 1;
  play (self, HABLA_PLAYER_SEGMENTS, 0.0);
  room_fixture_iterate_until (has_played, &progress, 60);
}

/* Playback ends when the client leaves. */
static void
test_leave (Fixture *self, gconstpointer data)
{
  Progress progress = { self->owner, 2 };

  play (self, HABLA_PLAYER_FULL, 1.0);
  room_fixture_iterate_until (has_played, &progress, 60);
  g_clear_pointer (&self->owner, reader_free);
  room_fixture_wait_for_sessions (&self->room, 0);
  room_fixture_iterate_until (are_files_closed, &self->room, 60);
  g_assert_cmpfloat (room_fixture_get_metric (&self->room, "habla_playback_active"), ==, 0.0);
}

/* Shutdown during playback. */
static void
test_shut_down (Fixture *self, gconstpointer data)
{
  Progress progress = { self->owner, 2 };

  play (self, HABLA_PLAYER_FULL, 1.0);
  room_fixture_iterate_until (has_played, &progress, 60);
}

static void
expect_refusal (Fixture *self, int code)
{
  g_autoptr (GError) error = NULL;
  HablaPlayer *player = prepare (self, self->id, HABLA_PLAYER_FULL, 0.0, &error);

  g_assert_no_error (error);
  g_assert_false (habla_room_play (reader_get_room (self->owner), player, &error));
  g_assert_error (error, G_IO_ERROR, code);
}

static void
test_refusals (Fixture *self, gconstpointer data)
{
  HablaRoom *room = reader_get_room (self->owner);
  g_autoptr (GError) error = NULL;

  g_assert_null (prepare (self, "nothing", HABLA_PLAYER_FULL, 0.0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (habla_room_start_listening (room, NULL, 0, NULL));
  expect_refusal (self, G_IO_ERROR_PENDING);
  reader_wait_for (self->owner, "listening");
  expect_refusal (self, G_IO_ERROR_PENDING);
  reader_stop_listening (self->owner);
  room_fixture_wait_for_sessions (&self->room, 0);
  play (self, HABLA_PLAYER_FULL, 1.0);
  expect_refusal (self, G_IO_ERROR_PENDING);
  g_assert_false (habla_room_start_listening (room, NULL, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  habla_room_stop_listening (room);
  g_assert_true (habla_room_stop_playing (room));
  room_fixture_iterate_until (has_ended, self->owner, 60);
  g_assert_cmpuint (reader_count (self->owner, "play stopped"), ==, 1);
}

/* A stream that cannot be decoded is an error, and leaves nothing open. */
static void
test_damaged (Fixture *self, gconstpointer data)
{
  g_autofree char *path =
      g_build_filename (self->room.options.recordings, self->id, "stream.webm", NULL);
  g_autofree char *whole = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &whole, &length, NULL));
  g_assert_true (g_file_set_contents (path, "no audio at all", -1, NULL));
  play (self, HABLA_PLAYER_FULL, 0.0);
  room_fixture_iterate_until (has_ended, self->owner, 60);
  g_assert_cmpuint (reader_count (self->owner, "error"), ==, 1);
  g_assert_cmpuint (reader_count (self->owner, "play stopped"), ==, 1);
  room_fixture_wait_for_sessions (&self->room, 0);
  g_assert_cmpfloat (
      room_fixture_get_metric (&self->room, "habla_playback_ended_total{outcome=\"failed\"}"), ==,
      1.0);
  /* A truncated stream plays to its end. */
  g_assert_true (g_file_set_contents (path, whole, length * 2 / 3, NULL));
  play (self, HABLA_PLAYER_FULL, 0.0);
  room_fixture_wait_for_sessions (&self->room, 0);
  g_assert_cmpuint (reader_count (self->owner, "play finished"), ==, 1);
  g_assert_cmpuint (reader_count (self->owner, "error"), ==, 1);
}

typedef struct {
  Fixture *fixture;
  guint n;
} Cycle;

static gboolean
is_quiet (gpointer data)
{
  return habla_pipeline_count () == 0 && habla_player_count () == 0;
}

static void
cycle (gpointer data)
{
  Cycle *times = data;
  Fixture *self = times->fixture;
  guint before = reader_count (self->owner, "played ");
  Progress progress = { self->owner, before + times->n % 3 };

  play (self, times->n % 2 == 0 ? HABLA_PLAYER_FULL : HABLA_PLAYER_SEGMENTS, 0.0);
  room_fixture_iterate_until (has_played, &progress, 60);
  habla_room_stop_playing (reader_get_room (self->owner));
  room_fixture_wait_for_sessions (&self->room, 0);
  room_fixture_iterate_until (is_quiet, NULL, 60);
  times->n++;
}

static void
test_leaks (Fixture *self, gconstpointer data)
{
  Cycle times = { self, 0 };

  habla_test_leak_gate (cycle, &times, habla_test_repeat (4));
}

int
main (int argc, char *argv[])
{
  g_autoptr (GstElement) warm = NULL;

  habla_test_init (&argc, &argv);
  warm = pipeline_fixture_keep_models ();
  g_test_add ("/player/full", Fixture, NULL, set_up, test_full, tear_down);
  g_test_add ("/player/pace", Fixture, NULL, set_up, test_pace, tear_down);
  g_test_add ("/player/segments", Fixture, NULL, set_up, test_segments, tear_down);
  g_test_add ("/player/languages", Fixture, NULL, set_up, test_languages, tear_down);
  g_test_add ("/player/stop/at-once", Fixture, NULL, set_up, test_stop, tear_down);
  g_test_add (
      "/player/stop/in-the-middle", Fixture, GUINT_TO_POINTER (2), set_up, test_stop, tear_down);
  g_test_add ("/player/leave", Fixture, NULL, set_up, test_leave, tear_down);
  g_test_add ("/player/shut-down", Fixture, NULL, set_up, test_shut_down, tear_down);
  g_test_add ("/player/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  g_test_add ("/player/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/player/leaks", Fixture, NULL, set_up, test_leaks, tear_down);
  return habla_test_run ();
}
