/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @text: Prometheus' format. Returns: (transfer full): "name{labels}" -> double */
GHashTable *soak_metrics_parse (const char *text);
/* Returns: 0.0 of what is not there */
double soak_metrics_get (GHashTable *metrics, const char *name);
/* Of all labels. */
double soak_metrics_sum (GHashTable *metrics, const char *name);

G_END_DECLS
