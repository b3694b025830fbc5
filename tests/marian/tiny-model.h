/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <marian.h>

G_BEGIN_DECLS

/**
 * TinyModel:
 * @model: path of the model
 * @vocabulary: path of the vocabulary
 * @shortlist: path of the shortlist
 *
 * The files of a model with random weights, one layer each of encoder and decoder, and 64 tokens:
 * enough for all code of the engine, in 100 kB.
 */
typedef struct {
  char *model;
  char *vocabulary;
  char *shortlist;
} TinyModel;

/**
 * tiny_model_write:
 * @folder: an existing folder
 * @separate: whether source and target have embeddings of their own
 * @model: (out caller-allocates): the files
 *
 * Writes the files. The same each time.
 */
void tiny_model_write (const char *folder, gboolean separate, TinyModel *model);

/**
 * tiny_model_clear:
 * @self: the files
 *
 * Frees the members of @self, not the files.
 */
void tiny_model_clear (TinyModel *self);

G_END_DECLS
