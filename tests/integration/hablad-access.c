/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clients that do not use the loopback interface, and so need a token. The address is one of this
 * machine, or else one in a new network namespace. */
#include "flood.h"
#include "habla-test.h"
#include "hablad-room.h"
#include "network-address.h"

#include <string.h>
#include <sysexits.h>

#define TOKEN "a-token-for-this-test-0123456789"
#define UPGRADE \
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static char *address; /* (nullable) */

/* Returns: (transfer full): the beginning of the response */
static char *
send_request (Hablad *hablad, const char *request)
{
  g_autoptr (GSocketConnection) connection = hablad_connect (hablad, request, 30);
  g_autoptr (GError) error = NULL;
  char response[4096];
  gssize n;

  n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), response,
      sizeof response - 1, NULL, &error);
  g_assert_no_error (error);
  return g_strndup (response, n);
}

/* Returns: (transfer full): the Host header of hablad */
static char *
make_host_header (Hablad *hablad)
{
  g_autofree char *name = g_strdup (hablad_get_url (hablad) + strlen ("http://"));

  *strrchr (name, '/') = '\0';
  return g_strdup_printf ("Host: %s\r\n", name);
}

static void
assert_response (Hablad *hablad, const char *method, const char *path, const char *headers,
    guint status, const char *part)
{
  g_autofree char *request = g_strdup_printf ("%s %s HTTP/1.1\r\n%s\r\n", method, path, headers);
  g_autofree char *response = send_request (hablad, request);

  g_test_message ("%s%s", request, response);
  g_assert_cmpuint (g_ascii_strtoull (response + strlen ("HTTP/1.1 "), NULL, 10), ==, status);
  if (part != NULL)
    g_assert_nonnull (strstr (response, part));
}

/* hablad refuses to start without a token. */
static void
test_no_token (void)
{
  g_autofree char *listen = g_strdup_printf ("--listen=%s:0", address);
  const char *const argv[] = { g_getenv ("HABLA_TEST_HABLAD"), listen, NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  if (!network_address_check (address))
    return;
  process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, EX_CONFIG);
  g_assert_nonnull (strstr (output, address));
  g_assert_nonnull (strstr (output, "token"));
}

static void
test_http (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autofree char *host = NULL;
  g_autofree char *right = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *basic = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *other_site = NULL;
  g_autofree char *health = NULL;
  g_autofree char *response = NULL;
  g_autofree char *log = NULL;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  host = make_host_header (hablad);
  right = g_strconcat (host, "Authorization: Bearer " TOKEN "\r\n", NULL);
  wrong = g_strconcat (host, "Authorization: Bearer " TOKEN "x\r\n", NULL);
  basic = g_strconcat (host, "Authorization: Basic " TOKEN "\r\n", NULL);
  cookie = g_strconcat (host, "Cookie: habla-token=" TOKEN "\r\n", NULL);
  other_site = g_strconcat (right, "Origin: http://evil.example\r\nContent-Length: 0\r\n", NULL);

  /* The page and /health need no token, but messages of the checks are hidden without one. */
  assert_response (hablad, "GET", "/health", host, 200, NULL);
  health = g_strdup_printf ("GET /health/ready HTTP/1.1\r\n%s\r\n", host);
  hablad_wait_until (({
    g_free (response);
    response = send_request (hablad, health);
    strstr (response, "\"checked_at\":\"") != NULL;
  }));
  g_assert_nonnull (strstr (response, "\"disk\""));
  g_assert_null (strstr (response, "MB free"));
  assert_response (hablad, "GET", "/", host, 200, NULL);
  assert_response (hablad, "GET", "/metrics", host, 401, "Bearer");
  assert_response (hablad, "GET", "/api/system/status", host, 401, "WWW-Authenticate: Bearer");
  assert_response (hablad, "GET", "/api/system/status", wrong, 401, "invalid_token");
  assert_response (hablad, "GET", "/api/system/status", basic, 401, "invalid_token");
  assert_response (hablad, "GET", "/api/system/status", right, 200, NULL);
  assert_response (hablad, "GET", "/api/system/status", cookie, 200, NULL);
  /* The token does not permit other host names, or requests from pages of other sites. */
  assert_response (hablad, "GET", "/api/system/status",
      "Host: evil.example\r\nAuthorization: Bearer " TOKEN "\r\n", 403, NULL);
  assert_response (hablad, "GET", "/health", "Host: evil.example\r\n", 403, NULL);
  assert_response (hablad, "POST", "/api/system/mode", other_site, 403, NULL);
  log = hablad_get_log (hablad);
  g_assert_null (strstr (log, TOKEN));
  hablad_stop (g_steal_pointer (&hablad));
}

static void
test_upgrade (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autofree char *name = NULL;
  g_autofree char *same = NULL;
  g_autofree char *other = NULL;
  g_autofree char *rebound = NULL;
  g_autofree char *wrong = NULL;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  name = g_strdup (hablad_get_url (hablad) + strlen ("http://"));
  *strrchr (name, '/') = '\0';
  same = g_strdup_printf ("Host: %s\r\nOrigin: http://%s\r\n" UPGRADE, name, name);
  other = g_strdup_printf ("Host: %s\r\nOrigin: http://evil.example\r\n" UPGRADE, name);
  rebound = g_strdup ("Host: evil.example\r\nOrigin: http://evil.example\r\n" UPGRADE);
  wrong = g_strdup_printf ("Host: %s\r\nAuthorization: Bearer wrong\r\n" UPGRADE, name);
  assert_response (hablad, "GET", "/ws/translate", same, 101, NULL);
  assert_response (hablad, "GET", "/ws/translate", other, 403, NULL);
  assert_response (hablad, "GET", "/ws/translate", rebound, 403, NULL);
  assert_response (hablad, "GET", "/ws/translate", wrong, 401, "invalid_token");
  hablad_stop (g_steal_pointer (&hablad));
}

/* The first message must be hello with the token; hablad sends nothing before. */
static void
test_hello (void)
{
  static const char *const wrong[] = { "{'type':'hello','token':'" TOKEN "x'}", "{'type':'hello'}",
    "{'type':'ping'}", "{'type':'start_listening'}", "nonsense" };
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) client = NULL;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (HabladClient) stranger = hablad_client_new (hablad, NULL);

    hablad_client_send (stranger, wrong[i]);
    g_assert_cmpuint (hablad_client_wait_closed (stranger), ==, 1008);
    g_assert_cmpuint (hablad_client_get_messages (stranger)->len, ==, 0);
  }
  client = hablad_client_new (hablad, NULL);
  hablad_client_send (client, "{'type':'hello','token':'" TOKEN "'}");
  hablad_client_expect_next (client, "status");
  hablad_client_send_text (client, "Hello.");
  hablad_client_expect (client, "translation");
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* hablad closes a connection without hello after five seconds, even while other clients flood it,
 * and accepts a client with the token. */
static void
test_floods (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) stranger = NULL;
  g_autoptr (HabladClient) client = NULL;
  g_autoptr (GUri) uri = NULL;
  Flood *floods[FLOOD_N_KINDS];
  gint64 begin;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  uri = g_uri_parse (hablad_get_url (hablad), G_URI_FLAGS_NONE, NULL);
  stranger = hablad_client_new (hablad, NULL);
  client = hablad_client_new (hablad, NULL);
  begin = g_get_monotonic_time ();
  flood_start_all (floods, address, g_uri_get_port (uri));
  for (guint i = 0; i < FLOOD_N_KINDS; i++)
    hablad_wait_until (flood_get_n_sent (floods[i]) > 0);
  hablad_client_send (client, "{'type':'hello','token':'" TOKEN "'}");
  hablad_client_expect_next (client, "status");
  g_assert_cmpuint (hablad_client_wait_closed (stranger), ==, 1008);
  g_assert_cmpint (g_get_monotonic_time () - begin, >, 4 * G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, habla_test_scale (40) * G_USEC_PER_SEC);
  flood_free_all (floods);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

static guint
get_status (Hablad *hablad, const char *headers)
{
  g_autofree char *request = g_strdup_printf ("GET /api/system/status HTTP/1.1\r\n%s\r\n", headers);
  g_autofree char *response = send_request (hablad, request);
  guint status = g_ascii_strtoull (response + strlen ("HTTP/1.1 "), NULL, 10);

  if (status == 429)
    g_assert_nonnull (strstr (response, "\r\nRetry-After: "));
  return status;
}

/* Returns: number of tokens that were checked before one was refused with 429 */
static guint
try_tokens (Hablad *hablad, const char *headers, guint max)
{
  for (guint i = 0; i < max; i++) {
    guint status = get_status (hablad, headers);

    if (status == 429)
      return i;
    g_assert_cmpuint (status, ==, 401);
  }
  return max;
}

/* Wrong tokens delay further attempts from their address, however they are sent. */
static void
test_guesses (void)
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) known = NULL;
  g_autoptr (HabladClient) stranger = NULL;
  g_autofree char *host = NULL;
  g_autofree char *right = NULL;
  g_autofree char *wrong = NULL;
  gint64 end = g_get_monotonic_time () + habla_test_scale (40) * G_USEC_PER_SEC;
  guint n_checked;
  guint i;

  if (!network_address_check (address))
    return;
  hablad = hablad_start_with_token (address, TOKEN);
  host = make_host_header (hablad);
  right = g_strconcat (host, "Authorization: Bearer " TOKEN "\r\n", NULL);
  wrong = g_strconcat (host, "Authorization: Bearer " TOKEN "x\r\n", NULL);
  known = hablad_client_new (hablad, NULL);
  hablad_client_send (known, "{'type':'hello','token':'" TOKEN "'}");
  hablad_client_expect_next (known, "status");

  /* One in hello, five in the header, the rest in the cookie. */
  stranger = hablad_client_new (hablad, NULL);
  hablad_client_send (stranger, "{'type':'hello','token':'" TOKEN "x'}");
  g_assert_cmpuint (hablad_client_wait_closed (stranger), ==, 1008);
  g_clear_pointer (&stranger, hablad_client_free);
  n_checked = try_tokens (hablad, wrong, 5);
  for (i = 0; i < 40; i++) {
    g_autofree char *cookie = g_strdup_printf ("%sCookie: habla-token=wrong%u\r\n", host, i);

    if (try_tokens (hablad, cookie, 1) == 0)
      break;
  }
  g_assert_cmpuint (n_checked + i, >=, 9);
  g_assert_cmpuint (n_checked + i, <, 40);

  /* Make the delay longer than a second, so that there is time to check each way. */
  while (get_status (hablad, wrong) == 429 || try_tokens (hablad, wrong, 1) == 1)
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  g_assert_cmpuint (get_status (hablad, right), ==, 429);
  stranger = hablad_client_new (hablad, NULL);
  hablad_client_send (stranger, "{'type':'hello','token':'" TOKEN "'}");
  g_assert_cmpuint (hablad_client_wait_closed (stranger), ==, 1013);

  /* Public paths and known connections still work, and the token is accepted after the delay. */
  assert_response (hablad, "GET", "/health", wrong, 200, NULL);
  hablad_client_send (known, "{'type':'ping'}");
  hablad_client_expect_next (known, "pong");
  while (get_status (hablad, right) != 200) {
    g_usleep (100 * 1000);
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  }
  hablad_client_close (known);
  g_clear_pointer (&known, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  int status;

  address = network_address_find ();
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/no-token", test_no_token);
  g_test_add_func ("/hablad/http", test_http);
  g_test_add_func ("/hablad/upgrade", test_upgrade);
  g_test_add_func ("/hablad/hello", test_hello);
  g_test_add_func ("/hablad/floods", test_floods);
  g_test_add_func ("/hablad/guesses", test_guesses);
  status = habla_test_run ();
  g_free (address);
  return status;
}
