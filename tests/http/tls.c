/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "test-server.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* In milliseconds; with a sanitizer a handshake alone takes seconds. */
#define SHORT (habla_test_scale (1) > 1 ? 15000 : 500)

#define GET "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors,
    gpointer user_data)
{
  return TRUE;
}

static GIOStream *
connect_tls (GSocketConnection *connection)
{
  g_autoptr (GError) error = NULL;
  GIOStream *tls = g_tls_client_connection_new (G_IO_STREAM (connection), NULL, &error);

  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, &error);
  g_assert_no_error (error);
  return tls;
}

static void
write_all (GIOStream *stream, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (
      g_io_stream_get_output_stream (stream), text, strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
ask_twice (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);
  g_autoptr (GIOStream) tls = connect_tls (connection);

  for (guint i = 0; i < 2; i++) {
    g_autofree char *response = NULL;

    write_all (tls, GET);
    response = test_read_response (tls);
    g_assert_cmpuint (test_get_status (response), ==, 200);
  }
  g_io_stream_close (tls, NULL, NULL);
}

static void
run (guint request_timeout, TestServerBody body)
{
  TestServer *test = test_server_new ();
  g_autoptr (GTlsCertificate) certificate = test_make_certificate ();
  g_auto (GStrv) urls = NULL;

  test->options.certificate = certificate;
  test->options.request_timeout = request_timeout;
  test_server_start (test);
  urls = habla_http_server_get_urls (test->server);
  g_assert_true (g_str_has_prefix (urls[0], "https://127.0.0.1:"));
  test_server_run (test, body, NULL);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
}

static void
test_health (void)
{
  run (habla_test_scale (5000), ask_twice);
}

static void
stay_silent (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) silent = test_connect (test);
  g_autoptr (GSocketConnection) plain = test_connect (test);
  g_autoptr (GSocketConnection) late = test_connect (test);
  g_autoptr (GIOStream) tls = connect_tls (late);
  g_autofree char *nothing = NULL;
  g_autofree char *redirect = NULL;
  g_autofree char *location = NULL;
  g_autofree char *refusal = NULL;

  /* Plain HTTP leads to https, also if it comes in pieces. */
  test_send (plain, "GET /health HTTP/1.1\r\n");
  test_send (plain, "Host: localhost\r\n\r\n");
  redirect = test_read_response (plain);
  g_assert_cmpuint (test_get_status (redirect), ==, 307);
  location = test_get_header (redirect, "Location");
  g_assert_cmpstr (location, ==, "https://localhost/health");
  /* A handshake that never begins, and a request that is never complete. */
  write_all (tls, "GET /health HTTP/1.1\r\n");
  nothing = test_read_response (silent);
  g_assert_cmpstr (nothing, ==, "");
  refusal = test_read_response (tls);
  g_assert_cmpuint (test_get_status (refusal), ==, 408);
}

static void
test_slow (void)
{
  run (SHORT, stay_silent);
}

static void
ask_only (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);
  g_autoptr (GIOStream) tls = connect_tls (connection);
  GOutputStream *output = g_io_stream_get_output_stream (tls);
  g_autoptr (GString) requests = g_string_new (NULL);
  gint64 end = g_get_monotonic_time () + habla_test_scale (60) * G_USEC_PER_SEC;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 300; i++)
    g_string_append (requests, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  while (g_output_stream_write (output, requests->str, requests->len, NULL, &error) > 0)
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
}

/* Closing a connection whose client does not read does not delay others. */
static void
test_no_reader (void)
{
  run (SHORT, ask_only);
}

#define N_SILENT 40
#define N_HALF 40

/* Clients that send nothing, or only a part of their first message, do not delay others. */
static void
starve (TestServer *test, gpointer data)
{
  static const char half[] = "\x16\x03\x01\x02\x01\x01";
  g_autoptr (GPtrArray) attack = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < N_SILENT + N_HALF; i++) {
    GSocketConnection *connection = test_connect (test);

    g_ptr_array_add (attack, connection);
    if (i >= N_SILENT) {
      g_output_stream_write (g_io_stream_get_output_stream (G_IO_STREAM (connection)), half,
          1 + i % (sizeof half - 1), NULL, NULL);
    }
  }
  for (guint i = 0; i < 10; i++) {
    gint64 began = g_get_monotonic_time ();

    ask_twice (test, NULL);
    g_assert_cmpint (g_get_monotonic_time () - began, <, habla_test_scale (30) * G_USEC_PER_SEC);
    g_object_unref (g_ptr_array_steal_index (attack, 0));
    g_ptr_array_add (attack, test_connect (test));
  }
}

static void
test_starvation (void)
{
  TestServer *test = test_server_new ();
  g_autoptr (GTlsCertificate) certificate = test_make_certificate ();

  test->options.certificate = certificate;
  test->options.max_connections = 200;
  /* Longer than an answer may take on a busy machine. */
  test->options.request_timeout = habla_test_scale (120000);
  test_server_start (test);
  test_server_run (test, starve, NULL);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
}

static void
note_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;

  *done = TRUE;
}

static gboolean
has_one (TestServer *test)
{
  return habla_http_server_count_connections (test->server) == 1;
}

/* Shuts down while a handshake is in progress. */
static void
test_shut_down (void)
{
  TestServer *test = test_server_new ();
  g_autoptr (GTlsCertificate) certificate = test_make_certificate ();
  g_autoptr (GSocketConnection) silent = NULL;
  gboolean done = FALSE;

  test->options.certificate = certificate;
  test_server_start (test);
  silent = test_connect (test);
  test_server_wait (test, has_one);
  habla_http_server_shut_down (test->server, note_done, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  test_server_free (test);
}

#define N_CONNECTIONS 50

static gboolean
has_all (TestServer *test)
{
  return habla_http_server_count_connections (test->server) == N_CONNECTIONS;
}

static guint64
get_resident_bytes (void)
{
  g_autofree char *text = NULL;
  guint64 pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%*u %" G_GUINT64_FORMAT, &pages), ==, 1);
  return pages * sysconf (_SC_PAGESIZE);
}

/* Connections check no certificates, and must not load the system's: that takes 3.7 MB each. */
static void
test_memory (void)
{
  TestServer *test = test_server_new ();
  g_autoptr (GTlsCertificate) certificate = test_make_certificate ();
  g_autoptr (GPtrArray) connections = g_ptr_array_new_with_free_func (g_object_unref);
  guint64 before;

  test->options.certificate = certificate;
  test_server_start (test);
  before = get_resident_bytes ();
  for (guint i = 0; i < N_CONNECTIONS; i++)
    g_ptr_array_add (connections, test_connect (test));
  test_server_wait (test, has_all);
  g_assert_cmpuint (get_resident_bytes (), <, before + N_CONNECTIONS * 1000000);
  test_server_free (test);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/tls/health", test_health);
  g_test_add_func ("/tls/starvation", test_starvation);
  g_test_add_func ("/tls/slow", test_slow);
  g_test_add_func ("/tls/no reader", test_no_reader);
  g_test_add_func ("/tls/shut down", test_shut_down);
  g_test_add_func ("/tls/memory", test_memory);
  return habla_test_run ();
}
