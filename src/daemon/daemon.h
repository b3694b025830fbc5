/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <daemon/settings.h>

G_BEGIN_DECLS

/**
 * HablaDaemon:
 *
 * The parts of hablad, connected to each other: metrics, store, rooms, health checks, API and
 * HTTP server. Used in the main thread.
 */
typedef struct _HablaDaemon HablaDaemon;

/**
 * habla_daemon_new:
 * @settings: (transfer none): must outlive the daemon
 * @error: return location for an error of any of the parts
 *
 * Creates all parts, and listens on the addresses of the settings. Waits a few seconds for the
 * store at most.
 *
 * Returns: (transfer full) (nullable): a daemon
 */
HablaDaemon *habla_daemon_new (HablaSettings *settings, GError **error);

/**
 * habla_daemon_free:
 * @self: (transfer full): a daemon that does not run
 */
void habla_daemon_free (HablaDaemon *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaDaemon, habla_daemon_free)

/**
 * habla_daemon_run:
 * @self: a daemon
 *
 * Serves clients until SIGTERM or SIGINT, then shuts down after pending translations. Ends the
 * process at once after a second signal, or if pipelines are stuck.
 */
void habla_daemon_run (HablaDaemon *self);

G_END_DECLS
