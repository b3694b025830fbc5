/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include <api/api.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <gst/gst.h>
#include <http/http-server.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Compares GET /health with a SoupServer that sends a constant response. Each server runs in a
 * child process, and the client uses the same number of persistent connections for both. */

#define CONNECTIONS 8
#define REQUESTS 1500 /* in a round and connection */
#define ROUNDS 9
#define ALLOCATION_REQUESTS 500 /* for counting allocations */

static const char request[] = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

typedef struct {
  guint16 port;
  pid_t process;
  volatile guint64 *allocations;
  double *latencies; /* of all rounds, in nanoseconds */
  guint n_latencies;
} Server;

/* In the child processes */

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *memory, size_t size);

#define EXPORT __attribute__ ((visibility ("default")))

/* Calls in this thread, without the slice allocator of GLib before 2.76. */
static _Thread_local guint64 n_allocations;
static volatile guint64 *reported_allocations; /* in memory shared with the parent */

EXPORT void *
malloc (size_t size)
{
  n_allocations++;
  return __libc_malloc (size);
}

EXPORT void *
calloc (size_t n, size_t size)
{
  n_allocations++;
  return __libc_calloc (n, size);
}

EXPORT void *
realloc (void *memory, size_t size)
{
  n_allocations++;
  return __libc_realloc (memory, size);
}

/* Signal handler; runs in the main thread, which also handles the requests. */
static void
on_report_allocations (int number)
{
  *reported_allocations = n_allocations;
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer user_data)
{
  /* As long as the response of /health. */
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC,
      "{\"status\":\"starting\",\"components\":{}}", 37);
}

static guint16
start_peer (void)
{
  SoupServer *server = soup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  soup_server_add_handler (server, NULL, on_request, NULL, NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    g_error ("%s", error->message);
  uris = soup_server_get_uris (server);
  return g_uri_get_port (uris->data);
}

static guint16
start_habla (void)
{
  HablaMetrics *metrics = habla_metrics_new ();
  static char *spanish[] = { (char *) "es", NULL };
  HablaRoomManagerOptions manager_options = {
    .pipeline = "session",
    .max_sessions = 1,
    .max_members = 1,
    .settings = { (char *) "en", spanish, HABLA_MODE_CONVERSATION },
    .metrics = metrics,
  };
  static const char *const listen[] = { "127.0.0.1:0", NULL };
  HablaApiOptions api_options = { .health = habla_health_new (10000, metrics),
    .manager = habla_room_manager_new (&manager_options),
    .phrasebook = habla_phrasebook_new (),
    .metrics = metrics };
  HablaHttpServerOptions options = { .listen = listen,
    .max_connections = 64,
    .max_body = 4096,
    .request_timeout = 10000,
    .idle_timeout = 90000,
    .router = habla_api_get_router (habla_api_new (&api_options)),
    .metrics = metrics };
  g_autoptr (GError) error = NULL;
  HablaHttpServer *server = habla_http_server_new (&options, &error);
  g_auto (GStrv) urls = NULL;
  g_autoptr (GUri) uri = NULL;

  if (server == NULL)
    g_error ("%s", error->message);
  urls = habla_http_server_get_urls (server);
  uri = g_uri_parse (urls[0], G_URI_FLAGS_NONE, NULL);
  return g_uri_get_port (uri);
}

static void
start_process (Server *server, guint16 (*start) (void))
{
  int ends[2];

  if (pipe (ends) != 0)
    g_error ("pipe: %s", g_strerror (errno));
  server->allocations = mmap (
      NULL, sizeof *server->allocations, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (server->allocations != MAP_FAILED);
  server->process = fork ();
  if (server->process == 0) {
    guint16 port;

    prctl (PR_SET_PDEATHSIG, SIGKILL);
    reported_allocations = server->allocations;
    signal (SIGUSR1, on_report_allocations);
    gst_init (NULL, NULL);
    port = start ();
    if (write (ends[1], &port, sizeof port) != sizeof port)
      _exit (1);
    g_main_loop_run (g_main_loop_new (NULL, FALSE));
    _exit (0);
  }
  if (read (ends[0], &server->port, sizeof server->port) != sizeof server->port)
    g_error ("A server failed to start");
  close (ends[0]);
  close (ends[1]);
}

/* In the parent process */

static GSocket *
connect_to (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  GSocket *socket;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  if (connection == NULL)
    g_error ("%s", error->message);
  socket = g_object_ref (g_socket_connection_get_socket (connection));
  fcntl (g_socket_get_fd (socket), F_SETFL, 0); /* GSocket sets O_NONBLOCK even when it blocks */
  return socket;
}

static void
send_request (int fd)
{
  if (send (fd, request, sizeof request - 1, MSG_NOSIGNAL) != (gssize) sizeof request - 1)
    g_error ("send: %s", g_strerror (errno));
}

/* Headers and body may arrive separately. */
static void
read_response (int fd)
{
  char buffer[4096];
  gsize n = 0;

  do {
    gssize more = recv (fd, buffer + n, sizeof buffer - 1 - n, 0);

    if (more <= 0)
      g_error ("A server closed the connection");
    n += more;
    buffer[n] = '\0';
  } while (strstr (buffer, "components\":{}}") == NULL);
}

/* Alternates between sending a request on each connection and reading each response.
 * Returns: nanoseconds per request */
static double
run_round (gpointer data)
{
  Server *server = data;
  GSocket *sockets[CONNECTIONS];
  double began, sent[CONNECTIONS], total;

  for (guint i = 0; i < CONNECTIONS; i++)
    sockets[i] = connect_to (server->port);
  began = habla_benchmark_wall_time ();
  for (guint i = 0; i < CONNECTIONS; i++) {
    sent[i] = habla_benchmark_wall_time ();
    send_request (g_socket_get_fd (sockets[i]));
  }
  for (guint n = 0; n < REQUESTS; n++)
    for (guint i = 0; i < CONNECTIONS; i++) {
      read_response (g_socket_get_fd (sockets[i]));
      server->latencies[server->n_latencies++] = habla_benchmark_wall_time () - sent[i];
      if (n + 1 < REQUESTS) {
        sent[i] = habla_benchmark_wall_time ();
        send_request (g_socket_get_fd (sockets[i]));
      }
    }
  total = habla_benchmark_wall_time () - began;
  for (guint i = 0; i < CONNECTIONS; i++) {
    g_socket_close (sockets[i], NULL);
    g_object_unref (sockets[i]);
  }
  return total / (REQUESTS * CONNECTIONS);
}

static guint64
get_allocations (Server *server)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  *server->allocations = 0;
  kill (server->process, SIGUSR1);
  while (*server->allocations == 0 && g_get_monotonic_time () < end)
    g_usleep (1000);
  return *server->allocations;
}

static double
count_allocations (Server *server)
{
  GSocket *socket = connect_to (server->port);
  int fd = g_socket_get_fd (socket);
  guint64 before = 0;

  for (guint i = 0; i < 2 * ALLOCATION_REQUESTS; i++) {
    if (i == ALLOCATION_REQUESTS)
      before = get_allocations (server);
    send_request (fd);
    read_response (fd);
  }
  g_object_unref (socket);
  return (get_allocations (server) - before) / (double) ALLOCATION_REQUESTS;
}

int
main (int argc, char **argv)
{
  Server peer = { 0 }, habla = { 0 };
  HablaBenchmarkCase cases[] = {
    { "libsoup", run_round, &peer },
    { "habla", run_round, &habla },
  };
  double peer_cost, cost, p99[2];

  start_process (&peer, start_peer);
  start_process (&habla, start_habla);
  for (guint i = 0; i < 2; i++) {
    Server *server = cases[i].data;

    server->latencies = g_new (double, REQUESTS *CONNECTIONS *(ROUNDS + 1));
  }
  habla_benchmark_interleave (cases, 2, ROUNDS);
  for (guint i = 0; i < 2; i++) {
    static const struct {
      const char *name;
      double quantile;
    } quantiles[] = { { "p50", 0.5 }, { "p95", 0.95 }, { "p99", 0.99 } };
    Server *server = cases[i].data;

    for (guint q = 0; q < G_N_ELEMENTS (quantiles); q++) {
      g_autofree char *key = g_strdup_printf ("%s-latency-%s-us", cases[i].name, quantiles[q].name);
      double value =
          habla_benchmark_quantile (server->latencies, server->n_latencies, quantiles[q].quantile);

      habla_benchmark_report (key, value / 1000);
      p99[i] = value;
    }
  }
  peer_cost = habla_benchmark_median (cases[0].samples, ROUNDS);
  cost = habla_benchmark_median (cases[1].samples, ROUNDS);
  habla_benchmark_report ("libsoup-requests-per-second", 1e9 / peer_cost);
  habla_benchmark_report ("habla-requests-per-second", 1e9 / cost);
  habla_benchmark_goal_at_least ("throughput-to-libsoup", peer_cost / cost, 0.9);
  habla_benchmark_goal ("p99-to-libsoup", p99[1] / p99[0], 1.2);
  habla_benchmark_report ("libsoup-allocations-a-request", count_allocations (&peer));
  habla_benchmark_report ("habla-allocations-a-request", count_allocations (&habla));
  for (guint i = 0; i < 2; i++) {
    Server *server = cases[i].data;

    kill (server->process, SIGTERM);
    waitpid (server->process, NULL, 0);
    g_free (server->latencies);
    g_free (cases[i].samples);
  }
  return habla_benchmark_finish ("health");
}
