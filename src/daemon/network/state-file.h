/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Secrets that hablad makes itself, in habla in $XDG_STATE_HOME. Only their owner can read them.
 * The functions block; in any thread. */

/**
 * habla_state_file_get_path:
 * @name: of the file
 *
 * Returns: (transfer full): its path
 */
char *habla_state_file_get_path (const char *name);

/**
 * habla_state_file_read:
 * @name: of a file
 * @error: return location for a %G_FILE_ERROR, %G_IO_ERROR or %HABLA_SETTINGS_ERROR: it is missing
 *   (%G_FILE_ERROR_NOENT), others can read it, or it is larger than 64 KiB
 *
 * Returns: (transfer full) (nullable): the contents
 */
char *habla_state_file_read (const char *name, GError **error);

/**
 * habla_state_file_write:
 * @name: of a file
 * @text: the new contents
 * @error: return location for a %G_FILE_ERROR
 *
 * Replaces the file in one step, and makes its folder if there is none.
 *
 * Returns: whether the file is on the disk
 */
gboolean habla_state_file_write (const char *name, const char *text, GError **error);

G_END_DECLS
