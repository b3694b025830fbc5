/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "run.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * soak_record_new:
 * @run: a run that has ended
 * @checks: (element-type SoakCheck): from soak_evaluation_check()
 *
 * Returns: (transfer full): all results of @run, as a JSON object
 */
JsonNode *soak_record_new (SoakRun *run, GPtrArray *checks);

/* Writes @record to @path as one line. Returns: whether that succeeded */
gboolean soak_record_save (JsonNode *record, const char *path, GError **error);

/* Reads a record. Returns: (transfer full) (nullable): a JSON object; %NULL with @error set if
 * @path cannot be read or is no record */
JsonNode *soak_record_load (const char *path, GError **error);

G_END_DECLS
