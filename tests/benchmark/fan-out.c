/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the delivery of captions to many listeners by HablaWebsocketClient and by libsoup's
 * WebSockets written to in a loop. The servers run in the main thread and the readers in another
 * one, so that the CPU time of the main thread is that of the server. */
#include "report.h"

#include "connection.h"
#include "scripted-room.h"

#include <gst/gst.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_LISTENERS 1000
#define ROUNDS 7
#define MESSAGES 10    /* in a round */
#define INTERVAL 50    /* ms between messages: 20 a second */
#define CAPTION 300    /* bytes */
#define TIME_DIGITS 20 /* a caption begins with its time in ns */

typedef struct {
  int fd;
  gsize fill;
  char buffer[8192];
} Reader;

typedef struct {
  guint n;
  gboolean is_bare;
  GSocketListener *listener;
  Reader *readers;
  int epoll;
  GThread *thread;
  gint is_over;      /* atomic */
  gint received;     /* atomic: number of captions */
  double *latencies; /* ms; used by the reading thread until is_over */
  gint n_latencies;
  gint n_expected;
  SoupWebsocketConnection **bare;
  HablaWebsocketClient **clients;
  HablaClientRegistry *registry;
} Audience;

static double
now_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

/* Frames of the server have no mask and are shorter than 64 KiB.
 * Returns: the size of the frame; 0 = incomplete */
static gsize
parse_frame (Audience *self, const guint8 *data, gsize size)
{
  gsize head = size > 1 && data[1] == 126 ? 4 : 2;
  gsize length;
  const char *time;

  if (size < head)
    return 0;
  length = head == 4 ? (gsize) data[2] << 8 | data[3] : data[1];
  if (size < head + length)
    return 0;
  time = g_strstr_len ((const char *) data + head, length, "\"text\":\"");
  if (time != NULL) {
    double sent = g_ascii_strtod (time + strlen ("\"text\":\""), NULL);

    self->latencies[self->n_latencies++] = (now_ns (CLOCK_MONOTONIC) - sent) / 1e6;
    g_atomic_int_inc (&self->received);
  }
  return head + length;
}

static void
reader_read (Audience *self, Reader *reader)
{
  gssize n = read (reader->fd, reader->buffer + reader->fill, sizeof reader->buffer - reader->fill);
  gsize used = 0, frame;

  if (n <= 0)
    return;
  reader->fill += n;
  while (
      (frame = parse_frame (self, (const guint8 *) reader->buffer + used, reader->fill - used)) > 0)
    used += frame;
  memmove (reader->buffer, reader->buffer + used, reader->fill - used);
  reader->fill -= used;
}

static gpointer
read_all (gpointer data)
{
  Audience *self = data;
  struct epoll_event events[64];

  while (!g_atomic_int_get (&self->is_over)) {
    int n = epoll_wait (self->epoll, events, G_N_ELEMENTS (events), 20);

    for (int i = 0; i < n; i++)
      reader_read (self, events[i].data.ptr);
  }
  return NULL;
}

static GSocketConnection *
connect_reader (Audience *self, Reader *reader, GSocketAddress *address)
{
  struct sockaddr_storage native;
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = reader };
  gssize size = g_socket_address_get_native_size (address);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_assert_true (g_socket_address_to_native (address, &native, sizeof native, NULL));
  reader->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (reader->fd, >=, 0);
  g_assert_cmpint (connect (reader->fd, (struct sockaddr *) &native, size), ==, 0);
  g_assert_cmpint (epoll_ctl (self->epoll, EPOLL_CTL_ADD, reader->fd, &event), ==, 0);
  connection = g_socket_listener_accept (self->listener, NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static void
on_ended (HablaWebsocketClient *client, gpointer user_data)
{
  HablaWebsocketClient **place = user_data;

  *place = NULL;
}

static void
add_listener (Audience *self, guint i, GSocketConnection *connection)
{
  const HablaWebsocketClientOptions options = {
    .registry = self->registry,
    .membership.listener = TRUE,
    .soft_backlog = 256 * 1024,
    .hard_backlog = 1024 * 1024,
    .idle_timeout = 90000,
  };

  if (self->is_bare) {
    g_autoptr (GUri) uri = g_uri_parse ("ws://127.0.0.1/", SOUP_HTTP_URI_FLAGS, NULL);

    self->bare[i] = soup_websocket_connection_new (
        G_IO_STREAM (connection), uri, SOUP_WEBSOCKET_CONNECTION_SERVER, NULL, NULL, NULL);
  } else {
    g_autoptr (HablaMeteredStream) stream = habla_metered_stream_new (G_IO_STREAM (connection));
    g_autoptr (SoupWebsocketConnection) websocket =
        test_make_websocket (G_IO_STREAM (stream), SOUP_WEBSOCKET_CONNECTION_SERVER);

    self->clients[i] =
        habla_websocket_client_new (websocket, stream, &options, on_ended, &self->clients[i]);
  }
}

static Audience *
audience_new (guint n, gboolean is_bare, HablaClientRegistry *registry, double *bytes_each)
{
  Audience *self = g_new0 (Audience, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  gsize before;

  self->n = n;
  self->is_bare = is_bare;
  self->registry = registry;
  self->listener = g_socket_listener_new ();
  g_assert_true (g_socket_listener_add_address (
      self->listener, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &address, NULL));
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->readers = g_new0 (Reader, n);
  self->latencies = g_new (double, (gsize) n *MESSAGES *(ROUNDS + 1));
  self->bare = g_new0 (SoupWebsocketConnection *, n);
  self->clients = g_new0 (HablaWebsocketClient *, n);

  before = mallinfo2 ().uordblks;
  for (guint i = 0; i < n; i++) {
    g_autoptr (GSocketConnection) connection = connect_reader (self, &self->readers[i], address);

    add_listener (self, i, connection);
  }
  *bytes_each = (double) (mallinfo2 ().uordblks - before) / n;
  self->thread = g_thread_new ("readers", read_all, self);
  return self;
}

static void
audience_free (Audience *self)
{
  g_atomic_int_set (&self->is_over, TRUE);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->n; i++) {
    close (self->readers[i].fd);
    g_clear_object (&self->bare[i]);
  }
  for (guint i = 0; i < self->n; i++)
    test_wait_for (self->clients[i] == NULL);
  close (self->epoll);
  g_object_unref (self->listener);
  g_free (self->readers);
  g_free (self->latencies);
  g_free (self->bare);
  g_free (self->clients);
  g_free (self);
}

static void
broadcast (Audience *self)
{
  static const char before[] = "{\"type\":\"partial\",\"text\":\"";
  char text[CAPTION];

  memset (text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  snprintf (text, TIME_DIGITS + 2, "%0*.0f", TIME_DIGITS, now_ns (CLOCK_MONOTONIC));
  text[TIME_DIGITS] = ' ';
  if (self->is_bare) {
    g_autofree char *message = g_strconcat (before, text, "\",\"speaker_id\":null}", NULL);

    for (guint i = 0; i < self->n; i++)
      soup_websocket_connection_send_text (self->bare[i], message);
  } else {
    scripted_room_emit_text (HABLA_EVENT_PARTIAL, text);
  }
  self->n_expected += self->n;
}

static gboolean
on_interval (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Returns: CPU time of this thread for each delivery, in nanoseconds */
static double
run (gpointer data)
{
  Audience *self = data;
  double begin = now_ns (CLOCK_THREAD_CPUTIME_ID);
  gboolean is_time = FALSE;
  guint source = g_timeout_add (INTERVAL, on_interval, &is_time);

  for (guint i = 0; i < MESSAGES; i++) {
    broadcast (self);
    for (is_time = FALSE; !is_time;)
      g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (source);
  begin = now_ns (CLOCK_THREAD_CPUTIME_ID) - begin;
  test_wait_for (g_atomic_int_get (&self->received) == self->n_expected);
  return begin / MESSAGES / self->n;
}

static void
report (const char *way, guint n, const char *what, double value)
{
  g_autofree char *key = g_strdup_printf ("%s-%u-%s", way, n, what);

  habla_benchmark_report (key, value);
}

static void
compare_with (guint n, HablaClientRegistry *registry)
{
  double bytes[2];
  Audience *audiences[] = { audience_new (n, TRUE, registry, &bytes[0]),
    audience_new (n, FALSE, registry, &bytes[1]) };
  HablaBenchmarkCase cases[] = { { "bare", run, audiences[0] }, { "habla", run, audiences[1] } };
  double cpu[2], p95[2];

  habla_benchmark_interleave (cases, G_N_ELEMENTS (cases), ROUNDS);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Audience *audience = audiences[i];

    cpu[i] = habla_benchmark_median (cases[i].samples, ROUNDS);
    p95[i] = habla_benchmark_quantile (audience->latencies, audience->n_latencies, 0.95);
    report (cases[i].name, n, "cpu-ns-per-delivery", cpu[i]);
    report (cases[i].name, n, "bytes-per-client", bytes[i]);
    report (cases[i].name, n, "delivery-p50-ms",
        habla_benchmark_quantile (audience->latencies, audience->n_latencies, 0.5));
    report (cases[i].name, n, "delivery-p95-ms", p95[i]);
    report (cases[i].name, n, "delivery-p99-ms",
        habla_benchmark_quantile (audience->latencies, audience->n_latencies, 0.99));
    g_free (cases[i].samples);
  }
  if (n == MAX_LISTENERS) {
    habla_benchmark_goal ("cpu-over-bare-1000", cpu[1] / cpu[0], 1.2);
    /* On a loaded machine, the bare WebSockets are late too. */
    habla_benchmark_goal ("delivery-p95-ms-1000", p95[1], MAX (20, 1.2 * p95[0]));
    habla_benchmark_goal ("bytes-per-client-1000", bytes[1], 32 * 1024);
  }
  audience_free (audiences[0]);
  audience_free (audiences[1]);
}

int
main (int argc, char **argv)
{
  static const guint counts[] = { 100, 500, MAX_LISTENERS };
  struct rlimit files;
  HablaMetrics *metrics;
  HablaClientRegistry *registry;

  gst_init (&argc, &argv);
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
  scripted_room_reset ();
  metrics = habla_metrics_new ();
  registry = habla_client_registry_new (metrics);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    compare_with (counts[i], registry);
  habla_client_registry_free (registry);
  habla_metrics_free (metrics);
  return habla_benchmark_finish ("fan-out");
}
