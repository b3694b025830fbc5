/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The name of the thread that watches. */
#define HABLA_SHUTDOWN_THREAD "habla-deadline"

/* Starts a thread that waits for the first SIGTERM or SIGINT, also while the main loop is stuck.
 * If the process has not ended 14 s after it, the
 * thread logs which threads and children are left, one a line, and exits with EX_SOFTWARE. Nothing
 * stops the thread, so that all of shutdown is covered. Call once a process. */
void habla_shutdown_deadline_watch (void);

G_END_DECLS
