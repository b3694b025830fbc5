/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares espeaksynthesizer with libespeak-ng alone: CPU time of consecutive sentences, and
 * latency of the first sample. Both share the global state of the library, so they take turns and
 * use the same voice. */
#include "habla-test.h"
#include "report.h"

#include <espeak-ng/speak_lib.h>
#include <gst/check/gstharness.h>
#include <habla/habla.h>

#define TEXT "La casa es roja y muy grande, y el perro duerme en el jardín."
#define N_SENTENCES 100
#define N_SPACED 50
#define ROUNDS 9
/* The element adds a queue, two threads, and buffers of 40 ms. */
#define MAX_CPU_RATIO 1.25
/* The element synthesizes the complete text before it pushes the first sample, and the histogram of
 * `stats` has an error of up to an eighth. */
#define MAX_FIRST_RATIO 1.4

static GArray *target;

static int
on_samples (short *samples, int n_samples, espeak_EVENT *events)
{
  if (samples != NULL && n_samples > 0)
    g_array_append_vals (target, samples, n_samples);
  return 0;
}

static void
speak_bare (void)
{
  g_array_set_size (target, 0);
  espeak_SetParameter (espeakRATE, 175, 0);
  espeak_SetParameter (espeakPITCH, 50, 0);
  espeak_SetParameter (espeakVOLUME, 100, 0);
  espeak_Synth (TEXT, sizeof TEXT, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, NULL, NULL);
  g_assert_cmpuint (target->len, >, HABLA_SYNTHESIZER_RATE);
}

static double
measure_bare (gpointer data)
{
  double begin = habla_benchmark_cpu_time ();

  target = g_array_new (FALSE, FALSE, sizeof (gint16));
  espeak_SetSynthCallback (on_samples);
  for (guint i = 0; i < N_SENTENCES; i++)
    speak_bare ();
  g_array_unref (target);
  return (habla_benchmark_cpu_time () - begin) / N_SENTENCES;
}

static GstHarness *
make_harness (void)
{
  GstHarness *harness = gst_harness_new ("espeaksynthesizer");

  gst_harness_set_src_caps_str (harness, HABLA_TEXT_CAPS);
  gst_harness_set_drop_buffers (harness, TRUE);
  return harness;
}

static void
push (GstHarness *harness)
{
  GstBuffer *buffer = gst_buffer_new_memdup (TEXT, strlen (TEXT));

  g_assert_cmpint (gst_harness_push (harness, buffer), ==, GST_FLOW_OK);
}

static void
wait_until_spoken (GstHarness *harness, guint64 n)
{
  while (habla_test_get_stat (harness->element, "spoken") < n)
    g_usleep (500);
}

static double
measure_element (gpointer data)
{
  GstHarness *harness = make_harness ();
  double begin = habla_benchmark_cpu_time (), used;

  for (guint i = 0; i < N_SENTENCES; i++)
    push (harness);
  wait_until_spoken (harness, N_SENTENCES);
  used = habla_benchmark_cpu_time () - begin;
  gst_harness_teardown (harness);
  return used / N_SENTENCES;
}

/* Pushes one sentence at a time, as in live use. */
static void
measure_first (void)
{
  GstHarness *harness = make_harness ();
  double bare[N_SPACED], p50;

  target = g_array_new (FALSE, FALSE, sizeof (gint16));
  for (guint i = 0; i < N_SPACED; i++) {
    push (harness);
    wait_until_spoken (harness, i + 1);
    espeak_SetSynthCallback (on_samples);
    bare[i] = habla_benchmark_wall_time ();
    speak_bare ();
    bare[i] = habla_benchmark_wall_time () - bare[i];
  }
  p50 = habla_test_get_stat (harness->element, "latency-p50");
  habla_benchmark_report ("element-first-p50-ns", p50);
  habla_benchmark_report (
      "element-first-p95-ns", habla_test_get_stat (harness->element, "latency-p95"));
  habla_benchmark_report ("bare-p50-ns", habla_benchmark_quantile (bare, N_SPACED, 0.5));
  habla_benchmark_goal (
      "first-ratio", p50 / habla_benchmark_quantile (bare, N_SPACED, 0.5), MAX_FIRST_RATIO);
  g_array_unref (target);
  gst_harness_teardown (harness);
}

int
main (int argc, char *argv[])
{
  HablaBenchmarkCase cases[] = {
    { "element", measure_element, NULL, NULL },
    { "bare", measure_bare, NULL, NULL },
  };
  double element, bare;

  gst_init (&argc, &argv);
  /* First, because the element initializes the library. */
  measure_first ();
  habla_benchmark_interleave (cases, G_N_ELEMENTS (cases), ROUNDS);
  element = habla_benchmark_median (cases[0].samples, ROUNDS);
  bare = habla_benchmark_median (cases[1].samples, ROUNDS);
  habla_benchmark_report ("element-cpu-ns", element);
  habla_benchmark_report ("bare-cpu-ns", bare);
  habla_benchmark_goal ("cpu-ratio", element / bare, MAX_CPU_RATIO);
  g_free (cases[0].samples);
  g_free (cases[1].samples);
  return habla_benchmark_finish ("espeaksynthesizer");
}
