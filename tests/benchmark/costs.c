/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures the cost of metricstaps in a complete graph, of GStreamer's leaks tracer, of another
 * room of hablad, and of another listener. Each graph runs in a child process, whose CPU time and
 * memory are measured. */
#include "habla-test.h"
#include "hablad.h"
#include "report.h"
#include "speech.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 3
#define PAUSE_MS 500
#define MAX_TAPS_RATIO 1.05
#define TAP " ! metricstap interval=1000 "

#define SESSIONS 4
#define SECONDS 10 /* duration of speech, and of each measurement */
/* Nearly all of it is the recogniser: PocketSphinx does not share models between instances. */
#define MAX_SESSION_MB 130

static const char *const spoken[] = { HABLAD_SPEECH (880), HABLAD_SPEECH (870), HABLAD_SPEECH (890),
  HABLAD_SPEECH (920), NULL };

/* Runs all speech through a graph, with or without a tap before each element, and reads its bus.
 * Called in a child process. */
static int
run_graph (gboolean has_taps)
{
  const char *tap = has_taps ? TAP : "";
  g_autofree char *line = g_strdup_printf (
      "filesrc location=%s blocksize=640 ! rawaudioparse sample-rate=16000 num-channels=1 %s ! "
      "queue ! pocketsphinxtranscriber %s ! tee name=transcript "
      "transcript. ! queue %s ! captionsink "
      "transcript. ! queue ! apertiumtranslator %s ! captionsink",
      g_getenv ("HABLA_BENCHMARK_SPEECH"), tap, tap, tap, tap);
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  gboolean is_over = FALSE;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!is_over) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop (bus, 120 * GST_SECOND);

    g_assert_nonnull (message);
    g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_ERROR);
    is_over = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return 0;
}

typedef struct {
  const char *graph;
  const char *tracers;
  double rss_mb;
} Graph;

/* Returns: CPU time of the process that runs the graph and of its children, in ns */
static double
measure_graph (gpointer data)
{
  Graph *self = data;
  struct rusage usage;
  int status;
  GPid pid;
  g_auto (GStrv) environment = g_get_environ ();
  const char *argv[] = { "/proc/self/exe", self->graph, NULL };
  g_autoptr (GError) error = NULL;

  environment = self->tracers != NULL
                    ? g_environ_setenv (environment, "GST_TRACERS", self->tracers, TRUE)
                    : g_environ_unsetenv (environment, "GST_TRACERS");
  g_spawn_async (
      NULL, (char **) argv, environment, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  g_assert_cmpint (wait4 (pid, &status, 0, &usage), ==, pid);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  g_spawn_close_pid (pid);
  self->rss_mb = MAX (self->rss_mb, usage.ru_maxrss / 1e3);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e9 +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e3;
}

static void
measure_graphs (void)
{
  Graph bare = { "--bare", NULL, 0 };
  Graph taps = { "--taps", NULL, 0 };
  Graph traced = { "--bare", "leaks(name=all,log-leaks-on-deinit=false)", 0 };
  HablaBenchmarkCase cases[] = {
    { "bare", measure_graph, &bare, NULL },
    { "taps", measure_graph, &taps, NULL },
    { "traced", measure_graph, &traced, NULL },
  };
  double lowest[G_N_ELEMENTS (cases)];
  g_autoptr (GArray) samples = speech_load_all (PAUSE_MS);
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "speech.raw", NULL);

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);
  g_assert_true (g_file_set_contents (
      path, samples->data, samples->len * g_array_get_element_size (samples), NULL));
  g_assert_true (g_setenv ("HABLA_BENCHMARK_SPEECH", path, TRUE));
  habla_benchmark_interleave (cases, G_N_ELEMENTS (cases), ROUNDS);
  /* The lowest sample of each, because other load only adds time. */
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    lowest[i] = habla_benchmark_quantile (cases[i].samples, ROUNDS, 0);
    g_free (cases[i].samples);
  }
  habla_benchmark_report ("graph-cpu-seconds", lowest[0] / 1e9);
  habla_benchmark_goal ("taps-cpu-over-graph", lowest[1] / lowest[0], MAX_TAPS_RATIO);
  habla_benchmark_report ("leaks-tracer-cpu-over-graph", lowest[2] / lowest[0]);
  habla_benchmark_report ("leaks-tracer-mb", traced.rss_mb - bare.rss_mb);
  g_assert_cmpint (g_remove (path), ==, 0);
}

typedef struct {
  double cpu_seconds;
  double pss_mb;
} Usage;

/* Adds the usage of one process: hablad or the program of an engine. */
static void
add_usage (GPid pid, Usage *usage)
{
  g_autofree char *stat_path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *smaps_path = g_strdup_printf ("/proc/%d/smaps_rollup", pid);
  g_autofree char *stat = NULL, *smaps = NULL;
  unsigned long user, system;
  const char *pss;

  /* The process may have exited. */
  if (!g_file_get_contents (stat_path, &stat, NULL, NULL) ||
      !g_file_get_contents (smaps_path, &smaps, NULL, NULL))
    return;
  g_assert_cmpint (sscanf (strrchr (stat, ')'),
                       ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system),
      ==, 2);
  usage->cpu_seconds += (double) (user + system) / sysconf (_SC_CLK_TCK);
  pss = strstr (smaps, "Pss:");
  if (pss != NULL)
    usage->pss_mb += g_ascii_strtod (pss + strlen ("Pss:"), NULL) / 1e3;
}

static Usage
read_usage (Hablad *hablad)
{
  Usage usage = { 0 };
  g_autofree char *task = g_strdup_printf ("/proc/%d/task", hablad_get_pid (hablad));
  g_autoptr (GDir) dir = g_dir_open (task, 0, NULL);
  const char *tid;

  add_usage (hablad_get_pid (hablad), &usage);
  while ((tid = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (task, tid, "children", NULL);
    g_autofree char *text = NULL;
    g_auto (GStrv) children = NULL;

    if (!g_file_get_contents (path, &text, NULL, NULL))
      continue;
    children = g_strsplit (g_strstrip (text), " ", -1);
    for (guint i = 0; children[i] != NULL; i++)
      if (*children[i] != '\0')
        add_usage (atoi (children[i]), &usage);
  }
  return usage;
}

/* Sends one chunk a second from each of @clients.
 * Returns: CPU usage in cores, and memory at the end */
static Usage
measure_speech (Hablad *hablad, GPtrArray *clients, GPtrArray *chunks)
{
  gint64 begin = g_get_monotonic_time ();
  Usage before = read_usage (hablad), after;

  for (guint i = 0; i < SECONDS; i++) {
    for (guint j = 0; j < clients->len; j++)
      hablad_client_send_audio (clients->pdata[j], chunks->pdata[i]);
    while (g_get_monotonic_time () < begin + (i + 1) * G_USEC_PER_SEC)
      hablad_iterate ();
  }
  after = read_usage (hablad);
  after.cpu_seconds = (after.cpu_seconds - before.cpu_seconds) / SECONDS;
  return after;
}

static GPtrArray *
connect_speakers (Hablad *hablad, guint n, const char *query)
{
  GPtrArray *clients = g_ptr_array_new_with_free_func ((GDestroyNotify) hablad_client_free);

  for (guint i = 0; i < n; i++) {
    HabladClient *client = hablad_client_new (hablad, query);

    g_ptr_array_add (clients, client);
    hablad_client_start_listening (client);
  }
  return clients;
}

static void
disconnect (Hablad *hablad, GPtrArray *clients)
{
  for (guint i = 0; i < clients->len; i++) {
    hablad_client_stop_listening (clients->pdata[i]);
    hablad_client_close (clients->pdata[i]);
  }
  hablad_wait_for_metric (hablad, "habla_clients{role=\"owner\"}", 0);
}

static void
measure_sessions (Hablad *hablad, GPtrArray *chunks)
{
  Usage usages[SESSIONS];

  for (guint i = 0; i < SESSIONS; i++) {
    g_autoptr (GPtrArray) clients = connect_speakers (hablad, i + 1, NULL);
    g_autofree char *cpu = g_strdup_printf ("sessions-%u-cores", i + 1);
    g_autofree char *pss = g_strdup_printf ("sessions-%u-pss-mb", i + 1);

    usages[i] = measure_speech (hablad, clients, chunks);
    habla_benchmark_report (cpu, usages[i].cpu_seconds);
    habla_benchmark_report (pss, usages[i].pss_mb);
    disconnect (hablad, clients);
  }
  habla_benchmark_report ("session-more-cores",
      (usages[SESSIONS - 1].cpu_seconds - usages[0].cpu_seconds) / (SESSIONS - 1));
  habla_benchmark_goal ("session-more-pss-mb",
      (usages[SESSIONS - 1].pss_mb - usages[0].pss_mb) / (SESSIONS - 1), MAX_SESSION_MB);
}

static void
measure_listeners (Hablad *hablad, GPtrArray *chunks)
{
  static const guint numbers[] = { 0, 100, 200, 400 };
  const guint last = G_N_ELEMENTS (numbers) - 1;
  Usage usages[G_N_ELEMENTS (numbers)];

  for (guint i = 0; i <= last; i++) {
    g_autoptr (GPtrArray) speaker = connect_speakers (hablad, 1, "room=benchmark");
    g_autoptr (GPtrArray) listeners =
        g_ptr_array_new_with_free_func ((GDestroyNotify) hablad_client_free);
    g_autofree char *cpu = g_strdup_printf ("listeners-%u-cores", numbers[i]);
    g_autofree char *pss = g_strdup_printf ("listeners-%u-pss-mb", numbers[i]);

    for (guint j = 0; j < numbers[i]; j++)
      g_ptr_array_add (
          listeners, hablad_client_new (hablad, "room=benchmark&listen=1&language=es"));
    usages[i] = measure_speech (hablad, speaker, chunks);
    habla_benchmark_report (cpu, usages[i].cpu_seconds);
    habla_benchmark_report (pss, usages[i].pss_mb);
    for (guint j = 0; j < listeners->len; j++)
      hablad_client_close (listeners->pdata[j]);
    disconnect (hablad, speaker);
  }
  habla_benchmark_report ("listener-more-cores",
      (usages[last].cpu_seconds - usages[0].cpu_seconds) / (numbers[last] - numbers[0]));
  habla_benchmark_report ("listener-more-pss-kb",
      (usages[last].pss_mb - usages[0].pss_mb) * 1e3 / (numbers[last] - numbers[0]));
}

int
main (int argc, char *argv[])
{
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (GPtrArray) chunks = NULL;

  int status;

  if (argc > 1 && g_str_has_prefix (argv[1], "--") && g_getenv ("HABLA_BENCHMARK_SPEECH") != NULL) {
    gst_init (NULL, NULL);
    return run_graph (g_str_equal (argv[1], "--taps"));
  }
  habla_test_init (&argc, &argv);
  measure_graphs ();
  chunks = hablad_record ("webm", spoken);
  g_assert_cmpuint (chunks->len, >=, SECONDS);
  hablad = hablad_start (NULL);
  hablad_wait_ready (hablad);
  measure_sessions (hablad, chunks);
  measure_listeners (hablad, chunks);
  hablad_stop (g_steal_pointer (&hablad));
  status = habla_benchmark_finish ("costs");
  return habla_test_run () != 0 ? 1 : status;
}
