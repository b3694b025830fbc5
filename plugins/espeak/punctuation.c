/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "punctuation.h"

#include <string.h>

/* Maximum number of letters of an abbreviation. */
#define MAX_LETTERS 5

/* Characters at which libespeak-ng ends a clause, and their marks. */
static const struct {
  gunichar character;
  char mark;
} marks[] = {
  { ',', ',' },
  { ';', ';' },
  { ':', ':' },
  { '.', '.' },
  { '!', '!' },
  { '?', '?' },
  { 0x037e, '?' }, /* Greek question mark */
  { 0x0589, '.' }, /* Armenian full stop */
  { 0x060c, ',' }, /* Arabic comma */
  { 0x061b, ';' }, /* Arabic semicolon */
  { 0x061f, '?' }, /* Arabic question mark */
  { 0x06d4, '.' }, /* Urdu full stop */
  { 0x0964, '.' }, /* danda */
  { 0x0965, '.' }, /* double danda */
  { 0x2013, ',' }, /* dashes */
  { 0x2014, ',' },
  { 0x2026, ',' }, /* ellipsis */
  { 0x3001, ',' }, /* ideographic comma and full stop */
  { 0x3002, '.' },
  { 0xff01, '!' }, /* fullwidth forms */
  { 0xff0c, ',' },
  { 0xff0e, '.' },
  { 0xff1a, ':' },
  { 0xff1b, ';' },
  { 0xff1f, '?' },
};

static char
get_mark (gunichar character)
{
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (marks[i].character == character)
      return marks[i].mark;
  return 0;
}

gboolean
habla_punctuation_ends_sentence (char mark)
{
  return mark == '.' || mark == '!' || mark == '?';
}

char
habla_punctuation_find (const char *text, const char *end)
{
  char strongest = 0;

  while (end > text) {
    gunichar character;
    char mark;

    end = g_utf8_prev_char (end);
    character = g_utf8_get_char (end);
    if (g_unichar_isalnum (character))
      break;
    mark = get_mark (character);
    if (mark != 0 && (strongest == 0 || habla_punctuation_ends_sentence (mark)))
      strongest = mark;
  }
  return strongest;
}

const char *
habla_punctuation_find_short_word (const char *text, const char *end, gsize *size)
{
  const char *begin;
  guint n_letters = 0;

  while (end > text && !g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);
  begin = end;
  while (begin > text && !g_unichar_isspace (g_utf8_get_char (g_utf8_prev_char (begin)))) {
    begin = g_utf8_prev_char (begin);
    if (!g_unichar_isalpha (g_utf8_get_char (begin)) || ++n_letters > MAX_LETTERS)
      return NULL;
  }
  *size = end - begin;
  return n_letters > 0 && *end == '.' ? begin : NULL;
}

void
habla_punctuation_join (GString *sentence, const char *phonemes, char mark)
{
  g_autofree char *normal = g_utf8_normalize (phonemes, -1, G_NORMALIZE_NFD);
  gsize n_before = sentence->len;
  guint depth = 0;

  if (n_before > 0)
    g_string_append_c (sentence, ' ');
  for (const char *p = normal; p != NULL && *p != '\0'; p++) {
    depth += *p == '(';
    if (depth == 0 && (*p != ' ' || (sentence->len > 0 && sentence->str[sentence->len - 1] != ' ')))
      g_string_append_c (sentence, *p);
    depth -= *p == ')' && depth > 0;
  }
  while (sentence->len > 0 && sentence->str[sentence->len - 1] == ' ')
    g_string_truncate (sentence, sentence->len - 1);
  if (sentence->len == 0 || mark == 0)
    return;
  if (sentence->len > n_before || strchr (",;:.!?", sentence->str[sentence->len - 1]) == NULL)
    g_string_append_c (sentence, mark);
}
