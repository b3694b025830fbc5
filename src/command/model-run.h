/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <models/catalogue.h>

G_BEGIN_DECLS

/**
 * HablaModelRun:
 *
 * Runs the operations of <models/...> for the command, one after the other. Each function blocks
 * until its operation is done, shows its progress in one line if standard error is a terminal, and
 * prints its result. Ctrl-C, SIGTERM and SIGHUP cancel the operation; the next one of these signals
 * ends the process.
 */
typedef struct _HablaModelRun HablaModelRun;

/**
 * habla_model_run_new:
 *
 * Returns: (transfer full): a run without failures
 */
HablaModelRun *habla_model_run_new (void);

/**
 * habla_model_run_free:
 * @self: (transfer full): a run
 */
void habla_model_run_free (HablaModelRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaModelRun, habla_model_run_free)

/**
 * habla_model_run_get_status:
 * @self: a run
 *
 * Returns: the exit status: 128 + the number of a signal that cancelled it, else that of the first
 *   failure, else %HABLA_EXIT_OK
 */
int habla_model_run_get_status (HablaModelRun *self);

/**
 * habla_model_run_is_cancelled:
 * @self: a run
 *
 * Returns: whether a signal has cancelled it
 */
gboolean habla_model_run_is_cancelled (HablaModelRun *self);

/**
 * habla_model_run_fail:
 * @self: a run
 * @error: (nullable): what went wrong, which is printed
 *
 * Notes a failure, unless it is the cancellation by a signal.
 */
void habla_model_run_fail (HablaModelRun *self, const GError *error);

/**
 * habla_model_run_load_catalogue:
 * @self: a run
 * @update: whether to use the network
 *
 * Loads the catalogue. Prints its warnings, unless @update is %HABLA_CATALOGUE_OFFLINE or
 * %HABLA_CATALOGUE_OWN.
 *
 * Returns: (transfer full) (nullable): the catalogue; %NULL after a failure
 */
HablaCatalogue *habla_model_run_load_catalogue (HablaModelRun *self, HablaCatalogueUpdate update);

/**
 * habla_model_run_install:
 * @self: a run
 * @model: what to install
 *
 * Downloads and installs a model. Install voice activity before the transcribers that need it:
 * their check uses it.
 *
 * Returns: whether it is installed and usable
 */
gboolean habla_model_run_install (HablaModelRun *self, HablaAvailableModel *model);

/**
 * habla_model_run_import:
 * @self: a run
 * @path: see habla_install_import_async()
 * @catalogue: the known models
 *
 * Installs a model from the disk.
 *
 * Returns: whether it is installed and usable
 */
gboolean habla_model_run_import (HablaModelRun *self, const char *path, HablaCatalogue *catalogue);

/**
 * habla_model_run_verify:
 * @self: a run
 * @id: of an installed model
 *
 * Checks the files of a model, and loads it in a child process.
 *
 * Returns: whether it is intact and usable
 */
gboolean habla_model_run_verify (HablaModelRun *self, const char *id);

G_END_DECLS
