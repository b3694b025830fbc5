/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <models/installer.h>

G_BEGIN_DECLS

/* Helpers of the tests that install models. */

/**
 * models_test_make_archive:
 * @filter: (nullable): name of a libarchive filter, for example "bzip2"; %NULL = none
 * @...: pairs of a path and the contents of that file, then %NULL. A path that ends with "@" is
 *   a symbolic link to its contents, one that ends with "#" a hard link
 *
 * Returns: (transfer full): a tar archive
 */
GBytes *models_test_make_archive (const char *filter, ...) G_GNUC_NULL_TERMINATED;

/* Returns: (transfer full): @data, compressed with gzip */
GBytes *models_test_gzip (GBytes *data);

/* Returns: (transfer full): @size bytes that do not compress, the same ones each time */
GBytes *models_test_make_noise (gsize size);

/**
 * models_test_make_model:
 * @id: its name
 * @kind: of its only source
 * @url: of its only source
 * @data: (nullable): what is published there, for its size and hash
 *
 * Returns: (transfer full): a transcriber with the file "model.onnx"
 */
HablaAvailableModel *models_test_make_model (
    const char *id, HablaModelSourceKind kind, const char *url, GBytes *data);

/**
 * models_test_install:
 * @model: what to install
 * @options: (nullable): how
 * @warning: (out) (nullable): as for habla_install_finish()
 * @error: as for habla_install_finish()
 *
 * Runs the main loop until the model is installed.
 *
 * Returns: (transfer full) (nullable): the model
 */
HablaModel *models_test_install (
    HablaAvailableModel *model, const HablaInstallOptions *options, char **warning, GError **error);

/* Like models_test_install(), from the disk. */
HablaModel *models_test_import (
    const char *path, GPtrArray *models, const HablaInstallOptions *options, GError **error);

/* Writes a file; makes its folder. */
void models_test_write (const char *path, GBytes *data);

/* Returns: (transfer full): the names in a folder, sorted, separated by spaces */
char *models_test_list (const char *folder);

/* Sets HABLA_MODELS_PATH to a new empty folder. Returns: (transfer full): the folder */
char *models_test_use_new_folder (void);

/* Writes an executable script. Returns: (transfer full): its path */
char *models_test_make_script (const char *name, const char *text);

G_END_DECLS
