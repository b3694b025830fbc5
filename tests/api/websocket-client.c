/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include "client-test.h"

#include <string.h>

static void
test_owner (void)
{
  g_autoptr (TestConnection) connection = NULL;
  static const char *const messages[] = {
    "{\"type\":\"toggle_direction\",\"direction\":\"es_to_en\"}",
    "{\"type\":\"set_mode\",\"mode\":\"classroom\"}",
    "{\"type\":\"start_listening\"}",
    "{\"type\":\"start_listening\",\"format\":\"pcm\",\"rate\":16000}",
    "{\"type\":\"start_listening\",\"source\":\"microphone\"}",
    "{\"type\":\"text_input\",\"text\":\"hello\",\"speaker_id\":\"MANUAL\"}",
    "{\"type\":\"rename_speaker\",\"speaker_id\":\"S1\",\"name\":\"Ana\"}",
    "{\"type\":\"segment_end\"}",
    "{\"type\":\"hello\"}",
    "{\"type\":\"stop_listening\"}",
    "{\"type\":\"new_session\"}",
  };

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status",
      "\"pipeline_ready\":true,\"session_id\":7,\"direction\":\"en_to_es\","
      "\"mode\":\"conversation\",\"speaker_count\":0,\"role\":\"owner\","
      "\"owner_elsewhere\":false,\"room\":\"room-1\","
      "\"language\":\"es\",\"language_offered\":true,\"languages\":[\"es\",\"en\",\"fr\"]");
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    test_connection_send (connection, messages[i]);
  soup_websocket_connection_send_binary (connection->websocket, "\x1a\x45\xdf\xa3", 4);

  expect (connection, "direction_changed", "es_to_en");
  expect (connection, "status", "\"direction\":\"es_to_en\"");
  expect (connection, "mode_changed", "classroom");
  expect (connection, "session_reset", "\"direction\":\"es_to_en\",\"mode\":\"classroom\"");
  sync_with (connection);
  assert_calls ("owner K (null)\nstart (null) 0\nstart (null) 16000\nstart microphone 0\n"
                "text hello MANUAL\nrename S1 Ana\nstop\naudio 4\n");
  assert_metric ("habla_clients{role=\"owner\"} 1");
  assert_metric ("habla_client_messages_received_total{type=\"start_listening\"} 3");
  assert_metric ("habla_client_messages_received_total{type=\"audio\"} 1");
  assert_metric ("habla_client_messages_sent_total{type=\"status\"} 2");

  g_clear_pointer (&connection, test_connection_free);
  assert_calls ("leave\n");
  assert_metric ("habla_clients{role=\"owner\"} 0");
  assert_metric ("habla_client_closes_total{code=\"1000\"} 1");
  tear_down ();
}

/* Old clients get the name of a direction; new ones choose any languages, also while listening. */
static void
test_languages (void)
{
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status",
      "\"source_language\":\"en\",\"target_languages\":[\"es\"],"
      "\"available_languages\":{\"heard\":[\"en\"],"
      "\"translated\":[\"en>es\",\"es>en\",\"en>es>fr\"],\"spoken\":[]}");
  test_connection_send (connection, "{\"type\":\"toggle_direction\",\"direction\":\"es_to_en\"}");
  expect (connection, "direction_changed", "es_to_en");
  expect (connection, "status", "\"source_language\":\"es\",\"target_languages\":[\"en\"]");

  /* This pair has no direction. */
  test_connection_send (connection, "{\"type\":\"set_languages\",\"source_language\":\"en\","
                                    "\"target_languages\":[\"fr\",\"es\"]}");
  expect (connection, "status", "\"direction\":null,");
  expect (connection, "languages_changed",
      "{\"type\":\"languages_changed\",\"source_language\":\"en\","
      "\"target_languages\":[\"fr\",\"es\"]}");

  /* As after a reconnect: further targets stay if the client repeats its direction. */
  test_connection_send (connection, "{\"type\":\"set_languages\",\"source_language\":\"en\","
                                    "\"target_languages\":[\"es\",\"fr\"]}");
  expect (connection, "direction_changed", "en_to_es");
  expect (connection, "status", "\"target_languages\":[\"es\",\"fr\"]");
  expect (connection, "languages_changed", NULL);
  test_connection_send (connection, "{\"type\":\"toggle_direction\",\"direction\":\"en_to_es\"}");
  expect (connection, "direction_changed", "en_to_es");
  expect (connection, "status", "\"target_languages\":[\"es\",\"fr\"]");
  test_connection_send (connection, "{\"type\":\"toggle_direction\",\"direction\":\"es_to_en\"}");
  expect (connection, "direction_changed", "es_to_en");
  expect (connection, "status", "\"target_languages\":[\"en\"]");
  test_connection_send (connection, "{\"type\":\"toggle_direction\",\"direction\":\"en_to_es\"}");
  expect (connection, "direction_changed", "en_to_es");
  expect (connection, "status", "\"target_languages\":[\"es\"]");

  /* The source language stays. */
  test_connection_send (connection, "{\"type\":\"set_languages\",\"target_languages\":[\"es\"]}");
  expect (connection, "direction_changed", "en_to_es");
  expect (connection, "status", "\"source_language\":\"en\",\"target_languages\":[\"es\"]");
  expect (connection, "languages_changed", NULL);

  test_connection_send (connection, "{\"type\":\"start_listening\",\"target_languages\":[\"fr\"]}");
  expect (connection, "status", "\"target_languages\":[\"fr\"]");
  sync_with (connection);
  assert_calls ("owner K (null)\nstart (null) 0\n");

  /* Refused languages change nothing, and do not start to listen. */
  scripted_failure = "only: en";
  test_connection_send (connection, "{\"type\":\"set_languages\",\"source_language\":\"xx\"}");
  expect (connection, "error", "only: en");
  scripted_failure = "only: en";
  test_connection_send (connection, "{\"type\":\"start_listening\",\"source_language\":\"xx\"}");
  expect (connection, "error", "only: en");
  sync_with (connection);
  assert_calls ("");
  assert_metric ("habla_client_messages_received_total{type=\"set_languages\"} 4");
  assert_metric ("habla_client_messages_sent_total{type=\"languages_changed\"} 3");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

static void
test_engines (void)
{
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status",
      "\"transcriber\":\"\",\"translator\":\"\","
      "\"available_engines\":{\"transcribers\":[\"best\",\"other\"],\"translators\":[]}");
  test_connection_send (connection, "{\"type\":\"set_engines\",\"transcriber\":\"other\"}");
  expect (connection, "status", "\"transcriber\":\"other\",\"translator\":\"\",");
  sync_with (connection);
  assert_calls ("owner K (null)\nengines other (null)\n");

  scripted_failure = "only: best, other";
  test_connection_send (connection, "{\"type\":\"set_engines\",\"translator\":\"x\"}");
  expect (connection, "error", "only: best, other");
  sync_with (connection);
  assert_calls ("");
  assert_metric ("habla_client_messages_received_total{type=\"set_engines\"} 2");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

static void
test_detection (void)
{
  HablaWebsocketClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;
  g_autofree char *message = NULL;

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status", "\"auto_language\":false,\"can_detect_language\":true");
  test_connection_send (connection, "{\"type\":\"set_engines\",\"auto_language\":true}");
  expect (connection, "status", "\"auto_language\":true,\"can_detect_language\":true");
  /* What no engine does is off, until the languages change back. */
  test_connection_send (connection, "{\"type\":\"set_languages\",\"source_language\":\"es\"}");
  expect (connection, "status", "\"auto_language\":false,\"can_detect_language\":false");
  expect (connection, "languages_changed", NULL);
  sync_with (connection);
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();

  set_up ();
  options.membership.listener = TRUE;
  connection = connect_with (&options);
  message = test_connection_expect (connection, "status");
  g_assert_null (strstr (message, "auto_language"));
  g_assert_null (strstr (message, "can_detect_language"));
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* The client gets the error of the room, and nothing else happens. */
static void
test_failures (void)
{
  static const char *const messages[] = {
    "{\"type\":\"start_listening\"}",
    "{\"type\":\"text_input\",\"text\":\"hello\"}",
    "{\"type\":\"rename_speaker\",\"speaker_id\":\"S9\",\"name\":\"Ana\"}",
    "{\"type\":\"set_language\",\"language\":\"xx\"}",
  };
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++) {
    scripted_failure = "it is “broken”";
    test_connection_send (connection, messages[i]);
    expect (connection, "error", "{\"type\":\"error\",\"message\":\"it is “broken”\"}");
  }
  scripted_failure = "no audio now";
  soup_websocket_connection_send_binary (connection->websocket, "x", 1);
  expect (connection, "error", "no audio now");
  sync_with (connection);
  g_clear_pointer (&connection, test_connection_free);

  scripted_failure = "The room is full";
  connection = connect_with (&owner);
  expect (connection, "error", "The room is full");
  test_connection_expect_close (connection, 1013);
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

static void
test_invalid (void)
{
  g_autoptr (TestConnection) connection = NULL;
  g_autofree char *large = g_strnfill (1024 * 1024, ' ');

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  test_connection_send (connection, "not JSON");
  expect (connection, "error", "Invalid JSON");
  test_connection_send (connection, "{\"type\":\"audio_chunk\"}");
  expect (connection, "error", "Unknown message type “audio_chunk”");
  test_connection_send (connection, "{\"type\":\"set_mode\",\"mode\":\"lecture\"}");
  expect (connection, "error", "“mode”");
  test_connection_send (connection, large);
  expect (connection, "error", "has 1048576 bytes; at most 65536");
  sync_with (connection);
  assert_metric ("habla_client_messages_received_total{type=\"invalid\"} 4");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* Messages beyond the limit are dropped and errors beyond it are not sent; the connection stays
 * open. */
static void
test_rate (void)
{
  g_autoptr (TestConnection) connection = NULL;
  guint pongs = 0, errors = 0;

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  for (guint i = 0; i < 2000; i++)
    test_connection_send (connection, "{\"type\":\"ping\"}");
  /* The number of audio messages is not limited. */
  for (guint i = 0; i < 600; i++)
    soup_websocket_connection_send_binary (connection->websocket, "x", 1);
  test_wait_for (scripted_calls->len == 601);
  test_wait_for (
      connection->messages->len + read_metric ("habla_client_suppressed_errors_total") == 2000);
  for (guint i = 0; i < connection->messages->len; i++) {
    const char *message = g_ptr_array_index (connection->messages, i);

    if (g_str_has_prefix (message, "{\"type\":\"pong\""))
      pongs++;
    else if (strstr (message, "Rate limit exceeded") != NULL)
      errors++;
    else
      g_error ("%s", message);
  }
  g_ptr_array_set_size (connection->messages, 0);
  /* The burst, and more on a slow machine, which takes several seconds. */
  g_assert_cmpuint (pongs, >=, 500);
  g_assert_cmpuint (pongs, <, 1500);
  g_assert_cmpuint (errors, >=, 20);
  g_assert_cmpuint (errors, <, 200);
  /* After a while, messages are accepted again. */
  sync_with_flooded (connection);
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

static void
test_listener (void)
{
  static const char *const refused[] = { "{\"type\":\"start_listening\"}",
    "{\"type\":\"stop_listening\"}", "{\"type\":\"text_input\",\"text\":\"a\"}",
    "{\"type\":\"toggle_direction\",\"direction\":\"en_to_es\"}",
    "{\"type\":\"set_engines\",\"transcriber\":\"\"}",
    "{\"type\":\"set_languages\",\"source_language\":\"en\"}",
    "{\"type\":\"set_mode\",\"mode\":\"classroom\"}", "{\"type\":\"new_session\"}",
    "{\"type\":\"rename_speaker\",\"speaker_id\":\"S\",\"name\":\"N\"}" };
  HablaWebsocketClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  options.membership.listener = TRUE;
  options.membership.room = "class";
  options.membership.language = "fr";
  connection = connect_with (&options);
  expect (connection, "status",
      "\"role\":\"listener\",\"owner_elsewhere\":false,\"room\":\"room-1\",\"language\":\"fr\"");
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    test_connection_send (connection, refused[i]);
    expect (connection, "error", "Listeners only read");
  }
  soup_websocket_connection_send_binary (connection->websocket, "x", 1);
  expect (connection, "error", "Listeners only read");
  test_connection_send (connection, "{\"type\":\"set_language\",\"language\":\"en\"}");
  sync_with (connection);
  assert_calls ("listener class fr\nlanguage en\n");
  assert_metric ("habla_clients{role=\"listener\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

static void
test_token (void)
{
  static const char *const wrong[] = { "{\"type\":\"ping\"}", "nothing", "{\"type\":\"hello\"}",
    "{\"type\":\"hello\",\"token\":\"secret2\"}", "{\"type\":\"hello\",\"token\":\"secre\"}" };
  HablaWebsocketClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  options.token = "secret";
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    connection = connect_with (&options);
    assert_metric ("habla_clients{role=\"authenticating\"} 1");
    test_connection_send (connection, wrong[i]);
    test_connection_expect_close (connection, 1008);
    g_assert_cmpuint (connection->messages->len, ==, 0);
    g_clear_pointer (&connection, test_connection_free);
  }
  connection = connect_with (&options);
  soup_websocket_connection_send_binary (connection->websocket, "x", 1);
  test_connection_expect_close (connection, 1008);
  g_clear_pointer (&connection, test_connection_free);
  assert_calls ("");

  connection = connect_with (&options);
  test_connection_send (connection, "{\"type\":\"hello\",\"token\":\"secret\"}");
  test_connection_send (connection, "{\"type\":\"text_input\",\"text\":\"a\"}");
  expect (connection, "status", NULL);
  sync_with (connection);
  assert_calls ("owner K (null)\ntext a MANUAL\n");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

static void
test_idle (void)
{
  HablaWebsocketClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;
  gint64 begin, last = 0;

  set_up ();
  options.idle_timeout = 400;
  connection = connect_with (&options);
  expect (connection, "status", NULL);
  begin = g_get_monotonic_time ();
  while (g_get_monotonic_time () < begin + 800000) {
    gint64 next = g_get_monotonic_time () + 50000;

    last = g_get_monotonic_time ();
    sync_with (connection);
    test_wait_for (g_get_monotonic_time () > next);
  }
  /* Messages of the server do not keep the client connected. */
  scripted_room_emit_text (HABLA_EVENT_PARTIAL, "a");
  test_connection_expect_close (connection, 1000);
  g_assert_cmpint (g_get_monotonic_time () - last, >=, 400000);
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

static void
test_events (void)
{
  g_autoptr (TestConnection) connection = NULL;
  HablaWebsocketClientOptions options = owner;

  set_up ();
  scripted_replay = 2;
  options.membership.resume = TRUE;
  options.membership.since = 40;
  connection = connect_with (&options);
  expect (connection, "status", NULL);
  for (guint i = 41; i <= 42; i++) {
    g_autofree char *id = g_strdup_printf ("\"exchange_id\":%u", i);

    expect (connection, "transcript_final", id);
    expect (connection, "translation", id);
  }
  scripted_room_emit_text (HABLA_EVENT_PARTIAL, "one");
  scripted_room_emit_text (HABLA_EVENT_PARTIAL_TRANSLATION, "uno");
  scripted_room_emit_text (HABLA_EVENT_PARTIAL, "one two");
  scripted_room_emit_exchange (43, "One two.");
  scripted_room_emit (&(HablaEvent){ .type = HABLA_EVENT_OVERLOAD, .overload = 3 });
  scripted_room_emit_text (HABLA_EVENT_ERROR, "mind");
  expect (connection, "partial", "\"one\"");
  expect (connection, "partial_translation", "\"uno\"");
  expect (connection, "partial", "\"one two\"");
  expect (connection, "transcript_final", "One two.");
  expect (connection, "translation", "\"exchange_id\":43");
  expect (connection, "overload", "3");
  expect (connection, "error", "mind");
  g_assert_cmpuint (connection->messages->len, ==, 0);
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* A slow client gets all final texts, but only the newest partial. */
static void
test_conflation (void)
{
  g_autofree char *long_text = g_strnfill (2000, 'x');
  HablaWebsocketClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;
  gsize backlog;
  guint id = 0, finals = 0, partials = 0;

  set_up ();
  options.soft_backlog = 64 * 1024;
  connection = test_connection_new_slow (registry, &options);
  /* By a wide margin: the kernel may still accept some. */
  while (habla_websocket_client_get_backlog (connection->client) <= 4 * options.soft_backlog)
    scripted_room_emit_exchange (++id, long_text);
  backlog = habla_websocket_client_get_backlog (connection->client);

  for (guint i = 0; i < 100; i++) {
    scripted_room_emit_text (HABLA_EVENT_PARTIAL, "stale");
    scripted_room_emit_text (HABLA_EVENT_PARTIAL_TRANSLATION, "stale");
  }
  assert_metric ("habla_client_dropped_partials_total 198");
  /* Ends the live line; the queued partials are dropped. */
  scripted_room_emit_exchange (++id, "End.");
  assert_metric ("habla_client_dropped_partials_total 200");
  for (guint i = 0; i < 100; i++) {
    g_autofree char *text = g_strdup_printf ("partial %u", i);

    scripted_room_emit_text (HABLA_EVENT_PARTIAL, text);
  }
  assert_metric ("habla_client_dropped_partials_total 299");
  g_assert_cmpuint (habla_websocket_client_get_backlog (connection->client), <, backlog + 2000);

  test_connection_read (connection);
  expect (connection, "status", NULL);
  while (partials == 0) {
    g_autofree char *message = NULL;

    test_wait_for (connection->messages->len > 0);
    message = g_ptr_array_steal_index (connection->messages, 0);
    g_assert_null (strstr (message, "stale"));
    finals += g_str_has_prefix (message, "{\"type\":\"translation\"");
    if (g_str_has_prefix (message, "{\"type\":\"partial\"")) {
      g_assert_nonnull (strstr (message, "partial 99"));
      partials++;
    }
  }
  while (finals < id) {
    g_autofree char *message = NULL;

    test_wait_for (connection->messages->len > 0);
    message = g_ptr_array_steal_index (connection->messages, 0);
    finals += g_str_has_prefix (message, "{\"type\":\"translation\"");
  }
  sync_with (connection);
  g_assert_cmpuint (habla_websocket_client_get_backlog (connection->client), ==, 0);
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* Beyond the hard limit, the close frame overtakes all queued messages; a client that does not read
 * is cut off. */
static void
test_too_slow (gconstpointer reads)
{
  /* A frame that is being written precedes the close frame. */
  g_autofree char *long_text = g_strnfill (reads != NULL ? 2000 : 100000, 'x');
  g_autoptr (TestConnection) connection = NULL;
  HablaWebsocketClientOptions options = owner;
  guint id = 0;

  set_up ();
  options.hard_backlog = 300 * 1024;
  connection = test_connection_new_slow (registry, &options);
  while (id < 1000)
    scripted_room_emit_exchange (++id, long_text);
  g_assert_cmpuint (
      habla_websocket_client_get_backlog (connection->client), >, options.hard_backlog);
  g_assert_cmpuint (
      habla_websocket_client_get_backlog (connection->client), <, options.hard_backlog + 250000);
  g_assert_cmpfloat (read_metric ("habla_client_backlog_peak_bytes"), >, options.hard_backlog);
  g_assert_cmpfloat (read_metric ("habla_client_backlog_bytes"), >, options.hard_backlog);
  if (reads != NULL) {
    test_connection_read (connection);
    test_connection_expect_close (connection, 1013);
    g_assert_cmpstr (soup_websocket_connection_get_close_data (connection->websocket), ==,
        "too slow; reconnect with ?since=");
    g_assert_cmpuint (connection->messages->len, <, 200);
  } else {
    test_wait_for (connection->client == NULL);
  }
  g_assert_cmpuint (scripted_room_count_members (), ==, 0);
  assert_metric ("habla_client_closes_total{code=\"1013\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* A client that does not answer the close frame is cut off; one that disconnects without a close
 * frame is freed. */
static void
test_close (void)
{
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  habla_websocket_client_close (connection->client, 1001, "bye");
  habla_websocket_client_close (connection->client, 1000, "again");
  test_connection_expect_close (connection, 1001);
  assert_metric ("habla_client_closes_total{code=\"1001\"} 1");
  g_clear_pointer (&connection, test_connection_free);

  connection = test_connection_new_slow (registry, &owner);
  habla_websocket_client_close (connection->client, 1001, NULL);
  /* No more events are sent. */
  scripted_room_emit_text (HABLA_EVENT_PARTIAL, "a");
  assert_metric ("habla_client_messages_sent_total{type=\"partial\"} 0");
  test_wait_for (connection->client == NULL);
  assert_metric ("habla_client_closes_total{code=\"1001\"} 2");
  g_clear_pointer (&connection, test_connection_free);

  connection = test_connection_new_slow (registry, &owner);
  g_io_stream_close (G_IO_STREAM (connection->socket), NULL, NULL);
  test_wait_for (connection->client == NULL);
  assert_metric ("habla_client_closes_total{code=\"1006\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* TestConnection asserts that each client leaves nothing behind. */
static void
test_many (void)
{
  set_up ();
  for (guint round = 0; round < 20; round++) {
    TestConnection *connections[10];

    for (guint i = 0; i < G_N_ELEMENTS (connections); i++) {
      HablaWebsocketClientOptions options = owner;

      options.membership.listener = i > 0;
      connections[i] = connect_with (&options);
    }
    scripted_room_emit_exchange (round, "Hello.");
    for (guint i = 0; i < G_N_ELEMENTS (connections); i++) {
      if (i % 3 == 0) {
        expect (connections[i], "status", NULL);
        expect (connections[i], "transcript_final", NULL);
      } else if (i % 3 == 1) {
        habla_websocket_client_close (connections[i]->client, 1001, NULL);
      }
      test_connection_free (connections[i]);
    }
  }
  tear_down ();
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/websocket-client/owner", test_owner);
  g_test_add_func ("/websocket-client/languages", test_languages);
  g_test_add_func ("/websocket-client/engines", test_engines);
  g_test_add_func ("/websocket-client/detection", test_detection);
  g_test_add_func ("/websocket-client/failures", test_failures);
  g_test_add_func ("/websocket-client/invalid", test_invalid);
  g_test_add_func ("/websocket-client/rate", test_rate);
  g_test_add_func ("/websocket-client/listener", test_listener);
  g_test_add_func ("/websocket-client/token", test_token);
  g_test_add_func ("/websocket-client/idle", test_idle);
  g_test_add_func ("/websocket-client/events", test_events);
  g_test_add_func ("/websocket-client/conflation", test_conflation);
  g_test_add_data_func ("/websocket-client/too-slow/reads", GINT_TO_POINTER (TRUE), test_too_slow);
  g_test_add_data_func ("/websocket-client/too-slow/cut", NULL, test_too_slow);
  g_test_add_func ("/websocket-client/close", test_close);
  g_test_add_func ("/websocket-client/many", test_many);
  return habla_test_run ();
}
