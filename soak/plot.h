/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * soak_plot_append:
 * @html: the SVG element is appended here
 * @series: of a record, with "x", "y", "slope" and "intercept"
 * @limit: greatest allowed slope, in units of y a unit of x; NAN = no limit
 * @x_name: unit of x: "s" or "cycle"
 *
 * Plots the points, the fitted line, and a line with the slope @limit. No-op without points.
 */
void soak_plot_append (GString *html, JsonObject *series, double limit, const char *x_name);

G_END_DECLS
