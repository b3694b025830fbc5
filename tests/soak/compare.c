/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <compare.h>
#include <string.h>

static const char limits[] = "{ 'slopes': { 'p': 0.001 },"
                             "  'guard bands': { 'timing': { 'times': 2.5, 'least': 0.05 },"
                             "                   'at rest': { 'times': 2, 'least': 100 } } }";

static JsonNode *
parse (const char *text)
{
  g_autofree char *json = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (json, &error);

  g_assert_no_error (error);
  return node;
}

/* A record with one check. */
static JsonNode *
make_record (const char *kind, double value, const char *limit, double p)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE], probability[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text =
      g_strdup_printf ("{ 'format': 1, 'scenario': 'listen', 'findings': [], 'judgements': "
                       "[ { 'kind': '%s', 'name': 'it', 'value': %s, 'limit': %s, 'p': %s } ] }",
          kind, g_ascii_dtostr (number, sizeof number, value), limit,
          g_ascii_dtostr (probability, sizeof probability, p));

  return parse (text);
}

typedef struct {
  const char *name;
  const char *kind;
  const char *limit;
  double was, was_p, is, is_p;
  guint worse, better;
} Row;

static const Row rows[] = {
  { "same", "timing", "1.0", 0.2, 1, 0.2, 1, 0, 0 },
  { "within-the-band", "timing", "1.0", 0.2, 1, 0.45, 1, 0, 0 },
  { "slower", "timing", "1.0", 0.2, 1, 0.6, 1, 1, 0 },
  { "faster", "timing", "1.0", 0.6, 1, 0.2, 1, 0, 1 },
  { "slower-by-too-little", "timing", "1.0", 0.001, 1, 0.02, 1, 0, 0 },
  { "slower-without-limit", "timing", "null", 0.2, 1, 0.6, 1, 1, 0 },
  { "level-without-limit", "level", "null", 1, 1, 100, 1, 0, 0 },
  { "steeper", "at rest", "256.0", 0, 1, 300, 1e-6, 1, 0 },
  { "steeper-by-chance", "at rest", "256.0", 0, 1, 300, 0.4, 0, 0 },
  { "flatter", "at rest", "256.0", 300, 1e-6, 0, 1, 0, 1 },
  { "a-count-has-no-band", "at rest", "0", 0, 1, 0.5, 1e-6, 1, 0 },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autofree char *text = g_strdelimit (g_strdup (limits), "'", '"');
  g_autoptr (SoakSlo) slo = soak_slo_parse (text, NULL);
  g_autoptr (JsonNode) before = make_record (row->kind, row->was, row->limit, row->was_p);
  g_autoptr (JsonNode) after = make_record (row->kind, row->is, row->limit, row->is_p);
  g_autoptr (GError) error = NULL;
  g_autoptr (SoakComparison) comparison =
      soak_compare (json_node_get_object (before), json_node_get_object (after), slo, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (comparison->worse->len, ==, row->worse);
  g_assert_cmpuint (comparison->better->len, ==, row->better);
  if (row->worse > 0)
    g_assert_nonnull (strstr (g_ptr_array_index (comparison->worse, 0), ": it: "));
}

static void
test_findings (void)
{
  g_autofree char *text = g_strdelimit (g_strdup (limits), "'", '"');
  g_autoptr (SoakSlo) slo = soak_slo_parse (text, NULL);
  g_autoptr (JsonNode) before = parse ("{ 'scenario': 'listen', 'judgements': [], 'findings': [ "
                                       "{ 'what': 'left behind', 'culprit': 'child' } ] }");
  g_autoptr (JsonNode) after = parse ("{ 'scenario': 'listen', 'judgements': [], 'findings': [ "
                                      "{ 'what': 'left behind', 'culprit': 'thread' } ] }");
  g_autoptr (SoakComparison) comparison =
      soak_compare (json_node_get_object (before), json_node_get_object (after), slo, NULL);

  g_assert_cmpuint (comparison->worse->len, ==, 1);
  g_assert_cmpuint (comparison->better->len, ==, 1);
  g_assert_true (
      g_str_has_prefix (g_ptr_array_index (comparison->worse, 0), "left behind: thread"));
  g_assert_true (
      g_str_has_prefix (g_ptr_array_index (comparison->better, 0), "left behind: child is gone"));
}

static void
test_missing (void)
{
  g_autofree char *text = g_strdelimit (g_strdup (limits), "'", '"');
  g_autoptr (SoakSlo) slo = soak_slo_parse (text, NULL);
  g_autoptr (JsonNode) before = make_record ("timing", 0.2, "1.0", 1);
  g_autoptr (JsonNode) after = parse ("{ 'scenario': 'listen', 'judgements': [], 'findings': [] }");
  g_autoptr (SoakComparison) comparison =
      soak_compare (json_node_get_object (before), json_node_get_object (after), slo, NULL);

  g_assert_cmpuint (comparison->worse->len, ==, 1);
  g_assert_cmpstr (
      g_ptr_array_index (comparison->worse, 0), ==, "timing: it: is no longer measured");
}

static void
test_other_scenario (void)
{
  g_autofree char *text = g_strdelimit (g_strdup (limits), "'", '"');
  g_autoptr (SoakSlo) slo = soak_slo_parse (text, NULL);
  g_autoptr (JsonNode) before =
      parse ("{ 'scenario': 'listen', 'judgements': [], 'findings': [] }");
  g_autoptr (JsonNode) after = parse ("{ 'scenario': 'day', 'judgements': [], 'findings': [] }");
  g_autoptr (GError) error = NULL;

  g_assert_null (
      soak_compare (json_node_get_object (before), json_node_get_object (after), slo, &error));
  g_assert_nonnull (strstr (error->message, "“listen”"));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strdup_printf ("/compare/%s", rows[i].name);

    g_test_add_data_func (path, &rows[i], test_row);
  }
  g_test_add_func ("/compare/missing", test_missing);
  g_test_add_func ("/compare/findings", test_findings);
  g_test_add_func ("/compare/other-scenario", test_other_scenario);
  return habla_test_run ();
}
