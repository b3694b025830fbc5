/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person who starts hablad on a terminal reads. */
#define _GNU_SOURCE /* posix_openpt */
#include "habla-test.h"
#include "hablad.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#define UPGRADE \
  "GET /ws/translate?room=class HTTP/1.1\r\nHost: localhost\r\n" \
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

typedef struct {
  GSubprocess *process;
  int terminal;
  guint watch; /* a source */
  GString *shown;
} Terminal;

/* In the child: Ctrl-C reaches it, and it ends when a test fails. */
static void
own_terminal (gpointer user_data)
{
  setsid ();
  ioctl (STDIN_FILENO, TIOCSCTTY, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
terminal_on_input (int fd, GIOCondition condition, gpointer user_data)
{
  Terminal *self = user_data;
  char buffer[4096];
  gssize n = read (fd, buffer, sizeof buffer);

  g_string_append_len (self->shown, buffer, MAX (n, 0));
  if (n > 0)
    return G_SOURCE_CONTINUE;
  self->watch = 0;
  return G_SOURCE_REMOVE;
}

static Terminal *
terminal_new (void)
{
  Terminal *self = g_new0 (Terminal, 1);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  struct termios settings;
  struct winsize size = { .ws_row = 50, .ws_col = 100 };
  g_autoptr (GError) error = NULL;
  int other;

  self->shown = g_string_new (NULL);
  self->terminal = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (self->terminal, >=, 0);
  g_assert_cmpint (grantpt (self->terminal), ==, 0);
  g_assert_cmpint (unlockpt (self->terminal), ==, 0);
  other = open (ptsname (self->terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (other, >=, 0);
  /* Lines end as hablad ends them. */
  tcgetattr (other, &settings);
  settings.c_oflag &= ~OPOST;
  tcsetattr (other, TCSANOW, &settings);
  ioctl (other, TIOCSWINSZ, &size);
  g_subprocess_launcher_take_stdin_fd (launcher, other);
  g_subprocess_launcher_take_stdout_fd (launcher, dup (other));
  g_subprocess_launcher_take_stderr_fd (launcher, dup (other));
  g_subprocess_launcher_set_child_setup (launcher, own_terminal, NULL, NULL);
  self->process = g_subprocess_launcher_spawn (
      launcher, &error, g_getenv ("HABLA_TEST_HABLAD"), "--listen=127.0.0.1:0", NULL);
  g_assert_no_error (error);
  self->watch = g_unix_fd_add (self->terminal, G_IO_IN | G_IO_HUP, terminal_on_input, self);
  return self;
}

static void
terminal_free (Terminal *self)
{
  g_object_unref (self->process);
  close (self->terminal);
  g_string_free (self->shown, TRUE);
  g_free (self);
}

static gboolean
terminal_shows (Terminal *self, const char *text)
{
  return strstr (self->shown->str, text) != NULL;
}

/* Returns: (transfer full): what README.md says that `hablad` prints */
static char *
read_example (void)
{
  g_autofree char *text = NULL;
  const char *begin;

  g_assert_true (g_file_get_contents (HABLA_DOCS "/../README.md", &text, NULL, NULL));
  begin = strstr (text, "$ scripts/hablad\n");
  g_assert_nonnull (begin);
  begin += strlen ("$ scripts/hablad\n");
  return g_strndup (begin, strstr (begin, "```") - begin);
}

/* Returns: the port in the first address that is shown */
static guint16
find_port (const char *text)
{
  const char *port = strstr (text, "http://127.0.0.1:");

  g_assert_nonnull (port);
  return g_ascii_strtoull (port + strlen ("http://127.0.0.1:"), NULL, 10);
}

static void
assert_is_example (const char *shown, guint16 port)
{
  g_autofree char *example = read_example ();
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u/", port);
  g_auto (GStrv) parts = g_strsplit (example, "http://127.0.0.1:8700/", -1);
  g_autofree char *expected = g_strjoinv (address, parts);

  g_assert_cmpstr (shown, ==, expected);
}

static void
on_message (SoupWebsocketConnection *websocket, int type, GBytes *message, gpointer user_data)
{
  g_string_append_len (user_data, g_bytes_get_data (message, NULL), g_bytes_get_size (message));
}

/* A pipeline starts and translates, which the log reports elsewhere. */
static void
use_room (guint16 port)
{
  static const char text[] = "{\"type\":\"text_input\",\"text\":\"Good morning.\","
                             "\"speaker_id\":\"MANUAL\"}";
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);
  g_autoptr (GUri) uri = g_uri_parse ("ws://localhost/", G_URI_FLAGS_NONE, NULL);
  g_autoptr (SoupWebsocketConnection) websocket = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GString) headers = g_string_new (NULL);
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  char c;

  g_assert_true (
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), UPGRADE,
          strlen (UPGRADE), NULL, NULL, NULL));
  while (!g_str_has_suffix (headers->str, "\r\n\r\n")) {
    g_assert_cmpint (g_input_stream_read (input, &c, 1, NULL, NULL), ==, 1);
    g_string_append_c (headers, c);
  }
  websocket = soup_websocket_connection_new (
      G_IO_STREAM (connection), uri, SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL, NULL);
  g_signal_connect (websocket, "message", G_CALLBACK (on_message), all);
  soup_websocket_connection_send_text (websocket, text);
  hablad_wait_until (strstr (all->str, "\"type\":\"translation\"") != NULL);
  soup_websocket_connection_close (websocket, 1000, NULL);
  hablad_wait_until (
      soup_websocket_connection_get_state (websocket) == SOUP_WEBSOCKET_STATE_CLOSED);
}

/* The last line tells how to stop, also after the room was used; the program does as it says. */
static void
test_terminal (void)
{
  Terminal *terminal = terminal_new ();
  guint16 port;

  hablad_wait_until (terminal_shows (terminal, "To stop, press Ctrl-C.\n"));
  port = find_port (terminal->shown->str);
  assert_is_example (terminal->shown->str, port);
  use_room (port);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_is_example (terminal->shown->str, port);
  g_assert_cmpint (write (terminal->terminal, "\003", 1), ==, 1);
  /* Its end of the terminal is closed. */
  hablad_wait_until (terminal->watch == 0);
  g_assert_true (g_subprocess_wait_check (terminal->process, NULL, NULL));
  g_assert_true (terminal_shows (terminal, "Shutting down"));
  g_assert_false (terminal_shows (terminal, "INFO"));
  terminal_free (terminal);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/terminal", test_terminal);
  return habla_test_run ();
}
