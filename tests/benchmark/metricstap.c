/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the cost of a tap per buffer with `identity silent=true` and with no element. Measures
 * CPU time of the process, which other load on the machine hardly affects. */
#include "report.h"

#include <gst/gst.h>

enum { NOTHING, IDENTITY, TAP, N_CASES };

static const char *const elements[N_CASES] = { "", "identity silent=true !",
  "metricstap name=tap !" };

/* Buffers without timestamps, and buffers of 20 ms of speech with timestamps, for which the tap
 * computes the lateness too. */
#define EMPTY "fakesrc sizetype=empty"
#define TIMED "fakesrc format=time sizetype=fixed sizemax=640 filltype=nothing datarate=32000"
#define AUDIO "audiotestsrc wave=silence samplesperbuffer=320 ! audio/x-raw,rate=16000,channels=1"

typedef struct {
  const char *source;
  const char *element;
  guint n_buffers;
  gboolean timed;
} Run;

static void
wait_for_eos (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
}

/* Asserts that the measured tap has counted every buffer. */
static void
check_tap (GstElement *pipeline, const Run *run)
{
  g_autoptr (GstElement) tap = gst_bin_get_by_name (GST_BIN (pipeline), "tap");
  g_autoptr (GstStructure) stats = NULL;
  guint64 buffers, lateness;

  if (tap == NULL)
    return;
  g_object_get (tap, "stats", &stats, NULL);
  gst_structure_get (
      stats, "buffers", G_TYPE_UINT64, &buffers, "lateness-count", G_TYPE_UINT64, &lateness, NULL);
  g_assert_cmpuint (buffers, ==, run->n_buffers);
  /* The first buffers may pass before the tap is in PLAYING. */
  g_assert_cmpuint (lateness, >=, run->timed ? run->n_buffers * 9 / 10 : 0);
}

static double
measure (gpointer data)
{
  const Run *run = data;
  g_autofree char *line =
      g_strdup_printf ("%s ! %s fakesink sync=false name=sink", run->source, run->element);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) source = NULL;
  GstIterator *sources;
  GValue item = G_VALUE_INIT;
  double begin, end;

  g_assert_no_error (error);
  sources = gst_bin_iterate_sources (GST_BIN (pipeline));
  g_assert_cmpint (gst_iterator_next (sources, &item), ==, GST_ITERATOR_OK);
  g_object_set (g_value_get_object (&item), "num-buffers", run->n_buffers, NULL);
  g_value_unset (&item);
  gst_iterator_free (sources);

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  begin = habla_benchmark_cpu_time ();
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  wait_for_eos (pipeline);
  end = habla_benchmark_cpu_time ();
  check_tap (pipeline, run);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return (end - begin) / run->n_buffers;
}

static void
report (const char *what, const char *which, double value)
{
  g_autofree char *key = g_strdup_printf ("%s-%s", what, which);

  habla_benchmark_report (key, value);
}

static void
compare (const char *what, const char *source, guint n_buffers, gboolean timed, guint rounds)
{
  static const char *const names[N_CASES] = { "nothing-ns", "identity-ns", "metricstap-ns" };
  HablaBenchmarkCase cases[N_CASES] = { 0 };
  Run runs[N_CASES];
  g_autofree char *goal = g_strdup_printf ("%s-metricstap-over-identity", what);
  double identity, tap;

  for (guint i = 0; i < N_CASES; i++) {
    runs[i] = (Run){ source, elements[i], n_buffers, timed };
    cases[i] = (HablaBenchmarkCase){ names[i], measure, &runs[i], NULL };
  }
  habla_benchmark_interleave (cases, N_CASES, rounds);
  for (guint i = 0; i < N_CASES; i++)
    report (what, names[i], habla_benchmark_median (cases[i].samples, rounds));

  identity =
      habla_benchmark_median_difference (cases[IDENTITY].samples, cases[NOTHING].samples, rounds);
  tap = habla_benchmark_median_difference (cases[TAP].samples, cases[NOTHING].samples, rounds);
  report (what, "identity-added-ns", identity);
  report (what, "metricstap-added-ns", tap);
  habla_benchmark_goal (goal, tap / identity, 1.0);
  if (g_str_equal (what, "audio")) {
    /* 50 buffers a second. */
    report (what, "metricstap-percent-of-core", tap * 50 / 1e9 * 100);
    habla_benchmark_goal ("audio-metricstap-percent-of-core", tap * 50 / 1e9 * 100, 0.1);
  }
  for (guint i = 0; i < N_CASES; i++)
    g_free (cases[i].samples);
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  compare ("empty", EMPTY, 200000, FALSE, 31);
  compare ("timed", TIMED, 200000, TRUE, 31);
  compare ("audio", AUDIO, 100000, TRUE, 31);
  return habla_benchmark_finish ("metricstap");
}
