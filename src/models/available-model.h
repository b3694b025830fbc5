/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaModelSourceKind:
 * @HABLA_MODEL_SOURCE_FILE: a file of the model, unchanged
 * @HABLA_MODEL_SOURCE_GZIP: a file of the model, compressed with gzip
 * @HABLA_MODEL_SOURCE_ARCHIVE: an archive that contains files of the model in one folder
 */
typedef enum {
  HABLA_MODEL_SOURCE_FILE,
  HABLA_MODEL_SOURCE_GZIP,
  HABLA_MODEL_SOURCE_ARCHIVE,
} HablaModelSourceKind;

/**
 * HablaModelSource:
 * @kind: the kind of download
 * @url: an `https` address
 * @path: (nullable): of the file in the folder of the model; %NULL for an archive
 * @size: of the download, in bytes; 0 = unknown
 * @unpacked_size: of the file that %HABLA_MODEL_SOURCE_GZIP contains, in bytes; 0 = unknown
 * @hash: (nullable): in hexadecimal, of the download, or of the file that
 *   %HABLA_MODEL_SOURCE_GZIP contains; %NULL = the publisher gives none
 * @hash_type: of @hash
 *
 * One download of a model.
 */
typedef struct {
  HablaModelSourceKind kind;
  char *url;
  char *path;
  guint64 size;
  guint64 unpacked_size;
  char *hash;
  GChecksumType hash_type;
} HablaModelSource;

/**
 * HablaAvailableModel:
 * @id: its name, as in #HablaModel
 * @title: for people, in English
 * @engine: see habla_model_get_engine()
 * @job: see habla_model_get_job()
 * @architecture: see habla_model_get_architecture()
 * @languages: BCP 47 codes, or pairs such as "en>es"; empty if it depends on no language
 * @quality: 0 to 100
 * @license: an SPDX expression or a short text
 * @license_note: (nullable): what the license demands of the user, one sentence
 * @download_size: of all sources, in bytes; may be an estimate
 * @disk_size: of the installed model, in bytes; may be an estimate
 * @memory: that the loaded model needs, in bytes; an estimate
 * @comet: COMET-22 of a translator on the test set FLORES-200, as its publisher has measured it, 0
 *   to 1; 0 = unknown
 * @bleu: BLEU of a translator on the same test set, 0 to 100; 0 = unknown
 * @cpu: that it needs while it works, in percent of one core of 2020; an estimate
 * @needs_voice_activity: whether its engine needs a model for %HABLA_MODEL_JOB_VOICE_ACTIVITY, too
 * @is_piper: whether the files must be prepared as a Piper voice
 * @sources: (element-type HablaModelSource): at least one
 * @files: (element-type utf8 utf8): relative paths by role. The name may contain `*`
 * @settings: (element-type utf8 utf8): for the engine
 *
 * A model that can be installed. Immutable and reference counted.
 */
typedef struct {
  char *id;
  char *title;
  char *engine;
  char *job;
  char *architecture;
  char **languages;
  guint quality;
  char *license;
  char *license_note;
  guint64 download_size;
  guint64 disk_size;
  guint64 memory;
  double comet;
  double bleu;
  guint cpu;
  gboolean needs_voice_activity;
  gboolean is_piper;
  GPtrArray *sources;
  GHashTable *files;
  GHashTable *settings;
} HablaAvailableModel;

/**
 * habla_available_model_new:
 * @id: its name
 *
 * Returns: (transfer full): a model without anything else, to be filled in before it is shared
 */
HablaAvailableModel *habla_available_model_new (const char *id);

/**
 * habla_available_model_ref:
 * @self: a model
 *
 * Returns: (transfer full): @self
 */
HablaAvailableModel *habla_available_model_ref (HablaAvailableModel *self);

/**
 * habla_available_model_unref:
 * @self: (transfer full): a model
 */
void habla_available_model_unref (HablaAvailableModel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaAvailableModel, habla_available_model_unref)

/**
 * habla_available_model_add_source:
 * @self: a model that is not shared yet
 * @kind: the kind of download
 * @url: its address
 * @path: (nullable): the file of the model
 *
 * Returns: (transfer none): the source, for its other fields
 */
HablaModelSource *habla_available_model_add_source (
    HablaAvailableModel *self, HablaModelSourceKind kind, const char *url, const char *path);

/**
 * habla_available_model_check:
 * @self: a model
 * @error: return location for a %HABLA_ERROR_INPUT
 *
 * Checks the limits of #HablaModel, and that no path or address leads elsewhere.
 *
 * Returns: whether @self can be installed
 */
gboolean habla_available_model_check (HablaAvailableModel *self, GError **error);

/**
 * habla_available_model_supports_language:
 * @self: a model
 * @language: a BCP 47 code; or, for a translator, a pair, or one of its two languages
 *
 * Returns: whether the model is for @language or a variety of it; %FALSE if it depends on none
 */
gboolean habla_available_model_supports_language (HablaAvailableModel *self, const char *language);

/**
 * habla_available_model_describe_job:
 * @job: see habla_model_get_job()
 *
 * Returns: (transfer none): a verb for people: "hears", "speaks", "translates", "finds speech", or
 *   @job itself
 */
const char *habla_available_model_describe_job (const char *job);

G_END_DECLS
