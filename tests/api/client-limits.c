/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits of what a client sends: number, size and time. */
#include "client-test.h"
#include "habla-test.h"

#include <websocket/websocket-meter.h>
#include <string.h>

/* Control frames beyond the limit close the connection, also before hello. */
static void
test_control_frames (void)
{
  static const guint8 ping[] = { 0x89, 0x80, 0, 0, 0, 0 };
  static const guint8 pong[] = { 0x8a, 0x80, 0, 0, 0, 0 };
  static const guint8 bye[] = { 0x88, 0x80, 0, 0, 0, 0 };
  guint8 closing[sizeof bye + 150 * sizeof pong];
  static const guint8 large[] = { 0x89, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0 };
  HablaWebsocketClientOptions options = owner;
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

  /* A client that exceeds a limit after its close frame is freed. */
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

/* Too many ignored messages close the connection. */
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

/* All chunks arrive, but a client that sends too many is read more slowly. */
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

/* A large frame is refused as soon as its header arrives, unless the room listens. */
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
  /* The frame arrives together with start_listening, which allows it. */
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

  /* If all clients together exceed the limit, small messages are still accepted. */
  connection = connect_with (&owner);
  expect (connection, "status", NULL);
  *habla_client_registry_get_unfinished_bytes (registry) += 256 * 1024 * 1024 + 1;
  test_connection_write (connection, both, sizeof both);
  test_connection_write (connection, megabytes, 64 * 1024);
  test_wait_for (scripted_calls->len == 3);
  test_connection_write (connection, megabytes, 16 * 1024);
  expect_refused (connection, 1013, "too much unfinished data of all clients; try again later");
  *habla_client_registry_get_unfinished_bytes (registry) -= 256 * 1024 * 1024 + 1;
  assert_metric ("habla_client_unfinished_bytes 0");
  assert_metric ("habla_client_refusals_total{reason=\"unfinished_size\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* Before hello, a message is limited to a kilobyte in one frame. */
static void
test_hello_size (void)
{
  static const guint8 fragment[] = { 0x01, 0x81, 0, 0, 0, 0, '{' };
  static const guint8 header[] = { 0x81, 0xfe, 0x04, 0x01, 0, 0, 0, 0 };
  HablaWebsocketClientOptions options = owner;
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

/* Pings do not extend the timeout of hello. */
static void
test_hello_time (void)
{
  static const guint8 ping[] = { 0x89, 0x80, 0, 0, 0, 0 };
  HablaWebsocketClientOptions options = owner;
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
  expect_refused (connection, 1008, "no hello with the token came in time");
  assert_metric ("habla_client_refusals_total{reason=\"hello\"} 1");
  g_clear_pointer (&connection, test_connection_free);
  tear_down ();
}

/* Frames that libsoup answers or collects itself are counted, too. */
static void
test_frames (void)
{
  static const guint8 ping[] = { 0x89, 0x84, 0, 0, 0, 0, 'p', 'i', 'n', 'g' };
  static const guint8 middle[] = { 0x00, 0xfe, 0xff, 0xff, 0, 0, 0, 0 };
  static const guint8 begin[] = { 0x02, 0x80, 0, 0, 0, 0 };
  g_autofree guint8 *fragment = g_malloc0 (sizeof middle + 65535);
  HablaWebsocketClientOptions options = owner;
  g_autoptr (TestConnection) connection = NULL;

  set_up ();
  options.membership.listener = TRUE;
  connection = connect_with (&options);
  expect (connection, "status", NULL);
  for (guint i = 0; i < 90; i++)
    test_connection_write (connection, ping, sizeof ping);
  sync_with (connection);
  g_assert_cmpuint (habla_websocket_client_get_backlog (connection->client), ==, 0);
  /* The meter and the stream count the same bytes. */
  g_assert_cmpuint (habla_metered_stream_get_written (connection->stream), ==,
      habla_websocket_meter_get_sent (habla_websocket_meter_find (connection->server)));

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

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/client-limits/control-frames", test_control_frames);
  g_test_add_func ("/client-limits/flood/text", test_flood_of_text);
  g_test_add_func ("/client-limits/flood/chunks", test_flood_of_chunks);
  g_test_add_func ("/client-limits/large-frames", test_large_frames);
  g_test_add_func ("/client-limits/hello/size", test_hello_size);
  g_test_add_func ("/client-limits/hello/time", test_hello_time);
  g_test_add_func ("/client-limits/frames", test_frames);
  return habla_test_run ();
}
