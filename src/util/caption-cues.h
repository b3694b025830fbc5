/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Columns of a line. A character that takes two columns, as in Chinese, counts twice. */
#define HABLA_CAPTION_MAX_COLUMNS 42
/* Lines of a cue. */
#define HABLA_CAPTION_MAX_LINES 2
/* Minimum duration of a cue, if the speech is not shorter; in milliseconds. */
#define HABLA_CAPTION_MIN_DURATION 1000

/**
 * HablaCaptionCue:
 * @begin: in milliseconds
 * @end: in milliseconds; after @begin
 * @lines: (array zero-terminated=1): the lines, without blanks at the ends; at least one
 *
 * What subtitles show at one time.
 */
typedef struct {
  gint64 begin;
  gint64 end;
  GStrv lines;
} HablaCaptionCue;

/**
 * habla_caption_cues_new:
 * @text: UTF-8
 * @begin: when its speech begins, in milliseconds
 * @end: when its speech ends, in milliseconds
 *
 * Splits the text of an utterance into cues of at most %HABLA_CAPTION_MAX_LINES lines of at most
 * %HABLA_CAPTION_MAX_COLUMNS; only a longer word is a longer line. Cues end at the ends of
 * sentences or clauses where possible, and share the time by the lengths of their texts. Lines of
 * @text that fit are kept; otherwise, all white space and control characters count as blanks.
 * Chinese and Japanese break between characters, languages like Thai between syllables.
 *
 * Returns: (transfer full) (element-type HablaCaptionCue): the cues, in order and without overlaps;
 *   empty if @text is blank
 */
GPtrArray *habla_caption_cues_new (const char *text, gint64 begin, gint64 end);

/**
 * habla_caption_cues_new_parallel:
 * @texts: (array zero-terminated=1): a text and its translations
 * @begin: when its speech begins, in milliseconds
 * @end: when its speech ends, in milliseconds
 *
 * Like habla_caption_cues_new(), but each cue has at most one line of each of @texts.
 *
 * Returns: (transfer full) (element-type HablaCaptionCue): the cues; empty if all texts are blank
 */
GPtrArray *habla_caption_cues_new_parallel (const char *const *texts, gint64 begin, gint64 end);

/**
 * habla_caption_cues_time_by_words:
 * @cues: (element-type HablaCaptionCue): the cues of a text
 * @begins: when its words begin, in milliseconds
 * @n_begins: the number of words
 *
 * Lets each cue begin with its first word. No-op if the text does not have as many words between
 * blanks.
 */
void habla_caption_cues_time_by_words (GPtrArray *cues, const gint64 *begins, guint n_begins);

G_END_DECLS
