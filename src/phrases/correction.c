/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "phrases/correction.h"

#include "phrases/phrase-pattern.h"

#include <string.h>

/* Errors of one kind in one text. */
#define MAX_REPEATED 8

/* Returns: (transfer full): @right with a capital letter if @wrong has one */
static char *
correction_copy_case (const char *wrong, char *right)
{
  g_autofree char *text = right;
  gunichar first = g_utf8_get_char (text);
  char capital[6];
  int length;

  if (*text == '\0' || !g_unichar_isupper (g_utf8_get_char (wrong)) || !g_unichar_islower (first))
    return g_steal_pointer (&text);
  length = g_unichar_to_utf8 (g_unichar_toupper (first), capital);
  return g_strdup_printf ("%.*s%s", length, capital, g_utf8_next_char (text));
}

/* Returns: (transfer full): the text, in which @right stands from @first to @last, in characters */
static HablaPhraseText *
correction_replace (const HablaPhraseText *text, int first, int last, const char *right)
{
  const char *begin = g_utf8_offset_to_pointer (text->original, first);
  const char *end = g_utf8_offset_to_pointer (text->original, last);
  g_autofree char *replaced =
      g_strdup_printf ("%.*s%s%s", (int) (begin - text->original), text->original, right, end);

  return habla_phrase_text_new (replaced);
}

void
phrase_correct (HablaPhraseText **text, GRegex *regex, const HablaCorrection *rule,
    HablaAnnotations *annotations)
{
  gsize from = 0;

  for (guint i = 0; i < MAX_REPEATED && from <= strlen ((*text)->normal); i++) {
    g_autoptr (GMatchInfo) match = habla_phrase_pattern_find (regex, (*text)->normal, from);
    g_autofree char *wrong = NULL;
    g_autofree char *right = NULL;
    HablaPhraseText *corrected;
    int begin, end, first, last;

    if (match == NULL || !g_match_info_fetch_pos (match, 0, &begin, &end))
      return;
    habla_phrase_text_get_span (*text, begin, end, &first, &last);
    wrong = g_utf8_substring ((*text)->original, first, last);
    right = g_match_info_expand_references (match, rule->right, NULL);
    if (right == NULL)
      return;
    right = correction_copy_case (wrong, g_steal_pointer (&right));
    habla_annotations_add_correction (
        annotations, &(HablaCorrection){ wrong, right, rule->explanation });
    corrected = correction_replace (*text, first, last, right);
    g_clear_pointer (&match, g_match_info_unref);
    habla_phrase_text_free (*text);
    *text = corrected;
    from = habla_phrase_text_get_offset (corrected, first + (int) g_utf8_strlen (right, -1));
  }
}
