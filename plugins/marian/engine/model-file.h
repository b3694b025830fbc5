/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MarianModelFile:
 *
 * A file of Marian's binary format, version 1, mapped into memory and checked: no tensor reaches
 * beyond the file. Immutable; any thread may use it.
 */
typedef struct _MarianModelFile MarianModelFile;

/**
 * MarianTensor:
 * @rows: number of rows; for a matrix of weights, its number of outputs
 * @columns: number of columns; for a matrix of weights, its number of inputs
 * @floats: (nullable): the elements of a tensor of floats
 * @bytes: (nullable): the elements of a tensor of 8-bit integers
 * @multiplier: of a tensor of integers: an integer is its real value times @multiplier
 *
 * A tensor of a file, row by row. A row of a matrix of weights, or of embeddings, is contiguous.
 */
typedef struct {
  guint rows;
  guint columns;
  const float *floats;
  const gint8 *bytes;
  float multiplier;
} MarianTensor;

/**
 * marian_model_file_new:
 * @path: path of a model, for example "model.enpt.intgemm.alphas.bin"
 * @error: return location for a #GFileError, or a %MARIAN_ERROR_MODEL for a damaged file or one in
 *   an unknown format
 *
 * Returns: (transfer full) (nullable): the file
 */
MarianModelFile *marian_model_file_new (const char *path, GError **error);

/**
 * marian_model_file_free:
 * @self: (transfer full): a file
 */
void marian_model_file_free (MarianModelFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MarianModelFile, marian_model_file_free)

/**
 * marian_model_file_has:
 * @self: a file
 * @name: name of a tensor
 *
 * Returns: whether the file contains the tensor
 */
gboolean marian_model_file_has (MarianModelFile *self, const char *name);

/**
 * marian_model_file_get_floats:
 * @self: a file
 * @name: name of a tensor of floats
 * @n: its number of elements
 * @error: (inout): an error of an earlier call, which makes this one do nothing; or return
 *   location for a %MARIAN_ERROR_MODEL
 *
 * Returns: (transfer none) (nullable): the elements
 */
const float *marian_model_file_get_floats (
    MarianModelFile *self, const char *name, guint n, GError **error);

/**
 * marian_model_file_get_integers:
 * @self: a file
 * @name: name of a tensor of 8-bit integers
 * @rows: its number of rows (outputs), or 0 for any
 * @columns: its number of columns (inputs)
 * @tensor: (out caller-allocates): the tensor; empty on failure
 * @error: as in marian_model_file_get_floats()
 *
 * Returns: whether @tensor is set
 */
gboolean marian_model_file_get_integers (MarianModelFile *self, const char *name, guint rows,
    guint columns, MarianTensor *tensor, GError **error);

/**
 * marian_model_file_release:
 * @self: a file
 * @tensor: a tensor of integers of @self
 *
 * Gives the memory of a tensor back to the system, because it is not needed soon. It is read from
 * the file again when it is used.
 */
void marian_model_file_release (MarianModelFile *self, const MarianTensor *tensor);

/**
 * marian_model_file_get_scalar:
 * @self: a file
 * @name: name of a tensor with one element
 * @fallback: value if there is no such tensor
 *
 * Returns: the value
 */
float marian_model_file_get_scalar (MarianModelFile *self, const char *name, float fallback);

/**
 * marian_model_file_dup_config:
 * @self: a file
 *
 * Returns: (transfer full) (nullable): the configuration of the network, as YAML in valid UTF-8
 */
char *marian_model_file_dup_config (MarianModelFile *self);

G_END_DECLS
