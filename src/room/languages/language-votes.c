/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/languages/language-votes.h"

#include <habla/language-pair.h>
#include <string.h>

const char *
habla_language_votes_add (HablaLanguageVotes *self, const char *language)
{
  guint n = 0;

  if (self->n_votes == HABLA_LANGUAGE_VOTES) {
    g_free (self->votes[0]);
    memmove (&self->votes[0], &self->votes[1], (HABLA_LANGUAGE_VOTES - 1) * sizeof (char *));
    self->n_votes--;
  }
  self->votes[self->n_votes++] = g_strdup (language);
  /* The newest vote is the only one that can make a majority. */
  for (guint i = 0; i < self->n_votes; i++)
    if (habla_language_has_same_primary (self->votes[i], language))
      n++;
  return n >= HABLA_LANGUAGE_MAJORITY ? self->votes[self->n_votes - 1] : NULL;
}

void
habla_language_votes_clear (HablaLanguageVotes *self)
{
  for (guint i = 0; i < self->n_votes; i++)
    g_clear_pointer (&self->votes[i], g_free);
  self->n_votes = 0;
}
