/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/model.h>
#include <models/install/install-context.h>

G_BEGIN_DECLS

/**
 * habla_install_run_import:
 * @self: an installation
 * @path: see habla_install_import_async()
 * @models: (element-type HablaAvailableModel): known models
 * @error: as for habla_install_finish()
 *
 * Returns: (transfer full) (nullable): the installed model
 */
HablaModel *habla_install_run_import (
    HablaInstallRun *self, const char *path, GPtrArray *models, GError **error);

G_END_DECLS
