/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <habla/model.h>
#include <models/available-model.h>

G_BEGIN_DECLS

/* What is written into the folder of a model. All functions block. */

/* Name of the file with the SHA-256 of each file of a model, in the format of sha256sum. */
#define HABLA_MODEL_FOLDER_HASHES "SHA256SUMS"

/**
 * habla_model_folder_describe:
 * @folder: the folder with the files of the model
 * @model: what to describe; a `*` in the names of its files is replaced by the first name that
 *   matches, in the order of bytes
 * @error: return location for a %HABLA_ERROR_INPUT that names a missing file
 *
 * Writes the description of a model.
 *
 * Returns: (transfer full) (nullable): the model, as habla_model_load() reads it
 */
HablaModel *habla_model_folder_describe (
    const char *folder, HablaAvailableModel *model, GError **error);

/**
 * habla_model_folder_mark:
 * @folder: the folder of a model
 * @reason: (nullable): why the model is unusable, or %NULL to remove that mark
 * @error: return location for a #GFileError
 *
 * Returns: whether the description has been changed
 */
gboolean habla_model_folder_mark (const char *folder, const char *reason, GError **error);

/**
 * habla_model_folder_record_sizes:
 * @folder: the folder of a model
 * @error: return location for a #GFileError or a #GKeyFileError
 *
 * Writes the sizes of the files of the model into its description, so that habla_model_load()
 * finds files that are cut short.
 *
 * Returns: whether the description has been changed
 */
gboolean habla_model_folder_record_sizes (const char *folder, GError **error);

/**
 * habla_model_folder_record_hashes:
 * @folder: the folder of a model
 * @cancellable: (nullable): to cancel it
 * @error: return location for a %G_IO_ERROR
 *
 * Writes %HABLA_MODEL_FOLDER_HASHES, and waits until the files are on the disk.
 *
 * Returns: whether it was written
 */
gboolean habla_model_folder_record_hashes (
    const char *folder, GCancellable *cancellable, GError **error);

/**
 * habla_model_folder_verify:
 * @folder: the folder of a model
 * @cancellable: (nullable): to cancel it
 * @error: return location for a %HABLA_ERROR_INPUT that names the first file that differs, or a
 *   %HABLA_ERROR_NOT_INSTALLED if no hashes were recorded
 *
 * Returns: whether each file has the hash that was recorded
 */
gboolean habla_model_folder_verify (const char *folder, GCancellable *cancellable, GError **error);

/**
 * habla_model_folder_list:
 * @folder: a folder
 *
 * Returns: (transfer full) (element-type utf8): the relative paths of the files in @folder and up
 * to four levels of subfolders, sorted by byte; at most 10,000; links are not followed
 */
GPtrArray *habla_model_folder_list (const char *folder);

/**
 * habla_model_folder_delete:
 * @folder: a folder or a file, which need not exist
 *
 * Deletes it with everything in it; links are not followed.
 *
 * Returns: whether it is gone
 */
gboolean habla_model_folder_delete (const char *folder);

/**
 * habla_model_folder_match:
 * @pattern: a relative path; `*` stands for any number of bytes except a slash
 * @path: a relative path
 *
 * Returns: whether @path matches
 */
gboolean habla_model_folder_match (const char *pattern, const char *path);

/**
 * habla_model_folder_copy_file:
 * @path: a regular file
 * @target: where to; must not exist
 * @cancellable: (nullable): to cancel it
 * @error: return location for a %G_IO_ERROR
 *
 * Copies a file, without copying its contents where the file system can share them.
 *
 * Returns: whether it was copied
 */
gboolean habla_model_folder_copy_file (
    const char *path, const char *target, GCancellable *cancellable, GError **error);

G_END_DECLS
