/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agreement.h"

#include "transcript.h"

#define MIN_AGREEING 3
/* Bounds the work for long utterances. */
#define MAX_HYPOTHESES 40

struct _HablaAgreement {
  GPtrArray *hypotheses; /* of GPtrArray of folded words, without the last word; newest last */
  GPtrArray *words;      /* folded ones of @text */
  GString *text;
};

HablaAgreement *
habla_agreement_new (void)
{
  HablaAgreement *self = g_new0 (HablaAgreement, 1);

  self->hypotheses = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  self->words = g_ptr_array_new_with_free_func (g_free);
  self->text = g_string_new (NULL);
  return self;
}

void
habla_agreement_free (HablaAgreement *self)
{
  g_ptr_array_unref (self->hypotheses);
  g_ptr_array_unref (self->words);
  g_string_free (self->text, TRUE);
  g_free (self);
}

void
habla_agreement_reset (HablaAgreement *self)
{
  g_ptr_array_set_size (self->hypotheses, 0);
  g_string_truncate (self->text, 0);
  g_ptr_array_set_size (self->words, 0);
}

/* Returns: the number of words at the begin that @a and @b share */
static guint
count_shared (const GPtrArray *a, const GPtrArray *b)
{
  guint n = 0;

  while (n < a->len && n < b->len && g_str_equal (a->pdata[n], b->pdata[n]))
    n++;
  return n;
}

/* Returns: the number of words at the begin of @folded, the newest hypothesis, in which all
 * hypotheses agree that have so many words, and at least MIN_AGREEING do */
static guint
agreement_count (HablaAgreement *self, const GPtrArray *folded)
{
  guint n = self->hypotheses->len >= MIN_AGREEING ? folded->len : 0;

  for (guint i = 0; i < self->hypotheses->len; i++) {
    const GPtrArray *words = self->hypotheses->pdata[i];
    guint n_shared = count_shared (words, folded);

    if (n_shared < words->len || i + MIN_AGREEING >= self->hypotheses->len)
      n = MIN (n, n_shared);
  }
  return n;
}

/* Removes words of punctuation alone, and adds the folded others to @folded. */
static void
fold_words (GPtrArray *words, GPtrArray *folded)
{
  for (guint i = 0; i < words->len;) {
    g_autofree char *word = habla_transcript_fold (words->pdata[i]);

    if (*word != '\0') {
      g_ptr_array_add (folded, g_steal_pointer (&word));
      i++;
    } else {
      g_ptr_array_remove_index (words, i);
    }
  }
}

void
habla_agreement_add (HablaAgreement *self, const char *hypothesis)
{
  g_autoptr (GPtrArray) words = habla_transcript_split (hypothesis);
  GPtrArray *folded = g_ptr_array_new_with_free_func (g_free);
  guint n_agreed;

  fold_words (words, folded);
  if (folded->len > 0)
    g_ptr_array_remove_index (folded, folded->len - 1);
  if (self->hypotheses->len == MAX_HYPOTHESES)
    g_ptr_array_remove_index (self->hypotheses, 0);
  g_ptr_array_add (self->hypotheses, folded);
  n_agreed = agreement_count (self, folded);
  if (count_shared (self->words, folded) < self->words->len)
    return;
  for (guint n = self->words->len; n < n_agreed; n++) {
    if (n > 0)
      g_string_append_c (self->text, ' ');
    g_string_append (self->text, words->pdata[n]);
    g_ptr_array_add (self->words, g_strdup (folded->pdata[n]));
  }
}

const char *
habla_agreement_get_text (HablaAgreement *self)
{
  return self->text->str;
}
