/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/vocabulary/vocabulary-item.h"

/* Parts of a review session, in per cent. */
#define NEW_PART 20
#define STRUGGLING_PART 10

HablaVocabularyItem *
habla_vocabulary_item_new (void)
{
  return g_new0 (HablaVocabularyItem, 1);
}

void
habla_vocabulary_item_free (HablaVocabularyItem *self)
{
  g_free (self->speaker_id);
  g_free (self->term);
  g_free (self->literal);
  g_free (self->meaning);
  g_free (self->category);
  g_free (self->region);
  g_free (self->language);
  g_free (self->source_sentence);
  g_free (self);
}

void
habla_vocabulary_stats_free (HablaVocabularyStats *self)
{
  g_clear_pointer (&self->categories, g_ptr_array_unref);
  g_free (self);
}

void
habla_review_session_free (HablaReviewSession *self)
{
  for (guint i = 0; i < HABLA_REVIEW_N_GROUPS; i++)
    g_clear_pointer (&self->groups[i], g_ptr_array_unref);
  g_free (self);
}

static guint
divide (guint size, guint part)
{
  return (size * part + 50) / 100;
}

void
habla_review_session_limit (HablaReviewSession *self, guint size)
{
  guint n_new = divide (size, NEW_PART), n_struggling = divide (size, STRUGGLING_PART);
  guint n[HABLA_REVIEW_N_GROUPS] = { [HABLA_REVIEW_DUE] = size - n_new - n_struggling,
    [HABLA_REVIEW_NEW] = n_new,
    [HABLA_REVIEW_STRUGGLING] = n_struggling };
  guint left = size;

  for (guint i = 0; i < HABLA_REVIEW_N_GROUPS; i++) {
    n[i] = MIN (n[i], self->groups[i]->len);
    left -= n[i];
  }
  for (guint i = 0; i < HABLA_REVIEW_N_GROUPS; i++) {
    guint more = MIN (left, self->groups[i]->len - n[i]);

    g_ptr_array_set_size (self->groups[i], n[i] + more);
    left -= more;
  }
}
