/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MarianScratch:
 *
 * Memory for the activations of one sentence, so that its loops allocate nothing. For one thread at
 * a time.
 */
typedef struct _MarianScratch MarianScratch;

/**
 * marian_scratch_new:
 *
 * Returns: (transfer full): empty scratch memory
 */
MarianScratch *marian_scratch_new (void);

/**
 * marian_scratch_free:
 * @self: (transfer full): scratch memory
 *
 * Also frees everything that was allocated from it.
 */
void marian_scratch_free (MarianScratch *self);

/**
 * marian_scratch_alloc:
 * @self: scratch memory
 * @size: number of bytes
 *
 * Returns: (transfer none): uninitialised memory, aligned to 64 bytes; valid until it is given
 *   back
 */
gpointer marian_scratch_alloc (MarianScratch *self, gsize size);

/* Memory for @n elements of @type. */
#define marian_scratch_new_array(self, type, n) \
  ((type *) marian_scratch_alloc ((self), (gsize) (n) * sizeof (type)))

/**
 * MarianMark:
 * @block: private
 * @used: private
 *
 * A place in scratch memory.
 */
typedef struct {
  guint block;
  gsize used;
} MarianMark;

/**
 * marian_scratch_mark:
 * @self: scratch memory
 *
 * Returns: a mark, to give back what is allocated after it
 */
MarianMark marian_scratch_mark (MarianScratch *self);

/**
 * marian_scratch_rewind:
 * @self: scratch memory
 * @mark: a mark
 *
 * Gives back everything that was allocated after @mark was made, for reuse.
 */
void marian_scratch_rewind (MarianScratch *self, MarianMark mark);

/**
 * marian_scratch_reset:
 * @self: scratch memory
 *
 * Gives back everything that was allocated. Keeps memory for a sentence of the same length, unless
 * that was unusually long.
 */
void marian_scratch_reset (MarianScratch *self);

G_END_DECLS
