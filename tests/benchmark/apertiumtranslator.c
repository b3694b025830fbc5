/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares apertiumtranslator with a running chain of the same programs without GStreamer, with
 * apertium-apy over HTTP on the loopback interface, and with the `apertium` command started for
 * each sentence. English to Spanish. */
#include "bare-chain.h"
#include "report.h"

#include <gio/gio.h>
#include <gst/check/gstharness.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_IN_FLIGHT 8
#define N_LATENCY 1500
#define N_LATENCY_ROUNDS 15
#define N_RATE 1000
#define N_ROUNDS 7
#define N_COMMAND 20
#define N_APY 300
#define N_ELEMENTS 10

static const char *const sentences[] = {
  "The house is red.",
  "Good morning, children; please open your books.",
  "Yesterday we talked about the history of the city.",
  "How many rivers are there in Spain?",
  "The teacher writes three words on the blackboard.",
  "I don't know where my brother is.",
  "Water boils at one hundred degrees.",
  "She has been living in New York for ten years.",
  "Can you repeat that more slowly, please?",
  "The students who finished early may read a book.",
  "In order to understand the question, look at the picture.",
  "There was once a king who had two daughters.",
  "We will see the results of the experiment tomorrow.",
  "My father works in a hospital near the station.",
  "The Earth goes around the Sun in one year.",
  "If you mix blue and yellow you get green.",
};

static const char *
sentence_of (guint i)
{
  return sentences[i % G_N_ELEMENTS (sentences)];
}

/* Returns: nanoseconds per sentence */
static double
measure_bare_rate (gpointer data)
{
  BareChain *bare = data;
  guint64 first = bare->sequence + 1;
  double begin = habla_benchmark_wall_time ();

  for (guint i = 0; i < N_RATE + N_IN_FLIGHT; i++) {
    if (i < N_RATE)
      bare_chain_request (bare, sentence_of (i));
    if (i >= N_IN_FLIGHT)
      bare_chain_read_response (bare, first + i - N_IN_FLIGHT);
  }
  return (habla_benchmark_wall_time () - begin) / N_RATE;
}

static GstHarness *
element_open (guint max_in_flight)
{
  g_autofree char *line = g_strdup_printf ("apertiumtranslator max-in-flight=%u", max_in_flight);
  GstHarness *h = gst_harness_new_parse (line);

  gst_harness_set_src_caps_str (h, "text/x-raw, format = utf8");
  return h;
}

static void
element_push (GstHarness *h, const char *text)
{
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));

  GST_BUFFER_PTS (buffer) = 0;
  g_assert_cmpint (gst_harness_push (h, buffer), ==, GST_FLOW_OK);
}

static void
element_pull (GstHarness *h)
{
  GstBuffer *buffer = gst_harness_pull (h);

  g_assert_nonnull (buffer);
  gst_buffer_unref (buffer);
}

/* Returns: nanoseconds per sentence */
static double
measure_element_rate (gpointer h)
{
  double begin = habla_benchmark_wall_time ();

  for (guint i = 0; i < N_RATE + N_IN_FLIGHT; i++) {
    if (i < N_RATE)
      element_push (h, sentence_of (i));
    if (i >= N_IN_FLIGHT)
      element_pull (h);
  }
  return (habla_benchmark_wall_time () - begin) / N_RATE;
}

static void
report_latency (const char *name, double *samples, guint n_samples)
{
  g_autofree char *p50 = g_strdup_printf ("%s-p50-ms", name);
  g_autofree char *p95 = g_strdup_printf ("%s-p95-ms", name);

  habla_benchmark_report (p50, habla_benchmark_quantile (samples, n_samples, 0.5) / 1e6);
  habla_benchmark_report (p95, habla_benchmark_quantile (samples, n_samples, 0.95) / 1e6);
}

/* Compares within each round, because other load on the machine affects only some rounds. */
static double
get_added_p95 (const double *of_element, const double *of_bare)
{
  const guint n = N_LATENCY / N_LATENCY_ROUNDS;
  double element[N_LATENCY_ROUNDS], bare[N_LATENCY_ROUNDS];

  for (guint i = 0; i < N_LATENCY_ROUNDS; i++) {
    element[i] = habla_benchmark_quantile (of_element + i * n, n, 0.95);
    bare[i] = habla_benchmark_quantile (of_bare + i * n, n, 0.95);
  }
  return habla_benchmark_median_difference (element, bare, N_LATENCY_ROUNDS);
}

/* Sends each sentence alone, alternately to the chain and to the element. */
static void
compare_latency (BareChain *bare, GstHarness *h)
{
  g_autofree double *of_bare = g_new (double, N_LATENCY);
  g_autofree double *of_element = g_new (double, N_LATENCY);

  for (guint i = 0; i < N_LATENCY; i++) {
    double begin = habla_benchmark_wall_time ();

    bare_chain_request (bare, sentence_of (i));
    bare_chain_read_response (bare, bare->sequence);
    of_bare[i] = habla_benchmark_wall_time () - begin;

    begin = habla_benchmark_wall_time ();
    element_push (h, sentence_of (i));
    element_pull (h);
    of_element[i] = habla_benchmark_wall_time () - begin;
  }
  report_latency ("bare", of_bare, N_LATENCY);
  report_latency ("element", of_element, N_LATENCY);
  habla_benchmark_goal ("added-p95-ms", get_added_p95 (of_element, of_bare) / 1e6, 0.3);
}

/* Returns: sentences per second of the element */
static double
compare_rate (BareChain *bare, GstHarness *h)
{
  HablaBenchmarkCase cases[] = {
    { "bare", measure_bare_rate, bare, NULL },
    { "element", measure_element_rate, h, NULL },
  };
  double of_bare, of_element;

  habla_benchmark_interleave (cases, G_N_ELEMENTS (cases), N_ROUNDS);
  of_bare = 1e9 / habla_benchmark_median (cases[0].samples, N_ROUNDS);
  of_element = 1e9 / habla_benchmark_median (cases[1].samples, N_ROUNDS);
  habla_benchmark_report ("bare-per-second", of_bare);
  habla_benchmark_report ("element-per-second", of_element);
  /* That is 1,500 per second where the bare chain reaches 1,870. */
  habla_benchmark_goal_at_least ("element-over-bare-rate", of_element / of_bare, 0.8);
  g_free (cases[0].samples);
  g_free (cases[1].samples);
  return of_element;
}

static void
compare_command (double element_rate)
{
  double samples[N_COMMAND];
  double total = 0;

  for (guint i = 0; i < N_COMMAND; i++) {
    double begin = habla_benchmark_wall_time ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GSubprocess) process =
        g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
            "apertium", "-u", "eng-spa", NULL);
    g_autofree char *printed = NULL;

    g_assert_no_error (error);
    g_subprocess_communicate_utf8 (process, sentence_of (i), NULL, &printed, NULL, &error);
    g_assert_no_error (error);
    samples[i] = habla_benchmark_wall_time () - begin;
    total += samples[i];
  }
  report_latency ("command", samples, N_COMMAND);
  habla_benchmark_report ("command-per-second", N_COMMAND / (total / 1e9));
  habla_benchmark_goal_at_least (
      "element-over-command-rate", element_rate / (N_COMMAND / (total / 1e9)), 80);
}

static guint16 apy_port;

static GSocketConnection *
apy_connect (void)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  return g_socket_client_connect_to_host (client, "127.0.0.1", apy_port, NULL, NULL);
}

/* Sends a request, and reads the response up to its Content-Length. */
static void
apy_request (GSocketConnection *connection, const char *text)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autofree char *escaped = g_uri_escape_string (text, NULL, FALSE);
  g_autofree char *request =
      g_strdup_printf ("GET /translate?langpair=eng%%7Cspa&markUnknown=no&q=%s HTTP/1.1\r\n"
                       "Host: 127.0.0.1\r\n\r\n",
          escaped);
  g_autoptr (GString) response = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *body, *length;

  g_output_stream_write_all (out, request, strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  do {
    char buffer[4096];
    gssize n = g_input_stream_read (in, buffer, sizeof buffer, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (n, >, 0);
    g_string_append_len (response, buffer, n);
    body = strstr (response->str, "\r\n\r\n");
    length = strstr (response->str, "Content-Length: ");
  } while (body == NULL || length == NULL ||
           strlen (body + 4) < g_ascii_strtoull (length + 16, NULL, 10));
  g_assert_true (g_str_has_prefix (response->str, "HTTP/1.1 200"));
}

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static GPid
apy_start (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autofree char *port = NULL;
  const char *argv[] = { "apertium-apy", "-p", NULL, "/usr/share/apertium", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  gint64 end = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;
  GPid pid;

  /* apertium-apy cannot choose a free port, so choose one for it. */
  apy_port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_assert_no_error (error);
  g_socket_listener_close (listener);
  port = g_strdup_printf ("%u", apy_port);
  argv[2] = port;
  g_spawn_async (NULL, (char **) argv, NULL,
      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
          G_SPAWN_STDERR_TO_DEV_NULL,
      die_with_parent, NULL, &pid, &error);
  g_assert_no_error (error);
  while ((connection = apy_connect ()) == NULL) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (50 * G_TIME_SPAN_MILLISECOND);
  }
  apy_request (connection, "warm");
  return pid;
}

static gpointer
apy_run_client (gpointer data)
{
  g_autoptr (GSocketConnection) connection = apy_connect ();

  g_assert_nonnull (connection);
  for (guint i = 0; i < N_APY / N_IN_FLIGHT; i++)
    apy_request (connection, sentence_of (i));
  return NULL;
}

static void
compare_apy (double element_rate)
{
  g_autofree char *program = g_find_program_in_path ("apertium-apy");
  g_autofree double *samples = g_new (double, N_APY);
  g_autoptr (GSocketConnection) connection = NULL;
  GThread *threads[N_IN_FLIGHT];
  double begin, one = 0, several;
  GPid pid;

  if (program == NULL) {
    g_printerr ("apertium-apy is not installed; skipping it\n");
    return;
  }
  pid = apy_start ();
  connection = apy_connect ();
  for (guint i = 0; i < N_APY; i++) {
    begin = habla_benchmark_wall_time ();
    apy_request (connection, sentence_of (i));
    samples[i] = habla_benchmark_wall_time () - begin;
    one += samples[i];
  }
  begin = habla_benchmark_wall_time ();
  for (guint i = 0; i < N_IN_FLIGHT; i++)
    threads[i] = g_thread_new ("apy", apy_run_client, NULL);
  for (guint i = 0; i < N_IN_FLIGHT; i++)
    g_thread_join (threads[i]);
  several = habla_benchmark_wall_time () - begin;
  kill (pid, SIGTERM);
  waitpid (pid, NULL, 0);

  report_latency ("apy", samples, N_APY);
  habla_benchmark_report ("apy-one-per-second", N_APY / (one / 1e9));
  several = N_APY / N_IN_FLIGHT * N_IN_FLIGHT / (several / 1e9);
  habla_benchmark_report ("apy-per-second", several);
  habla_benchmark_goal_at_least (
      "element-over-apy-rate", element_rate / MAX (several, N_APY / (one / 1e9)), 5);
}

/* Returns: proportional set size of this process and its children, in kB */
static double
measure_memory (void)
{
  g_autoptr (GString) pids = g_string_new ("self ");
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  g_auto (GStrv) split = NULL;
  const char *task;
  double sum = 0;

  while ((task = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename ("/proc/self/task", task, "children", NULL);
    g_autofree char *line = NULL;

    if (g_file_get_contents (file, &line, NULL, NULL))
      g_string_append (pids, line);
  }
  split = g_strsplit (g_strstrip (pids->str), " ", -1);
  for (guint i = 0; split[i] != NULL; i++) {
    g_autofree char *file = g_build_filename ("/proc", split[i], "smaps_rollup", NULL);
    g_autofree char *text = NULL;
    const char *pss;

    if (g_file_get_contents (file, &text, NULL, NULL) && (pss = strstr (text, "\nPss:")) != NULL)
      sum += g_ascii_strtod (pss + 5, NULL);
  }
  return sum;
}

static void
compare_memory (void)
{
  double nothing = measure_memory (), one = 0, ten;
  GstHarness *elements[N_ELEMENTS];

  for (guint i = 0; i < N_ELEMENTS; i++) {
    elements[i] = element_open (2);
    for (guint j = 0; j < G_N_ELEMENTS (sentences); j++) {
      element_push (elements[i], sentence_of (j));
      element_pull (elements[i]);
    }
    if (i == 0)
      one = measure_memory ();
  }
  ten = measure_memory ();
  for (guint i = 0; i < N_ELEMENTS; i++)
    gst_harness_teardown (elements[i]);
  habla_benchmark_report ("one-element-mb", (one - nothing) / 1024);
  habla_benchmark_report ("ten-elements-mb", (ten - nothing) / 1024);
  habla_benchmark_goal ("ten-over-one-memory", (ten - nothing) / (one - nothing), 1.05);
}

int
main (int argc, char *argv[])
{
  BareChain bare = { 0 };
  GstHarness *h;
  double rate;

  gst_init (&argc, &argv);
  compare_memory ();
  bare_chain_open (&bare);
  h = element_open (N_IN_FLIGHT);
  compare_latency (&bare, h);
  rate = compare_rate (&bare, h);
  gst_harness_teardown (h);
  bare_chain_close (&bare);
  compare_command (rate);
  compare_apy (rate);
  return habla_benchmark_finish ("apertiumtranslator");
}
