/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaInstallPhase:
 * @HABLA_INSTALL_DOWNLOADING: bytes of the downloads
 * @HABLA_INSTALL_UNPACKING: bytes of the archives that have been read
 * @HABLA_INSTALL_CHECKING: the model is loaded in a child process; has no progress
 */
typedef enum {
  HABLA_INSTALL_DOWNLOADING,
  HABLA_INSTALL_UNPACKING,
  HABLA_INSTALL_CHECKING,
} HablaInstallPhase;

/**
 * HablaInstallProgressFunc:
 * @phase: the present phase
 * @done: bytes done
 * @total: bytes in all; 0 = unknown
 * @user_data: of habla_install_async()
 *
 * Called in the thread-default main context of the caller, at most ten times a second and at the
 * end of each phase; not after the callback of the operation.
 */
typedef void (*HablaInstallProgressFunc) (
    HablaInstallPhase phase, guint64 done, guint64 total, gpointer user_data);

/**
 * HablaInstallRun:
 * @folder: the folder of models to install to
 * @skip_check: whether not to load the model in a child process
 * @cancellable: (nullable): to cancel it
 * @progress: (nullable): called in this thread
 * @progress_data: passed to @progress
 * @warning: (out) (nullable): a sentence about what could not be checked; free with g_free()
 *
 * One installation, in the thread that calls a function below, which blocks.
 */
typedef struct {
  const char *folder;
  gboolean skip_check;
  GCancellable *cancellable;
  HablaInstallProgressFunc progress;
  gpointer progress_data;
  char *warning;
} HablaInstallRun;

G_END_DECLS
