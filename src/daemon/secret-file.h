/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_secret_file_check:
 * @path: a file with a token or a private key; symbolic links are followed
 * @error: return location for a %G_FILE_ERROR, or a %HABLA_SETTINGS_ERROR with the command that
 *   repairs it
 *
 * Rejects files that belong to other users, or that a group or others may read or write. Files in
 * $CREDENTIALS_DIRECTORY are always accepted: only the service can see them, through an access
 * control list that looks like a permission of the group.
 *
 * Returns: whether only this process's user can read @path
 */
gboolean habla_secret_file_check (const char *path, GError **error);

G_END_DECLS
