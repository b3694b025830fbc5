/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a daemon needs beside its engines. All block: for a worker thread. @message: (out)
 * (transfer full): what was found, for people. Return whether it is well. */
gboolean habla_check_devices (gpointer user_data, char **message);
gboolean habla_check_disk (gpointer path, char **message);
gboolean habla_check_elements (gpointer user_data, char **message);
gboolean habla_check_pipelines (gpointer user_data, char **message);

G_END_DECLS
