/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaWordErrorRate:
 * @words: number of words in the reference transcript
 * @substitutions: words that were recognised as other words
 * @deletions: words that were not recognised
 * @insertions: words that were recognised but not spoken
 *
 * Errors of a recognised text, from the alignment of words with the fewest errors. Case and
 * punctuation are ignored.
 */
typedef struct {
  guint words;
  guint substitutions;
  guint deletions;
  guint insertions;
} HablaWordErrorRate;

/**
 * habla_word_error_rate_compare:
 * @reference: the spoken text
 * @recognised: the recognised text
 *
 * The time is proportional to the product of both lengths.
 *
 * Returns: the errors in @recognised
 */
HablaWordErrorRate habla_word_error_rate_compare (const char *reference, const char *recognised);

/**
 * habla_word_error_rate_add:
 * @self: a sum
 * @other: added to @self
 */
void habla_word_error_rate_add (HablaWordErrorRate *self, const HablaWordErrorRate *other);

/**
 * habla_word_error_rate_count_errors:
 * @self: errors
 *
 * Returns: the number of errors of all kinds
 */
guint habla_word_error_rate_count_errors (const HablaWordErrorRate *self);

/**
 * habla_word_error_rate_get_rate:
 * @self: errors
 *
 * Returns: errors per word of the reference; can exceed 1.0; 0.0 if the reference is empty
 */
double habla_word_error_rate_get_rate (const HablaWordErrorRate *self);

G_END_DECLS
