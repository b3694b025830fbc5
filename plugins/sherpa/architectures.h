/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "token-table.h"

#include <habla/model.h>

G_BEGIN_DECLS

/**
 * HablaSherpaRole:
 * @name: role of a file, for example "Encoder"
 * @pattern: name of the file as publishers distribute it, with `*`
 */
typedef struct {
  const char *name;
  const char *pattern;
} HablaSherpaRole;

/**
 * HablaSherpaArchitecture:
 * @name: as in descriptions of models
 * @job: what such models do
 * @streaming: whether a transcriber recognises speech as it comes, and not in segments
 * @roles: its files, all required; the first describes the model
 * @model_types: (nullable): patterns of the metadata `model_type` of the first file, separated by
 *   `|`
 * @present: (nullable): a key that the metadata of the first file must have
 * @absent: (nullable): a key that it must not have
 * @keys: metadata that sherpa-onnx requires, each `ROLE/KEY:TYPE`: `+` a positive number, `0` a
 *   number that may be 0, `v` numbers separated by commas, `f` numbers with fractions, `s` any text
 * @tokens_beyond: number of tokens beyond the metadata `vocab_size` of the first file; -1 if the
 *   token table need not have all
 * @tokens: what else the token table must be
 * @tensors: (nullable): the names that the inputs of the first file may have, `>`, and those of its
 *   outputs, separated by commas; NULL = any
 *
 * One way in which the files of a model make a model. An architecture may have several entries.
 */
typedef struct {
  const char *name;
  const char *job;
  gboolean streaming;
  HablaSherpaRole roles[6];
  const char *model_types;
  const char *present;
  const char *absent;
  const char *keys[20];
  int tokens_beyond;
  HablaTokenTableFlags tokens;
  const char *tensors[3];
} HablaSherpaArchitecture;

/**
 * habla_sherpa_architectures_get:
 * @n_architectures: (out): their number
 *
 * Returns: all architectures; of those that fit a folder, the first is right
 */
const HablaSherpaArchitecture *habla_sherpa_architectures_get (guint *n_architectures);

G_END_DECLS
