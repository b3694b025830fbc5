/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * soak_plot_append:
 * @html: where the SVG goes
 * @series: of a record: "x", "y", "slope", "intercept"
 * @limit: slope in units of y a unit of x; NAN = none
 * @x_name: "s" or "cycle"
 *
 * Points, the line that is fitted to them, and the steepest line that is allowed.
 */
void soak_plot_append (GString *html, JsonObject *series, double limit, const char *x_name);

G_END_DECLS
