/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include <string.h>
#include <time.h>

static GString *values;
static GString *goals;
static gboolean missed;

static double
read_clock (clockid_t id)
{
  struct timespec now;

  clock_gettime (id, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

double
habla_benchmark_cpu_time (void)
{
  return read_clock (CLOCK_PROCESS_CPUTIME_ID);
}

double
habla_benchmark_wall_time (void)
{
  return read_clock (CLOCK_MONOTONIC);
}

void
habla_benchmark_interleave (HablaBenchmarkCase *cases, guint n_cases, guint rounds)
{
  for (guint i = 0; i < n_cases; i++) {
    cases[i].samples = g_new (double, rounds);
    cases[i].run (cases[i].data);
  }
  for (guint round = 0; round < rounds; round++)
    for (guint i = 0; i < n_cases; i++) {
      HablaBenchmarkCase *next = &cases[round % 2 == 0 ? i : n_cases - 1 - i];

      next->samples[round] = next->run (next->data);
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

double
habla_benchmark_quantile (const double *samples, guint n_samples, double quantile)
{
  g_autofree double *sorted = g_memdup2 (samples, n_samples * sizeof *samples);
  guint rank = (guint) (quantile * n_samples + 0.999999);

  g_assert_cmpuint (n_samples, >, 0);
  qsort (sorted, n_samples, sizeof *sorted, compare);
  return sorted[CLAMP (rank, 1, n_samples) - 1];
}

double
habla_benchmark_median (const double *samples, guint n_samples)
{
  return habla_benchmark_quantile (samples, n_samples, 0.5);
}

double
habla_benchmark_median_difference (const double *samples, const double *baseline, guint n_samples)
{
  g_autofree double *differences = g_new (double, n_samples);

  for (guint i = 0; i < n_samples; i++)
    differences[i] = samples[i] - baseline[i];
  return habla_benchmark_median (differences, n_samples);
}

static void
append_number (GString *object, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.6g", value);
  g_string_append_printf (object, "%s\n    \"%s\": %s", object->len == 0 ? "" : ",", key, text);
}

void
habla_benchmark_report (const char *key, double value)
{
  if (values == NULL)
    values = g_string_new (NULL);
  append_number (values, key, value);
}

static void
add_goal (const char *key, double value, const char *relation, double limit, gboolean met)
{
  char value_text[G_ASCII_DTOSTR_BUF_SIZE], limit_text[G_ASCII_DTOSTR_BUF_SIZE];

  if (goals == NULL)
    goals = g_string_new (NULL);
  g_ascii_formatd (value_text, sizeof value_text, "%.6g", value);
  g_ascii_formatd (limit_text, sizeof limit_text, "%.6g", limit);
  g_string_append_printf (goals,
      "%s\n    { \"what\": \"%s\", \"value\": %s, \"%s\": %s, \"met\": %s }",
      goals->len == 0 ? "" : ",", key, value_text, relation, limit_text, met ? "true" : "false");
  missed = missed || !met;
}

void
habla_benchmark_goal (const char *key, double value, double limit)
{
  add_goal (key, value, "at-most", limit, value <= limit);
}

void
habla_benchmark_goal_at_least (const char *key, double value, double limit)
{
  add_goal (key, value, "at-least", limit, value >= limit);
}

int
habla_benchmark_finish (const char *name)
{
  const char *dir = g_getenv ("HABLA_BENCHMARK_DIR");
  g_autofree char *json = g_strdup_printf (
      "{\n  \"benchmark\": \"%s\",\n  \"values\": {%s\n  },\n  \"goals\": [%s\n  ]\n}\n", name,
      values != NULL ? values->str : "", goals != NULL ? goals->str : "");

  g_print ("%s", json);
  if (dir != NULL) {
    g_autofree char *file = g_strconcat (name, ".json", NULL);
    g_autofree char *path = g_build_filename (dir, file, NULL);
    g_autoptr (GError) error = NULL;

    if (!g_file_set_contents (path, json, -1, &error))
      g_error ("%s", error->message);
  }
  return missed ? 1 : 0;
}
