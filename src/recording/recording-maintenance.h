/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaRecordingMaintenance:
 * @n_repaired: interrupted recordings that were completed
 * @n_deleted: recordings deleted because of their age or the size limit
 * @n_kept: recordings that are left
 * @size: of those, in bytes
 *
 * Results of one maintenance run.
 */
typedef struct {
  guint n_repaired;
  guint n_deleted;
  guint n_kept;
  guint64 size;
} HablaRecordingMaintenance;

/**
 * habla_recording_maintenance_run:
 * @root: the folder of recordings
 * @keep_days: delete recordings that are older; 0 = no limit
 * @max_size: of all recordings together, in bytes, beyond which the oldest are deleted; 0 = no
 *   limit
 * @now: in microseconds since 1970
 * @cancellable: (nullable): ends the run early
 * @result: (out): the results
 *
 * Repairs recordings that were interrupted by a crash, then deletes those that are too old or too
 * many. Recordings that are being recorded or played are locked, and not touched. Call in a worker
 * thread.
 */
void habla_recording_maintenance_run (const char *root, guint keep_days, guint64 max_size,
    gint64 now, GCancellable *cancellable, HablaRecordingMaintenance *result);

G_END_DECLS
