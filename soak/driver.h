/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "options.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SoakDriver:
 *
 * The daemon under test: a process with its own folders and port, or a daemon that already runs.
 * Beside it runs a bare server, which only answers requests, as a reference for response times.
 */
typedef struct _SoakDriver SoakDriver;

/**
 * soak_driver_new:
 * @options: of the run
 * @error: return location for an error
 *
 * Starts the daemon, unless @options have the URL of a running one, and the bare server. Blocks
 * until both listen.
 *
 * Returns: (transfer full) (nullable): %NULL with @error set if one of them does not start
 */
SoakDriver *soak_driver_new (const SoakOptions *options, GError **error);

/**
 * soak_driver_stop:
 * @self: a driver
 * @error: return location for an error
 *
 * Sends SIGTERM to the daemon and waits up to a minute for its exit. No-op for a daemon that
 * already ran.
 *
 * Returns: whether the daemon exited with status 0
 */
gboolean soak_driver_stop (SoakDriver *self, GError **error);

/* Kills the processes that still run, removes their folders, and frees @self. */
void soak_driver_free (SoakDriver *self);

/* Returns: (transfer none): URL of the daemon's root */
const char *soak_driver_get_url (SoakDriver *self);

/* Returns: (transfer none): URL of the bare server */
const char *soak_driver_get_bare_url (SoakDriver *self);

/* Returns: process ID of the daemon; 0 if it already ran or has ended */
GPid soak_driver_get_pid (SoakDriver *self);

/* Returns: (transfer none) (nullable): how the daemon ended before soak_driver_stop() */
const char *soak_driver_get_death (SoakDriver *self);

/* Returns: (transfer full) (element-type utf8): warnings and errors that the daemon logged since
 * the last call */
GPtrArray *soak_driver_take_log_issues (SoakDriver *self);

/* Returns: number of files in the daemon's folders */
guint soak_driver_count_files (SoakDriver *self);

/* Implements `habla-soak bare-server`: serves until it is killed. Returns: the exit status */
int soak_driver_serve_bare (void);

G_END_DECLS
