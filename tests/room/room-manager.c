/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room-fixture.h"

#include <habla/error.h>
#include <pipeline/pipeline-leak-check.h>
#include <string.h>

static void
test_names (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) first = NULL;
  g_autoptr (Reader) second = NULL;
  g_autoptr (GError) error = NULL;

  room_fixture_start (fixture);
  g_assert_null (
      habla_room_manager_join_as_listener (fixture->manager, "latest", NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  first = reader_new_owner (fixture, "one", "class");
  second = reader_new_owner (fixture, "two", NULL);
  g_assert_cmpstr (habla_room_get_name (reader_get_room (first)), ==, "class");
  g_assert_true (reader_get_room (first) != reader_get_room (second));
  g_assert_cmpuint (habla_room_get_session_id (reader_get_room (first)), !=,
      habla_room_get_session_id (reader_get_room (second)));
  g_assert_cmpuint (habla_room_manager_count_members (fixture->manager), ==, 2);
  g_assert_null (
      habla_room_manager_join_as_owner (fixture->manager, "two", "class", NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_null (
      habla_room_manager_join_as_listener (fixture->manager, "class", "tlh", NULL, NULL, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE);
  g_clear_error (&error);
  g_assert_null (habla_room_manager_join_as_owner (fixture->manager, "", NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  /* Listeners join the latest room by this name. */
  g_assert_null (
      habla_room_manager_join_as_owner (fixture->manager, NULL, "latest", NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "“latest”"));
  g_assert_true (habla_room_manager_find_room (fixture->manager, "one") == reader_get_room (first));
  g_assert_null (habla_room_manager_find_room (fixture->manager, "three"));
}

static gboolean
is_room_gone (gpointer data)
{
  RoomFixture *fixture = data;

  return room_fixture_get_metric (fixture, "habla_rooms") == 0.0;
}

/* A room waits for its owner during the resume window. */
static void
test_resume_window (RoomFixture *fixture, gconstpointer data)
{
  HablaRoom *room;
  Reader *owner;

  fixture->options.resume_window = 300;
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, "key", NULL);
  room = reader_get_room (owner);
  reader_free (owner);
  g_assert_true (habla_room_manager_find_room (fixture->manager, "key") == room);
  room_fixture_iterate_until (is_room_gone, fixture, 30);
  g_assert_null (habla_room_manager_find_room (fixture->manager, "key"));
  /* A room without a key does not wait. */
  fixture->options.resume_window = 300;
  reader_free (reader_new_owner (fixture, NULL, NULL));
  room_fixture_iterate_until (is_room_gone, fixture, 30);
}

static gboolean
is_abandoned (gpointer room)
{
  return habla_room_is_abandoned (room);
}

/* Listeners who fill the room, or stay in it, do not keep an owner out. */
static void
test_full (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (Reader) next = NULL;
  g_autoptr (Reader) listener = NULL;
  g_autoptr (GError) error = NULL;

  fixture->options.max_members = 1;
  fixture->options.resume_window = 50;
  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, "key-of-the-first", "physics");
  g_clear_pointer (&owner, reader_free);
  listener = reader_new_listener (fixture, "physics", NULL);
  owner = reader_new_owner (fixture, "key-of-the-first", "physics");
  g_assert_true (reader_get_room (owner) == reader_get_room (listener));
  g_assert_null (habla_room_manager_join_as_owner (
      fixture->manager, "key-of-the-next", "physics", NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  g_clear_pointer (&owner, reader_free);

  /* The first owner may come back. */
  g_assert_null (habla_room_manager_join_as_owner (
      fixture->manager, "key-of-the-next", "physics", NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  room_fixture_iterate_until (is_abandoned, reader_get_room (listener), 30);
  next = reader_new_owner (fixture, "key-of-the-next", "physics");
  g_assert_true (reader_get_room (next) == reader_get_room (listener));
  g_assert_cmpstr (habla_room_get_key (reader_get_room (next)), ==, "key-of-the-next");
  reader_wait_for (listener, "reset");
}

static void
test_limits (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) first = NULL;
  g_autoptr (Reader) second = NULL;
  g_autoptr (Reader) guest = NULL;
  g_autoptr (GError) error = NULL;

  fixture->options.max_sessions = 1;
  fixture->options.max_members = 2;
  fixture->options.typed_idle = 300;
  room_fixture_start (fixture);
  first = reader_new_owner (fixture, NULL, "first");
  second = reader_new_owner (fixture, NULL, "second");
  guest = reader_new_listener (fixture, "first", NULL);
  g_assert_null (
      habla_room_manager_join_as_listener (fixture->manager, "first", NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);

  reader_type (first, "The house is big.");
  g_assert_false (habla_room_push_text (reader_get_room (second), "Hello.", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "max-sessions"));
  g_clear_error (&error);
  g_assert_false (habla_room_start_listening (reader_get_room (second), NULL, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  reader_wait_for (guest, "translation 1 es");
  room_fixture_wait_for_sessions (fixture, 0);
  reader_type (second, "The house is big.");
  reader_wait_for (second, "translation 2 es");
}

static gboolean
has_ten (gpointer data)
{
  return reader_count (data, "translation ") == 10;
}

/* Rooms do not get each other's exchanges. */
static void
test_many (RoomFixture *fixture, gconstpointer data)
{
  Reader *readers[4];

  room_fixture_start (fixture);
  for (guint i = 0; i < 4; i++)
    readers[i] = reader_new_owner (fixture, NULL, NULL);
  for (guint i = 0; i < 40; i++) {
    g_autofree char *text = g_strdup_printf ("There are %u%u houses.", i % 4 + 1, i / 4);

    reader_type (readers[i % 4], text);
  }
  g_assert_cmpuint (habla_room_manager_count_sessions (fixture->manager), ==, 4);
  for (guint i = 0; i < 4; i++) {
    guint n = 0;

    room_fixture_iterate_until (has_ten, readers[i], 120);
    reader_assert_balanced (readers[i]);
    for (guint j = 0; j < readers[i]->lines->len; j++)
      if (g_str_has_prefix (g_ptr_array_index (readers[i]->lines, j), "transcript ")) {
        g_autofree char *text = g_strdup_printf ("There are %u%u houses.", i + 1, n++);

        g_assert_cmpstr (g_ptr_array_index (readers[i]->texts, j), ==, text);
      }
    g_assert_cmpuint (n, ==, 10);
    reader_free (readers[i]);
  }
}

static gpointer
ask (gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean works = habla_room_manager_check_engines (data, &error);

  g_assert_no_error (error);
  return GINT_TO_POINTER (works);
}

static gboolean
is_warm (gpointer data)
{
  return habla_room_manager_is_warm (data);
}

static guint
count_children (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/children", getpid ());
  g_autofree char *children = NULL;
  g_auto (GStrv) words = NULL;
  guint n = 0;

  if (!g_file_get_contents (path, &children, NULL, NULL))
    return 0;
  words = g_strsplit (children, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    n += *words[i] != '\0';
  return n;
}

/* Warm engines answer without a new process; cold ones are loaded first. */
static void
test_warm_engines (RoomFixture *fixture, gconstpointer data)
{
  gboolean is_cold = GPOINTER_TO_INT (data);
  guint n;

  room_fixture_start (fixture);
  g_assert_false (habla_room_manager_is_warm (fixture->manager));
  if (!is_cold) {
    habla_room_manager_warm_up (fixture->manager);
    habla_room_manager_warm_up (fixture->manager);
    while (!is_warm (fixture->manager))
      g_usleep (1000);
  } else {
    g_assert_true (g_thread_join (g_thread_new ("ask", ask, fixture->manager)) != NULL);
    g_assert_true (habla_room_manager_is_warm (fixture->manager));
  }
  n = count_children ();
  for (guint i = 0; i < 20; i++) {
    g_assert_true (g_thread_join (g_thread_new ("ask", ask, fixture->manager)) != NULL);
    g_assert_cmpuint (count_children (), ==, n);
  }
}

/* Languages of Debian's packages. */
static void
test_languages (RoomFixture *fixture, gconstpointer data)
{
  const HablaLanguages *languages;

  room_fixture_start (fixture);
  languages = habla_room_manager_get_languages (fixture->manager);
  g_assert_true (g_strv_contains ((const char *const *) languages->heard, "en-US"));
  g_assert_true (g_strv_contains ((const char *const *) languages->translated, "en>es"));
  g_assert_true (g_strv_contains ((const char *const *) languages->translated, "en>es>fr"));
}

static void
on_shut_down (GObject *object, GAsyncResult *result, gpointer is_done)
{
  g_assert_true (habla_room_manager_shut_down_finish (NULL, result, NULL));
  *(gboolean *) is_done = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

/* Pending text is translated during a shutdown; new members are refused. */
static void
test_shut_down (void)
{
  RoomFixture fixture;
  Reader *owner;
  g_autoptr (GError) error = NULL;
  gboolean is_done = FALSE;

  room_fixture_set_up (&fixture, NULL);
  room_fixture_start (&fixture);
  owner = reader_new_owner (&fixture, "key", NULL);
  reader_type (owner, "The house is big.");
  reader_wait_for (owner, "translation 1 es");
  for (guint i = 0; i < 10; i++)
    reader_type (owner, "The house is big.");
  habla_room_manager_shut_down (fixture.manager, on_shut_down, &is_done);
  g_assert_null (
      habla_room_manager_join_as_owner (fixture.manager, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (habla_room_push_text (reader_get_room (owner), "Hello.", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  room_fixture_iterate_until (is_true, &is_done, 30);
  reader_assert_balanced (owner);
  g_assert_cmpuint (reader_count (owner, "translation"), ==, 11);
  reader_free (owner);
  habla_room_manager_free (fixture.manager);
  habla_metrics_free (fixture.metrics);
}

/* The families are there, and live objects, since the tracer is on. */
static void
test_metrics (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;

  room_fixture_start (fixture);
  owner = reader_new_owner (fixture, NULL, NULL);
  g_assert_cmpfloat (room_fixture_get_metric (fixture, "habla_rooms"), ==, 1.0);
  g_assert_cmpfloat (room_fixture_get_metric (fixture, "habla_members"), ==, 1.0);
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_gstreamer_objects{type=\"pad\"}"), <, 10.0);
  reader_type (owner, "The house is big.");
  reader_wait_for (owner, "translation 1 es");
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_sessions{state=\"typing\"}"), ==, 1.0);
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_gstreamer_objects{type=\"pipeline\"}"), ==, 1.0);
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_gstreamer_objects{type=\"pad\"}"), >=, 10.0);
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_latency_seconds_count{stage=\"translation\"}"), ==,
      1.0);
  g_assert_cmpfloat (
      room_fixture_get_metric (fixture, "habla_session_violations_total{invariant=\"audio\"}"), ==,
      0.0);
}

/* Prints the names of violated invariants. */
static GLogWriterOutput
print_invariant (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "HABLA_INVARIANT"))
      g_printerr ("<%s>", (const char *) fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

static void
test_invariants (void)
{
  HablaInvariantsInput input = { .state = HABLA_PIPELINE_CLOSED,
    .stats = { .audio_received = 10, .audio_lost = 4, .audio_waiting = 6 },
    .audio_taken = 6 };

  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    g_test_trap_assert_stderr ("*<closed><audio><answered><sources>done*");
    return;
  }
  g_setenv ("HABLA_FATAL_INVARIANTS", "0", TRUE);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_writer_func (print_invariant, NULL, NULL);
  g_assert_cmpuint (g_strv_length ((char **) habla_invariant_names), ==, HABLA_N_INVARIANTS);
  g_assert_cmpuint (habla_invariants_check (&input, "test"), ==, 0);
  input.state = HABLA_PIPELINE_CLOSING;
  input.stats.audio_waiting = 7;
  input.pending = 1;
  input.sources = 1;
  g_assert_cmpuint (habla_invariants_check (&input, "test"), ==,
      HABLA_INVARIANT_CLOSED | HABLA_INVARIANT_AUDIO | HABLA_INVARIANT_ANSWERED |
          HABLA_INVARIANT_SOURCES);
  g_printerr ("done");
}

static void
test_fatal_invariants (void)
{
  if (g_test_subprocess ()) {
    HablaInvariantsInput input = { .state = HABLA_PIPELINE_CLOSED, .pending = 1 };

    g_log_set_always_fatal (G_LOG_FATAL_MASK);
    g_setenv ("HABLA_FATAL_INVARIANTS", "1", TRUE);
    habla_invariants_check (&input, "test");
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*violates*answered*violates invariants*");
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
#define ADD(name, data, function) \
  g_test_add ("/room-manager/" name, RoomFixture, data, room_fixture_set_up, function, \
      room_fixture_tear_down)
  g_test_add_func ("/room-manager/invariants", test_invariants);
  g_test_add_func ("/room-manager/fatal-invariants", test_fatal_invariants);
  ADD ("names", NULL, test_names);
  ADD ("resume-window", NULL, test_resume_window);
  ADD ("limits", NULL, test_limits);
  ADD ("full", NULL, test_full);
  ADD ("many", NULL, test_many);
  ADD ("languages", NULL, test_languages);
  ADD ("metrics", NULL, test_metrics);
  ADD ("warm-engines", NULL, test_warm_engines);
  ADD ("warm-engines/cold", GINT_TO_POINTER (TRUE), test_warm_engines);
  g_test_add_func ("/room-manager/shut-down", test_shut_down);
#undef ADD
  return habla_test_run ();
}
