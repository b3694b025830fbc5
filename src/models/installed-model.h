/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <habla/model.h>

G_BEGIN_DECLS

/* Care for installed models: <habla/model.h> finds those that engines can use. */

/**
 * habla_installed_model_list:
 *
 * Returns: (transfer full) (element-type HablaModel): all installed models, also those that are
 *   marked as unusable, sorted by id; of several with the same id the one that engines find
 */
GPtrArray *habla_installed_model_list (void);

/**
 * habla_installed_model_get_size:
 * @model: a model
 *
 * Returns: the size of its files, in bytes. Reads its folder, without subfolders
 */
guint64 habla_installed_model_get_size (HablaModel *model);

/**
 * habla_installed_model_remove:
 * @id: of an installed model, or of one whose download was interrupted
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED or a %G_IO_ERROR
 *
 * Removes the folder of the model. Sessions that use it keep it until they end.
 *
 * Returns: whether it is gone
 */
gboolean habla_installed_model_remove (const char *id, GError **error);

/**
 * habla_installed_model_has_hashes:
 * @id: of an installed model
 *
 * Returns: whether hashes of its files were recorded, as `habla models` does when it installs one
 */
gboolean habla_installed_model_has_hashes (const char *id);

/**
 * habla_installed_model_verify_async:
 * @id: of an installed model
 * @cancellable: (nullable): to cancel it
 * @callback: called at the end, in the thread-default main context of the caller
 * @user_data: passed to @callback
 *
 * Compares each file with the hash that was recorded when the model was installed, then loads the
 * model in a child process and marks it as unusable, or removes that mark.
 */
void habla_installed_model_verify_async (
    const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_installed_model_verify_finish:
 * @result: of the callback
 * @warning: (out) (nullable): a sentence about what could not be checked, or %NULL
 * @error: return location for a %HABLA_ERROR that names the file and the remedy
 *
 * Returns: whether the model is intact
 */
gboolean habla_installed_model_verify_finish (GAsyncResult *result, char **warning, GError **error);

G_END_DECLS
