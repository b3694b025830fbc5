/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "run.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* All that a run has come to. @checks: of soak_evaluation_check().
 * Returns: (transfer full) */
JsonNode *soak_record_new (SoakRun *run, GPtrArray *checks);
gboolean soak_record_save (JsonNode *record, const char *path, GError **error);
/* Returns: (transfer full) (nullable) */
JsonNode *soak_record_load (const char *path, GError **error);

G_END_DECLS
