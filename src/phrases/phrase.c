/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "phrases/phrase.h"

HablaPhrase *
habla_phrase_copy (const HablaPhrase *self)
{
  HablaPhrase *copy = g_memdup2 (self, sizeof *self);

  copy->language = g_strdup (self->language);
  copy->canonical = g_strdup (self->canonical);
  copy->pattern = g_strdup (self->pattern);
  copy->literal = g_strdup (self->literal);
  copy->meaning = g_strdup (self->meaning);
  copy->region = g_strdup (self->region);
  copy->frequency = g_strdup (self->frequency);
  copy->type = g_strdup (self->type);
  return copy;
}

void
habla_phrase_free (HablaPhrase *self)
{
  g_free (self->language);
  g_free (self->canonical);
  g_free (self->pattern);
  g_free (self->literal);
  g_free (self->meaning);
  g_free (self->region);
  g_free (self->frequency);
  g_free (self->type);
  g_free (self);
}
