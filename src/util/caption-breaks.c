/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/caption-breaks.h"

#include <stdlib.h>
#include <string.h>

/* Longest of the words below, in bytes. */
#define MAX_TIED 12

/* Articles, prepositions, conjunctions and possessives of English, Spanish, French, German,
 * Portuguese and Italian, in lower case and in the order of strcmp(). Words that are something else
 * in another of these languages are left out. */
static const char *const tied_words[] = { "a", "al", "an", "and", "ante", "as", "at", "au", "aus",
  "aux", "avec", "bajo", "because", "bei", "but", "by", "che", "com", "como", "con", "da", "dans",
  "das", "de", "degli", "dei", "del", "della", "dem", "den", "der", "des", "desde", "di", "do",
  "du", "e", "ein", "eine", "einen", "einer", "el", "em", "en", "entre", "et", "every", "for",
  "from", "für", "gli", "hacia", "hasta", "her", "his", "if", "il", "in", "into", "its", "la",
  "las", "le", "les", "leur", "lo", "los", "mais", "mi", "mis", "mit", "my", "na", "nach", "nel",
  "nos", "nuestra", "nuestro", "o", "of", "on", "or", "os", "ou", "our", "par", "para", "per",
  "pero", "por", "porque", "pour", "que", "qui", "sa", "se", "sem", "ses", "si", "sin", "sobre",
  "su", "sur", "sus", "than", "that", "the", "their", "to", "tu", "tus", "u", "um", "uma", "un",
  "una", "und", "une", "unos", "vom", "von", "with", "without", "y", "your", "zu", "zum", "zur",
  "à" };

static gboolean
breaks_is_ideographic (gunichar c)
{
  GUnicodeBreakType type = g_unichar_break_type (c);

  return type == G_UNICODE_BREAK_IDEOGRAPHIC ||
         type == G_UNICODE_BREAK_CONDITIONAL_JAPANESE_STARTER ||
         (type == G_UNICODE_BREAK_NON_STARTER && g_unichar_iswide (c));
}

static gboolean
breaks_has_no_blanks (gunichar c)
{
  return g_unichar_break_type (c) == G_UNICODE_BREAK_COMPLEX_CONTEXT;
}

/* Returns: whether no line may begin with @c */
static gboolean
breaks_belongs_to_previous (gunichar c)
{
  switch (g_unichar_break_type (c)) {
  case G_UNICODE_BREAK_CLOSE_PUNCTUATION:
  case G_UNICODE_BREAK_CLOSE_PARANTHESIS:
  case G_UNICODE_BREAK_EXCLAMATION:
  case G_UNICODE_BREAK_INFIX_SEPARATOR:
  case G_UNICODE_BREAK_SYMBOL:
  case G_UNICODE_BREAK_NON_STARTER:
  case G_UNICODE_BREAK_CONDITIONAL_JAPANESE_STARTER:
  case G_UNICODE_BREAK_QUOTATION:
  case G_UNICODE_BREAK_POSTFIX:
  case G_UNICODE_BREAK_INSEPARABLE:
  case G_UNICODE_BREAK_COMBINING_MARK:
  case G_UNICODE_BREAK_ZERO_WIDTH_JOINER:
  case G_UNICODE_BREAK_WORD_JOINER:
  case G_UNICODE_BREAK_NON_BREAKING_GLUE:
  case G_UNICODE_BREAK_EMOJI_MODIFIER:
    return TRUE;
  default:
    return g_unichar_combining_class (c) != 0 || g_unichar_ismark (c);
  }
}

/* Returns: whether no line may end with @c */
static gboolean
breaks_belongs_to_next (gunichar c)
{
  switch (g_unichar_break_type (c)) {
  case G_UNICODE_BREAK_OPEN_PUNCTUATION:
  case G_UNICODE_BREAK_QUOTATION:
  case G_UNICODE_BREAK_PREFIX:
  case G_UNICODE_BREAK_ZERO_WIDTH_JOINER:
  case G_UNICODE_BREAK_WORD_JOINER:
  case G_UNICODE_BREAK_NON_BREAKING_GLUE:
    return TRUE;
  default:
    return FALSE;
  }
}

/* Vowels that Thai and Lao write after, and before, the consonant to which they belong; and the
 * sign that joins two Khmer consonants. */
static gboolean
breaks_is_within_syllable (gunichar previous, gunichar next)
{
  gunichar thai = next >= 0x0e80 && next < 0x0f00 ? next - 0x80 : next;
  gunichar before = previous >= 0x0e80 && previous < 0x0f00 ? previous - 0x80 : previous;

  return thai == 0x0e2f || thai == 0x0e30 || thai == 0x0e32 || thai == 0x0e33 || thai == 0x0e45 ||
         thai == 0x0e46 || (before >= 0x0e40 && before <= 0x0e44) || previous == 0x17d2;
}

static gboolean
breaks_may_be_between (gunichar previous, gunichar next, HablaCaptionBreak *kind)
{
  if (breaks_belongs_to_previous (next) || breaks_belongs_to_next (previous))
    return FALSE;
  *kind = HABLA_CAPTION_BREAK_WORD;
  if (breaks_is_ideographic (previous) || breaks_is_ideographic (next))
    return TRUE;
  /* After Chinese punctuation. */
  if (g_unichar_iswide (previous) && g_unichar_ispunct (previous))
    return TRUE;
  *kind = HABLA_CAPTION_BREAK_SYLLABLE;
  return breaks_has_no_blanks (previous) && breaks_has_no_blanks (next) &&
         !breaks_is_within_syllable (previous, next);
}

/* Returns: what a place before @end is by the punctuation there, at least @kind */
static HablaCaptionBreak
breaks_look_at_punctuation (const char *begin, const char *end, HablaCaptionBreak kind)
{
  static const char sentence[] = ".!?…。．！？｡।؟۔";
  static const char clause[] = ",;:–—、，､；：،؛";

  while (end > begin) {
    gunichar c;

    end = g_utf8_prev_char (end);
    c = g_utf8_get_char (end);
    if (g_utf8_strchr (sentence, -1, c) != NULL)
      return HABLA_CAPTION_BREAK_SENTENCE;
    if (g_utf8_strchr (clause, -1, c) != NULL)
      return MAX (kind, HABLA_CAPTION_BREAK_CLAUSE);
    /* Behind quotation marks and brackets. */
    if (!g_unichar_ispunct (c))
      break;
  }
  return kind;
}

static int
breaks_compare_words (const void *word, const void *element)
{
  return strcmp (word, *(const char *const *) element);
}

/* Returns: whether the text from @begin to @end ends with a word that belongs to the next one */
static gboolean
breaks_is_tied (const char *begin, const char *end)
{
  g_autofree char *word = NULL;

  if (end - begin > MAX_TIED)
    return FALSE;
  word = g_utf8_strdown (begin, end - begin);
  return bsearch (word, tied_words, G_N_ELEMENTS (tied_words), sizeof tied_words[0],
             breaks_compare_words) != NULL;
}

GArray *
habla_caption_breaks_find (const char *text)
{
  GArray *segments = g_array_new (FALSE, FALSE, sizeof (HablaCaptionSegment));
  HablaCaptionSegment segment = { 0 };
  guint column = 0;

  for (const char *p = text; *p != '\0';) {
    gunichar c = g_utf8_get_char (p);
    const char *next = g_utf8_next_char (p);
    HablaCaptionBreak kind = HABLA_CAPTION_BREAK_WORD;
    gboolean is_end = *next == '\0' || *next == ' ';

    column += g_unichar_iswide (c) ? 2 : 1;
    if (is_end || breaks_may_be_between (c, g_utf8_get_char (next), &kind)) {
      segment.end = next - text;
      segment.last_column = column;
      segment.after = breaks_look_at_punctuation (text + segment.begin, next, kind);
      if (segment.after == HABLA_CAPTION_BREAK_WORD && breaks_is_tied (text + segment.begin, next))
        segment.after = HABLA_CAPTION_BREAK_TIED;
      if (*next == '\0')
        segment.after = HABLA_CAPTION_BREAK_SENTENCE;
      g_array_append_val (segments, segment);
      if (*next == ' ') {
        next++;
        column++;
      }
      segment.begin = next - text;
      segment.column = column;
    }
    p = next;
  }
  return segments;
}

guint
habla_caption_count_columns (const char *text)
{
  guint n = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    n += g_unichar_iswide (g_utf8_get_char (p)) ? 2 : 1;
  return n;
}
