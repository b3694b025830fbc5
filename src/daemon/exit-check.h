/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Name of the thread that enforces the shutdown deadline, which is never listed. */
#define HABLA_SHUTDOWN_THREAD "habla-deadline"

/**
 * habla_exit_check_list:
 *
 * Lists what this process still runs, from /proc. Safe to call in any thread.
 *
 * Returns: (transfer full) (element-type utf8): the threads and child processes, as
 *   `thread "NAME"` and `child "NAME"`
 */
GPtrArray *habla_exit_check_list (void);

/**
 * habla_exit_check_run:
 *
 * Checks that only the main thread is left, besides threads that GLib and GStreamer keep, and no
 * child process. Waits up to a second for threads that are ending, and logs a critical message with
 * the names of the rest. Aborts then if the environment has HABLA_FATAL_INVARIANTS=1. Call from the
 * main thread when everything is freed.
 */
void habla_exit_check_run (void);

G_END_DECLS
