/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scratch.h"

#define ALIGNMENT 64
#define MIN_BLOCK (256 * 1024)
/* More than this is not kept from one sentence to the next. */
#define MAX_KEPT (1024 * 1024)

typedef struct {
  guint8 *data;
  gsize size;
} Block;

struct _MarianScratch {
  GArray *blocks; /* of Block */
  guint current;  /* the block that has free memory; the next ones are free */
  gsize used;     /* of the current block */
};

static void
block_clear (gpointer data)
{
  g_aligned_free (((Block *) data)->data);
}

MarianScratch *
marian_scratch_new (void)
{
  MarianScratch *self = g_new0 (MarianScratch, 1);

  self->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  g_array_set_clear_func (self->blocks, block_clear);
  return self;
}

void
marian_scratch_free (MarianScratch *self)
{
  g_array_unref (self->blocks);
  g_free (self);
}

static void
scratch_add_block (MarianScratch *self, gsize size)
{
  Block block = { g_aligned_alloc (size, 1, ALIGNMENT), size };

  g_array_append_val (self->blocks, block);
}

gpointer
marian_scratch_alloc (MarianScratch *self, gsize size)
{
  gsize padded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  gpointer memory;

  while (self->current < self->blocks->len &&
         padded > g_array_index (self->blocks, Block, self->current).size - self->used) {
    self->current++;
    self->used = 0;
  }
  if (self->current == self->blocks->len)
    scratch_add_block (self, MAX (padded, MIN_BLOCK));
  memory = g_array_index (self->blocks, Block, self->current).data + self->used;
  self->used += padded;
  return memory;
}

MarianMark
marian_scratch_mark (MarianScratch *self)
{
  return (MarianMark){ self->current, self->used };
}

void
marian_scratch_rewind (MarianScratch *self, MarianMark mark)
{
  self->current = mark.block;
  self->used = mark.used;
}

/* One block takes the place of several. */
void
marian_scratch_reset (MarianScratch *self)
{
  gsize size = 0;

  self->current = 0;
  self->used = 0;
  for (guint i = 0; i < self->blocks->len; i++)
    size += g_array_index (self->blocks, Block, i).size;
  if (self->blocks->len <= 1 && size <= MAX_KEPT)
    return;
  g_array_set_size (self->blocks, 0);
  if (size <= MAX_KEPT)
    scratch_add_block (self, size);
}
