/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaMetrics:
 *
 * What a process counts, in families as Prometheus has them. One thread, that of the main
 * loop, uses it; there is no lock. What other threads count reaches it through a collector.
 */
typedef struct _HablaMetrics HablaMetrics;

/* A family; owned by its #HablaMetrics and alive as long as that. */
typedef struct _HablaMetric HablaMetric;

/**
 * HablaMetricKind:
 * @HABLA_METRIC_COUNTER: only grows
 * @HABLA_METRIC_GAUGE: a level
 * @HABLA_METRIC_DURATIONS: a histogram of seconds, with fixed buckets from 1 ms to 60 s
 */
typedef enum {
  HABLA_METRIC_COUNTER,
  HABLA_METRIC_GAUGE,
  HABLA_METRIC_DURATIONS,
} HablaMetricKind;

/* Called before the metrics are read, to bring gauges up to date. Must be quick. */
typedef void (*HablaMetricsCollect) (HablaMetrics *metrics, gpointer user_data);

HablaMetrics *habla_metrics_new (void);
void habla_metrics_free (HablaMetrics *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaMetrics, habla_metrics_free)

/* @label and @values are both %NULL, or the one label of the family and all its values,
 * %NULL-terminated; both must outlive @self. Other functions name a value by its index. */
HablaMetric *habla_metrics_add (HablaMetrics *self, HablaMetricKind kind, const char *name,
    const char *help, const char *label, const char *const *values);
void habla_metrics_add_collector (
    HablaMetrics *self, HablaMetricsCollect collect, gpointer user_data);
void habla_metrics_remove_collector (HablaMetrics *self, gpointer user_data);

void habla_metric_add (HablaMetric *self, guint index, double delta);
void habla_metric_set (HablaMetric *self, guint index, double value);
void habla_metric_observe (HablaMetric *self, guint index, double seconds);
double habla_metric_get (const HablaMetric *self, guint index);

/* Prometheus' text format, version 0.0.4. */
char *habla_metrics_expose (HablaMetrics *self);

G_END_DECLS
