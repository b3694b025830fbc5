/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaWordErrorRate:
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
} HablaWordErrorRate;

HablaWordErrorRate habla_word_error_rate_compare (const char *said, const char *recognised);
void habla_word_error_rate_add (HablaWordErrorRate *self, const HablaWordErrorRate *other);
guint habla_word_error_rate_count_errors (const HablaWordErrorRate *self);
double habla_word_error_rate_get_rate (const HablaWordErrorRate *self);

G_END_DECLS
