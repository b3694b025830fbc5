/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compare.h"
#include "metrics.h"
#include "progress.h"
#include "record.h"
#include "report.h"
#include "idle-snapshot.h"
#include "sampler.h"
#include "scenario.h"
#include "evaluation.h"

#include <glib-unix.h>
#include <gst/gst.h>
#include <signal.h>
#include <soak-paths.h>
#include <stdlib.h>
#include <string.h>

/* In seconds. Pooled threads end after 15 idle seconds. */
#define POOLS_TIMEOUT 20.0

static gboolean
on_interrupt (gpointer user_data)
{
  ((SoakRun *) user_data)->is_interrupted = TRUE;
  return G_SOURCE_REMOVE;
}

static void
list_scenarios (void)
{
  const SoakScenario *scenario;

  for (guint i = 0; (scenario = soak_scenario_get (i)) != NULL; i++)
    g_print ("%-14s %s\n", scenario->name, scenario->blurb);
}

static void
find_log_issues (SoakRun *run)
{
  g_autoptr (GPtrArray) issues = soak_driver_take_log_issues (run->driver);

  for (guint i = 0; i < issues->len; i++)
    soak_run_find (run, "log", "issue", "%s", (char *) g_ptr_array_index (issues, i));
}

static void
add_idle_points (SoakRun *run, const SoakIdleSnapshot *snapshot)
{
  GHashTableIter iter;
  gpointer name, value;
  double threads = 0, descriptors = 0, objects = 0;

  g_hash_table_iter_init (&iter, snapshot->levels);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    double level = *(double *) value;

    if (g_str_has_prefix (name, "thread ") &&
        !soak_process_is_pooled ((char *) name + strlen ("thread ")))
      threads += level;
    descriptors += g_str_has_prefix (name, "descriptor ") ? level : 0;
    objects += g_str_has_prefix (name, "habla_gstreamer_objects") ? level : 0;
  }
  soak_run_add_point (run->at_rest, "heap", run->cycle, snapshot->heap);
  soak_run_add_point (run->at_rest, "rss", run->cycle, snapshot->rss);
  soak_run_add_point (run->at_rest, "threads", run->cycle, threads);
  soak_run_add_point (run->at_rest, "descriptors", run->cycle, descriptors);
  soak_run_add_point (run->at_rest, "objects", run->cycle, objects);
}

/* Adds mean times since @last, as the daemon measures them. */
static void
time_sessions (SoakRun *run, const SoakIdleSnapshot *last, const SoakIdleSnapshot *snapshot)
{
  static const struct {
    const char *name, *sum, *count;
  } times[] = {
    { "draining", "habla_session_state_seconds_sum{state=\"draining\"}",
        "habla_session_state_seconds_count{state=\"draining\"}" },
    { "cleanup", "habla_session_cleanup_seconds_sum", "habla_session_cleanup_seconds_count" },
    { "transcription", "habla_latency_seconds_sum{stage=\"transcription\"}",
        "habla_latency_seconds_count{stage=\"transcription\"}" },
    { "translation", "habla_latency_seconds_sum{stage=\"translation\"}",
        "habla_latency_seconds_count{stage=\"translation\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    double sum = soak_metrics_get (snapshot->metrics, times[i].sum) -
                 soak_metrics_get (last->metrics, times[i].sum);
    double n = soak_metrics_get (snapshot->metrics, times[i].count) -
               soak_metrics_get (last->metrics, times[i].count);

    if (n > 0)
      soak_run_time (run, times[i].name, sum / n);
  }
}

static gboolean
is_done (SoakRun *run)
{
  const SoakOptions *options = run->options;
  double seconds = (g_get_monotonic_time () - run->began) / 1e6;

  if (!soak_run_is_alive (run) || (options->cycles > 0 && run->cycle >= (guint) options->cycles))
    return TRUE;
  if (options->duration > 0)
    return seconds >= options->duration;
  return options->cycles == 0 && seconds >= soak_progress_get_day (options);
}

static void
warm_up (SoakRun *run, const SoakScenario *scenario, gpointer data, const SoakSlo *slo)
{
  guint n = scenario->warm_up > 0 ? scenario->warm_up : soak_slo_get (slo, "rest/warm-up", 3);
  double seconds = run->options->warm_up;
  double began = soak_now ();

  if (seconds == 0)
    return;
  if (seconds < 0)
    seconds = soak_slo_get (slo, "rest/warm-up seconds", 0);
  for (run->cycle = 0; (run->cycle < n || soak_now () - began < seconds) && soak_run_is_alive (run);
       run->cycle++) {
    soak_progress_show (run, "warm-up");
    scenario->cycle (run, data);
  }
  run->cycle = 0;
}

static void
do_cycles (SoakRun *run, const SoakScenario *scenario, gpointer data, const SoakSlo *slo)
{
  double seconds = soak_slo_get (slo, "rest/seconds", 5);
  SoakIdleSnapshot *initial = soak_idle_snapshot_wait_stable (run);
  SoakIdleSnapshot *last = initial != NULL ? soak_idle_snapshot_take (run) : NULL;

  run->is_measuring = TRUE;
  run->began = g_get_monotonic_time ();
  while (initial != NULL && !is_done (run)) {
    double began = soak_now ();
    SoakIdleSnapshot *snapshot;

    soak_progress_show (run, scenario->name);
    scenario->cycle (run, data);
    soak_run_note_cycle (run, soak_now () - began);
    began = soak_now ();
    snapshot =
        soak_idle_snapshot_wait_return (run, &initial, seconds, SOAK_IDLE_SNAPSHOT_IGNORE_POOLED);
    if (snapshot == NULL)
      break;
    soak_run_time (run, "until rest", soak_now () - began);
    if (last != NULL)
      time_sessions (run, last, snapshot);
    add_idle_points (run, snapshot);
    g_clear_pointer (&last, soak_idle_snapshot_free);
    last = snapshot;
    find_log_issues (run);
    run->cycle++;
  }
  if (initial != NULL && soak_run_is_alive (run)) {
    g_autoptr (SoakIdleSnapshot) snapshot = soak_idle_snapshot_wait_return (
        run, &initial, POOLS_TIMEOUT, soak_slo_get (slo, "rest/threads of pools", 2));

    soak_sampler_measure_idle (run->sampler);
  }
  g_clear_pointer (&initial, soak_idle_snapshot_free);
  g_clear_pointer (&last, soak_idle_snapshot_free);
}

/* Each pipeline that started must have been closed and freed. */
static void
find_imbalance (SoakRun *run, GHashTable *metrics)
{
  double began = soak_metrics_get (metrics, "habla_session_transitions_total{state=\"starting\"}");
  double ended = soak_metrics_get (metrics, "habla_session_transitions_total{state=\"closed\"}");
  double cleaned = soak_metrics_get (metrics, "habla_session_cleanups_total");

  if (soak_metrics_sum (metrics, "habla_sessions") == 0 && (began != ended || ended != cleaned))
    soak_run_find (run, "invariant", "counters",
        "%.0f sessions started, %.0f closed, %.0f were cleaned up", began, ended, cleaned);
}

static void
find_violations (SoakRun *run)
{
  g_autofree char *text = NULL;
  g_autoptr (GHashTable) metrics = NULL;
  g_auto (GStrv) lines = NULL;

  if (!soak_run_is_alive (run) || (text = soak_run_get (run, "metrics")) == NULL)
    return;
  metrics = soak_metrics_parse (text);
  find_imbalance (run, metrics);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "habla_session_violations_total{") &&
        !g_str_has_suffix (lines[i], " 0"))
      soak_run_find (run, "invariant", "session", "%s", lines[i]);
}

static void
finish (SoakRun *run)
{
  g_autoptr (GError) error = NULL;
  const char *death = soak_driver_get_death (run->driver);

  find_violations (run);
  /* A run without measurements must not pass. */
  if (run->cycle == 0)
    soak_run_find (run, "harness", "cycles", "No cycle was completed after the warm-up");
  if (death != NULL)
    soak_run_find (run, "daemon", "died", "%s", death);
  else if (!soak_driver_stop (run->driver, &error))
    soak_run_find (run, "daemon", "shut-down", "%s", error->message);
  find_log_issues (run);
}

static void
print_findings (SoakRun *run)
{
  for (guint i = 0; i < run->findings->len; i++) {
    const SoakFinding *finding = g_ptr_array_index (run->findings, i);

    g_print ("%s: %s: %s (cycle %u, %u times)\n", finding->what, finding->source, finding->detail,
        finding->cycle + 1, finding->count);
  }
  g_print ("%s: %s, %u cycles\n", soak_evaluation_has_passed (run) ? "good" : "bad",
      run->options->scenario, run->cycle);
}

static gboolean
save (SoakRun *run, GPtrArray *checks, GError **error)
{
  g_autoptr (JsonNode) record = soak_record_new (run, checks);
  const SoakOptions *options = run->options;

  if (options->report != NULL) {
    g_autofree char *html = soak_report_new (json_node_get_object (record));

    if (!g_file_set_contents (options->report, html, -1, error))
      return FALSE;
  }
  return options->output == NULL || soak_record_save (record, options->output, error);
}

/* Returns: the exit status */
static int
soak (const SoakOptions *options, const SoakScenario *scenario, const SoakSlo *slo, GError **error)
{
  SoakDriver *driver = soak_driver_new (options, error);
  g_autoptr (GPtrArray) checks = NULL;
  SoakRun *run;
  gpointer data;
  int status;

  if (driver == NULL)
    return 2;
  run = soak_run_new (options, driver);
  g_unix_signal_add (SIGINT, on_interrupt, run);
  g_unix_signal_add (SIGTERM, on_interrupt, run);
  run->sampler = soak_sampler_new (run);
  soak_sampler_take_first (run->sampler);
  data = scenario->begin != NULL ? scenario->begin (run) : NULL;
  warm_up (run, scenario, data, slo);
  do_cycles (run, scenario, data, slo);
  if (scenario->end != NULL)
    scenario->end (data);
  soak_progress_end ();
  soak_sampler_free (run->sampler);
  checks = soak_evaluation_check (run, slo);
  finish (run);
  print_findings (run);
  status = !save (run, checks, error) ? 2 : soak_evaluation_has_passed (run) ? 0 : 1;
  soak_run_free (run);
  soak_driver_free (driver);
  return status;
}

int
main (int argc, char *argv[])
{
  SoakOptions options = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (SoakSlo) slo = NULL;
  const SoakScenario *scenario;
  int status = 2;

  if (argc == 2 && g_str_equal (argv[1], "bare-server"))
    return soak_driver_serve_bare ();
  if (argc == 4 && g_str_equal (argv[1], "compare"))
    return soak_compare_main (argv[2], argv[3], SOAK_SLO);
  if (soak_options_parse (&options, &argc, &argv, &error) && options.list) {
    list_scenarios ();
    status = 0;
  } else if (error == NULL && (slo = soak_slo_load (options.slo, &error)) != NULL) {
    scenario = soak_scenario_find (options.scenario);
    soak_slo_set_scenario (slo, options.scenario);
    gst_init (NULL, NULL);
    if (scenario == NULL)
      g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
          "Unknown scenario “%s”; see --list", options.scenario);
    else
      status = soak (&options, scenario, slo, &error);
  }
  if (error != NULL)
    g_printerr ("habla-soak: %s\n", error->message);
  soak_options_clear (&options);
  return status;
}
