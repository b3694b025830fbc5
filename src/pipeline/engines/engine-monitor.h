/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/engine.h>

G_BEGIN_DECLS

/**
 * HablaEngineMonitor:
 *
 * Lists the installed engines with their languages again when a model is installed or removed, so
 * that a daemon uses it without a restart. It watches the folders of habla_model_get_search_path()
 * and costs nothing in between. For the main thread.
 */
typedef struct _HablaEngineMonitor HablaEngineMonitor;

/**
 * HablaEngineMonitorNotify:
 * @engines: (transfer none) (element-type HablaEngine): those of habla_engine_list()
 * @user_data: user data
 */
typedef void (*HablaEngineMonitorNotify) (GPtrArray *engines, gpointer user_data);

/**
 * habla_engine_monitor_new:
 * @notify: called in the main thread, shortly after each change
 * @user_data: passed to @notify
 *
 * Starts watching. A folder that cannot be watched is logged.
 *
 * Returns: (transfer full): a monitor
 */
HablaEngineMonitor *habla_engine_monitor_new (HablaEngineMonitorNotify notify, gpointer user_data);

/**
 * habla_engine_monitor_refresh:
 * @self: a monitor
 *
 * Lists the engines again and calls the function of the monitor, as after a change.
 */
void habla_engine_monitor_refresh (HablaEngineMonitor *self);

/**
 * habla_engine_monitor_free:
 * @self: (transfer full): a monitor
 *
 * Does not call the function of the monitor any longer.
 */
void habla_engine_monitor_free (HablaEngineMonitor *self);

G_END_DECLS
