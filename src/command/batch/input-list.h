/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/batch/finished-files.h>

G_BEGIN_DECLS

/**
 * habla_input_list_new:
 * @arguments: (nullable): paths of files and folders, URIs, and "-", as the user named them
 * @finished: the files that are outputs of earlier runs
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Replaces each folder by the recordings and subtitles in it, and then those in its folders, in the
 * order of their names. In folders, it skips hidden files, links to folders, files with a partial
 * name, outputs of earlier runs, and files that are named like outputs for a recording beside them:
 * its name and a language, for subtitles also its name only. A file in a folder that is in the list
 * already is not added again.
 *
 * Returns: (transfer full) (element-type filename) (nullable): paths, URIs and "-"; %NULL if a
 * folder cannot be read or has too many files
 */
GPtrArray *habla_input_list_new (
    char **arguments, const HablaFinishedFiles *finished, GError **error);

G_END_DECLS
