/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <math.h>
#include <gio/gio.h>
#include <monitoring/metrics.h>
#include <monitoring/process-sampler.h>

static const char *const stages[] = { "transcribe", "translate", NULL };

static void
assert_exposes (HablaMetrics *metrics, const char *expected)
{
  g_autofree char *text = habla_metrics_expose (metrics);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_text (void)
{
  g_autoptr (HablaMetrics) metrics = habla_metrics_new ();
  HablaMetric *plain, *labelled;

  assert_exposes (metrics, "");
  plain = habla_metrics_add (
      metrics, HABLA_METRIC_GAUGE, "habla_sessions", "Sessions now.", NULL, NULL);
  labelled = habla_metrics_add (
      metrics, HABLA_METRIC_COUNTER, "habla_utterances_total", "Utterances.", "stage", stages);
  habla_metric_set (plain, 0, 7);
  habla_metric_add (plain, 0, -2.5);
  habla_metric_add (labelled, 1, 3);
  habla_metric_add (labelled, 1, 0.25);
  assert_exposes (metrics, "# HELP habla_sessions Sessions now.\n"
                           "# TYPE habla_sessions gauge\n"
                           "habla_sessions 4.5\n"
                           "# HELP habla_utterances_total Utterances.\n"
                           "# TYPE habla_utterances_total counter\n"
                           "habla_utterances_total{stage=\"transcribe\"} 0\n"
                           "habla_utterances_total{stage=\"translate\"} 3.25\n");
  g_assert_cmpfloat (habla_metric_get (plain, 0), ==, 4.5);
  g_assert_cmpfloat (habla_metric_get (labelled, 0), ==, 0);
  g_assert_cmpfloat (habla_metric_get (labelled, 1), ==, 3.25);
}

/* Numbers survive the text format. */
static void
test_numbers (void)
{
  static const double numbers[] = { 0, -0.1, 0.1 + 0.2, 1e-300, 1.7976931348623157e308,
    9007199254740993.0, 1795609298.123456, INFINITY, -INFINITY, NAN };
  static const char *const written[] = { "0", "-0.1", "0.30000000000000004", "1e-300",
    "1.7976931348623157e+308", "9007199254740992", "1795609298.123456", "+Inf", "-Inf", "NaN" };
  g_autoptr (HablaMetrics) metrics = habla_metrics_new ();
  HablaMetric *gauge = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_x", "X.", NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autofree char *expected =
        g_strdup_printf ("# HELP habla_x X.\n# TYPE habla_x gauge\nhabla_x %s\n", written[i]);

    habla_metric_set (gauge, 0, numbers[i]);
    assert_exposes (metrics, expected);
  }
}

static void
test_escaping (void)
{
  static const char *const values[] = { "a\"b\\c\nd", "\xff", "niño", NULL };
  g_autoptr (HablaMetrics) metrics = habla_metrics_new ();

  habla_metrics_add (
      metrics, HABLA_METRIC_GAUGE, "habla_odd", "One \"line\",\nand \\ more.", "a", values);
  assert_exposes (metrics, "# HELP habla_odd One \"line\",\\nand \\\\ more.\n"
                           "# TYPE habla_odd gauge\n"
                           "habla_odd{a=\"a\\\"b\\\\c\\nd\"} 0\n"
                           "habla_odd{a=\"\357\277\275\"} 0\n"
                           "habla_odd{a=\"niño\"} 0\n");
}

/* Buckets are cumulative, and their bounds inclusive. */
static void
test_durations (void)
{
  static const double durations[] = { 0, 0.001, 0.0010001, 0.3, 59, 60, 60.1, INFINITY };
  g_autoptr (HablaMetrics) metrics = habla_metrics_new ();
  HablaMetric *latency = habla_metrics_add (
      metrics, HABLA_METRIC_DURATIONS, "habla_latency_seconds", "Latency.", "stage", stages);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  static const char *const expected[] = {
    "# HELP habla_latency_seconds Latency.",
    "# TYPE habla_latency_seconds histogram",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"0.001\"} 2",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"0.002\"} 3",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"0.005\"} 3",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"0.01\"} 3",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"0.02\"} 3",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"0.05\"} 3",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"0.1\"} 3",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"0.2\"} 3",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"0.3\"} 4",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"0.5\"} 4",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"1\"} 4",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"2\"} 4",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"5\"} 4",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"10\"} 4",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"20\"} 4",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"30\"} 4",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"60\"} 6",
    "habla_latency_seconds_bucket{stage=\"transcribe\",le=\"+Inf\"} 8",
    "habla_latency_seconds_sum{stage=\"transcribe\"} +Inf",
    "habla_latency_seconds_count{stage=\"transcribe\"} 8",
    "habla_latency_seconds_bucket{stage=\"translate\",le=\"0.001\"} 0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (durations); i++)
    habla_metric_observe (latency, 0, durations[i]);
  g_assert_cmpfloat (habla_metric_get (latency, 0), ==, G_N_ELEMENTS (durations));
  g_assert_cmpfloat (habla_metric_get (latency, 1), ==, 0);

  text = habla_metrics_expose (metrics);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (lines[i], ==, expected[i]);
}

typedef struct {
  HablaMetric *gauge;
  guint calls;
} Collecting;

static void
collect (HablaMetrics *metrics, gpointer user_data)
{
  Collecting *collecting = user_data;

  habla_metric_set (collecting->gauge, 0, ++collecting->calls);
}

static void
test_collectors (void)
{
  g_autoptr (HablaMetrics) metrics = habla_metrics_new ();
  HablaMetric *gauge = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_x", "X.", NULL, NULL);
  Collecting first = { gauge, 0 }, second = { gauge, 10 };

  habla_metrics_add_collector (metrics, collect, &first);
  habla_metrics_add_collector (metrics, collect, &second);
  assert_exposes (metrics, "# HELP habla_x X.\n# TYPE habla_x gauge\nhabla_x 11\n");
  habla_metrics_remove_collector (metrics, &second);
  assert_exposes (metrics, "# HELP habla_x X.\n# TYPE habla_x gauge\nhabla_x 2\n");
  habla_metrics_remove_collector (metrics, &first);
  assert_exposes (metrics, "# HELP habla_x X.\n# TYPE habla_x gauge\nhabla_x 2\n");
  g_assert_cmpuint (first.calls, ==, 2);
  g_assert_cmpuint (second.calls, ==, 11);
}

/* Arguments that would make the exposition invalid change nothing. */
static void
test_faults (void)
{
  static const char *const names[] = { "", "1x", "habla x", "habla-x", "ñ", "habla_taken" };
  g_autoptr (HablaMetrics) metrics = habla_metrics_new ();
  HablaMetric *counter =
      habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_taken", "T.", NULL, NULL);
  HablaMetric *durations =
      habla_metrics_add (metrics, HABLA_METRIC_DURATIONS, "habla_d_seconds", "D.", NULL, NULL);
  g_autofree char *before = habla_metrics_expose (metrics);

#define EXPECT_FAULT() \
  g_test_expect_message ("Habla-Monitoring", G_LOG_LEVEL_CRITICAL, "*assertion*failed*")
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    EXPECT_FAULT ();
    g_assert_null (habla_metrics_add (metrics, HABLA_METRIC_GAUGE, names[i], "X.", NULL, NULL));
  }
  EXPECT_FAULT ();
  g_assert_null (
      habla_metrics_add (metrics, HABLA_METRIC_DURATIONS, "habla_y", "Y.", "le", stages));
  EXPECT_FAULT ();
  habla_metric_add (counter, 1, 1);
  EXPECT_FAULT ();
  habla_metric_add (counter, 0, -1);
  EXPECT_FAULT ();
  habla_metric_add (counter, 0, NAN);
  EXPECT_FAULT ();
  habla_metric_set (durations, 0, 1);
  EXPECT_FAULT ();
  habla_metric_observe (durations, 0, -1);
  EXPECT_FAULT ();
  habla_metric_observe (durations, 0, NAN);
  EXPECT_FAULT ();
  habla_metric_observe (counter, 0, 1);
  EXPECT_FAULT ();
  habla_metric_add (NULL, 0, 1);
  g_test_assert_expected_messages ();
  assert_exposes (metrics, before);

  habla_metric_set (counter, 0, 5);
  EXPECT_FAULT ();
  habla_metric_set (counter, 0, 4);
  g_test_assert_expected_messages ();
  g_assert_cmpfloat (habla_metric_get (counter, 0), ==, 5);
}

/* @said: (out): the messages of promtool. Returns: whether it accepts @text */
static gboolean
check_with_promtool (const char *promtool, const char *exposition, char **said)
{
  g_autoptr (GSubprocess) process = NULL;
  GError *error = NULL;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                  G_SUBPROCESS_FLAGS_STDERR_MERGE,
      &error, promtool, "check", "metrics", NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, exposition, NULL, said, NULL, &error);
  g_assert_no_error (error);
  return g_subprocess_get_successful (process);
}

/* All kinds of families, escapes and the statistics of the process pass Prometheus' own check. */
static void
test_promtool (void)
{
  static const char *const odd[] = { "a\"b\\c\nd", "niño", "", NULL };
  g_autoptr (HablaMetrics) metrics = habla_metrics_new ();
  g_autoptr (HablaProcessSampler) sampler = NULL;
  g_autofree char *promtool = g_find_program_in_path ("promtool");
  g_autofree char *text = NULL, *said = NULL, *complaint = NULL;
  HablaMetric *durations;

  if (promtool == NULL) {
    g_test_skip ("promtool is not installed; it is in Debian's prometheus");
    return;
  }
  habla_metrics_add (
      metrics, HABLA_METRIC_COUNTER, "habla_odd_total", "A \\ and\na line.", "a", odd);
  habla_metric_set (
      habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_level", "Level.", NULL, NULL), 0,
      -INFINITY);
  durations = habla_metrics_add (
      metrics, HABLA_METRIC_DURATIONS, "habla_latency_seconds", "Latency.", "stage", stages);
  habla_metric_observe (durations, 1, 0.0421);
  habla_metric_observe (durations, 1, 100);
  sampler = habla_process_sampler_new (metrics);

  text = habla_metrics_expose (metrics);
  if (!check_with_promtool (promtool, text, &said) || said[0] != '\0')
    g_error ("promtool: %s\nabout:\n%s", said, text);
  /* The check does find errors. */
  g_assert_false (check_with_promtool (promtool, "habla_level{a=\"\n\"} 1\n", &complaint));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/metrics/text", test_text);
  g_test_add_func ("/metrics/numbers", test_numbers);
  g_test_add_func ("/metrics/escaping", test_escaping);
  g_test_add_func ("/metrics/durations", test_durations);
  g_test_add_func ("/metrics/collectors", test_collectors);
  g_test_add_func ("/metrics/faults", test_faults);
  g_test_add_func ("/metrics/promtool", test_promtool);
  return habla_test_run ();
}
