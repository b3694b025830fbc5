/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <record.h>
#include <report.h>
#include <string.h>
#include <evaluation.h>

static const char limits[] =
    "{ 'slopes': { 'points': { 'any': 20, 'at rest': { 'arena': 40 } }, 'p': 0.001, 'seconds': 0 },"
    "  'at rest': { 'heap': 256, 'arena': 256, 'objects': 0 },"
    "  'over time': { 'rss': 1000 },"
    "  'level': { 'queue length': 10 },"
    "  'timings': { 'points': 5 },"
    "  'timing': { 'start': { 'p50': 0.1, 'p95': 0.2 } },"
    "  'ratios': { 'points': 5 },"
    "  'ratio': { 'health': { 'to': 'bare server', 'p50': 3 } },"
    "  'scenarios': { 'day': { 'at rest': { 'heap': 5000 } } } }";

typedef struct {
  SoakOptions options;
  SoakSlo *slo;
  SoakRun *run;
  GPtrArray *checks;
} Fixture;

static SoakSlo *
parse_limits (void)
{
  g_autofree char *text = g_strdelimit (g_strdup (limits), "'", '"');
  g_autoptr (GError) error = NULL;
  SoakSlo *slo = soak_slo_parse (text, &error);

  g_assert_no_error (error);
  return slo;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->options = (SoakOptions){ .scenario = (char *) "listen", .seed = 1 };
  fixture->slo = parse_limits ();
  fixture->run = soak_run_new (&fixture->options, NULL);
  fixture->run->is_measuring = TRUE;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->checks, g_ptr_array_unref);
  soak_run_free (fixture->run);
  soak_slo_free (fixture->slo);
}

static void
add_heap (Fixture *fixture, double per_cycle, guint n)
{
  for (guint i = 0; i < n; i++)
    soak_run_add_point (fixture->run->at_rest, "heap", i, 1e8 + per_cycle * i);
}

static const SoakFinding *
evaluate_failing (Fixture *fixture)
{
  fixture->checks = soak_evaluation_check (fixture->run, fixture->slo);
  g_assert_cmpuint (fixture->run->findings->len, ==, 1);
  g_assert_false (soak_evaluation_has_passed (fixture->run));
  return g_ptr_array_index (fixture->run->findings, 0);
}

static void
evaluate_passing (Fixture *fixture)
{
  fixture->checks = soak_evaluation_check (fixture->run, fixture->slo);
  for (guint i = 0; i < fixture->run->findings->len; i++)
    g_error ("%s", ((SoakFinding *) g_ptr_array_index (fixture->run->findings, i))->detail);
  g_assert_true (soak_evaluation_has_passed (fixture->run));
}

static void
test_heap (Fixture *fixture, gconstpointer data)
{
  const SoakFinding *finding;

  add_heap (fixture, 1024, 30);
  finding = evaluate_failing (fixture);
  g_assert_cmpstr (finding->what, ==, "drift");
  g_assert_cmpstr (finding->source, ==, "heap");
  g_assert_nonnull (strstr (finding->detail, "1024 a cycle"));
}

static void
test_heap_within (Fixture *fixture, gconstpointer data)
{
  add_heap (fixture, 200, 30);
  evaluate_passing (fixture);
}

static void
test_heap_few_points (Fixture *fixture, gconstpointer data)
{
  add_heap (fixture, 1024, 10);
  evaluate_passing (fixture);
}

/* A series may need more points than others. */
static void
test_own_points (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 39; i++)
    soak_run_add_point (fixture->run->at_rest, "arena", i, 1024.0 * i);
  evaluate_passing (fixture);
  g_clear_pointer (&fixture->checks, g_ptr_array_unref);
  soak_run_add_point (fixture->run->at_rest, "arena", 39, 1024.0 * 39);
  g_assert_cmpstr (evaluate_failing (fixture)->source, ==, "arena");
}

/* The scenario's own limit takes precedence. */
static void
test_heap_of_scenario (Fixture *fixture, gconstpointer data)
{
  soak_slo_set_scenario (fixture->slo, "day");
  add_heap (fixture, 1024, 30);
  evaluate_passing (fixture);
}

/* Slopes over time are per hour. */
static void
test_rss (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 30; i++)
    soak_run_add_point (fixture->run->series, "rss", i, i);
  g_assert_cmpstr (evaluate_failing (fixture)->source, ==, "rss");
}

static void
test_count (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 40; i++)
    soak_run_add_point (fixture->run->at_rest, "objects", i, 10 + i / 4);
  g_assert_cmpstr (evaluate_failing (fixture)->source, ==, "objects");
}

static void
test_level (Fixture *fixture, gconstpointer data)
{
  soak_run_add_point (fixture->run->series, "queue length", 0, 3);
  soak_run_add_point (fixture->run->series, "queue length", 1, 11);
  soak_run_add_point (fixture->run->series, "queue length", 2, 2);
  g_assert_cmpstr (evaluate_failing (fixture)->what, ==, "level");
}

static void
test_timing (Fixture *fixture, gconstpointer data)
{
  const SoakFinding *finding;

  for (guint i = 0; i < 20; i++)
    soak_run_time (fixture->run, "start", i < 17 ? 0.05 : 0.3);
  finding = evaluate_failing (fixture);
  g_assert_cmpstr (finding->what, ==, "timing");
  g_assert_cmpstr (finding->source, ==, "start p95");
}

static void
test_timing_few_points (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 4; i++)
    soak_run_time (fixture->run, "start", 5);
  evaluate_passing (fixture);
}

static void
test_ratio (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++) {
    soak_run_time (fixture->run, "health", 0.010);
    soak_run_time (fixture->run, "bare server", 0.003);
  }
  g_assert_cmpstr (evaluate_failing (fixture)->source, ==, "health over bare server p50");
}

/* Repeated findings are merged. */
static void
test_findings (Fixture *fixture, gconstpointer data)
{
  soak_run_find (fixture->run, "left behind", "thread left", "%d more", 1);
  soak_run_find (fixture->run, "left behind", "thread left", "%d more", 2);
  soak_run_find (fixture->run, "left behind", "thread right", "%d more", 1);
  g_assert_cmpuint (fixture->run->findings->len, ==, 2);
  g_assert_cmpuint (((SoakFinding *) g_ptr_array_index (fixture->run->findings, 0))->count, ==, 2);
}

/* The report has all findings and loads nothing from elsewhere. */
static void
test_report (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonNode) record = NULL;
  g_autofree char *html = NULL;

  add_heap (fixture, 1024, 30);
  soak_run_find (fixture->run, "left behind", "thread <b>", "1 & more");
  fixture->checks = soak_evaluation_check (fixture->run, fixture->slo);
  record = soak_record_new (fixture->run, fixture->checks);
  html = soak_report_new (json_node_get_object (record));
  g_assert_nonnull (strstr (html, "class='result bad'>Bad: listen"));
  g_assert_nonnull (strstr (html, "<td>thread &lt;b&gt;</td><td>1 &amp; more</td>"));
  g_assert_nonnull (strstr (html, "<svg"));
  g_assert_nonnull (strstr (html, "class='fit'"));
  g_assert_nonnull (strstr (html, "class='limit'"));
  g_assert_null (strstr (html, "http"));
  g_assert_null (strstr (html, "<script"));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  add ("/evaluation/heap", test_heap);
  add ("/evaluation/heap/within", test_heap_within);
  add ("/evaluation/heap/few-points", test_heap_few_points);
  add ("/evaluation/own-points", test_own_points);
  add ("/evaluation/heap/of-scenario", test_heap_of_scenario);
  add ("/evaluation/rss", test_rss);
  add ("/evaluation/count", test_count);
  add ("/evaluation/level", test_level);
  add ("/evaluation/timing", test_timing);
  add ("/evaluation/timing/few-points", test_timing_few_points);
  add ("/evaluation/ratio", test_ratio);
  add ("/evaluation/findings", test_findings);
  add ("/evaluation/report", test_report);
  return habla_test_run ();
}
