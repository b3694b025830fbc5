/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <models/available-model.h>
#include <models/registry/http-client.h>

G_BEGIN_DECLS

/**
 * HablaDownloadProgressFunc:
 * @done: bytes of this download that are on the disk
 * @total: bytes in all; 0 = unknown
 * @user_data: of the #HablaDownload
 *
 * Called after each piece, in the thread of the download.
 */
typedef void (*HablaDownloadProgressFunc) (guint64 done, guint64 total, gpointer user_data);

/**
 * HablaDownload:
 * @client: a client
 * @source: what to download
 * @path: where to; the validator of an incomplete file is kept beside it, in `PATH.validator`
 * @progress: (nullable): called about the progress
 * @progress_data: passed to @progress
 *
 * One download to a file.
 */
typedef struct {
  HablaHttpClient *client;
  const HablaModelSource *source;
  const char *path;
  HablaDownloadProgressFunc progress;
  gpointer progress_data;
} HablaDownload;

/**
 * habla_download_run:
 * @self: a download
 * @cancellable: (nullable): to cancel it
 * @error: return location for the errors of habla_http_client_get(), a %HABLA_ERROR_INPUT if the
 *   size or the hash is wrong, or a %G_IO_ERROR_NO_SPACE
 *
 * Downloads a file, or the rest of it. A connection that is cut is made again as long as it brings
 * anything. What has arrived stays after an error of the network, and is deleted if it is wrong.
 * Blocks.
 *
 * Returns: whether the file is complete and has the size and the hash of @source. The hash of a
 *   %HABLA_MODEL_SOURCE_GZIP is not checked
 */
gboolean habla_download_run (const HablaDownload *self, GCancellable *cancellable, GError **error);

/**
 * habla_download_check_hash:
 * @source: with the expected size and hash
 * @path: a file
 * @cancellable: (nullable): to cancel it
 * @error: return location for a %HABLA_ERROR_INPUT or a %G_IO_ERROR
 *
 * Checks a file that has been brought in another way. Blocks.
 *
 * Returns: whether it is what @source describes
 */
gboolean habla_download_check_hash (
    const HablaModelSource *source, const char *path, GCancellable *cancellable, GError **error);

G_END_DECLS
