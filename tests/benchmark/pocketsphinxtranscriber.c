/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares pocketsphinxtranscriber with PocketSphinx alone, fed the same chunks: CPU time and word
 * errors. Also measures the delay from speech to text in wall time and CPU time. Each round
 * computes the same, and other load on the machine only adds time, so the lowest of all rounds
 * counts. */
#include "bare-decoder.h"
#include "report.h"
#include "speech.h"

#include <habla/habla.h>

#include <gst/check/gstharness.h>

#define CAPS "audio/x-raw, format=S16LE, rate=16000, channels=1, layout=interleaved"
#define ROUNDS 5
#define PAUSE_MS 1000
#define MAX_CPU_RATIO 1.05
#define MAX_FINAL_MS 300
#define MAX_PARTIAL_MS 400

/* In nanoseconds. */
typedef struct {
  double wall;
  double cpu;
} Delay;

/* Results of all rounds. */
typedef struct {
  GArray *samples;
  ps_decoder_t *decoder;
  GPtrArray *of_bare; /* of char *: texts of the decoder in the first round */
  GString *text;      /* text of the element in the last round */
  GArray *finals;     /* of Delay: from the end of a pause to the final text */
  GArray *partials;   /* of Delay: from the beginning of speech to the first hypothesis */
  guint64 last_id;
  Delay pushed; /* when the last chunk was pushed */
} Bench;

static Delay
now (void)
{
  return (Delay){ habla_benchmark_wall_time (), habla_benchmark_cpu_time () };
}

static double
measure_bare (gpointer data)
{
  Bench *bench = data;
  double begin = habla_benchmark_cpu_time ();
  GPtrArray *texts = bare_decoder_run (bench->decoder, bench->samples);
  double time = habla_benchmark_cpu_time () - begin;

  if (bench->of_bare == NULL)
    bench->of_bare = g_steal_pointer (&texts);
  g_clear_pointer (&texts, g_ptr_array_unref);
  return time;
}

static GstPadProbeReturn
note_text (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Bench *bench = data;
  g_autoptr (HablaUtterance) utterance = NULL;
  Delay passed = now ();
  GstSegment segment;

  passed.wall -= bench->pushed.wall;
  passed.cpu -= bench->pushed.cpu;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    utterance =
        habla_utterance_from_buffer (GST_PAD_PROBE_INFO_BUFFER (info), &segment, &bench->last_id);
    g_string_append_printf (bench->text, "%s ", utterance->text);
    g_array_append_val (bench->finals, passed);
  } else if (habla_utterance_is_event (GST_PAD_PROBE_INFO_EVENT (info))) {
    utterance = habla_utterance_from_event (GST_PAD_PROBE_INFO_EVENT (info));
    passed.wall += utterance->end - utterance->begin;
    passed.cpu += utterance->end - utterance->begin;
    if (utterance->id != bench->last_id)
      g_array_append_val (bench->partials, passed);
  }
  if (utterance != NULL)
    bench->last_id = utterance->id;
  return GST_PAD_PROBE_OK;
}

static double
measure_element (gpointer data)
{
  Bench *bench = data;
  GstHarness *h = gst_harness_new ("pocketsphinxtranscriber");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (h->element, "src");
  double begin, time;

  g_string_truncate (bench->text, 0);
  bench->last_id = 0;
  gst_harness_set_src_caps_str (h, CAPS);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_text, bench, NULL);
  begin = habla_benchmark_cpu_time ();
  for (gsize i = 0; i < bench->samples->len; i += BARE_DECODER_CHUNK) {
    gsize n = MIN (BARE_DECODER_CHUNK, bench->samples->len - i);
    GstBuffer *buffer =
        gst_buffer_new_memdup (&g_array_index (bench->samples, gint16, i), n * sizeof (gint16));

    GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (i, GST_SECOND, SPEECH_RATE);
    bench->pushed = now ();
    gst_harness_push (h, buffer);
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  time = habla_benchmark_cpu_time () - begin;
  gst_harness_teardown (h);
  return time;
}

static guint
count_whole (void)
{
  ps_decoder_t *decoder = bare_decoder_new ();
  guint errors = 0;

  for (guint i = 0; i < SPEECH_N_RECORDINGS; i++) {
    g_autoptr (GArray) samples = speech_load (i);
    g_autofree char *reference = speech_load_transcript (i);
    g_autofree char *text = bare_decoder_run_whole (decoder, samples);

    errors += speech_count_errors (reference, text);
  }
  ps_free (decoder);
  return errors;
}

static void
report_errors (Bench *bench)
{
  g_autofree char *reference = speech_load_all_transcripts ();
  double n_words = speech_count_words (reference);
  g_autofree char *bare = NULL;

  g_ptr_array_add (bench->of_bare, NULL);
  bare = g_strjoinv (" ", (GStrv) bench->of_bare->pdata);
  habla_benchmark_report ("bare-word-error-rate", speech_count_errors (reference, bare) / n_words);
  habla_benchmark_goal ("word-error-rate",
      speech_count_errors (reference, bench->text->str) / n_words, count_whole () / n_words);
}

static double
get_lowest (const double *samples)
{
  return habla_benchmark_quantile (samples, ROUNDS, 0);
}

/* The delays of a round are in the order of the utterances. */
static void
report_delays (const char *name, const GArray *delays, double limit)
{
  guint n = delays->len / ROUNDS;
  g_autofree double *wall = g_new (double, n);
  g_autofree double *cpu = g_new (double, n);
  g_autofree char *wall_name = g_strdup_printf ("%s-p95-ms", name);
  g_autofree char *cpu_name = g_strdup_printf ("%s-cpu-p95-ms", name);

  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (delays->len, ==, n * ROUNDS);
  for (guint i = 0; i < n; i++) {
    wall[i] = cpu[i] = G_MAXDOUBLE;
    for (guint round = 0; round < ROUNDS; round++) {
      const Delay *delay = &g_array_index (delays, Delay, round * n + i);

      wall[i] = MIN (wall[i], delay->wall);
      cpu[i] = MIN (cpu[i], delay->cpu);
    }
  }
  habla_benchmark_report (cpu_name, habla_benchmark_quantile (cpu, n, 0.95) / 1e6);
  habla_benchmark_goal (wall_name, habla_benchmark_quantile (wall, n, 0.95) / 1e6, limit);
}

int
main (int argc, char *argv[])
{
  Bench bench = { 0 };
  HablaBenchmarkCase cases[] = {
    { "bare", measure_bare, &bench, NULL },
    { "element", measure_element, &bench, NULL },
  };
  g_autoptr (GstElement) keeper = NULL;
  double bare, element, seconds;

  gst_init (&argc, &argv);
  /* Keeps the model loaded between rounds. */
  keeper = gst_object_ref_sink (gst_element_factory_make ("pocketsphinxtranscriber", NULL));
  bench.samples = speech_load_all (PAUSE_MS);
  bench.decoder = bare_decoder_new ();
  bench.text = g_string_new (NULL);
  bench.finals = g_array_new (FALSE, FALSE, sizeof (Delay));
  bench.partials = g_array_new (FALSE, FALSE, sizeof (Delay));
  seconds = bench.samples->len / (double) SPEECH_RATE;

  habla_benchmark_interleave (cases, G_N_ELEMENTS (cases), ROUNDS);
  bare = get_lowest (cases[0].samples);
  element = get_lowest (cases[1].samples);
  habla_benchmark_report ("bare-real-time-factor", bare / 1e9 / seconds);
  habla_benchmark_report ("real-time-factor", element / 1e9 / seconds);
  habla_benchmark_goal ("cpu-over-bare", element / bare, MAX_CPU_RATIO);
  report_errors (&bench);
  report_delays ("pause-to-final", bench.finals, MAX_FINAL_MS);
  report_delays ("speech-to-partial", bench.partials, MAX_PARTIAL_MS);

  ps_free (bench.decoder);
  g_ptr_array_unref (bench.of_bare);
  g_string_free (bench.text, TRUE);
  g_array_unref (bench.samples);
  g_array_unref (bench.finals);
  g_array_unref (bench.partials);
  g_free (cases[0].samples);
  g_free (cases[1].samples);
  return habla_benchmark_finish ("pocketsphinxtranscriber");
}
