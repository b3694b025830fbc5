/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/utterance.h"

G_DEFINE_BOXED_TYPE (HablaUtterance, habla_utterance, habla_utterance_copy, habla_utterance_free)

static HablaWord *
word_copy (HablaWord *self)
{
  return habla_word_new (self->text, self->begin, self->end);
}

G_DEFINE_BOXED_TYPE (HablaWord, habla_word, word_copy, habla_word_free)

HablaWord *
habla_word_new (const char *text, guint64 begin, guint64 end)
{
  HablaWord *self;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_new0 (HablaWord, 1);
  self->text = g_utf8_make_valid (text, -1);
  self->begin = begin;
  self->end = MAX (begin, end);
  return self;
}

void
habla_word_free (HablaWord *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->text);
  g_free (self);
}

HablaUtterance *
habla_utterance_new (guint64 id, const char *text, const char *language)
{
  HablaUtterance *self;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_new0 (HablaUtterance, 1);
  self->id = id;
  self->begin = HABLA_TIME_NONE;
  self->end = HABLA_TIME_NONE;
  self->text = g_utf8_make_valid (text, -1);
  self->language = g_strdup (language);
  self->confidence = HABLA_CONFIDENCE_UNKNOWN;
  self->is_final = TRUE;
  return self;
}

HablaUtterance *
habla_utterance_copy (const HablaUtterance *self)
{
  HablaUtterance *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->text = g_strdup (self->text);
  copy->language = g_strdup (self->language);
  copy->source_text = g_strdup (self->source_text);
  copy->source_language = g_strdup (self->source_language);
  copy->speaker = g_strdup (self->speaker);
  if (copy->words != NULL)
    g_ptr_array_ref (copy->words);
  if (copy->annotations != NULL)
    habla_annotations_ref (copy->annotations);
  if (copy->cues != NULL)
    g_ptr_array_ref (copy->cues);
  return copy;
}

void
habla_utterance_free (HablaUtterance *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->text);
  g_free (self->language);
  g_free (self->source_text);
  g_free (self->source_language);
  g_free (self->speaker);
  g_clear_pointer (&self->words, g_ptr_array_unref);
  g_clear_pointer (&self->annotations, habla_annotations_unref);
  g_clear_pointer (&self->cues, g_ptr_array_unref);
  g_free (self);
}
