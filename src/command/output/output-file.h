/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaOutputFile:
 *
 * A file that gets its name only when it is complete. Until then its name is
 * `NAME.partial.EXTENSION`, which it keeps if an error, a signal or a power cut prevents its
 * completion. Devices and pipes are written directly. Until it is complete or freed, no other
 * process can write it with this type.
 */
typedef struct _HablaOutputFile HablaOutputFile;

/**
 * habla_output_file_new:
 * @path: the final path
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Returns: (transfer full) (nullable): an empty file under its partial name; %NULL on error
 */
HablaOutputFile *habla_output_file_new (const char *path, GError **error);

/**
 * habla_output_file_free:
 * @self: (transfer full): a file
 *
 * Unless committed, keeps the file under its partial name, or deletes it if it is empty.
 */
void habla_output_file_free (HablaOutputFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaOutputFile, habla_output_file_free)

/**
 * habla_output_file_get_path:
 * @self: a file
 *
 * Returns: (transfer none): the final path
 */
const char *habla_output_file_get_path (HablaOutputFile *self);

/**
 * habla_output_file_get_written_path:
 * @self: a file
 *
 * Returns: (transfer none): the path until the file is committed
 */
const char *habla_output_file_get_written_path (HablaOutputFile *self);

/**
 * habla_output_file_is_empty:
 * @self: a file that is not committed
 *
 * Returns: whether it is a regular file without data
 */
gboolean habla_output_file_is_empty (HablaOutputFile *self);

/**
 * habla_output_file_is_rewritable:
 * @self: a file that is not committed
 *
 * Returns: whether it is a regular file, whose tail can be replaced; no device or pipe
 */
gboolean habla_output_file_is_rewritable (HablaOutputFile *self);

/**
 * habla_output_file_write:
 * @self: a file that is not committed
 * @text: written completely or not at all, instead of the tail
 * @tail: what completes the file until more is written, such as the end tags of XML. Devices and
 *   pipes get it when the file is committed
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Returns: %FALSE on error
 */
gboolean habla_output_file_write (
    HablaOutputFile *self, const char *text, const char *tail, GError **error);

/**
 * habla_output_file_commit:
 * @self: a complete file
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Flushes the file to disk and gives it its final name. It cannot be written afterwards.
 *
 * Returns: %FALSE on error
 */
gboolean habla_output_file_commit (HablaOutputFile *self, GError **error);

/**
 * habla_output_file_name:
 * @path: path of a file
 * @tag: what to insert
 *
 * Returns: (transfer full): @path with `.tag` before its extension
 */
char *habla_output_file_name (const char *path, const char *tag);

/**
 * habla_output_file_name_partial:
 * @path: path of a file
 *
 * Returns: (transfer full) (nullable): the path that the file has until it is complete, beside the
 *   target of @path if that is a symbolic link; %NULL if @path is a device, a pipe or a folder
 */
char *habla_output_file_name_partial (const char *path);

G_END_DECLS
