/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures what the base class of translators adds to an engine: latency of one utterance at a
 * time, as in live use, and CPU time of many consecutive utterances. */
#include "report.h"

#include <habla/habla.h>

#include <gst/check/gstharness.h>

#define N_SPACED 200
#define N_ROW 20000
#define ROUNDS 15
/* In microseconds: duration of a translation, and pause between two utterances. */
#define ENGINE_TIME 1000
#define PAUSE 1000
#define MAX_ADDED_NS 300000
#define TEXT "the quick brown fox jumps over the lazy dog"

G_DECLARE_FINAL_TYPE (BenchTranslator, bench_translator, BENCH, TRANSLATOR, HablaTranslator)

struct _BenchTranslator {
  HablaTranslator parent_instance;
  guint engine_time; /* set before PLAYING */
};

G_DEFINE_FINAL_TYPE (BenchTranslator, bench_translator, HABLA_TYPE_TRANSLATOR)

static char *
run_engine (const char *text, guint engine_time)
{
  if (engine_time > 0)
    g_usleep (engine_time);
  return g_ascii_strup (text, -1);
}

static char *
bench_translator_translate (
    HablaTranslator *translator, const char *text, GCancellable *cancellable, GError **error)
{
  return run_engine (text, BENCH_TRANSLATOR (translator)->engine_time);
}

static void
bench_translator_class_init (BenchTranslatorClass *klass)
{
  HABLA_TRANSLATOR_CLASS (klass)->translate = bench_translator_translate;
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Benchmark translator",
      "Filter/Text", "Writes in capitals", "Habla developers");
}

static void
bench_translator_init (BenchTranslator *self)
{
}

static GstBuffer *
make_buffer (void)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, strlen (TEXT), NULL);

  gst_buffer_fill (buffer, 0, TEXT, strlen (TEXT));
  return buffer;
}

static GstHarness *
make_harness (guint engine_time, guint max_in_flight)
{
  BenchTranslator *translator = g_object_new (bench_translator_get_type (), NULL);
  GstHarness *harness;

  translator->engine_time = engine_time;
  g_object_set (translator, "max-in-flight", max_in_flight, NULL);
  harness = gst_harness_new_with_element (GST_ELEMENT (translator), "sink", "src");
  gst_harness_set_src_caps_str (harness, HABLA_TEXT_CAPS);
  return harness;
}

static double
measure_bare (gpointer data)
{
  double samples[N_SPACED];

  for (guint i = 0; i < N_SPACED; i++) {
    double begin;

    g_usleep (PAUSE);
    begin = habla_benchmark_wall_time ();
    g_free (run_engine (TEXT, ENGINE_TIME));
    samples[i] = habla_benchmark_wall_time () - begin;
  }
  return habla_benchmark_quantile (samples, N_SPACED, *(double *) data);
}

static GstPadProbeReturn
note_time (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  *(double *) data = habla_benchmark_wall_time ();
  return GST_PAD_PROBE_OK;
}

static double
measure_element (gpointer data)
{
  GstHarness *harness = make_harness (ENGINE_TIME, 2);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (harness->element, "src");
  double samples[N_SPACED];
  double left; /* written before the buffer reaches the harness, read after */

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, note_time, &left, NULL);
  for (guint i = 0; i < N_SPACED; i++) {
    double begin;

    g_usleep (PAUSE);
    begin = habla_benchmark_wall_time ();
    gst_harness_push (harness, make_buffer ());
    gst_buffer_unref (gst_harness_pull (harness));
    samples[i] = left - begin;
  }
  gst_harness_teardown (harness);
  return habla_benchmark_quantile (samples, N_SPACED, *(double *) data);
}

static void
compare_latency (const char *name, double quantile, gboolean is_goal)
{
  HablaBenchmarkCase cases[] = {
    { "bare", measure_bare, &quantile, NULL },
    { "element", measure_element, &quantile, NULL },
  };
  g_autofree char *bare_key = g_strdup_printf ("bare-%s-ns", name);
  g_autofree char *element_key = g_strdup_printf ("element-%s-ns", name);
  g_autofree char *added_key = g_strdup_printf ("added-%s-ns", name);
  double added;

  habla_benchmark_interleave (cases, G_N_ELEMENTS (cases), ROUNDS);
  habla_benchmark_report (bare_key, habla_benchmark_median (cases[0].samples, ROUNDS));
  habla_benchmark_report (element_key, habla_benchmark_median (cases[1].samples, ROUNDS));
  added = habla_benchmark_median_difference (cases[1].samples, cases[0].samples, ROUNDS);
  if (is_goal)
    habla_benchmark_goal (added_key, added, MAX_ADDED_NS);
  else
    habla_benchmark_report (added_key, added);
  g_free (cases[0].samples);
  g_free (cases[1].samples);
}

/* Measures the throughput of consecutive utterances with an engine that takes no time. */
static void
measure_row (guint max_in_flight)
{
  GstHarness *harness = make_harness (0, max_in_flight);
  g_autofree char *rate_key = g_strdup_printf ("row-%u-per-second", max_in_flight);
  g_autofree char *cpu_key = g_strdup_printf ("row-%u-cpu-ns", max_in_flight);
  double wall, cpu;

  wall = habla_benchmark_wall_time ();
  cpu = habla_benchmark_cpu_time ();
  for (guint i = 0; i < N_ROW; i++)
    g_assert_cmpint (gst_harness_push (harness, make_buffer ()), ==, GST_FLOW_OK);
  for (guint i = 0; i < N_ROW; i++)
    gst_buffer_unref (gst_harness_pull (harness));
  wall = habla_benchmark_wall_time () - wall;
  cpu = habla_benchmark_cpu_time () - cpu;
  habla_benchmark_report (rate_key, N_ROW / (wall / 1e9));
  habla_benchmark_report (cpu_key, cpu / N_ROW);
  gst_harness_teardown (harness);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  compare_latency ("p50", 0.5, FALSE);
  compare_latency ("p95", 0.95, TRUE);
  measure_row (1);
  measure_row (2);
  measure_row (8);
  return habla_benchmark_finish ("translator-overhead");
}
