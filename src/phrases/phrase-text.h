/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaPhraseText:
 * @original: the text that was said or typed
 * @normal: the text in the form in which patterns are looked for: Unicode normal form C, and one
 *   blank for each run of blanks, line ends and special blanks
 * @spans: (nullable): for each character of @normal, the characters of @original that it stands
 *   for; %NULL = both texts are equal
 *
 * A text with its normal form. Immutable.
 */
typedef struct {
  char *original;
  char *normal;
  GArray *spans;
} HablaPhraseText;

/**
 * habla_phrase_text_new:
 * @original: a text in valid UTF-8
 *
 * Returns: (transfer full): the text with its normal form
 */
HablaPhraseText *habla_phrase_text_new (const char *original);

/**
 * habla_phrase_text_free:
 * @self: (transfer full): a text
 */
void habla_phrase_text_free (HablaPhraseText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPhraseText, habla_phrase_text_free)

/**
 * habla_phrase_text_get_span:
 * @self: a text
 * @begin: of a part of the normal form, in bytes
 * @end: after this part, in bytes; greater than @begin
 * @first: (out): begin of the same part of the original text, in characters
 * @last: (out): after this part, in characters
 */
void habla_phrase_text_get_span (
    const HablaPhraseText *self, int begin, int end, int *first, int *last);

/**
 * habla_phrase_text_get_offset:
 * @self: a text
 * @n: characters of the original text
 *
 * Returns: bytes of the normal form that stand for the first @n characters of the original text,
 * and for the rest of a character that they begin
 */
gsize habla_phrase_text_get_offset (const HablaPhraseText *self, int n);

G_END_DECLS
