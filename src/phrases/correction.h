/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/annotations.h>
#include <phrases/phrase-text.h>

G_BEGIN_DECLS

/**
 * phrase_correct:
 * @text: (inout) (transfer full): a text, in which each error is replaced
 * @regex: finds an error
 * @rule: what replaces it, and why
 * @annotations: get a correction for each error
 */
void phrase_correct (HablaPhraseText **text, GRegex *regex, const HablaCorrection *rule,
    HablaAnnotations *annotations);

G_END_DECLS
