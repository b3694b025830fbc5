/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What systemd wants to know of a service, and gives it. Without systemd nothing happens. */
GPtrArray *habla_service_take_sockets (GError **error);
void habla_service_notify_ready (const char *status);
void habla_service_notify_stopping (void);
void habla_service_start_watchdog (void);
void habla_service_stop_watchdog (void);

G_END_DECLS
