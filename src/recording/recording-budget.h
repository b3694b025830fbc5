/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaRecordingBudget:
 *
 * How many bytes all recordings in a folder may have together. Recorders take from it before they
 * write, each in its own thread, so that the bound holds at every moment. When it is used up, the
 * oldest recordings that nobody uses are deleted.
 */
typedef struct _HablaRecordingBudget HablaRecordingBudget;

/**
 * habla_recording_budget_new:
 * @root: the folder
 * @max_size: in bytes; 0 = no bound
 *
 * Returns: (transfer full): a budget; touches no disk yet
 */
HablaRecordingBudget *habla_recording_budget_new (const char *root, guint64 max_size);
HablaRecordingBudget *habla_recording_budget_ref (HablaRecordingBudget *self);
void habla_recording_budget_unref (HablaRecordingBudget *self);

guint64 habla_recording_budget_get_max_size (HablaRecordingBudget *self);
/* Worker thread. Returns: whether @size more bytes may be written. If so, the caller must call
 * habla_recording_budget_settle() when the write has ended. */
gboolean habla_recording_budget_take (HablaRecordingBudget *self, gsize size);
/* Worker thread. A write of @size bytes, taken before, has ended, with or without an error. */
void habla_recording_budget_settle (HablaRecordingBudget *self, gsize size);
/* Worker thread. Measures what is in the folder: files come and go there by other hands too. */
void habla_recording_budget_measure (HablaRecordingBudget *self);

G_END_DECLS
