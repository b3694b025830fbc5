/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording/word-error-rate.h"

/* Returns: (transfer full) (element-type utf8): words without case and punctuation */
static GPtrArray *
split_words (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = g_utf8_casefold (normal != NULL ? normal : "", -1);
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) word = g_string_new (NULL);

  for (const char *at = folded;; at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);

    if (g_unichar_isalnum (character) || g_unichar_ismark (character))
      g_string_append_unichar (word, character);
    /* An apostrophe, in either form, does not end a word. */
    else if (character != '\'' && character != 0x2019 && word->len > 0) {
      g_ptr_array_add (words, g_strdup (word->str));
      g_string_truncate (word, 0);
    }
    if (character == 0)
      return words;
  }
}

static guint
count_errors (const HablaWordErrorRate *errors)
{
  return errors->substitutions + errors->deletions + errors->insertions;
}

/* One cell of the alignment's matrix. Returns: the best of the three ways to it */
static HablaWordErrorRate
choose (const HablaWordErrorRate *above_left, const HablaWordErrorRate *above,
    const HablaWordErrorRate *left, gboolean is_same)
{
  HablaWordErrorRate diagonal = *above_left, deletion = *above, insertion = *left;
  HablaWordErrorRate best;

  diagonal.substitutions += !is_same;
  deletion.deletions++;
  insertion.insertions++;
  best = diagonal;
  if (count_errors (&deletion) < count_errors (&best))
    best = deletion;
  if (count_errors (&insertion) < count_errors (&best))
    best = insertion;
  return best;
}

HablaWordErrorRate
habla_word_error_rate_compare (const char *reference, const char *recognised)
{
  g_autoptr (GPtrArray) spoken = split_words (reference);
  g_autoptr (GPtrArray) hypothesis = split_words (recognised);
  g_autofree HablaWordErrorRate *row = g_new0 (HablaWordErrorRate, hypothesis->len + 1);
  HablaWordErrorRate result;

  for (guint j = 1; j <= hypothesis->len; j++)
    row[j].insertions = j;
  for (guint i = 1; i <= spoken->len; i++) {
    HablaWordErrorRate above_left = row[0];

    row[0].deletions = i;
    for (guint j = 1; j <= hypothesis->len; j++) {
      HablaWordErrorRate above = row[j];
      gboolean is_same =
          g_str_equal (g_ptr_array_index (spoken, i - 1), g_ptr_array_index (hypothesis, j - 1));

      row[j] = choose (&above_left, &above, &row[j - 1], is_same);
      above_left = above;
    }
  }
  result = row[hypothesis->len];
  result.words = spoken->len;
  return result;
}

void
habla_word_error_rate_add (HablaWordErrorRate *self, const HablaWordErrorRate *other)
{
  self->words += other->words;
  self->substitutions += other->substitutions;
  self->deletions += other->deletions;
  self->insertions += other->insertions;
}

guint
habla_word_error_rate_count_errors (const HablaWordErrorRate *self)
{
  return count_errors (self);
}

double
habla_word_error_rate_get_rate (const HablaWordErrorRate *self)
{
  return self->words > 0 ? count_errors (self) / (double) self->words : 0.0;
}
