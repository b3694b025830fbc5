/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/wer.h"

/* Returns: (transfer full) (element-type utf8): words of letters, marks and digits, and what
 * joins them, folded */
static GPtrArray *
split (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = g_utf8_casefold (normal != NULL ? normal : "", -1);
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) word = g_string_new (NULL);

  for (const char *at = folded;; at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);

    if (g_unichar_isalnum (character) || g_unichar_ismark (character))
      g_string_append_unichar (word, character);
    /* "it's" is one word, however its apostrophe is written. */
    else if (character != '\'' && character != 0x2019 && word->len > 0) {
      g_ptr_array_add (words, g_strdup (word->str));
      g_string_truncate (word, 0);
    }
    if (character == 0)
      return words;
  }
}

static guint
count (const HablaWer *errors)
{
  return errors->substitutions + errors->deletions + errors->insertions;
}

/* Returns: the best of three ways to a cell of the alignment */
static HablaWer
choose (const HablaWer *above_left, const HablaWer *above, const HablaWer *left, gboolean is_same)
{
  HablaWer diagonal = *above_left, deletion = *above, insertion = *left;
  HablaWer best;

  diagonal.substitutions += !is_same;
  deletion.deletions++;
  insertion.insertions++;
  best = diagonal;
  if (count (&deletion) < count (&best))
    best = deletion;
  if (count (&insertion) < count (&best))
    best = insertion;
  return best;
}

/* Returns: its errors, with the words of @said. Takes time as the product of both lengths. */
HablaWer
habla_wer_compare (const char *said, const char *recognised)
{
  g_autoptr (GPtrArray) truth = split (said);
  g_autoptr (GPtrArray) heard = split (recognised);
  g_autofree HablaWer *row = g_new0 (HablaWer, heard->len + 1);
  HablaWer result;

  for (guint j = 1; j <= heard->len; j++)
    row[j].insertions = j;
  for (guint i = 1; i <= truth->len; i++) {
    HablaWer above_left = row[0];

    row[0].deletions = i;
    for (guint j = 1; j <= heard->len; j++) {
      HablaWer above = row[j];
      gboolean is_same =
          g_str_equal (g_ptr_array_index (truth, i - 1), g_ptr_array_index (heard, j - 1));

      row[j] = choose (&above_left, &above, &row[j - 1], is_same);
      above_left = above;
    }
  }
  result = row[heard->len];
  result.words = truth->len;
  return result;
}

void
habla_wer_add (HablaWer *self, const HablaWer *other)
{
  self->words += other->words;
  self->substitutions += other->substitutions;
  self->deletions += other->deletions;
  self->insertions += other->insertions;
}

guint
habla_wer_count_errors (const HablaWer *self)
{
  return count (self);
}

/* Returns: errors to a word; may be above 1.0. Where nothing was said it is 0.0 */
double
habla_wer_get_rate (const HablaWer *self)
{
  return self->words > 0 ? count (self) / (double) self->words : 0.0;
}
