/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * soak_report_new:
 * @record: from soak_record_new()
 *
 * Writes a report: result, findings, limits, plots, slowest cycles and environment. The page loads
 * nothing from elsewhere.
 *
 * Returns: (transfer full): an HTML page
 */
char *soak_report_new (JsonObject *record);

G_END_DECLS
