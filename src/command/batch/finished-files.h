/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaFinishedFiles:
 *
 * Remembers which outputs are complete, and what they were made from, so that the same command does
 * not make them again. The records are lines of `habla/finished` in the user's state folder
 * ($XDG_STATE_HOME). If that file is lost or cannot be written, outputs are made again.
 */
typedef struct _HablaFinishedFiles HablaFinishedFiles;

/**
 * habla_finished_files_new:
 *
 * Reads the records, and forgets the oldest ones if there are more than 20,000.
 *
 * Returns: (transfer full): the records
 */
HablaFinishedFiles *habla_finished_files_new (void);

/**
 * habla_finished_files_free:
 * @self: (transfer full): the records
 */
void habla_finished_files_free (HablaFinishedFiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaFinishedFiles, habla_finished_files_free)

/**
 * habla_finished_files_describe_input:
 * @path: path of a local file
 * @options: the options that determine the contents of the outputs
 *
 * Returns: (transfer full) (nullable): a checksum of @options, and of name, size and time of the
 *   last change of the file; %NULL if it does not exist
 */
char *habla_finished_files_describe_input (const char *path, const char *options);

/**
 * habla_finished_files_contain:
 * @self: the records
 * @output: path of an output
 * @source: checksum of habla_finished_files_describe_input()
 *
 * Returns: whether @output was made from @source, and exists or is not needed
 */
gboolean habla_finished_files_contain (
    HablaFinishedFiles *self, const char *output, const char *source);

/**
 * habla_finished_files_are_output:
 * @self: the records
 * @path: path of a file
 *
 * Returns: whether @path was written as an output
 */
gboolean habla_finished_files_are_output (const HablaFinishedFiles *self, const char *path);

/**
 * habla_finished_files_add:
 * @self: the records
 * @output: path of a complete output
 * @source: checksum of habla_finished_files_describe_input()
 * @is_written: %FALSE if there was nothing to write, and the output does not exist
 *
 * Writes a record. Another process may write at the same time.
 */
void habla_finished_files_add (
    HablaFinishedFiles *self, const char *output, const char *source, gboolean is_written);

G_END_DECLS
