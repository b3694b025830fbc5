/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <util/caption-layout.h>

G_BEGIN_DECLS

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
 * habla_caption_cues_new_for_speech:
 * @speech: an utterance
 * @layout: what its cues are like
 *
 * Like habla_caption_cues_new(), but each cue has the time of its words. Cues end at clauses and
 * pauses where possible, not after articles and prepositions, and take at most seven seconds; see
 * also habla_caption_timing_extend().
 *
 * Returns: (transfer full) (element-type HablaCaptionCue): the cues, in order; empty if the text is
 *   blank
 */
GPtrArray *habla_caption_cues_new_for_speech (
    const HablaCaptionSpeech *speech, const HablaCaptionLayout *layout);

/**
 * habla_caption_cue_free:
 * @self: (transfer full): a cue
 */
void habla_caption_cue_free (HablaCaptionCue *self);

/**
 * habla_caption_break_lines:
 * @text: UTF-8
 * @layout: what lines are like
 *
 * Breaks a text that is shown at one time. A text that is too long for @layout has longer lines,
 * not more of them.
 *
 * Returns: (transfer full): at most @layout's number of lines of about the same length; empty if
 *   @text is blank
 */
GStrv habla_caption_break_lines (const char *text, const HablaCaptionLayout *layout);

/**
 * habla_caption_fits:
 * @text: UTF-8
 * @layout: what lines are like
 *
 * Returns: whether habla_caption_break_lines() needs no longer lines
 */
gboolean habla_caption_fits (const char *text, const HablaCaptionLayout *layout);

G_END_DECLS
