/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The name of the thread that watches. */
#define HABLA_SHUTDOWN_THREAD "habla-deadline"

/* Starts a thread that waits for the first SIGTERM or SIGINT, also while the main loop is stuck.
 * If the process has not ended 14 s after it, or 4 s after @drain_timeout if that is later, the
 * thread logs which threads and children are left, one a line, and exits with EX_SOFTWARE. Nothing
 * stops the thread, so that all of shutdown is covered. Call once a process.
 *
 * @drain_timeout: in milliseconds */
void habla_shutdown_deadline_watch (guint drain_timeout);

G_END_DECLS
