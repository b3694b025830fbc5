/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/transcription.h"

#include "habla/utterance.h"

void
habla_transcription_add_word (
    HablaTranscription *self, const char *text, guint64 begin, guint64 end)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);

  if (self->words == NULL)
    self->words = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_word_free);
  g_ptr_array_add (self->words, habla_word_new (text, begin, end));
}

void
habla_transcription_clear (HablaTranscription *self)
{
  g_return_if_fail (self != NULL);

  self->begin = -1;
  self->end = -1;
  g_clear_pointer (&self->language, g_free);
  g_clear_pointer (&self->words, g_ptr_array_unref);
}
