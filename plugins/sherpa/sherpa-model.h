/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "architectures.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaSherpaModel:
 *
 * A model for sherpa-onnx: a folder of Habla, with a description, or one that was unpacked as its
 * publisher distributes it, whose architecture and files are detected. Its files were checked as
 * far as possible without loading them. Immutable, for any thread.
 */
typedef struct _HablaSherpaModel HablaSherpaModel;

/**
 * habla_sherpa_model_open:
 * @folder: path of a folder; may be hostile
 * @job: what the model must be able to do, for example %HABLA_MODEL_JOB_TRANSCRIBER
 * @error: return location for a #HablaError, which names the file and what to do
 *
 * Checks the model of @folder: that all files exist, that they are complete, and that their
 * metadata has what sherpa-onnx requires. sherpa-onnx ends the process otherwise. Damage within
 * the weights is not found.
 *
 * Returns: (transfer full) (nullable): the model
 */
HablaSherpaModel *habla_sherpa_model_open (const char *folder, const char *job, GError **error);

/**
 * habla_sherpa_model_ref:
 * @self: a model
 *
 * Returns: (transfer full): @self
 */
HablaSherpaModel *habla_sherpa_model_ref (HablaSherpaModel *self);

/**
 * habla_sherpa_model_unref:
 * @self: (transfer full): a model
 */
void habla_sherpa_model_unref (HablaSherpaModel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSherpaModel, habla_sherpa_model_unref)

/**
 * habla_sherpa_model_get_folder:
 * @self: a model
 *
 * Returns: the absolute path of its folder
 */
const char *habla_sherpa_model_get_folder (const HablaSherpaModel *self);

/**
 * habla_sherpa_model_get_key:
 * @self: a model
 *
 * Returns: a text that is the same for all that opened this version of the model: a model that is
 *   updated in its folder has another one
 */
const char *habla_sherpa_model_get_key (const HablaSherpaModel *self);

/**
 * habla_sherpa_model_get_architecture:
 * @self: a model
 *
 * Returns: the name of its architecture, for example "whisper"
 */
const char *habla_sherpa_model_get_architecture (const HablaSherpaModel *self);

/**
 * habla_sherpa_model_is_streaming:
 * @self: a transcriber
 *
 * Returns: whether it recognises speech as it comes, and not in segments
 */
gboolean habla_sherpa_model_is_streaming (const HablaSherpaModel *self);

/**
 * habla_sherpa_model_get_file:
 * @self: a model
 * @role: role of a file, for example "Encoder"
 *
 * Returns: (nullable): its absolute path
 */
const char *habla_sherpa_model_get_file (const HablaSherpaModel *self, const char *role);

/**
 * habla_sherpa_model_get_metadata:
 * @self: a model
 * @key: a key
 *
 * Returns: (nullable): the value of @key in the metadata of the file that describes the model
 */
const char *habla_sherpa_model_get_metadata (const HablaSherpaModel *self, const char *key);

/**
 * habla_sherpa_model_get_n_symbols:
 * @self: a voice
 *
 * Returns: see habla_onnx_file_get_n_symbols()
 */
guint habla_sherpa_model_get_n_symbols (const HablaSherpaModel *self);

/**
 * habla_sherpa_model_get_languages:
 * @self: a model
 *
 * Returns: BCP 47 codes of its languages; empty if unknown
 */
const char *const *habla_sherpa_model_get_languages (const HablaSherpaModel *self);

G_END_DECLS
