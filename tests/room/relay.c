/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rooms on several nodes: three managers with real pipelines in one process. */
#include "test-relay.h"

#define ENOUGH (100 * 1000 * 1000) /* bytes of a replay */

static RoomFixture *
get_node (TestNet *net, guint i)
{
  return &net->nodes[i].fixture;
}

/* Returns: (transfer full): the lines with @prefix, with their texts; not those about the room */
static char *
get_said (Reader *reader, const char *prefix)
{
  GString *said = g_string_new (NULL);

  for (guint i = 0; i < reader->lines->len; i++) {
    const char *line = g_ptr_array_index (reader->lines, i);

    if (g_str_has_prefix (line, prefix) && !g_str_has_prefix (line, "status") &&
        !g_str_has_prefix (line, "speakers"))
      g_string_append_printf (
          said, "%s: %s\n", line, (char *) g_ptr_array_index (reader->texts, i));
  }
  return g_string_free (said, FALSE);
}

static void
assert_same_lines (Reader *a, Reader *b, const char *prefix)
{
  g_autofree char *said_a = get_said (a, prefix);
  g_autofree char *said_b = get_said (b, prefix);

  g_assert_cmpstr (said_a, ==, said_b);
}

static void
assert_same (Reader *a, Reader *b)
{
  assert_same_lines (a, b, "");
}

/* In a replay, each translation follows its transcript. */
static void
assert_same_exchanges (Reader *a, Reader *b)
{
  assert_same_lines (a, b, "transcript");
  assert_same_lines (a, b, "translation");
}

static void
replay (Reader *reader, guint64 since)
{
  habla_room_replay (reader_get_room (reader), reader->member, since, ENOUGH);
}

typedef struct {
  Reader *reader;
  const char *prefix;
  guint n;
} Count;

static gboolean
has_count (gpointer data)
{
  Count *count = data;

  return reader_count (count->reader, count->prefix) >= count->n;
}

static void
wait_for_count (Reader *reader, const char *prefix, guint n)
{
  Count count = { reader, prefix, n };

  room_fixture_iterate_until (has_count, &count, 120);
}

static const char *const sentences[] = { "The house is red", "I have a dog", "We read a book",
  "The cat sleeps", "She drinks water", "The bread is good" };

/* Several rooms at once; their commits overtake each other, and records are lost. */
static void
test_order (TestNet *net, gconstpointer data)
{
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");
  g_autoptr (Reader) other = reader_new_owner (get_node (net, 1), "key-2", "other");
  g_autoptr (Reader) here = reader_new_listener (get_node (net, 0), "class", "fr");
  g_autoptr (Reader) there = NULL;
  g_autoptr (Reader) far = NULL;
  g_autoptr (Reader) far_spanish = NULL;
  g_autoptr (Reader) crossed = NULL;

  net->loss = 3;
  test_net_settle (net);
  there = reader_new_listener (get_node (net, 1), "class", "fr");
  far = reader_new_listener (get_node (net, 2), "class", "fr");
  far_spanish = reader_new_listener (get_node (net, 2), "class", NULL);
  crossed = reader_new_listener (get_node (net, 0), "other", "es");
  test_net_settle (net);
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++) {
    reader_type (owner, sentences[i]);
    reader_type (other, sentences[i]);
  }
  wait_for_count (owner, "translation", G_N_ELEMENTS (sentences));
  wait_for_count (here, "translation", G_N_ELEMENTS (sentences));
  wait_for_count (other, "translation", G_N_ELEMENTS (sentences));
  habla_room_set_mode (reader_get_room (owner), HABLA_MODE_CLASSROOM);
  habla_room_reset (reader_get_room (owner));
  reader_type (owner, "Good morning");
  wait_for_count (owner, "translation", G_N_ELEMENTS (sentences) + 1);
  wait_for_count (here, "translation", G_N_ELEMENTS (sentences) + 1);
  test_net_settle (net);

  g_assert_cmpuint (net->n_lost, >, 0);
  assert_same (here, there);
  assert_same (here, far);
  assert_same (owner, far_spanish);
  assert_same (other, crossed);
  reader_assert_balanced (far);
  g_assert_cmpuint (habla_room_get_session_id (reader_get_room (far)), ==,
      habla_room_get_session_id (reader_get_room (owner)));
  g_assert_cmpuint (habla_room_get_speakers (reader_get_room (far))->len, ==, 1);
  net->loss = 0;
}

/* Whatever the API reads from a room. */
static void
test_state (TestNet *net, gconstpointer data)
{
  const char *targets[] = { "fr", "es", NULL };
  const char *offered[] = { "pt", NULL };
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");
  g_autoptr (Reader) listener = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) languages = NULL;
  g_auto (GStrv) remote = NULL;
  g_auto (GStrv) engines = NULL;
  g_auto (GStrv) remote_engines = NULL;
  const HablaSpeaker *speaker;
  HablaRoom *room = reader_get_room (owner), *mirror;
  gboolean is_complete;
  g_autoptr (GPtrArray) exchanges = NULL;

  g_assert_true (habla_room_set_languages (room, "en", targets, &error));
  habla_room_set_offered (room, offered);
  reader_type (owner, "Good morning");
  reader_wait_for (owner, "transcript 1000000");
  wait_for_count (owner, "translation", 1);
  g_assert_true (habla_room_rename_speaker (room, "MANUAL", "Ana", &error));
  test_net_settle (net);
  listener = reader_new_listener (get_node (net, 1), "latest", "pt");
  mirror = reader_get_room (listener);
  g_assert_true (habla_room_is_mirror (mirror));
  g_assert_cmpstr (habla_room_get_name (mirror), ==, "class");
  replay (listener, 0);
  test_net_settle (net);
  reader_wait_for (listener, "translation 1000000 pt failed");
  languages = habla_room_list_offered (room);
  remote = habla_room_list_offered (mirror);
  g_assert_cmpstrv (languages, remote);
  engines = habla_room_list_engines (room, HABLA_ENGINE_TRANSLATOR);
  remote_engines = habla_room_list_engines (mirror, HABLA_ENGINE_TRANSLATOR);
  g_assert_cmpstrv (engines, remote_engines);
  g_assert_cmpstrv (habla_room_get_target_languages (mirror), targets);
  g_assert_true (habla_room_can_hear (mirror) == habla_room_can_hear (room));
  g_assert_cmpuint (habla_room_get_session_id (mirror), ==, habla_room_get_session_id (room));
  g_assert_cmpint (habla_room_get_origin (mirror), ==, habla_room_get_origin (room));
  g_assert_cmpint (habla_room_get_origin (mirror), >, 0);
  g_assert_cmpuint (habla_room_get_first_exchange_id (mirror), ==, 1000000);
  speaker = g_ptr_array_index (habla_room_get_speakers (mirror), 0);
  g_assert_cmpstr (speaker->custom_name, ==, "Ana");
  g_assert_cmpuint (speaker->utterance_count, ==, 1);
  exchanges = habla_room_list_exchanges (mirror, &is_complete);
  g_assert_true (is_complete);
  g_assert_cmpuint (exchanges->len, ==, 1);
}

/* They count as listeners of the room, and their languages are translated. */
static void
test_audience (TestNet *net, gconstpointer data)
{
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");
  g_autoptr (Reader) listener = NULL;
  HablaRoom *room = reader_get_room (owner);

  test_net_settle (net);
  listener = reader_new_listener (get_node (net, 1), "class", "fr");
  test_net_settle (net);
  g_assert_cmpuint (habla_room_count_listeners (room), ==, 1);
  g_assert_cmpuint (habla_room_count_members (room), ==, 1);
  reader_type (owner, "Good morning");
  wait_for_count (listener, "translation", 1);
  reader_wait_for (listener, "translation 1000000 fr");
  g_clear_pointer (&listener, reader_free);
  reader_wait_for (owner, "translation 1000000 es");
  while (test_net_count_mirrors (net) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (habla_room_count_listeners (room), ==, 0);
}

static void
on_finished (HablaRoom *room, const HablaExchange *exchange, gpointer n)
{
  g_assert_cmpstr (g_hash_table_lookup (exchange->translations, "es"), !=, NULL);
  (*(guint *) n)++;
}

/* Nothing is shown before its commit, not even where the owner is, nor archived. */
static void
test_commit (TestNet *net, gconstpointer data)
{
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");
  g_autoptr (Reader) listener = NULL;
  HablaRoom *room = reader_get_room (owner);
  g_autoptr (GPtrArray) exchanges = NULL;
  gboolean is_complete;
  guint n_finished = 0;
  const HablaRoomObserver observer = { .exchange_finished = on_finished, .user_data = &n_finished };

  habla_room_manager_set_observer (get_node (net, 0)->manager, &observer);
  test_net_settle (net);
  net->is_held = TRUE;
  reader_type (owner, "Good morning");
  /* Its state, the transcript and the translation. */
  while (habla_room_count_uncommitted (room) < 3)
    g_main_context_iteration (NULL, TRUE);
  listener = reader_new_listener (get_node (net, 0), "class", "es");
  replay (listener, 0);
  reader_expect_nothing (owner);
  reader_expect_nothing (listener);
  exchanges = habla_room_list_exchanges (room, &is_complete);
  g_assert_cmpuint (exchanges->len, ==, 0);
  g_assert_cmpuint (n_finished, ==, 0);
  net->is_held = FALSE;
  reader_wait_for (owner, "translation 1000000 es");
  reader_wait_for (listener, "translation 1000000 es");
  g_assert_cmpuint (reader_count (listener, "transcript"), ==, 1);
  g_assert_cmpuint (reader_count (listener, "translation"), ==, 1);
  g_assert_cmpuint (n_finished, ==, 1);
  habla_room_manager_set_observer (get_node (net, 0)->manager, NULL);
}

/* A late comer gets the transcript once, and one that comes back what it does not know. */
static void
test_replay (TestNet *net, gconstpointer data)
{
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");
  g_autoptr (Reader) late = NULL;
  g_autoptr (Reader) back = NULL;
  g_autoptr (Reader) later = NULL;

  for (guint i = 0; i < 3; i++)
    reader_type (owner, sentences[i]);
  wait_for_count (owner, "translation", 3);
  late = reader_new_listener (get_node (net, 1), "class", "es");
  replay (late, 0);
  back = reader_new_listener (get_node (net, 1), "class", "es");
  replay (back, 1000001);
  test_net_settle (net);
  later = reader_new_listener (get_node (net, 1), "class", "es");
  replay (later, 1000000);
  reader_type (owner, sentences[3]);
  wait_for_count (late, "translation", 4);
  wait_for_count (back, "translation", 2);
  wait_for_count (later, "translation", 3);
  test_net_settle (net);
  assert_same_exchanges (owner, late);
  reader_assert_balanced (late);
  reader_assert_balanced (back);
  g_assert_cmpuint (reader_count (late, "transcript"), ==, 4);
  g_assert_cmpuint (reader_count (back, "transcript"), ==, 2);
  g_assert_cmpuint (reader_count (later, "transcript"), ==, 3);
}

static void
test_refused (TestNet *net, gconstpointer data)
{
  const char *targets[] = { "fr", NULL };
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");
  g_autoptr (Reader) listener = NULL;
  g_autoptr (GError) text_error = NULL;
  g_autoptr (GError) language_error = NULL;
  g_autoptr (GError) listen_error = NULL;
  g_autoptr (GError) owner_error = NULL;
  g_autoptr (GError) apply_error = NULL;
  g_autoptr (GBytes) state = NULL;
  HablaRoom *mirror;

  test_net_settle (net);
  listener = reader_new_listener (get_node (net, 1), "class", "es");
  test_net_settle (net);
  mirror = reader_get_room (listener);
  g_assert_false (habla_room_push_text (mirror, "Hi", NULL, &text_error));
  g_assert_error (text_error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_false (habla_room_set_languages (mirror, "en", targets, &language_error));
  g_assert_error (language_error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_false (habla_room_start_listening (mirror, NULL, 0, &listen_error));
  g_assert_error (listen_error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  habla_room_reset (mirror);
  habla_room_end (mirror);
  habla_room_set_mode (mirror, HABLA_MODE_CLASSROOM);
  g_assert_cmpint (habla_room_get_mode (mirror), ==, HABLA_MODE_CONVERSATION);
  g_assert_null (habla_room_manager_join_as_owner (
      get_node (net, 1)->manager, "stranger", "class", NULL, NULL, &owner_error));
  g_assert_error (owner_error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  /* Hostile records change nothing, and neither does one for an owned room. */
  g_assert_false (test_net_forge (net, "class", "{\"type\":\"ended\"}"));
  g_assert_false (test_net_forge (net, "class", "nonsense"));
  g_assert_true (test_net_forge (net, "class",
      "{\"type\":\"translation\",\"number\":900,"
      "\"exchange\":77,\"language\":\"es\"}"));
  state = habla_room_encode_state (mirror);
  g_assert_false (habla_room_apply (reader_get_room (owner), state, &apply_error));
  g_assert_error (apply_error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  reader_expect_nothing (listener);
}

static void
test_end (TestNet *net, gconstpointer data)
{
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");
  g_autoptr (Reader) listener = NULL;

  test_net_settle (net);
  listener = reader_new_listener (get_node (net, 1), "class", "es");
  test_net_settle (net);
  reader_type (owner, "Good morning");
  habla_room_end (reader_get_room (owner));
  reader_wait_for (owner, "ended");
  reader_wait_for (listener, "ended");
  assert_same (owner, listener);
}

/* The owner reconnects to another node while its first one is there. */
static void
test_move (TestNet *net, gconstpointer data)
{
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");
  g_autoptr (Reader) here = reader_new_listener (get_node (net, 0), "class", "es");
  g_autoptr (Reader) there = NULL;
  g_autoptr (Reader) moved = NULL;
  guint64 session = habla_room_get_session_id (reader_get_room (owner));
  HablaRoom *room;

  test_net_settle (net);
  there = reader_new_listener (get_node (net, 1), "class", "es");
  test_net_settle (net);
  reader_set_languages (owner, "en", "fr");
  test_net_settle (net);
  reader_set_languages (owner, "en", "es");
  reader_type (owner, "Good morning");
  wait_for_count (there, "translation", 1);
  test_net_settle (net);
  moved = reader_new_owner (get_node (net, 2), "key", "class");
  room = reader_get_room (moved);
  g_assert_true (habla_room_is_claimed (room));
  /* Waits for the move. */
  reader_type (moved, "I have a dog");
  wait_for_count (moved, "translation", 1);
  g_assert_false (habla_room_is_mirror (room));
  g_assert_true (habla_room_is_mirror (reader_get_room (owner)));
  g_assert_cmpuint (reader_count (owner, "error"), ==, 1);
  wait_for_count (here, "translation", 2);
  wait_for_count (there, "translation", 2);
  assert_same (here, there);
  reader_assert_balanced (there);
  g_assert_cmpuint (habla_room_get_session_id (room), ==, session);
  /* Its id is greater than that of the first node. */
  reader_wait_for (there, "transcript 2000000");
  /* Back to the first node, with all sentences. */
  g_clear_pointer (&owner, reader_free);
  owner = reader_new_owner (get_node (net, 0), "key", NULL);
  reader_type (owner, "We read a book");
  wait_for_count (there, "translation", 3);
  wait_for_count (here, "translation", 3);
  test_net_settle (net);
  assert_same (here, there);
  g_assert_true (habla_room_is_mirror (room));
  reader_wait_for (here, "transcript 3000000");
}

/* Sentences that a member of any node has seen, a late comer gets from the next owner's node.
 *
 * @data: whether records of the owner's node are not committed when it dies */
static void
test_crash (TestNet *net, gconstpointer data)
{
  gboolean is_before_commit = GPOINTER_TO_INT (data);
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");
  g_autoptr (Reader) there = NULL;
  g_autoptr (Reader) next = NULL;
  g_autoptr (Reader) late = NULL;

  test_net_settle (net);
  there = reader_new_listener (get_node (net, 1), "class", "es");
  test_net_settle (net);
  reader_type (owner, sentences[0]);
  wait_for_count (owner, "translation", 1);
  test_net_settle (net);
  net->is_held = is_before_commit;
  reader_type (owner, sentences[1]);
  if (is_before_commit)
    while (habla_room_count_uncommitted (reader_get_room (owner)) < 2)
      g_main_context_iteration (NULL, TRUE);
  else
    wait_for_count (owner, "transcript", 2);
  test_net_kill (net, 0);
  net->is_held = FALSE;
  g_assert_cmpuint (reader_count (owner, "transcript"), ==, is_before_commit ? 1 : 2);

  next = reader_new_owner (get_node (net, 2), "key", "class");
  reader_type (next, sentences[2]);
  wait_for_count (next, "translation", 1);
  wait_for_count (there, "translation", is_before_commit ? 2 : 3);
  test_net_settle (net);
  reader_assert_balanced (there);
  late = reader_new_listener (get_node (net, 2), "class", "es");
  replay (late, 0);
  g_assert_true (reader_count (late, "transcript") >= reader_count (owner, "transcript"));
  for (guint i = 0; i < reader_count (owner, "transcript"); i++)
    g_assert_cmpstr (reader_get_nth_transcript (late, i), ==, reader_get_nth_transcript (owner, i));
  assert_same_exchanges (there, late);
}

/* A room without followers is not kept. */
static void
cycle (gpointer data)
{
  TestNet *net = data;
  g_autoptr (Reader) listener = reader_new_listener (get_node (net, 1), "class", "es");

  replay (listener, 0);
  test_net_settle (net);
  g_assert_cmpuint (test_net_count_mirrors (net), ==, 1);
  g_clear_pointer (&listener, reader_free);
  while (test_net_count_mirrors (net) > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_leaks (TestNet *net, gconstpointer data)
{
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");

  reader_type (owner, "Good morning");
  wait_for_count (owner, "translation", 1);
  /* GStreamer's threads end with their pipeline. */
  room_fixture_wait_for_sessions (get_node (net, 0), 0);
  habla_test_leak_gate (cycle, net, habla_test_repeat (100));
  g_assert_cmpuint (habla_room_count_listeners (reader_get_room (owner)), ==, 0);
}

/* Records that wait are bounded: partial ones are dropped, and the room takes no more text. */
static void
test_degraded (TestNet *net, gconstpointer data)
{
  g_autoptr (Reader) owner = reader_new_owner (get_node (net, 0), "key", "class");
  g_autoptr (Reader) listener = NULL;
  g_autoptr (GError) error = NULL;
  HablaRoom *room = reader_get_room (owner);

  test_net_settle (net);
  listener = reader_new_listener (get_node (net, 1), "class", "es");
  test_net_settle (net);
  habla_room_set_degraded (room, TRUE);
  reader_wait_for (listener, "status hears");
  g_assert_true (habla_room_is_degraded (reader_get_room (listener)));
  habla_room_set_degraded (room, FALSE);
  test_net_settle (net);
  net->is_held = TRUE;
  for (guint i = 0; i < 500; i++)
    habla_room_notify_stored (room, i + 1);
  g_assert_cmpuint (habla_room_count_uncommitted (room), ==, 200);
  for (guint i = 0; i < 2000; i++)
    habla_room_set_mode (room, i % 2);
  g_assert_false (habla_room_push_text (room, "Hi", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpuint (reader_count (owner, "error"), ==, 1);
  net->is_held = FALSE;
  test_net_settle (net);
  reader_type (owner, "Hi");
  wait_for_count (listener, "translation", 1);
}

#define ADD(name, function, data) \
  g_test_add ("/relay/" name, TestNet, data, test_net_set_up, function, test_net_tear_down)

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  ADD ("order", test_order, NULL);
  ADD ("state", test_state, NULL);
  ADD ("audience", test_audience, NULL);
  ADD ("commit", test_commit, NULL);
  ADD ("replay", test_replay, NULL);
  ADD ("refused", test_refused, NULL);
  ADD ("end", test_end, NULL);
  ADD ("move", test_move, NULL);
  ADD ("crash-before-commit", test_crash, GINT_TO_POINTER (TRUE));
  ADD ("crash-after-commit", test_crash, GINT_TO_POINTER (FALSE));
  ADD ("degraded", test_degraded, NULL);
  ADD ("leaks", test_leaks, NULL);
  return habla_test_run ();
}
