/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaTaskPool:
 * @max_threads: how many tasks run at once; -1 = any number
 *
 * Worker threads for one kind of tasks. g_task_run_in_thread() shares ten threads among all of a
 * process: TLS handshakes or slow REST requests would hold up the start of a session. One is a
 * static variable, made with HABLA_TASK_POOL_INIT(), and lives as long as the process.
 */
typedef struct {
  int max_threads;
  GThreadPool *pool; /* made once, by the first task; see @once */
  gsize once;
} HablaTaskPool;

#define HABLA_TASK_POOL_INIT(max_threads) \
  { \
    (max_threads), NULL, 0 \
  }

/**
 * habla_task_pool_run:
 * @self: a pool
 * @task: (transfer none): a reference is held until it has run
 * @function: called in a worker thread, as by g_task_run_in_thread(); must return from @task
 *
 * In any thread; does not block. Tasks of one pool begin in the order of these calls.
 */
void habla_task_pool_run (HablaTaskPool *self, GTask *task, GTaskThreadFunc function);

G_END_DECLS
