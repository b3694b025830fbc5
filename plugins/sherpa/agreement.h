/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaAgreement:
 *
 * The words of an utterance in which its hypotheses agree. Case and punctuation do not
 * count. A word that was returned once stays unchanged. For one thread at a time.
 */
typedef struct _HablaAgreement HablaAgreement;

/**
 * habla_agreement_new:
 *
 * Returns: (transfer full): an agreement without hypotheses; free with habla_agreement_free()
 */
HablaAgreement *habla_agreement_new (void);

/**
 * habla_agreement_free:
 * @self: (transfer full): an agreement
 */
void habla_agreement_free (HablaAgreement *self);

/**
 * habla_agreement_reset:
 * @self: an agreement
 *
 * Begins a new utterance.
 */
void habla_agreement_reset (HablaAgreement *self);

/**
 * habla_agreement_add:
 * @self: an agreement
 * @hypothesis: the next hypothesis of the utterance, which has more audio than the previous one
 *
 * Adds words to the text: those in which all hypotheses agree that have so many words, and the last
 * three do. The last word of a hypothesis is not counted: the end of the audio often cuts it off.
 */
void habla_agreement_add (HablaAgreement *self, const char *hypothesis);

/**
 * habla_agreement_get_text:
 * @self: an agreement
 *
 * Returns: (transfer none): the words so far
 */
const char *habla_agreement_get_text (HablaAgreement *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaAgreement, habla_agreement_free)

G_END_DECLS
