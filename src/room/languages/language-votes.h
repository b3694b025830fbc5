/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A language is spoken if this number of the last utterances are in it. */
#define HABLA_LANGUAGE_VOTES 3
#define HABLA_LANGUAGE_MAJORITY 2

/**
 * HablaLanguageVotes:
 * @votes: (element-type utf8): BCP 47 codes of the last utterances, the newest last
 * @n_votes: their number, at most %HABLA_LANGUAGE_VOTES
 *
 * The languages of the last utterances. Zeroed memory is a valid start. One wrongly detected
 * utterance does not change the language.
 */
typedef struct {
  char *votes[HABLA_LANGUAGE_VOTES];
  guint n_votes;
} HablaLanguageVotes;

/**
 * habla_language_votes_add:
 * @self: votes
 * @language: BCP 47 code of an utterance
 *
 * Returns: (transfer none): BCP 47 code of the language that has the majority; %NULL if none has
 */
const char *habla_language_votes_add (HablaLanguageVotes *self, const char *language);

/**
 * habla_language_votes_clear:
 * @self: votes
 *
 * Forgets all votes. Any number of times.
 */
void habla_language_votes_clear (HablaLanguageVotes *self);

G_END_DECLS
