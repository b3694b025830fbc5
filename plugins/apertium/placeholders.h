/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/glossary.h>

G_BEGIN_DECLS

/* Terms of one text that are replaced; further ones are translated. */
#define APERTIUM_PLACEHOLDERS_MAX 400

/**
 * ApertiumPlaceholders:
 *
 * Words that Apertium does not know, which it therefore leaves as they are, in place of the terms
 * of a glossary.
 */
typedef struct _ApertiumPlaceholders ApertiumPlaceholders;

/**
 * apertium_placeholders_new:
 * @glossary: a glossary
 * @text: valid UTF-8
 *
 * Returns: (transfer full) (nullable): the placeholders for @text; %NULL if it has no terms
 */
ApertiumPlaceholders *apertium_placeholders_new (HablaGlossary *glossary, const char *text);

/**
 * apertium_placeholders_free:
 * @self: (transfer full): placeholders
 */
void apertium_placeholders_free (ApertiumPlaceholders *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ApertiumPlaceholders, apertium_placeholders_free)

/**
 * apertium_placeholders_get_text:
 * @self: placeholders
 *
 * Returns: (transfer none): the text with placeholders instead of terms
 */
const char *apertium_placeholders_get_text (ApertiumPlaceholders *self);

/**
 * apertium_placeholders_restore:
 * @self: placeholders
 * @translation: what Apertium made of apertium_placeholders_get_text()
 *
 * Returns: (transfer full) (nullable): the translation with the translations of the terms; %NULL if
 *   a placeholder is missing or repeated
 */
char *apertium_placeholders_restore (ApertiumPlaceholders *self, const char *translation);

G_END_DECLS
