/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Largest payload of a frame, in bytes: a record of a room with its subject and id. */
#define SPOOL_FILE_MAX_PAYLOAD (512 * 1024)

/**
 * SpoolFile:
 *
 * The file of a spool: payloads in the order in which they were appended, each with its length and
 * a checksum, and notes of how many were removed. What a crash leaves incomplete at the end is cut
 * off when the file is opened. Blocks on the disk; one thread at a time may use it.
 */
typedef struct _SpoolFile SpoolFile;

/**
 * spool_file_open:
 * @path: created, for its owner only, if it does not exist
 * @max_size: of the file, in bytes
 * @error: return location for a %G_IO_ERROR: %G_IO_ERROR_BUSY if another process has opened it,
 *   %G_IO_ERROR_INVALID_DATA if it is not a spool
 *
 * Returns: (transfer full) (nullable): the file, with the payloads that were not removed
 */
SpoolFile *spool_file_open (const char *path, guint64 max_size, GError **error);

/**
 * spool_file_close:
 * @self: (transfer full): a file
 */
void spool_file_close (SpoolFile *self);

/**
 * spool_file_append:
 * @self: a file
 * @payloads: (element-type GBytes): each at most %SPOOL_FILE_MAX_PAYLOAD
 * @error: return location for a %G_IO_ERROR_NO_SPACE if the file or the disk is full, or another
 *
 * Writes all to the disk. On an error, none is in the file.
 *
 * Returns: whether they survive a crash
 */
gboolean spool_file_append (SpoolFile *self, GPtrArray *payloads, GError **error);

/**
 * spool_file_read:
 * @self: a file
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): the oldest payload; %NULL without @error if there is none
 */
GBytes *spool_file_read (SpoolFile *self, GError **error);

/**
 * spool_file_remove:
 * @self: a file
 *
 * Removes the oldest payload, which may come back after a crash. The file shrinks when none is
 * left. No-op if there is none.
 */
void spool_file_remove (SpoolFile *self);

/**
 * spool_file_count:
 * @self: a file
 *
 * Returns: the number of payloads
 */
guint spool_file_count (SpoolFile *self);

/**
 * spool_file_get_size:
 * @self: a file
 *
 * Returns: in bytes
 */
guint64 spool_file_get_size (SpoolFile *self);

G_END_DECLS
