/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_shutdown_deadline_watch:
 *
 * Starts a thread that waits for the first SIGTERM or SIGINT, even if the main loop is blocked. If
 * the process still runs 14 s later, the thread logs the remaining threads and child processes, one
 * per line, and exits with EX_SOFTWARE. The thread is never stopped, so it covers all of shutdown.
 * Call once in a process.
 */
void habla_shutdown_deadline_watch (void);

G_END_DECLS
