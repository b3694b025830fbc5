/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Communication with systemd: socket activation, state and watchdog. No-ops without systemd. For
 * the main thread. */

/**
 * habla_service_take_sockets:
 * @error: return location for a %G_IO_ERROR, if a file descriptor is not a listening socket
 *
 * Returns: (transfer full) (nullable) (element-type GSocket): the listening sockets that systemd
 *   opened; empty without socket activation; %NULL on error
 */
GPtrArray *habla_service_take_sockets (GError **error);

/**
 * habla_service_notify_ready:
 * @status: shown by systemctl
 *
 * Reports that hablad is ready for clients.
 */
void habla_service_notify_ready (const char *status);

/**
 * habla_service_notify_stopping:
 *
 * Reports that hablad shuts down.
 */
void habla_service_notify_stopping (void);

/**
 * habla_service_start_watchdog:
 *
 * Reports regularly that the main loop runs, if systemd has a watchdog for this process.
 */
void habla_service_start_watchdog (void);

/**
 * habla_service_stop_watchdog:
 *
 * Ends these reports.
 */
void habla_service_stop_watchdog (void);

G_END_DECLS
