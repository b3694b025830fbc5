/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaUnpackProgressFunc:
 * @done: bytes of the archive that have been read
 * @total: its size
 * @user_data: of the #HablaUnpack
 *
 * Called after each piece, in the thread that unpacks.
 */
typedef void (*HablaUnpackProgressFunc) (guint64 done, guint64 total, gpointer user_data);

/**
 * HablaUnpack:
 * @archive: path of the archive
 * @folder: an existing folder, for this call alone
 * @patterns: (nullable) (element-type utf8): which files to unpack, see habla_model_folder_match();
 *   files whose names begin with LICENSE, README, NOTICE or MODEL_CARD always are. %NULL = all
 * @progress: (nullable): called about the progress
 * @progress_data: passed to @progress
 *
 * What to unpack.
 */
typedef struct {
  const char *archive;
  const char *folder;
  GPtrArray *patterns;
  HablaUnpackProgressFunc progress;
  gpointer progress_data;
} HablaUnpack;

/**
 * habla_unpack_archive:
 * @self: what to unpack
 * @cancellable: (nullable): to cancel it
 * @error: return location for a %HABLA_ERROR_INPUT, if it is no archive, is damaged, or leads
 *   outside of the folder, or a %G_IO_ERROR
 *
 * Unpacks a tar or zip archive; the one folder that contains everything is left out. Only regular
 * files are unpacked, never links, devices or permissions. At most 10,000 entries, 16 GiB, and 50
 * times the size of the archive. Blocks.
 *
 * Returns: whether it was unpacked
 */
gboolean habla_unpack_archive (const HablaUnpack *self, GCancellable *cancellable, GError **error);

/**
 * habla_unpack_gzip:
 * @path: of a file that is compressed with gzip, or that a server has decompressed already
 * @target: where to
 * @max_size: of the contents, in bytes; 0 = 4 GiB
 * @cancellable: (nullable): to cancel it
 * @error: return location for a %HABLA_ERROR_INPUT or a %G_IO_ERROR
 *
 * Blocks.
 *
 * Returns: whether it was unpacked
 */
gboolean habla_unpack_gzip (const char *path, const char *target, guint64 max_size,
    GCancellable *cancellable, GError **error);

G_END_DECLS
