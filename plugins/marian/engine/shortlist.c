/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layout of the file, in little-endian byte order (Marian, src/data/shortlist.h):
 *   u64 magic, checksum, number of frequent tokens, number of best tokens, number of offsets,
 *   number of tokens; offsets (u64) into the tokens; tokens (u32). */
#include "shortlist.h"

#include <string.h>

#include "marian.h"

#define MAGIC G_GUINT64_CONSTANT (0xF11A48D5013417F5)
#define HEADER 48

struct _MarianShortlist {
  GMappedFile *file;
  guint n_target;
  guint64 n_frequent; /* the tokens 0 to n_frequent - 1 are always selected */
  const guint64 *offsets;
  const guint32 *tokens;
};

static guint64
shortlist_get_word (const guint8 *data, gsize index)
{
  guint64 word;

  memcpy (&word, data + index * sizeof word, sizeof word);
  return GUINT64_FROM_LE (word);
}

/* The last four bytes are not part of it if the size of the file is not a multiple of eight. */
static guint64
shortlist_compute_checksum (const guint8 *data, gsize length)
{
  guint64 checksum = 0;

  for (gsize i = 2; i < length / sizeof (guint64); i++)
    checksum ^= shortlist_get_word (data, i) + 0x9e3779b9 + (checksum << 6) + (checksum >> 2);
  return checksum;
}

static gboolean
shortlist_parse (MarianShortlist *self, guint n_source)
{
  const guint8 *data = (const guint8 *) g_mapped_file_get_contents (self->file);
  gsize length = g_mapped_file_get_length (self->file);
  guint64 n_offsets, n_tokens;

  if (G_BYTE_ORDER != G_LITTLE_ENDIAN || length < HEADER || shortlist_get_word (data, 0) != MAGIC)
    return FALSE;
  self->n_frequent = shortlist_get_word (data, 2);
  n_offsets = shortlist_get_word (data, 4);
  n_tokens = shortlist_get_word (data, 5);
  if (n_offsets != (guint64) n_source + 1 || self->n_frequent > self->n_target ||
      n_tokens > length || length != HEADER + n_offsets * 8 + n_tokens * 4)
    return FALSE;
  self->offsets = (const guint64 *) (data + HEADER);
  self->tokens = (const guint32 *) (data + HEADER + n_offsets * 8);
  if (self->offsets[0] != 0 || self->offsets[n_source] != n_tokens)
    return FALSE;
  for (guint i = 0; i < n_source; i++)
    if (self->offsets[i] > self->offsets[i + 1])
      return FALSE;
  for (guint64 i = 0; i < n_tokens; i++)
    if (self->tokens[i] >= self->n_target)
      return FALSE;
  return shortlist_compute_checksum (data, length) == shortlist_get_word (data, 1);
}

MarianShortlist *
marian_shortlist_new (const char *path, guint n_source, guint n_target, GError **error)
{
  g_autoptr (MarianShortlist) self = g_new0 (MarianShortlist, 1);

  self->n_target = n_target;
  self->file = g_mapped_file_new (path, FALSE, error);
  if (self->file == NULL)
    return NULL;
  if (!shortlist_parse (self, n_source)) {
    g_autofree char *name = g_path_get_basename (path);

    g_set_error (error, MARIAN_ERROR, MARIAN_ERROR_MODEL,
        "%s: damaged, or not the shortlist of this model; install the model again", name);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
marian_shortlist_free (MarianShortlist *self)
{
  g_clear_pointer (&self->file, g_mapped_file_unref);
  g_free (self);
}

/* A bit for each token of the target language. */
typedef struct {
  guint64 *words;
  guint n_tokens;
} Selection;

static inline gboolean
selection_has (const Selection *self, guint32 token)
{
  return (self->words[token / 64] >> (token % 64)) & 1;
}

static inline void
selection_add (Selection *self, guint32 token)
{
  self->words[token / 64] |= G_GUINT64_CONSTANT (1) << (token % 64);
}

/* Returns: (transfer full) (element-type guint32): the tokens, in order */
static GArray *
selection_list (const Selection *self)
{
  GArray *tokens = g_array_sized_new (FALSE, FALSE, sizeof (guint32), 512);

  for (guint i = 0; i <= self->n_tokens / 64; i++)
    for (guint64 word = self->words[i]; word != 0; word &= word - 1) {
      guint32 token = i * 64 + __builtin_ctzll (word);

      g_array_append_val (tokens, token);
    }
  return tokens;
}

static guint
selection_count (const Selection *self)
{
  guint n = 0;

  for (guint i = 0; i <= self->n_tokens / 64; i++)
    n += __builtin_popcountll (self->words[i]);
  return n;
}

GArray *
marian_shortlist_select (
    MarianShortlist *self, const guint32 *tokens, gsize n_tokens, gboolean shared)
{
  g_autofree guint64 *words = g_new0 (guint64, self->n_target / 64 + 1);
  Selection selection = { words, self->n_target };
  guint n;

  for (guint32 i = 0; i < self->n_frequent; i++)
    selection_add (&selection, i);
  for (gsize i = 0; i < n_tokens; i++) {
    if (shared && tokens[i] < self->n_target)
      selection_add (&selection, tokens[i]);
    for (guint64 j = self->offsets[tokens[i]]; j < self->offsets[tokens[i] + 1]; j++)
      selection_add (&selection, self->tokens[j]);
  }
  n = selection_count (&selection);
  for (guint32 i = self->n_frequent; n % 8 != 0 && i < self->n_target; i++) {
    n += !selection_has (&selection, i);
    selection_add (&selection, i);
  }
  return selection_list (&selection);
}
