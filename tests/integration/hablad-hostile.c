/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clients that violate the protocol, read too slowly, or have no access. */
#include "flood.h"
#include "habla-test.h"
#include "hablad.h"

#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define N_FRAMES 10000
#define TOKEN "a-token-for-this-test-0123456789"

static const char *const seeds[] = {
  "{\"type\":\"ping\"}",
  "{\"type\":\"set_mode\",\"mode\":\"classroom\"}",
  "{\"type\":\"toggle_direction\",\"direction\":\"en_to_es\"}",
  "{\"type\":\"rename_speaker\",\"speaker_id\":\"MANUAL\",\"name\":\"Ana\"}",
  "{\"type\":\"stop_listening\"}",
  "{\"type\":\"hello\",\"token\":\"x\"}",
  "[[[[[[[[[[1]]]]]]]]]]",
  "{\"type\":{\"type\":[null,1e999,-0,\"\\ud800\"]}}",
};

/* Returns: (transfer full): a randomly modified message; valid UTF-8, as WebSocket requires */
static char *
mutate (GRand *random)
{
  g_autoptr (GString) text =
      g_string_new (seeds[g_rand_int_range (random, 0, G_N_ELEMENTS (seeds))]);
  int n_changes = g_rand_int_range (random, 1, 6);

  for (int i = 0; i < n_changes && text->len > 0; i++) {
    gsize at = g_rand_int_range (random, 0, text->len);

    switch (g_rand_int_range (random, 0, 4)) {
    case 0:
      text->str[at] = g_rand_int_range (random, 1, 128);
      break;
    case 1:
      g_string_erase (text, at, 1);
      break;
    case 2:
      g_string_insert (text, at, g_rand_boolean (random) ? "\"" : "😀");
      break;
    default:
      g_string_insert_c (text, at, g_rand_int_range (random, 32, 127));
      break;
    }
  }
  return g_utf8_make_valid (text->str, text->len);
}

/* Invalid messages get errors at a limited rate, and the connection stays open. */
static void
test_malformed (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (20261125);
  double memory;

  hablad_client_expect (client, "status");
  memory = hablad_get_metric (hablad, "habla_process_resident_memory_bytes");
  for (guint i = 0; i < N_FRAMES; i++) {
    g_autofree char *text = mutate (random);

    soup_websocket_connection_send_text (hablad_client_get_connection (client), text);
    if (i % 200 == 0)
      g_main_context_iteration (NULL, FALSE);
  }
  hablad_client_expect (client, "error");
  /* hablad responds again when the rate is below the limit. */
  hablad_wait_until (({
    hablad_client_send (client, "{'type':'ping'}");
    hablad_client_has (client, "pong");
  }));
  g_assert_cmpuint (hablad_client_get_messages (client)->len, <, N_FRAMES);
  g_assert_cmpfloat (
      hablad_get_metric (hablad, "habla_process_resident_memory_bytes") - memory, <, 64e6);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Returns: (transfer full): an object with @n names that have the same GLib hash */
static char *
make_colliding_object (guint n)
{
  GString *text = g_string_new ("{");

  for (guint i = 0; i < n; i++) {
    g_string_append (text, i == 0 ? "\"" : ",\"");
    for (guint bit = 0; bit < 16; bit++)
      g_string_append (text, (i >> bit & 1) != 0 ? "Ez" : "FY");
    g_string_append (text, "\":1");
  }
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

/* Returns: the processor time of hablad so far, in seconds */
static double
get_processor_time (Hablad *hablad)
{
  struct timespec time;
  clockid_t clock;

  g_assert_cmpint (clock_getcpuclockid (hablad_get_pid (hablad), &clock), ==, 0);
  g_assert_cmpint (clock_gettime (clock, &time), ==, 0);
  return time.tv_sec + time.tv_nsec / 1e9;
}

/* Without a limit, 980 kB of such names blocked the main loop for 10 s. */
static void
test_colliding_names (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autofree char *body = make_colliding_object (26000);
  g_autofree char *small = make_colliding_object (1000);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autofree char *response = NULL;
  double before, seconds;
  guint status;

  hablad_client_expect (client, "status");
  g_assert_cmpuint (strlen (body), >, 900000);
  before = get_processor_time (hablad);
  response = hablad_request (hablad, "PUT", "/api/recordings/a/ground-truth", body, &status);
  seconds = get_processor_time (hablad) - before;
  g_test_message ("answered with %.2f s of processor time", seconds);
  g_assert_cmpfloat (seconds, <, 2);
  g_assert_cmpuint (status, ==, 400);
  g_assert_nonnull (strstr (response, "members"));
  soup_websocket_connection_send_text (hablad_client_get_connection (client), small);
  hablad_client_expect (client, "error");
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
test_oversized (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autofree char *text = g_strnfill (1000000, 'a');
  g_autofree char *too_large = g_strnfill (2000000, 'a');

  hablad_client_expect (client, "status");
  soup_websocket_connection_send_text (hablad_client_get_connection (client), text);
  hablad_client_expect (client, "error");
  hablad_client_sync (client);
  soup_websocket_connection_send_text (hablad_client_get_connection (client), too_large);
  g_assert_cmpuint (hablad_client_wait_closed (client), ==, 1009);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Waits for a line of /metrics. Retries, because the floods may have exhausted the request rate of
 * the address. */
static void
wait_for_line (Hablad *hablad, const char *start)
{
  hablad_wait_until (({
    g_autofree char *metrics = hablad_get (hablad, "/metrics", NULL);

    strstr (metrics, start) != NULL;
  }));
}

/* hablad responds and translates while other clients flood it. The limits allow for a loaded
 * machine; the benchmark "floods" measures exact latencies. */
static void
test_floods (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, "room=lab");
  g_autoptr (GUri) uri = g_uri_parse (hablad_get_url (hablad), G_URI_FLAGS_NONE, NULL);
  Flood *floods[FLOOD_N_KINDS];

  hablad_client_expect (client, "status");
  flood_start_all (floods, "127.0.0.1", g_uri_get_port (uri));
  for (guint i = 0; i < FLOOD_N_KINDS; i++)
    hablad_wait_until (flood_get_n_sent (floods[i]) > 0);
  for (guint i = 0; i < 20; i++) {
    gint64 begin = g_get_monotonic_time ();
    guint status;

    g_free (hablad_get (hablad, "/health", &status));
    g_assert_cmpuint (status, ==, 200);
    g_assert_cmpint (g_get_monotonic_time () - begin, <, habla_test_scale (20) * G_USEC_PER_SEC);
    hablad_client_send (client, "{'type':'text_input','text':'Hello.'}");
    hablad_client_expect (client, "translation");
    g_assert_cmpint (g_get_monotonic_time () - begin, <, habla_test_scale (60) * G_USEC_PER_SEC);
  }
  flood_free_all (floods);
  wait_for_line (hablad, "habla_client_refusals_total{reason=\"control_rate\"} ");
  wait_for_line (hablad, "habla_client_refusals_total{reason=\"message_rate\"} ");
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Audio without start_listening, and bytes that are not audio. */
static void
test_wrong_audio (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autofree char *text = g_strnfill (100000, 'a');
  g_autoptr (GBytes) noise = g_bytes_new (text, 100000);

  hablad_client_send_audio (client, noise);
  hablad_client_start_listening (client);
  hablad_client_send_audio (client, noise);
  hablad_client_stop_listening (client);
  hablad_client_send_text (client, "Hello.");
  hablad_client_expect (client, "translation");
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Returns: a connection with small buffers on both sides: the server's kernel makes its own as
 * large as a few segments, which are small here */
static GSocket *
connect_with_small_buffers (guint16 port, const char *request)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GError) error = NULL;
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_set_option (socket, SOL_TCP, TCP_MAXSEG, 536, NULL));
  g_assert_true (g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 4096, NULL));
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (
      g_socket_send (socket, request, strlen (request), NULL, &error), ==, strlen (request));
  return socket;
}

/* A client that does not read is closed with 1013. */
static void
test_slow_client (void)
{
  g_autofree char *option = hablad_write_config (
      "[server]\nsoft-backlog=4096\nhard-backlog=65536\nidle-timeout=3600000\n");
  const char *const options[] = { option, NULL };
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) owner = NULL;
  g_autoptr (GSocket) slow = NULL;
  g_autoptr (GUri) uri = NULL;
  g_autofree char *request = NULL;
  g_autoptr (GString) long_text = g_string_new (NULL);

  hablad = hablad_start (options);
  owner = hablad_client_new (hablad, "room=hall");
  hablad_client_expect (owner, "status");
  uri = g_uri_parse (hablad_get_url (hablad), G_URI_FLAGS_NONE, NULL);
  request = g_strdup_printf ("GET /ws/translate?room=hall&listen=1&language=es HTTP/1.1\r\n"
                             "Host: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                             "Sec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      g_uri_get_port (uri));
  slow = connect_with_small_buffers (g_uri_get_port (uri), request);
  hablad_wait_for_metric (hablad, "habla_clients{role=\"listener\"}", 1);
  /* One unknown word, which takes less time to translate than a text. */
  for (guint i = 0; i < 3500; i++)
    g_string_append_c (long_text, 'x');
  /* Send enough to fill the buffers of the kernel too; hablad takes 500 messages at once before it
   * limits their rate. */
  for (guint i = 0; hablad_get_metric (hablad, "habla_clients{role=\"listener\"}") == 1; i++) {
    g_autofree char *message =
        g_strdup_printf ("{'type':'text_input','text':'%s','speaker_id':'MANUAL'}", long_text->str);

    g_assert_cmpuint (i, <, 500);
    hablad_client_send (owner, message);
    hablad_client_expect (owner, "translation");
  }
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_client_closes_total{code=\"1013\"}"), ==, 1);
  hablad_client_close (owner);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Returns: the HTTP status of a request with @headers */
static guint
get_status (Hablad *hablad, const char *path, const char *headers)
{
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\n%s\r\n", path, headers);
  g_autoptr (GSocketConnection) connection = hablad_connect (hablad, request, 30);
  g_autoptr (GError) error = NULL;
  char response[13] = { 0 };

  g_input_stream_read_all (
      g_io_stream_get_input_stream (G_IO_STREAM (connection)), response, 12, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_ascii_strtoull (response + strlen ("HTTP/1.1 "), NULL, 10);
}

#define UPGRADE \
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static void
test_origins (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (GUri) uri = g_uri_parse (hablad_get_url (hablad), G_URI_FLAGS_NONE, NULL);
  int port = g_uri_get_port (uri);
  g_autofree char *same =
      g_strdup_printf ("Host: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\n" UPGRADE, port, port);
  g_autofree char *other =
      g_strdup_printf ("Host: 127.0.0.1:%d\r\nOrigin: http://evil.example\r\n" UPGRADE, port);
  g_autofree char *null = g_strdup_printf ("Host: 127.0.0.1:%d\r\nOrigin: null\r\n" UPGRADE, port);
  g_autofree char *rebound = g_strdup_printf (
      "Host: evil.example:%d\r\nOrigin: http://evil.example:%d\r\n" UPGRADE, port, port);
  g_autofree char *page = g_strdup_printf ("Host: evil.example:%d\r\n", port);

  g_assert_cmpuint (get_status (hablad, "/ws/translate", same), ==, 101);
  g_assert_cmpuint (get_status (hablad, "/ws/translate", other), ==, 403);
  g_assert_cmpuint (get_status (hablad, "/ws/translate", null), ==, 403);
  g_assert_cmpuint (get_status (hablad, "/ws/translate", rebound), ==, 403);
  g_assert_cmpuint (get_status (hablad, "/api/system/status", page), ==, 403);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
test_token (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "token", NULL);
  g_autofree char *option = g_strconcat ("--token-file=", path, NULL);
  const char *const options[] = { option, "--listen=0.0.0.0:0", NULL };
  g_autoptr (Hablad) hablad = NULL;

  g_assert_true (
      g_file_set_contents_full (path, TOKEN "\n", -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  /* Clients on the loopback interface need no token. */
  hablad = hablad_start (options);
  g_free (hablad_get (hablad, "/health", NULL));
  g_autofree char *log = hablad_get_log (hablad);
  g_assert_null (strstr (log, TOKEN));
  hablad_stop (g_steal_pointer (&hablad));
}

/* Requests beyond the rate limit are refused, except /health. */
static void
test_request_rate (void)
{
  g_autofree char *option = hablad_write_config ("[server]\nmax-request-rate=2\n");
  const char *const options[] = { option, NULL };
  g_autoptr (Hablad) hablad = NULL;
  guint n_refused = 0, status;

  hablad = hablad_start (options);
  for (guint i = 0; i < 50; i++) {
    g_free (hablad_get (hablad, "/api/system/status", &status));
    g_assert_true (status == 200 || status == 429);
    n_refused += status == 429;
  }
  g_assert_cmpuint (n_refused, >, 20);
  g_free (hablad_get (hablad, "/health", &status));
  g_assert_cmpuint (status, ==, 200);
  hablad_stop (g_steal_pointer (&hablad));
}

#define PEER_REFUSALS "habla_http_refusals_total{reason=\"connections_of_peer\"}"

static void
test_connections_of_peer (void)
{
  g_autofree char *option = hablad_write_config ("[server]\nmax-connections-per-peer=2\n");
  const char *const options[] = { option, NULL };
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) first = NULL;
  g_autoptr (GSocketConnection) third = NULL;
  g_autoptr (GError) error = NULL;
  double before;
  gssize n;
  char byte;

  hablad = hablad_start (options);
  first = hablad_client_new (hablad, NULL);
  hablad_client_expect (first, "status");
  /* The second connection is that of hablad_get_metric(). */
  before = hablad_get_metric (hablad, PEER_REFUSALS);
  third = hablad_connect (hablad, NULL, 5);
  /* It is closed at once. A request timeout would close it later. */
  n = g_input_stream_read (
      g_io_stream_get_input_stream (G_IO_STREAM (third)), &byte, 1, NULL, &error);
  if (n != 0)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_clear_error (&error);
  g_assert_cmpfloat (hablad_get_metric (hablad, PEER_REFUSALS) - before, ==, 1);
  hablad_client_sync (first);
  hablad_client_close (first);
  g_clear_pointer (&first, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/malformed", test_malformed);
  g_test_add_func ("/hablad/colliding-names", test_colliding_names);
  g_test_add_func ("/hablad/oversized", test_oversized);
  g_test_add_func ("/hablad/floods", test_floods);
  g_test_add_func ("/hablad/wrong-audio", test_wrong_audio);
  g_test_add_func ("/hablad/slow-client", test_slow_client);
  g_test_add_func ("/hablad/origins", test_origins);
  g_test_add_func ("/hablad/token", test_token);
  g_test_add_func ("/hablad/request-rate", test_request_rate);
  g_test_add_func ("/hablad/connections-of-peer", test_connections_of_peer);
  return habla_test_run ();
}
