/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nats-server.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <habla-test.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

struct _TestNats {
  char *dir;
  char *url;
  guint port;
  GPid pid;
};

gboolean
test_nats_is_installed (void)
{
  g_autofree char *path = g_find_program_in_path ("nats-server");

  return path != NULL;
}

/* A port that was free a moment ago. The server must get the same one when it is started again, so
 * it cannot choose one itself. */
static guint
find_port (void)
{
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_bind (socket, address, TRUE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static gboolean
is_answering (guint port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);
  char info[5];
  gsize n_read = 0;

  /* It says "INFO" to each client. JetStream is ready before it listens. */
  return connection != NULL &&
         g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), info, 4,
             &n_read, NULL, NULL) &&
         n_read == 4 && memcmp (info, "INFO", 4) == 0;
}

/* In the child process: it ends with the test, also if that crashes. */
static void
end_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
test_nats_start (TestNats *self)
{
  g_autofree char *config = g_build_filename (self->dir, "nats.conf", NULL);
  g_autofree char *log = g_build_filename (self->dir, "log", NULL);
  char *argv[] = { "nats-server", "-c", config, "-l", log, NULL };
  gint64 end = g_get_monotonic_time () + habla_test_scale (30) * G_TIME_SPAN_SECOND;
  g_autoptr (GError) error = NULL;

  g_spawn_async (NULL, argv, NULL,
      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
          G_SPAWN_STDERR_TO_DEV_NULL,
      end_with_parent, NULL, &self->pid, &error);
  g_assert_no_error (error);
  while (!is_answering (self->port)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (10000); /* until it listens */
  }
}

TestNats *
test_nats_new (const char *settings)
{
  TestNats *self = g_new0 (TestNats, 1);
  g_autofree char *config = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  self->dir = g_build_filename (habla_test_get_dir (), "nats-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (self->dir));
  self->port = find_port ();
  self->url = g_strdup_printf ("nats://127.0.0.1:%u", self->port);
  config = g_build_filename (self->dir, "nats.conf", NULL);
  text = g_strdup_printf ("listen: 127.0.0.1:%u\njetstream { store_dir: \"%s\" }\n%s\n", self->port,
      self->dir, settings != NULL ? settings : "");
  g_file_set_contents (config, text, -1, &error);
  g_assert_no_error (error);
  test_nats_start (self);
  return self;
}

void
test_nats_signal (TestNats *self, int number)
{
  g_assert_cmpint (kill (self->pid, number), ==, 0);
  /* Its threads run on for a moment. */
  if (number == SIGSTOP)
    g_assert_cmpint (waitpid (self->pid, NULL, WUNTRACED), ==, self->pid);
}

void
test_nats_kill (TestNats *self)
{
  test_nats_signal (self, SIGKILL);
  g_assert_cmpint (waitpid (self->pid, NULL, 0), ==, self->pid);
  g_spawn_close_pid (self->pid);
  self->pid = 0;
}

void
test_nats_free (TestNats *self)
{
  if (self->pid != 0)
    test_nats_kill (self);
  g_free (self->dir);
  g_free (self->url);
  g_free (self);
}

const char *
test_nats_get_url (TestNats *self)
{
  return self->url;
}
