/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Regular expressions that find phrases. They may come from users, so they are hostile: each match
 * has a bound of work, which PCRE2 enforces. */

/**
 * habla_phrase_pattern_make:
 * @phrase: words of a phrase: "tomar el pelo", "to kick the bucket"
 * @error: return location for a %G_IO_ERROR_INVALID_ARGUMENT
 *
 * Articles and prepositions may be missing or doubled by others between the words, accents do not
 * matter. If the first word is an infinitive, which in English has "to" before it, its other forms
 * match, too.
 *
 * Returns: (transfer full) (nullable): a pattern; %NULL if @phrase has no word or more than
 *   HABLA_MAX_PHRASE characters
 */
char *habla_phrase_pattern_make (const char *phrase, GError **error);

/**
 * habla_phrase_pattern_compile:
 * @pattern: a pattern
 * @error: return location for a %G_IO_ERROR_INVALID_ARGUMENT with a text for people
 *
 * Letter case, the Unicode normal form and the kind of blanks do not matter. Any thread. Takes less
 * than a millisecond.
 *
 * Returns: (transfer full) (nullable): the expression; %NULL if @pattern is malformed, can match an
 *   empty text, calls a part of itself, has "\C" or "\K", or more than HABLA_MAX_PATTERN characters
 */
GRegex *habla_phrase_pattern_compile (const char *pattern, GError **error);

/**
 * habla_phrase_pattern_find:
 * @regex: of habla_phrase_pattern_compile()
 * @text: the normal form of a #HablaPhraseText
 * @from: byte to begin at
 *
 * Returns: (transfer full) (nullable): the first match that is not empty; %NULL if there is none,
 *   or if finding it takes too much work
 */
GMatchInfo *habla_phrase_pattern_find (GRegex *regex, const char *text, gsize from);

G_END_DECLS
