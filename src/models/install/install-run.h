/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/model.h>
#include <models/available-model.h>
#include <models/install/install-context.h>

G_BEGIN_DECLS

/**
 * habla_install_run_download:
 * @self: an installation
 * @model: what to install
 * @error: as for habla_install_finish()
 *
 * Returns: (transfer full) (nullable): the installed model
 */
HablaModel *habla_install_run_download (
    HablaInstallRun *self, HablaAvailableModel *model, GError **error);

/**
 * habla_install_run_known:
 * @self: an installation
 * @model: a model of the catalogue
 * @paths: (element-type filename): a file for each source of @model
 * @error: as for habla_install_finish()
 *
 * Installs a model from files that were downloaded in another way.
 *
 * Returns: (transfer full) (nullable): the installed model
 */
HablaModel *habla_install_run_known (
    HablaInstallRun *self, HablaAvailableModel *model, GPtrArray *paths, GError **error);

G_END_DECLS
