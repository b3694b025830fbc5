/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/*
 * Models of engines. A model is a folder with a description, `model.ini`, a #GKeyFile:
 *
 * |[
 * [Model]
 * Id=whisper-tiny.en
 * Engine=sherpa
 * Job=transcriber
 * Architecture=whisper
 * Languages=en
 * Quality=40
 * License=MIT
 *
 * [Files]
 * Encoder=tiny.en-encoder.int8.onnx
 * Decoder=tiny.en-decoder.int8.onnx
 * Tokens=tiny.en-tokens.txt
 *
 * [Sizes]
 * Encoder=12937240
 *
 * [Settings]
 * Voice=en-us
 * ]|
 *
 * `Id`, `Engine`, `Job` and `Architecture` are required. `Languages` has BCP 47 codes, separated
 * by semicolons, or pairs such as `en>es` for a translator; a model for every language has none.
 * `[Files]` names files or folders by their role, relative to the folder of the model; they must
 * exist and be inside of it. `[Sizes]` has the sizes of these files in bytes; a model with a file
 * of another size is unusable. `[Settings]` is for the engine. `Unusable=REASON` in `[Model]` marks
 * a model that failed its check.
 *
 * Installed models are subfolders of, in this order, `$XDG_DATA_HOME/habla/models`,
 * `/var/lib/habla/models` and `/usr/share/habla/models`. The environment variable
 * `HABLA_MODELS_PATH`, a list of folders separated by colons, replaces these three; an empty entry
 * stands for them. A model hides those with the same id in later folders.
 */

#define HABLA_TYPE_MODEL (habla_model_get_type ())

/* Name of the description in the folder of a model. */
#define HABLA_MODEL_DESCRIPTION "model.ini"

/* Upper bound of the size of a description, in bytes. */
#define HABLA_MODEL_MAX_DESCRIPTION 65536

/* Values of habla_model_get_job() that Habla's own engines use. */
#define HABLA_MODEL_JOB_TRANSCRIBER "transcriber"
#define HABLA_MODEL_JOB_SYNTHESIZER "synthesizer"
#define HABLA_MODEL_JOB_TRANSLATOR "translator"
#define HABLA_MODEL_JOB_VOICE_ACTIVITY "voice-activity"

/**
 * HablaModel:
 *
 * The description of one model, immutable and reference counted. May be used in any thread.
 */
typedef struct _HablaModel HablaModel;

/**
 * habla_model_get_type:
 *
 * Returns: the boxed type of #HablaModel
 */
HABLA_API GType habla_model_get_type (void);

/**
 * habla_model_load:
 * @folder: the folder of a model
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED, if the description or one of its files
 *   is missing, or a %HABLA_ERROR_INPUT, if the description is malformed, larger than
 *   %HABLA_MODEL_MAX_DESCRIPTION or names a file outside of @folder
 *
 * Reads the description of a model. Also returns models that are marked as unusable.
 *
 * Returns: (transfer full) (nullable): the model
 */
HABLA_API HablaModel *habla_model_load (const char *folder, GError **error);

/**
 * habla_model_ref:
 * @self: a model
 *
 * Returns: (transfer full): @self
 */
HABLA_API HablaModel *habla_model_ref (HablaModel *self);

/**
 * habla_model_unref:
 * @self: (transfer full): a model
 */
HABLA_API void habla_model_unref (HablaModel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaModel, habla_model_unref)

/**
 * habla_model_get_id:
 * @self: a model
 *
 * Returns: (transfer none): its name, unique within a folder of models: ASCII letters, digits and
 *   "._+-", at most 128
 */
HABLA_API const char *habla_model_get_id (HablaModel *self);

/**
 * habla_model_get_path:
 * @self: a model
 *
 * Returns: (transfer none) (type filename): the absolute path of its folder
 */
HABLA_API const char *habla_model_get_path (HablaModel *self);

/**
 * habla_model_get_engine:
 * @self: a model
 *
 * Returns: (transfer none): the engine that runs it, for example "sherpa"
 */
HABLA_API const char *habla_model_get_engine (HablaModel *self);

/**
 * habla_model_get_job:
 * @self: a model
 *
 * Returns: (transfer none): what it does, for example %HABLA_MODEL_JOB_TRANSCRIBER
 */
HABLA_API const char *habla_model_get_job (HablaModel *self);

/**
 * habla_model_get_architecture:
 * @self: a model
 *
 * Returns: (transfer none): its kind, by which the engine knows how to load it, for example
 *   "whisper"
 */
HABLA_API const char *habla_model_get_architecture (HablaModel *self);

/**
 * habla_model_get_languages:
 * @self: a model
 *
 * Returns: (transfer none) (array zero-terminated=1): normalized BCP 47 codes, for a translator
 *   pairs such as "en>es"; empty if the model does not depend on a language
 */
HABLA_API const char *const *habla_model_get_languages (HablaModel *self);

/**
 * habla_model_get_quality:
 * @self: a model
 *
 * Returns: 0 to 100; the greatest decides between installed models for one language
 */
HABLA_API guint habla_model_get_quality (HablaModel *self);

/**
 * habla_model_get_license:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): an SPDX expression or a short text
 */
HABLA_API const char *habla_model_get_license (HablaModel *self);

/**
 * habla_model_get_unusable:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): why its check failed; %NULL if it is usable
 */
HABLA_API const char *habla_model_get_unusable (HablaModel *self);

/**
 * habla_model_get_file:
 * @self: a model
 * @role: a key of the group `Files`, for example "Encoder"
 *
 * Returns: (transfer none) (nullable) (type filename): the absolute path of the file or folder,
 *   without symbolic links; %NULL if the model has none for @role
 */
HABLA_API const char *habla_model_get_file (HablaModel *self, const char *role);

/**
 * habla_model_get_roles:
 * @self: a model
 *
 * Returns: (transfer container) (array zero-terminated=1): the keys of the group `Files`, in the
 *   order of the description; free with g_free()
 */
HABLA_API const char **habla_model_get_roles (HablaModel *self);

/**
 * habla_model_get_setting:
 * @self: a model
 * @name: a key of the group `Settings`
 *
 * Returns: (transfer none) (nullable): its value
 */
HABLA_API const char *habla_model_get_setting (HablaModel *self, const char *name);

/**
 * habla_model_supports_language:
 * @self: a model
 * @language: a BCP 47 code, or a pair such as "en>es"
 *
 * A model for a language supports its varieties ("en" supports "en-US"), and a model for a variety
 * supports the language.
 *
 * Returns: whether the model can be used for @language; %TRUE if it does not depend on a language
 */
HABLA_API gboolean habla_model_supports_language (HablaModel *self, const char *language);

/**
 * habla_model_get_search_path:
 *
 * Returns: (transfer full) (array zero-terminated=1) (element-type filename): the folders that
 *   contain installed models, the first one first; they need not exist
 */
HABLA_API char **habla_model_get_search_path (void);

/**
 * habla_model_list_installed:
 * @engine: (nullable): only models of this engine
 * @job: (nullable): only models for this job
 *
 * Lists the usable models in the search path, the greatest quality first. Reads the descriptions
 * again each time, so that newly installed models are found; a damaged one is logged at debug level
 * and skipped. At most 512 folders of each part of the search path are read.
 *
 * Returns: (transfer container) (element-type HablaModel): the models; may be empty
 */
HABLA_API GPtrArray *habla_model_list_installed (const char *engine, const char *job);

/**
 * habla_model_list_for_language:
 * @engine: (nullable): only models of this engine
 * @job: the job
 * @language: (nullable): a BCP 47 code, or a pair such as "en>es"; %NULL = any
 *
 * Lists the usable models for a language, in the order in which habla_model_find_installed() would
 * choose them.
 *
 * Returns: (transfer container) (element-type HablaModel): the models; may be empty
 */
HABLA_API GPtrArray *habla_model_list_for_language (
    const char *engine, const char *job, const char *language);

/**
 * HablaModelLoadFunc:
 * @model: a model
 * @data: of habla_model_load_first()
 * @error: return location for an error that names the problem
 *
 * Loads a model. After a failure nothing of it may remain.
 *
 * Returns: whether the model works
 */
typedef gboolean (*HablaModelLoadFunc) (HablaModel *model, gpointer data, GError **error);

/**
 * habla_model_load_first:
 * @models: (element-type HablaModel): one or more models, the best first
 * @load: (scope call): loads one of them
 * @data: passed to @load
 * @warning: (out) (nullable) (transfer full): a sentence which names the best model and what to do,
 * if another one is used
 * @error: return location for the error of the best model, if none works
 *
 * Loads the best model that works, so that a damaged one does not disable its language. A
 * %HABLA_ERROR_LANGUAGE is no damage; no further model is tried then.
 *
 * Returns: whether a model is loaded
 */
HABLA_API gboolean habla_model_load_first (
    GPtrArray *models, HablaModelLoadFunc load, gpointer data, char **warning, GError **error);

/**
 * habla_model_find_installed:
 * @engine: (nullable): only models of this engine
 * @job: the job
 * @language: (nullable): a BCP 47 code, or a pair such as "en>es"; %NULL = any
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED that names the command which installs
 *   such a model
 *
 * Chooses the installed model for a language. For "es-MX" one for "es-MX" is better than one for
 * "es"; otherwise the quality decides.
 *
 * Returns: (transfer full) (nullable): the model
 */
HABLA_API HablaModel *habla_model_find_installed (
    const char *engine, const char *job, const char *language, GError **error);

/**
 * habla_model_find_by_name:
 * @name_or_folder: the id of an installed model, or the path of the folder of any model, which
 *   contains a slash
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED or a %HABLA_ERROR_INPUT
 *
 * A model that is marked as unusable is found by its folder only.
 *
 * Returns: (transfer full) (nullable): the model
 */
HABLA_API HablaModel *habla_model_find_by_name (const char *name_or_folder, GError **error);

G_END_DECLS
