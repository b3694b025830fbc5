/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A room with typed text and real engines: what its members are notified of. */
#include "room-fixture.h"

#include <habla/error.h>
#include <monitoring/process-sampler.h>
#include <string.h>
#include <unistd.h>

static void
test_typed (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  HablaSpeaker *speaker;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  reader_type (owner, "The house is big.");
  reader_expect (owner, "speakers 1, transcript 1, translation 1 es");
  g_assert_cmpstr (reader_get_text (owner, "transcript 1"), ==, "The house is big.");
  g_assert_cmpstr (reader_get_text (owner, "translation 1 es"), ==, "La casa es grande.");
  speaker = g_ptr_array_index (habla_room_get_speakers (reader_get_room (owner)), 0);
  g_assert_cmpstr (speaker->id, ==, "MANUAL");
  g_assert_true (g_regex_match_simple ("^#[0-9a-f]{6}$", speaker->color, 0, 0));
  g_assert_cmpuint (speaker->utterance_count, ==, 1);
  g_assert_false (habla_room_is_listening (reader_get_room (owner)));
  reader_expect_nothing (owner);
}

/* Many texts at once stay in order, and each is translated. */
static void
test_order (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  for (guint i = 1; i <= 60; i++) {
    g_autofree char *text = g_strdup_printf ("There are %u houses.", i);

    reader_type (owner, text);
  }
  reader_wait_for (owner, "translation 60 es");
  reader_assert_balanced (owner);
  g_assert_cmpuint (reader_count (owner, "transcript"), ==, 60);
  for (guint i = 1; i <= 60; i++) {
    g_autofree char *line = g_strdup_printf ("translation %u es", i);
    g_autofree char *number = g_strdup_printf (" %u ", i);

    g_assert_nonnull (strstr (reader_get_text (owner, line), number));
  }
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_utterances_total{stage=\"translated\"}"), ==, 60);
}

typedef struct {
  Reader *reader;
  guint n;
} Translations;

static gboolean
has_translations (gpointer data)
{
  Translations *wanted = data;

  return reader_count (wanted->reader, "translation") == wanted->n;
}

/* Returns: the number of exchanges */
static guint
type_until_translated (Reader *owner, Reader *reader, guint n)
{
  guint n_before = reader_count (reader, "translation");

  while (reader_count (reader, "translation") == n_before) {
    g_autofree char *line = g_strdup_printf ("translation %u es", ++n);

    reader_type (owner, "The house is small.");
    reader_wait_for (owner, line);
  }
  return n;
}

/* Each member reads its own language; readers of the source language get the source text. */
static void
test_languages (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (Reader) french = NULL;
  g_autoptr (Reader) english = NULL;
  g_autoptr (Reader) spanish = NULL;
  g_autoptr (GError) error = NULL;
  Translations wanted;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, "class");
  french = reader_new_listener (fixture, "class", "fr");
  english = reader_new_listener (fixture, "latest", "en");
  spanish = reader_new_listener (fixture, "class", NULL);
  g_assert_cmpstr (habla_member_get_language (spanish->member), ==, "es");
  reader_type (owner, "The house is big.");
  reader_expect (owner, "speakers 1, transcript 1, translation 1 es");
  reader_expect (french, "speakers 1, transcript 1, translation 1 fr");
  reader_expect (english, "speakers 1, transcript 1, translation 1 en source");
  reader_expect (spanish, "speakers 1, transcript 1, translation 1 es");
  g_assert_nonnull (strstr (reader_get_text (french, "translation 1 fr"), "maison"));
  /* Members that get the same message share its encoding. */
  g_assert_cmpuint (spanish->n_encodings, ==, 0);

  g_assert_true (habla_member_set_language (french->member, "pt", &error));
  g_assert_no_error (error);
  g_assert_false (habla_member_set_language (french->member, "tlh", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
  g_clear_error (&error);
  g_assert_false (habla_member_set_language (owner->member, "fr", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  wanted = (Translations){ french, type_until_translated (owner, french, 1) };
  /* Exchanges before the first translation count as not translated. */
  room_fixture_iterate_until (has_translations, &wanted, 60);
  reader_assert_balanced (owner);
  reader_assert_balanced (french);
}

/* Varieties of an available language count as this language, so that each does not start an engine
 * of its own; regional English is the source language, also if an engine offers it by this name. */
static void
test_regions (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (Reader) mexican = NULL;
  g_autoptr (Reader) british = NULL;
  g_autoptr (Reader) american = NULL;
  g_autoptr (GError) error = NULL;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, "class");
  mexican = reader_new_listener (fixture, "class", "es-mx");
  british = reader_new_listener (fixture, "class", "en-GB");
  american = reader_new_listener (fixture, "class", "en-US");
  g_assert_cmpstr (habla_member_get_language (mexican->member), ==, "es");
  g_assert_cmpstr (habla_member_get_language (british->member), ==, "en");
  g_assert_cmpstr (habla_member_get_language (american->member), ==, "en-US");
  reader_type (owner, "The house is big.");
  reader_expect (mexican, "speakers 1, transcript 1, translation 1 es");
  reader_expect (british, "speakers 1, transcript 1, translation 1 en source");
  reader_expect (american, "speakers 1, transcript 1, translation 1 en-US source");
  g_assert_cmpstr (
      reader_get_text (american, "translation 1 en-US source"), ==, "The house is big.");
  for (guint i = 0; i < 50; i++) {
    g_autofree char *tag = g_strdup_printf ("fr-abcd%02u", i);

    g_assert_true (habla_member_set_language (mexican->member, tag, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (habla_member_get_language (mexican->member), ==, "fr");
  }
  reader_expect_nothing (mexican);
}

/* A language that is added during a pause translates the next utterance; the first translation may
 * be missing, but is settled. */
static void
test_coming_and_going (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, "class");
  for (guint i = 1; i <= 10; i++) {
    g_autoptr (Reader) guest = reader_new_listener (fixture, "class", i % 2 != 0 ? "fr" : "pt");
    g_autofree char *line = g_strdup_printf ("translation %u es", i);

    reader_type (owner, "The house is big.");
    reader_wait_for (owner, line);
  }
  reader_assert_balanced (owner);
  g_assert_cmpuint (reader_count (owner, "transcript"), ==, 10);
  g_assert_cmpuint (reader_count (owner, "error"), ==, 0);
  for (guint i = 0; i < owner->lines->len; i++)
    g_assert_null (strstr (g_ptr_array_index (owner->lines, i), "failed"));
}

static void
test_settings (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GError) error = NULL;
  HablaRoom *room;
  HablaSpeaker *speaker;
  guint64 session_id;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  room = reader_get_room (owner);
  session_id = habla_room_get_session_id (room);
  habla_room_set_mode (room, HABLA_MODE_CLASSROOM);
  reader_set_languages (owner, "en", "es");
  reader_expect (owner, "classroom, en>es");

  g_assert_true (habla_room_push_text (room, "The house is big.", "ana", &error));
  reader_expect (owner, "speakers 1, transcript 1, translation 1 es");
  g_assert_true (habla_room_rename_speaker (room, "ana", " Ana María ", &error));
  g_assert_no_error (error);
  speaker = g_ptr_array_index (habla_room_get_speakers (room), 0);
  g_assert_cmpstr (speaker->custom_name, ==, "Ana María");
  g_assert_false (habla_room_rename_speaker (room, "nobody", "x", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  reader_expect (owner, "speakers 1");

  /* Pending exchanges are settled before the reset, and not delivered after it. */
  reader_type (owner, "The house is small.");
  reader_expect (owner, "speakers 2, transcript 2");
  habla_room_reset (room);
  g_assert_cmpuint (habla_room_get_session_id (room), >, session_id);
  g_assert_cmpuint (habla_room_get_speakers (room)->len, ==, 0);
  reader_wait_for (owner, "reset");
  reader_assert_balanced (owner);
  reader_type (owner, "The house is old.");
  reader_expect (owner, "speakers 1, transcript 3, translation 3 es");
  reader_expect_nothing (owner);
  habla_room_replay (room, owner->member, 0, G_MAXSIZE);
  reader_expect (owner, "transcript 3, translation 3 es");
}

/* Any languages that the engines offer, several targets at once; varieties become what is offered.
 */
static void
test_any_languages (RoomFixture *fixture, gconstpointer data)
{
  static const char *const targets[] = { "es-MX", "pt", "es", NULL };
  static const char *const klingon[] = { "tlh", NULL };
  static const char *const none[] = { NULL };
  g_autoptr (Reader) owner = NULL;
  g_autoptr (Reader) guest = NULL;
  g_autoptr (GError) error = NULL;
  HablaRoom *room;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, "class");
  guest = reader_new_listener (fixture, "class", "pt");
  room = reader_get_room (owner);
  g_assert_true (habla_room_set_languages (room, "fr_CA", targets, &error));
  g_assert_no_error (error);
  reader_expect (owner, "fr>es+pt, status types");
  reader_type (owner, "La maison est grande.");
  reader_expect (owner, "speakers 1, transcript 1, translation 1 es");
  reader_wait_for (guest, "translation 1 pt");
  g_assert_nonnull (strstr (reader_get_text (owner, "translation 1 es"), "casa"));
  g_assert_nonnull (strstr (reader_get_text (guest, "translation 1 pt"), "casa"));

  g_assert_false (habla_room_set_languages (room, "fr", klingon, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
  g_assert_nonnull (strstr (error->message, "(available: es, "));
  g_clear_error (&error);
  g_assert_false (habla_room_set_languages (room, "tlh", targets, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
  g_clear_error (&error);
  g_assert_false (habla_room_set_languages (room, "fr", none, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (habla_room_get_source_language (room), ==, "fr");
  reader_expect_nothing (owner);
}

static char *english[] = { (char *) "en", NULL };

/* Spanish cannot be heard here, so no room begins with it. */
static void
test_first_languages (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  HablaRoom *room;

  fixture->options.settings = (HablaRoomSettings){ (char *) "es", english, HABLA_MODE_CLASSROOM };
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  room = reader_get_room (owner);
  g_assert_true (habla_room_can_hear (room));
  g_assert_cmpstr (habla_room_get_source_language (room), ==, "en");
  g_assert_cmpstr (habla_room_get_target_languages (room)[0], ==, "es");
  g_assert_cmpint (habla_room_get_mode (room), ==, HABLA_MODE_CLASSROOM);
}

/* Typed text is translated from the language that it was typed in. */
static void
test_languages_change (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GError) error = NULL;
  HablaRoom *room;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  room = reader_get_room (owner);
  reader_type (owner, "The house is big.");
  reader_set_languages (owner, "es", "en");
  reader_type (owner, "La casa es grande.");
  reader_set_languages (owner, "en", "es");
  reader_type (owner, "The house is old.");
  reader_wait_for (owner, "translation 3 es");
  reader_assert_balanced (owner);
  g_assert_cmpstr (reader_get_text (owner, "translation 1 es"), ==, "La casa es grande.");
  g_assert_cmpstr (reader_get_text (owner, "translation 2 en"), ==, "The house is big.");

  /* Spanish cannot be heard here: an error says so, and typing still works. */
  reader_set_languages (owner, "es", "en");
  reader_expect (owner, "es>en, status types");
  g_assert_false (habla_room_can_hear (room));
  g_assert_false (habla_room_start_listening (room, NULL, 0, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
  g_assert_nonnull (strstr (error->message, "Spanish"));
}

static void
test_idle (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;

  fixture->options.typed_idle = 300;
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  for (guint i = 0; i < 2; i++) {
    reader_type (owner, "The house is big.");
    room_fixture_wait_for_sessions (fixture, 1);
    room_fixture_wait_for_sessions (fixture, 0);
  }
  reader_expect (
      owner, "speakers 1, transcript 1, translation 1 es, transcript 2, translation 2 es");
  reader_expect_nothing (owner);
}

static void
start_listening (Reader *owner)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_room_start_listening (reader_get_room (owner), NULL, 16000, &error));
  g_assert_no_error (error);
}

/* Executes what is ready, up to @n events. */
static void
iterate (guint n)
{
  for (guint i = 0; i < n; i++)
    g_main_context_iteration (NULL, FALSE);
}

/* Each command of the owner is answered, in order, however quickly they follow each other. */
static void
test_restart (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GBytes) silence = g_bytes_new_take (g_malloc0 (3200), 3200);
  HablaRoom *room;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  room = reader_get_room (owner);
  start_listening (owner);
  reader_expect (owner, "listening");
  reader_stop_listening (owner);
  start_listening (owner);
  g_assert_true (habla_room_push_audio (room, silence, NULL));
  reader_expect (owner, "stopped 0, listening");

  /* While the pipeline for other languages starts, the room listens. */
  reader_set_languages (owner, "en", "fr");
  start_listening (owner);
  reader_expect (owner, "en>fr, status hears, listening");
  g_assert_true (habla_room_is_listening (room));
  habla_room_stop_listening (room);
  start_listening (owner);
  reader_stop_listening (owner);
  reader_expect (owner, "stopped 0");

  /* Audio with another rate replaces the stream. */
  start_listening (owner);
  reader_expect (owner, "listening");
  g_assert_true (habla_room_start_listening (room, NULL, 8000, NULL));
  reader_expect (owner, "listening");
  reader_stop_listening (owner);
  reader_expect (owner, "stopped 0");
  reader_expect_nothing (owner);

  /* Each replaces the stream before it, whose pipeline may just start or drain. */
  for (guint i = 0; i < 4; i++) {
    g_assert_true (habla_room_start_listening (room, NULL, 16000, NULL));
    iterate (i * 20);
    g_assert_true (habla_room_start_listening (room, NULL, 0, NULL));
    iterate (i * 20);
    g_assert_true (habla_room_start_listening (room, NULL, 16000, NULL));
    g_assert_true (habla_room_start_listening (room, NULL, 16000, NULL));
    reader_expect (owner, "listening, listening, listening, listening");
    reader_stop_listening (owner);
    reader_expect (owner, "stopped 0");
    reader_expect_nothing (owner);
  }
}

static gboolean
is_warned (gpointer data)
{
  return reader_count (data, "error") > 0;
}

/* After a warning, silence ends a pipeline, whether audio comes or not, and frees its slot. */
static void
test_silence (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (Reader) other = NULL;
  g_autoptr (GBytes) silence = g_bytes_new_take (g_malloc0 (32000), 32000);
  g_autoptr (GError) error = NULL;
  HablaRoom *room;

  fixture->options.max_sessions = 1;
  fixture->options.silence_timeout = 1000;
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, "silent");
  other = reader_new_owner (fixture, NULL, "other");
  room = reader_get_room (owner);
  start_listening (owner);
  g_assert_true (habla_room_push_audio (room, silence, &error));
  g_assert_false (habla_room_start_listening (reader_get_room (other), NULL, 16000, NULL));
  reader_wait_for (owner, "stopped 0");
  g_assert_cmpuint (reader_count (owner, "listening"), ==, 1);
  g_assert_cmpuint (reader_count (owner, "error"), ==, 2);
  g_assert_nonnull (strstr (reader_get_text (owner, "error"), "listening has stopped"));
  room_fixture_wait_for_sessions (fixture, 0);

  /* A client that keeps sending gets no error for each chunk. */
  g_assert_true (habla_room_push_audio (room, silence, &error));
  start_listening (other);
  reader_wait_for (other, "stopped 0");
  g_assert_cmpuint (reader_count (other, "error"), ==, 2);
  reader_expect_nothing (owner);
}

/* Starting again after the warning restarts the timeout. */
static void
test_silence_broken (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;

  fixture->options.silence_timeout = 4000;
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  start_listening (owner);
  room_fixture_iterate_until (is_warned, owner, 60);
  g_assert_nonnull (strstr (reader_get_text (owner, "error"), "listening stops in 2 seconds"));
  start_listening (owner);
  reader_wait_for (owner, "stopped 0");
  g_assert_cmpuint (reader_count (owner, "error"), ==, 3);
}

/* The owner leaves while its text is being translated, and gets the translation when it comes back.
 * */
static void
test_resume (RoomFixture *fixture, gconstpointer data)
{
  Reader *owner;
  HablaRoom *room;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, "key", NULL);
  room = reader_get_room (owner);
  reader_type (owner, "The house is big.");
  reader_wait_for (owner, "translation 1 es");
  reader_type (owner, "The house is small.");
  reader_type (owner, "The house is old.");
  reader_free (owner);
  g_assert_true (habla_room_manager_find_room (fixture->manager, "key") == room);
  room_fixture_wait_for_sessions (fixture, 0);

  owner = reader_new_owner (fixture, "key", NULL);
  g_assert_true (reader_get_room (owner) == room);
  reader_expect_nothing (owner);
  habla_room_replay (room, owner->member, 1, G_MAXSIZE);
  reader_expect (owner, "transcript 2, translation 2 es, transcript 3, translation 3 es");
  reader_type (owner, "The house is red.");
  reader_expect (owner, "transcript 4, translation 4 es");
  reader_free (owner);
}

/* The owner comes back before all is translated, and gets the rest as it comes. */
static void
test_resume_at_once (RoomFixture *fixture, gconstpointer data)
{
  Reader *owner;
  HablaRoom *room;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, "key", NULL);
  room = reader_get_room (owner);
  for (guint i = 0; i < 20; i++)
    reader_type (owner, "The house is big.");
  reader_wait_for (owner, "translation 1 es");
  reader_free (owner);
  owner = reader_new_owner (fixture, "key", NULL);
  habla_room_replay (room, owner->member, 0, G_MAXSIZE);
  reader_wait_for (owner, "translation 20 es");
  reader_assert_balanced (owner);
  g_assert_cmpuint (reader_count (owner, "transcript"), ==, 20);
  reader_free (owner);
}

/* When the owner connects a second time, the first connection becomes a listener. */
static void
test_take_over (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) first = NULL;
  g_autoptr (Reader) second = NULL;

  room_fixture_start (fixture);
  first = reader_new_owner (fixture, "key", NULL);
  second = reader_new_owner (fixture, "key", NULL);
  g_assert_true (reader_get_room (first) == reader_get_room (second));
  g_assert_false (habla_member_is_owner (first->member));
  reader_expect (first, "status hears");
  reader_type (second, "The house is big.");
  reader_expect (first, "speakers 1, transcript 1, translation 1 es");
  reader_expect (second, "speakers 1, transcript 1, translation 1 es");
}

static void
test_bounds (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *long_text = g_strnfill (30000, 'a');
  g_autoptr (GBytes) audio = g_bytes_new_static ("xxxx", 4);
  static const guint bad_rates[] = { 1, HABLA_MIN_SAMPLE_RATE - 1, HABLA_MAX_SAMPLE_RATE + 1,
    G_MAXUINT };
  HablaRoom *room;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  room = reader_get_room (owner);
  g_assert_false (habla_room_push_text (room, long_text, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (habla_room_push_text (room, " \n", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (habla_room_push_text (room, "\xff", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (habla_room_push_text (room, "x", "", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_true (habla_room_push_audio (room, audio, &error));
  g_assert_no_error (error);
  g_assert_false (habla_room_start_listening (room, "nowhere", 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  for (guint i = 0; i < G_N_ELEMENTS (bad_rates); i++) {
    g_assert_false (habla_room_start_listening (room, NULL, bad_rates[i], &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_clear_error (&error);
  }
  habla_room_stop_listening (room);
  reader_expect_nothing (owner);
}

static double
count_translated (RoomFixture *fixture)
{
  return room_fixture_get_metric (fixture, "habla_utterances_total{stage=\"translated\"}");
}

static gboolean
is_past (gpointer end)
{
  return g_get_monotonic_time () > *(gint64 *) end;
}

/* A language lingers after its last reader has left, unless a reader comes back. */
static void
test_linger (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (Reader) french = NULL;
  gint64 end;

  fixture->options.linger = habla_test_scale (1000);
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, "class");
  french = reader_new_listener (fixture, "class", "fr");
  reader_type (owner, "One.");
  reader_wait_for (owner, "translation 1 es");
  reader_wait_for (french, "translation 1 fr");

  /* A reader comes back before the time is over. */
  g_clear_pointer (&french, reader_free);
  end = g_get_monotonic_time () + fixture->options.linger * G_TIME_SPAN_MILLISECOND * 5 / 4;
  reader_type (owner, "Two.");
  french = reader_new_listener (fixture, "class", "fr");
  reader_wait_for (owner, "translation 2 es");
  room_fixture_iterate_until (is_past, &end, 10);
  reader_type (owner, "Three.");
  reader_wait_for (owner, "translation 3 es");
  reader_wait_for (french, "translation 3 fr");
  g_assert_cmpfloat (count_translated (fixture), ==, 6);

  g_clear_pointer (&french, reader_free);
  end = g_get_monotonic_time () + fixture->options.linger * G_TIME_SPAN_MILLISECOND * 5 / 4;
  room_fixture_iterate_until (is_past, &end, 10);
  reader_type (owner, "Four.");
  reader_wait_for (owner, "translation 4 es");
  g_clear_pointer (&owner, reader_free);
  room_fixture_wait_for_sessions (fixture, 0);
  g_assert_cmpfloat (count_translated (fixture), ==, 7);
}

static void
on_exchange_finished (HablaRoom *room, const HablaExchange *exchange, gpointer user_data)
{
  *(guint64 *) user_data = exchange->id;
}

static gboolean
is_two (gpointer id)
{
  return *(guint64 *) id == 2;
}

/* Removing a language finishes the exchanges that awaited it, without another utterance. */
static void
test_gone_unanswered (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (Reader) french = NULL;
  g_autofree char *hang = g_strdup_printf ("pkill -STOP -P %d -f apertium-fr-es", getpid ());
  int status;
  guint64 finished = 0;
  HablaRoomObserver observer = { .exchange_finished = on_exchange_finished,
    .user_data = &finished };

  fixture->options.linger = 500;
  room_fixture_start (fixture);
  habla_room_manager_set_observer (fixture->manager, &observer);
  owner = reader_new_owner (fixture, NULL, "class");
  french = reader_new_listener (fixture, "class", "fr");
  reader_type (owner, "One.");
  reader_wait_for (french, "translation 1 fr");
  g_assert_true (g_spawn_command_line_sync (hang, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  reader_type (owner, "Two.");
  reader_wait_for (owner, "translation 2 es");
  g_assert_cmpuint (finished, ==, 1);
  g_clear_pointer (&french, reader_free);
  room_fixture_iterate_until (is_two, &finished, 20);
}

#define MIB 1048576
#define N_BLOCKS 1024

/* Returns: 64 MiB of free memory below a block that is in use: that block */
static char *
make_free_memory (void)
{
  static char *blocks[N_BLOCKS + 1];

  for (guint i = 0; i <= N_BLOCKS; i++) {
    blocks[i] = g_malloc (64 * MIB / N_BLOCKS);
    memset (blocks[i], i, 64 * MIB / N_BLOCKS);
  }
  for (guint i = 0; i < N_BLOCKS; i++)
    g_free (blocks[i]);
  return blocks[N_BLOCKS];
}

/* Memory that a pipeline frees is returned to the system. */
static void
test_memory (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autofree char *last = NULL;
  HablaProcessSample before, after;

  room_fixture_start (fixture);
  if (g_getenv ("HABLA_TEST_LANE") != NULL) {
    g_test_skip ("The heap is not that of the C library in this lane");
    return;
  }
  owner = reader_new_owner (fixture, NULL, NULL);
  reader_type (owner, "The house is big.");
  reader_wait_for (owner, "translation 1 es");
  last = make_free_memory ();
  habla_process_sample (&before);
  g_clear_pointer (&owner, reader_free);
  room_fixture_wait_for_sessions (fixture, 0);
  habla_process_sample (&after);
  g_assert_cmpuint (after.resident_memory, <, before.resident_memory - 32 * MIB);
}

/* If the pipeline cannot be built, a text causes exactly one error. */
static void
test_broken_pipeline (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;

  fixture->options.pipeline = "nowhere";
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  reader_type (owner, "The house is big.");
  reader_expect (owner, "error");
  room_fixture_wait_for_sessions (fixture, 0);
  reader_expect_nothing (owner);
}

/* All rooms use the glossary of the settings. */
static void
test_glossary (RoomFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "terms.txt", NULL);
  g_autoptr (Reader) owner = NULL;

  g_assert_true (g_file_set_contents (path, "house = choza\n", -1, NULL));
  fixture->options.glossary = path;
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  reader_type (owner, "The house is big.");
  reader_wait_for (owner, "translation 1 es");
  g_assert_cmpstr (reader_get_text (owner, "translation 1 es"), ==, "El choza es grande.");
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
#define ADD(name, function) \
  g_test_add ( \
      "/room/" name, RoomFixture, NULL, room_fixture_set_up, function, room_fixture_tear_down)
  ADD ("typed", test_typed);
  ADD ("glossary", test_glossary);
  ADD ("order", test_order);
  ADD ("languages", test_languages);
  ADD ("regions", test_regions);
  ADD ("coming-and-going", test_coming_and_going);
  ADD ("settings", test_settings);
  ADD ("languages-change", test_languages_change);
  ADD ("any-languages", test_any_languages);
  ADD ("first-languages", test_first_languages);
  ADD ("idle", test_idle);
  ADD ("restart", test_restart);
  ADD ("silence", test_silence);
  ADD ("silence-broken", test_silence_broken);
  ADD ("resume", test_resume);
  ADD ("resume-at-once", test_resume_at_once);
  ADD ("take-over", test_take_over);
  ADD ("linger", test_linger);
  ADD ("gone-unanswered", test_gone_unanswered);
  ADD ("memory", test_memory);
  ADD ("bounds", test_bounds);
  ADD ("broken-pipeline", test_broken_pipeline);
#undef ADD
  return habla_test_run ();
}
