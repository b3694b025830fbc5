/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <habla/model.h>
#include <models/available-model.h>
#include <models/install/install-context.h>

G_BEGIN_DECLS

/**
 * HablaInstallOptions:
 * @folder: (nullable): the folder of models to install to; %NULL = habla_install_get_folder()
 * @skip_check: whether not to load the model in a child process
 * @progress: (nullable): called about the progress
 * @progress_data: passed to @progress
 *
 * How to install. All zero is the default.
 */
typedef struct {
  const char *folder;
  gboolean skip_check;
  HablaInstallProgressFunc progress;
  gpointer progress_data;
} HablaInstallOptions;

/**
 * habla_install_get_folder:
 *
 * Returns: (transfer full) (type filename): the folder for new models: the first of
 *   `HABLA_MODELS_PATH` if that is set, `/var/lib/habla/models` for root, and
 *   `$XDG_DATA_HOME/habla/models` for others
 */
char *habla_install_get_folder (void);

/**
 * habla_install_async:
 * @model: the model
 * @options: (nullable): how; copied
 * @cancellable: (nullable): to cancel it
 * @callback: called at the end, in the thread-default main context of the caller
 * @user_data: passed to @callback
 *
 * Downloads, checks and installs a model, in a worker thread. The model appears in its folder at
 * once and complete, or not at all; it replaces an installed one with the same id. A download that
 * was cut or cancelled is kept in a hidden folder beside it, and continued the next time.
 *
 * Settings are environment variables: `HABLA_MODELS_MIRROR`, an `https` address that replaces
 * `https://` in all addresses of publishers, so that `https://mirror.example/` has
 * `https://mirror.example/github.com/…`, and `HABLA_MODELS_CA_FILE`, a file of certificates in PEM
 * form to trust instead of those of the system. `HABLA_MODELS_TIMEOUT` is the time without any
 * bytes after which a download fails, in seconds, 30 if it is not set. The proxy is that of GIO.
 */
void habla_install_async (HablaAvailableModel *model, const HablaInstallOptions *options,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_install_import_async:
 * @path: an archive or a folder, of a model that was installed elsewhere or that is in @catalogue
 *   under the name of @path; or a single file, of a model that has one download with that name
 * @models: (element-type HablaAvailableModel): known models, of habla_catalogue_get_models()
 * @options: (nullable): how; copied
 * @cancellable: (nullable): to cancel it
 * @callback: called at the end, in the thread-default main context of the caller
 * @user_data: passed to @callback
 *
 * Installs a model from the disk, like habla_install_async() without the network.
 */
void habla_install_import_async (const char *path, GPtrArray *models,
    const HablaInstallOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * habla_install_finish:
 * @result: of the callback of habla_install_async() or habla_install_import_async()
 * @warning: (out) (nullable): a sentence about what could not be checked, or %NULL
 * @error: return location for a %HABLA_ERROR or %G_IO_ERROR that says what failed, on what, and
 *   what to do
 *
 * A model that failed its check is installed, but marked: see habla_model_get_unusable().
 *
 * Returns: (transfer full) (nullable): the installed model
 */
HablaModel *habla_install_finish (GAsyncResult *result, char **warning, GError **error);

G_END_DECLS
