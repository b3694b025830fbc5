/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What many clients that hear one language cost, compared with one of them: a real hablad
 * translates and speaks typed text, and encodes it once. Another thread of this process reads. */
#define _GNU_SOURCE /* clock_getcpuclockid() */
#include "report.h"

#include "habla-test.h"
#include "hablad.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LISTENERS 300
#define ROUNDS 3
#define WINDOW 8   /* seconds of a measurement */
#define INTERVAL 2 /* seconds between two sentences */

static Hablad *hablad;
static HabladClient *owner;
static int sockets[LISTENERS];
static int epoll;
static int is_over; /* atomic */
static guint64 received;

static gpointer
read_all (gpointer data)
{
  struct epoll_event events[64];
  char buffer[8192];

  while (!g_atomic_int_get (&is_over)) {
    int n = epoll_wait (epoll, events, G_N_ELEMENTS (events), 50);

    for (int i = 0; i < n; i++) {
      gssize size = read (events[i].data.fd, buffer, sizeof buffer);

      g_assert_cmpint (size, >, 0);
      __atomic_add_fetch (&received, size, __ATOMIC_RELAXED);
    }
  }
  return NULL;
}

static void
connect_listener (int *listener)
{
  const char *request = "GET /api/rooms/class/audio/es.mp3 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  g_autoptr (GSocketConnection) connection = hablad_connect (hablad, request, 30);
  struct epoll_event event = { .events = EPOLLIN };

  *listener = dup (g_socket_get_fd (g_socket_connection_get_socket (connection)));
  event.data.fd = *listener;
  g_assert_cmpint (epoll_ctl (epoll, EPOLL_CTL_ADD, *listener, &event), ==, 0);
}

static void
await (double seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  hablad_wait_until (g_get_monotonic_time () >= end);
}

/* Returns: CPU time of hablad, in seconds */
static double
get_cpu_time (void)
{
  clockid_t clock;
  struct timespec time;

  g_assert_cmpint (clock_getcpuclockid (hablad_get_pid (hablad), &clock), ==, 0);
  clock_gettime (clock, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

/* Returns: resident memory of hablad, in bytes */
static double
get_memory (void)
{
  return hablad_get_metric (hablad, "habla_process_resident_memory_bytes");
}

/* Returns: seconds of CPU a second, while something is always said */
static double
measure (gpointer data)
{
  double before = get_cpu_time ();

  for (guint i = 0; i < WINDOW; i += INTERVAL) {
    hablad_client_send_text (owner, "The house is red, and the garden behind it is large.");
    await (INTERVAL);
  }
  return (get_cpu_time () - before) / WINDOW;
}

int
main (int argc, char *argv[])
{
  double one[ROUNDS], many[ROUNDS], memory, median;
  GThread *reader;
  int status;

  habla_test_init (&argc, &argv);
  epoll = epoll_create1 (EPOLL_CLOEXEC);
  hablad = hablad_start (NULL);
  owner = hablad_client_new (hablad, "client=0123456789abcdef&room=class");
  hablad_client_expect (owner, "status");
  connect_listener (&sockets[0]);
  reader = g_thread_new ("readers", read_all, NULL);
  measure (NULL);
  for (guint i = 0; i < ROUNDS; i++)
    one[i] = measure (NULL);
  memory = get_memory ();
  for (guint i = 1; i < LISTENERS; i++)
    connect_listener (&sockets[i]);
  hablad_wait_for_metric (hablad, "habla_headphones_listeners", LISTENERS);
  measure (NULL);
  for (guint i = 0; i < ROUNDS; i++)
    many[i] = measure (NULL);
  memory = (get_memory () - memory) / (LISTENERS - 1);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_headphones_encoders"), ==, 1);
  g_atomic_int_set (&is_over, TRUE);
  g_thread_join (reader);

  median = habla_benchmark_median (one, ROUNDS);
  habla_benchmark_report ("listeners", LISTENERS);
  habla_benchmark_report ("one-cpu-percent", median * 100);
  habla_benchmark_report ("many-cpu-percent", habla_benchmark_median (many, ROUNDS) * 100);
  habla_benchmark_report ("listener-cpu-us-per-second",
      (habla_benchmark_median (many, ROUNDS) - median) / (LISTENERS - 1) * 1e6);
  habla_benchmark_report ("received-kbytes", received / 1e3);
  habla_benchmark_goal ("cpu-ratio", habla_benchmark_median (many, ROUNDS) / median, 1.3);
  habla_benchmark_goal ("listener-bytes", memory, 20000);
  hablad_client_free (owner);
  for (guint i = 0; i < LISTENERS; i++)
    close (sockets[i]);
  hablad_stop (hablad);
  status = habla_benchmark_finish ("headphones");
  return habla_test_run () != 0 ? 1 : status;
}
