/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/task-pool.h"

typedef struct {
  GTask *task;
  GTaskThreadFunc function;
} Entry;

static void
task_pool_run_entry (gpointer data, gpointer user_data)
{
  g_autofree Entry *entry = data;
  g_autoptr (GTask) task = entry->task;

  entry->function (task, g_task_get_source_object (task), g_task_get_task_data (task),
      g_task_get_cancellable (task));
}

void
habla_task_pool_run (HablaTaskPool *self, GTask *task, GTaskThreadFunc function)
{
  Entry *entry = g_new (Entry, 1);

  if (g_once_init_enter (&self->once)) {
    /* Not exclusive: this cannot fail, and idle threads are shared and end. */
    self->pool = g_thread_pool_new (task_pool_run_entry, NULL, self->max_threads, FALSE, NULL);
    g_once_init_leave (&self->once, 1);
  }
  *entry = (Entry){ g_object_ref (task), function };
  g_thread_pool_push (self->pool, entry, NULL);
}
