/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaMetrics:
 *
 * Families of metrics as Prometheus defines them. There is no lock: only the thread of the main
 * loop may use them. Values of other threads reach them through a collector.
 */
typedef struct _HablaMetrics HablaMetrics;

/**
 * HablaMetric:
 *
 * A family of series, one for each value of its label. It belongs to its #HablaMetrics and lives
 * as long as that.
 */
typedef struct _HablaMetric HablaMetric;

/**
 * HablaMetricKind:
 * @HABLA_METRIC_COUNTER: a total that only grows
 * @HABLA_METRIC_GAUGE: a level
 * @HABLA_METRIC_DURATIONS: a histogram of seconds, with fixed buckets from 1 ms to 60 s
 */
typedef enum {
  HABLA_METRIC_COUNTER,
  HABLA_METRIC_GAUGE,
  HABLA_METRIC_DURATIONS,
} HablaMetricKind;

/**
 * HablaMetricsCollect:
 * @metrics: the metrics that are about to be exposed
 * @user_data: as passed to habla_metrics_add_collector()
 *
 * Updates values. Must not block.
 */
typedef void (*HablaMetricsCollect) (HablaMetrics *metrics, gpointer user_data);

/**
 * habla_metrics_new:
 *
 * Returns: (transfer full): metrics without families
 */
HablaMetrics *habla_metrics_new (void);

/**
 * habla_metrics_free:
 * @self: (transfer full): metrics
 *
 * Frees all families as well.
 */
void habla_metrics_free (HablaMetrics *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaMetrics, habla_metrics_free)

/**
 * habla_metrics_add:
 * @self: metrics
 * @kind: the kind of the family
 * @name: a valid and unused name of Prometheus; ends in `_total` for counters, in `_seconds` for
 *   durations
 * @help: a sentence that describes the values, with their unit
 * @label: (nullable): name of the only label; %NULL if the family is a single series. Must
 *   outlive @self
 * @values: (nullable) (array zero-terminated=1): all values of @label; %NULL without a label. Must
 *   outlive @self
 *
 * Returns: (transfer none): the new family, whose series are all 0
 */
HablaMetric *habla_metrics_add (HablaMetrics *self, HablaMetricKind kind, const char *name,
    const char *help, const char *label, const char *const *values);

/**
 * habla_metrics_add_collector:
 * @self: metrics
 * @collect: called at each exposition, in the order of these calls
 * @user_data: passed to @collect; also identifies the collector
 */
void habla_metrics_add_collector (
    HablaMetrics *self, HablaMetricsCollect collect, gpointer user_data);

/**
 * habla_metrics_remove_collector:
 * @self: metrics
 * @user_data: the collectors to remove are those that were added with it
 *
 * Must not be called by a collector.
 */
void habla_metrics_remove_collector (HablaMetrics *self, gpointer user_data);

/**
 * habla_metric_add:
 * @self: a counter or gauge
 * @index: index of the label's value; 0 without a label
 * @delta: what to add; at least 0 for a counter
 */
void habla_metric_add (HablaMetric *self, guint index, double delta);

/**
 * habla_metric_set:
 * @self: a gauge, or a counter whose total is kept elsewhere
 * @index: index of the label's value; 0 without a label
 * @value: the new value; at least the old one for a counter
 */
void habla_metric_set (HablaMetric *self, guint index, double value);

/**
 * habla_metric_observe:
 * @self: a family of durations
 * @index: index of the label's value; 0 without a label
 * @seconds: a duration, at least 0
 */
void habla_metric_observe (HablaMetric *self, guint index, double seconds);

/**
 * habla_metric_get:
 * @self: any family
 * @index: index of the label's value; 0 without a label
 *
 * Returns: the value of the series; for durations, the number of observations
 */
double habla_metric_get (const HablaMetric *self, guint index);

/**
 * habla_metrics_expose:
 * @self: metrics
 *
 * Calls the collectors, then writes all families in the order in which they were added.
 *
 * Returns: (transfer full): Prometheus' text format, version 0.0.4
 */
char *habla_metrics_expose (HablaMetrics *self);

G_END_DECLS
