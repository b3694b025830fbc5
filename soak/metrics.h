/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * soak_metrics_parse:
 * @text: (nullable): in Prometheus' text format
 *
 * Parses metrics, without the buckets of histograms.
 *
 * Returns: (transfer full) (element-type utf8 double): "name{labels}" -> value
 */
GHashTable *soak_metrics_parse (const char *text);

/* @name: with labels. Returns: the value; 0.0 if there is no such metric */
double soak_metrics_get (GHashTable *metrics, const char *name);

/* @name: without labels. Returns: the sum over all labels; 0.0 if there is no such metric */
double soak_metrics_sum (GHashTable *metrics, const char *name);

G_END_DECLS
