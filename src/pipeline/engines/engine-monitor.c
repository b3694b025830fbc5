/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "pipeline/engines/engine-monitor.h"

#include <habla/model.h>

#include <util/source.h>
#include <util/task-pool.h>

/* An installation changes a folder several times. The engines are listed this long after the last
 * change, in milliseconds. */
#define SETTLE_TIME 300

static HablaTaskPool pool = HABLA_TASK_POOL_INIT (1);

struct _HablaEngineMonitor {
  HablaEngineMonitorNotify notify;
  gpointer user_data;
  GPtrArray *folders; /* of GFileMonitor */
  GSource *settle_timer;
  GCancellable *cancellable; /* of the tasks */
};

static void
engine_monitor_list_in_thread (
    GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, habla_engine_list (), (GDestroyNotify) g_ptr_array_unref);
}

/* @self is freed if the task was cancelled. */
static void
engine_monitor_on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  HablaEngineMonitor *self = user_data;
  g_autoptr (GPtrArray) engines = g_task_propagate_pointer (G_TASK (result), NULL);

  if (engines != NULL)
    self->notify (engines, self->user_data);
}

static gboolean
engine_monitor_on_settled (gpointer user_data)
{
  HablaEngineMonitor *self = user_data;
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, engine_monitor_on_listed, self);

  habla_source_clear (&self->settle_timer);
  g_task_set_name (task, "[habla] HablaEngineMonitor list");
  habla_task_pool_run (&pool, task, engine_monitor_list_in_thread);
  return G_SOURCE_REMOVE;
}

static void
engine_monitor_on_changed (HablaEngineMonitor *self)
{
  habla_source_clear (&self->settle_timer);
  habla_source_start_timer (&self->settle_timer, SETTLE_TIME, "[habla] HablaEngineMonitor settle",
      engine_monitor_on_settled, self);
}

static void
engine_monitor_watch (HablaEngineMonitor *self, const char *path)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor =
      g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);

  if (monitor == NULL) {
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE",
        "Failed to watch %s, so models that are installed there need a restart: %s", path,
        error->message);
    return;
  }
  g_signal_connect_swapped (monitor, "changed", G_CALLBACK (engine_monitor_on_changed), self);
  g_ptr_array_add (self->folders, monitor);
}

HablaEngineMonitor *
habla_engine_monitor_new (HablaEngineMonitorNotify notify, gpointer user_data)
{
  HablaEngineMonitor *self = g_new0 (HablaEngineMonitor, 1);
  g_auto (GStrv) path = habla_model_get_search_path ();

  self->notify = notify;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->folders = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; path[i] != NULL; i++)
    engine_monitor_watch (self, path[i]);
  return self;
}

void
habla_engine_monitor_refresh (HablaEngineMonitor *self)
{
  engine_monitor_on_settled (self);
}

void
habla_engine_monitor_free (HablaEngineMonitor *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  habla_source_clear (&self->settle_timer);
  for (guint i = 0; i < self->folders->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->folders, i), self);
  g_ptr_array_unref (self->folders);
  g_free (self);
}
