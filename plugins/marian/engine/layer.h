/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The parts of the network that multiply no matrices. Activations are rows of floats, one row for
 * each token. The order of floating point operations is that of Mozilla's WebAssembly build, where
 * that is observable: sums in eight lanes, and the same polynomial for exp(). */

/**
 * MarianNorm:
 * @scale: one value for each column
 * @bias: one value for each column
 *
 * A layer normalisation.
 */
typedef struct {
  const float *scale;
  const float *bias;
} MarianNorm;

/**
 * marian_norm_apply:
 * @self: a normalisation
 * @residual: rows that are added to @rows first
 * @rows: (inout): rows, each of which is normalised
 * @n_rows: their number
 * @n_columns: length of a row, a multiple of 16
 */
void marian_norm_apply (
    const MarianNorm *self, const float *residual, float *rows, gsize n_rows, gsize n_columns);

/**
 * marian_ssru_step:
 * @cell: (inout): state of the cell
 * @forget: output of the forget gate, before the sigmoid function
 * @input: input of the cell; on return its output, after the rectifier
 * @n: length of each, a multiple of 16
 *
 * One step of a simpler simple recurrent unit.
 */
void marian_ssru_step (float *cell, const float *forget, float *input, gsize n);

/**
 * marian_embed:
 * @embedding: embedding of a token
 * @unit: value of one
 * @position: added after the multiplication by the root of @n
 * @n: length of each, a multiple of 16
 * @row: (out caller-allocates): the row of activations
 *
 * Computes what enters the first layer.
 */
void marian_embed (const gint8 *embedding, float unit, const float *position, gsize n, float *row);

/**
 * marian_find_greatest:
 * @values: values
 * @n: their number, at least 1
 *
 * Returns: index of the first of the greatest
 */
gsize marian_find_greatest (const float *values, gsize n);

G_END_DECLS
