/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record.h"

#include "environment.h"
#include "evaluation.h"

#include <math.h>

/* Old records remain readable, so the names of members do not follow those of the code. */
#define FORMAT 1

static void
record_add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isnan (value) || isinf (value))
    json_builder_add_null_value (builder);
  else
    json_builder_add_double_value (builder, value);
}

static void
record_add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
record_add_findings (JsonBuilder *builder, GPtrArray *findings)
{
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < findings->len; i++) {
    const SoakFinding *finding = g_ptr_array_index (findings, i);

    json_builder_begin_object (builder);
    record_add_text (builder, "what", finding->what);
    record_add_text (builder, "culprit", finding->source);
    record_add_text (builder, "detail", finding->detail);
    record_add_number (builder, "cycle", finding->cycle + 1);
    record_add_number (builder, "count", finding->count);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
record_add_checks (JsonBuilder *builder, GPtrArray *checks)
{
  json_builder_set_member_name (builder, "judgements");
  json_builder_begin_array (builder);
  for (guint i = 0; i < checks->len; i++) {
    const SoakCheck *check = g_ptr_array_index (checks, i);

    json_builder_begin_object (builder);
    record_add_text (builder, "kind", check->kind);
    record_add_text (builder, "name", check->name);
    record_add_number (builder, "value", check->value);
    record_add_number (builder, "limit", check->limit);
    record_add_number (builder, "p", check->p);
    record_add_number (builder, "n", check->n);
    json_builder_set_member_name (builder, "holds");
    json_builder_add_boolean_value (builder, check->holds);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

/* Nine significant digits: baselines are kept in the repository. */
static double
record_shorten (double value)
{
  double scale = value != 0 ? pow (10, 8 - floor (log10 (fabs (value)))) : 1;

  return round (value * scale) / scale;
}

static void
record_add_points (JsonBuilder *builder, const char *name, const double *values, guint n)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_double_value (builder, record_shorten (values[i]));
  json_builder_end_array (builder);
}

static void
record_add_series (JsonBuilder *builder, const char *name, GHashTable *table)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (table), (GCompareFunc) g_strcmp0);

  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  for (GList *l = keys; l != NULL; l = l->next) {
    SoakSeries *series = g_hash_table_lookup (table, l->data);
    const double *x, *y;
    SoakDrift drift;
    guint n;

    x = soak_series_get_x (series, &n);
    y = soak_series_get_y (series, &n);
    soak_drift_fit (x, y, n, &drift);
    json_builder_set_member_name (builder, l->data);
    json_builder_begin_object (builder);
    record_add_number (builder, "slope", drift.slope);
    record_add_number (builder, "intercept", drift.intercept);
    record_add_number (builder, "p", drift.p);
    record_add_number (builder, "max", soak_series_get_max (series));
    record_add_points (builder, "x", x, n);
    record_add_points (builder, "y", y, n);
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
}

static void
record_add_counters (JsonBuilder *builder, GHashTable *counters)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (counters), (GCompareFunc) g_strcmp0);

  json_builder_set_member_name (builder, "counters");
  json_builder_begin_object (builder);
  for (GList *l = keys; l != NULL; l = l->next)
    record_add_number (builder, l->data, *(guint64 *) g_hash_table_lookup (counters, l->data));
  json_builder_end_object (builder);
}

static void
record_add_worst (JsonBuilder *builder, GArray *cycles)
{
  json_builder_set_member_name (builder, "worst_cycles");
  json_builder_begin_array (builder);
  for (guint i = 0; i < cycles->len; i++) {
    const SoakCycle *cycle = &g_array_index (cycles, SoakCycle, i);

    json_builder_begin_object (builder);
    record_add_number (builder, "cycle", cycle->cycle + 1);
    record_add_number (builder, "seconds", cycle->seconds);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

JsonNode *
soak_record_new (SoakRun *run, GPtrArray *checks)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  record_add_number (builder, "format", FORMAT);
  record_add_text (builder, "verdict", soak_evaluation_has_passed (run) ? "good" : "bad");
  record_add_text (builder, "scenario", run->options->scenario);
  record_add_number (builder, "cycles", run->cycle);
  record_add_number (builder, "seconds", (g_get_monotonic_time () - run->began) / 1e6);
  record_add_number (builder, "seed", run->options->seed);
  json_builder_set_member_name (builder, "interrupted");
  json_builder_add_boolean_value (builder, run->is_interrupted);
  record_add_findings (builder, run->findings);
  record_add_checks (builder, checks);
  record_add_worst (builder, run->cycle_times);
  record_add_counters (builder, run->counters);
  soak_environment_add (builder, run);
  record_add_series (builder, "at_rest", run->at_rest);
  record_add_series (builder, "over_time", run->series);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

gboolean
soak_record_save (JsonNode *record, const char *path, GError **error)
{
  g_autofree char *text = json_to_string (record, FALSE);
  g_autofree char *line = g_strconcat (text, "\n", NULL);

  return g_file_set_contents (path, line, -1, error);
}

JsonNode *
soak_record_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) root = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  root = json_from_string (text, error);
  if (root == NULL) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  if (JSON_NODE_HOLDS_OBJECT (root) &&
      json_object_get_int_member_with_default (json_node_get_object (root), "format", 0) == FORMAT)
    return g_steal_pointer (&root);
  g_set_error (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA,
      "%s is not a record of this version; create it with --output", path);
  return NULL;
}
