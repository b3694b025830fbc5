/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Files in the folder of a recording. Anybody may have put a folder there: symbolic links are not
 * followed, neither for the file nor for the folder it is in, and only regular files are opened:
 * a FIFO or a device would block the thread that opens it. In any thread. */

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
