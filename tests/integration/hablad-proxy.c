/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hablad behind nginx, with the configuration of docs/operations.md. nginx listens on a socket in a
 * folder of the test, so that it needs no free port. */
#include "habla-test.h"
#include "hablad.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define ORIGIN "https://school.example"
#define PUBLIC_URL ORIGIN "/captions/"
#define UPGRADE \
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

typedef struct {
  Hablad *hablad;
  GSubprocess *nginx;
  char *folder;
  char *socket;
  char *authorization; /* a header with its line end */
} Fixture;

/* Returns: (transfer full): the configuration in the document, for hablad at @port */
static char *
read_snippet (guint port)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *snippet = NULL;
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);
  g_auto (GStrv) pieces = NULL;

  g_assert_true (g_file_get_contents (HABLA_DOCS "/operations.md", &text, NULL, NULL));
  parts = g_strsplit (text, "```nginx\n", 2);
  g_assert_nonnull (parts[1]);
  snippet = g_strndup (parts[1], strstr (parts[1], "```") - parts[1]);
  pieces = g_strsplit (snippet, "127.0.0.1:8700", -1);
  g_assert_cmpuint (g_strv_length (pieces), ==, 2);
  return g_strjoinv (address, pieces);
}

static void
write_nginx_config (const char *folder, const char *socket, const char *snippet)
{
  g_autofree char *path = g_build_filename (folder, "nginx.conf", NULL);
  g_autofree char *text = g_strdup_printf ("pid %s/nginx.pid;\n"
                                           "error_log %s/error.log;\n"
                                           "events {}\n"
                                           "http {\n"
                                           "  access_log off;\n"
                                           "  client_body_temp_path %s/body;\n"
                                           "  proxy_temp_path %s/proxy;\n"
                                           "  fastcgi_temp_path %s/fastcgi;\n"
                                           "  uwsgi_temp_path %s/uwsgi;\n"
                                           "  scgi_temp_path %s/scgi;\n"
                                           "  server {\n"
                                           "    listen unix:%s;\n"
                                           "%s"
                                           "  }\n"
                                           "}\n",
      folder, folder, folder, folder, folder, folder, folder, socket, snippet);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static GSocketConnection *
try_to_connect (Fixture *fixture)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (fixture->socket);

  g_socket_client_set_timeout (client, habla_test_scale (20));
  return g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
}

static gboolean
nginx_is_up (Fixture *fixture)
{
  g_autoptr (GSocketConnection) connection = try_to_connect (fixture);

  return connection != NULL;
}

/* Returns: (transfer full) (nullable): Debian's nginx, which is not in the path of users */
static char *
find_nginx (void)
{
  static const char *const paths[] = { "/usr/sbin/nginx", "/usr/bin/nginx", NULL };

  for (guint i = 0; paths[i] != NULL; i++)
    if (g_file_test (paths[i], G_FILE_TEST_IS_EXECUTABLE))
      return g_strdup (paths[i]);
  return g_find_program_in_path ("nginx");
}

/* Ends nginx when a test fails; otherwise it would keep the standard output of the test open. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_nginx (Fixture *fixture, const char *program)
{
  g_autoptr (GUri) uri = g_uri_parse (hablad_get_url (fixture->hablad), G_URI_FLAGS_NONE, NULL);
  g_autofree char *snippet = read_snippet (g_uri_get_port (uri));
  g_autofree char *config = g_build_filename (fixture->folder, "nginx.conf", NULL);
  g_autofree char *log = g_build_filename (fixture->folder, "error.log", NULL);
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  write_nginx_config (fixture->folder, fixture->socket, snippet);
  fixture->nginx = g_subprocess_launcher_spawn (launcher, &error, program, "-e", log, "-p",
      fixture->folder, "-c", config, "-g", "daemon off; master_process off;", NULL);
  g_assert_no_error (error);
  hablad_wait_until (nginx_is_up (fixture));
}

/* @config: of hablad. Returns: (nullable): %NULL if there is no nginx; the test is skipped then */
static Fixture *
fixture_new (const char *config)
{
  g_autofree char *program = find_nginx ();
  g_autofree char *option = hablad_write_config (config);
  const char *const options[] = { option, NULL };
  Fixture *fixture;

  if (program == NULL) {
    g_test_skip ("nginx is not installed; Debian's nginx-light has it");
    return NULL;
  }
  fixture = g_new0 (Fixture, 1);
  fixture->folder = g_dir_make_tmp ("habla-nginx-XXXXXX", NULL);
  fixture->socket = g_build_filename (fixture->folder, "nginx.socket", NULL);
  fixture->hablad = hablad_start (options);
  start_nginx (fixture, program);
  return fixture;
}

static void
fixture_free (Fixture *fixture)
{
  g_autofree char *command = g_strdup_printf ("rm -r %s", fixture->folder);

  g_subprocess_send_signal (fixture->nginx, SIGTERM);
  g_subprocess_wait (fixture->nginx, NULL, NULL);
  g_object_unref (fixture->nginx);
  hablad_stop (fixture->hablad);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
  g_free (fixture->socket);
  g_free (fixture->authorization);
  g_free (fixture);
}

static void
read_token (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (g_get_user_state_dir (), "habla", "owner-token", NULL);
  g_autofree char *token = NULL;

  g_assert_true (g_file_get_contents (path, &token, NULL, NULL));
  fixture->authorization = g_strconcat ("Authorization: Bearer ", g_strstrip (token), "\r\n", NULL);
}

/* Sends one request; @headers each with its line end. @body: (nullable): the headers of the
 * response if its status is 101, otherwise its body. Returns: (transfer full): the connection,
 * whose response has the status @status */
static GSocketConnection *
ask (Fixture *fixture, const char *line, const char *headers, guint status, char **body)
{
  GSocketConnection *connection = try_to_connect (fixture);
  g_autofree char *request =
      g_strdup_printf ("%s HTTP/1.1\r\nHost: school.example\r\n%s\r\n", line, headers);
  g_autoptr (GString) answer = g_string_new (NULL);
  GInputStream *input;
  char buffer[4096];
  gssize n = 1;

  g_assert_nonnull (connection);
  input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_assert_true (
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
          strlen (request), NULL, NULL, NULL));
  while (n > 0 && (status != 101 || strstr (answer->str, "\r\n\r\n") == NULL)) {
    /* The server speaks first only after hello: no more than the headers of a handshake arrives. */
    n = g_input_stream_read (input, buffer, sizeof buffer, NULL, NULL);
    g_string_append_len (answer, buffer, MAX (n, 0));
  }
  if (!g_str_has_prefix (answer->str, "HTTP/1.1 ") ||
      g_ascii_strtoull (answer->str + strlen ("HTTP/1.1 "), NULL, 10) != status)
    g_error ("%s: %s", line, answer->str);
  if (body != NULL)
    *body = g_strdup (status == 101 ? answer->str : strstr (answer->str, "\r\n\r\n") + 4);
  return connection;
}

static void
expect (Fixture *fixture, const char *line, const char *headers, guint status)
{
  g_autofree char *all = g_strconcat ("Connection: close\r\n", headers, NULL);
  g_autoptr (GSocketConnection) connection = ask (fixture, line, all, status, NULL);
}

static void
on_message (SoupWebsocketConnection *websocket, int type, GBytes *message, gpointer user_data)
{
  GString *all = user_data;

  g_string_append_len (all, g_bytes_get_data (message, NULL), g_bytes_get_size (message));
}

/* Opens a WebSocket as the page does, and sends the token in hello. Returns: (transfer full): what
 * the server sends until a status has come */
static char *
get_status (Fixture *fixture)
{
  g_autoptr (GSocketConnection) connection = ask (fixture,
      "GET /captions/ws/translate?room=physics", UPGRADE "Origin: " ORIGIN "\r\n", 101, NULL);
  g_autoptr (GUri) uri = g_uri_parse ("ws://school.example/", G_URI_FLAGS_NONE, NULL);
  g_autoptr (SoupWebsocketConnection) websocket = soup_websocket_connection_new (
      G_IO_STREAM (connection), uri, SOUP_WEBSOCKET_CONNECTION_CLIENT, ORIGIN, NULL, NULL);
  GString *all = g_string_new (NULL);
  g_autofree char *hello = g_strdup_printf ("{\"type\":\"hello\",\"token\":\"%.48s\"}",
      fixture->authorization + strlen ("Authorization: Bearer "));

  g_signal_connect (websocket, "message", G_CALLBACK (on_message), all);
  soup_websocket_connection_send_text (websocket, hello);
  hablad_wait_until (strstr (all->str, "\"status\"") != NULL);
  soup_websocket_connection_close (websocket, 1000, NULL);
  hablad_wait_until (
      soup_websocket_connection_get_state (websocket) == SOUP_WEBSOCKET_STATE_CLOSED);
  return g_string_free (all, FALSE);
}

/* A phone has the cookie of a token that has been renewed: it may connect as often as others, and
 * loses the cookie. */
static void
connect_with_old_cookie (Fixture *fixture)
{
  for (guint i = 0; i < 15; i++) {
    g_autofree char *headers = NULL;
    g_autoptr (GSocketConnection) connection =
        ask (fixture, "GET /captions/ws/translate?room=physics",
            UPGRADE "Origin: " ORIGIN "\r\nCookie: habla-token=old\r\n", 101, &headers);

    g_assert_nonnull (strstr (headers, "Set-Cookie: habla-token=; Path=/captions/; Max-Age=0\r\n"));
    g_assert_nonnull (
        strstr (headers, "Set-Cookie: habla-token=; Path=/captions/habla/; Max-Age=0\r\n"));
  }
}

/* nginx sends its own Host by default, and hablad sees only clients of this machine. */
static void
test_host_not_kept (void)
{
  Fixture *fixture = fixture_new ("[network]\npublic-url=" PUBLIC_URL "\n");
  g_autofree char *headers = NULL;
  g_autofree char *status = NULL;

  if (fixture == NULL)
    return;
  read_token (fixture);
  expect (fixture, "GET /captions/", "", 200);
  expect (fixture, "GET /captions/api/sessions", "", 401);
  expect (fixture, "GET /captions/api/sessions", fixture->authorization, 200);
  headers =
      g_strconcat (fixture->authorization, "Content-Length: 0\r\nOrigin: " ORIGIN "\r\n", NULL);
  expect (fixture, "POST /captions/api/rooms", headers, 201);
  expect (fixture, "GET /captions/ws/translate", UPGRADE "Origin: https://evil.example\r\n", 403);
  connect_with_old_cookie (fixture);
  status = get_status (fixture);
  g_assert_nonnull (strstr (status, PUBLIC_URL "?room=physics&listen=1#code="));
  fixture_free (fixture);
}

static void
assert_logged_once (const char *log, const char *text)
{
  const char *found = strstr (log, text);

  g_assert_nonnull (found);
  g_assert_null (strstr (found + 1, text));
}

/* Without public-url, the page loads and cannot connect: the log says what to set, and so does what
 * the page can read. No one becomes the owner because the proxy runs on this machine. */
static void
test_log (void)
{
  Fixture *fixture = fixture_new ("");
  g_autofree char *log = NULL;
  g_autofree char *body = NULL;
  g_autoptr (GSocketConnection) connection = NULL;

  if (fixture == NULL)
    return;
  expect (fixture, "GET /captions/", "", 200);
  expect (fixture, "GET /captions/api/sessions", "", 403);
  expect (fixture, "GET /captions/ws/translate", UPGRADE, 403);
  for (guint i = 0; i < 20; i++)
    expect (fixture, "GET /captions/ws/translate", UPGRADE "Origin: " ORIGIN "\r\n", 403);
  connection = ask (fixture, "POST /captions/ws/translate",
      "Connection: close\r\nContent-Length: 0\r\nOrigin: " ORIGIN "\r\n", 403, &body);
  g_assert_nonnull (strstr (body, "public-url"));
  log = hablad_get_log (fixture->hablad);
  g_assert_nonnull (strstr (log, "by a page of " ORIGIN));
  g_assert_nonnull (strstr (log, "set public-url in [network]"));
  assert_logged_once (log, "set proxies=127.0.0.1;::1 and public-url");
  {
    g_auto (GStrv) lines = g_strsplit (log, "by a page of", -1);

    g_assert_cmpuint (g_strv_length (lines), <=, 6);
  }
  fixture_free (fixture);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/proxy/host-not-kept", test_host_not_kept);
  g_test_add_func ("/hablad/proxy/log", test_log);
  return habla_test_run ();
}
