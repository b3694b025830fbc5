/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_truecaser_apply:
 * @text: English text
 *
 * Writes the capitals that a recogniser with a lower-case dictionary lacks: the pronoun I, names of
 * days, months, countries and continents, languages and nationalities. Words that are also common
 * words (may, march, polish, turkey) get one only if their neighbours show that they are names. The
 * begin of the text stays as it is, because an utterance may begin within a sentence. A text with a
 * capital is from a dictionary that has them, and stays as it is. Any thread.
 *
 * Returns: (transfer full): @text with these capitals
 */
char *habla_truecaser_apply (const char *text);

G_END_DECLS
