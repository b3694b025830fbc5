/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* One page that needs nothing else: the verdict, what is wrong, plots, the worst cycles, the
 * environment. @record: of soak_record_new(). Returns: (transfer full): HTML */
char *soak_report_new (JsonObject *record);

G_END_DECLS
