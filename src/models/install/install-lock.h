/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaInstallLock:
 *
 * The right to install or remove one model, for one thread of one process of this machine.
 */
typedef struct _HablaInstallLock HablaInstallLock;

/**
 * habla_install_lock_take:
 * @folder: a folder of models; it is made if it is missing
 * @id: of the model
 * @error: return location for a %G_IO_ERROR_BUSY, if another process has the lock, or another
 *   %G_IO_ERROR, if the folder is not writable
 *
 * Takes the lock file `.ID.lock` in @folder. Does not wait.
 *
 * Returns: (transfer full) (nullable): the lock
 */
HablaInstallLock *habla_install_lock_take (const char *folder, const char *id, GError **error);

/**
 * habla_install_lock_release:
 * @self: (transfer full): a lock
 *
 * Removes the lock file.
 */
void habla_install_lock_release (HablaInstallLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaInstallLock, habla_install_lock_release)

G_END_DECLS
