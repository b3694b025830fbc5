/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which engines a room uses, with real elements that this test registers. */
#include "room-fixture.h"
#include "test-engine.h"

#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>

#define RATE 16000

static const char *const neural[] = { "qaa", NULL };
static const char *const classic[] = { "qaa", "qab", NULL };
static const char *const later[] = { "qad", "qab", NULL };
static const char *const hidden_pairs[] = { "qaa>en", NULL };
static const char *const detected[] = { "qae", "qaf", NULL };
static const char *const pairs[] = { "qae>qaf", "qaf>qae", "qaa>en", "qab>en", "qad>en", "qaa>es",
  NULL };

static const char *const second_pairs[] = { "qaa>en", "qab>en", NULL };
static const char *const later_pairs[] = { "qab>en", NULL };
static int n_neural, n_later;

static const TestEngine engines[] = {
  { "aclassictranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_SECONDARY, classic },
  { "neuraltranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY, neural },
  { "latertranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY + 1, later, "later" },
  { "detectingtranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_MARGINAL, detected, NULL, NULL,
      TRUE },
  { "deaftranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_PRIMARY, detected },
  { "neuraltranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_PRIMARY, pairs, NULL, &n_neural },
  { "secondtranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_SECONDARY, second_pairs },
  { "latertranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_PRIMARY + 1, later_pairs, "later",
      &n_later },
  { "hiddentranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_NONE, hidden_pairs },
};

/* Speaks the word @n of #TestTranscriber, and pauses. */
static void
say (Reader *owner, guint n)
{
  gsize size = RATE * sizeof (gint16);
  gint16 *samples = g_malloc0 (size);
  g_autoptr (GBytes) audio = g_bytes_new_take (samples, size);
  g_autoptr (GError) error = NULL;

  for (guint i = RATE / 4; i < RATE / 2; i++)
    samples[i] = n * 100;
  g_assert_true (habla_room_push_audio (reader_get_room (owner), audio, &error));
  g_assert_no_error (error);
}

static gboolean
start (Reader *owner, GError **error)
{
  return habla_room_start_listening (reader_get_room (owner), NULL, RATE, error);
}

/* A room that changes its language while it listens gets another pipeline, with the best engine for
 * that language. */
static void
test_language_changes (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GError) error = NULL;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  reader_set_languages (owner, "qaa", "en");
  g_assert_true (start (owner, &error));
  g_assert_no_error (error);
  say (owner, 1);
  reader_wait_for (owner, "translation 1 en");
  g_assert_cmpstr (reader_get_text (owner, "transcript 1"), ==, "neuraltranscriber: w1");
  g_assert_cmpstr (
      reader_get_text (owner, "translation 1 en"), ==, "neuraltranslator: neuraltranscriber: w1");

  reader_set_languages (owner, "qab", "en");
  say (owner, 2);
  reader_wait_for (owner, "translation 2 en");
  g_assert_cmpstr (reader_get_text (owner, "transcript 2"), ==, "aclassictranscriber: w2");
  g_assert_true (habla_room_is_listening (reader_get_room (owner)));
}

/* A model that is installed is used by the next pipeline, without a new manager; a running one goes
 * on. */
static void
test_installed_later (RoomFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (g_getenv ("HABLA_MODELS_PATH"), "later", NULL);
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GError) error = NULL;
  const HablaLanguages *languages;
  const char *targets[] = { "en", NULL };

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  languages = habla_room_manager_get_languages (fixture->manager);
  reader_set_languages (owner, "qad", "en");
  g_assert_false (start (owner, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
  g_assert_nonnull (strstr (error->message, "habla setup qad"));
  g_clear_error (&error);
  reader_expect (owner, "qad>en, status types");

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  reader_expect (owner, "status hears");
  g_assert_true (g_strv_contains ((const char *const *) languages->heard, "qad"));
  g_assert_true (start (owner, &error));
  g_assert_no_error (error);
  say (owner, 1);
  reader_wait_for (owner, "translation 1 en");
  g_assert_cmpstr (reader_get_text (owner, "transcript 1"), ==, "latertranscriber: w1");

  /* Removed while it runs. */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  reader_wait_for (owner, "status types");
  say (owner, 2);
  reader_wait_for (owner, "translation 2 en");
  g_assert_cmpstr (reader_get_text (owner, "transcript 2"), ==, "latertranscriber: w2");
  g_assert_true (habla_room_set_languages (reader_get_room (owner), "qab", targets, &error));
  say (owner, 3);
  reader_wait_for (owner, "translation 3 en");
  g_assert_cmpstr (reader_get_text (owner, "transcript 3"), ==, "aclassictranscriber: w3");
}

/* Engines that the settings name are used for all languages that they have; those of other engines
 * are not available. */
static void
test_named (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GError) error = NULL;
  const HablaLanguages *languages;

  fixture->options.transcriber = "aclassictranscriber partials=false";
  fixture->options.translator = "hiddentranslator";
  room_fixture_start (fixture);
  languages = habla_room_manager_get_languages (fixture->manager);
  g_assert_cmpstrv (languages->heard, classic);
  g_assert_cmpstrv (languages->translated, hidden_pairs);
  owner = reader_new_owner (fixture, NULL, NULL);
  reader_set_languages (owner, "qaa", "en");
  g_assert_true (start (owner, &error));
  g_assert_no_error (error);
  say (owner, 1);
  reader_wait_for (owner, "translation 1 en");
  g_assert_cmpstr (reader_get_text (owner, "transcript 1"), ==, "aclassictranscriber: w1");
  g_assert_cmpstr (
      reader_get_text (owner, "translation 1 en"), ==, "hiddentranslator: aclassictranscriber: w1");
  g_assert_cmpuint (reader_count (owner, "partial"), ==, 0);
}

static void
assert_refused (Reader *owner, const char *transcriber, const char *translator, const char *known)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (
      habla_room_set_engines (reader_get_room (owner), transcriber, translator, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
  g_assert_nonnull (strstr (error->message, known));
}

static void
assert_chosen (Reader *owner, const char *transcriber, const char *translator)
{
  HablaRoom *room = reader_get_room (owner);

  g_assert_cmpstr (habla_room_get_engine (room, HABLA_ENGINE_TRANSCRIBER), ==, transcriber);
  g_assert_cmpstr (habla_room_get_engine (room, HABLA_ENGINE_TRANSLATOR), ==, translator);
}

static void
choose (Reader *owner, const char *transcriber, const char *translator)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_room_set_engines (reader_get_room (owner), transcriber, translator, &error));
  g_assert_no_error (error);
}

/* The owner chooses engines, also while the room listens; others than those offered are refused. */
static void
test_chosen (RoomFixture *fixture, gconstpointer data)
{
  static const char *const refused[] = { "nonsense", "aclassictranscriber partials=false",
    "aclassictranscriber ! identity", "neuraltranslator", "identity", "latertranscriber" };
  const char *targets[] = { "en", "es", NULL };
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GError) error = NULL;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  g_assert_true (habla_room_set_languages (reader_get_room (owner), "qaa", targets, &error));
  assert_chosen (owner, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    assert_refused (owner, refused[i], "secondtranslator",
        "(available: neuraltranscriber, aclassictranscriber)");
  assert_refused (owner, "aclassictranscriber", "hiddentranslator",
      "(available: neuraltranslator, secondtranslator)");
  assert_chosen (owner, NULL, NULL);

  g_assert_true (start (owner, &error));
  say (owner, 1);
  reader_wait_for (owner, "translation 1 en");
  g_assert_cmpstr (
      reader_get_text (owner, "translation 1 en"), ==, "neuraltranslator: neuraltranscriber: w1");
  choose (owner, "aclassictranscriber", "secondtranslator");
  assert_chosen (owner, "aclassictranscriber", "secondtranslator");
  say (owner, 2);
  reader_wait_for (owner, "translation 2 en");
  g_assert_cmpstr (
      reader_get_text (owner, "translation 2 en"), ==, "secondtranslator: aclassictranscriber: w2");
  g_assert_true (habla_room_is_listening (reader_get_room (owner)));

  /* The other engine stays. */
  choose (owner, "", NULL);
  assert_chosen (owner, NULL, "secondtranslator");
  say (owner, 3);
  reader_wait_for (owner, "translation 3 en");
  g_assert_cmpstr (
      reader_get_text (owner, "translation 3 en"), ==, "secondtranslator: neuraltranscriber: w3");

  /* The choice stays for other languages that the engines have. */
  choose (owner, "aclassictranscriber", NULL);
  reader_set_languages (owner, "qab", "en");
  assert_chosen (owner, "aclassictranscriber", "secondtranslator");
  reader_set_languages (owner, "qad", "en");
  assert_chosen (owner, NULL, NULL);
  reader_set_languages (owner, "qaa", "en");
  assert_chosen (owner, NULL, NULL);
}

/* A chosen translator has not all languages that are read: the best one translates the others. */
static void
test_chosen_for_some (RoomFixture *fixture, gconstpointer data)
{
  const char *targets[] = { "es", "en", NULL };
  g_autoptr (Reader) owner = NULL;
  g_autoptr (Reader) listener = NULL;
  g_autoptr (GError) error = NULL;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, "class");
  g_assert_true (habla_room_set_languages (reader_get_room (owner), "qaa", targets, &error));
  choose (owner, NULL, "secondtranslator");
  listener = reader_new_listener (fixture, "class", "en");
  reader_type (owner, "hello");
  reader_wait_for (owner, "translation 1 es");
  reader_wait_for (listener, "translation 1 en");
  g_assert_cmpstr (reader_get_text (owner, "translation 1 es"), ==, "neuraltranslator: hello");
  g_assert_cmpstr (reader_get_text (listener, "translation 1 en"), ==, "secondtranslator: hello");
}

/* Says the words @first to @last, and waits for their translations into @language. */
static void
say_all (Reader *owner, guint first, guint last, const char *language, guint *id)
{
  for (guint n = first; n <= last; n++) {
    g_autofree char *line = g_strdup_printf ("translation %u %s", ++*id, language);

    say (owner, n);
    reader_wait_for (owner, line);
  }
}

typedef struct {
  Reader *owner;
  const char *source;
} Spoken;

static gboolean
is_spoken (gpointer data)
{
  const Spoken *spoken = data;
  HablaRoom *room = reader_get_room (spoken->owner);

  return g_str_equal (habla_room_get_settings (room)->source_language, spoken->source);
}

/* A translation may come before its transcript. */
static void
wait_for_spoken (Reader *owner, const char *source, const char *target)
{
  Spoken spoken = { owner, source };

  room_fixture_iterate_until (is_spoken, &spoken, 60);
  g_assert_cmpstr (
      habla_room_get_settings (reader_get_room (owner))->target_languages[0], ==, target);
}

/* The source language follows what most of the last utterances were spoken in. */
static void
test_detected (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GError) error = NULL;
  guint id = 0;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  reader_set_languages (owner, "qae", "qaf");
  g_assert_true (start (owner, &error));
  /* Not detected: the best transcriber hears one language. */
  say_all (owner, 101, 103, "qaf", &id);
  g_assert_cmpstr (reader_get_text (owner, "transcript 1"), ==, "deaftranscriber: w101");
  wait_for_spoken (owner, "qae", "qaf");

  g_assert_true (habla_room_manager_can_detect_language (
      fixture->manager, habla_room_get_settings (reader_get_room (owner))));
  habla_room_set_detection (reader_get_room (owner), TRUE);
  say_all (owner, 1, 2, "qaf", &id);
  g_assert_cmpstr (reader_get_text (owner, "translation 5 qaf"), ==,
      "neuraltranslator: detectingtranscriber: w2");
  /* One utterance in the other language passes unchanged. */
  say_all (owner, 101, 101, "qaf", &id);
  g_assert_cmpstr (reader_get_text (owner, "translation 6 qaf"), ==, "detectingtranscriber: w101");
  say_all (owner, 3, 3, "qaf", &id);
  wait_for_spoken (owner, "qae", "qaf");

  /* Two of the last three. */
  say_all (owner, 102, 102, "qaf", &id);
  wait_for_spoken (owner, "qaf", "qae");
  say_all (owner, 103, 104, "qae", &id);
  g_assert_cmpstr (reader_get_text (owner, "translation 10 qae"), ==,
      "neuraltranslator: detectingtranscriber: w104");
  say_all (owner, 4, 5, "qae", &id);
  wait_for_spoken (owner, "qae", "qaf");
  say_all (owner, 6, 6, "qaf", &id);
  g_assert_true (habla_room_is_listening (reader_get_room (owner)));

  habla_room_set_detection (reader_get_room (owner), FALSE);
  say_all (owner, 104, 106, "qaf", &id);
  g_assert_cmpstr (reader_get_nth_transcript (owner, id - 1), ==, "deaftranscriber: w106");
  wait_for_spoken (owner, "qae", "qaf");
}

static void
wait_for_running (int n_best, int n_added)
{
  gint64 deadline = g_get_monotonic_time () + habla_test_scale (60) * G_USEC_PER_SEC;

  while (g_atomic_int_get (&n_neural) != n_best || g_atomic_int_get (&n_later) != n_added) {
    if (g_get_monotonic_time () > deadline)
      g_error ("%d and %d engines are loaded, not %d and %d", n_neural, n_later, n_best, n_added);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
}

/* A manager keeps the engine loaded that the next pipeline uses. */
static void
test_preloaded (RoomFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (g_getenv ("HABLA_MODELS_PATH"), "later", NULL);
  char *english[] = { (char *) "en", NULL };

  fixture->options.settings.source_language = (char *) "qab";
  fixture->options.settings.target_languages = english;
  room_fixture_start (fixture);
  habla_room_manager_warm_up (fixture->manager);
  wait_for_running (1, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  wait_for_running (0, 1);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  wait_for_running (1, 0);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*test) (RoomFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/room-engines/language-changes", test_language_changes },
    { "/room-engines/installed-later", test_installed_later },
    { "/room-engines/named", test_named },
    { "/room-engines/chosen", test_chosen },
    { "/room-engines/chosen-for-some", test_chosen_for_some },
    { "/room-engines/detected", test_detected },
    { "/room-engines/preloaded", test_preloaded },
  };

  habla_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (engines); i++)
    test_engine_register (NULL, &engines[i]);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, RoomFixture, NULL, room_fixture_set_up, tests[i].test,
        room_fixture_tear_down);
  return habla_test_run ();
}
