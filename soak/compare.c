/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compare.h"

#include "record.h"

#include <math.h>

void
soak_comparison_free (SoakComparison *self)
{
  g_ptr_array_unref (self->worse);
  g_ptr_array_unref (self->better);
  g_free (self);
}

static const char *
compare_get_text (JsonObject *object, const char *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

/* Returns: (nullable): the object in @all with these members */
static JsonObject *
compare_find (JsonArray *all, const char *first, const char *first_value, const char *second,
    const char *second_value)
{
  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *object = json_array_get_object_element (all, i);

    if (g_str_equal (compare_get_text (object, first), first_value) &&
        g_str_equal (compare_get_text (object, second), second_value))
      return object;
  }
  return NULL;
}

/* A value is worse if it exceeds the old one both by the factor "times" and by the amount "least"
 * of the guard band. A slope that is not significant counts as 0. A value whose limit is 0 is a
 * count, which has no guard band. */
static void
compare_check (SoakComparison *self, JsonObject *before, JsonObject *after, const SoakSlo *slo)
{
  const char *kind = compare_get_text (after, "kind");
  g_autofree char *band_path = g_strdup_printf ("guard bands/%s/times", kind);
  g_autofree char *least_path = g_strdup_printf ("guard bands/%s/least", kind);
  double limit = json_object_get_double_member_with_default (after, "limit", NAN);
  double band = limit == 0 ? 1 : soak_slo_get (slo, band_path, 2.5);
  double least = limit == 0 ? 0 : soak_slo_get (slo, least_path, 0);
  double p = soak_slo_get (slo, "slopes/p", 0.001);
  double was = json_object_get_double_member_with_default (before, "value", 0);
  double is = json_object_get_double_member_with_default (after, "value", 0);
  gboolean is_slope = g_str_equal (kind, "at rest") || g_str_equal (kind, "over time");
  g_autofree char *line = NULL;

  /* Timings are compared even without a limit. */
  if (isnan (limit) && !g_str_equal (kind, "timing"))
    return;
  if (is_slope && json_object_get_double_member_with_default (before, "p", 1) > p)
    was = 0;
  if (is_slope && json_object_get_double_member_with_default (after, "p", 1) > p)
    is = 0;
  was = MAX (was, 0);
  is = MAX (is, 0);
  line =
      g_strdup_printf ("%s: %s: %.6g, was %.6g", kind, compare_get_text (after, "name"), is, was);
  if (is > was * band && is - was > least)
    g_ptr_array_add (self->worse, g_steal_pointer (&line));
  else if (was > is * band && was - is > least)
    g_ptr_array_add (self->better, g_steal_pointer (&line));
}

static void
compare_findings (GPtrArray *lines, JsonArray *before, JsonArray *after, const char *suffix)
{
  for (guint i = 0; i < json_array_get_length (after); i++) {
    JsonObject *finding = json_array_get_object_element (after, i);

    if (compare_find (before, "what", compare_get_text (finding, "what"), "culprit",
            compare_get_text (finding, "culprit")) == NULL)
      g_ptr_array_add (lines,
          g_strdup_printf ("%s: %s%s: %s", compare_get_text (finding, "what"),
              compare_get_text (finding, "culprit"), suffix, compare_get_text (finding, "detail")));
  }
}

/* A check that is missing from the new record would always hold. */
static void
compare_note_missing (SoakComparison *self, JsonArray *before, JsonArray *after)
{
  for (guint i = 0; i < json_array_get_length (before); i++) {
    JsonObject *check = json_array_get_object_element (before, i);
    const char *kind = compare_get_text (check, "kind");
    const char *name = compare_get_text (check, "name");

    if (compare_find (after, "kind", kind, "name", name) == NULL)
      g_ptr_array_add (self->worse, g_strdup_printf ("%s: %s: is no longer measured", kind, name));
  }
}

SoakComparison *
soak_compare (JsonObject *baseline, JsonObject *run, const SoakSlo *slo, GError **error)
{
  JsonArray *before = json_object_get_array_member (baseline, "judgements");
  JsonArray *after = json_object_get_array_member (run, "judgements");
  SoakComparison *self;

  if (!g_str_equal (compare_get_text (baseline, "scenario"), compare_get_text (run, "scenario"))) {
    g_set_error (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA,
        "The baseline has the scenario “%s”, the run has “%s”; they must be the same",
        compare_get_text (baseline, "scenario"), compare_get_text (run, "scenario"));
    return NULL;
  }
  self = g_new0 (SoakComparison, 1);
  self->worse = g_ptr_array_new_with_free_func (g_free);
  self->better = g_ptr_array_new_with_free_func (g_free);
  compare_findings (self->worse, json_object_get_array_member (baseline, "findings"),
      json_object_get_array_member (run, "findings"), "");
  compare_findings (self->better, json_object_get_array_member (run, "findings"),
      json_object_get_array_member (baseline, "findings"), " is gone");
  for (guint i = 0; i < json_array_get_length (after); i++) {
    JsonObject *check = json_array_get_object_element (after, i);
    JsonObject *same = compare_find (
        before, "kind", compare_get_text (check, "kind"), "name", compare_get_text (check, "name"));

    if (same != NULL)
      compare_check (self, same, check, slo);
  }
  compare_note_missing (self, before, after);
  return self;
}

static void
compare_print_facts (const char *title, JsonObject *record)
{
  JsonObject *environment = json_object_get_object_member (record, "environment");

  g_print ("%s: %s, commit %s, %s, %" G_GINT64_FORMAT " cores, %.0f cycles\n", title,
      compare_get_text (environment, "date"), compare_get_text (environment, "commit"),
      compare_get_text (environment, "cpu"), json_object_get_int_member (environment, "cores"),
      json_object_get_double_member_with_default (record, "cycles", 0));
}

int
soak_compare_main (const char *baseline_path, const char *run_path, const char *slo_path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoakSlo) slo = soak_slo_load (slo_path, &error);
  g_autoptr (JsonNode) baseline = slo != NULL ? soak_record_load (baseline_path, &error) : NULL;
  g_autoptr (JsonNode) run = baseline != NULL ? soak_record_load (run_path, &error) : NULL;
  g_autoptr (SoakComparison) comparison = NULL;

  if (run != NULL)
    comparison =
        soak_compare (json_node_get_object (baseline), json_node_get_object (run), slo, &error);
  if (comparison == NULL) {
    g_printerr ("habla-soak: %s\n", error->message);
    return 2;
  }
  compare_print_facts ("before", json_node_get_object (baseline));
  compare_print_facts ("now   ", json_node_get_object (run));
  for (guint i = 0; i < comparison->worse->len; i++)
    g_print ("worse:  %s\n", (char *) g_ptr_array_index (comparison->worse, i));
  for (guint i = 0; i < comparison->better->len; i++)
    g_print ("better: %s\n", (char *) g_ptr_array_index (comparison->better, i));
  g_print ("%u worse, %u better\n", comparison->worse->len, comparison->better->len);
  return comparison->worse->len > 0 ? 1 : 0;
}
