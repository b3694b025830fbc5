/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "test-server.h"

#include <malloc.h>
#include <string.h>
#include <sys/socket.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define POST(path, headers) "POST " path " HTTP/1.1\r\nHost: localhost\r\n" headers "\r\n"

/* Runs @body with @test, and expects all connections to end. */
static void
run (TestServer *test, TestServerBody body)
{
  test_server_start (test);
  test_server_run (test, body, NULL);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
}

static void
assert_counted (TestServer *test, const char *line)
{
  g_autofree char *response = test_ask (test, GET ("/metrics"));

  g_assert_cmpuint (test_get_status (response), ==, 200);
  if (strstr (response, line) == NULL)
    g_error ("No %s", line);
}

static void
keep_alive (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);

  for (guint i = 0; i < 3; i++) {
    g_autofree char *response = NULL;

    test_send (connection, GET ("/health"));
    response = test_read_response (connection);
    g_assert_cmpuint (test_get_status (response), ==, 200);
  }
}

/* A client that closes its direction gets the responses to its requests, and no others. */
static void
half_close (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);
  g_autofree char *responses = NULL;
  const char *second;

  test_send (connection, GET ("/health") GET ("/health"));
  g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
  responses = test_read_all (connection);
  g_assert_cmpuint (test_get_status (responses), ==, 200);
  second = strstr (responses + 1, "HTTP/1.");
  g_assert_nonnull (second);
  g_assert_cmpuint (test_get_status (second), ==, 200);
  g_assert_null (strstr (second + 1, "HTTP/1."));
}

static void
test_half_close (void)
{
  run (test_server_new (), half_close);
}

static void
test_keep_alive (void)
{
  run (test_server_new (), keep_alive);
}

static void
too_many (TestServer *test, gpointer data)
{
  g_autoptr (GPtrArray) connections = g_ptr_array_new_with_free_func (g_object_unref);
  guint status = 0;

  for (guint i = 0; i < 3; i++) {
    GSocketConnection *connection = test_connect (test);
    g_autofree char *response = NULL;

    g_ptr_array_add (connections, connection);
    if (i < 2)
      test_send (connection, GET ("/health"));
    response = test_read_response (connection);
    g_assert_cmpuint (test_get_status (response), ==, i < 2 ? 200 : 0);
  }
  g_ptr_array_set_size (connections, 0);
  while (status == 0) {
    g_autoptr (GSocketConnection) connection = test_connect (test);
    GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
    g_autofree char *response = NULL;

    g_output_stream_write (output, GET ("/health"), strlen (GET ("/health")), NULL, NULL);
    response = test_read_response (connection);
    status = test_get_status (response);
  }
  g_assert_cmpuint (status, ==, 200);
}

static void
test_connections (void)
{
  TestServer *test = test_server_new ();

  test->options.max_connections = 2;
  run (test, too_many);
}

static void
test_connections_of_peer (void)
{
  TestServer *test = test_server_new ();

  test->options.max_connections_per_peer = 2;
  run (test, too_many);
}

/* The client gets the response although the server has not read everything that was sent. */
static void
expect (TestServer *test, const char *begin, gsize n_filling, const char *end, guint status)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);
  g_autofree char *filling = g_strnfill (n_filling, 'a');
  g_autofree char *text = g_strconcat (begin, filling, end, NULL);
  g_autofree char *response = NULL;
  g_autofree char *type = NULL;

  test_send (connection, text);
  response = test_read_all (connection);
  type = test_get_header (response, "Content-Type");
  g_assert_cmpuint (test_get_status (response), ==, status);
  g_assert_cmpstr (type, ==, "application/json");
  g_assert_true (g_str_has_prefix (test_get_body (response), "{\"detail\":\""));
}

static void
large_headers (TestServer *test, gpointer data)
{
  expect (test, "GET /health HTTP/1.1\r\nHost: localhost\r\nX: ", 40000, "\r\n\r\n", 431);
  expect (test, "GET /health HTTP/1.1\r\nHost: localhost\r\nX: ", 100000, "", 431);
  expect (test, "GET /", 40000, " HTTP/1.1\r\nHost: localhost\r\n\r\n", 431);
  assert_counted (test, "habla_http_refusals_total{reason=\"header_size\"} 3\n");
}

static void
test_header_size (void)
{
  run (test_server_new (), large_headers);
}

static void
large_bodies (TestServer *test, gpointer data)
{
  g_autofree char *fits = NULL;
  g_autofree char *body = g_strnfill (4000, ' ');
  g_autofree char *request =
      g_strconcat (POST ("/echo", "Content-Length: 4022\r\nConnection: close\r\n"), body,
          "{\"text\":\"conversation\"}", NULL);

  expect (test, POST ("/echo", "Content-Length: 4097\r\n"), 0, "", 413);
  expect (test, POST ("/echo", "Content-Length: 500000\r\n"), 500000, "", 413);
  expect (test, POST ("/echo", "Content-Length: 99999999999\r\n"), 70000, "", 413);
  expect (test, POST ("/echo", "Transfer-Encoding: chunked\r\n") "100000\r\n", 200000, "", 413);
  assert_counted (test, "habla_http_refusals_total{reason=\"body_size\"} 4\n");
  memcpy (strstr (request, "4022"), "4023", 4);
  fits = test_ask (test, request);
  g_assert_cmpuint (test_get_status (fits), ==, 200);
}

static void
test_body_size (void)
{
  run (test_server_new (), large_bodies);
}

/* Sends a byte at a time until there is a response. */
static void
drip (TestServer *test, const char *begin, const char *filling)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  gint64 began = g_get_monotonic_time ();
  g_autofree char *response = NULL;

  test_send (connection, begin);
  while (!g_socket_condition_check (g_socket_connection_get_socket (connection), G_IO_IN)) {
    g_output_stream_write (output, filling, 1, NULL, NULL);
    g_usleep (10000);
    g_assert_cmpint (g_get_monotonic_time () - began, <, habla_test_scale (60) * G_USEC_PER_SEC);
  }
  response = test_read_response (connection);
  g_assert_cmpuint (test_get_status (response), ==, 408);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 290 * 1000);
}

static void
slow_requests (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) second = NULL;
  g_autofree char *response = NULL;
  g_autofree char *refusal = NULL;

  drip (test, "GET /health HTTP/1.1\r\nHost: localhost\r\nX: ", "a");
  drip (test, "G", "E");
  drip (test, POST ("/echo", "Content-Length: 2000\r\n") "{", " ");
  drip (test, POST ("/echo", "Transfer-Encoding: chunked\r\n") "500\r\n", " ");

  /* The second request of a connection has the same timeout. */
  second = test_connect (test);
  test_send (second, GET ("/health"));
  response = test_read_response (second);
  g_assert_cmpuint (test_get_status (response), ==, 200);
  test_send (second, "GET /hea");
  refusal = test_read_all (second);
  g_assert_cmpuint (test_get_status (refusal), ==, 408);
  assert_counted (test, "habla_http_refusals_total{reason=\"time\"} 5\n");
}

static void
test_slow_requests (void)
{
  TestServer *test = test_server_new ();

  test->options.request_timeout = 300;
  run (test, slow_requests);
}

/* The time until the response does not count against the client: it takes longer than a request may
 * take to arrive. */
static void
wait_long (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) patient = test_connect (test);
  g_autofree char *response = NULL;

  test_send (patient, GET ("/wait"));
  drip (test, "G", "E");
  test_server_end_wait ();
  response = test_read_response (patient);
  g_assert_cmpuint (test_get_status (response), ==, 200);
}

static void
test_slow_response (void)
{
  TestServer *test = test_server_new ();

  test->options.request_timeout = 300;
  run (test, wait_long);
}

static void
silence (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) unused = test_connect (test);
  g_autoptr (GSocketConnection) idle = test_connect (test);
  g_autofree char *response = NULL;
  g_autofree char *rest = NULL;
  g_autofree char *nothing = NULL;

  test_send (idle, GET ("/health"));
  response = test_read_response (idle);
  g_assert_cmpuint (test_get_status (response), ==, 200);
  rest = test_read_all (idle);
  g_assert_cmpstr (rest, ==, "");
  nothing = test_read_all (unused);
  g_assert_cmpstr (nothing, ==, "");
}

/* Connections without a request end without a response. */
static void
test_silence (void)
{
  TestServer *test = test_server_new ();

  test->options.request_timeout = 300;
  test->options.idle_timeout = 300;
  run (test, silence);
}

/* Sends requests and never reads a response. */
static void
ask_only (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  GSocket *socket = g_socket_connection_get_socket (connection);
  gint64 end = g_get_monotonic_time () + habla_test_scale (60) * G_USEC_PER_SEC;
  g_autoptr (GError) error = NULL;

  g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 4096, NULL);
  while (
      g_output_stream_write (output, GET ("/metrics"), strlen (GET ("/metrics")), NULL, &error) > 0)
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
}

static void
test_no_reader (void)
{
  TestServer *test = test_server_new ();

  test->options.request_timeout = 300;
  run (test, ask_only);
}

static void
many_requests (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);
  guint refused = 0;

  for (guint i = 0; i < 60; i++) {
    g_autofree char *response = NULL;
    guint status;

    test_send (connection, GET ("/limited"));
    response = test_read_response (connection);
    status = test_get_status (response);
    g_assert_true (status == 200 || status == 429);
    if (status == 429) {
      g_autofree char *after = test_get_header (response, "Retry-After");

      g_assert_cmpstr (after, ==, "1");
      refused++;
    }
    g_free (response);
    test_send (connection, GET ("/health"));
    response = test_read_response (connection);
    g_assert_cmpuint (test_get_status (response), ==, 200);
  }
  g_assert_cmpuint (refused, >, 0);
  g_assert_cmpuint (refused, <=, 56);
}

static void
test_rate (void)
{
  TestServer *test = test_server_new ();

  test->options.max_request_rate = 2;
  run (test, many_requests);
}

static void
broken_requests (TestServer *test, gpointer data)
{
  static const char *const requests[] = { "\r\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
    "GET /health HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03\r\n\r\n",
    "GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    "GET /static/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n"
    "Connection: close\r\n\r\n",
    "GET /static/..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" };
  g_autofree char *metrics = NULL;
  const char *sum;

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    g_autoptr (GSocketConnection) connection = test_connect (test);
    g_autofree char *response = NULL;

    g_autofree char *shown = g_strescape (requests[i], NULL);

    g_test_message ("%s", shown);
    test_send (connection, requests[i]);
    g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
    response = test_read_all (connection);
    g_assert_false (test_get_status (response) == 200);
    g_assert_true (test_get_status (response) < 500 || test_get_status (response) == 505);
    g_assert_null (strstr (response, "root:"));
  }
  metrics = test_ask (test, GET ("/metrics"));
  sum = strstr (metrics, "\nhabla_http_request_seconds_sum ");
  g_assert_nonnull (sum);
  g_assert_cmpfloat (g_ascii_strtod (strchr (sum, ' '), NULL), <, 60);
}

static void
test_broken (void)
{
  run (test_server_new (), broken_requests);
}

/* The server rejects each of them before libsoup sees it, and ends the connection. */
static void
malformed_requests (TestServer *test, gpointer data)
{
  static const char *const requests[] = {
    "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
    POST ("/echo", "Content-Length: +20\r\n"),
    POST ("/echo", "Content-Length: 9223372036854775808\r\n"),
    POST ("/echo", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
    POST ("/echo", "Transfer-Encoding: gzip\r\n"),
    POST ("/echo", "Transfer-Encoding: chunked\r\n") "zz\r\n",
    "GET /health HTTP/1.1\r\nHost: localhost\r\n X: y\r\n\r\n"
  };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    g_autoptr (GSocketConnection) second = test_connect (test);
    g_autofree char *pipelined = g_strconcat (GET ("/health"), requests[i], NULL);
    g_autofree char *responses = NULL;
    const char *refusal;

    g_test_message ("%s", requests[i]);
    expect (test, requests[i], 0, "", 400);
    expect (test, "\r\n", 0, requests[i], 400);
    test_send (second, pipelined);
    responses = test_read_all (second);
    g_assert_cmpuint (test_get_status (responses), ==, 200);
    refusal = strstr (responses + 1, "HTTP/1.");
    g_assert_nonnull (refusal);
    g_assert_cmpuint (test_get_status (refusal), ==, 400);
    g_assert_true (g_str_has_prefix (test_get_body (refusal), "{\"detail\":\""));
  }
  assert_counted (test, "habla_http_refusals_total{reason=\"malformed\"} 21\n");
}

static void
odd_paths (TestServer *test, gpointer data)
{
  static const char *const requests[] = { GET ("/%ff%fe"), GET ("/a\xff"), GET ("/health/\xc3\x28"),
    GET ("/echo/%80"), "PUT /health%c3 HTTP/1.1\r\nHost: localhost\r\n\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    g_autofree char *response = test_ask (test, requests[i]);

    g_assert_cmpuint (test_get_status (response), >=, 400);
    g_assert_cmpuint (test_get_status (response), !=, 500);
    g_assert_true (g_utf8_validate (response, -1, NULL));
    g_assert_true (g_str_has_prefix (test_get_body (response), "{\"detail\":\""));
  }
}

/* Errors that contain a path are UTF-8, even if the path is not. */
static void
test_odd_paths (void)
{
  run (test_server_new (), odd_paths);
}

static void
test_malformed (void)
{
  run (test_server_new (), malformed_requests);
}

static void
refuse_many (TestServer *test, gpointer data)
{
  const char *request = data;

  for (guint i = 0; i < 500; i++) {
    g_autofree char *response = test_ask (test, request);

    g_assert_cmpuint (test_get_status (response), ==, 400);
  }
}

/* libsoup 3.2.3 leaks 31 kB for each of these. */
static void
test_malformed_memory (void)
{
  static char gzip[] = POST ("/echo", "Transfer-Encoding: gzip\r\n");
  static char sign[] = POST ("/echo", "Content-Length: +20\r\n");
  TestServer *test = test_server_new ();
  gsize before;

  test_server_start (test);
  test_server_run (test, refuse_many, gzip);
  before = mallinfo2 ().uordblks;
  for (guint i = 0; i < 2; i++) {
    test_server_run (test, refuse_many, gzip);
    test_server_run (test, refuse_many, sign);
  }
  g_test_message ("%zu bytes before, %zu after", before, mallinfo2 ().uordblks);
  g_assert_cmpuint (mallinfo2 ().uordblks, <, before + 2 * 1024 * 1024);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
}

static void
refuse_at_rate (TestServer *test, gpointer data)
{
  guint refused = 0;

  for (guint i = 0; i < 20; i++) {
    g_autofree char *response = test_ask (test, "GET / HTTP/1.1\r\n\r\n");

    g_assert_true (test_get_status (response) == 400 || test_get_status (response) == 429);
    refused += test_get_status (response) == 429;
  }
  g_assert_cmpuint (refused, >, 0);
}

static void
test_malformed_rate (void)
{
  TestServer *test = test_server_new ();

  test->options.max_request_rate = 2;
  run (test, refuse_at_rate);
}

static void
note_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;

  g_assert_false (*done);
  *done = TRUE;
}

static gboolean
has_two (TestServer *test)
{
  return habla_http_server_count_connections (test->server) == 2;
}

static void
test_shut_down (void)
{
  TestServer *test = test_server_new ();
  g_autoptr (GSocketConnection) idle = NULL;
  g_autoptr (GSocketConnection) begun = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  gint64 began;
  gboolean done = FALSE;

  test->options.request_timeout = habla_test_scale (120000);
  test_server_start (test);
  idle = test_connect (test);
  begun = test_connect (test);
  test_send (begun, "GET /hea");
  test_server_wait (test, has_two);
  began = g_get_monotonic_time ();
  habla_http_server_shut_down (test->server, note_done, &done);
  g_assert_null (g_socket_client_connect_to_host (client, "127.0.0.1", test->port, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_get_monotonic_time () - began, <, habla_test_scale (20) * G_USEC_PER_SEC);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
}

static void
test_listen (void)
{
  static const char *const wrong[] = { "8700", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:x",
    "::1:8700", "somewhere:8700", "[127.0.0.1:8700", ":8700", "" };
  static const char *const everywhere[] = { "0.0.0.0:0", NULL };
  static const char *const two[] = { "127.0.0.1:0", "localhost:0", NULL };
  TestServer *test = test_server_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) urls = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    TestServer *failing = test_server_new ();
    const char *const listen[] = { wrong[i], NULL };

    failing->options.listen = listen;
    g_assert_null (habla_http_server_new (&failing->options, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_clear_error (&error);
    test_server_free (failing);
  }
  test->options.listen = everywhere;
  g_assert_null (habla_http_server_new (&test->options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  test_server_free (test);

  test = test_server_new ();
  test->options.listen = two;
  test_server_start (test);
  urls = habla_http_server_get_urls (test->server);
  g_assert_cmpuint (g_strv_length (urls), ==, 2);
  test_server_free (test);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/limits/keep alive", test_keep_alive);
  g_test_add_func ("/limits/half close", test_half_close);
  g_test_add_func ("/limits/connections", test_connections);
  g_test_add_func ("/limits/connections of a peer", test_connections_of_peer);
  g_test_add_func ("/limits/header size", test_header_size);
  g_test_add_func ("/limits/body size", test_body_size);
  g_test_add_func ("/limits/slow requests", test_slow_requests);
  g_test_add_func ("/limits/slow response", test_slow_response);
  g_test_add_func ("/limits/silence", test_silence);
  g_test_add_func ("/limits/no reader", test_no_reader);
  g_test_add_func ("/limits/rate", test_rate);
  g_test_add_func ("/limits/broken", test_broken);
  g_test_add_func ("/limits/odd paths", test_odd_paths);
  g_test_add_func ("/limits/malformed", test_malformed);
  g_test_add_func ("/limits/malformed memory", test_malformed_memory);
  g_test_add_func ("/limits/malformed rate", test_malformed_rate);
  g_test_add_func ("/limits/shut down", test_shut_down);
  g_test_add_func ("/limits/listen", test_listen);
  return habla_test_run ();
}
