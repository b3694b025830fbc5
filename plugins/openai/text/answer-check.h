/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/glossary.h>

G_BEGIN_DECLS

/**
 * answer_check:
 * @source: the text to translate
 * @translation: what a model says its translation is
 * @to: BCP 47 code of @translation
 * @error: return location for a %HABLA_ERROR_ENGINE, without the words spoken
 *
 * Finds answers that cannot be a translation: much longer or shorter than the source, more
 * sentences, the wrong script or language, the source or the instructions again. Lets doubtful ones
 * pass.
 *
 * Returns: whether @translation may be one
 */
gboolean answer_check (const char *source, const char *translation, const char *to, GError **error);

/**
 * answer_check_correction:
 * @source: the text that was said
 * @corrected: what a model says is right
 *
 * Returns: whether @corrected may be @source without its errors: about as long, and not the same
 */
gboolean answer_check_correction (const char *source, const char *corrected);

/**
 * answer_check_terms:
 * @source: the text to translate
 * @translation: its translation
 * @glossary: (nullable): terms whose translation is given
 * @error: return location for a %HABLA_ERROR_ENGINE, without the words spoken
 *
 * Returns: whether @translation has the given translation of each term in @source, in any case
 */
gboolean answer_check_terms (
    const char *source, const char *translation, HablaGlossary *glossary, GError **error);

G_END_DECLS
