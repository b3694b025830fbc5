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

void
phrase_correct (
    GString *text, GRegex *regex, const HablaCorrection *rule, HablaAnnotations *annotations)
{
  gsize from = 0;

  for (guint i = 0; i < MAX_REPEATED && from <= text->len; i++) {
    g_autoptr (GMatchInfo) match = habla_phrase_pattern_find (regex, text->str, from);
    g_autofree char *wrong = match != NULL ? g_match_info_fetch (match, 0) : NULL;
    g_autofree char *right = NULL;
    int begin, end;

    if (wrong == NULL || !g_match_info_fetch_pos (match, 0, &begin, &end))
      return;
    right = g_match_info_expand_references (match, rule->right, NULL);
    if (right == NULL)
      return;
    right = correction_copy_case (wrong, g_steal_pointer (&right));
    habla_annotations_add_correction (
        annotations, &(HablaCorrection){ wrong, right, rule->explanation });
    g_clear_pointer (&match, g_match_info_unref);
    g_string_erase (text, begin, end - begin);
    g_string_insert (text, begin, right);
    from = begin + strlen (right);
  }
}
