/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Files in folders into which others write: that of a recording, or a client's. Symbolic links are
 * not followed, neither for the file nor for the folder it is in, and only regular files are
 * opened: a FIFO or a device would block the thread that opens it. In any thread. */

/**
 * habla_regular_file_open:
 * @path: FOLDER/NAME
 * @access: %O_RDONLY or %O_RDWR
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: a close-on-exec descriptor; -1 with @error
 */
int habla_regular_file_open (const char *path, int access, GError **error);

/**
 * habla_regular_file_open_below:
 * @root: a folder, or a link to one
 * @path: relative to @root: at most 32 names, separated by "/"; may be any text
 * @error: return location for a %G_IO_ERROR
 *
 * Opens a file for reading. Below @root, no symbolic link is followed; names that are empty or
 * begin with "." are refused, so that nothing outside of @root and no hidden file is opened.
 *
 * Returns: a close-on-exec descriptor; -1 with @error
 */
int habla_regular_file_open_below (const char *root, const char *path, GError **error);

/**
 * habla_regular_file_read:
 * @path: FOLDER/NAME
 * @max_size: in bytes
 * @length: (out) (nullable): in bytes
 * @error: return location for a %G_IO_ERROR, also if the file is larger than @max_size
 *
 * Returns: (transfer full) (nullable): the contents, followed by a NUL
 */
char *habla_regular_file_read (const char *path, gsize max_size, gsize *length, GError **error);

/**
 * habla_regular_file_exists:
 * @path: FOLDER/NAME
 *
 * Returns: whether @path is a regular file, not a link to one
 */
gboolean habla_regular_file_exists (const char *path);

G_END_DECLS
