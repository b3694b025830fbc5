/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The folders in which GStreamer finds the elements of Habla. */

/**
 * habla_plugin_path_init:
 *
 * Appends the folder in which Habla's plugins are installed to the environment variable
 * `GST_PLUGIN_PATH`, if there is such a folder and GStreamer does not search it anyway. Folders
 * that are already in the variable have precedence; child processes inherit it. Call it before
 * gst_init(), while the process has one thread.
 */
void habla_plugin_path_init (void);

/**
 * habla_plugin_path_find_wrong:
 *
 * Returns: (transfer container) (element-type utf8): for each entry of `GST_PLUGIN_PATH` and
 *   `GST_PLUGIN_SYSTEM_PATH` that is not a folder, "VARIABLE=ENTRY"
 */
GPtrArray *habla_plugin_path_find_wrong (void);

G_END_DECLS
