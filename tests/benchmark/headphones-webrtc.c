/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What clients that hear one language over WebRTC cost, each, in a real hablad that speaks typed
 * text. The clients are in this process. */
#define _GNU_SOURCE /* clock_getcpuclockid() */
#include "report.h"

#include "habla-test.h"
#include "hablad.h"
#include "webrtc-ear.h"

#include <string.h>
#include <time.h>

#define LISTENERS 50
#define ROUNDS 3
#define WINDOW 6   /* seconds of a measurement */
#define INTERVAL 2 /* seconds between two sentences */
#define PATH "/api/rooms/class/whep/es"

/* hablad accepts 20 of one address. */
#define PER_ADDRESS 15

static Hablad *hablad;
static HabladClient *owner;

static void
await (double seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  hablad_wait_until (g_get_monotonic_time () >= end);
}

/* Returns: (transfer full): the answer to @offer, which comes from the @n-th client */
static char *
post_offer (const char *offer, guint n)
{
  g_autofree char *host = g_strdup_printf ("127.0.0.%u", 2 + n / PER_ADDRESS);
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (host);
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new (inet, 0);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autofree char *request =
      g_strdup_printf ("POST " PATH " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                       "Content-Type: application/sdp\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
          strlen (offer), offer);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[4096];
  gssize size;

  g_socket_client_set_local_address (client, local);
  connection = g_socket_client_connect_to_uri (client, hablad_get_url (hablad), 80, NULL, NULL);
  g_assert_nonnull (connection);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
      strlen (request), NULL, NULL, NULL);
  while ((size = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
              buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (text, buffer, size);
  g_assert_true (g_str_has_prefix (text->str, "HTTP/1.1 201 "));
  return g_strdup (strstr (text->str, "\r\n\r\n") + 4);
}

static WebrtcEar *
connect_listener (guint n)
{
  WebrtcEar *ear = webrtc_ear_new (111);
  g_autofree char *offer = webrtc_ear_create_offer (ear);
  g_autofree char *answer = post_offer (offer, n);

  webrtc_ear_set_answer (ear, answer);
  hablad_wait_until (webrtc_ear_count_buffers (ear) > 0);
  return ear;
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

/* Returns: seconds of CPU a second, while something is always said */
static double
measure (void)
{
  double before = get_cpu_time ();

  for (guint i = 0; i < WINDOW; i += INTERVAL) {
    hablad_client_send_text (owner, "The house is red, and the garden behind it is large.");
    await (INTERVAL);
  }
  return (get_cpu_time () - before) / WINDOW;
}

static double
measure_median (void)
{
  double rounds[ROUNDS];

  measure ();
  for (guint i = 0; i < ROUNDS; i++)
    rounds[i] = measure ();
  return habla_benchmark_median (rounds, ROUNDS);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) ears = NULL;
  double one, many, memory, threads;
  int status;

  habla_test_init (&argc, &argv);
  ears = g_ptr_array_new_with_free_func ((GDestroyNotify) webrtc_ear_free);
  hablad = hablad_start (NULL);
  owner = hablad_client_new (hablad, "client=0123456789abcdef&room=class");
  hablad_client_expect (owner, "status");
  g_ptr_array_add (ears, connect_listener (0));
  one = measure_median ();
  memory = hablad_get_metric (hablad, "habla_process_resident_memory_bytes");
  threads = hablad_get_metric (hablad, "habla_process_threads");
  for (guint i = 1; i < LISTENERS; i++)
    g_ptr_array_add (ears, connect_listener (i));
  many = measure_median ();
  memory = hablad_get_metric (hablad, "habla_process_resident_memory_bytes") - memory;
  threads = hablad_get_metric (hablad, "habla_process_threads") - threads;
  g_assert_cmpfloat (
      hablad_get_metric (hablad, "habla_headphones_webrtc_listeners"), ==, LISTENERS);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_headphones_encoders"), ==, 1);

  habla_benchmark_report ("listeners", LISTENERS);
  habla_benchmark_report ("one-cpu-percent", one * 100);
  habla_benchmark_report ("many-cpu-percent", many * 100);
  habla_benchmark_report ("listener-threads", threads / (LISTENERS - 1));
  habla_benchmark_goal ("listener-cpu-percent", (many - one) / (LISTENERS - 1) * 100, 1.0);
  habla_benchmark_goal ("listener-bytes", memory / (LISTENERS - 1), 2e6);
  hablad_client_free (owner);
  g_ptr_array_set_size (ears, 0);
  hablad_stop (hablad);
  status = habla_benchmark_finish ("headphones-webrtc");
  return habla_test_run () != 0 ? 1 : status;
}
