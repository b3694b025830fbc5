/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaWer:
 * @words: of what was really said
 * @substitutions: words in the place of others
 * @deletions: words that were not recognised
 * @insertions: words that nobody said
 *
 * How a recognised text differs from what was said, by the alignment of words with the fewest
 * errors. Case and punctuation are no errors.
 */
typedef struct {
  guint words;
  guint substitutions;
  guint deletions;
  guint insertions;
} HablaWer;

HablaWer habla_wer_compare (const char *said, const char *recognised);
void habla_wer_add (HablaWer *self, const HablaWer *other);
guint habla_wer_count_errors (const HablaWer *self);
double habla_wer_get_rate (const HablaWer *self);

G_END_DECLS
