/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <util/caption-layout.h>

G_BEGIN_DECLS

/**
 * habla_caption_timing_get_times:
 * @speech: an utterance
 * @text: its text with single blanks between words
 * @segments: (element-type HablaCaptionSegment): the segments of @text
 *
 * Finds when each segment is spoken: by its words if @speech has them, otherwise by the lengths of
 * the segments. Words are found by the number of their characters, so that scripts without blanks
 * have times as well.
 *
 * Returns: (transfer full) (element-type HablaCaptionTime): a time for each segment; they ascend
 */
GArray *habla_caption_timing_get_times (
    const HablaCaptionSpeech *speech, const char *text, GArray *segments);

/**
 * habla_caption_timing_extend:
 * @cue: a cue whose times are those of its speech
 * @layout: how long it should be shown
 * @next: when the next cue begins, in milliseconds; %G_MAXINT64 = unknown
 *
 * Shows @cue for longer, into the silence that follows, until it can be read at the rate of
 * @layout; for at least one and at most seven seconds where the next cue allows it. Leaves a gap of
 * %HABLA_CAPTION_MIN_GAP before the next cue, and closes gaps that would flicker.
 */
void habla_caption_timing_extend (
    HablaCaptionCue *cue, const HablaCaptionLayout *layout, gint64 next);

/**
 * habla_caption_cue_count_columns:
 * @self: a cue
 *
 * Returns: columns of all its lines
 */
guint habla_caption_cue_count_columns (const HablaCaptionCue *self);

G_END_DECLS
