/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaRecordingBudget:
 *
 * Limits the size of all recordings in a folder together. Each recorder's thread takes bytes from
 * the budget before it writes them, so that the limit holds at every moment. When the budget is
 * used up, the oldest recordings that are not in use are deleted. Thread-safe.
 */
typedef struct _HablaRecordingBudget HablaRecordingBudget;

/**
 * habla_recording_budget_new:
 * @root: the folder of recordings
 * @max_size: in bytes; 0 = no limit
 *
 * Does not access the disk yet.
 *
 * Returns: (transfer full): a budget
 */
HablaRecordingBudget *habla_recording_budget_new (const char *root, guint64 max_size);

/**
 * habla_recording_budget_ref:
 * @self: a budget
 *
 * Returns: (transfer full): @self
 */
HablaRecordingBudget *habla_recording_budget_ref (HablaRecordingBudget *self);

/**
 * habla_recording_budget_unref:
 * @self: (transfer full): a budget
 */
void habla_recording_budget_unref (HablaRecordingBudget *self);

/**
 * habla_recording_budget_get_max_size:
 * @self: a budget
 *
 * Returns: the limit, in bytes; 0 = none
 */
guint64 habla_recording_budget_get_max_size (HablaRecordingBudget *self);

/**
 * habla_recording_budget_take:
 * @self: a budget
 * @size: in bytes
 *
 * Takes bytes before a write, and deletes old recordings if necessary. After success, call
 * habla_recording_budget_settle() when the write has ended. Call in a worker thread.
 *
 * Returns: whether @size more bytes may be written
 */
gboolean habla_recording_budget_take (HablaRecordingBudget *self, gsize size);

/**
 * habla_recording_budget_settle:
 * @self: a budget
 * @size: in bytes, as taken
 *
 * A write of bytes that were taken has ended, with or without an error.
 */
void habla_recording_budget_settle (HablaRecordingBudget *self, gsize size);

/**
 * habla_recording_budget_measure:
 * @self: a budget
 *
 * Measures the folder again, to see changes by other programs. Call in a worker thread.
 */
void habla_recording_budget_measure (HablaRecordingBudget *self);

G_END_DECLS
