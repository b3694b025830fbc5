/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares hablad-decoder with decodebin in this process, for a recording in chunks of 100 ms: time
 * until samples arrive, CPU time, and memory of the child. */
#include "hablad.h"
#include "report.h"

#include <decoder/decoder.h>
#include <gst/gst.h>
#include <process.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (100 * GST_MSECOND)
#define PACE (20 * G_TIME_SPAN_MILLISECOND) /* between two chunks */
#define MAX_ADDED_LATENCY 5                 /* ms */
#define MAX_MEMORY 12                       /* MB */
#define MAX_CPU 3                           /* % of a core */
#define LINE \
  " ! audioconvert ! audioresample ! audio/x-raw,rate=16000,channels=1 ! " \
  "fakesink name=sink sync=false async=false"

typedef struct {
  GPtrArray *chunks;
  GstElement *pipeline;
  GstElement *source;    /* appsrc; NULL = a decoder */
  HablaDecoder *decoder; /* NULL = decodebin */
  int arrived;           /* atomic: µs from the last push to the first samples; 0 = none */
  gint64 pushed_at;      /* before the chunk is pushed */
  GArray *latencies;     /* of double, in ms */
  double cpu;            /* of this process and the child, in seconds */
  double memory;         /* of the child, in MB */
} Run;

static GstPadProbeReturn
on_samples (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Run *run = data;

  g_atomic_int_compare_and_exchange (
      &run->arrived, 0, MAX ((int) (g_get_monotonic_time () - run->pushed_at), 1));
  return GST_PAD_PROBE_OK;
}

/* Returns: the child's proportional set size, in MB */
static double
read_memory (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", pid);
  g_autofree char *text = NULL;
  const char *pss;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (pss = strstr (text, "\nPss:")) == NULL)
    return 0;
  return g_ascii_strtod (pss + strlen ("\nPss:"), NULL) / 1000;
}

/* Returns: CPU time of a child, in seconds */
static double
read_cpu (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/schedstat", pid);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? g_ascii_strtod (text, NULL) / 1e9 : 0;
}

static void
iterate_until (gint64 time, const Run *run)
{
  while (g_get_monotonic_time () < time && (run == NULL || g_atomic_int_get (&run->arrived) == 0)) {
    while (g_main_context_iteration (NULL, FALSE))
      ;
    g_usleep (50);
  }
}

static void
push (Run *run, GBytes *chunk)
{
  g_autoptr (GstBuffer) buffer = NULL;
  GstFlowReturn flow;

  run->pushed_at = g_get_monotonic_time ();
  g_atomic_int_set (&run->arrived, 0);
  if (run->decoder != NULL) {
    habla_decoder_push (run->decoder, chunk);
    return;
  }
  buffer = gst_buffer_new_wrapped_bytes (chunk);
  g_signal_emit_by_name (run->source, "push-buffer", buffer, &flow);
}

static void
start (Run *run, gboolean has_decoder)
{
  const char *source = has_decoder ? "fdsrc name=source ! rawaudioparse use-sink-caps=false "
                                     "format=pcm pcm-format=s16le sample-rate=16000 num-channels=1"
                                   : "appsrc name=source ! decodebin";
  g_autofree char *line = g_strconcat (source, LINE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) pad = NULL;

  run->pipeline = gst_object_ref_sink (gst_parse_launch (line, &error));
  g_assert_no_error (error);
  run->source = gst_bin_get_by_name (GST_BIN (run->pipeline), "source");
  sink = gst_bin_get_by_name (GST_BIN (run->pipeline), "sink");
  pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_samples, run, NULL);
  if (has_decoder) {
    run->decoder = habla_decoder_new (NULL, FALSE, &error);
    g_assert_no_error (error);
    g_object_set (run->source, "fd", habla_decoder_steal_output (run->decoder), NULL);
  }
  run->latencies = g_array_new (FALSE, FALSE, sizeof (double));
  gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
}

static void
measure (Run *run, GPtrArray *chunks, gboolean has_decoder)
{
  g_autoptr (GArray) children = NULL;
  int child = 0;
  double cpu;

  start (run, has_decoder);
  iterate_until (g_get_monotonic_time () + G_TIME_SPAN_SECOND, NULL);
  children = soak_process_list_children (getpid ());
  if (has_decoder)
    child = g_array_index (children, int, 0);
  cpu = habla_benchmark_cpu_time () / 1e9 + read_cpu (child);
  for (guint i = 0; i < chunks->len; i++) {
    gint64 next = g_get_monotonic_time () + PACE;

    push (run, chunks->pdata[i]);
    iterate_until (next, run);
    if (g_atomic_int_get (&run->arrived) > 0 && i > 10) {
      double latency = g_atomic_int_get (&run->arrived) / 1000.0;

      g_array_append_val (run->latencies, latency);
    }
    g_usleep (MAX (next - g_get_monotonic_time (), 0));
  }
  run->cpu = habla_benchmark_cpu_time () / 1e9 + read_cpu (child) - cpu;
  run->memory = read_memory (child);
  gst_element_set_state (run->pipeline, GST_STATE_NULL);
  g_clear_object (&run->decoder);
  gst_clear_object (&run->source);
  gst_clear_object (&run->pipeline);
}

static double
get_quantile (const Run *run, double quantile)
{
  return habla_benchmark_quantile ((double *) run->latencies->data, run->latencies->len, quantile);
}

int
main (int argc, char *argv[])
{
  static const char *const names[] = { HABLAD_SPEECH (880), HABLAD_SPEECH (890),
    HABLAD_SPEECH (870), NULL };
  g_autoptr (GPtrArray) chunks = NULL;
  Run inside = { 0 }, child = { 0 };
  double duration = 0;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  chunks = hablad_record_chunks ("webm", names, CHUNK);
  for (guint i = 0; names[i] != NULL; i++)
    duration += hablad_get_duration (names[i]);
  measure (&inside, chunks, FALSE);
  measure (&child, chunks, TRUE);

  habla_benchmark_report ("decodebin-latency-p50-ms", get_quantile (&inside, 0.5));
  habla_benchmark_report ("decodebin-latency-p95-ms", get_quantile (&inside, 0.95));
  habla_benchmark_report ("latency-p50-ms", get_quantile (&child, 0.5));
  habla_benchmark_report ("latency-p95-ms", get_quantile (&child, 0.95));
  habla_benchmark_goal ("added-latency-p50-ms",
      get_quantile (&child, 0.5) - get_quantile (&inside, 0.5), MAX_ADDED_LATENCY);
  habla_benchmark_goal ("added-latency-p95-ms",
      get_quantile (&child, 0.95) - get_quantile (&inside, 0.95), MAX_ADDED_LATENCY);
  habla_benchmark_goal ("memory-mb", child.memory, MAX_MEMORY);
  habla_benchmark_report ("decodebin-cpu-percent", 100 * inside.cpu / duration);
  habla_benchmark_report ("cpu-percent", 100 * child.cpu / duration);
  habla_benchmark_goal ("added-cpu-percent", 100 * (child.cpu - inside.cpu) / duration, MAX_CPU);
  g_array_unref (inside.latencies);
  g_array_unref (child.latencies);
  return habla_benchmark_finish ("decoder");
}
