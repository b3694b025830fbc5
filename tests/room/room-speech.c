/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A room with recorded speech and real engines: what its members are notified of. */
#include "room-fixture.h"

#include <string.h>

#define SPEECH_FILE \
  "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav"
#define WAV_HEADER 44
#define RATE 16000

static const char *const two_recordings[] = { "goforward", "goforward", NULL };

static void
start (Reader *owner, guint raw_rate)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_room_start_listening (reader_get_room (owner), NULL, raw_rate, &error));
  g_assert_no_error (error);
}

static void
push (Reader *owner, GPtrArray *pieces, guint from, guint to)
{
  g_autoptr (GError) error = NULL;

  for (guint i = from; i < to; i++) {
    g_assert_true (
        habla_room_push_audio (reader_get_room (owner), g_ptr_array_index (pieces, i), &error));
    g_assert_no_error (error);
  }
}

/* Raw audio, with a second of silence after it. */
static GBytes *
read_samples (void)
{
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) samples = g_byte_array_new ();
  gsize length;

  g_file_get_contents (SPEECH_FILE, &contents, &length, &error);
  g_assert_no_error (error);
  g_byte_array_append (samples, (guint8 *) contents + WAV_HEADER, length - WAV_HEADER);
  g_byte_array_set_size (samples, samples->len + RATE * 2);
  memset (samples->data + samples->len - RATE * 2, 0, RATE * 2);
  return g_byte_array_free_to_bytes (g_steal_pointer (&samples));
}

static gboolean
has_stopped (gpointer data)
{
  return reader_count (data, "stopped") > 0;
}

static void
wait_for_stop (Reader *reader)
{
  g_autofree char *expected = NULL;

  room_fixture_iterate_until (has_stopped, reader, 120);
  expected = g_strdup_printf ("stopped %u", reader_count (reader, "transcript"));
  g_assert_cmpstr (g_ptr_array_index (reader->lines, reader->lines->len - 1), ==, expected);
  reader_assert_balanced (reader);
}

/* Audio from a browser, with repeated commands and the last chunk after the stop. */
static void
test_listening (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) pieces = room_fixture_record (two_recordings, 8);
  g_autoptr (Reader) owner = NULL;
  g_autoptr (Reader) french = NULL;
  HablaRoomTotals totals;
  HablaRoom *room;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, "class");
  french = reader_new_listener (fixture, "class", "fr");
  room = reader_get_room (owner);
  start (owner, 0);
  start (owner, 0);
  push (owner, pieces, 0, 4);
  reader_expect (owner, "listening");
  g_assert_true (habla_room_is_listening (room));
  start (owner, 0);
  reader_wait_for (owner, "listening");
  push (owner, pieces, 4, pieces->len - 1);
  habla_room_stop_listening (room);
  habla_room_stop_listening (room);
  push (owner, pieces, pieces->len - 1, pieces->len);
  wait_for_stop (owner);
  wait_for_stop (french);
  habla_room_stop_listening (room);
  g_assert_cmpuint (reader_count (owner, "stopped"), ==, 1);
  g_assert_cmpuint (reader_count (owner, "error"), ==, 0);
  g_assert_cmpuint (reader_count (owner, "transcript"), >=, 2);
  g_assert_false (habla_room_is_listening (room));
  habla_room_manager_get_totals (fixture->manager, &totals);
  g_assert_cmpfloat (totals.processing, >, 0.0);
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_latency_seconds_count{stage=\"transcription\"}"), >=,
      1.0);
}

/* Listeners that join just before the end of the pipeline, again and again. */
static void
test_late_listener (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) pieces = room_fixture_record (two_recordings, 8);

  room_fixture_start (fixture);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (Reader) owner = reader_new_owner (fixture, NULL, "class");
    g_autoptr (Reader) french = NULL;

    start (owner, 0);
    push (owner, pieces, 0, 4);
    reader_expect (owner, "listening");
    french = reader_new_listener (fixture, "class", "fr");
    push (owner, pieces, 4, pieces->len - 1);
    habla_room_stop_listening (reader_get_room (owner));
    push (owner, pieces, pieces->len - 1, pieces->len);
    wait_for_stop (owner);
    wait_for_stop (french);
    g_assert_cmpuint (reader_count (owner, "error"), ==, 0);
    g_assert_cmpuint (reader_count (owner, "transcript"), >=, 2);
  }
}

/* Text that was typed before is translated, and no audio is lost meanwhile. */
static void
test_after_typing (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) pieces = room_fixture_record (two_recordings, 8);
  g_autoptr (Reader) owner = NULL;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  reader_type (owner, "The house is big.");
  start (owner, 0);
  push (owner, pieces, 0, pieces->len);
  reader_stop_listening (owner);
  room_fixture_iterate_until (has_stopped, owner, 120);
  reader_assert_balanced (owner);
  g_assert_cmpstr (reader_get_text (owner, "transcript 1"), ==, "The house is big.");
  g_assert_cmpuint (reader_count (owner, "transcript"), >=, 3);
  g_assert_cmpuint (reader_count (owner, "error"), ==, 0);
}

/* Text that is typed while the room listens uses the same pipeline. */
static void
test_typing_while_listening (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GBytes) samples = read_samples ();
  g_autoptr (GPtrArray) pieces = g_ptr_array_new ();

  g_ptr_array_add (pieces, samples);
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  start (owner, RATE);
  reader_wait_for (owner, "listening");
  reader_type (owner, "The house is big.");
  reader_expect (owner, "speakers 1, transcript 1, translation 1 es");
  push (owner, pieces, 0, 1);
  reader_stop_listening (owner);
  wait_for_stop (owner);
  g_assert_cmpuint (reader_count (owner, "transcript"), >=, 2);
}

/* Clients see several pipelines as one time of listening, and get an answer to each start. */
static void
test_another_format (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) pieces = room_fixture_record (two_recordings, 8);
  g_autoptr (GBytes) samples = read_samples ();
  g_autoptr (Reader) owner = NULL;
  guint n;

  g_ptr_array_add (pieces, g_bytes_ref (samples));
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  start (owner, 0);
  push (owner, pieces, 0, pieces->len - 1);
  reader_wait_for (owner, "listening");
  start (owner, RATE);
  push (owner, pieces, pieces->len - 1, pieces->len);
  n = reader_count (owner, "transcript");
  reader_stop_listening (owner);
  wait_for_stop (owner);
  g_assert_cmpuint (reader_count (owner, "listening"), ==, 2);
  g_assert_cmpuint (reader_count (owner, "stopped"), ==, 1);
  g_assert_cmpuint (reader_count (owner, "transcript"), >=, MAX (n + 1, 3));
  g_assert_cmpfloat (room_fixture_get_metric (fixture, "habla_session_cleanups_total"), ==, 2.0);
}

/* When the languages change, earlier speech is still translated; an error says that the new
 * language cannot be heard. */
static void
test_languages_change (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) pieces = room_fixture_record (two_recordings, 8);
  g_autoptr (Reader) owner = NULL;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  start (owner, 0);
  push (owner, pieces, 0, pieces->len);
  reader_wait_for (owner, "listening");
  reader_set_languages (owner, "es", "en");
  wait_for_stop (owner);
  g_assert_nonnull (strstr (reader_get_text (owner, "error"), "cannot be heard"));
  g_assert_cmpuint (reader_count (owner, "status types"), ==, 1);
  g_assert_cmpuint (reader_count (owner, "transcript"), >=, 2);
  for (guint i = 0; i < owner->lines->len; i++)
    g_assert_false (g_str_has_suffix (g_ptr_array_index (owner->lines, i), " en"));
  /* Late chunks of a recorder cause no error. */
  push (owner, pieces, 1, 2);
}

/* An owner that comes back gets the translations that were pending when it left. */
static void
test_disconnect (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) pieces = room_fixture_record (two_recordings, 8);
  Reader *owner;
  HablaRoom *room;

  /* The time counts from the disconnect, not from the end of the pipeline. */
  fixture->options.resume_window = 600000;
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, "key", NULL);
  room = reader_get_room (owner);
  start (owner, 0);
  push (owner, pieces, 0, pieces->len);
  reader_free (owner);
  room_fixture_wait_for_sessions (fixture, 0);
  owner = reader_new_owner (fixture, "key", NULL);
  g_assert_false (habla_room_is_listening (room));
  habla_room_replay (room, owner->member, 0, G_MAXSIZE);
  reader_assert_balanced (owner);
  g_assert_cmpuint (reader_count (owner, "transcript"), >=, 2);
  reader_free (owner);
}

static gboolean
has_text (gpointer data)
{
  return reader_count (data, "transcript") > 0;
}

/* A pipeline that is cut off settles all announced exchanges. */
static void
test_cut (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) pieces = room_fixture_record (two_recordings, 8);

  fixture->options.drain_timeout = 1;
  room_fixture_start (fixture);
  for (guint i = 0; i < 5; i++) {
    g_autoptr (Reader) owner = reader_new_owner (fixture, NULL, NULL);

    start (owner, 0);
    push (owner, pieces, 0, pieces->len - 1);
    if (i > 0)
      reader_wait_for (owner, "listening");
    if (i > 1)
      room_fixture_iterate_until (has_text, owner, 120);
    habla_room_stop_listening (reader_get_room (owner));
    push (owner, pieces, pieces->len - 1, pieces->len);
    room_fixture_iterate_until (has_stopped, owner, 120);
    reader_assert_balanced (owner);
  }
}

/* A source of the daemon ends by itself. */
static void
test_source (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) sources = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GBytes) audio = g_bytes_new_static ("xxxx", 4);
  HablaRoom *room;

  g_hash_table_insert (sources, "reading", "filesrc location=" SPEECH_FILE " ! wavparse");
  fixture->options.sources = sources;
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  room = reader_get_room (owner);
  g_assert_true (habla_room_start_listening (room, "reading", 0, &error));
  g_assert_no_error (error);
  g_assert_false (habla_room_push_audio (room, audio, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  wait_for_stop (owner);
  g_assert_cmpuint (reader_count (owner, "transcript"), >=, 1);
}

/* Pending audio is bounded, and the owner gets one error. */
static void
test_waiting_audio (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GBytes) samples = read_samples ();
  g_autoptr (GPtrArray) pieces = g_ptr_array_new ();

  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (pieces, samples);
  fixture->options.max_audio_backlog = g_bytes_get_size (samples);
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  reader_type (owner, "The house is big.");
  start (owner, RATE);
  push (owner, pieces, 0, 3);
  reader_expect (owner, "error");
  reader_stop_listening (owner);
  room_fixture_iterate_until (has_stopped, owner, 120);
  reader_assert_balanced (owner);
  g_assert_cmpuint (reader_count (owner, "error"), ==, 1);
  g_assert_cmpuint (reader_count (owner, "transcript"), >=, 2);
  g_assert_cmpfloat (room_fixture_get_metric (fixture, "habla_audio_bytes_total{fate=\"lost\"}"),
      ==, 2.0 * g_bytes_get_size (samples));
}

/* Returns: (nullable): the last line of an overload */
static const char *
find_last_overload (Reader *reader)
{
  const char *last = NULL;

  for (guint i = 0; i < reader->lines->len; i++)
    if (g_str_has_prefix (reader->lines->pdata[i], "overload"))
      last = reader->lines->pdata[i];
  return last;
}

static gboolean
is_overloaded (gpointer data)
{
  return find_last_overload (data) != NULL;
}

/* A burst of audio that is decoded before the pipeline listens: nothing precedes "listening". If
 * the pipeline ends while it is overloaded, the level falls to 0. */
static void
test_burst (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GBytes) samples = read_samples ();
  g_autoptr (GPtrArray) pieces = g_ptr_array_new ();

  for (guint i = 0; i < 8; i++)
    g_ptr_array_add (pieces, samples);
  fixture->options.drain_timeout = 1;
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  start (owner, RATE);
  push (owner, pieces, 0, pieces->len);
  reader_expect (owner, "listening");
  room_fixture_iterate_until (is_overloaded, owner, 60);
  g_assert_cmpstr (find_last_overload (owner), !=, "overload 0");
  habla_room_stop_listening (reader_get_room (owner));
  push (owner, pieces, 0, 1);
  room_fixture_iterate_until (has_stopped, owner, 120);
  g_assert_cmpstr (find_last_overload (owner), ==, "overload 0");
  reader_assert_balanced (owner);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
#define ADD(name, function) \
  g_test_add ("/room/speech/" name, RoomFixture, NULL, room_fixture_set_up, function, \
      room_fixture_tear_down)
  ADD ("listening", test_listening);
  ADD ("late-listener", test_late_listener);
  ADD ("after-typing", test_after_typing);
  ADD ("typing-while-listening", test_typing_while_listening);
  ADD ("another-format", test_another_format);
  ADD ("languages-change", test_languages_change);
  ADD ("disconnect", test_disconnect);
  ADD ("cut", test_cut);
  ADD ("burst", test_burst);
  ADD ("source", test_source);
  ADD ("waiting-audio", test_waiting_audio);
#undef ADD
  return habla_test_run ();
}
