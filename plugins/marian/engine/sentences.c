/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sentences.h"

#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

/* Finders that wait for the next text. */
#define MAX_IDLE 8

struct _MarianSentences {
  char *language;
  UBreakIterator *iterator; /* NULL if ICU has no data */
};

static GMutex lock;
static GSList *idle; /* protected by lock; the last used one first */

static void
sentences_free (MarianSentences *self)
{
  if (self->iterator != NULL)
    ubrk_close (self->iterator);
  g_free (self->language);
  g_free (self);
}

/* The data of CLDR know abbreviations of some languages: "ss=standard". */
static UBreakIterator *
open_iterator (const char *language)
{
  UErrorCode status = U_ZERO_ERROR;
  g_autofree char *locale = g_strconcat (language, "-u-ss-standard", NULL);
  char id[64];
  UBreakIterator *iterator;

  uloc_forLanguageTag (locale, id, sizeof id, NULL, &status);
  if (U_FAILURE (status) || status == U_STRING_NOT_TERMINATED_WARNING)
    return NULL;
  iterator = ubrk_open (UBRK_SENTENCE, id, NULL, 0, &status);
  return U_FAILURE (status) ? NULL : iterator;
}

MarianSentences *
marian_sentences_acquire (const char *language)
{
  MarianSentences *self;

  if (language == NULL)
    language = "en";
  g_mutex_lock (&lock);
  for (GSList *l = idle; l != NULL; l = l->next) {
    self = l->data;
    if (strcmp (self->language, language) == 0) {
      idle = g_slist_delete_link (idle, l);
      g_mutex_unlock (&lock);
      return self;
    }
  }
  g_mutex_unlock (&lock);
  self = g_new (MarianSentences, 1);
  *self = (MarianSentences){ g_strdup (language), open_iterator (language) };
  return self;
}

void
marian_sentences_release (MarianSentences *self)
{
  GSList *last = NULL;

  g_mutex_lock (&lock);
  idle = g_slist_prepend (idle, self);
  if (g_slist_length (idle) > MAX_IDLE) {
    last = g_slist_last (idle);
    idle = g_slist_remove_link (idle, last);
  }
  g_mutex_unlock (&lock);
  g_slist_free_full (last, (GDestroyNotify) sentences_free);
}

GArray *
marian_sentences_split (MarianSentences *self, const char *text, gsize length)
{
  static const UChar empty[] = { 0 };
  UErrorCode status = U_ZERO_ERROR;
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (gint32));
  gint32 end = length;
  UText *utext = utext_openUTF8 (NULL, text, length, &status);

  if (self->iterator != NULL)
    ubrk_setUText (self->iterator, utext, &status);
  if (self->iterator != NULL && U_SUCCESS (status)) {
    for (end = ubrk_next (self->iterator); end != UBRK_DONE; end = ubrk_next (self->iterator))
      g_array_append_val (ends, end);
    /* @text does not live longer. */
    ubrk_setText (self->iterator, empty, 0, &status);
  }
  if (ends->len == 0) {
    end = length;
    g_array_append_val (ends, end);
  }
  utext_close (utext);
  return ends;
}
