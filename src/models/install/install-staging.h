/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <models/install/install-lock.h>
#include <habla/model.h>
#include <models/install/install-context.h>

G_BEGIN_DECLS

/* With what the ids of imports begin whose model is not known yet. */
#define HABLA_INSTALL_STAGING_IMPORT "import-"

/**
 * HablaInstallStaging:
 * @id: of the model
 * @lock: the lock of the model
 * @part: the hidden folder beside the models, `.ID.part`
 * @downloads: the folder in @part for downloads, which an interrupted installation leaves behind
 * @model: the folder in @part that becomes the folder of the model
 *
 * Where a model is put together.
 */
typedef struct {
  char *id;
  HablaInstallLock *lock;
  char *part;
  char *downloads;
  char *model;
} HablaInstallStaging;

/**
 * habla_install_staging_new:
 * @folder: the folder of models
 * @id: of the model
 * @error: return location for a %G_IO_ERROR
 *
 * Locks the model, and makes an empty folder for it. Deletes what other interrupted installations
 * have left more than a week ago, and what interrupted imports have left.
 *
 * Returns: (transfer full) (nullable): the place
 */
HablaInstallStaging *habla_install_staging_new (const char *folder, const char *id, GError **error);

/**
 * habla_install_staging_free:
 * @self: (transfer full): a place
 *
 * Unlocks the model. Downloads stay; the rest is deleted.
 */
void habla_install_staging_free (HablaInstallStaging *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaInstallStaging, habla_install_staging_free)

/**
 * habla_install_staging_commit:
 * @self: a place with a complete model
 * @run: the installation; its @warning may be set
 * @error: return location for an error of the check or a %G_IO_ERROR
 *
 * Records the hashes, loads the model in a child process, moves it to its folder in one step, and
 * deletes the downloads.
 *
 * Returns: (transfer full) (nullable): the installed model
 */
HablaModel *habla_install_staging_commit (
    HablaInstallStaging *self, HablaInstallRun *run, GError **error);

/**
 * habla_install_staging_delete_part:
 * @folder: the folder of models
 * @id: of a model that the caller has locked
 *
 * Deletes what an interrupted installation has left.
 *
 * Returns: whether there was anything
 */
gboolean habla_install_staging_delete_part (const char *folder, const char *id);

G_END_DECLS
