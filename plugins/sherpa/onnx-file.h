/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaOnnxFile:
 *
 * The outline of a file of ONNX or of ONNX Runtime (`.ort`): its metadata, inputs and outputs.
 * sherpa-onnx ends the process on many damaged files, so they are checked before it reads them.
 * Immutable.
 */
typedef struct _HablaOnnxFile HablaOnnxFile;

/**
 * habla_onnx_file_open:
 * @path: path of a file; may be hostile
 * @error: return location for a %HABLA_ERROR_INPUT or %HABLA_ERROR_NOT_INSTALLED, which names
 *   @path
 *
 * Reads the outline, and checks that all messages of the file end where they should, that it has a
 * graph, and that ONNX Runtime supports its version. Reads only the heads of weights.
 *
 * Returns: (transfer full) (nullable): the outline
 */
HablaOnnxFile *habla_onnx_file_open (const char *path, GError **error);

/**
 * habla_onnx_file_free:
 * @self: (transfer full): an outline
 */
void habla_onnx_file_free (HablaOnnxFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaOnnxFile, habla_onnx_file_free)

/**
 * habla_onnx_file_get_metadata:
 * @self: an outline
 * @key: a key
 *
 * Returns: (nullable): the value of @key in the metadata
 */
const char *habla_onnx_file_get_metadata (const HablaOnnxFile *self, const char *key);

/**
 * habla_onnx_file_get_inputs:
 * @self: an outline
 *
 * Returns: names of the inputs of the graph, in order; empty for `.ort`
 */
const char *const *habla_onnx_file_get_inputs (const HablaOnnxFile *self);

/**
 * habla_onnx_file_get_outputs:
 * @self: an outline
 *
 * Returns: names of the outputs of the graph, in order; empty for `.ort`
 */
const char *const *habla_onnx_file_get_outputs (const HablaOnnxFile *self);

/**
 * habla_onnx_file_get_n_symbols:
 * @self: an outline
 *
 * Returns: number of symbols that a voice of VITS knows, of which a greater one ends the process; 0
 *   if this is no such voice
 */
guint habla_onnx_file_get_n_symbols (const HablaOnnxFile *self);

G_END_DECLS
