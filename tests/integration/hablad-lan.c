/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hablad --lan, in a network of its own. */
#include "habla-test.h"
#include "hablad.h"
#include "network-namespace.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define ADDRESS "192.0.2.9"
#define NEW_ADDRESS "198.51.100.9"
#define HTTPS_PORT 8443
#define HTTP_PORT 8780
#define UPGRADE \
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static gboolean has_network;

static gboolean
check_network (void)
{
  if (!has_network)
    g_test_skip ("this process may not make a network of its own, or ip from Debian's iproute2 is "
                 "missing");
  return has_network;
}

static char *
get_path (const char *name)
{
  return g_build_filename (g_get_user_state_dir (), "habla", name, NULL);
}

static Hablad *
start (const char *option)
{
  const char *const options[] = { option, NULL };

  return hablad_start (options);
}

static char *
read_file (const char *name)
{
  g_autofree char *path = get_path (name);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_strstrip (text);
}

static void
write_file (const char *name, const char *text, int mode)
{
  g_autofree char *path = get_path (name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static guint
get_mode (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  return info.st_mode & 0777;
}

/* Clients */

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors,
    gpointer user_data)
{
  return TRUE;
}

/* Returns: (transfer full) (nullable): a connection to another address than loopback */
static GIOStream *
connect_to (const char *address, guint16 port, gboolean is_tls)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  GIOStream *tls;

  g_socket_client_set_timeout (client, habla_test_scale (20));
  connection = g_socket_client_connect_to_host (client, address, port, NULL, NULL);
  if (connection == NULL || !is_tls)
    return connection != NULL ? G_IO_STREAM (g_steal_pointer (&connection)) : NULL;
  tls = g_tls_client_connection_new (G_IO_STREAM (connection), NULL, NULL);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, NULL))
    g_clear_object (&tls);
  return tls;
}

/* @line: method and path. @headers: each with its line end. Returns: the status of the response */
static guint
ask (GIOStream *stream, const char *line, const char *headers)
{
  g_autofree char *request =
      g_strdup_printf ("%s HTTP/1.1\r\nHost: " ADDRESS "\r\n%s\r\n", line, headers);
  char answer[4096] = "";
  gsize length = 0;
  gssize n = 1;

  g_assert_true (g_output_stream_write_all (
      g_io_stream_get_output_stream (stream), request, strlen (request), NULL, NULL, NULL));
  while (n > 0 && strstr (answer, "\r\n\r\n") == NULL && length < sizeof answer - 1) {
    n = g_input_stream_read (g_io_stream_get_input_stream (stream), answer + length,
        sizeof answer - 1 - length, NULL, NULL);
    length += MAX (n, 0);
    answer[length] = '\0';
  }
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 "));
  return g_ascii_strtoull (answer + strlen ("HTTP/1.1 "), NULL, 10);
}

static guint
ask_once (guint16 port, const char *line, const char *headers)
{
  g_autoptr (GIOStream) stream = connect_to (ADDRESS, port, port == HTTPS_PORT);

  g_assert_nonnull (stream);
  return ask (stream, line, headers);
}

/* Returns: (transfer full) (nullable): what new connections to @address get */
static GTlsCertificate *
get_certificate (const char *address)
{
  g_autoptr (GIOStream) stream = connect_to (address, HTTPS_PORT, TRUE);

  return stream != NULL
             ? g_object_ref (g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (stream)))
             : NULL;
}

static gboolean
has_address (GTlsCertificate *certificate, const char *text)
{
  g_autoptr (GPtrArray) addresses = g_tls_certificate_get_ip_addresses (certificate);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  for (guint i = 0; i < addresses->len; i++)
    if (g_inet_address_equal (addresses->pdata[i], address))
      return TRUE;
  return FALSE;
}

static gboolean
has_name (GTlsCertificate *certificate, const char *name)
{
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);

  for (guint i = 0; i < names->len; i++)
    if (strlen (name) == g_bytes_get_size (names->pdata[i]) &&
        memcmp (name, g_bytes_get_data (names->pdata[i], NULL), strlen (name)) == 0)
      return TRUE;
  return FALSE;
}

/* The tests use one state folder, one after the other. */

/* A browser would accept the certificate, if it trusted who signed it. */
static void
check_certificate (GTlsCertificate *certificate)
{
  g_autoptr (GDateTime) begin = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr (GDateTime) end = g_tls_certificate_get_not_valid_after (certificate);
  g_autoptr (GSocketConnectable) address = g_network_address_new (ADDRESS, HTTPS_PORT);
  g_autofree char *host = g_ascii_strdown (g_get_host_name (), strcspn (g_get_host_name (), "."));
  g_autofree char *local = g_strconcat (host, ".local", NULL);

  g_assert_true (has_address (certificate, ADDRESS));
  g_assert_true (has_address (certificate, "127.0.0.1"));
  g_assert_true (has_name (certificate, "localhost"));
  if (strcmp (host, "localhost") != 0)
    g_assert_true (has_name (certificate, local));
  g_assert_cmpint (g_date_time_difference (end, begin), <=, 397 * G_TIME_SPAN_DAY);
  g_assert_cmpint (g_date_time_difference (end, begin), >, 390 * G_TIME_SPAN_DAY);
  g_assert_cmpint (g_tls_certificate_verify (certificate, address, certificate), ==, 0);
}

static void
check_with_openssl (void)
{
  g_autofree char *program = g_find_program_in_path ("openssl");
  g_autofree char *path = get_path ("certificate.pem");
  const char *argv[] = { program, "x509", "-in", path, "-noout", "-text", NULL };
  g_autofree char *text = NULL;

  if (program == NULL)
    return;
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, &text, NULL, NULL, NULL));
  g_assert_nonnull (strstr (text, "prime256v1"));
  g_assert_nonnull (strstr (text, "TLS Web Server Authentication"));
  g_assert_nonnull (strstr (text, "CA:FALSE"));
  g_assert_nonnull (strstr (text, "ecdsa-with-SHA256"));
}

static void
test_first (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autofree char *folder = get_path (NULL);
  g_autofree char *certificate_path = get_path ("certificate.pem");
  g_autofree char *token_path = get_path ("owner-token");
  g_autofree char *token = NULL;
  g_autofree char *authorization = NULL;

  if (!check_network ())
    return;
  hablad = start ("--lan");
  g_assert_true (g_str_has_prefix (hablad_get_url (hablad), "http://127.0.0.1:"));
  g_assert_cmpuint (get_mode (folder), ==, 0700);
  g_assert_cmpuint (get_mode (certificate_path), ==, 0600);
  g_assert_cmpuint (get_mode (token_path), ==, 0600);
  certificate = get_certificate (ADDRESS);
  check_certificate (certificate);
  check_with_openssl ();
  token = read_file ("owner-token");
  g_assert_cmpuint (strlen (token), ==, 48);
  authorization = g_strconcat ("Authorization: Bearer ", token, "\r\n", NULL);
  g_assert_cmpuint (ask_once (HTTPS_PORT, "HEAD /", ""), ==, 200);
  g_assert_cmpuint (ask_once (HTTPS_PORT, "HEAD /api/sessions", ""), ==, 401);
  g_assert_cmpuint (ask_once (HTTPS_PORT, "HEAD /api/sessions", authorization), ==, 200);
  {
    g_autofree char *log = hablad_get_log (hablad);

    g_assert_null (strstr (log, token));
    g_assert_nonnull (strstr (log, "Made a certificate for " ADDRESS));
  }
  hablad_stop (g_steal_pointer (&hablad));
}

/* A phone that was told to trust the certificate need not be told again. */
static void
test_kept (void)
{
  g_autofree char *certificate = NULL;
  g_autofree char *token = NULL;
  g_autofree char *certificate_after = NULL;
  g_autofree char *token_after = NULL;
  g_autoptr (Hablad) hablad = NULL;

  if (!check_network ())
    return;
  certificate = read_file ("certificate.pem");
  token = read_file ("owner-token");
  hablad = start ("--lan");
  hablad_stop (g_steal_pointer (&hablad));
  certificate_after = read_file ("certificate.pem");
  token_after = read_file ("owner-token");
  g_assert_cmpstr (certificate, ==, certificate_after);
  g_assert_cmpstr (token, ==, token_after);
}

static gboolean
new_address_is_certified (void)
{
  g_autoptr (GTlsCertificate) certificate = get_certificate (NEW_ADDRESS);

  return certificate != NULL && has_address (certificate, NEW_ADDRESS);
}

/* The machine gets an address while hablad runs; open connections go on. */
static void
test_new_address (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (GIOStream) old = NULL;

  if (!check_network ())
    return;
  hablad = start ("--lan");
  old = connect_to (ADDRESS, HTTPS_PORT, TRUE);
  g_assert_cmpuint (ask (old, "HEAD /", ""), ==, 200);
  g_assert_true (network_namespace_run ("addr add " NEW_ADDRESS "/24 dev cable"));
  hablad_wait_until (new_address_is_certified ());
  g_assert_cmpuint (ask (old, "HEAD /", ""), ==, 200);
  g_assert_true (network_namespace_run ("addr del " NEW_ADDRESS "/24 dev cable"));
  hablad_stop (g_steal_pointer (&hablad));
}

/* Starts hablad and checks that it made a new certificate and says why. */
static void
expect_new_certificate (const char *reason)
{
  g_autoptr (Hablad) hablad = start ("--lan");
  g_autofree char *log = hablad_get_log (hablad);
  g_autofree char *path = get_path ("certificate.pem");
  g_autoptr (GTlsCertificate) certificate = get_certificate (ADDRESS);
  const char *line = strstr (log, "Made a certificate for ");

  if (line == NULL || strstr (line, reason) == NULL)
    g_error ("“%s” is not in: %s", reason, log);
  check_certificate (certificate);
  g_assert_cmpuint (get_mode (path), ==, 0600);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Returns: (transfer full) (nullable): the contents of a file for 20 days; %NULL without openssl */
static char *
make_expiring (void)
{
  g_autofree char *program = g_find_program_in_path ("openssl");
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "expiring.pem", NULL);
  const char *argv[] = { program, "req", "-x509", "-newkey", "ec", "-pkeyopt",
    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "20", "-subj", "/CN=old", "-addext",
    "subjectAltName=IP:" ADDRESS, "-keyout", path, "-out", path, NULL };
  char *text = NULL;
  int status;

  if (program == NULL)
    return NULL;
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL,
      G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
      NULL));
  g_assert_cmpint (status, ==, 0);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
test_damaged (void)
{
  g_autofree char *good = NULL;
  g_autofree char *expiring = NULL;

  if (!check_network ())
    return;
  good = read_file ("certificate.pem");
  write_file ("certificate.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n", 0600);
  expect_new_certificate ("PEM");
  write_file ("certificate.pem", good, 0644);
  expect_new_certificate ("Other users can read");
  expiring = make_expiring ();
  if (expiring == NULL)
    return;
  write_file ("certificate.pem", expiring, 0600);
  expect_new_certificate ("expires soon");
}

static void
test_damaged_token (void)
{
  g_autofree char *token = NULL;
  g_autofree char *log = NULL;
  g_autoptr (Hablad) hablad = NULL;

  if (!check_network ())
    return;
  write_file ("owner-token", "short\n", 0600);
  hablad = start ("--lan");
  token = read_file ("owner-token");
  log = hablad_get_log (hablad);
  g_assert_cmpuint (strlen (token), ==, 48);
  g_assert_nonnull (strstr (log, "Making a new token"));
  hablad_stop (g_steal_pointer (&hablad));
}

static void
on_message (SoupWebsocketConnection *websocket, int type, GBytes *message, gpointer user_data)
{
  g_string_append_len (user_data, g_bytes_get_data (message, NULL), g_bytes_get_size (message));
}

/* Opens a WebSocket as a listener and sends @hello. Returns: (transfer full): what the server sends
 * until it waits for the speaker, or closes */
static char *
listen_with (const char *hello)
{
  GIOStream *stream = connect_to (ADDRESS, HTTP_PORT, FALSE);
  g_autoptr (GUri) uri = g_uri_parse ("ws://" ADDRESS "/", G_URI_FLAGS_NONE, NULL);
  g_autoptr (SoupWebsocketConnection) websocket = NULL;
  GString *all = g_string_new (NULL);

  g_assert_cmpuint (
      ask (stream, "GET /ws/translate?room=physics&listen=1&wait=1", UPGRADE), ==, 101);
  websocket = soup_websocket_connection_new (
      stream, uri, SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL, NULL);
  g_object_unref (stream);
  g_signal_connect (websocket, "message", G_CALLBACK (on_message), all);
  soup_websocket_connection_send_text (websocket, hello);
  hablad_wait_until (
      strstr (all->str, "\"waiting\"") != NULL ||
      soup_websocket_connection_get_state (websocket) == SOUP_WEBSOCKET_STATE_CLOSED);
  if (soup_websocket_connection_get_state (websocket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (websocket, 1000, NULL);
  hablad_wait_until (
      soup_websocket_connection_get_state (websocket) == SOUP_WEBSOCKET_STATE_CLOSED);
  return g_string_free (all, FALSE);
}

/* The code of the room lets listeners in; the right token does not. */
static void
check_listeners (Hablad *hablad, const char *token)
{
  g_autofree char *room =
      hablad_request (hablad, "POST", "/api/rooms", "{\"name\":\"physics\"}", NULL);
  g_autoptr (JsonNode) node = json_from_string (room, NULL);
  const char *code = json_object_get_string_member (json_node_get_object (node), "code");
  g_autofree char *with_code = g_strdup_printf ("{\"type\":\"hello\",\"code\":\"%s\"}", code);
  g_autofree char *with_token = g_strdup_printf ("{\"type\":\"hello\",\"token\":\"%s\"}", token);
  g_autofree char *waiting = listen_with (with_code);
  g_autofree char *refusal = listen_with (with_token);

  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "url"), !=, NULL);
  g_test_message ("%s", waiting);
  g_assert_nonnull (strstr (waiting, "\"waiting\""));
  g_assert_null (strstr (refusal, "\"waiting\""));
}

/* Plain HTTP is for listeners: what a token or a speaker sends could be read by all. */
static void
test_http (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autofree char *token = NULL;
  g_autofree char *authorization = NULL;

  if (!check_network ())
    return;
  hablad = start ("--lan=http");
  token = read_file ("owner-token");
  authorization = g_strconcat ("Authorization: Bearer ", token, "\r\n", NULL);
  g_assert_cmpuint (ask_once (HTTP_PORT, "HEAD /", ""), ==, 200);
  g_assert_cmpuint (ask_once (HTTP_PORT, "HEAD /api/sessions", ""), ==, 401);
  g_assert_cmpuint (ask_once (HTTP_PORT, "HEAD /api/sessions", authorization), ==, 403);
  g_assert_cmpuint (ask_once (HTTP_PORT, "GET /ws/translate?room=a", UPGRADE), ==, 403);
  g_assert_cmpuint (ask_once (HTTP_PORT, "GET /ws/translate?room=a&listen=1", UPGRADE), ==, 101);
  check_listeners (hablad, token);
  g_assert_null (connect_to (ADDRESS, HTTPS_PORT, TRUE));
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  has_network = network_namespace_enter () && network_namespace_add_interface ("cable") &&
                network_namespace_run ("link set cable up") &&
                network_namespace_run ("addr add " ADDRESS "/24 dev cable");
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/lan/first", test_first);
  g_test_add_func ("/hablad/lan/kept", test_kept);
  g_test_add_func ("/hablad/lan/new-address", test_new_address);
  g_test_add_func ("/hablad/lan/damaged", test_damaged);
  g_test_add_func ("/hablad/lan/damaged-token", test_damaged_token);
  g_test_add_func ("/hablad/lan/http", test_http);
  return habla_test_run ();
}
