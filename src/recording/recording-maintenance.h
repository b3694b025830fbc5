/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What keeps the folder of recordings within its bounds does. In worker threads. */

/* @written: (inout): when the last of its files was written, in microseconds since 1970
 * Returns: bytes of all files in @folder */
guint64 habla_recording_library_measure (const char *folder, gint64 *written);

/* Returns: whether it is gone; not if somebody records or plays it */
gboolean habla_recording_library_delete (const char *root, const char *id);

G_END_DECLS
