/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaCaptionBreak:
 * @HABLA_CAPTION_BREAK_SYLLABLE: within a word perhaps, as in Thai, which has no blanks between
 *   words
 * @HABLA_CAPTION_BREAK_TIED: after an article, a preposition or a conjunction, which are read with
 *   the word that follows
 * @HABLA_CAPTION_BREAK_WORD: between words, or Chinese characters
 * @HABLA_CAPTION_BREAK_CLAUSE: after a comma or the like
 * @HABLA_CAPTION_BREAK_SENTENCE: after a sentence, or at the end of the text
 *
 * How good a place is to break a line.
 */
typedef enum {
  HABLA_CAPTION_BREAK_SYLLABLE,
  HABLA_CAPTION_BREAK_TIED,
  HABLA_CAPTION_BREAK_WORD,
  HABLA_CAPTION_BREAK_CLAUSE,
  HABLA_CAPTION_BREAK_SENTENCE,
} HablaCaptionBreak;

/**
 * HablaCaptionSegment:
 * @begin: offset in the text, in bytes
 * @end: offset of its end, without the blank after it, in bytes
 * @column: of its begin, if the text were one line
 * @last_column: of its end
 * @after: what kind of place its end is
 *
 * A part of a text that stays on one line.
 */
typedef struct {
  gsize begin;
  gsize end;
  guint column;
  guint last_column;
  HablaCaptionBreak after;
} HablaCaptionSegment;

/**
 * habla_caption_breaks_find:
 * @text: UTF-8 whose only white space is single blanks between words
 *
 * Finds the places where a line may be broken: at blanks, and where Unicode's line breaking classes
 * (UAX #14) allow it in Chinese and Japanese. Scripts that need a dictionary break before a
 * syllable as it is written: not before marks or vowels that follow a consonant, nor after vowels
 * that precede one.
 *
 * Returns: (transfer full) (element-type HablaCaptionSegment): the segments of @text, in order
 */
GArray *habla_caption_breaks_find (const char *text);

/**
 * habla_caption_count_columns:
 * @text: UTF-8
 *
 * Returns: the width of @text on one line, where wide characters count twice
 */
guint habla_caption_count_columns (const char *text);

G_END_DECLS
