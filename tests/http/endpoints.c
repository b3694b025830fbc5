/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which addresses have TLS, which take a token, and what a proxy in front of the server changes. */
#include "habla-test.h"
#include "test-server.h"

#include <net/local-addresses.h>
#include <string.h>

#define TOKEN "correct-horse-battery-staple"

static const char *const loopback[] = { "127.0.0.1", NULL };
static const char *const any_address[] = { "*:0", NULL };

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors,
    gpointer user_data)
{
  return TRUE;
}

static GIOStream *
connect_tls (TestServer *test)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);
  g_autoptr (GError) error = NULL;
  GIOStream *tls = g_tls_client_connection_new (G_IO_STREAM (connection), NULL, &error);

  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, &error);
  g_assert_no_error (error);
  return tls;
}

static guint
ask_tls (GIOStream *tls)
{
  static const char request[] = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_autofree char *response = NULL;

  g_assert_true (g_output_stream_write_all (
      g_io_stream_get_output_stream (tls), request, strlen (request), NULL, NULL, NULL));
  response = test_read_response (tls);
  return test_get_status (response);
}

/* @headers: each with its line end */
static guint
ask (TestServer *test, const char *method, const char *headers)
{
  const char *path = g_str_equal (method, "POST") ? "/echo" : "/limited";
  const char *body = g_str_equal (method, "POST") ? "{\"text\":\"hello\"}" : "";
  g_autofree char *request =
      g_strdup_printf ("%s %s HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n%s\r\n%s",
          method, path, strlen (body), headers, body);
  g_autofree char *response = test_ask (test, request);

  return test_get_status (response);
}

static void
run (TestServer *test, TestServerBody body)
{
  test_server_start (test);
  test_server_run (test, body, NULL);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
}

/* All addresses */

static void
ask_both_families (TestServer *test, gpointer data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) ipv6 = NULL;

  g_assert_cmpuint (ask (test, "GET", "Host: localhost\r\n"), ==, 200);
  ipv6 = g_socket_client_connect_to_host (client, "::1", test->port, NULL, NULL);
  if (ipv6 != NULL)
    test_send (ipv6, "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

/* IPv4 clients of an IPv6 socket count as IPv4: those of this machine need no token. */
static void
test_any (void)
{
  TestServer *test = test_server_new ();

  test->options.listen = any_address;
  test->options.token = TOKEN;
  run (test, ask_both_families);
}

static void
test_public_url (void)
{
  static const char *const two[] = { "127.0.0.1:0", "*:0", NULL };
  TestServer *test = test_server_new ();
  g_autoptr (GPtrArray) addresses = habla_local_addresses_get ();
  g_autofree char *url = NULL;

  test->options.listen = two;
  test->options.token = TOKEN;
  test_server_start (test);
  url = habla_http_server_get_public_url (test->server, addresses);
  if (addresses->len == 0) {
    g_assert_null (url);
  } else {
    g_autofree char *address = g_inet_address_to_string (addresses->pdata[0]);
    g_auto (GStrv) urls = habla_http_server_get_urls (test->server);
    g_autoptr (GUri) all = g_uri_parse (urls[1], G_URI_FLAGS_NONE, NULL);
    g_autofree char *expected =
        g_uri_join (G_URI_FLAGS_NONE, "http", NULL, address, g_uri_get_port (all), "/", NULL, NULL);

    g_assert_cmpstr (url, ==, expected);
  }
  test_server_free (test);
}

static void
test_no_public_url (void)
{
  TestServer *test = test_server_new ();
  g_autoptr (GPtrArray) addresses = habla_local_addresses_get ();

  test_server_start (test);
  g_assert_null (habla_http_server_get_public_url (test->server, addresses));
  test_server_free (test);
  test = test_server_new ();
  test->options.public_url = "https://school.example/captions/";
  test_server_start (test);
  {
    g_autofree char *url = habla_http_server_get_public_url (test->server, addresses);

    g_assert_cmpstr (url, ==, "https://school.example/captions/");
  }
  test_server_free (test);
}

/* TLS */

static void
ask_plain (TestServer *test, gpointer data)
{
  g_assert_cmpuint (ask (test, "GET", "Host: localhost\r\n"), ==, 200);
}

static void
test_plain_loopback (void)
{
  TestServer *test = test_server_new ();
  g_autoptr (GTlsCertificate) certificate = test_make_certificate ();

  test->options.certificate = certificate;
  test->options.plain_loopback = TRUE;
  run (test, ask_plain);
}

static gboolean
has_certificate (GIOStream *tls, GTlsCertificate *certificate)
{
  return g_tls_certificate_is_same (
      g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (tls)), certificate);
}

typedef struct {
  TestServer *test;
  GTlsCertificate *certificate;
  int is_set; /* atomic */
} Renewal;

static gboolean
set_certificate (gpointer data)
{
  Renewal *renewal = data;

  habla_http_server_set_certificate (renewal->test->server, renewal->certificate);
  g_atomic_int_set (&renewal->is_set, TRUE);
  return G_SOURCE_REMOVE;
}

static void
renew (TestServer *test, gpointer data)
{
  GTlsCertificate **certificates = data;
  g_autoptr (GIOStream) old = connect_tls (test);
  g_autoptr (GIOStream) new = NULL;
  Renewal renewal = { test, certificates[1], FALSE };

  g_assert_cmpuint (ask_tls (old), ==, 200);
  g_assert_true (has_certificate (old, certificates[0]));
  g_idle_add (set_certificate, &renewal);
  while (!g_atomic_int_get (&renewal.is_set))
    g_thread_yield ();
  new = connect_tls (test);
  g_assert_true (has_certificate (new, certificates[1]));
  g_assert_cmpuint (ask_tls (new), ==, 200);
  g_assert_cmpuint (ask_tls (old), ==, 200);
  g_io_stream_close (old, NULL, NULL);
  g_io_stream_close (new, NULL, NULL);
}

/* A new certificate does not end connections. */
static void
test_renewal (void)
{
  TestServer *test = test_server_new ();
  g_autoptr (GTlsCertificate) first = test_make_certificate ();
  g_autoptr (GTlsCertificate) second = test_make_certificate ();
  GTlsCertificate *certificates[] = { first, second };

  test->options.certificate = first;
  test_server_start (test);
  test_server_run (test, renew, certificates);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
}

/* Addresses for listeners */

static void
ask_as_stranger (TestServer *test, gpointer data)
{
  g_assert_cmpuint (ask (test, "GET", "Host: localhost\r\n"), ==, 401);
  g_assert_cmpuint (
      ask (test, "GET", "Host: localhost\r\nAuthorization: Bearer " TOKEN "\r\n"), ==, 403);
  g_assert_cmpuint (
      ask (test, "GET", "Host: localhost\r\nCookie: habla-token=" TOKEN "\r\n"), ==, 401);
}

/* What comes from a proxy counts as from another machine, so that the test needs none. */
static void
test_listeners (void)
{
  static const char *const listen[] = { NULL };
  static const char *const listeners[] = { "127.0.0.1:0", NULL };
  TestServer *test = test_server_new ();
  g_autoptr (GTlsCertificate) certificate = test_make_certificate ();

  test->options.listen = listen;
  test->options.listen_for_listeners = listeners;
  test->options.certificate = certificate;
  test->options.token = TOKEN;
  test->options.proxies = loopback;
  run (test, ask_as_stranger);
}

/* Proxies */

static void
ask_through_proxy (TestServer *test, gpointer data)
{
#define OWNER "Host: 127.0.0.1:8700\r\nAuthorization: Bearer " TOKEN "\r\n"
  g_assert_cmpuint (ask (test, "GET", "Host: 127.0.0.1:8700\r\n"), ==, 401);
  g_assert_cmpuint (ask (test, "GET", "Host: school.example\r\n"), ==, 401);
  g_assert_cmpuint (ask (test, "GET", "Host: evil.example\r\n"), ==, 403);
  g_assert_cmpuint (ask (test, "GET", OWNER), ==, 200);
  g_assert_cmpuint (ask (test, "POST", OWNER "Origin: https://school.example\r\n"), ==, 200);
  g_assert_cmpuint (ask (test, "POST", OWNER "Origin: https://SCHOOL.example\r\n"), ==, 200);
  g_assert_cmpuint (ask (test, "POST", OWNER "Origin: http://school.example\r\n"), ==, 403);
  g_assert_cmpuint (ask (test, "POST", OWNER "Origin: https://school.example:8443\r\n"), ==, 403);
  g_assert_cmpuint (
      ask (test, "POST", OWNER "Origin: https://school.example.evil.example\r\n"), ==, 403);
#undef OWNER
}

static void
test_proxy (void)
{
  TestServer *test = test_server_new ();

  test->options.token = TOKEN;
  test->options.public_url = "https://School.example:443/captions/";
  test->options.proxies = loopback;
  run (test, ask_through_proxy);
}

#define WRONG "Host: localhost\r\nAuthorization: Bearer wrong\r\nX-Forwarded-For: "

static void
guess_through_proxy (TestServer *test, gpointer data)
{
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (ask (test, "GET", WRONG "192.0.2.1\r\n"), ==, 401);
  g_assert_cmpuint (ask (test, "GET", WRONG "192.0.2.1\r\n"), ==, 429);
  g_assert_cmpuint (ask (test, "GET", WRONG "198.51.100.7, 192.0.2.1:5000\r\n"), ==, 429);
  g_assert_cmpuint (ask (test, "GET", WRONG "192.0.2.1, 198.51.100.7\r\n"), ==, 401);
  g_assert_cmpuint (ask (test, "GET", WRONG "[2001:db8::1]:80\r\n"), ==, 401);
  g_assert_cmpuint (ask (test, "GET", WRONG "nonsense\r\n"), ==, 401);
}

/* Limits apply to the address that the proxy names, not to what its client claims. */
static void
test_forwarded (void)
{
  TestServer *test = test_server_new ();

  test->options.token = TOKEN;
  test->options.proxies = loopback;
  run (test, guess_through_proxy);
}

static void
forge_forwarded (TestServer *test, gpointer data)
{
  for (guint i = 0; i < 12; i++)
    g_assert_cmpuint (ask (test, "GET", WRONG "192.0.2.1\r\n"), ==, 200);
}

/* Others cannot name an address. */
static void
test_forged (void)
{
  TestServer *test = test_server_new ();

  test->options.token = TOKEN;
  test->options.trusts_local_proxies = TRUE;
  run (test, forge_forwarded);
}

#undef WRONG

/* A client keeps its one connection for several requests, and may not have a second one. */
static void
keep_through_proxy (TestServer *test, gpointer data)
{
  static const char request[] =
      "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n";
  g_autoptr (GSocketConnection) connection = test_connect (test);
  g_autofree char *second = NULL;

  for (guint i = 0; i < 3; i++) {
    g_autofree char *response = NULL;

    test_send (connection, request);
    response = test_read_response (connection);
    g_assert_cmpuint (test_get_status (response), ==, 200);
  }
  second = test_ask (test, request);
  g_assert_cmpuint (test_get_status (second), ==, 429);
}

static void
test_proxied_connection (void)
{
  TestServer *test = test_server_new ();

  test->options.proxies = loopback;
  test->options.max_connections_per_peer = 1;
  run (test, keep_through_proxy);
}

#define COOKIE \
  "GET /limited HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: habla-token="

static void
repeat_cookie (TestServer *test, gpointer data)
{
  for (guint i = 0; i < 20; i++) {
    g_autofree char *response = test_ask (test, COOKIE "old\r\n\r\n");
    g_autofree char *cleared = test_get_header (response, "Set-Cookie");

    g_assert_cmpuint (test_get_status (response), ==, 401);
    g_assert_cmpstr (cleared, ==, "habla-token=; Path=/captions/; Max-Age=0");
  }
}

static void
guess_cookies (TestServer *test, gpointer data)
{
  g_autofree char *right = NULL;
  g_autofree char *old = NULL;
  guint i = 0;

  repeat_cookie (test, NULL);
  for (; i < 20; i++) {
    g_autofree char *request = g_strdup_printf (COOKIE "wrong%u\r\n\r\n", i);
    g_autofree char *response = test_ask (test, request);

    if (test_get_status (response) == 429)
      break;
    g_assert_cmpuint (test_get_status (response), ==, 401);
  }
  /* "old" was the first one. */
  g_assert_cmpuint (i, ==, 9);
  right = test_ask (test, COOKIE TOKEN "\r\n\r\n");
  g_assert_cmpuint (test_get_status (right), ==, 429);
  g_assert_null (test_get_header (right, "Set-Cookie"));
  /* One that is known to be wrong is no guess. */
  old = test_ask (test, COOKIE "wrong8\r\n\r\n");
  g_assert_cmpuint (test_get_status (old), ==, 401);
}

/* A phone continues sending a token that has been renewed; guessing is slowed down. */
static void
test_old_cookie (void)
{
  TestServer *test = test_server_new ();

  test->options.token = TOKEN;
  test->options.public_url = "https://school.example/captions/";
  test->options.proxies = loopback;
  run (test, guess_cookies);
}

static void
ask_unknown_proxy (TestServer *test, gpointer data)
{
  static const char *const headers[] = { "X-Forwarded-For: 192.0.2.1\r\n",
    "Forwarded: for=192.0.2.1\r\n", "X-Real-IP: 192.0.2.1\r\n", "Via: 1.1 school\r\n" };
  g_autofree char *response = NULL;
  const guint *status = data;

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autofree char *local = g_strconcat ("Host: localhost\r\n", headers[i], NULL);
    g_autofree char *owner = g_strconcat (local, "Authorization: Bearer " TOKEN "\r\n", NULL);

    g_assert_cmpuint (ask (test, "GET", local), ==, *status);
    g_assert_cmpuint (ask (test, "POST", local), ==, *status);
    g_assert_cmpuint (ask (test, "GET", owner), ==, *status);
  }
  g_assert_cmpuint (ask (test, "GET", "Host: localhost\r\n"), ==, 200);
  response = test_ask (test,
      "GET /limited HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nVia: 1.1 school\r\n\r\n");
  if (*status == 403) {
    g_assert_nonnull (strstr (test_get_body (response), "proxies=127.0.0.1;::1"));
    g_assert_nonnull (strstr (test_get_body (response), "\"code\":\"unknown-proxy\""));
  }
  g_clear_pointer (&response, g_free);
  response = test_ask (test,
      "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nVia: 1.1 school\r\n\r\n");
  g_assert_cmpuint (test_get_status (response), ==, 200);
}

static void
run_unknown_proxy (const char *token, const char *const *proxies, gboolean is_trusted, guint status)
{
  TestServer *test = test_server_new ();

  test->options.token = token;
  test->options.proxies = proxies;
  test->options.trusts_local_proxies = is_trusted;
  test_server_start (test);
  test_server_run (test, ask_unknown_proxy, &status);
  test_server_wait (test, test_server_is_alone);
  test_server_free (test);
}

/* Clients of a proxy on this machine are not programs of this machine, whoever they say they are.
 */
static void
test_unknown_proxy (void)
{
  static const char *const elsewhere[] = { "192.0.2.254", NULL };

  run_unknown_proxy (NULL, NULL, FALSE, 403);
  run_unknown_proxy (TOKEN, NULL, FALSE, 403);
  run_unknown_proxy (TOKEN, elsewhere, FALSE, 403);
  run_unknown_proxy (TOKEN, NULL, TRUE, 200);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/endpoints/any", test_any);
  g_test_add_func ("/endpoints/public-url", test_public_url);
  g_test_add_func ("/endpoints/no-public-url", test_no_public_url);
  g_test_add_func ("/endpoints/plain-loopback", test_plain_loopback);
  g_test_add_func ("/endpoints/renewal", test_renewal);
  g_test_add_func ("/endpoints/listeners", test_listeners);
  g_test_add_func ("/endpoints/proxy", test_proxy);
  g_test_add_func ("/endpoints/forwarded", test_forwarded);
  g_test_add_func ("/endpoints/forged", test_forged);
  g_test_add_func ("/endpoints/proxied-connection", test_proxied_connection);
  g_test_add_func ("/endpoints/old-cookie", test_old_cookie);
  g_test_add_func ("/endpoints/unknown-proxy", test_unknown_proxy);
  return habla_test_run ();
}
