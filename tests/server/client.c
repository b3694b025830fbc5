/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include "connection.h"
#include "scripted-room.h"

#include <server/client-metrics.h>
#include <server/frame-meter.h>
#include <string.h>

static HablaMetrics *metrics;
static HablaClientMetrics *client_metrics;

static const HablaClientOptions owner = {
  .key = "K", .soft_backlog = 256 * 1024, .hard_backlog = 1024 * 1024, .idle_timeout = 60000
};

static void
set_up (void)
{
  scripted_room_reset ();
  metrics = habla_metrics_new ();
  client_metrics = habla_client_metrics_new (metrics);
}

static void
tear_down (void)
{
  g_assert_cmpuint (scripted_room_count_members (), ==, 0);
  habla_client_metrics_free (client_metrics);
  habla_metrics_free (metrics);
}

/* A line of the exposition, as `name{label="value"} 1`. */
static void
assert_metric (const char *line)
{
  g_autofree char *text = habla_metrics_expose (metrics);
  g_autofree char *whole = g_strdup_printf ("\n%s\n", line);

  if (strstr (text, whole) == NULL)
    g_error ("no “%s” in:\n%s", line, text);
}

static TestConnection *
connect_with (const HablaClientOptions *options)
{
  return test_connection_new (NULL, client_metrics, options);
}

static void
expect (TestConnection *connection, const char *type, const char *part)
{
  g_autofree char *message = test_connection_expect (connection, type);

  if (part != NULL && strstr (message, part) == NULL)
    g_error ("%s has no %s", message, part);
}

/* The connection is alive, and all that was sent before is through. */
static void
sync_with (TestConnection *connection)
{
  test_connection_send (connection, "{\"type\":\"ping\"}");
  expect (connection, "pong", NULL);
}

/* Likewise, while its messages are ignored: what it gets is not looked at. */
static void
sync_with_flooded (TestConnection *connection)
{
  g_ptr_array_set_size (connection->messages, 0);
  while (connection->messages->len == 0 ||
         !g_str_has_prefix (g_ptr_array_index (connection->messages, 0), "{\"type\":\"pong\"")) {
    gint64 next = g_get_monotonic_time () + 60000;

    g_assert_false (connection->is_closed);
    g_ptr_array_set_size (connection->messages, 0);
    test_connection_send (connection, "{\"type\":\"ping\"}");
    test_wait_for (g_get_monotonic_time () > next);
  }
  g_ptr_array_set_size (connection->messages, 0);
}

static void
assert_calls (const char *calls)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < scripted_calls->len; i++)
    g_string_append_printf (all, "%s\n", (char *) g_ptr_array_index (scripted_calls, i));
  g_assert_cmpstr (all->str, ==, calls);
  g_ptr_array_set_size (scripted_calls, 0);
}

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
      "\"mode\":\"conversation\",\"speaker_count\":0,\"role\":\"owner\",\"room\":\"room-1\","
      "\"language\":\"es\",\"languages\":[\"es\",\"en\",\"fr\"]");
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    test_connection_send (connection, messages[i]);
  soup_websocket_connection_send_binary (connection->websocket, "\x1a\x45\xdf\xa3", 4);

  expect (connection, "direction_changed", "es_to_en");
  expect (connection, "mode_changed", "classroom");
  expect (connection, "session_reset", "\"direction\":\"es_to_en\",\"mode\":\"classroom\"");
  sync_with (connection);
  assert_calls ("owner K (null)\nstart (null) 0\nstart (null) 16000\nstart microphone 0\n"
                "text hello MANUAL\nrename S1 Ana\nstop\naudio 4\n");
  assert_metric ("habla_clients{role=\"owner\"} 1");
  assert_metric ("habla_client_messages_received_total{type=\"start_listening\"} 3");
  assert_metric ("habla_client_messages_received_total{type=\"audio\"} 1");
  assert_metric ("habla_client_messages_sent_total{type=\"status\"} 1");

  g_clear_pointer (&connection, test_connection_free);
  assert_calls ("leave\n");
  assert_metric ("habla_clients{role=\"owner\"} 0");
  assert_metric ("habla_client_closes_total{code=\"1000\"} 1");
  tear_down ();
}

/* What the room cannot do is told, and nothing else happens. */
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

static double
read_metric (const char *name)
{
  g_autofree char *text = habla_metrics_expose (metrics);
  g_autofree char *start = g_strdup_printf ("\n%s ", name);
  const char *at = strstr (text, start);

  g_assert_nonnull (at);
  return g_ascii_strtod (at + strlen (start), NULL);
}

/* Too many messages are dropped, too many errors are not told; the connection lives on. */
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
  /* Audio is never dropped for its number. */
  for (guint i = 0; i < 600; i++)
    soup_websocket_connection_send_binary (connection->websocket, "x", 1);
  test_wait_for (scripted_calls->len == 601);
  test_wait_for (
      connection->messages->len + read_metric ("habla_client_suppressed_errors_total") == 2000);
  for (guint i = 0; i < connection->messages->len; i++) {
    const char *message = g_ptr_array_index (connection->messages, i);

    if (g_str_has_prefix (message, "{\"type\":\"pong\""))
      pongs++;
    else if (strstr (message, "Too many messages") != NULL)
      errors++;
    else
      g_error ("%s", message);
  }
  g_ptr_array_set_size (connection->messages, 0);
  /* As many as there may be at once, and what a slow machine's seconds add. */
  g_assert_cmpuint (pongs, >=, 500);
  g_assert_cmpuint (pongs, <, 1500);
  g_assert_cmpuint (errors, >=, 20);
  g_assert_cmpuint (errors, <, 200);
  /* After a while it is heard again. */
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
    "{\"type\":\"set_mode\",\"mode\":\"classroom\"}", "{\"type\":\"new_session\"}",
    "{\"type\":\"rename_speaker\",\"speaker_id\":\"S\",\"name\":\"N\"}" };
  HablaClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  options.listener = TRUE;
  options.room = "class";
  options.language = "fr";
  connection = connect_with (&options);
  expect (connection, "status", "\"role\":\"listener\",\"room\":\"room-1\",\"language\":\"fr\"");
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
  HablaClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  options.token = "secret";
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    connection = connect_with (&options);
    assert_metric ("habla_clients{role=\"waiting\"} 1");
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
  HablaClientOptions options = owner;
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
  /* What is told does not keep it. */
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
  HablaClientOptions options = owner;

  set_up ();
  scripted_replay = 2;
  options.resume = TRUE;
  options.since = 40;
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

/* Reads slowly: finals all arrive, of the partials only the newest does. */
static void
test_conflation (void)
{
  g_autofree char *long_text = g_strnfill (2000, 'x');
  HablaClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;
  gsize backlog;
  guint id = 0, finals = 0, partials = 0;

  set_up ();
  options.soft_backlog = 64 * 1024;
  connection = test_connection_new_slow (NULL, client_metrics, &options);
  /* By far: the kernel may still take some. */
  while (habla_client_get_backlog (connection->client) <= 4 * options.soft_backlog)
    scripted_room_emit_exchange (++id, long_text);
  backlog = habla_client_get_backlog (connection->client);

  for (guint i = 0; i < 100; i++) {
    scripted_room_emit_text (HABLA_EVENT_PARTIAL, "stale");
    scripted_room_emit_text (HABLA_EVENT_PARTIAL_TRANSLATION, "stale");
  }
  assert_metric ("habla_client_dropped_partials_total 198");
  /* Ends the line: what waited for it would open it again. */
  scripted_room_emit_exchange (++id, "End.");
  assert_metric ("habla_client_dropped_partials_total 200");
  for (guint i = 0; i < 100; i++) {
    g_autofree char *text = g_strdup_printf ("partial %u", i);

    scripted_room_emit_text (HABLA_EVENT_PARTIAL, text);
  }
  assert_metric ("habla_client_dropped_partials_total 299");
  g_assert_cmpuint (habla_client_get_backlog (connection->client), <, backlog + 2000);

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
  g_assert_cmpuint (habla_client_get_backlog (connection->client), ==, 0);
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* Past the hard limit it is told so ahead of all that waits, or cut if it does not read. */
static void
test_too_slow (gconstpointer reads)
{
  /* The rest of a long frame is written before the one that closes. */
  g_autofree char *long_text = g_strnfill (reads != NULL ? 2000 : 100000, 'x');
  g_autoptr (TestConnection) connection = NULL;
  HablaClientOptions options = owner;
  guint id = 0;

  set_up ();
  options.hard_backlog = 300 * 1024;
  connection = test_connection_new_slow (NULL, client_metrics, &options);
  while (id < 1000)
    scripted_room_emit_exchange (++id, long_text);
  g_assert_cmpuint (habla_client_get_backlog (connection->client), >, options.hard_backlog);
  g_assert_cmpuint (
      habla_client_get_backlog (connection->client), <, options.hard_backlog + 250000);
  g_assert_cmpfloat (read_metric ("habla_client_backlog_peak_bytes"), >, options.hard_backlog);
  g_assert_cmpfloat (read_metric ("habla_client_backlog_bytes"), >, options.hard_backlog);
  if (reads != NULL) {
    test_connection_read (connection);
    test_connection_expect_close (connection, 1013);
    g_assert_cmpstr (soup_websocket_connection_get_close_data (connection->websocket), ==,
        "too slow; come back with ?since=");
    g_assert_cmpuint (connection->messages->len, <, 200);
  } else {
    test_wait_for (connection->client == NULL);
  }
  g_assert_cmpuint (scripted_room_count_members (), ==, 0);
  assert_metric ("habla_client_closes_total{code=\"1013\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

static void
expect_refused (TestConnection *connection, guint code, const char *reason)
{
  test_connection_expect_close (connection, code);
  g_assert_cmpstr (soup_websocket_connection_get_close_data (connection->websocket), ==, reason);
}

/* As many as a client needs are answered. More close the connection, also before hello. */
static void
test_control_frames (void)
{
  static const guint8 ping[] = { 0x89, 0x80, 0, 0, 0, 0 };
  static const guint8 pong[] = { 0x8a, 0x80, 0, 0, 0, 0 };
  static const guint8 bye[] = { 0x88, 0x80, 0, 0, 0, 0 };
  guint8 closing[sizeof bye + 150 * sizeof pong];
  static const guint8 large[] = { 0x89, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0 };
  HablaClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  for (guint i = 0; i < 100; i++)
    test_connection_write (connection, i % 2 == 0 ? ping : pong, sizeof ping);
  sync_with (connection);
  for (guint i = 0; i < 100; i++)
    test_connection_write (connection, pong, sizeof pong);
  expect_refused (connection, 1008, "too many control frames");
  assert_metric ("habla_client_refusals_total{reason=\"control_rate\"} 1");
  g_clear_pointer (&connection, test_connection_free);

  options.token = "secret";
  connection = connect_with (&options);
  for (guint i = 0; i < 101; i++)
    test_connection_write (connection, ping, sizeof ping);
  expect_refused (connection, 1008, "too many control frames");
  assert_metric ("habla_client_refusals_total{reason=\"control_rate\"} 2");
  g_clear_pointer (&connection, test_connection_free);

  /* A client that breaks a limit after its close frame is let go. */
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  memcpy (closing, bye, sizeof bye);
  for (guint i = 0; i < 150; i++)
    memcpy (closing + sizeof bye + i * sizeof pong, pong, sizeof pong);
  test_connection_write (connection, closing, sizeof closing);
  test_wait_for (connection->client == NULL);
  g_clear_pointer (&connection, test_connection_free);

  /* libsoup would wait for a megabyte of ping. */
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  test_connection_write (connection, large, sizeof large);
  expect_refused (connection, 1002, "invalid control frame");
  assert_metric ("habla_client_refusals_total{reason=\"malformed\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* Text that is ignored for its rate is not ignored for ever. */
static void
test_flood_of_text (void)
{
  static const guint8 message[] = { 0x81, 0x82, 0, 0, 0, 0, '{', '}' };
  g_autoptr (TestConnection) connection = NULL;
  g_autofree guint8 *messages = g_malloc (12000 * sizeof message);

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  for (guint i = 0; i < 12000; i++)
    memcpy (messages + i * sizeof message, message, sizeof message);
  test_connection_write (connection, messages, 10000 * sizeof message);
  sync_with_flooded (connection);
  test_connection_write (connection, messages, 2000 * sizeof message);
  expect_refused (connection, 1008, "too many messages");
  assert_metric ("habla_client_refusals_total{reason=\"message_rate\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* All of them arrive, but a client that sends too many is read more slowly. */
static void
test_flood_of_chunks (void)
{
  static const guint8 chunk[] = { 0x82, 0x81, 0, 0, 0, 0, 'x' };
  g_autoptr (TestConnection) connection = NULL;
  g_autofree guint8 *chunks = g_malloc (12000 * sizeof chunk);
  gint64 begin = g_get_monotonic_time ();

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  for (guint i = 0; i < 12000; i++)
    memcpy (chunks + i * sizeof chunk, chunk, sizeof chunk);
  test_connection_write (connection, chunks, 10000 * sizeof chunk);
  test_wait_for (scripted_calls->len == 10001);
  g_assert_cmpfloat (read_metric ("habla_client_pauses_total"), ==, 0);
  test_connection_write (connection, chunks, 12000 * sizeof chunk);
  test_wait_for (scripted_calls->len == 22001);
  /* 20,000 may come at once, and 2,000 a second. */
  g_assert_cmpint (g_get_monotonic_time () - begin, >, 9 * G_USEC_PER_SEC / 10);
  sync_with (connection);
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* A large frame is refused by its header, with a close frame, unless its audio is wanted. */
static void
test_large_frames (void)
{
  static const guint8 start[] = "\x81\x9a\0\0\0\0{\"type\":\"start_listening\"}";
  static const guint8 header[14] = { 0x82, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0 };
  static const guint8 huge[14] = { 0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfb };
  g_autofree guint8 *megabytes = g_malloc0 (2 * 1024 * 1024);
  guint8 both[sizeof start - 1 + sizeof header];
  g_autoptr (TestConnection) connection = NULL;

  memcpy (both, start, sizeof start - 1);
  memcpy (both + sizeof start - 1, header, sizeof header);
  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  test_connection_write (connection, header, sizeof header);
  expect_refused (connection, 1009, "message too large");
  assert_metric ("habla_client_refusals_total{reason=\"message_size\"} 1");
  assert_metric ("habla_client_unfinished_bytes 0");
  g_clear_pointer (&connection, test_connection_free);
  assert_calls ("owner K (null)\nleave\n");

  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  /* It begins in the same read as what allows it. */
  test_connection_write (connection, both, sizeof both);
  test_connection_write (connection, megabytes, 1024 * 1024);
  test_wait_for (read_metric ("habla_client_unfinished_bytes") == 1024 * 1024);
  test_connection_write (connection, megabytes, 1024 * 1024);
  sync_with (connection);
  assert_metric ("habla_client_unfinished_bytes 0");
  assert_calls ("owner K (null)\nstart (null) 0\naudio 2097152\n");
  /* The sum of header and payload would not fit in 64 bits. */
  test_connection_write (connection, huge, sizeof huge);
  expect_refused (connection, 1009, "message too large");
  g_clear_pointer (&connection, test_connection_free);

  /* Others hold more than all may: what is small goes on. */
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  client_metrics->unfinished_bytes += 256 * 1024 * 1024 + 1;
  test_connection_write (connection, both, sizeof both);
  test_connection_write (connection, megabytes, 64 * 1024);
  test_wait_for (scripted_calls->len == 3);
  test_connection_write (connection, megabytes, 16 * 1024);
  expect_refused (connection, 1013, "too much unfinished data of all clients; try again later");
  client_metrics->unfinished_bytes -= 256 * 1024 * 1024 + 1;
  assert_metric ("habla_client_unfinished_bytes 0");
  assert_metric ("habla_client_refusals_total{reason=\"unfinished_size\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* Before hello a kilobyte in one frame is all that is kept. */
static void
test_hello_size (void)
{
  static const guint8 fragment[] = { 0x01, 0x81, 0, 0, 0, 0, '{' };
  static const guint8 header[] = { 0x81, 0xfe, 0x04, 0x01, 0, 0, 0, 0 };
  HablaClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;
  g_autofree char *padding = NULL;
  g_autofree char *largest = NULL;

  set_up ();
  options.token = "secret";
  connection = connect_with (&options);
  test_connection_write (connection, header, sizeof header);
  expect_refused (connection, 1009, "message too large");
  g_clear_pointer (&connection, test_connection_free);

  connection = connect_with (&options);
  test_connection_write (connection, fragment, sizeof fragment);
  expect_refused (connection, 1008, "hello must come in one frame");
  g_clear_pointer (&connection, test_connection_free);

  connection = connect_with (&options);
  padding = g_strnfill (1024 - strlen ("{\"token\":\"secret\",\"type\":\"hello\"}"), ' ');
  largest = g_strconcat ("{\"token\":\"secret\",", padding, "\"type\":\"hello\"}", NULL);
  g_assert_cmpuint (strlen (largest), ==, 1024);
  test_connection_send (connection, largest);
  expect (connection, "status", NULL);
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* The time for hello runs while a client sends what is allowed. */
static void
test_hello_time (void)
{
  static const guint8 ping[] = { 0x89, 0x80, 0, 0, 0, 0 };
  HablaClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;
  gint64 begin = g_get_monotonic_time ();

  set_up ();
  options.token = "secret";
  connection = connect_with (&options);
  while (!connection->is_closed) {
    gint64 next = g_get_monotonic_time () + 200000;

    if (g_get_monotonic_time () - begin < 4 * G_USEC_PER_SEC)
      test_connection_write (connection, ping, sizeof ping);
    test_wait_for (g_get_monotonic_time () > next);
  }
  expect_refused (connection, 1008, "no hello with a token came");
  assert_metric ("habla_client_refusals_total{reason=\"hello\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* Who does not answer a close frame is cut off; who goes without one is gone. */
static void
test_close (void)
{
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  habla_client_close (connection->client, 1001, "bye");
  habla_client_close (connection->client, 1000, "again");
  test_connection_expect_close (connection, 1001);
  assert_metric ("habla_client_closes_total{code=\"1001\"} 1");
  g_clear_pointer (&connection, test_connection_free);

  connection = test_connection_new_slow (NULL, client_metrics, &owner);
  habla_client_close (connection->client, 1001, NULL);
  /* It hears no more. */
  scripted_room_emit_text (HABLA_EVENT_PARTIAL, "a");
  assert_metric ("habla_client_messages_sent_total{type=\"partial\"} 0");
  test_wait_for (connection->client == NULL);
  assert_metric ("habla_client_closes_total{code=\"1001\"} 2");
  g_clear_pointer (&connection, test_connection_free);

  connection = test_connection_new_slow (NULL, client_metrics, &owner);
  g_io_stream_close (G_IO_STREAM (connection->socket), NULL, NULL);
  test_wait_for (connection->client == NULL);
  assert_metric ("habla_client_closes_total{code=\"1006\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* Frames that libsoup answers or collects by itself are counted, too. */
static void
test_frames (void)
{
  static const guint8 ping[] = { 0x89, 0x84, 0, 0, 0, 0, 'p', 'i', 'n', 'g' };
  static const guint8 middle[] = { 0x00, 0xfe, 0xff, 0xff, 0, 0, 0, 0 };
  static const guint8 begin[] = { 0x02, 0x80, 0, 0, 0, 0 };
  g_autofree guint8 *fragment = g_malloc0 (sizeof middle + 65535);
  HablaClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  options.listener = TRUE;
  connection = connect_with (&options);
  expect (connection, "status", NULL);
  for (guint i = 0; i < 90; i++)
    test_connection_write (connection, ping, sizeof ping);
  sync_with (connection);
  g_assert_cmpuint (habla_client_get_backlog (connection->client), ==, 0);
  /* Not one byte more was written than was given. */
  g_assert_cmpuint (habla_connection_stream_get_written (connection->stream), ==,
      habla_frame_meter_get_sent (habla_frame_meter_find (connection->server)));

  memcpy (fragment, middle, sizeof middle);
  test_connection_write (connection, begin, sizeof begin);
  for (guint i = 0; i < 16; i++)
    test_connection_write (connection, fragment, sizeof middle + 65535);
  test_connection_write (connection, middle, sizeof middle);
  expect_refused (connection, 1009, "message too large");
  assert_metric ("habla_client_closes_total{code=\"1009\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* All that comes and goes leaves nothing: TestConnection asserts it of each. */
static void
test_many (void)
{
  set_up ();
  for (guint round = 0; round < 20; round++) {
    TestConnection *connections[10];

    for (guint i = 0; i < G_N_ELEMENTS (connections); i++) {
      HablaClientOptions options = owner;

      options.listener = i > 0;
      connections[i] = connect_with (&options);
    }
    scripted_room_emit_exchange (round, "Hello.");
    for (guint i = 0; i < G_N_ELEMENTS (connections); i++) {
      if (i % 3 == 0) {
        expect (connections[i], "status", NULL);
        expect (connections[i], "transcript_final", NULL);
      } else if (i % 3 == 1) {
        habla_client_close (connections[i]->client, 1001, NULL);
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
  g_test_add_func ("/client/owner", test_owner);
  g_test_add_func ("/client/failures", test_failures);
  g_test_add_func ("/client/invalid", test_invalid);
  g_test_add_func ("/client/rate", test_rate);
  g_test_add_func ("/client/listener", test_listener);
  g_test_add_func ("/client/token", test_token);
  g_test_add_func ("/client/idle", test_idle);
  g_test_add_func ("/client/events", test_events);
  g_test_add_func ("/client/conflation", test_conflation);
  g_test_add_data_func ("/client/too-slow/told", GINT_TO_POINTER (TRUE), test_too_slow);
  g_test_add_data_func ("/client/too-slow/cut", NULL, test_too_slow);
  g_test_add_func ("/client/control-frames", test_control_frames);
  g_test_add_func ("/client/flood/text", test_flood_of_text);
  g_test_add_func ("/client/flood/chunks", test_flood_of_chunks);
  g_test_add_func ("/client/large-frames", test_large_frames);
  g_test_add_func ("/client/hello/size", test_hello_size);
  g_test_add_func ("/client/hello/time", test_hello_time);
  g_test_add_func ("/client/close", test_close);
  g_test_add_func ("/client/frames", test_frames);
  g_test_add_func ("/client/many", test_many);
  return habla_test_run ();
}
