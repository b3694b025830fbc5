/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitoring/metrics.h"

#include <math.h>
#include <string.h>

/* Upper bounds of the buckets of %HABLA_METRIC_DURATIONS, in seconds. There is one more bucket,
 * for longer durations. */
static const struct {
  double bound;
  const char *text;
} buckets[] = {
  { 0.001, "0.001" },
  { 0.002, "0.002" },
  { 0.005, "0.005" },
  { 0.01, "0.01" },
  { 0.02, "0.02" },
  { 0.05, "0.05" },
  { 0.1, "0.1" },
  { 0.2, "0.2" },
  { 0.3, "0.3" },
  { 0.5, "0.5" },
  { 1, "1" },
  { 2, "2" },
  { 5, "5" },
  { 10, "10" },
  { 20, "20" },
  { 30, "30" },
  { 60, "60" },
};

#define N_BUCKETS (G_N_ELEMENTS (buckets) + 1)

typedef struct {
  double value;              /* for durations: the sum, in seconds */
  guint64 counts[N_BUCKETS]; /* for durations: by bucket, not cumulative */
} Series;

struct _HablaMetric {
  HablaMetricKind kind;
  char *name;
  char *help;
  const char *label;         /* NULL = a single series */
  const char *const *values; /* of the label */
  guint n_series;
  Series *series;
};

typedef struct {
  HablaMetricsCollect collect;
  gpointer user_data;
} Collector;

struct _HablaMetrics {
  GPtrArray *families; /* of HablaMetric, in the order of addition */
  GArray *collectors;  /* of Collector */
  gsize exposed;       /* length of the last exposition, in bytes */
};

static void
metric_free (HablaMetric *self)
{
  g_free (self->name);
  g_free (self->help);
  g_free (self->series);
  g_free (self);
}

HablaMetrics *
habla_metrics_new (void)
{
  HablaMetrics *self = g_new0 (HablaMetrics, 1);

  self->families = g_ptr_array_new_with_free_func ((GDestroyNotify) metric_free);
  self->collectors = g_array_new (FALSE, FALSE, sizeof (Collector));
  return self;
}

void
habla_metrics_free (HablaMetrics *self)
{
  g_ptr_array_unref (self->families);
  g_array_unref (self->collectors);
  g_free (self);
}

/* Names of families and labels match [a-zA-Z_][a-zA-Z0-9_]*. */
static gboolean
metrics_is_name (const char *name)
{
  if (name[0] == '\0' || g_ascii_isdigit (name[0]))
    return FALSE;
  for (const char *c = name; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c) && *c != '_')
      return FALSE;
  }
  return TRUE;
}

static gboolean
metrics_has_family (HablaMetrics *self, const char *name)
{
  for (guint i = 0; i < self->families->len; i++) {
    if (strcmp (((HablaMetric *) self->families->pdata[i])->name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

HablaMetric *
habla_metrics_add (HablaMetrics *self, HablaMetricKind kind, const char *name, const char *help,
    const char *label, const char *const *values)
{
  HablaMetric *metric;

  g_return_val_if_fail (metrics_is_name (name) && !metrics_has_family (self, name), NULL);
  g_return_val_if_fail ((label == NULL) == (values == NULL), NULL);
  g_return_val_if_fail (
      label == NULL || (metrics_is_name (label) && strcmp (label, "le") != 0), NULL);

  metric = g_new0 (HablaMetric, 1);
  metric->kind = kind;
  metric->name = g_strdup (name);
  metric->help = g_strdup (help);
  metric->label = label;
  metric->values = values;
  metric->n_series = values == NULL ? 1 : g_strv_length ((char **) values);
  metric->series = g_new0 (Series, metric->n_series);
  g_ptr_array_add (self->families, metric);
  return metric;
}

void
habla_metrics_add_collector (HablaMetrics *self, HablaMetricsCollect collect, gpointer user_data)
{
  Collector collector = { collect, user_data };

  g_array_append_val (self->collectors, collector);
}

void
habla_metrics_remove_collector (HablaMetrics *self, gpointer user_data)
{
  for (guint i = self->collectors->len; i-- > 0;) {
    if (g_array_index (self->collectors, Collector, i).user_data == user_data)
      g_array_remove_index (self->collectors, i);
  }
}

void
habla_metric_add (HablaMetric *self, guint index, double delta)
{
  g_return_if_fail (self != NULL && index < self->n_series);
  g_return_if_fail (
      self->kind == HABLA_METRIC_GAUGE || (self->kind == HABLA_METRIC_COUNTER && delta >= 0));

  self->series[index].value += delta;
}

void
habla_metric_set (HablaMetric *self, guint index, double value)
{
  g_return_if_fail (self != NULL && index < self->n_series);
  g_return_if_fail (self->kind == HABLA_METRIC_GAUGE ||
                    (self->kind == HABLA_METRIC_COUNTER && value >= self->series[index].value));

  self->series[index].value = value;
}

void
habla_metric_observe (HablaMetric *self, guint index, double seconds)
{
  Series *series;
  guint i = 0;

  g_return_if_fail (self != NULL && index < self->n_series);
  g_return_if_fail (self->kind == HABLA_METRIC_DURATIONS && seconds >= 0);

  series = &self->series[index];
  while (i < G_N_ELEMENTS (buckets) && seconds > buckets[i].bound)
    i++;
  series->counts[i]++;
  series->value += seconds;
}

static guint64
metrics_count_observations (const Series *series)
{
  guint64 count = 0;

  for (guint i = 0; i < N_BUCKETS; i++)
    count += series->counts[i];
  return count;
}

double
habla_metric_get (const HablaMetric *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_series, 0);

  if (self->kind == HABLA_METRIC_DURATIONS)
    return metrics_count_observations (&self->series[index]);
  return self->series[index].value;
}

/* Escapes line feeds and backslashes, and quotation marks in label values. Replaces invalid UTF-8
 * by U+FFFD. */
static void
metrics_append_escaped (GString *text, const char *from, gboolean quotes)
{
  g_autofree char *valid = g_utf8_make_valid (from, -1);

  for (const char *c = valid; *c != '\0'; c++) {
    if (*c == '\n')
      g_string_append (text, "\\n");
    else if (*c == '\\' || (quotes && *c == '"'))
      g_string_append_printf (text, "\\%c", *c);
    else
      g_string_append_c (text, *c);
  }
}

/* With 15 digits, or 17 if 15 are not exact; with a decimal point in all locales. */
static void
metrics_append_number (GString *text, double number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (number))
    g_string_append (text, "NaN");
  else if (isinf (number))
    g_string_append (text, number > 0 ? "+Inf" : "-Inf");
  else {
    g_ascii_formatd (digits, sizeof digits, "%.15g", number);
    if (g_ascii_strtod (digits, NULL) != number)
      g_ascii_formatd (digits, sizeof digits, "%.17g", number);
    g_string_append (text, digits);
  }
}

/* Appends NAME SUFFIX {label="value",le="bound"} and a space. */
static void
metrics_append_series (
    GString *text, const HablaMetric *metric, guint index, const char *suffix, const char *bound)
{
  g_string_append (text, metric->name);
  g_string_append (text, suffix);
  if (metric->label != NULL || bound != NULL) {
    g_string_append_c (text, '{');
    if (metric->label != NULL) {
      g_string_append_printf (text, "%s=\"", metric->label);
      metrics_append_escaped (text, metric->values[index], TRUE);
      g_string_append (text, bound != NULL ? "\"," : "\"");
    }
    if (bound != NULL)
      g_string_append_printf (text, "le=\"%s\"", bound);
    g_string_append_c (text, '}');
  }
  g_string_append_c (text, ' ');
}

static void
metrics_append_durations (GString *text, const HablaMetric *metric, guint index)
{
  const Series *series = &metric->series[index];
  guint64 count = 0;

  for (guint i = 0; i < N_BUCKETS; i++) {
    count += series->counts[i];
    metrics_append_series (
        text, metric, index, "_bucket", i < G_N_ELEMENTS (buckets) ? buckets[i].text : "+Inf");
    g_string_append_printf (text, "%" G_GUINT64_FORMAT "\n", count);
  }
  metrics_append_series (text, metric, index, "_sum", NULL);
  metrics_append_number (text, series->value);
  g_string_append_c (text, '\n');
  metrics_append_series (text, metric, index, "_count", NULL);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT "\n", count);
}

char *
habla_metrics_expose (HablaMetrics *self)
{
  static const char *const kinds[] = { "counter", "gauge", "histogram" };
  GString *text;

  for (guint i = 0; i < self->collectors->len; i++) {
    const Collector *collector = &g_array_index (self->collectors, Collector, i);

    collector->collect (self, collector->user_data);
  }

  text = g_string_sized_new (self->exposed + 256);
  for (guint i = 0; i < self->families->len; i++) {
    const HablaMetric *metric = self->families->pdata[i];

    g_string_append_printf (text, "# HELP %s ", metric->name);
    metrics_append_escaped (text, metric->help, FALSE);
    g_string_append_printf (text, "\n# TYPE %s %s\n", metric->name, kinds[metric->kind]);
    for (guint j = 0; j < metric->n_series; j++) {
      if (metric->kind == HABLA_METRIC_DURATIONS)
        metrics_append_durations (text, metric, j);
      else {
        metrics_append_series (text, metric, j, "", NULL);
        metrics_append_number (text, metric->series[j].value);
        g_string_append_c (text, '\n');
      }
    }
  }
  self->exposed = text->len;
  return g_string_free (text, FALSE);
}
