/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/utterance.h>
#include <util/caption-layout.h>

G_BEGIN_DECLS

/**
 * habla_caption_layouts_divide:
 * @utterances: (element-type HablaUtterance): an utterance and its translations, with times and
 *   text
 * @layout: what captions are like
 *
 * Divides the original text into captions, and the translations at the same places. If a part of a
 * translation is too long for a caption, all are divided into more of them.
 *
 * Returns: (transfer full) (element-type GPtrArray): for each of @utterances its captions, as
 *   #HablaCaptionCue; all have as many, at the same times. They are shown for as long
 *   as the layout says, the last one as if nothing followed
 */
GPtrArray *habla_caption_layouts_divide (GPtrArray *utterances, const HablaCaptionLayout *layout);

/**
 * habla_caption_layouts_split_cues:
 * @utterance: a transcript or translation of a subtitle file, with cues
 * @layout: what captions are like
 *
 * Returns: (transfer full): the text of each cue, with its line breaks
 */
GStrv habla_caption_layouts_split_cues (
    const HablaUtterance *utterance, const HablaCaptionLayout *layout);

/**
 * habla_caption_layouts_is_blank:
 * @utterance: an utterance
 *
 * Returns: whether its text is empty or only white space
 */
gboolean habla_caption_layouts_is_blank (const HablaUtterance *utterance);

G_END_DECLS
