/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/cue.h>

G_BEGIN_DECLS

/* Bounds of a group of cues. */
#define HABLA_SUBTITLE_GROUP_CUES 6
#define HABLA_SUBTITLE_GROUP_CHARACTERS 400
#define HABLA_SUBTITLE_GROUP_SECONDS 20
/* Longest silence within a group, in nanoseconds. */
#define HABLA_SUBTITLE_GROUP_GAP (2 * G_GUINT64_CONSTANT (1000000000))

/**
 * habla_subtitle_sentences_group:
 * @cues: (transfer full) (element-type HablaCue): all cues of a file, in order
 *
 * Finds which consecutive cues are parts of one sentence, so that they are translated together: the
 * one does not end a sentence, they have the same speaker and place on the screen, and at most two
 * seconds are between them. A dialogue, a song or the description of a sound is a group of its own.
 *
 * Returns: (transfer full) (element-type GPtrArray): the groups, in order; each has at least one
 *   #HablaCue and is within the bounds above if it has several
 */
GPtrArray *habla_subtitle_sentences_group (GPtrArray *cues);

/**
 * habla_subtitle_sentences_join:
 * @cues: (element-type HablaCue): a group
 *
 * Returns: (transfer full): the text of all @cues for a translator: line breaks within a sentence
 *   are blanks, or nothing in Chinese and Japanese; lines of different speakers, of songs and of
 *   descriptions remain lines
 */
char *habla_subtitle_sentences_join (GPtrArray *cues);

/**
 * habla_subtitle_sentences_split:
 * @text: a translation
 * @parts: (array zero-terminated=1): the parts of the original text, at least one
 *
 * Divides @text at about the same places: sentences and clauses are matched if both texts have as
 * many of them. No word is lost or cut. If @text has fewer words than there are parts, some of
 * the strings repeat the one before, so that none is empty; if it is blank, the original parts
 * are returned.
 *
 * Returns: (transfer full): as many strings as @parts has
 */
GStrv habla_subtitle_sentences_split (const char *text, const char *const *parts);

G_END_DECLS
