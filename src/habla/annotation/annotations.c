/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/annotations.h"

GType
habla_annotations_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_boxed_type_register_static ("HablaAnnotations", (GBoxedCopyFunc) habla_annotations_ref,
            (GBoxedFreeFunc) habla_annotations_unref));
  return type;
}

static void
note_free (HablaNote *self)
{
  g_free (self->phrase);
  g_free (self->literal);
  g_free (self->meaning);
  g_free (self->type);
  g_free (self->region);
  g_free (self->source);
  g_free (self);
}

static void
correction_free (HablaCorrection *self)
{
  g_free (self->wrong);
  g_free (self->right);
  g_free (self->explanation);
  g_free (self);
}

HablaAnnotations *
habla_annotations_new (void)
{
  HablaAnnotations *self = g_new0 (HablaAnnotations, 1);

  self->corrections = g_ptr_array_new_with_free_func ((GDestroyNotify) correction_free);
  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) note_free);
  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

HablaAnnotations *
habla_annotations_ref (HablaAnnotations *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
habla_annotations_unref (HablaAnnotations *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->corrected);
  g_ptr_array_unref (self->corrections);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

/* @text: (nullable). Returns: (transfer full): its begin, in valid UTF-8 */
static char *
annotations_dup_text (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  if (g_utf8_strlen (valid, -1) <= HABLA_MAX_NOTE_TEXT)
    return g_steal_pointer (&valid);
  return g_utf8_substring (valid, 0, HABLA_MAX_NOTE_TEXT);
}

void
habla_annotations_set_corrected (HablaAnnotations *self, const char *corrected)
{
  g_return_if_fail (self != NULL);

  g_free (self->corrected);
  self->corrected = corrected != NULL ? g_utf8_make_valid (corrected, -1) : NULL;
}

void
habla_annotations_add_correction (HablaAnnotations *self, const HablaCorrection *correction)
{
  HablaCorrection *copy;

  g_return_if_fail (self != NULL);
  g_return_if_fail (correction != NULL);

  if (self->corrections->len >= HABLA_MAX_CORRECTIONS)
    return;
  copy = g_new0 (HablaCorrection, 1);
  copy->wrong = annotations_dup_text (correction->wrong);
  copy->right = annotations_dup_text (correction->right);
  copy->explanation = annotations_dup_text (correction->explanation);
  g_ptr_array_add (self->corrections, copy);
}

static gboolean
annotations_has_phrase (const HablaAnnotations *self, const char *phrase)
{
  g_autofree char *folded = g_utf8_casefold (phrase, -1);

  for (guint i = 0; i < self->notes->len; i++) {
    const HablaNote *note = g_ptr_array_index (self->notes, i);
    g_autofree char *known = g_utf8_casefold (note->phrase, -1);

    if (g_str_equal (known, folded))
      return TRUE;
  }
  return FALSE;
}

void
habla_annotations_add_note (HablaAnnotations *self, const HablaNote *note)
{
  g_autofree char *phrase = NULL;
  HablaNote *copy;

  g_return_if_fail (self != NULL);
  g_return_if_fail (note != NULL);

  phrase = annotations_dup_text (note->phrase);
  if (self->notes->len >= HABLA_MAX_NOTES || annotations_has_phrase (self, phrase))
    return;
  copy = g_memdup2 (note, sizeof *note);
  copy->phrase = g_steal_pointer (&phrase);
  copy->literal = annotations_dup_text (note->literal);
  copy->meaning = annotations_dup_text (note->meaning);
  copy->type = annotations_dup_text (note->type);
  copy->region = annotations_dup_text (note->region);
  copy->source = annotations_dup_text (note->source);
  g_ptr_array_add (self->notes, copy);
}

gboolean
habla_annotations_is_empty (const HablaAnnotations *self)
{
  return self == NULL ||
         (self->corrected == NULL && self->corrections->len == 0 && self->notes->len == 0);
}

static gboolean
annotations_correct (const HablaAnnotations *self)
{
  return self->corrected != NULL || self->corrections->len > 0;
}

static void
annotations_add_notes (HablaAnnotations *self, const HablaAnnotations *from)
{
  for (guint i = 0; i < from->notes->len; i++)
    habla_annotations_add_note (self, g_ptr_array_index (from->notes, i));
}

HablaAnnotations *
habla_annotations_merge (HablaAnnotations *first, HablaAnnotations *second)
{
  HablaAnnotations *merged, *corrector;

  if (first == NULL || second == NULL)
    return first != NULL    ? habla_annotations_ref (first)
           : second != NULL ? habla_annotations_ref (second)
                            : NULL;
  merged = habla_annotations_new ();
  corrector = annotations_correct (second) ? second : first;
  habla_annotations_set_corrected (merged, corrector->corrected);
  for (guint i = 0; i < corrector->corrections->len; i++)
    habla_annotations_add_correction (merged, g_ptr_array_index (corrector->corrections, i));
  annotations_add_notes (merged, first);
  annotations_add_notes (merged, second);
  return merged;
}
