/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures the latency of /health, and of the translation of text in a room, without load and while
 * four processes send small frames as fast as they can: pings, pongs, frames of 1 byte, small JSON.
 */
#include "flood.h"
#include "habla-test.h"
#include "hablad.h"
#include "report.h"

#include <string.h>

#define SECONDS 10
#define INTERVAL 10000 /* between two requests, in microseconds */
#define TEXTS_PER_SECOND 4
#define MAX_REQUESTS (SECONDS * 1000)

static const char request[] = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

typedef struct {
  Hablad *hablad;
  double latencies[MAX_REQUESTS]; /* in milliseconds */
  guint n;
  gint is_over; /* atomic */
} Requests;

static void
read_response (GInputStream *input)
{
  char response[65536] = { 0 };
  gsize n = 0, length = G_MAXSIZE;

  while (n < length) {
    g_autoptr (GError) error = NULL;
    gssize part = g_input_stream_read (input, response + n, sizeof response - 1 - n, NULL, &error);
    const char *body, *header;

    g_assert_no_error (error);
    g_assert_cmpint (part, >, 0);
    n += part;
    body = strstr (response, "\r\n\r\n");
    header = strstr (response, "Content-Length: ");
    if (body != NULL && header != NULL)
      length = body + 4 - response + g_ascii_strtoull (header + 16, NULL, 10);
  }
  g_assert_cmpuint (n, ==, length);
  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 200"));
}

/* Sends requests one after another over one connection. */
static gpointer
send_requests (gpointer data)
{
  Requests *self = data;
  g_autoptr (GSocketConnection) connection = hablad_connect (self->hablad, NULL, 60);
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));

  while (!g_atomic_int_get (&self->is_over) && self->n < MAX_REQUESTS) {
    gint64 begin = g_get_monotonic_time ();
    g_autoptr (GError) error = NULL;

    g_output_stream_write_all (output, request, strlen (request), NULL, NULL, &error);
    g_assert_no_error (error);
    read_response (input);
    self->latencies[self->n++] = (g_get_monotonic_time () - begin) / 1e3;
    g_usleep (INTERVAL);
  }
  return NULL;
}

static void
report (const char *what, const char *name, const double *latencies, guint n, double goal)
{
  g_autofree char *p50 = g_strdup_printf ("%s-%s-p50-ms", name, what);
  g_autofree char *p99 = g_strdup_printf ("%s-%s-p99-ms", name, what);
  g_autofree char *most = g_strdup_printf ("%s-%s-max-ms", name, what);

  habla_benchmark_report (p50, habla_benchmark_quantile (latencies, n, 0.5));
  if (goal > 0)
    habla_benchmark_goal (p99, habla_benchmark_quantile (latencies, n, 0.99), goal);
  else
    habla_benchmark_report (p99, habla_benchmark_quantile (latencies, n, 0.99));
  habla_benchmark_report (most, habla_benchmark_quantile (latencies, n, 1));
}

/* @goal: limit of the 99th percentile of /health, in milliseconds; 0 = none */
static void
measure (Hablad *hablad, HabladClient *client, const char *name, double goal)
{
  g_autofree Requests *requests = g_new0 (Requests, 1);
  double texts[SECONDS * TEXTS_PER_SECOND];
  gint64 begin = g_get_monotonic_time ();
  guint n = 0;
  GThread *thread;

  requests->hablad = hablad;
  thread = g_thread_new ("health", send_requests, requests);
  while (n < G_N_ELEMENTS (texts) && g_get_monotonic_time () - begin < SECONDS * G_USEC_PER_SEC) {
    gint64 sent = g_get_monotonic_time ();

    hablad_client_send (client, "{'type':'text_input','text':'The house is very big.'}");
    hablad_client_expect (client, "translation");
    texts[n++] = (g_get_monotonic_time () - sent) / 1e3;
    while (g_get_monotonic_time () - sent < G_USEC_PER_SEC / TEXTS_PER_SECOND)
      hablad_iterate ();
  }
  g_atomic_int_set (&requests->is_over, TRUE);
  g_thread_join (thread);
  report ("health", name, requests->latencies, requests->n, goal);
  report ("text-to-translation", name, texts, n, goal > 0 ? 1000 : 0);
}

int
main (int argc, char *argv[])
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (HabladClient) client = NULL;
  g_autoptr (GUri) uri = NULL;
  Flood *floods[FLOOD_N_KINDS];
  guint64 opened = 0, sent = 0;

  habla_test_init (&argc, &argv);
  hablad = hablad_start (NULL);
  uri = g_uri_parse (hablad_get_url (hablad), G_URI_FLAGS_NONE, NULL);
  client = hablad_client_new (hablad, "room=class");
  hablad_client_expect (client, "status");
  measure (hablad, client, "quiet", 0);

  flood_start_all (floods, "127.0.0.1", g_uri_get_port (uri));
  measure (hablad, client, "flooded", 50);
  for (guint i = 0; i < FLOOD_N_KINDS; i++) {
    opened += flood_get_n_opened (floods[i]);
    sent += flood_get_n_sent (floods[i]);
    flood_free (floods[i]);
  }
  habla_benchmark_report ("websockets-opened", opened);
  habla_benchmark_report ("megabytes-sent", sent / 1e6);

  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_free (g_steal_pointer (&hablad));
  return habla_benchmark_finish ("floods");
}
