/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_recording_folder_measure:
 * @folder: the path of a recording's folder
 * @written: (inout): raised to the time of the last change of any of its files, in microseconds
 *   since 1970
 *
 * Call in a worker thread.
 *
 * Returns: the size of all files in @folder, in bytes; 0 if it cannot be read
 */
guint64 habla_recording_folder_measure (const char *folder, gint64 *written);

/**
 * habla_recording_folder_delete:
 * @root: the folder of recordings
 * @id: a recording's id
 *
 * Deletes a recording, unless it is being recorded or played. It is renamed first, so that
 * it is never found half deleted. Files that cannot be deleted are logged. Call in a worker thread.
 *
 * Returns: whether @id is gone
 */
gboolean habla_recording_folder_delete (const char *root, const char *id);

/**
 * habla_recording_folder_delete_session:
 * @root: the folder of recordings
 * @id: a recording's id
 * @session_id: a session that was deleted
 *
 * Like habla_recording_folder_delete(), but keeps a recording that contains speech of another
 * session.
 *
 * Returns: whether @id is gone
 */
gboolean habla_recording_folder_delete_session (
    const char *root, const char *id, guint64 session_id);

/**
 * habla_recording_folder_empty_trash:
 * @root: the folder of recordings
 *
 * Completes deletions that were interrupted. Call in a worker thread.
 */
void habla_recording_folder_empty_trash (const char *root);

G_END_DECLS
