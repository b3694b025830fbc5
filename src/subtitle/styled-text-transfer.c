/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/styled-text.h"

#include <string.h>
#include <util/caption-breaks.h>

/* A longer part of a text is not searched for as the same words. */
#define MAX_WORDS 12

/* A part of a text. */
typedef struct {
  gsize begin;
  gsize end;
} Part;

static gboolean
transfer_is_word_character (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

/* Returns: (transfer full) (element-type Part): the words of @text from @begin to before @end */
static GArray *
transfer_find_words (const char *text, gsize begin, gsize end)
{
  GArray *words = g_array_new (FALSE, FALSE, sizeof (Part));
  Part word = { 0 };

  for (const char *p = text + begin;; p = g_utf8_next_char (p)) {
    gsize offset = p - text;

    if (offset < end && transfer_is_word_character (g_utf8_get_char (p))) {
      if (word.end == 0)
        word.begin = offset;
      word.end = g_utf8_next_char (p) - text;
    } else if (word.end > 0) {
      g_array_append_val (words, word);
      word.end = 0;
    }
    if (offset >= end)
      return words;
  }
}

/* Returns: (transfer full): a word without case and accents */
static char *
transfer_fold (const char *text, const Part *word)
{
  g_autofree char *lower = g_utf8_casefold (text + word->begin, word->end - word->begin);
  g_autofree char *apart = g_utf8_normalize (lower, -1, G_NORMALIZE_ALL);
  GString *folded = g_string_new (NULL);

  for (const char *p = apart != NULL ? apart : lower; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_ismark (g_utf8_get_char (p)))
      g_string_append_unichar (folded, g_utf8_get_char (p));
  return g_string_free (folded, FALSE);
}

/* Returns: whether the @n_words words at @first are the same as @wanted */
static gboolean
transfer_are_equal (const char *text, GArray *words, guint first, GPtrArray *wanted)
{
  for (guint i = 0; i < wanted->len; i++) {
    g_autofree char *word = transfer_fold (text, &g_array_index (words, Part, first + i));

    if (!g_str_equal (word, wanted->pdata[i]))
      return FALSE;
  }
  return TRUE;
}

/* Finds the words of @span in the translation. Marks around them stay around them. */
static gboolean
transfer_match_words (
    const char *text, const HablaSubtitleSpan *span, const char *translation, Part *part)
{
  g_autoptr (GArray) words = transfer_find_words (text, span->begin, span->end);
  g_autoptr (GArray) others = transfer_find_words (translation, 0, strlen (translation));
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);

  if (words->len == 0 || words->len > MAX_WORDS)
    return FALSE;
  for (guint i = 0; i < words->len; i++)
    g_ptr_array_add (wanted, transfer_fold (text, &g_array_index (words, Part, i)));
  for (guint i = 0; i + words->len <= others->len; i++) {
    if (!transfer_are_equal (translation, others, i, wanted))
      continue;
    part->begin = g_array_index (others, Part, i).begin;
    part->end = g_array_index (others, Part, i + words->len - 1).end;
    return TRUE;
  }
  return FALSE;
}

/* Returns: (transfer full) (element-type Part): the lines of @text */
static GArray *
transfer_find_lines (const char *text)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Part));
  Part line = { 0 };

  for (;;) {
    line.end = line.begin + strcspn (text + line.begin, "\n");
    g_array_append_val (lines, line);
    if (text[line.end] == '\0')
      return lines;
    line.begin = line.end + 1;
  }
}

/* Returns: (transfer full) (element-type Part): the sentences of @text */
static GArray *
transfer_find_sentences (const char *text)
{
  GArray *sentences = g_array_new (FALSE, FALSE, sizeof (Part));
  g_autofree char *one_line = g_strdelimit (g_strdup (text), "\n\t\r", ' ');
  g_autoptr (GArray) segments = habla_caption_breaks_find (one_line);
  Part sentence = { 0 };
  gboolean is_first = TRUE;

  for (guint i = 0; i < segments->len; i++) {
    const HablaCaptionSegment *segment = &g_array_index (segments, HablaCaptionSegment, i);

    if (is_first)
      sentence.begin = segment->begin;
    sentence.end = segment->end;
    is_first = segment->after == HABLA_CAPTION_BREAK_SENTENCE;
    if (is_first)
      g_array_append_val (sentences, sentence);
  }
  return sentences;
}

/* Returns: whether the text from @begin to @end has neither letters nor digits */
static gboolean
transfer_is_empty (const char *text, gsize begin, gsize end)
{
  g_autoptr (GArray) words = begin < end ? transfer_find_words (text, begin, end) : NULL;

  return words == NULL || words->len == 0;
}

/* Returns: whether @span is @part, but for marks and blanks */
static gboolean
transfer_is_part (const char *text, const HablaSubtitleSpan *span, const Part *part)
{
  return transfer_is_empty (text, MIN (span->begin, part->begin), MAX (span->begin, part->begin)) &&
         transfer_is_empty (text, MIN (span->end, part->end), MAX (span->end, part->end));
}

/* The dash of a dialogue before @span stays before its style. */
static void
transfer_skip_dash (
    const char *text, const HablaSubtitleSpan *span, const char *translation, Part *place)
{
  const char *line = text + span->begin;
  gsize skip = 0;

  while (line > text && line[-1] != '\n')
    line--;
  if (line < text + span->begin && (*line == '-' || g_str_has_prefix (line, "–")))
    while (place->begin + skip < place->end &&
           g_utf8_strchr ("-– ", -1, g_utf8_get_char (translation + place->begin + skip)) != NULL)
      skip = g_utf8_next_char (translation + place->begin + skip) - translation - place->begin;
  if (place->begin + skip < place->end)
    place->begin += skip;
}

/* Finds the place of @span if it is one of as many @parts as @others. */
static gboolean
transfer_match_parts (
    const char *text, const HablaSubtitleSpan *span, GArray *parts, GArray *others, Part *place)
{
  if (parts->len != others->len)
    return FALSE;
  for (guint i = 0; i < parts->len; i++)
    if (transfer_is_part (text, span, &g_array_index (parts, Part, i))) {
      *place = g_array_index (others, Part, i);
      return TRUE;
    }
  return FALSE;
}

/* Finds where the style of @span is in the translation. */
static gboolean
transfer_find_place (
    const char *text, const HablaSubtitleSpan *span, const char *translation, Part *place)
{
  const Part all = { 0, strlen (text) };
  g_autoptr (GArray) lines = transfer_find_lines (text);
  g_autoptr (GArray) other_lines = transfer_find_lines (translation);
  g_autoptr (GArray) sentences = transfer_find_sentences (text);
  g_autoptr (GArray) other_sentences = transfer_find_sentences (translation);

  if (transfer_is_part (text, span, &all)) {
    *place = (Part){ 0, strlen (translation) };
  } else if (!transfer_match_parts (text, span, lines, other_lines, place) &&
             !transfer_match_parts (text, span, sentences, other_sentences, place)) {
    return transfer_match_words (text, span, translation, place);
  }
  transfer_skip_dash (text, span, translation, place);
  return TRUE;
}

HablaSubtitleStyledText *
habla_subtitle_styled_text_transfer (const HablaSubtitleStyledText *self, const char *translation)
{
  HablaSubtitleStyledText *result = habla_subtitle_styled_text_new (self->format, translation);
  gboolean has_voice = FALSE;

  result->overrides = g_strdup (self->overrides);
  for (guint i = 0; i < self->spans->len; i++) {
    const HablaSubtitleSpan *span = self->spans->pdata[i];
    Part place = { 0, strlen (translation) };
    gboolean is_found = transfer_find_place (self->text, span, translation, &place);

    /* A second voice would speak for the first. */
    if (is_found || !span->is_voice || !has_voice)
      habla_subtitle_styled_text_add (result, span, place.begin, place.end);
    has_voice |= span->is_voice;
  }
  return result;
}
