/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/records.h"

HablaSpeakerRecord *
habla_speaker_record_new (
    const char *id, const char *label, const char *custom_name, const char *color)
{
  HablaSpeakerRecord *self = g_new0 (HablaSpeakerRecord, 1);

  self->id = g_strdup (id);
  self->label = g_strdup (label);
  self->custom_name = g_strdup (custom_name);
  self->color = g_strdup (color);
  return self;
}

void
habla_speaker_record_free (HablaSpeakerRecord *self)
{
  g_free (self->id);
  g_free (self->label);
  g_free (self->custom_name);
  g_free (self->color);
  g_free (self->role_hint);
  g_free (self);
}

static void
translation_record_free (HablaTranslationRecord *self)
{
  g_free (self->language);
  g_free (self->text);
  g_free (self);
}

HablaUtteranceRecord *
habla_utterance_record_new (void)
{
  HablaUtteranceRecord *self = g_new0 (HablaUtteranceRecord, 1);

  self->translations = g_ptr_array_new_with_free_func ((GDestroyNotify) translation_record_free);
  self->processing = -1;
  return self;
}

void
habla_utterance_record_free (HablaUtteranceRecord *self)
{
  g_free (self->room);
  g_free (self->owner);
  g_free (self->direction);
  g_free (self->mode);
  g_clear_pointer (&self->speaker, habla_speaker_record_free);
  g_free (self->language);
  g_free (self->source);
  g_free (self->corrected);
  g_clear_pointer (&self->annotations, habla_annotations_unref);
  g_ptr_array_unref (self->translations);
  g_free (self->recording_id);
  g_free (self->bookmark_note);
  g_free (self);
}

void
habla_utterance_record_add_translation (
    HablaUtteranceRecord *self, const char *language, const char *text)
{
  HablaTranslationRecord *translation = g_new0 (HablaTranslationRecord, 1);

  translation->language = g_strdup (language);
  translation->text = g_strdup (text);
  g_ptr_array_add (self->translations, translation);
}

const char *
habla_utterance_record_get_text (const HablaUtteranceRecord *self, const char *language)
{
  if (g_str_equal (self->language, language))
    return self->corrected != NULL ? self->corrected : self->source;
  for (guint i = 0; i < self->translations->len; i++) {
    const HablaTranslationRecord *translation = g_ptr_array_index (self->translations, i);

    if (g_str_equal (translation->language, language))
      return translation->text;
  }
  return NULL;
}

HablaSessionRecord *
habla_session_record_new (void)
{
  HablaSessionRecord *self = g_new0 (HablaSessionRecord, 1);

  self->speakers = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_speaker_record_free);
  return self;
}

void
habla_session_record_free (HablaSessionRecord *self)
{
  g_free (self->room);
  g_free (self->direction);
  g_free (self->mode);
  g_free (self->notes);
  g_free (self->title);
  g_free (self->topic);
  g_ptr_array_unref (self->speakers);
  g_strfreev (self->languages);
  g_clear_pointer (&self->matches, g_ptr_array_unref);
  g_free (self);
}
