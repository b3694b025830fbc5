/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_matroska_flags_clear_default:
 * @path: path of a file that matroskamux wrote
 * @first: number of tracks to leave as they are
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Marks the tracks after @first as not played by default. matroskamux of GStreamer 1.22 writes no
 * such flag, and every track is a default one. The flag takes the place of the end of the name of
 * the track, which must have three bytes to spare.
 *
 * Returns: %FALSE if the file cannot be written
 */
gboolean habla_matroska_flags_clear_default (const char *path, guint first, GError **error);

G_END_DECLS
