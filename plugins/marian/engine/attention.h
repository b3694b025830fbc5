/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "scratch.h"

G_BEGIN_DECLS

/**
 * MarianMemory:
 * @keys: keys, transposed for each head: element (head, column, token)
 * @values: rows of values, one for each token
 * @weights: weights of some rows of queries, @stride for each
 * @n_tokens: number of tokens
 * @stride: number of tokens for which @keys has room, a multiple of 16
 * @n_heads: number of heads
 * @n_columns: length of a row, over all heads
 *
 * What attention looks at.
 */
typedef struct {
  float *keys;
  float *values;
  float *weights;
  gsize n_tokens;
  gsize stride;
  gsize n_heads;
  gsize n_columns;
} MarianMemory;

/**
 * marian_memory_init:
 * @self: a memory with @n_tokens, @n_heads and @n_columns
 * @scratch: memory for the other fields
 */
void marian_memory_init (MarianMemory *self, MarianScratch *scratch);

/**
 * marian_memory_set_keys:
 * @self: a memory
 * @keys: rows of keys, one for each token
 */
void marian_memory_set_keys (MarianMemory *self, const float *keys);

/**
 * marian_attend:
 * @memory: keys and values; on return after a single row of queries, its @weights begin with those
 *   of the first head
 * @queries: rows of queries
 * @n_rows: their number
 * @output: (out caller-allocates): as many rows
 */
void marian_attend (const MarianMemory *memory, const float *queries, gsize n_rows, float *output);

G_END_DECLS
