/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/output/caption-file.h>

#include <habla/utterance.h>

G_BEGIN_DECLS

/**
 * HablaCaptionSet:
 *
 * Divides the utterances of a run into captions, and writes them to the files of all languages. The
 * transcript and the translations of an utterance are divided at the same places and times, so an
 * utterance is written when all of them are there. Utterances from a subtitle file get its cues and
 * are written at once. Main thread only.
 */
typedef struct _HablaCaptionSet HablaCaptionSet;

/**
 * habla_caption_set_new:
 * @layout: what captions of speech are like
 * @max_wait: how long an utterance may wait for its translations, in milliseconds
 * @is_speech: whether utterances are divided; %FALSE: they are subtitles and keep their times
 *
 * Returns: (transfer full): a set without files
 */
HablaCaptionSet *habla_caption_set_new (
    const HablaCaptionLayout *layout, guint max_wait, gboolean is_speech);

/**
 * habla_caption_set_free:
 * @self: (transfer full): a set. Utterances that wait are dropped
 */
void habla_caption_set_free (HablaCaptionSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaCaptionSet, habla_caption_set_free)

/**
 * habla_caption_set_add_file:
 * @self: a set without captions
 * @file: (unowned): the file of a language, which lives as long as @self
 */
void habla_caption_set_add_file (HablaCaptionSet *self, HablaCaptionFile *file);

/**
 * habla_caption_set_add:
 * @self: a set
 * @language: language of the captionsink that has sent @utterance
 * @utterance: a final utterance; without times it follows the one before; ignored if it has no text
 *   or there is no file for @language
 * @error: return location for a %HABLA_EXIT_ERROR, also of an utterance that waited
 *
 * Returns: %FALSE on error
 */
gboolean habla_caption_set_add (
    HablaCaptionSet *self, const char *language, const HablaUtterance *utterance, GError **error);

/**
 * habla_caption_set_flush:
 * @self: a set
 * @error: return location for a %HABLA_EXIT_ERROR, also of an utterance that waited
 *
 * Writes all utterances that wait.
 *
 * Returns: %FALSE on error
 */
gboolean habla_caption_set_flush (HablaCaptionSet *self, GError **error);

G_END_DECLS
