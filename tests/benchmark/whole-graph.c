/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the CPU time of a complete graph, from a recording to captions in Spanish, with the sum
 * of its engines alone: PocketSphinx and the chain of Apertium's programs. Both include loading,
 * and the time of child processes. */
#include "bare-chain.h"
#include "bare-decoder.h"
#include "report.h"
#include "speech.h"

#include <gst/gst.h>
#include <sys/resource.h>

#define ROUNDS 2
#define PAUSE_MS 1000
#define MAX_RATIO 1.1

typedef struct {
  GArray *samples;
  gboolean partials;
} Bench;

/* Returns: CPU time of this process and of its terminated children, in nanoseconds */
static double
read_cpu_time (void)
{
  struct rusage children;

  getrusage (RUSAGE_CHILDREN, &children);
  return habla_benchmark_cpu_time () + (children.ru_utime.tv_sec + children.ru_stime.tv_sec) * 1e9 +
         (children.ru_utime.tv_usec + children.ru_stime.tv_usec) * 1e3;
}

static double
measure_engines (gpointer data)
{
  Bench *bench = data;
  double begin = read_cpu_time ();
  ps_decoder_t *decoder = bare_decoder_new ();
  g_autoptr (GPtrArray) texts = NULL;
  BareChain chain = { 0 };

  bare_chain_open (&chain);
  texts = bare_decoder_run (decoder, bench->samples);
  for (guint i = 0; i < texts->len; i++) {
    bare_chain_request (&chain, texts->pdata[i]);
    bare_chain_read_response (&chain, chain.sequence);
  }
  bare_chain_close (&chain);
  ps_free (decoder);
  return read_cpu_time () - begin;
}

static void
feed (GstElement *source, const GArray *samples)
{
  for (gsize i = 0; i < samples->len; i += BARE_DECODER_CHUNK) {
    gsize n = MIN (BARE_DECODER_CHUNK, samples->len - i);
    GstBuffer *buffer =
        gst_buffer_new_memdup (&g_array_index (samples, gint16, i), n * sizeof (gint16));
    GstFlowReturn flow;

    GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (i, GST_SECOND, SPEECH_RATE);
    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
    gst_buffer_unref (buffer);
    g_assert_cmpint (flow, ==, GST_FLOW_OK);
  }
}

static double
measure_graph (gpointer data)
{
  Bench *bench = data;
  double begin = read_cpu_time ();
  g_autofree char *line = g_strdup_printf (
      "appsrc name=source format=time caps=audio/x-raw,format=S16LE,rate=16000,channels=1,"
      "layout=interleaved ! audioconvert ! audioresample ! queue ! "
      "pocketsphinxtranscriber partials=%d ! tee name=transcript "
      "transcript. ! queue ! captionsink "
      "transcript. ! queue ! apertiumtranslator ! captionsink",
      bench->partials);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstBus) bus = NULL;
  gboolean ended = FALSE;
  guint n_captions = 0;
  GstFlowReturn flow;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  bus = gst_element_get_bus (pipeline);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  feed (source, bench->samples);
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  while (!ended) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, 120 * GST_SECOND,
        GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_ELEMENT);

    g_assert_nonnull (message);
    ended = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
    n_captions += gst_message_has_name (message, "habla/caption");
    g_assert_true (ended || GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_cmpuint (n_captions, >=, 2 * SPEECH_N_RECORDINGS);
  return read_cpu_time () - begin;
}

int
main (int argc, char *argv[])
{
  Bench finals = { NULL, FALSE };
  Bench all = { NULL, TRUE };
  HablaBenchmarkCase cases[] = {
    { "engines", measure_engines, &finals, NULL },
    { "graph", measure_graph, &finals, NULL },
    { "graph-with-partials", measure_graph, &all, NULL },
  };
  double ratios[2][ROUNDS];

  gst_init (&argc, &argv);
  finals.samples = all.samples = speech_load_all (PAUSE_MS);
  habla_benchmark_interleave (cases, G_N_ELEMENTS (cases), ROUNDS);
  for (guint i = 0; i < ROUNDS; i++) {
    ratios[0][i] = cases[1].samples[i] / cases[0].samples[i];
    ratios[1][i] = cases[2].samples[i] / cases[0].samples[i];
  }
  habla_benchmark_report (
      "engines-cpu-seconds", habla_benchmark_median (cases[0].samples, ROUNDS) / 1e9);
  habla_benchmark_goal ("cpu-over-engines", habla_benchmark_median (ratios[0], ROUNDS), MAX_RATIO);
  /* The graph also translates partial hypotheses; the sum of the engines does not include them. */
  habla_benchmark_report (
      "cpu-with-partials-over-engines", habla_benchmark_median (ratios[1], ROUNDS));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_free (cases[i].samples);
  g_array_unref (finals.samples);
  return habla_benchmark_finish ("whole-graph");
}
