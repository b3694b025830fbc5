/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kernel.h"
#include "marian.h"
#include "model-file.h"
#include "scratch.h"

G_BEGIN_DECLS

/**
 * MarianPrecision:
 * @MARIAN_PRECISION_FULL: 15 bits, as two rows of bytes
 * @MARIAN_PRECISION_POSITIVE: 8 bits, for activations that are not negative
 *
 * Precision of the activations of a layer for %MARIAN_ARITHMETIC_AUTO.
 */
typedef enum {
  MARIAN_PRECISION_FULL,
  MARIAN_PRECISION_POSITIVE,
} MarianPrecision;

/**
 * MarianLinear:
 * @weights: the matrix of weights, one row for each output; used in place for
 *   %MARIAN_ARITHMETIC_FLOAT
 * @packed: (nullable): the weights, packed for @kernel
 * @bias: (nullable): one value for each output
 * @sums: (nullable): sum of each row of weights, to correct for an offset of the values
 * @scale: stored multiplier of the activations that enter this layer
 * @arithmetic: how to multiply
 * @precision: of the activations
 * @rectify: whether negative outputs become 0
 * @kernel: the kernel of @arithmetic, unused for %MARIAN_ARITHMETIC_FLOAT
 *
 * A fully connected layer.
 */
typedef struct {
  MarianTensor weights;
  guint8 *packed;
  const float *bias;
  gint32 *sums;
  float scale;
  MarianArithmetic arithmetic;
  MarianPrecision precision;
  gboolean rectify;
  const MarianKernel *kernel;
} MarianLinear;

/**
 * MarianInput:
 * @rows: rows of activations
 * @n_rows: their number
 * @n_columns: length of a row
 * @scratch: memory for the quantised rows
 * @values: private
 * @sums: private
 * @scales: private
 * @scale: private
 * @n_levels: private
 *
 * What enters a layer, or several, which share the quantised rows.
 */
typedef struct {
  const float *rows;
  gsize n_rows;
  gsize n_columns;
  MarianScratch *scratch;
  gint8 *values;  /* quantised rows; NULL until they are needed */
  gint32 *sums;   /* of each row of values */
  float *scales;  /* multiplier of each row; NULL = stored */
  float scale;    /* stored multiplier of all rows */
  gsize n_levels; /* rows of values for one row of activations: 1 or 2 */
} MarianInput;

/**
 * marian_input_init:
 * @self: uninitialised
 * @rows: rows of activations, which must not change while layers are applied
 * @n_rows: their number
 * @n_columns: length of a row, a multiple of 64
 * @scratch: memory for the quantised rows
 */
void marian_input_init (
    MarianInput *self, const float *rows, gsize n_rows, gsize n_columns, MarianScratch *scratch);

/**
 * marian_linear_pack:
 * @self: a layer with @weights and @kernel, not for %MARIAN_ARITHMETIC_FLOAT
 *
 * Packs the weights. Undo with marian_linear_clear().
 */
void marian_linear_pack (MarianLinear *self);

/**
 * marian_linear_clear:
 * @self: a layer
 *
 * Frees the packed weights.
 */
void marian_linear_clear (MarianLinear *self);

/**
 * marian_linear_select:
 * @self: uninitialised
 * @all: a layer that is not packed
 * @rows: outputs of @all
 * @n_rows: their number
 * @scratch: memory for the selection
 *
 * Makes a layer of some outputs of another one. Do not clear it.
 */
void marian_linear_select (MarianLinear *self, const MarianLinear *all, const guint32 *rows,
    gsize n_rows, MarianScratch *scratch);

/**
 * marian_linear_apply:
 * @self: a layer
 * @input: its input
 * @output: (out caller-allocates): as many rows of outputs
 */
void marian_linear_apply (const MarianLinear *self, MarianInput *input, float *output);

G_END_DECLS
