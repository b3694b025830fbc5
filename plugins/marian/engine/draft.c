/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "draft.h"

#include <string.h>

void
marian_draft_sentence_clear (MarianDraftSentence *self)
{
  g_clear_pointer (&self->source, g_free);
  g_clear_pointer (&self->translation, marian_translation_free);
}

/* Returns: length of the words that both texts begin with, without the last one, whose
 *   continuation may change it */
static gsize
find_common_words (const char *a, const char *b)
{
  gsize common = 0, last = 0;

  for (gsize i = 0; a[i] != '\0' && a[i] == b[i]; i++)
    if (a[i] == ' ') {
      common = last;
      last = i;
    }
  return common;
}

/* Returns: (transfer full): the begin of the translation that stands for the first @length bytes of
 *   the source only */
static char *
draft_sentence_dup_prefix (const MarianDraftSentence *self, gsize length)
{
  const MarianTranslation *translation = self->translation;
  gsize end = 0, word_end = 0;

  for (guint i = 0; i < translation->spans->len; i++) {
    const MarianSpan *span = &g_array_index (translation->spans, MarianSpan, i);

    if (translation->text[span->target_begin] == ' ')
      word_end = end;
    if (span->source_end > length)
      break;
    end = span->target_end;
  }
  return g_strndup (translation->text, word_end);
}

const MarianTranslation *
marian_draft_sentence_translate (MarianDraftSentence *self, MarianModel *model, const char *text,
    GCancellable *cancellable, GError **error)
{
  g_autofree char *prefix = NULL;
  MarianTranslation *translation;

  if (self->source != NULL && strcmp (self->source, text) == 0)
    return self->translation;
  if (self->source != NULL)
    prefix = draft_sentence_dup_prefix (self, find_common_words (self->source, text));
  translation = marian_translate_sentence (model, text, prefix, cancellable, error);
  if (translation == NULL)
    return NULL;
  marian_draft_sentence_clear (self);
  self->source = g_strdup (text);
  self->translation = translation;
  return translation;
}
